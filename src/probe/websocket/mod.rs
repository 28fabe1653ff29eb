//! The WebSocket opening handshake, made as a legitimate client and as one that must be refused, and
//! the socket behind it.
//!
//! Each trial is a connection of its own, and one is over before the next begins: a client must not
//! have two handshakes under way (RFC 6455 §4.1), and a service that lets a user have one socket
//! would close the first when the next one opens. [`plan`](crate::plan::websocket) says which to
//! make, `trial` runs one, `talk` speaks on an open socket, `tape` keeps what was said, `crowd` holds
//! several at once, and `words` lists them for a dry run.

mod crowd;
mod talk;
mod tape;
mod trial;
mod words;

use std::time::Duration;

use rustls::crypto::SecureRandom;

use super::{MayFollow, View};
use crate::evidence::{Cause, Frame, OriginClass, SocketTrial, Stage};
use crate::model::{Ask, Family, Micros, SocketAsk, WebSocketContract, made_up};
use crate::net::tls;
use crate::plan::websocket::{Handshake, handshakes as planned};
use crate::wire::cors::{Hostile, Ruse};
use crate::wire::websocket::Opcode;

/// So many ways lead into one origin that resembles a declared one in each of them, beside that of
/// any page at all, which is always tried.
const WAYS: usize = 3;

/// Observes the declared WebSocket endpoint.
#[must_use]
pub fn observe(view: &View<'_>) -> Vec<SocketTrial> {
    let Some(contract) = declared(view) else {
        return Vec::new();
    };
    let label = label();
    let (held, single): (Vec<Handshake>, Vec<Handshake>) = ready(view, &label)
        .into_iter()
        .partition(|one| one.ask == SocketAsk::Held);
    let mut round = Round {
        view,
        contract,
        seen: Vec::new(),
    };
    for one in &single {
        let sharper = round
            .run(one)
            .map_or_else(Vec::new, |hostile| hostile.split(&label));
        for hostile in &sharper {
            round.run(&Handshake::hostile(hostile));
        }
    }
    if !round.is_over() {
        let held: Vec<Handshake> = held.iter().map(|one| round.in_good_standing(one)).collect();
        round.seen.extend(crowd::run(view, contract, &held));
    }
    round.seen
}

/// How many handshakes do not depend on any answer.
#[must_use]
pub fn handshakes(view: &View<'_>) -> usize {
    declared(view).map_or(0, |_| ready(view, "label").len())
}

/// The handshakes that do not depend on any answer, a line each.
#[must_use]
pub fn lines(view: &View<'_>) -> Vec<String> {
    let Some(contract) = declared(view) else {
        return Vec::new();
    };
    let ready = ready(view, "label").into_iter();
    ready
        .map(|one| format!("GET {}  ({})", contract.path, words::of(&one, contract)))
        .collect()
}

/// Those that an answer calls for.
#[must_use]
pub fn may_follow(view: &View<'_>) -> Vec<MayFollow> {
    let composite = |one: &Handshake| ruse(one) == Some(Ruse::Composite);
    let composites = match declared(view) {
        Some(_) => ready(view, "label")
            .iter()
            .filter(|one| composite(one))
            .count(),
        None => 0,
    };
    vec![MayFollow {
        at_most: composites * WAYS,
        what:
            "handshakes from origins that resemble a declared one in one way, where one that does \
               so in every way gets in"
                .to_owned(),
    }]
}

fn declared<'v>(view: &View<'v>) -> Option<&'v WebSocketContract> {
    let wanted = view.wants(Family::Websocket);
    view.target.websocket.as_ref().filter(|_| wanted)
}

/// Those of the plan that need nothing which is not there.
fn ready(view: &View<'_>, label: &str) -> Vec<Handshake> {
    let mut all = planned(view.target, &view.run.conditions, label);
    all.retain(|one| one.needs.is_none());
    all
}

/// The handshakes so far.
struct Round<'v> {
    view: &'v View<'v>,
    contract: &'v WebSocketContract,
    seen: Vec<SocketTrial>,
}

impl Round<'_> {
    /// Makes a handshake, unless the answers so far say what comes of it. Tells the origin it came
    /// from where that resembles a declared one in several ways at once and got in: which of them it
    /// was is worth asking.
    fn run(&mut self, one: &Handshake) -> Option<Hostile> {
        if self.is_over() || self.is_dropping(one) || self.is_told(one) {
            return None;
        }
        let one = &self.in_good_standing(one);
        let stay = self.stay(&one.ask);
        let mut trial = trial::run(self.view, self.contract, one, stay);
        if one.ask == SocketAsk::Legitimate && is_dropped(&trial) {
            // One reset is tried again, as it is for every request.
            self.seen.push(trial);
            trial = trial::run(self.view, self.contract, one, stay);
        }
        let composite = stayed_open(&trial) && ruse(one) == Some(Ruse::Composite);
        self.seen.push(trial);
        let origin = one.origin.as_ref().filter(|_| composite)?;
        Some(Hostile {
            ruse: Ruse::Composite,
            resembles: origin.from.clone(),
            origin: origin.value.clone(),
        })
    }

    /// Whoever is no page of its own comes from a declared origin that is let in: a refusal of the
    /// origin says nothing of the rest.
    fn in_good_standing(&self, one: &Handshake) -> Handshake {
        let mut one = one.clone();
        let about_origins = matches!(one.ask, SocketAsk::Legitimate | SocketAsk::Origin);
        if about_origins || one.origin.is_none() {
            return one;
        }
        let legitimate = Ask::Socket(SocketAsk::Legitimate);
        let good = |trial: &&SocketTrial| trial.question.ask == legitimate && stayed_open(trial);
        if let Some(trial) = self.seen.iter().find(good) {
            one.origin.clone_from(&trial.origin);
        }
        one
    }

    /// Where the first handshake found no connection or no answer, all others would wait as long.
    fn is_over(&self) -> bool {
        let first = self.seen.first();
        first
            .and_then(|trial| trial.response.failure())
            .is_some_and(|failure| match failure.stage {
                Stage::Resolve | Stage::Connect | Stage::Proxy | Stage::Handshake => true,
                Stage::Head => failure.cause == Cause::TimedOut,
                Stage::Send | Stage::Body | Stage::Frames => false,
            })
    }

    /// Where every legitimate socket is dropped, nothing follows from what others get.
    fn is_dropping(&self, one: &Handshake) -> bool {
        let is_legitimate =
            |trial: &&SocketTrial| trial.question.ask == Ask::Socket(SocketAsk::Legitimate);
        let mut legitimate = self.seen.iter().filter(is_legitimate).peekable();
        one.ask != SocketAsk::Legitimate
            && legitimate.peek().is_some()
            && legitimate.all(|trial| {
                // A close after a silence that is declared is another matter.
                let listened = trial.listened > Micros(0);
                is_open(trial) && closed_after(trial).is_some() && !listened
            })
    }

    /// Where any page gets in, so does one that resembles a declared one.
    fn is_told(&self, one: &Handshake) -> bool {
        let Some(origin) = one.origin.as_ref().filter(|_| one.ask == SocketAsk::Origin) else {
            return false;
        };
        self.seen.iter().any(|trial| {
            let sent = trial.origin.as_ref().filter(|_| is_of_origin(trial));
            let any = |class| class == OriginClass::Attack(Ruse::Reflection);
            sent.is_some_and(|sent| sent.value == origin.value)
                || sent.is_some_and(|sent| any(sent.class) && stayed_open(trial))
        })
    }

    /// How long a legitimate socket is kept: as long as one is waited for that should be closed; and
    /// a control twice as long as it took until others were closed, so that it outlives them.
    fn stay(&self, ask: &SocketAsk) -> Duration {
        let patience = Duration::from(self.contract.patience());
        if *ask == SocketAsk::Legitimate {
            return patience;
        }
        let untrusted = self.seen.iter().filter(|trial| !is_welcome(trial));
        let closed = untrusted.filter_map(closed_after);
        closed.max().map_or(Duration::ZERO, |longest| longest * 2)
    }
}

fn ruse(one: &Handshake) -> Option<Ruse> {
    match one.origin.as_ref()?.class {
        OriginClass::Attack(ruse) => Some(ruse),
        OriginClass::Declared
        | OriginClass::Denied
        | OriginClass::Control
        | OriginClass::Profile => None,
    }
}

fn is_of_origin(trial: &SocketTrial) -> bool {
    trial.question.ask == Ask::Socket(SocketAsk::Origin)
}

/// Whether a trial is one that should be let in.
fn is_welcome(trial: &SocketTrial) -> bool {
    !matches!(
        trial.question.ask,
        Ask::Socket(SocketAsk::Origin | SocketAsk::Credentials(_) | SocketAsk::Plain)
    )
}

/// Whether the connection ended without an answer.
fn is_dropped(trial: &SocketTrial) -> bool {
    trial.response.failure().is_some_and(|failure| {
        let ended = matches!(failure.cause, Cause::Closed | Cause::Reset);
        ended && matches!(failure.stage, Stage::Send | Stage::Head)
    })
}

/// Whether a socket opened and was not closed on.
fn stayed_open(trial: &SocketTrial) -> bool {
    is_open(trial) && closed_after(trial).is_none()
}

fn is_open(trial: &SocketTrial) -> bool {
    let answer = trial.response.seen();
    answer.is_some_and(|answer| answer.status == 101)
}

/// When the server closed an open socket, if it did so first.
fn closed_after(trial: &SocketTrial) -> Option<Duration> {
    let is_close = |frame: &&Frame| Opcode(frame.first & 0xf) == Opcode::CLOSE;
    let after = match trial.frames.iter().find(is_close) {
        Some(first) => first.received.then_some(first.after)?,
        None => trial.ended?,
    };
    Some(Duration::from_micros(after.0))
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
    made_up::label(u32::from_be_bytes(random()))
}
