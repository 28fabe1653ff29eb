//! Where the time goes.

use serde::Serialize;

use super::State;
use crate::evidence::{Evidence, LatencyEvidence, Temperature};
use crate::model::{Micros, Millis, Phases};

/// Latency of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LatencyFacts {
    /// The cold sample whose time to first byte is the median.
    pub cold: Option<Phases>,
    /// The median time of warm samples.
    pub warm: Option<Micros>,
    /// The declared target.
    pub target: Millis,
    /// The declared alert.
    pub alert: Millis,
}

/// Reads the samples.
#[must_use]
pub fn read(evidence: &Evidence) -> State<LatencyFacts> {
    let policy = &evidence.target.latency;
    super::state(&evidence.latency, |latency| LatencyFacts {
        cold: median(latency, Temperature::Cold),
        warm: median(latency, Temperature::Warm).map(|phases| phases.total()),
        target: policy.target,
        alert: policy.alert,
    })
}

fn median(latency: &LatencyEvidence, temperature: Temperature) -> Option<Phases> {
    let of = latency
        .samples
        .iter()
        .filter(|sample| sample.temperature == temperature);
    let mut seen: Vec<Phases> = of
        .filter_map(|sample| sample.outcome.seen().map(|(_, phases)| *phases))
        .collect();
    seen.sort_by_key(Phases::ttfb);
    seen.get(seen.len().saturating_sub(1) / 2).copied()
}
