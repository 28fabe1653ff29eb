//! What was not tried, by what it would take, for those who asked for everything.

use std::collections::BTreeMap;

use colored::Colorize as _;

use super::Style;
use super::layout::{INDENT, labelled};
use crate::model::{RuleId, Untrusted};
use crate::report::{Outcome, Report};

/// By reason, the rules it keeps from being asked, each with the targets where it does.
type Reasons<'r> = BTreeMap<String, BTreeMap<RuleId, Vec<&'r str>>>;

pub(super) fn render(report: &Report, style: Style) -> String {
    let reasons = reasons(report);
    if reasons.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", "NOT TESTED".magenta().bold());
    for (why, rules) in &reasons {
        out.push_str(&labelled("", &format!("{why}:"), style.width));
        for (rule, targets) in rules {
            let targets = Untrusted::from(targets.join(", ")).terminal();
            out.push_str(&format!("{:INDENT$}  {rule}  {targets}\n", ""));
        }
    }
    out
}

fn reasons(report: &Report) -> Reasons<'_> {
    let mut reasons = Reasons::new();
    for target in &report.targets {
        let findings = target.findings.iter();
        for finding in findings.filter(|finding| finding.outcome == Outcome::NotTested) {
            let said = finding.observed.terminal();
            let why = said.strip_prefix("not tested: ").unwrap_or(&said);
            let rules = reasons.entry(why.to_owned()).or_default();
            rules.entry(finding.rule).or_default().push(&target.name);
        }
    }
    reasons
}
