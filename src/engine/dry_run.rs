//! What would be sent, and nothing sent.

use super::Plan;
use crate::net::quiet::Quiet;
use crate::net::{Deadline, Net};
use crate::probe::admission;
use crate::probe::allowance::Allowance;
use crate::probe::{self, View};
use crate::probe::{Beside, asks};

/// Every connection and request that does not depend on an answer, and how many more may follow at
/// most, kind by kind.
#[must_use]
pub fn list(plan: &Plan, net: &Net) -> String {
    let end = Deadline::within(plan.target_deadline.into(), &net.stop);
    let quiet = Quiet::new(1);
    let mut out = String::new();
    for target in &plan.targets {
        let allowance = Allowance::of(target, &plan.run.conditions);
        let view = View {
            target,
            run: &plan.run,
            net,
            end: &end,
            quiet: &quiet,
            allowance: &allowance,
        };
        out.push_str(&of_target(&view));
    }
    out
}

fn of_target(view: &View<'_>) -> String {
    let target = view.target;
    let mut out = format!("{}  {}\n", target.name, target.url);
    let first = probe::first_requests(view);
    for request in std::iter::once(&probe::page(target)).chain(&first) {
        out.push_str(&format!("  http       {}\n", request.line(&view.net.scrub)));
    }
    let admission = admission::fields(view);
    if !admission.is_empty() {
        let names: Vec<&str> = admission.iter().map(|line| line.name.as_str()).collect();
        let (names, origin) = (names.join(", "), target.url.origin());
        out.push_str(&format!(
            "  with       {names} in every request to {origin}\n"
        ));
    }
    for Beside { kind, what } in asks::selected(view).flat_map(|asks| (asks.beside)(view)) {
        out.push_str(&format!("  {kind:<9}  {what}\n"));
    }
    if let Some(pace) = probe::pace(view) {
        out.push_str(&format!("  rate       {}\n", pace.said()));
    }
    for probe::MayFollow { at_most, what } in probe::may_follow(view, &first) {
        out.push_str(&format!("  then       at most {at_most}: {what}\n"));
    }
    out.push('\n');
    out
}
