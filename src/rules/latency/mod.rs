//! Latency: where the time goes, against the declared thresholds.

pub mod cold;
pub mod connection;
pub mod load;
pub mod steady;

use super::{Observed, Rule};
use crate::facts::latency::Timed;
use crate::model::Place;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[cold::RULES, connection::RULES, steady::RULES, load::RULES];

/// With the endpoint that was timed, where it is not the target's own URL.
fn named(timed: &Timed, observed: Observed) -> Observed {
    if timed.place == Place::Target {
        return observed;
    }
    observed.about(timed.label.as_str())
}

#[cfg(test)]
mod tests;
