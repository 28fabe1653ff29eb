//! Timed samples.

use serde::{Deserialize, Serialize};

use super::{Observation, PassedOver};
use crate::model::{Micros, Millis, Phases, Place};

/// What the timed exchanges showed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatencyEvidence {
    /// In the order they were taken.
    pub samples: Vec<Sample>,
    /// Whether no more were taken because half of a rate limit was used up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limited: bool,
    /// What a load run showed, where one was asked for and allowed.
    pub load: Observation<LoadEvidence>,
}

/// One timed exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// What was asked: the target's own URL, or a declared endpoint.
    #[serde(default = "of_target", skip_serializing_if = "is_of_target")]
    pub place: Place,
    /// On a new connection or a kept one.
    pub temperature: Temperature,
    /// `address:port`.
    pub address: String,
    /// The status that was answered, with its phases.
    pub outcome: Observation<(u16, Phases)>,
    /// Whether it went to this address because it was told to, not because the name led there.
    #[serde(default)]
    pub pinned: bool,
    /// Whether an earlier exchange had used the connection.
    #[serde(default)]
    pub reused: bool,
    /// What dead addresses cost before this one answered.
    pub fallback: Micros,
    /// Those addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
    /// By how much this machine was late meanwhile.
    pub lag: Micros,
    /// Whether it was taken again because of that.
    pub retaken: bool,
    /// Size of the body.
    pub bytes: u64,
}

impl Sample {
    /// Where its time went, if there was an answer.
    #[must_use]
    pub fn phases(&self) -> Option<Phases> {
        self.outcome.seen().map(|(_, phases)| *phases)
    }

    /// Whether there was no answer, or a server's own fault (RFC 9110 §15.6).
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.outcome.seen().is_none_or(|(status, _)| *status >= 500)
    }

    /// Whether this machine was so late that the sample may show that instead: by more than 1 ms
    /// and 2 % of the longest phase, which is what a phase is to be right to. Lateness only ever
    /// adds to what is measured.
    #[must_use]
    pub fn is_late(&self) -> bool {
        let longest = self.phases().unwrap_or_default().longest();
        self.lag > Micros(1_000).max(Micros(longest.0 / 50))
    }
}

const fn of_target() -> Place {
    Place::Target
}

fn is_of_target(place: &Place) -> bool {
    *place == Place::Target
}

/// Whether connection setup is part of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Temperature {
    /// A new connection with a full handshake.
    Cold,
    /// A kept-alive connection, no name resolution.
    Warm,
}

/// What an open-model load run showed. Times are from the intended start to the last byte.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadEvidence {
    /// Users asked for.
    pub users: u32,
    /// How long it was asked to run.
    pub duration: Millis,
    /// How long it ran.
    pub took: Millis,
    /// Exchanges the schedule intended.
    pub intended: u64,
    /// Exchanges begun before the run was over.
    pub started: u64,
    /// Exchanges answered below 400.
    pub succeeded: u64,
    /// Failures by class, in order of name: `status 503`, `connect: refused`, `not sent`.
    pub errors: std::collections::BTreeMap<String, u64>,
    /// `(microseconds, count)` of those answered below 400, ascending: the histogram's own buckets,
    /// each no wider than a thousandth of its value.
    pub histogram: Vec<(u64, u64)>,
}
