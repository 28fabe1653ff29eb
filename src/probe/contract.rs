//! The declared endpoints, as declared.

use super::View;
use crate::evidence::{Exchange, Role};
use crate::model::{Endpoint, Method};
use crate::net::http::{Client, Outgoing};

/// One request for each declared endpoint that may be sent without credentials and without change.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    let target = view.target;
    let open = |endpoint: &Endpoint| !endpoint.protected && endpoint.method.is_safe();
    let mut requests: Vec<Outgoing> = target
        .endpoints
        .iter()
        .enumerate()
        .filter(|(_, endpoint)| open(endpoint))
        .map(|(index, endpoint)| request(view, Role::Endpoint(index), endpoint))
        .collect();
    requests.extend(target.absent.iter().enumerate().map(|(index, path)| {
        Outgoing::new(
            Role::Absent(index),
            Method::get(),
            target.url.with_target(path),
        )
    }));
    requests
}

/// A declared endpoint as a request, without credentials.
#[must_use]
pub fn request(view: &View<'_>, role: Role, endpoint: &Endpoint) -> Outgoing {
    let url = view.target.url.with_target(&endpoint.path);
    let mut request = Outgoing::new(role, endpoint.method.clone(), url);
    for (name, value) in &endpoint.send_headers {
        request = request.with(name, value);
    }
    for (name, identity) in &endpoint.send_secrets {
        if let Some(secret) = view.net.secrets.get(&identity.from) {
            request = request.with_shown(name, secret.expose(), identity.from.placeholder());
        }
    }
    if let Some(body) = &endpoint.send {
        request = request.with_body(&body.media_type, body.text.as_bytes());
    }
    request
}

/// What the answers call for.
#[must_use]
pub fn follow_up(_: &View<'_>, _: &[Exchange]) -> Vec<Outgoing> {
    Vec::new()
}

/// What must come when all else is over: bursts against declared limits, with `--burst` only.
#[must_use]
pub fn last(_: &View<'_>, _: &Client, _: &[Exchange]) -> Vec<Exchange> {
    Vec::new()
}
