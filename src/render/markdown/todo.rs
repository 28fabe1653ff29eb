//! What to do, most severe first: one line for each thing that is wanted and not so.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{code, expected, prose, titled};
use crate::model::{RuleId, Severity, Untrusted};
use crate::render::group::{self, Group};
use crate::report::{Finding, Outcome, Report, TargetReport};

/// Where the mild findings are, unless the issues are left out.
pub(super) const SEE_ISSUES: &str = ": see [Issues](#issues)";

/// A longer want is cut.
const WANT: usize = 120;

/// So is what was seen.
const SEEN: usize = 200;

pub(super) fn section(report: &Report) -> String {
    let failures = group::groups(report, Outcome::Fail);
    let worth = |group: &&Group<'_>| group.finding.severity >= Severity::Medium;
    let mut out: String = failures.iter().filter(worth).map(item).collect();
    out.extend(report.targets.iter().map(undecided));
    for group in group::groups(report, Outcome::Waived) {
        if let Some(waiver) = &group.finding.waived {
            let (rule, name) = (&group.finding.rule, prose(&group.target.name));
            let (day, why) = (waiver.expires.date(), prose(&waiver.reason));
            out.push_str(&format!("- Waived until {day}: `{rule}` {name}: {why}\n"));
        }
    }
    let mild: Vec<String> = [Severity::Low, Severity::Info]
        .into_iter()
        .filter_map(|severity| {
            let count = group::count(&failures, severity);
            (count > 0).then(|| format!("{count} {}", severity.name()))
        })
        .collect();
    if !mild.is_empty() {
        out.push_str(&format!("- {}{SEE_ISSUES}\n", mild.join(", ")));
    }
    titled("To do", &out)
}

/// A line for each rule of high or critical severity, with so many of the services it fails in, and how
/// many findings there are beside.
pub(super) fn brief(failures: &[Group<'_>], names: usize) -> String {
    let mut by_rule: BTreeMap<(Reverse<Severity>, &RuleId), Vec<&Group<'_>>> = BTreeMap::new();
    for group in failures {
        let (severity, rule) = (group.finding.severity, &group.finding.rule);
        if severity >= Severity::High {
            let key = (Reverse(severity), rule);
            by_rule.entry(key).or_default().push(group);
        }
    }
    let line = |((_, rule), groups): (_, Vec<&Group<'_>>)| {
        let Some(first) = groups.first() else {
            return String::new();
        };
        let mut services: Vec<String> = groups.iter().map(|one| prose(&one.target.name)).collect();
        services.dedup();
        let more = services.len().saturating_sub(names);
        services.truncate(names);
        services.extend((more > 0).then(|| format!("{more} more")));
        let (word, title) = (word(first.finding), first.finding.title);
        format!("- [ ] {word} `{rule}` {}: {title}\n", services.join(", "))
    };
    let mut out: String = by_rule.into_iter().map(line).collect();
    out.push_str(&counts(failures));
    titled("To do", &out)
}

/// How many findings there are of each severity, in a line.
pub(super) fn counts(failures: &[Group<'_>]) -> String {
    let each = Severity::ALL.iter().rev().filter_map(|severity| {
        let count = group::count(failures, *severity);
        (count > 0).then(|| format!("{count} {}", severity.name()))
    });
    let each: Vec<String> = each.collect();
    format!("- {} in all\n", each.join(", "))
}

fn word(finding: &Finding) -> String {
    let word = finding.severity.name().to_uppercase();
    if finding.severity >= Severity::High {
        format!("**{word}**")
    } else {
        word
    }
}

fn item(group: &Group<'_>) -> String {
    let finding = group.finding;
    let word = word(finding);
    let source = finding.source.as_ref().or(group.target.source.as_ref());
    let source = source
        .map(|source| format!(" ({})", code(&source.to_string())))
        .unwrap_or_default();
    format!(
        "- [ ] {word} `{}` {}: {}; want {}{source}\n",
        finding.rule,
        prose(&group.target.name),
        shortly(group),
        wanted(finding),
    )
}

/// What was seen, in a line; Issues has the whole.
fn shortly(group: &Group<'_>) -> String {
    let lines = group.evidence(2);
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.terminal_within(SEEN))
        .collect();
    prose(&lines.join("; "))
}

/// A want that fits a line; Issues has the whole.
fn wanted(finding: &Finding) -> String {
    let said = finding.expected.as_str();
    if said.chars().count() <= WANT {
        return expected(finding);
    }
    prose(&Untrusted::from(said).terminal_within(WANT))
}

/// What could not be decided, once for each cause.
fn undecided(target: &TargetReport) -> String {
    let line = |(cause, rules): (&Untrusted, Vec<RuleId>)| {
        let (first, more) = group::named(&rules);
        let name = prose(&target.name);
        format!(
            "- [ ] UNKNOWN `{first}`{more} {name}: {}\n",
            cause.markdown()
        )
    };
    group::causes(target).into_iter().map(line).collect()
}
