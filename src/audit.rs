//! Floor 7, the straight line: look, then judge.

use crate::engine::{self, Plan, Watch};
use crate::evidence::Evidence;
use crate::net::Net;
use crate::report::Report;

/// Looks at every target of the plan and judges what was seen.
#[must_use]
pub fn audit(plan: &Plan, net: &Net, watch: &dyn Watch) -> (Vec<Evidence>, Report) {
    let evidence = engine::observe(plan, net, watch);
    let report = Report::new(&evidence);
    (evidence, report)
}
