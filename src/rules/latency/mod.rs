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
    match timed.place {
        Place::Target => observed,
        Place::Endpoint(_)
        | Place::Probe(_)
        | Place::Absent(_)
        | Place::WrongMethod(_)
        | Place::Rate(_)
        | Place::Login
        | Place::Socket => observed.about(timed.label.as_str()),
    }
}

#[cfg(test)]
mod tests;
