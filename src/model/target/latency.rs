//! How fast is fast enough.

use serde::{Deserialize, Serialize};

use crate::model::Millis;

/// Thresholds and sample counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencyPolicy {
    /// Median cold time to first byte that is still fine.
    pub target: Millis,
    /// Median cold time to first byte from which on it is an alert.
    pub alert: Millis,
    /// Full handshakes to sample.
    pub cold: u32,
    /// Requests on one kept-alive connection to sample.
    pub warm: u32,
    /// Conditions on a load run.
    pub load: Vec<LoadThreshold>,
}

impl Default for LatencyPolicy {
    fn default() -> Self {
        Self {
            target: Millis(500),
            alert: Millis(1000),
            cold: 6,
            warm: 10,
            load: Vec::new(),
        }
    }
}

/// A condition on a load run, as written: `p95 < 500ms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoadThreshold(pub String);
