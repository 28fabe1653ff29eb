//! Sending hellos: many at once within a width, or one alone.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::questions::Ask;
use crate::evidence::{Cause, HelloSent};
use crate::net::dial::Peer;
use crate::net::{Deadline, hello, pool};

/// Connections to one host at a time. The first HTTP exchange is one more.
const WIDTH: usize = 9;

/// How long one hello may wait for its answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where hellos go, and how many were sent.
pub(super) struct Asker<'a> {
    peer: Peer,
    end: &'a Deadline,
    patience: Duration,
    exchange: Deadline,
    opened: AtomicU32,
}

impl<'a> Asker<'a> {
    /// Asks this peer until `end`; one that never answers, no longer than `timeout`.
    #[must_use]
    pub(super) fn new(peer: Peer, end: &'a Deadline, timeout: Duration) -> Self {
        Self {
            peer,
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
        pool::in_order(WIDTH, asks, |ask| self.one(ask, 1))
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
            reply: hello::ask(&self.peer, &ask.offer, &end).into(),
        }
    }

    /// Waits; false if the time is up.
    #[must_use]
    pub(super) fn rest(&self, pause: Duration) -> bool {
        self.end.sleep(pause)
    }

    /// True when nothing more may be asked; of a host that never answered, after one exchange's time.
    #[must_use]
    pub(super) fn is_over(&self, anyone: bool) -> bool {
        self.end.has_passed() || (!anyone && self.exchange.has_passed())
    }
}

/// True when the address takes no connection at all.
#[must_use]
pub(super) fn is_shut(answer: &HelloSent) -> bool {
    let failure = answer.reply.failure();
    failure.is_some_and(|failure| failure.cause == Cause::Refused)
}
