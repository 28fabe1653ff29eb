//! Protected endpoints, asked by those who must be turned away, and once by somebody who must not.
//!
//! Nothing here changes anything: GET, HEAD, PROPFIND and TRACE, and POST only to endpoints that are
//! declared as protected and not as mutating, without valid credentials. The valid token goes to
//! declared GET endpoints alone, over TLS or to this machine, never to another spelling of a path.

mod bypass;
mod credentials;
mod login;

pub use login::login_of_nobody;

use super::{MayFollow, View, headers};
use crate::evidence::{Exchange, Flag};
use crate::model::{Endpoint, Family, Target};
use crate::net::http::Outgoing;

/// What does not depend on any answer. Whoever is let in is told by what a made-up path gets, which
/// the headers family asks for as well.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    if view.run.conditions.has(Flag::Passive) {
        return Vec::new();
    }
    let mut requests = credentials::requests(view);
    if !requests.is_empty() && !view.wants(Family::Headers) {
        requests.push(headers::made_up_path(view));
    }
    requests.extend(login::requests(view));
    requests
}

/// Ways round the door, tried where the door is known to be shut.
#[must_use]
pub fn follow_up(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    if view.run.conditions.has(Flag::Passive) {
        return Vec::new();
    }
    bypass::requests(view, seen)
}

/// As many as [`follow_up`] has at most.
#[must_use]
pub fn may_follow(view: &View<'_>) -> Option<MayFollow> {
    let may = !view.run.conditions.has(Flag::Passive);
    may.then(|| bypass::may_follow(view))?
}

/// The protected endpoint that every broken credential is tried on: the first that can be read.
fn primary(target: &Target) -> Option<(usize, &Endpoint)> {
    let askable = || {
        target
            .endpoints
            .iter()
            .enumerate()
            .filter(|(_, endpoint)| may_ask(endpoint))
    };
    let readable = askable().find(|(_, endpoint)| endpoint.method.as_str() == "GET");
    readable.or_else(|| askable().next())
}

/// Whether a protected endpoint may be asked by somebody it must refuse.
#[must_use]
pub fn may_ask(endpoint: &Endpoint) -> bool {
    let harmless = endpoint.method.is_safe() || endpoint.method.as_str() == "POST";
    endpoint.protected && !endpoint.is_mutating() && harmless
}
