//! How many requests one target is sent: forty, sixty where little is declared, and what its rate
//! limits leave.

use super::View;
use crate::evidence::{Attempt, Exchange, Observation, QUOTE_IN_NAME, Role, Skip};
use crate::model::Phases;
use crate::net::http::Outgoing;

/// A contract of eighteen endpoints, three origins, a scheme and a login fits.
const REQUESTS: usize = 40;

/// A short contract leaves room for every way round the door.
const REQUESTS_WHERE_LITTLE_IS_DECLARED: usize = 60;

/// Up to so many places are little.
const LITTLE: usize = 10;

/// From this rank on the budget leaves requests out; below it, only rate limits do.
const TELLS_LITTLE: u8 = 10;

/// The flag that lifts rate limits.
pub(super) const LIFTS_LIMITS: &str = "--burst";

/// The flag that lifts the budget.
const LIFTS_BUDGET: &str = "--thorough";

/// How many more the budget has; `--thorough` lifts it.
fn left(view: &View<'_>, seen: &[Exchange]) -> usize {
    let sent = seen
        .iter()
        .filter(|exchange| !exchange.was_left_out())
        .count();
    budget(view).saturating_sub(sent)
}

fn budget(view: &View<'_>) -> usize {
    let declared = view.target.endpoints.len() + view.target.absent.len();
    match () {
        () if view.run.conditions.has("thorough") => usize::MAX,
        () if declared <= LITTLE => REQUESTS_WHERE_LITTLE_IS_DECLARED,
        () => REQUESTS,
    }
}

/// Puts what tells most first, and takes away what tells least until the wave fits: of the budget's
/// own accord nothing that is declared, of a rate limit's whatever must be. What was taken comes
/// back as evidence of not having been sent.
pub fn fit(view: &View<'_>, seen: &[Exchange], wave: &mut Vec<Outgoing>) -> Vec<Exchange> {
    let mut dropped = of_one_place(view, wave);
    let room = view.allowance.room();
    while wave.len() > room {
        let Some(place) = least(wave, |_| true) else {
            break;
        };
        dropped.push(not_sent(view, &wave.remove(place), LIFTS_LIMITS));
    }
    let left = left(view, seen);
    while wave.len() > left {
        let little = |request: &Outgoing| rank(&request.role) >= TELLS_LITTLE;
        let Some(place) = least(wave, little) else {
            break;
        };
        dropped.push(not_sent(view, &wave.remove(place), LIFTS_BUDGET));
    }
    // A limit that shows on the way then cuts off what tells least.
    wave.sort_by_key(|request| rank(&request.role));
    dropped.reverse();
    dropped
}

/// What limits of single requests or paths forbid.
fn of_one_place(view: &View<'_>, wave: &mut Vec<Outgoing>) -> Vec<Exchange> {
    let mut dropped = Vec::new();
    let alike = |one: &Outgoing, other: &Outgoing| {
        let path = |request: &Outgoing| request.url.target.split('?').next().map(str::to_owned);
        one.method == other.method && path(one) == path(other)
    };
    let mut nth = 0;
    while let Some(request) = wave.get(nth).cloned() {
        let room = view.allowance.room_for(&request.method, &request.url);
        let mut same = wave.iter().filter(|other| alike(other, &request)).count();
        while same > room.max(usize::from(room == usize::MAX)) {
            let Some(place) = least(wave, |other| alike(other, &request)) else {
                break;
            };
            dropped.push(not_sent(view, &wave.remove(place), LIFTS_LIMITS));
            same -= 1;
        }
        nth += 1;
    }
    dropped
}

/// Which of the requests that may go tells least; of equals, the last.
fn least(wave: &[Outgoing], may_go: impl Fn(&Outgoing) -> bool) -> Option<usize> {
    let candidates = wave.iter().enumerate().filter(|(_, one)| may_go(one));
    candidates
        .map(|(place, request)| (rank(&request.role), place))
        .max()
        .map(|(_, place)| place)
}

/// The higher, the sooner left out. What decides about another answer stays as long as that does.
fn rank(role: &Role) -> u8 {
    match role {
        Role::Exposure(_) => 14,
        Role::Login(Attempt::Variant(name)) if name != QUOTE_IN_NAME => 13,
        Role::Credentials(_, Attempt::Variant(_)) => 12,
        Role::Other(name) if name == "cors" => 11,
        Role::Credentials(_, attempt) if !is_telling(attempt) => 10,
        Role::Other(_) | Role::Head | Role::MethodNotAllowed | Role::PlainHttp | Role::NotFound => {
            9
        }
        Role::Again | Role::Hop(_) | Role::PlainHop(_) | Role::Asleep => 8,
        Role::Login(_) => 7,
        Role::WrongMethod(_) => 6,
        Role::Absent(_) | Role::MadeUp(_) => 5,
        Role::Preflight { .. } => 4,
        Role::Credentials(_, Attempt::Garbage | Attempt::Valid) => 3,
        Role::Credentials(..) => 2,
        Role::Page
        | Role::Endpoint(_)
        | Role::Control(_)
        | Role::Repeat(_)
        | Role::Burst(_)
        | Role::BurstElsewhere(_)
        | Role::BurstControl(_) => 1,
    }
}

const fn is_telling(attempt: &Attempt) -> bool {
    matches!(
        attempt,
        Attempt::Nothing | Attempt::Garbage | Attempt::Valid
    )
}

/// The evidence of a request that was left out, for want of a flag.
pub(super) fn not_sent(view: &View<'_>, request: &Outgoing, flag: &str) -> Exchange {
    Exchange {
        role: request.role.clone(),
        origin: request.origin.clone(),
        request: request.shown(&view.net.scrub),
        at: view.net.clock.now(),
        connection: None,
        phases: Phases::default(),
        response: Observation::Skipped(Skip::NeedsFlag(flag.to_owned())),
    }
}
