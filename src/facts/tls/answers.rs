//! All answers of one server, put together.

use std::collections::BTreeSet;

use crate::evidence::{Cause, Failure, HelloSent, Question, Stage, TlsEvidence, hellos};
use crate::model::{Millis, Pointer};
use crate::wire::tls::{
    CipherSuite, Class, Ephemeral, Flight, Group, Known, Ledger, Reply, Sentinel, Version,
};

/// What the full handshake offers, in order: the default of rustls.
const HANDSHAKE: [u16; 9] = [
    0x1302, 0x1301, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8,
];

/// One hello's answer, read.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The hello.
    pub sent: HelloSent,
    /// Where it stands in the evidence.
    pub at: Pointer,
    /// What came back; nothing if nothing did.
    pub reply: Reply,
    /// The server refused by closing: see [`hellos::refused_by_closing`].
    pub closed: bool,
}

/// What all answers say together.
#[derive(Clone, Debug)]
pub struct Answers {
    /// In the order asked.
    pub all: Vec<Answer>,
    /// Of the hellos with the target's name, and the handshake.
    pub ledger: Ledger,
    /// Which hello proves which suite at which version.
    pub(super) proofs: Vec<(Version, u16, Pointer)>,
    name: Option<String>,
    handshake: Option<Version>,
    failure: Option<Failure>,
}

impl Answers {
    /// Reads every reply once.
    #[must_use]
    pub fn read(tls: &TlsEvidence) -> Self {
        let closed = hellos::refused_by_closing(&tls.hellos);
        let sent = tls.hellos.iter().enumerate();
        let all: Vec<Answer> = sent.map(|(at, sent)| read(at, sent, &closed)).collect();
        let mut answers = Self {
            all,
            ledger: Ledger::default(),
            proofs: Vec::new(),
            name: tls.server_name.clone(),
            handshake: None,
            failure: tls.handshake.failure().cloned(),
        };
        answers.put_together(tls);
        answers
    }

    fn put_together(&mut self, tls: &TlsEvidence) {
        self.ledger = hellos::ledger(&tls.hellos, self.name.as_deref());
        let named = self
            .all
            .iter()
            .filter(|answer| answer.sent.offer.server_name == self.name);
        for answer in named {
            if let Some(flight) = answer.reply.flight()
                && let Some(version) = flight.hello.version()
            {
                self.proofs
                    .push((version, flight.hello.suite, answer.at.clone()));
            } else if let Reply::Ssl2(_) = answer.reply {
                self.proofs.push((Version::Ssl2, 0, answer.at.clone()));
            }
        }
        if let Some(seen) = tls.handshake.seen()
            && let Some(version) = Version::from_code(seen.version)
        {
            self.handshake = Some(version);
            let group = seen.group.map(Group);
            self.ledger
                .note_choice(version, &HANDSHAKE, seen.suite, group);
            let at = Pointer("/tls/seen/handshake/seen".to_owned());
            self.proofs.push((version, seen.suite, at));
        }
    }

    /// The flights in answer to hellos with the target's name.
    pub fn flights(&self) -> impl Iterator<Item = (&Answer, &Flight)> {
        let named = self
            .all
            .iter()
            .filter(|answer| answer.sent.offer.server_name == self.name);
        named.filter_map(|answer| Some((answer, answer.reply.flight()?)))
    }

    /// Answers to one question.
    pub fn to(&self, question: Question) -> impl Iterator<Item = &Answer> {
        self.all
            .iter()
            .filter(move |answer| answer.sent.question == question)
    }

    /// Versions that were asked for, oldest first.
    pub(super) fn asked(&self) -> impl Iterator<Item = Version> + '_ {
        Version::ALL.into_iter().filter(|version| {
            let offered = |answer: &Answer| answer.sent.offer.version == *version;
            self.all.iter().any(offered) || self.handshake == Some(*version)
        })
    }

    /// Why nothing can be said: no hello and no handshake got anywhere, so that refusals have no
    /// control to be held against.
    pub(super) fn unseen(&self) -> Option<Failure> {
        let anything = self.handshake.is_some()
            || Version::ALL
                .into_iter()
                .any(|v| self.ledger.version(v) == Known::Accepted);
        if anything {
            return None;
        }
        let spoken = self.all.iter().find_map(|answer| match &answer.reply {
            Reply::NotTls(said) => Some(failure(answer, Cause::Garbage, said.terminal_within(60))),
            Reply::Alert(alert) => {
                let cause = Cause::Alert(alert.description);
                Some(failure(answer, cause, alert.to_string()))
            }
            Reply::Incomplete => dripping(answer),
            Reply::Nothing | Reply::Flight(_) | Reply::Ssl2(_) => None,
        });
        let first = self
            .all
            .iter()
            .find_map(|answer| answer.sent.reply.failure().cloned());
        Some(
            spoken
                .or_else(|| self.failure.clone())
                .or(first)
                .unwrap_or_else(super::super::never),
        )
    }

    /// Whether the server contradicted itself.
    pub(super) fn flaps(&self) -> bool {
        !self.ledger.contradictions().is_empty()
    }

    /// A server that contradicts itself has refused nothing for good.
    fn settle(&self, known: Known) -> Known {
        if known == Known::Refused && self.flaps() {
            Known::Unsettled
        } else {
            known
        }
    }

    /// Whether a version is spoken.
    #[must_use]
    pub fn version(&self, version: Version) -> Known {
        let known = self.settle(self.ledger.version(version));
        if version != Version::Tls13 || known != Known::Unsettled || self.flaps() {
            return known;
        }
        let marked = |flight: &Flight| flight.hello.sentinel() == Some(Sentinel::Tls13);
        if self.flights().any(|(_, flight)| marked(flight)) {
            Known::Accepted
        } else if self.handshake.is_some_and(|chosen| chosen < Version::Tls13) {
            // It was offered there, and the server chose less.
            Known::Refused
        } else {
            Known::Unsettled
        }
    }

    /// Whether any suite of a class is taken at a version.
    #[must_use]
    pub fn class(&self, version: Version, class: Class) -> Known {
        self.settle(self.ledger.class(version, class))
    }

    /// Whether every suite of a version is settled.
    pub(super) fn is_whole(&self, version: Version) -> bool {
        match self.version(version) {
            Known::Accepted => {
                version == Version::Ssl2 || (self.ledger.open(version).is_empty() && !self.flaps())
            }
            Known::Refused => true,
            Known::Unsettled => false,
        }
    }

    /// Whether a post-quantum group is taken.
    pub(super) fn post_quantum(&self) -> Known {
        if self.ledger.groups().into_iter().any(Group::post_quantum) {
            return Known::Accepted;
        }
        if self.version(Version::Tls13) == Known::Refused {
            return Known::Refused;
        }
        let refused = |group: &Group| self.ledger.group(*group) == Known::Refused;
        let all = Group::HYBRIDS.iter().all(refused);
        self.settle(if all {
            Known::Refused
        } else {
            Known::Unsettled
        })
    }

    /// Whether TLS 1.2 takes a suite of today.
    pub(super) fn modern_tls12(&self) -> Known {
        let modern = CipherSuite::all().filter(|suite| suite.is_modern_tls12());
        let known = modern.map(|suite| self.ledger.suite(Version::Tls12, suite));
        let known: Vec<Known> = known.collect();
        if known.contains(&Known::Accepted) {
            Known::Accepted
        } else if known.contains(&Known::Unsettled) {
            Known::Unsettled
        } else {
            self.settle(Known::Refused)
        }
    }

    /// The smallest prime used with a certificate or without.
    pub(super) fn dh_bits(&self) -> Option<usize> {
        let primes = self
            .flights()
            .filter_map(|(_, flight)| match &flight.ephemeral {
                Some(found @ Ephemeral::Dh { .. }) => found.bits(),
                Some(
                    Ephemeral::Curve(_) | Ephemeral::ExplicitCurve | Ephemeral::ExportRsa { .. },
                )
                | None => None,
            });
        primes.min()
    }

    /// The chain a server sent in the clear, for those that no handshake could be made with.
    #[must_use]
    pub fn clear_chain(&self) -> Option<&[Vec<u8>]> {
        let chains = self
            .flights()
            .map(|(_, flight)| flight.certificates.as_slice());
        chains.into_iter().find(|chain| !chain.is_empty())
    }

    /// Suites of a certificate kind that were chosen, by the chain that came with them.
    pub fn chains(&self) -> impl Iterator<Item = (CipherSuite, &[Vec<u8>])> {
        let with_suite = self.flights().filter_map(|(_, flight)| {
            let suite = CipherSuite::by_id(flight.hello.suite)?;
            Some((suite, flight.certificates.as_slice()))
        });
        with_suite.filter(|(_, chain)| !chain.is_empty())
    }
}

fn read(index: usize, sent: &HelloSent, closed: &BTreeSet<usize>) -> Answer {
    Answer {
        sent: sent.clone(),
        at: Pointer(format!("/tls/seen/hellos/{index}")),
        reply: sent.read_reply(),
        closed: closed.contains(&index),
    }
}

/// An answer of which some came, and the rest not in time.
fn dripping(answer: &Answer) -> Option<Failure> {
    let reply = answer.sent.reply.seen().filter(|reply| reply.timed_out)?;
    let detail = format!(
        "{} bytes of an answer by then: it drips or stalls",
        reply.bytes.0.len()
    );
    Some(failure(answer, Cause::TimedOut, detail))
}

fn failure(answer: &Answer, cause: Cause, detail: String) -> Failure {
    let took = answer.sent.reply.seen().map_or(0, |reply| reply.took.0);
    Failure {
        stage: Stage::Handshake,
        cause,
        detail,
        after: Millis(took / 1000),
    }
}
