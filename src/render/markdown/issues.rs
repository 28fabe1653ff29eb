//! Issues by priority: evidence, impact, fix, reference, and a command that shows each. The mild
//! ones are folded, a line each: `seaworthy explain` has the rest of them.

use super::{expected, fix, folded, prose, seen, table, titled};
use crate::model::{Severity, Untrusted};
use crate::render::group::{self, Group};
use crate::report::{Outcome, Report};

/// What of an issue that is cut down to a line remains, at most.
const LINE: usize = 240;

/// The gravest have all that is known of them, as far as there is room; the others have a line. Where
/// there is none for all of that, the mild ones are the first to be counted only.
pub(super) fn section(report: &Report, room: usize) -> String {
    let failures = group::groups(report, Outcome::Fail);
    let (mild, waivers) = (mild(&failures), waivers(report));
    let grave = failures.iter();
    let grave = grave.filter(|group| group.finding.severity > Severity::Low);
    let blocks: Vec<(&Group<'_>, String)> = grave.map(|group| (group, issue(group))).collect();
    let taken: usize = blocks.iter().map(|(_, block)| block.len()).sum();
    let mild = match mild {
        Some(mild) if taken + mild.table.len() + waivers.len() > room => mild.counted(),
        Some(mild) => mild.table,
        None => String::new(),
    };
    let rest = [mild, waivers].concat();
    let mut left = room.saturating_sub(rest.len());
    let mut severity = None;
    let (mut out, mut cut) = (String::new(), Vec::new());
    for (nth, (group, block)) in blocks.iter().enumerate() {
        let behind = blocks.len().saturating_sub(nth + 1);
        if block.len() + behind.saturating_mul(LINE) > left || !cut.is_empty() {
            cut.push(*group);
            left = left.saturating_sub(LINE);
            continue;
        }
        left -= block.len();
        if severity != Some(group.finding.severity) {
            severity = Some(group.finding.severity);
            out.push_str(&heading(group.finding.severity));
        }
        out.push_str(block);
    }
    out.push_str(&in_a_line(&cut));
    out.push_str(&rest);
    titled("Issues", &out)
}

fn heading(severity: Severity) -> String {
    let name = severity.name();
    let first = name.get(..1).unwrap_or_default().to_uppercase();
    format!("### {first}{}\n\n", name.get(1..).unwrap_or_default())
}

/// Those there is no room for. To do has what was seen of each.
fn in_a_line(cut: &[&Group<'_>]) -> String {
    if cut.is_empty() {
        return String::new();
    }
    let line = |group: &&Group<'_>| {
        let finding = group.finding;
        format!(
            "- {} `{}` {}: {}\n",
            finding.severity.name().to_uppercase(),
            finding.rule,
            prose(&group.target.name),
            finding.title,
        )
    };
    let lines: String = cut.iter().map(line).collect();
    format!(
        "{lines}\n`seaworthy explain RULE` has impact, fix and standard of each; `--format json` has \
         the evidence and the commands.\n\n"
    )
}

fn waivers(report: &Report) -> String {
    let mut out = String::new();
    for group in group::groups(report, Outcome::Waived) {
        out.push_str(&waived(&group));
    }
    for target in &report.targets {
        for idle in &target.idle_waivers {
            let (rule, name, why) = (&idle.rule, prose(&target.name), idle.said());
            out.push_str(&format!("- Waiver of `{rule}` for {name}: {why}\n\n"));
        }
    }
    out
}

/// The findings of low severity or for information.
struct Mild {
    count: usize,
    /// Folded.
    table: String,
}

impl Mild {
    fn counted(&self) -> String {
        let count = self.count;
        format!("{count} of low severity or for information: `--format json` has them.\n\n")
    }
}

fn mild(failures: &[Group<'_>]) -> Option<Mild> {
    let mild = failures.iter();
    let mild = mild.filter(|group| group.finding.severity <= Severity::Low);
    let rows: Vec<Vec<String>> = mild
        .map(|group| {
            let finding = group.finding;
            vec![
                finding.severity.name().to_owned(),
                format!("`{}`", finding.rule),
                prose(&group.target.name),
                seen(group, 2),
                expected(finding),
            ]
        })
        .collect();
    let head = ["Severity", "Rule", "Service", "Seen", "Wanted"];
    let count = rows.len();
    let summary = format!("{count} of low severity or for information");
    let table = folded(&summary, &table(&head, &rows));
    (count > 0).then_some(Mild { count, table })
}

fn issue(group: &Group<'_>) -> String {
    let finding = group.finding;
    let mut out = format!(
        "**{}** · `{}` · {}\n\n- Seen: {}\n- Wanted: {}\n- Impact: {}\n- Fix: {}\n",
        finding.title,
        finding.rule,
        prose(&group.target.name),
        seen(group, 8),
        expected(finding),
        finding.impact,
        fix(finding),
    );
    let links: Vec<String> = finding
        .references
        .iter()
        .map(|link| format!("[{}]({})", link.title, link.url))
        .collect();
    if !links.is_empty() {
        out.push_str(&format!("- Reference: {}\n", links.join(", ")));
    }
    if let Some(snippet) = &finding.snippet {
        let pasted: Vec<String> = snippet.lines.iter().map(Untrusted::terminal).collect();
        let block = block("", &pasted.join("\n"));
        out.push_str(&format!("\n{}:\n\n{block}", snippet.software));
    }
    if let Some(command) = &finding.reproduce {
        let command = Untrusted::from(command.as_str()).terminal();
        out.push_str(&format!("\n{}", block("sh", &command)));
    }
    out.push('\n');
    out
}

fn waived(group: &Group<'_>) -> String {
    let finding = group.finding;
    let Some(waiver) = &finding.waived else {
        return String::new();
    };
    let ticket = waiver
        .ticket
        .as_ref()
        .map(|ticket| format!(", {}", prose(ticket)));
    format!(
        "- Waived until {}: `{}` {}, {}: {}{}\n\n",
        waiver.expires.date(),
        finding.rule,
        prose(&group.target.name),
        seen(group, 8),
        prose(&waiver.reason),
        ticket.unwrap_or_default(),
    )
}

/// A code block that nothing inside can close.
fn block(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}\n")
}
