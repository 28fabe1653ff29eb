//! The WebSocket opening handshake, tried as friend and as foe, and the socket behind it.
//!
//! Each trial is a connection of its own: `plan` says which, `trial` runs one, `talk` speaks
//! on an open socket, `tape` keeps what was said, `crowd` holds several at once, and `words` lists
//! them for a dry run.

mod crowd;
mod plan;
mod talk;
mod tape;
mod trial;
mod words;

use rustls::crypto::SecureRandom;

use super::View;
use crate::evidence::{Frame, SocketTrial, SocketWhy};
use crate::model::Family;
use crate::net::tls;
use crate::wire::websocket::Opcode;
use plan::{Trial, plan};

/// So many sockets may be open at once; more would look like an attack.
const AT_ONCE: usize = 6;

/// Looks at the declared WebSocket endpoint.
#[must_use]
pub fn observe(view: &View<'_>) -> Vec<SocketTrial> {
    let Some(contract) = &view.target.websocket else {
        return Vec::new();
    };
    if !view.wants(Family::Websocket) {
        return Vec::new();
    }
    let label = label();
    let planned = plan(view.target, &view.run.conditions, &label);
    let mut seen = run(view, contract, &planned);
    let sharper = plan::split(&planned, &seen, &label);
    seen.extend(run(view, contract, &sharper));
    let again = alone(view, contract, &planned, &seen);
    seen.extend(again);
    seen.extend(crowd::run(view, contract));
    seen
}

/// How many handshakes do not depend on any answer.
#[must_use]
pub fn handshakes(view: &View<'_>) -> usize {
    lines(view).len()
}

/// The handshakes that do not depend on any answer, a line each.
#[must_use]
pub fn lines(view: &View<'_>) -> Vec<String> {
    match &view.target.websocket {
        Some(contract) if view.wants(Family::Websocket) => {
            let path = &contract.path;
            let trials = plan(view.target, &view.run.conditions, "label");
            let held = plan::Trial::held(contract);
            let held = std::iter::repeat_n(&held, crowd::size(view.target, contract));
            trials
                .iter()
                .chain(held)
                .map(|trial| {
                    let words = words::of(trial, contract, &view.run.conditions);
                    format!("GET {path}  ({words})")
                })
                .collect()
        }
        Some(_) | None => Vec::new(),
    }
}

/// Legitimate clients that were closed on, once more and one at a time: a service that lets a user
/// have one socket closes the first when the next one opens, and the others were ours.
fn alone(
    view: &View<'_>,
    contract: &crate::model::WebSocketContract,
    planned: &[Trial],
    seen: &[SocketTrial],
) -> Vec<SocketTrial> {
    let closed_on = planned
        .iter()
        .zip(seen)
        .filter(|(_, seen)| seen.why == SocketWhy::Legitimate && was_closed_on(seen));
    closed_on
        .map(|(planned, _)| trial::run(view, contract, planned))
        .collect()
}

fn was_closed_on(seen: &SocketTrial) -> bool {
    let is_close = |frame: &&Frame| Opcode(frame.first & 0xf) == Opcode::CLOSE;
    match seen.frames.iter().find(is_close) {
        Some(first) => first.received,
        None => opened(seen) && seen.ended.is_some(),
    }
}

/// Runs trials side by side; the answers come back in the order of the plan.
fn run(
    view: &View<'_>,
    contract: &crate::model::WebSocketContract,
    trials: &[Trial],
) -> Vec<SocketTrial> {
    let mut seen = Vec::new();
    for some in trials.chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            let running: Vec<_> = some
                .iter()
                .map(|one| scope.spawn(move || trial::run(view, contract, one)))
                .collect();
            let finished = running.into_iter().filter_map(|thread| thread.join().ok());
            seen.extend(finished);
        });
    }
    seen
}

/// Random bytes; zeros if the system has none, which then shows in the evidence.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let source: &dyn SecureRandom = tls::provider().secure_random;
    let _ = source.fill(&mut bytes);
    bytes
}

/// A DNS label that nobody has registered.
fn label() -> String {
    format!("sw{:08x}", u32::from_be_bytes(random()))
}

/// Whether a handshake was answered `101`.
fn opened(trial: &SocketTrial) -> bool {
    trial
        .response
        .seen()
        .is_some_and(|answer| answer.status == 101)
}

/// Whether a trial is one that should be let in.
const fn is_welcome(why: &SocketWhy) -> bool {
    matches!(why, SocketWhy::Legitimate | SocketWhy::Fault(_))
}
