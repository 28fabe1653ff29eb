//! GitLab's Code Quality report: an array of what failed, each at its line of the target file.
//!
//! The form is that of GitLab's documentation ("Code Quality report format"). Findings with equal
//! fingerprints would be shown as one.

use serde::Serialize;

use super::entry::{Entry, entries};
use super::json;
use crate::model::Severity;
use crate::report::{Outcome, Report};

/// Pretty-printed JSON. What was accepted, and what could not be decided, has no place in the form.
///
/// # Errors
/// Only if a value cannot be represented in JSON, which would be a fault of ours.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    let failed = entries(report, |outcome| outcome == Outcome::Fail);
    let issues: Vec<Issue> = failed
        .iter()
        .map(|entry| Issue::new(entry, &report.summary.list))
        .collect();
    json::pretty(&issues)
}

#[derive(Debug, Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: u32,
}

impl Issue {
    /// A target named on the command line has no file; the form demands one, so the list stands in.
    fn new(entry: &Entry<'_>, list: &str) -> Self {
        let source = entry.source();
        let path = source.map_or(list, |source| source.file.as_str());
        Self {
            description: format!(
                "{}: {} ({})",
                entry.place(),
                entry.finding.title,
                entry.said()
            ),
            check_name: entry.finding.rule.as_str(),
            fingerprint: entry.id(),
            severity: severity(entry.finding.severity),
            location: Location {
                path: path.strip_prefix("./").unwrap_or(path).to_owned(),
                lines: Lines {
                    begin: source.map_or(1, |source| source.line),
                },
            },
        }
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use crate::render::sample;

    #[test]
    fn the_whole_form() {
        insta::assert_snapshot!(super::render(&sample::report()).unwrap());
    }
}
