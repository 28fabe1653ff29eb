//! The conversation with one address: the first hellos, what their answers leave open, and what
//! was not answered once more.

use std::time::Duration;

use super::asker::{self, Asker};
use super::questions::{self, Ask, Depth};
use super::{drill, tolerance};
use crate::evidence::{HelloSent, Question, hellos};
use crate::wire::tls::{Known, Version};

/// Rounds of follow-up hellos: the longest list of suites a server could have yields one a round
/// in each of its parts.
const ROUNDS: usize = 24;

/// How often the control is repeated when two answers contradict each other.
const REPEATS: usize = 8;

/// Rest before a hello is sent again: longer than most limiters' finest grain.
const REST: Duration = Duration::from_millis(250);

/// After so many hellos in a row that waited in vain, no more are sent.
const SILENCES: usize = 2;

/// Connections in all to a server that closes where others send alerts, the handshake of the first
/// exchange among them. Within it, as many controls are asked as there is room for.
const ALLOWANCE: usize = 24;

/// Hellos between two controls, however many there are.
const MOST_BETWEEN: usize = 6;

/// The conversation so far.
pub(super) struct Interview<'a> {
    asker: &'a Asker<'a>,
    name: Option<&'a str>,
    depth: Depth,
    hellos: Vec<HelloSent>,
    /// Where what was asked again ends: before this nothing is asked a third time.
    settled: usize,
}

/// Asks everything, and hands over what was sent in the order it was sent.
#[must_use]
pub(super) fn hold(asker: &Asker<'_>, name: Option<&str>, depth: Depth) -> Vec<HelloSent> {
    let hellos = asker.all(&questions::first_wave(name, depth));
    let mut interview = Interview {
        asker,
        name,
        depth,
        hellos,
        settled: 0,
    };
    interview.find_control();
    interview.drill();
    // What is refused by closing is known only now, and may leave something else open.
    while interview.ask_again() && !asker.is_over(true) {
        interview.drill();
    }
    interview.repeat();
    interview.hellos
}

/// Asks more where the full handshake failed: what of it the server cannot take. A handshake offers
/// TLS 1.3 along with TLS 1.2, and all that browsers send beside.
pub(super) fn after_failed_handshake(
    asker: &Asker<'_>,
    name: Option<&str>,
    depth: Depth,
    hellos: Vec<HelloSent>,
) -> Vec<HelloSent> {
    let settled = hellos.len();
    let mut interview = Interview {
        asker,
        name,
        depth,
        hellos,
        settled,
    };
    if interview.control().is_some() {
        let known = hellos::ledger(&interview.hellos, name);
        let tls12 = known.accepted(Version::Tls12);
        interview.ask(&questions::as_browsers(name, &tls12));
        if !interview.ask_again() {
            interview.name_intolerance();
        }
    }
    interview.hellos
}

impl Interview<'_> {
    fn ask(&mut self, asks: &[Ask]) {
        self.hellos.extend(self.asker.all(asks));
    }

    fn one(&mut self, ask: &Ask, attempt: u8) -> bool {
        let sent = self.asker.one(ask, attempt);
        let answered = sent.is_answered();
        self.hellos.push(sent);
        answered
    }

    /// A hello that was taken, to hold the unanswered ones against.
    fn control(&self) -> Option<Ask> {
        let named = |sent: &&HelloSent| sent.offer.server_name.as_deref() == self.name;
        let taken = |sent: &&HelloSent| sent.is_taken() && sent.offer.version > Version::Ssl2;
        let found = self.hellos.iter().filter(named).find(taken)?;
        Some(Ask {
            question: Question::Control,
            offer: found.offer.clone(),
        })
    }

    /// Where some hellos were closed on and none was taken, the one that a server of TLS 1.3 takes.
    fn find_control(&mut self) {
        let closes = self.hellos.iter().any(HelloSent::is_closed);
        if closes && self.control().is_none() {
            self.ask(&questions::tls13_alone(self.name));
        }
    }

    /// Asks what is open, round by round.
    fn drill(&mut self) {
        for _ in 0..ROUNDS {
            let asks = drill::next(self.name, self.depth, &self.hellos);
            if asks.is_empty() || self.asker.is_over(true) {
                return;
            }
            let before = self.hellos.len();
            self.ask(&asks);
            let mut round = self.hellos.iter().skip(before);
            if !round.any(HelloSent::is_answered) {
                return;
            }
        }
    }

    /// Sends again, alone, what was not answered; true if there was anything.
    fn ask_again(&mut self) -> bool {
        let unanswered: Vec<Ask> = self
            .hellos
            .iter()
            .skip(self.settled)
            .filter(|sent| !sent.is_answered() && sent.attempt == 1 && !asker::is_shut(sent))
            .filter(|sent| sent.question != Question::Fallback || self.speaks(sent.offer.version))
            .map(tolerance::second_attempt)
            .collect();
        if unanswered.is_empty() || !self.asker.rest(REST) {
            return false;
        }
        match self.control() {
            Some(control) => self.between_controls(&unanswered, &control),
            None => self.without_control(&unanswered),
        }
        self.name_intolerance();
        self.settled = self.hellos.len();
        true
    }

    fn name_intolerance(&mut self) {
        for ask in tolerance::open(&self.hellos) {
            self.one(&ask, 2);
        }
    }

    fn speaks(&self, version: Version) -> bool {
        let known = hellos::ledger(&self.hellos, self.name);
        known.version(version) == Known::Accepted
    }

    /// A server that answers the control right before and right behind, and closes on a hello twice,
    /// refuses that hello. One that leaves the control unanswered, too, limits what it takes.
    fn between_controls(&mut self, asks: &[Ask], control: &Ask) {
        let mut silences = 0;
        for chunk in asks.chunks(self.between(asks.len())) {
            let lives = self.one(control, 1) || (self.asker.rest(REST) && self.one(control, 1));
            if !lives {
                return;
            }
            for ask in chunk {
                let answered = self.one(ask, 2);
                let waited = self.hellos.last().is_some_and(HelloSent::timed_out);
                silences = if waited { silences + 1 } else { 0 };
                if silences == SILENCES || (!answered && self.asker.is_over(true)) {
                    return;
                }
            }
        }
        self.one(control, 1);
    }

    /// How many hellos stand between two controls: one, or more where the allowance is short.
    fn between(&self, asks: usize) -> usize {
        // Where no ServerHello is in the clear, a second handshake shows what ALPN chose.
        let mut clear = Version::ALL
            .into_iter()
            .take_while(|version| *version < Version::Tls13);
        let handshakes = if clear.any(|version| self.speaks(version)) {
            1
        } else {
            2
        };
        let opened = self.hellos.len() + handshakes;
        let controls = ALLOWANCE.saturating_sub(opened + asks);
        asks.div_ceil(controls.saturating_sub(1).max(2))
            .min(MOST_BETWEEN)
    }

    /// Nothing was ever taken: each is sent once more, to a host that never answered only one.
    fn without_control(&mut self, asks: &[Ask]) {
        let anyone = self.hellos.iter().any(HelloSent::is_answered);
        let mut silences = 0;
        for ask in asks {
            let answered = self.one(ask, 2);
            let waited = self.hellos.last().is_some_and(HelloSent::timed_out);
            silences = if waited { silences + 1 } else { 0 };
            let hopeless = !anyone && !answered;
            if hopeless || silences == SILENCES || self.asker.is_over(anyone) {
                return;
            }
            if !self.asker.rest(REST) {
                return;
            }
        }
    }

    /// The control several times over, to show how the answers are split.
    fn repeat(&mut self) {
        if hellos::ledger(&self.hellos, self.name)
            .contradictions()
            .is_empty()
        {
            return;
        }
        let control = self
            .hellos
            .iter()
            .find(|sent| sent.question == Question::Modern);
        let ask = control.map(|sent| Ask {
            question: Question::Repeat,
            offer: sent.offer.clone(),
        });
        let asks: Vec<Ask> = ask.into_iter().cycle().take(REPEATS).collect();
        self.ask(&asks);
    }
}
