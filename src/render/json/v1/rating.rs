//! What SSL Labs and Mozilla would say.

use serde::Serialize;

use crate::facts::rating;
use crate::facts::rating::mozilla::{Conformance, Direction};
use crate::facts::rating::ssl_labs::Letter;

#[derive(Debug, Serialize)]
pub(super) struct SslLabs<'r> {
    revision: &'static str,
    grade: Option<&'static str>,
    score: Option<u8>,
    exact: bool,
    protocol: Option<u8>,
    key_exchange: Option<u8>,
    cipher: Option<u8>,
    caps: Vec<Cap<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    open: Vec<Open<'r>>,
}

#[derive(Debug, Serialize)]
struct Cap<'r> {
    limit: &'static str,
    rule: &'static str,
    because: &'r str,
}

/// A rule that may limit the letter, where it is not known whether it applies.
#[derive(Debug, Serialize)]
struct Open<'r> {
    limit: &'static str,
    rule: &'static str,
    question: &'r str,
}

impl<'r> From<&'r rating::SslLabs> for SslLabs<'r> {
    fn from(rated: &'r rating::SslLabs) -> Self {
        let caps = rated.caps.iter().map(|cap| Cap {
            limit: cap.limit.name(),
            rule: cap.rule,
            because: &cap.because,
        });
        let open = rated.open.iter().map(|open| Open {
            limit: open.limit.name(),
            rule: open.rule,
            question: &open.question,
        });
        Self {
            revision: rated.revision,
            grade: rated.grade.map(Letter::name),
            score: rated.score,
            exact: rated.exact,
            protocol: rated.protocol,
            key_exchange: rated.key_exchange,
            cipher: rated.cipher,
            caps: caps.collect(),
            open: open.collect(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Mozilla<'r> {
    modern: Vec<Edition<'r>>,
    intermediate: Vec<Edition<'r>>,
    old: Vec<Edition<'r>>,
}

impl<'r> From<&'r rating::Mozilla> for Mozilla<'r> {
    fn from(mozilla: &'r rating::Mozilla) -> Self {
        let editions = |all: &'r [Conformance]| all.iter().map(Edition::from).collect();
        Self {
            modern: editions(&mozilla.modern),
            intermediate: editions(&mozilla.intermediate),
            old: editions(&mozilla.old),
        }
    }
}

#[derive(Debug, Serialize)]
struct Edition<'r> {
    version: &'static str,
    conforms: Option<bool>,
    deviations: Vec<Deviation<'r>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unseen: &'r [String],
}

#[derive(Debug, Serialize)]
struct Deviation<'r> {
    kind: &'static str,
    what: &'r str,
}

impl<'r> From<&'r Conformance> for Edition<'r> {
    fn from(held: &'r Conformance) -> Self {
        let deviations = held.deviations.iter().map(|deviation| Deviation {
            kind: match deviation.kind {
                Direction::Offered => "offered",
                Direction::Missing => "missing",
            },
            what: &deviation.what,
        });
        Self {
            version: held.version,
            conforms: held.conforms,
            deviations: deviations.collect(),
            unseen: &held.unseen,
        }
    }
}
