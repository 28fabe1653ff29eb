//! Whether a server answers alike each time, and which hellos it cannot take.

use std::collections::BTreeMap;

use super::answers::{Answer, Answers};
use crate::evidence::{HelloSent, Question, TlsEvidence};
use crate::model::Pointer;
use crate::wire::tls::{Reply, Version};

/// How steady the answers are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stability {
    /// Versions at which one question was answered yes and no.
    pub contradictions: Vec<Version>,
    /// How the same hello was answered when it was repeated, with how often.
    pub split: BTreeMap<String, usize>,
    /// Hellos that had to be sent twice, because the first one died.
    pub revived: usize,
    /// Hellos that died both times.
    pub dead: usize,
    /// What a hello may not contain if it is to be answered.
    pub intolerances: Vec<Intolerance>,
}

/// Something every server must ignore or take, and this one dies of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intolerance {
    /// What it is, in words.
    pub to: &'static str,
    /// The hello that died.
    pub at: Pointer,
}

pub(super) fn read(tls: &TlsEvidence, answers: &Answers) -> Stability {
    let mut split = BTreeMap::new();
    for answer in answers.to(Question::Repeat) {
        *split.entry(word(answer)).or_insert(0) += 1;
    }
    let again = tls.hellos.iter().filter(|sent| sent.attempt > 1);
    let (dead, revived): (Vec<_>, Vec<_>) = again.partition(|sent| is_dead(sent));
    Stability {
        contradictions: answers.ledger.contradictions(),
        split,
        revived: revived.len(),
        dead: dead.len(),
        intolerances: intolerances(answers),
    }
}

fn is_dead(sent: &HelloSent) -> bool {
    let bytes = sent.reply.seen().map(|reply| reply.bytes.0.as_slice());
    matches!(
        Reply::read(bytes.unwrap_or_default()),
        Reply::Nothing | Reply::Incomplete
    )
}

fn word(answer: &Answer) -> String {
    match &answer.reply {
        Reply::Flight(flight) => {
            let version = flight.hello.version().map_or("?", Version::name);
            format!(
                "{version} {}",
                crate::wire::tls::CipherSuite::name_of(flight.hello.suite)
            )
        }
        Reply::Alert(alert) => alert.to_string(),
        Reply::Ssl2(_) => "SSLv2".to_owned(),
        Reply::NotTls(_) => "no TLS".to_owned(),
        Reply::Nothing | Reply::Incomplete => "no answer".to_owned(),
    }
}

/// A hello that died twice, while the same without one thing was answered, died of that thing.
fn intolerances(answers: &Answers) -> Vec<Intolerance> {
    let gentler: Vec<&Answer> = answers.to(Question::Tolerance).collect();
    let lives = |answer: &&&Answer| !is_dead(&answer.sent);
    let found = answers
        .all
        .iter()
        .filter(|answer| is_dead(&answer.sent))
        .filter_map(|dead| {
            let offer = &dead.sent.offer;
            let alike = gentler
                .iter()
                .filter(|other| other.sent.offer.version == offer.version);
            let to = match dead.sent.question {
                Question::Modern => {
                    let mut plain = alike.filter(|other| other.sent.offer.suites == offer.suites);
                    plain
                        .any(|other| lives(&other))
                        .then_some("values reserved to be ignored (GREASE)")
                }
                Question::PostQuantum => {
                    let mut small = alike.filter(|other| other.sent.offer.groups == offer.groups);
                    small
                        .any(|other| lives(&other))
                        .then_some("hellos of more than one TCP segment")
                }
                Question::Rest => {
                    let mut parts =
                        alike.filter(|other| other.sent.offer.suites.len() < offer.suites.len());
                    parts
                        .any(|other| lives(&other))
                        .then_some("more than 128 suites in a hello")
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
                | Question::Repeat => None,
            };
            to.map(|to| Intolerance {
                to,
                at: dead.at.clone(),
            })
        });
    found.collect()
}
