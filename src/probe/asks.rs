//! What each family asks: one row a family, from which requests are sent and the dry run is made.

use super::{
    Beside, MayFollow, View, auth, contract, cors, document, headers, latency, observatory, tls,
    websocket,
};
use crate::evidence::Exchange;
use crate::model::Family;
use crate::net::http::Outgoing;

/// What one family asks of a target.
pub struct Asks {
    /// Whose verdicts rest on it.
    pub family: Family,
    /// Requests that depend on no answer, in the order they are reported.
    pub first: fn(&View<'_>) -> Vec<Outgoing>,
    /// Requests that the answers so far call for.
    pub next: fn(&View<'_>, &[Exchange]) -> Vec<Outgoing>,
    /// How many those can be, kind by kind, given the first ones of all families.
    pub may_follow: fn(&View<'_>, &[Outgoing]) -> Vec<MayFollow>,
    /// What it sends beside those, for the dry run.
    pub beside: fn(&View<'_>) -> Vec<Beside>,
}

impl Asks {
    /// Of a family that asks nothing yet.
    const fn of(family: Family) -> Self {
        Self {
            family,
            first: |_| Vec::new(),
            next: |_, _| Vec::new(),
            may_follow: |_, _| Vec::new(),
            beside: |_| Vec::new(),
        }
    }
}

/// Every family, in the order their requests are sent.
pub static ASKS: [Asks; 7] = [
    Asks {
        beside: |view| Beside::each("tls", tls::plan(view)),
        ..Asks::of(Family::Tls)
    },
    Asks {
        first: headers::requests,
        next: |view, seen| {
            let mut requests = headers::follow_up(view, seen);
            requests.extend(document::follow_up(view, seen));
            requests
        },
        may_follow: |view, _| {
            let mut kinds = headers::may_follow(view);
            kinds.push(document::may_follow(view));
            kinds
        },
        beside: |view| Beside::each("profile", observatory::lines(view)),
        ..Asks::of(Family::Headers)
    },
    Asks {
        first: contract::requests,
        next: contract::follow_up,
        may_follow: |view, _| contract::may_follow(view),
        beside: |view| Beside::each("burst", contract::burst_lines(view)),
        ..Asks::of(Family::Contract)
    },
    Asks {
        first: cors::requests,
        next: cors::follow_up,
        may_follow: cors::may_follow,
        ..Asks::of(Family::Cors)
    },
    Asks {
        first: auth::requests,
        next: auth::follow_up,
        may_follow: auth::may_follow,
        ..Asks::of(Family::Auth)
    },
    Asks {
        may_follow: |view, _| websocket::may_follow(view),
        beside: |view| Beside::each("websocket", websocket::lines(view)),
        ..Asks::of(Family::Websocket)
    },
    Asks {
        beside: latency::lines,
        ..Asks::of(Family::Latency)
    },
];

/// The rows of the families that a run selects.
pub fn selected(view: &View<'_>) -> impl Iterator<Item = &'static Asks> {
    ASKS.iter().filter(|asks| view.wants(asks.family))
}
