//! Sending hellos: many at once, within a width; the dead once more, alone.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use super::questions::Ask;
use crate::evidence::{Cause, HelloSent, Question};
use crate::net::{Deadline, hello};
use crate::wire::tls::{Offer, Reply};

/// Connections to one host at a time. The first HTTP exchange is one more.
const WIDTH: usize = 9;

/// How long one hello may wait for its answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Rest before a dead hello is sent again: longer than most limiters' finest grain.
const REST: Duration = Duration::from_millis(250);

/// After so many hellos in a row that waited in vain, no more are sent.
const SILENCES: usize = 2;

/// Where hellos go, and what has become of them.
pub(super) struct Asker<'a> {
    address: SocketAddr,
    end: &'a Deadline,
    patience: Duration,
    exchange: Deadline,
    opened: AtomicU32,
}

impl<'a> Asker<'a> {
    /// Asks this address until `end`; one that never answers, no longer than `timeout`.
    #[must_use]
    pub(super) fn new(address: SocketAddr, end: &'a Deadline, timeout: Duration) -> Self {
        Self {
            address,
            end,
            patience: PATIENCE.min(timeout),
            exchange: end.sooner(timeout),
            opened: AtomicU32::new(0),
        }
    }

    /// How many connections were opened.
    #[must_use]
    pub(super) fn connections(&self) -> u32 {
        self.opened.load(Ordering::SeqCst)
    }

    /// Sends all, [`WIDTH`] at a time; answers in the order of the asks.
    #[must_use]
    pub(super) fn all(&self, asks: &[Ask]) -> Vec<HelloSent> {
        let next = AtomicUsize::new(0);
        let answers = Mutex::new(Vec::with_capacity(asks.len()));
        std::thread::scope(|scope| {
            for _ in 0..asks.len().min(WIDTH) {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::SeqCst);
                        let Some(ask) = asks.get(index) else {
                            return;
                        };
                        let answer = self.one(ask, 1);
                        if let Ok(mut answers) = answers.lock() {
                            answers.push((index, answer));
                        }
                    }
                });
            }
        });
        let mut answers = answers.into_inner().unwrap_or_default();
        answers.sort_by_key(|(index, _)| *index);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    /// Sends one.
    #[must_use]
    pub(super) fn one(&self, ask: &Ask, attempt: u8) -> HelloSent {
        self.opened.fetch_add(1, Ordering::SeqCst);
        let end = self.end.sooner(self.patience);
        HelloSent {
            question: ask.question,
            offer: ask.offer.clone(),
            attempt,
            reply: hello::ask(self.address, &ask.offer, &end).into(),
        }
    }

    /// Sends the dead ones again, one by one with a rest before each, and replaces their answers.
    /// A host that never answered at all is asked only once more.
    pub(super) fn revive(&self, answers: &mut [HelloSent]) {
        let anyone = answers.iter().any(|answer| !is_dead(answer));
        let mut silences = 0;
        for (index, answer) in answers.iter_mut().enumerate() {
            if !is_dead(answer) || silences >= SILENCES || refused(answer) {
                continue;
            }
            if !self.end.sleep(REST + jitter(index)) || (!anyone && self.exchange.has_passed()) {
                return;
            }
            let ask = Ask {
                question: answer.question,
                offer: answer.offer.clone(),
            };
            *answer = self.one(&ask, 2);
            if !anyone && is_dead(answer) {
                return;
            }
            silences = if timed_out(answer) { silences + 1 } else { 0 };
        }
    }

    /// For hellos that died twice while others lived: the same without what old servers and
    /// middleboxes stumble over.
    #[must_use]
    pub(super) fn tolerance(&self, answers: &[HelloSent]) -> Vec<HelloSent> {
        let anyone = answers.iter().any(|answer| !is_dead(answer));
        let dead = answers.iter().filter(|answer| anyone && is_dead(answer));
        let asks: Vec<Ask> = dead.flat_map(gentler).collect();
        asks.iter()
            .take_while(|_| self.end.sleep(REST))
            .map(|ask| self.one(ask, 1))
            .collect()
    }
}

/// Spreads retries of several targets behind one limiter, without a source of randomness.
fn jitter(index: usize) -> Duration {
    Duration::from_millis(u64::try_from(index * 37 % 100).unwrap_or(0))
}

/// No answer that could mean anything: not a byte, or a record cut short.
#[must_use]
pub(super) fn is_dead(answer: &HelloSent) -> bool {
    answer
        .reply
        .seen()
        .is_none_or(|reply| Reply::read(&reply.bytes.0) == Reply::Incomplete)
}

fn cause(answer: &HelloSent) -> Option<Cause> {
    answer.reply.failure().map(|failure| failure.cause)
}

fn timed_out(answer: &HelloSent) -> bool {
    cause(answer) == Some(Cause::TimedOut)
}

fn refused(answer: &HelloSent) -> bool {
    cause(answer) == Some(Cause::Refused)
}

/// What to try instead of a dead hello.
fn gentler(dead: &HelloSent) -> Vec<Ask> {
    let offer = &dead.offer;
    let with = |offer: Offer| Ask {
        question: Question::Tolerance,
        offer,
    };
    match dead.question {
        // More than 128 suites, or a hello of 256 to 511 bytes, is known to kill.
        Question::Rest => offer
            .suites
            .chunks(offer.suites.len().div_ceil(3).max(1))
            .map(|part| {
                with(Offer {
                    suites: part.to_vec(),
                    ..offer.clone()
                })
            })
            .collect(),
        Question::Modern | Question::PostQuantum => {
            let plain = Offer {
                grease: false,
                pad_to: 0,
                ..offer.clone()
            };
            vec![with(plain)]
        }
        Question::OldVersion
        | Question::Fallback
        | Question::NoName
        | Question::Tls13
        | Question::Class
        | Question::Enumerate
        | Question::Order
        | Question::Group
        | Question::Tolerance
        | Question::Control
        | Question::Repeat => Vec::new(),
    }
}
