//! For tickets: Markdown that reads well pasted into a GitHub issue. Verdict, services and actions
//! first, then what holds and what does not, evidence folded, and what nobody saw said plainly.

mod auth;
mod cors;
mod details;
mod drift;
mod endpoints;
mod fit;
mod issues;
mod matrix;
mod open;
mod rate;
mod services;
mod time;
mod tls;
mod todo;
mod verdict;
mod websocket;

pub use drift::render as drift;
pub use fit::{Limit, within};

use crate::model::Untrusted;
use crate::render::group::Group;
use crate::report::{Finding, Report};
use crate::rules::{self, Rule};

/// What a report takes, in bytes: so much for one service, so much more for each further one, and
/// never more than a GitHub issue has room for.
const ROOM: (usize, usize, usize) = (12_000, 16_000, 60_000);

/// A section, in the order of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Verdict,
    Services,
    Drift,
    ToDo,
    Endpoints,
    Time,
    Tls,
    Headers,
    Cors,
    Auth,
    WebSocket,
    RateLimits,
    Issues,
    Open,
    NotVisible,
    Details,
}

type Section = (Part, fn(&Report) -> String);

/// The sections around the issues, which get the room that these leave.
const BEFORE: [Section; 12] = [
    (Part::Verdict, verdict::section),
    (Part::Services, services::section),
    (Part::Drift, drift::section),
    (Part::ToDo, todo::section),
    (Part::Endpoints, endpoints::section),
    (Part::Time, time::section),
    (Part::Tls, tls::section),
    (Part::Headers, matrix::section),
    (Part::Cors, cors::section),
    (Part::Auth, auth::section),
    (Part::WebSocket, websocket::section),
    (Part::RateLimits, rate::section),
];

const BEHIND: [Section; 2] = [(Part::Open, open::section), (Part::NotVisible, not_visible)];

/// The whole report. What comes last is cut down to the room there is: an issue to a line, and then
/// the details of a service, whole ones.
#[must_use]
pub fn render(report: &Report) -> String {
    let sections =
        |all: &[Section]| -> String { all.iter().map(|(_, section)| section(report)).collect() };
    let (before, behind) = (sections(&BEFORE), sections(&BEHIND));
    let left = |taken: usize| room(report).saturating_sub(taken);
    let issues = issues::section(report, left(before.len() + behind.len()));
    let mut out = [before, issues, behind].concat();
    out.push_str(&details::section(report, left(out.len())));
    trimmed(out)
}

/// One line feed at the end.
fn trimmed(mut text: String) -> String {
    while text.ends_with("\n\n") {
        text.pop();
    }
    text
}

fn room(report: &Report) -> usize {
    let (first, further, most) = ROOM;
    let others = report.targets.len().saturating_sub(1);
    let room = first.saturating_add(further.saturating_mul(others));
    room.min(most)
}

/// A table; cells are Markdown already. Empty without rows.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    out
}

/// A table with a column "Service", which goes where there is one service alone.
fn by_service(report: &Report, head: &[&str], rows: Vec<Vec<String>>) -> String {
    let column = head.iter().position(|name| *name == "Service");
    let Some(column) = column.filter(|_| report.targets.len() == 1) else {
        return table(head, &rows);
    };
    let without = |cells: Vec<String>| {
        let others = cells.into_iter().enumerate();
        let others = others.filter(|(at, _)| *at != column);
        others.map(|(_, cell)| cell).collect()
    };
    let head = head.iter().filter(|name| **name != "Service").copied();
    let rows: Vec<Vec<String>> = rows.into_iter().map(without).collect();
    table(&head.collect::<Vec<_>>(), &rows)
}

/// What was seen, in one line.
fn seen(group: &Group<'_>, limit: usize) -> String {
    let lines = group.evidence(limit);
    lines
        .iter()
        .map(Untrusted::markdown)
        .collect::<Vec<_>>()
        .join("; ")
}

/// A heading over a body; nothing where there is no body.
fn titled(title: &str, body: &str) -> String {
    if body.is_empty() {
        String::new()
    } else {
        format!("## {title}\n\n{body}\n")
    }
}

/// Folded under a summary in plain words.
fn folded(summary: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<details><summary>{summary}</summary>\n\n{body}\n</details>\n\n")
}

/// Text of ours or the user's that may hold anything.
fn prose(text: &str) -> String {
    Untrusted::from(text).markdown()
}

/// Text that is ours where it is the rule's own, and Markdown then; escaped where it was made for
/// this finding.
fn ours(text: &str, rule_text: impl Fn(&Rule) -> &'static str, finding: &Finding) -> String {
    let is_ours = rules::find(finding.rule.as_str()).is_some_and(|rule| rule_text(rule) == text);
    if is_ours {
        text.to_owned()
    } else {
        prose(text)
    }
}

fn expected(finding: &Finding) -> String {
    ours(&finding.expected, |rule| rule.expected, finding)
}

fn fix(finding: &Finding) -> String {
    ours(&finding.fix, |rule| rule.remediation, finding)
}

fn code(text: &str) -> String {
    Untrusted::from(text).markdown_code()
}

/// The same in every target is said once; the rest names its targets.
fn not_visible(report: &Report) -> String {
    let mut items: Vec<(&str, Vec<&str>)> = Vec::new();
    for target in &report.targets {
        let hidden = target.not_checked.iter();
        let hidden = hidden.filter(|item| !target.not_tested.contains(item));
        for item in hidden {
            match items.iter_mut().find(|(known, _)| known == item) {
                Some((_, targets)) => targets.push(&target.name),
                None => items.push((item, vec![&target.name])),
            }
        }
    }
    let line = |(item, targets): &(&str, Vec<&str>)| {
        if targets.len() == report.targets.len() {
            return format!("- {}\n", prose(item));
        }
        format!("- {} ({})\n", prose(item), prose(&targets.join(", ")))
    };
    let body: String = items.iter().map(line).collect();
    titled("Not visible from outside", &body)
}
