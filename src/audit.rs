//! Floor 7, the straight line: look, then judge.

use crate::engine::{self, Plan, Watch};
use crate::evidence::Evidence;
use crate::net::Net;
use crate::report::Report;

/// An earlier run, to hold another against.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// What it saw.
    pub evidence: Vec<Evidence>,
    /// Whether only what it does not have fails the later run.
    pub only_new: bool,
}

/// Looks at every target of the plan and judges what was seen.
#[must_use]
pub fn audit(
    plan: &Plan,
    net: &Net,
    watch: &dyn Watch,
    baseline: Option<&Baseline>,
) -> (Vec<Evidence>, Report) {
    let evidence = engine::observe(plan, net, watch);
    let report = judge(&evidence, baseline);
    (evidence, report)
}

/// Judges what was seen, beside an earlier run where there is one.
#[must_use]
pub fn judge(evidence: &[Evidence], baseline: Option<&Baseline>) -> Report {
    match baseline {
        Some(then) => Report::since(evidence, &then.evidence, then.only_new),
        None => Report::new(evidence),
    }
}
