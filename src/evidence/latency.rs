//! Timed samples.

use serde::{Deserialize, Serialize};

use super::Observation;
use crate::model::{Micros, Millis, Phases};

/// What the timed exchanges showed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LatencyEvidence {
    /// In the order they were taken.
    pub samples: Vec<Sample>,
    /// What a load run showed, if one was asked for.
    pub load: Option<LoadEvidence>,
}

/// One timed exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// On a new connection or a kept one.
    pub temperature: Temperature,
    /// `address:port`.
    pub address: String,
    /// The status that was answered, with its phases.
    pub outcome: Observation<(u16, Phases)>,
    /// What dead addresses cost before this one answered.
    pub fallback: Micros,
    /// By how much this machine was late meanwhile.
    pub lag: Micros,
    /// Whether it was taken again because of that.
    pub retaken: bool,
    /// Size of the body.
    pub bytes: u64,
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

/// What an open-model load run showed. Times are from the intended start.
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
    /// Exchanges begun.
    pub started: u64,
    /// Exchanges answered below 400.
    pub succeeded: u64,
    /// Failures by class, in order of name.
    pub errors: std::collections::BTreeMap<String, u64>,
    /// `(microseconds, count)`, ascending: the histogram's own buckets.
    pub histogram: Vec<(u64, u64)>,
}
