//! What failed, most severe first, then what could not be decided.

use std::collections::BTreeMap;

use colored::Colorize as _;

use super::layout::{INDENT, labelled, titled};
use super::{Style, not_tested, severity, waivers};
use crate::grade::{Cap, Letter, Reason};
use crate::model::{Family, Grade, Severity, Untrusted};
use crate::render::group::{self, Group};
use crate::report::fix::Snippet;
use crate::report::{Finding, Outcome, Report};

/// At most so many targets are named beside a rule that keeps their letter down.
const NAMES: usize = 4;

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
    for group in group::groups(report, Outcome::Unknown) {
        out.push_str(&unknown(&group, style));
    }
    out.push_str(&waivers::render(report, style));
    if style.verbose {
        out.push_str(&not_tested::render(report, style));
    }
    let mut rest = caps(report, least);
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

/// Why a letter of the table is not higher where no finding above says so:
/// `A- because of tls/no-http2: shop`.
fn caps(report: &Report, least: Severity) -> Vec<String> {
    let mut lines: BTreeMap<(Grade, Reason), Vec<String>> = BTreeMap::new();
    for target in &report.targets {
        let shown = |cap: &Cap| {
            let of_rule = |finding: &&Finding| Reason::Rule(finding.rule) == cap.because;
            let finding = target.findings.iter().find(of_rule);
            finding.is_none_or(|finding| finding.severity >= least)
        };
        let tightest = Family::ALL.into_iter().flat_map(|family| {
            let mark = target.families.of(family);
            let binds = |cap: &&Cap| mark.grade == Letter::Graded(cap.limit);
            mark.caps.iter().filter(binds)
        });
        for cap in tightest.filter(|cap| !shown(cap)) {
            let name = Untrusted::from(target.name.as_str()).terminal_ends_within(24);
            let names = lines.entry((cap.limit, cap.because)).or_default();
            names.push(name);
        }
    }
    let line = |((limit, rule), names): (&(Grade, Reason), &Vec<String>)| {
        let more = match names.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names: Vec<&str> = names.iter().take(NAMES).map(String::as_str).collect();
        format!("{limit} because of {rule}: {}{more}", names.join(", "))
    };
    lines.iter().map(line).collect()
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
    if let Some(source) = &group.target.source {
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

fn unknown(group: &Group<'_>, style: Style) -> String {
    let (word, rule) = ("UNKNOWN".magenta().bold(), group.finding.rule.as_str());
    let mut out = titled(&word, &group.target.name, rule);
    for seen in group.evidence(3) {
        out.push_str(&labelled("", &seen.terminal(), style.width));
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
