//! What was accepted, for those who asked for everything, and waivers that waive nothing.

use colored::Colorize as _;

use super::Style;
use super::layout::{labelled, titled};
use crate::model::Untrusted;
use crate::render::group::{self, Group};
use crate::report::{Outcome, Report};

pub(super) fn render(report: &Report, style: Style) -> String {
    let mut out = String::new();
    if style.verbose {
        for group in group::groups(report, Outcome::Waived) {
            out.push_str(&waived(&group, style));
        }
    }
    for target in &report.targets {
        for idle in &target.idle_waivers {
            out.push_str(&titled(&"WAIVER".yellow().bold(), &target.name, &idle.rule));
            out.push_str(&labelled("", &idle.said(), style.width));
        }
    }
    out
}

fn waived(group: &Group<'_>, style: Style) -> String {
    let rule = group.finding.rule.as_str();
    let mut out = titled(&"WAIVED".cyan().bold(), &group.target.name, rule);
    for seen in group.evidence(usize::MAX) {
        out.push_str(&labelled("", &seen.terminal(), style.width));
    }
    if let Some(waiver) = &group.finding.waived {
        let ticket = waiver.ticket.as_ref();
        let ticket = ticket.map(|ticket| format!(" ({ticket})"));
        let (until, ticket) = (waiver.expires.date(), ticket.unwrap_or_default());
        let text = format!("{until}: {}{ticket}", waiver.reason);
        let text = Untrusted::from(text).terminal();
        out.push_str(&labelled("until", &text, style.width));
    }
    out
}
