//! One rule's outcome.

use serde::Serialize;

use crate::model::{Family, Pointer, RuleId, Severity, Source, Timestamp, Untrusted};
use crate::render::entry::Entry;
use crate::report::Outcome;

#[derive(Debug, Serialize)]
pub(super) struct Finding<'r> {
    id: String,
    rule: RuleId,
    family: Family,
    title: &'static str,
    severity: Severity,
    outcome: &'static str,
    endpoint: Option<&'r str>,
    observed: &'r Untrusted,
    expected: &'r str,
    impact: &'static str,
    fix: &'r str,
    snippet: Option<Snippet<'r>>,
    references: Vec<Reference<'r>>,
    reproduce: Option<&'r str>,
    at: &'r Pointer,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'r Source>,
    waived: Option<Waived<'r>>,
}

impl<'r> From<Entry<'r>> for Finding<'r> {
    fn from(entry: Entry<'r>) -> Self {
        let finding = entry.finding;
        let references = finding.references.iter().map(|link| Reference {
            title: &link.title,
            url: &link.url,
        });
        Self {
            id: entry.id(),
            rule: finding.rule,
            family: finding.family,
            title: finding.title,
            severity: finding.severity,
            outcome: outcome(finding.outcome),
            endpoint: finding.endpoint.as_deref(),
            observed: &finding.observed,
            expected: &finding.expected,
            impact: finding.impact,
            fix: &finding.fix,
            snippet: finding.snippet.as_ref().map(|snippet| Snippet {
                software: snippet.software,
                lines: &snippet.lines,
            }),
            references: references.collect(),
            reproduce: finding.reproduce.as_deref(),
            at: &finding.at,
            source: finding.source.as_ref(),
            waived: finding.waived.as_ref().map(|waiver| Waived {
                reason: &waiver.reason,
                expires: waiver.expires,
                ticket: waiver.ticket.as_deref(),
            }),
        }
    }
}

/// What was not tested is unknown, too: a consumer that knows no more must not take it for a pass.
const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fail => "fail",
        Outcome::Unknown => "unknown",
        Outcome::NotTested => "not_tested",
        Outcome::Waived => "waived",
        Outcome::Pass => "pass",
        Outcome::NotApplicable => "not_applicable",
    }
}

#[derive(Debug, Serialize)]
struct Snippet<'r> {
    software: &'static str,
    lines: &'r [Untrusted],
}

#[derive(Debug, Serialize)]
struct Reference<'r> {
    title: &'r str,
    url: &'r str,
}

#[derive(Debug, Serialize)]
struct Waived<'r> {
    reason: &'r str,
    expires: Timestamp,
    ticket: Option<&'r str>,
}
