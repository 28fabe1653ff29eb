//! What failed or could not be decided, to be filtered by severity, family, service and outcome.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::{evidence, section as titled, text};
use crate::model::{Family, Severity, Untrusted};
use crate::render::entry::{Entry, entries};
use crate::report::{Outcome, Report};

/// The outcomes that a reader acts on, and their words.
const OUTCOMES: [(Outcome, &str); 4] = [
    (Outcome::Fail, "failed"),
    (Outcome::Unknown, "unknown"),
    (Outcome::NotTested, "not tested"),
    (Outcome::Waived, "waived"),
];

fn word(outcome: Outcome) -> Option<&'static str> {
    let mut known = OUTCOMES.iter();
    known
        .find(|(one, _)| *one == outcome)
        .map(|(_, word)| *word)
}

pub(super) fn section(report: &Report) -> Markup {
    let mut found = entries(report, |outcome| word(outcome).is_some());
    found.sort_by_key(|entry| entry.finding.outcome);
    let body = html! {
        (filter(report, &found))
        p #shown role="status" { (found.len()) " of " (found.len()) " shown" }
        div #list { @for entry in &found { (article(report, entry)) } }
    };
    // The heading is what the link at the top leads to, so it is there even where nothing is.
    let none = html! { p { "Nothing failed, and nothing was left undecided." } };
    let body = if found.is_empty() { none } else { body };
    titled("findings", "Findings", false, &body)
}

/// Hidden until the script runs that makes it work.
fn filter(report: &Report, found: &[Entry<'_>]) -> Markup {
    let severities: BTreeSet<Severity> = found.iter().map(|one| one.finding.severity).collect();
    let families = Family::ALL.into_iter();
    let families = families.filter(|family| found.iter().any(|one| one.finding.family == *family));
    let outcomes = OUTCOMES.into_iter();
    let outcomes =
        outcomes.filter(|(outcome, _)| found.iter().any(|one| one.finding.outcome == *outcome));
    let severities: Vec<String> = severities.iter().rev().map(ToString::to_string).collect();
    let families: Vec<String> = families.map(|family| family.title().to_owned()).collect();
    let services: Vec<String> = report
        .targets
        .iter()
        .map(|target| text(&target.name))
        .collect();
    let outcomes: Vec<String> = outcomes.map(|(_, word)| word.to_owned()).collect();
    html! {
        form #filter hidden {
            (choice("severity", "Severity", &severities))
            (choice("family", "Family", &families))
            (choice("service", "Service", &services))
            (choice("outcome", "Outcome", &outcomes))
        }
    }
}

fn choice(name: &str, label: &str, values: &[String]) -> Markup {
    html! {
        label {
            (label) " "
            select name=(name) {
                option value="" { "all" }
                @for value in values { option { (value) } }
            }
        }
    }
}

fn article(report: &Report, entry: &Entry<'_>) -> Markup {
    let finding = entry.finding;
    let outcome = word(finding.outcome).unwrap_or_default();
    html! {
        article #(format!("f-{}", entry.id()))
            data-severity=(finding.severity) data-family=(finding.family.title())
            data-service=(text(&entry.target.name)) data-outcome=(outcome) {
            h3 {
                span class={ "severity " (finding.severity) } { (finding.severity) }
                " " (finding.title) " "
                small { (outcome) ", " code { (finding.rule) } ", " (entry.place()) }
            }
            dl {
                dt { "Seen" } dd { (finding.observed.terminal()) }
                @if finding.outcome.is_failure() {
                    dt { "Wanted" } dd { (text(&finding.expected)) }
                    dt { "Impact" } dd { (finding.impact) }
                    dt { "Fix" } dd { (text(&finding.fix)) }
                }
                @if let Some(waiver) = entry.waiver() { dt { "Accepted" } dd { (waiver) } }
                @if let Some(source) = entry.source() { dt { "Declared" } dd { code { (text(&source.to_string())) } } }
                @if !finding.references.is_empty() {
                    dt { "Reference" }
                    dd {
                        @for (nth, link) in finding.references.iter().enumerate() {
                            @if nth > 0 { ", " }
                            a href=(link.url) rel="noreferrer" { (link.title) }
                        }
                    }
                }
                @if let Some(anchor) = evidence::anchor(report, entry) {
                    dt { "Evidence" } dd { a href={ "#" (anchor) } { "what arrived" } }
                }
            }
            @if let Some(snippet) = &finding.snippet {
                p { (snippet.software) ":" }
                pre tabindex="0" {
                    (snippet.lines.iter().map(Untrusted::terminal).collect::<Vec<_>>().join("\n"))
                }
            }
            @if let Some(command) = &finding.reproduce {
                p { "To see it:" }
                pre tabindex="0" { (text(command)) }
            }
        }
    }
}
