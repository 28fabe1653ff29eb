//! Latency: where the time goes, against the declared thresholds.

pub mod cold;

use super::Rule;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[cold::RULES];
