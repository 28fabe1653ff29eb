//! Protected endpoints, asked without valid credentials.

use super::View;
use super::contract;
use crate::evidence::{Attempt, Exchange, Role};
use crate::model::SchemeKind;
use crate::net::http::Outgoing;

/// Every protected endpoint without credentials, and the first one with broken ones.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    let protected = view
        .target
        .endpoints
        .iter()
        .enumerate()
        .filter(|(_, endpoint)| {
            endpoint.protected
                && !endpoint.mutating
                && (endpoint.method.is_safe() || endpoint.method.as_str() == "POST")
        });
    let mut requests = Vec::new();
    for (nth, (index, endpoint)) in protected.enumerate() {
        let attempts: &[Attempt] = if nth == 0 {
            &[
                Attempt::Nothing,
                Attempt::Empty,
                Attempt::Garbage,
                Attempt::Malformed,
            ]
        } else {
            &[Attempt::Nothing]
        };
        for attempt in attempts {
            let role = Role::Credentials(index, attempt.clone());
            requests.push(with_broken(
                view,
                contract::request(view, role, endpoint),
                attempt,
            ));
        }
    }
    requests
}

/// The request with credentials that no server may accept.
fn with_broken(view: &View<'_>, request: Outgoing, attempt: &Attempt) -> Outgoing {
    let broken = [
        (Attempt::Empty, ""),
        (Attempt::Garbage, "seaworthy-garbage"),
        (Attempt::Malformed, "seaworthy.mal.formed"),
    ];
    let Some((_, value)) = broken.iter().find(|(known, _)| known == attempt) else {
        return request;
    };
    match view.target.auth.as_ref().map(|scheme| &scheme.kind) {
        Some(SchemeKind::Basic) => request.with("Authorization", format!("Basic {value}")),
        Some(SchemeKind::ApiKey { header }) => request.with(header, *value),
        Some(SchemeKind::Cookie { name }) => request.with("Cookie", format!("{name}={value}")),
        Some(SchemeKind::Bearer) | None => request.with("Authorization", format!("Bearer {value}")),
    }
}

/// What the answers call for.
#[must_use]
pub fn follow_up(_: &View<'_>, _: &[Exchange]) -> Vec<Outgoing> {
    Vec::new()
}
