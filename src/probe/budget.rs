//! How many requests one target is sent: forty, sixty where little is declared, and never more than
//! half of what it allows.

use super::View;
use crate::evidence::{Attempt, Exchange, Observation, Role, Skip};
use crate::model::{Millis, Phases, Timestamp};
use crate::net::http::Outgoing;
use crate::wire::ratelimit::{Quota, quotas};

/// A contract of eighteen endpoints, three origins, a scheme and a login fits.
const REQUESTS: usize = 40;

/// A short contract leaves room for every way round the door.
const REQUESTS_WHERE_LITTLE_IS_DECLARED: usize = 60;

/// Up to so many places are little.
const LITTLE: usize = 10;

/// A limit over a longer window is no matter for a run of seconds.
const SHORT_WINDOW: Millis = Millis(3_600_000);

/// How many more may be sent: what is left of the budget, or of half of a declared or advertised
/// limit. `--thorough` lifts the budget, `--burst` the limits.
#[must_use]
pub fn left(view: &View<'_>, seen: &[Exchange]) -> usize {
    let conditions = &view.run.conditions;
    let sent = seen
        .iter()
        .filter(|exchange| !matches!(exchange.response, Observation::Skipped(_)))
        .count();
    let left = budget(view).saturating_sub(sent);
    if conditions.has("burst") {
        return left;
    }
    let declared = view
        .target
        .rate
        .iter()
        .filter(|rate| rate.window <= SHORT_WINDOW);
    let declared = declared.map(|rate| half(rate.requests.into()).saturating_sub(sent));
    let advertised = seen.iter().flat_map(advertised).map(|quota| {
        let of_limit = quota.limit.map(|limit| half(limit).saturating_sub(sent));
        let of_rest = quota.remaining.map(half);
        of_limit
            .into_iter()
            .chain(of_rest)
            .min()
            .unwrap_or(usize::MAX)
    });
    declared.chain(advertised).fold(left, usize::min)
}

fn budget(view: &View<'_>) -> usize {
    let declared = view.target.endpoints.len() + view.target.absent.len();
    match () {
        () if view.run.conditions.has("thorough") => usize::MAX,
        () if declared <= LITTLE => REQUESTS_WHERE_LITTLE_IS_DECLARED,
        () => REQUESTS,
    }
}

fn half(limit: u64) -> usize {
    usize::try_from(limit / 2).unwrap_or(usize::MAX)
}

fn advertised(exchange: &Exchange) -> Vec<Quota> {
    let Some(response) = exchange.response.seen() else {
        return Vec::new();
    };
    let fields: Vec<(String, String)> = response
        .fields
        .iter()
        .map(|field| (field.name.clone(), field.text()))
        .collect();
    let borrowed: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    quotas(&borrowed, Timestamp::default())
}

/// Takes away what tells least until the wave fits, as far as this module may: declared endpoints
/// stay. What was taken comes back as evidence of not having been sent.
pub fn fit(view: &View<'_>, seen: &[Exchange], wave: &mut Vec<Outgoing>) -> Vec<Exchange> {
    let left = left(view, seen);
    let mut dropped = Vec::new();
    while wave.len() > left {
        let last = wave
            .iter()
            .enumerate()
            .filter_map(|(place, request)| Some((rank(&request.role)?, place)))
            .max();
        let Some((_, place)) = last else { break };
        dropped.push(not_sent(view, &wave.remove(place)));
    }
    dropped.reverse();
    dropped
}

/// The higher, the sooner left out; `None` for what is always sent.
fn rank(role: &Role) -> Option<u8> {
    let variant = |attempt: &Attempt| matches!(attempt, Attempt::Variant(_));
    let telling = |attempt: &Attempt| {
        matches!(
            attempt,
            Attempt::Nothing | Attempt::Garbage | Attempt::Valid
        )
    };
    if matches!(role, Role::Exposure(_)) {
        return Some(5);
    }
    if matches!(role, Role::Login(attempt) if variant(attempt)) {
        return Some(4);
    }
    if matches!(role, Role::Credentials(_, attempt) if variant(attempt)) {
        return Some(3);
    }
    if matches!(role, Role::Other(name) if name == "cors") {
        return Some(2);
    }
    matches!(role, Role::Credentials(_, attempt) if !telling(attempt)).then_some(1)
}

fn not_sent(view: &View<'_>, request: &Outgoing) -> Exchange {
    Exchange {
        role: request.role.clone(),
        origin: request.origin.clone(),
        request: request.shown(&view.net.scrub),
        at: view.net.clock.now(),
        connection: None,
        phases: Phases::default(),
        response: Observation::Skipped(Skip::NeedsFlag("--burst or --thorough".to_owned())),
    }
}
