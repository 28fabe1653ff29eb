//! CORS: preflights for the declared origins, and hostile origins riding on requests sent anyway.

use super::View;
use crate::evidence::{Exchange, OriginSent, Role};
use crate::model::Method;
use crate::net::http::Outgoing;

/// A preflight for every declared origin and place to try it.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    let Some(contract) = &view.target.cors else {
        return Vec::new();
    };
    let default = [(Method::get(), view.target.url.target.clone())];
    let places = if contract.probe.is_empty() {
        &default[..]
    } else {
        &contract.probe
    };
    let mut requests = Vec::new();
    for (method, path) in places {
        for origin in &contract.origins {
            let sent = OriginSent {
                value: origin.clone(),
                class: "declared".to_owned(),
                from: None,
            };
            requests.push(preflight(view, method, path, &contract.headers, sent));
        }
    }
    requests
}

/// The request a browser would send ahead (Fetch, "CORS-preflight fetch").
fn preflight(
    view: &View<'_>,
    method: &Method,
    path: &str,
    headers: &[String],
    origin: OriginSent,
) -> Outgoing {
    let role = Role::Preflight {
        method: method.clone(),
        headers: headers.to_vec(),
    };
    let url = view.target.url.with_target(path);
    let mut request = Outgoing::new(role, Method::of("OPTIONS"), url)
        .with("Accept", "*/*")
        .with("Origin", origin.value.clone())
        .with("Access-Control-Request-Method", method.as_str());
    if !headers.is_empty() {
        let mut names: Vec<String> = headers
            .iter()
            .map(|name| name.to_ascii_lowercase())
            .collect();
        names.sort();
        request = request.with("Access-Control-Request-Headers", names.join(","));
    }
    request.origin = Some(origin);
    request
}

/// Puts origins onto requests that are sent anyway and carry none.
pub fn ride(_: &View<'_>, _: &mut [Outgoing]) {}

/// What the answers call for.
#[must_use]
pub fn follow_up(_: &View<'_>, _: &[Exchange]) -> Vec<Outgoing> {
    Vec::new()
}
