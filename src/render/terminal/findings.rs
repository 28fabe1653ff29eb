//! What failed, most severe first, then what could not be decided.

use colored::Colorize as _;

use super::layout::{INDENT, labelled, titled};
use super::{Style, not_tested, severity, waivers};
use crate::model::{RuleId, Severity, Untrusted};
use crate::render::caps;
use crate::render::group::{self, Group};
use crate::report::fix::Snippet;
use crate::report::{Outcome, Report, TargetReport};

pub(super) fn render(report: &Report, style: Style) -> String {
    let mut out = String::new();
    let failures = group::groups(report, Outcome::Fail);
    let least = if style.verbose {
        Severity::Info
    } else {
        Severity::Medium
    };
    for group in failures
        .iter()
        .filter(|group| group.finding.severity >= least)
    {
        out.push_str(&block(group, style));
    }
    for target in &report.targets {
        for (cause, rules) in group::causes(target) {
            out.push_str(&unknown(target, cause, &rules, style));
        }
    }
    out.push_str(&waivers::render(report, style));
    if style.verbose {
        out.push_str(&not_tested::render(report, style));
    }
    let mut rest = caps::lines(report, |finding| finding.severity >= least);
    if !style.verbose {
        rest.extend(hidden(report, &failures, least));
    }
    if !rest.is_empty() {
        out.push('\n');
    }
    for line in rest {
        out.push_str(&labelled("", &line, style.width));
    }
    out
}

fn block(group: &Group<'_>, style: Style) -> String {
    let finding = group.finding;
    let (word, rule) = (severity(finding.severity), finding.rule.as_str());
    let mut out = titled(&word, &group.target.name, rule);
    let line = |label: &str, text: &str| labelled(label, text, style.width);
    let places = if style.verbose { usize::MAX } else { 3 };
    for seen in group.evidence(places) {
        out.push_str(&line("", &seen.terminal()));
    }
    // Either may name what the peer sent.
    for (label, text) in [("want", &finding.expected), ("fix", &finding.fix)] {
        out.push_str(&line(label, &Untrusted::from(text.as_str()).terminal()));
    }
    if style.verbose {
        out.push_str(&line("why", finding.impact));
        for reference in &finding.references {
            out.push_str(&line(
                "see",
                &format!("{} {}", reference.title, reference.url),
            ));
        }
        if let Some(command) = &finding.reproduce {
            // On one line, however long: it is there to be copied.
            let command = Untrusted::from(command.as_str()).terminal();
            out.push_str(&format!("{:INDENT$}{:<6}{command}\n", "", "try"));
        }
    }
    let source = finding.source.as_ref().or(group.target.source.as_ref());
    if let Some(source) = source {
        out.push_str(&line("at", &source.to_string()));
    }
    if let Some(snippet) = finding.snippet.as_ref().filter(|_| style.verbose) {
        out.push_str(&pasted(snippet));
    }
    out
}

/// Lines to be copied, and so not wrapped.
fn pasted(snippet: &Snippet) -> String {
    let mut out = labelled("for", &format!("{}:", snippet.software), usize::MAX);
    for line in &snippet.lines {
        out.push_str(&format!(
            "{:lead$}{}\n",
            "",
            line.terminal(),
            lead = INDENT + 6
        ));
    }
    out
}

/// A cause, and the rules that it keeps open: all of them for those who asked for everything.
fn unknown(target: &TargetReport, cause: &Untrusted, rules: &[RuleId], style: Style) -> String {
    let word = "UNKNOWN".magenta().bold();
    let (first, more) = group::named(rules);
    let mut out = titled(&word, &target.name, &format!("{first}{more}"));
    out.push_str(&labelled("", &cause.terminal(), style.width));
    if style.verbose && rules.len() > 1 {
        let all: Vec<&str> = rules.iter().map(|rule| rule.as_str()).collect();
        out.push_str(&labelled("rules", &all.join(", "), style.width));
    }
    out
}

/// What is not shown in full, counted.
fn hidden(report: &Report, failures: &[Group<'_>], least: Severity) -> Option<String> {
    let mut parts = Vec::new();
    for severity in [Severity::Low, Severity::Info] {
        let count = group::count(failures, severity);
        if severity < least && count > 0 {
            parts.push(format!("{count} {}", severity.name()));
        }
    }
    let waived = report.summary.counts.waived;
    if waived > 0 {
        parts.push(format!("{waived} waived"));
    }
    (!parts.is_empty()).then(|| format!("{} more: -v shows them", parts.join(", ")))
}
