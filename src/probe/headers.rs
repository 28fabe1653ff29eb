//! Header fields: the page itself, what an error looks like, and the plain-http twin.

use super::View;
use crate::evidence::{Exchange, Role};
use crate::model::{Method, UrlScheme};
use crate::net::http::Outgoing;

/// A path nobody has: long, and the same in every run so that evidence can be compared.
const NOWHERE: &str = "/seaworthy-7d1f0c53-not-found";

/// What does not depend on any answer.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    if view.run.conditions.has("passive") {
        return Vec::new();
    }
    let url = &view.target.url;
    let mut requests = vec![Outgoing::new(
        Role::NotFound,
        Method::get(),
        url.with_target(NOWHERE),
    )];
    if url.scheme == UrlScheme::Https && url.port == UrlScheme::Https.default_port() {
        let plain = url.with_scheme(UrlScheme::Http, UrlScheme::Http.default_port());
        requests.push(Outgoing::new(Role::PlainHttp, Method::get(), plain));
    }
    requests
}

/// What the answers call for.
#[must_use]
pub fn follow_up(_: &View<'_>, _: &[Exchange]) -> Vec<Outgoing> {
    Vec::new()
}
