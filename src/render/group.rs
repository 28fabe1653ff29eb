//! Findings that are one thing to do are shown once, with all their places.

use crate::model::{RuleId, Severity, Untrusted};
use crate::report::{Finding, Outcome, Report, TargetReport};

/// One rule's outcome in one target, at one place or several.
#[derive(Debug)]
pub struct Group<'r> {
    /// The target.
    pub target: &'r TargetReport,
    /// The first of them: title, severity, fix and references are the rule's and the same in all.
    pub finding: &'r Finding,
    /// What was seen, and the places that say so.
    seen: Vec<(&'r Untrusted, Vec<&'r str>)>,
}

impl Group<'_> {
    /// What was seen, a line for each difference: `GET /x: answered 200`, with how many more places
    /// say the same. At most `limit` lines; a last one says how many are left out.
    #[must_use]
    pub fn evidence(&self, limit: usize) -> Vec<Untrusted> {
        let line = |(said, places): &(&Untrusted, Vec<&str>)| -> Untrusted {
            let said = said.raw();
            match places.as_slice() {
                [] => said.into(),
                [one] => format!("{one}: {said}").into(),
                [first, second] => format!("{first} and {second}: {said}").into(),
                [first, rest @ ..] => format!("{first} and {} more: {said}", rest.len()).into(),
            }
        };
        let mut lines: Vec<Untrusted> = self.seen.iter().take(limit).map(line).collect();
        let left = self.seen.len().saturating_sub(limit);
        if left > 0 {
            lines.push(format!("and {left} more like it").into());
        }
        lines
    }
}

/// The findings of an outcome over all targets, most severe first, then in target order.
#[must_use]
pub fn groups(report: &Report, outcome: Outcome) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = report
        .targets
        .iter()
        .flat_map(|target| of_target(target, |finding| finding.outcome == outcome))
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.finding.severity));
    groups
}

/// The findings of one target that `wanted` picks, in the report's order.
pub fn of_target(target: &TargetReport, wanted: impl Fn(&Finding) -> bool) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in target.findings.iter().filter(|finding| wanted(finding)) {
        let same = groups
            .iter()
            .position(|group| group.finding.is_like(finding));
        let index = same.unwrap_or_else(|| {
            groups.push(Group {
                target,
                finding,
                seen: Vec::new(),
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(index) {
            add(&mut group.seen, finding);
        }
    }
    groups
}

/// What could not be decided of a target: each cause once, with the rules that it keeps open, in the
/// report's order.
#[must_use]
pub fn causes(target: &TargetReport) -> Vec<(&Untrusted, Vec<RuleId>)> {
    let mut causes: Vec<(&Untrusted, Vec<RuleId>)> = Vec::new();
    for finding in target.unknowns() {
        match causes
            .iter_mut()
            .find(|(cause, _)| *cause == &finding.observed)
        {
            Some((_, rules)) => rules.push(finding.rule),
            None => causes.push((&finding.observed, vec![finding.rule])),
        }
    }
    causes
}

/// `tls/not-measured`, or `cors/allows-null and 11 more`.
#[must_use]
pub fn named(rules: &[RuleId]) -> (String, String) {
    let first = rules.first().map_or_else(String::new, ToString::to_string);
    let more = match rules {
        [] | [_] => String::new(),
        [_, rest @ ..] => format!(" and {} more", rest.len()),
    };
    (first, more)
}

fn add<'r>(seen: &mut Vec<(&'r Untrusted, Vec<&'r str>)>, finding: &'r Finding) {
    let place = finding.endpoint.as_deref();
    match seen.iter_mut().find(|(said, _)| *said == &finding.observed) {
        Some((_, places)) => places.extend(place),
        None => seen.push((&finding.observed, place.into_iter().collect())),
    }
}

/// How many groups there are of a severity.
#[must_use]
pub fn count(groups: &[Group<'_>], severity: Severity) -> usize {
    groups
        .iter()
        .filter(|group| group.finding.severity == severity)
        .count()
}
