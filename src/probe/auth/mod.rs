//! Protected endpoints, asked by those who must be turned away, and by somebody who must not; and the
//! login.
//!
//! What is asked where is the [plan](crate::plan::auth)'s business. Without `--allow-mutation` nothing
//! here changes anything: GET, HEAD, OPTIONS, PROPFIND and TRACE, and POST to declared endpoints
//! alone, without its body and without a valid credential unless the file says that it changes
//! nothing. A valid token goes to declared endpoints, over TLS or to this machine, never to another
//! spelling of a path.

mod bypass;
mod credentials;
mod login;
mod repeat;

pub use login::login_of_nobody;

use super::{MayFollow, View, headers};
use crate::evidence::{Exchange, Flag};
use crate::model::Family;
use crate::net::http::Outgoing;

/// What does not depend on any answer. Whoever is let in is told by what a made-up path gets, which
/// the headers family asks for as well.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    if view.run.conditions.has(Flag::Passive) {
        return Vec::new();
    }
    let mut requests = credentials::requests(view);
    requests.extend(login::requests(view));
    if !requests.is_empty() && !view.wants(Family::Headers) {
        requests.push(headers::made_up_path(view));
    }
    requests
}

/// What comes once those without credentials were asked: the valid credential where it may change
/// something, ways past the guard where it is known to refuse, and what firewalls dislike.
#[must_use]
pub fn follow_up(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    if view.run.conditions.has(Flag::Passive) {
        return Vec::new();
    }
    let mut requests = credentials::acting(view);
    requests.extend(repeat::requests(seen, &self::requests(view)));
    requests.extend(bypass::requests(view, seen));
    requests.extend(login::unusual(view));
    requests
}

/// As many as [`follow_up`] has at most.
#[must_use]
pub fn may_follow(view: &View<'_>, first: &[Outgoing]) -> Vec<MayFollow> {
    if view.run.conditions.has(Flag::Passive) {
        return Vec::new();
    }
    let acting = "the valid credential where it may change something";
    let unusual = "logins with a quote in the name and with a broken body";
    let mut kinds = vec![MayFollow::new(credentials::acting(view).len(), acting)];
    kinds.extend(repeat::may_follow(first));
    kinds.extend(bypass::may_follow(view));
    kinds.push(MayFollow::new(login::unusual(view).len(), unusual));
    kinds
}
