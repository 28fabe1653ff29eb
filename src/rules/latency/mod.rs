//! Latency: where the time goes, against the declared thresholds.

pub mod cold;
pub mod connection;
pub mod load;
pub mod steady;

use super::Rule;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[cold::RULES, connection::RULES, steady::RULES, load::RULES];

#[cfg(test)]
mod tests;
