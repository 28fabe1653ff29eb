//! What a target's rate limits leave of the requests that were planned.

use super::View;
use crate::evidence::{Exchange, Flag, Observation, Skip};
use crate::model::Phases;
use crate::net::http::Outgoing;

/// Puts what tells most first, and takes away what tells least until the rest fits. What was taken
/// comes back as evidence of not having been sent.
pub fn fit(view: &View<'_>, wave: &mut Vec<Outgoing>) -> Vec<Exchange> {
    let mut dropped = of_one_place(view, wave);
    let room = view.allowance.room();
    while wave.len() > room {
        let Some(place) = least(wave, |_| true) else {
            break;
        };
        dropped.push(not_sent(view, &wave.remove(place), Flag::Burst));
    }
    // A limit that shows on the way then cuts off what tells least.
    wave.sort_by_key(|request| request.question.ask.rank());
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
            dropped.push(not_sent(view, &wave.remove(place), Flag::Burst));
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
        .map(|(place, request)| (request.question.ask.rank(), place))
        .max()
        .map(|(_, place)| place)
}

/// The evidence of a request that was left out, for want of a flag.
pub(super) fn not_sent(view: &View<'_>, request: &Outgoing, flag: Flag) -> Exchange {
    Exchange {
        question: request.question.clone(),
        origin: request.origin.clone(),
        request: request.shown(&view.net.scrub),
        at: view.net.clock.now(),
        connection: None,
        phases: Phases::default(),
        response: Observation::Skipped(Skip::NeedsFlag(flag)),
        earlier: Vec::new(),
    }
}
