//! Findings of two runs, paired by rule and place.

use std::cmp::Reverse;

use super::{Change, FindingMove};
use crate::grade::Letter;
use crate::model::{Family, RuleId, Untrusted, made_up};
use crate::report::{Finding, Outcome, TargetReport};
use crate::rules::{self, Rule};

/// What follows a number that is a time.
const TIME_UNITS: [&str; 12] = [
    "ms", "µs", "us", "s", "min", "h", "seconds", "minutes", "hours", "hour", "days", "day",
];

/// Findings that moved. Those of latency move with the medians, or not at all.
pub(super) fn between(then: &TargetReport, now: &TargetReport, slower: bool) -> Vec<FindingMove> {
    let mut moved = Vec::new();
    let mut before: Vec<&Finding> = failures(then).collect();
    let mut after: Vec<&Finding> = failures(now).collect();
    // The same in the same words; then the same in other words; the rest has no counterpart.
    pair(&mut before, &mut after, |was, is| {
        let same = (was.outcome, was.severity) == (is.outcome, is.severity);
        same && steady(&was.observed) == steady(&is.observed)
    });
    let paired = pair(&mut before, &mut after, |_, _| true);
    moved.extend(paired.into_iter().map(|(was, is)| FindingMove {
        kind: Change::Changed,
        finding: is.clone(),
        was: Some(was.observed.clone()),
    }));
    moved.extend(after.into_iter().map(|is| FindingMove {
        kind: if decides(then, is.rule) {
            Change::New
        } else {
            Change::FirstSeen
        },
        finding: is.clone(),
        was: None,
    }));
    let before = before.into_iter().filter(|was| is_asked(now, was.rule));
    moved.extend(before.map(|was| FindingMove {
        kind: if decides(now, was.rule) && is_declared(now, then, was) {
            Change::Fixed
        } else {
            Change::Undecided
        },
        finding: was.clone(),
        was: None,
    }));
    moved.retain(|moved| moved.finding.family != Family::Latency || slower);
    sorted(moved)
}

/// Those of a target that the earlier run does not have: nobody has accepted them.
pub(super) fn of_added(target: &TargetReport) -> Vec<FindingMove> {
    let all = failures(target).map(|finding| FindingMove {
        kind: Change::FirstSeen,
        finding: finding.clone(),
        was: None,
    });
    sorted(all.collect())
}

fn sorted(mut moved: Vec<FindingMove>) -> Vec<FindingMove> {
    moved.sort_by_key(|moved| (moved.kind, Reverse(moved.finding.severity)));
    moved
}

fn failures(target: &TargetReport) -> impl Iterator<Item = &Finding> {
    let all = target.findings.iter();
    all.filter(|finding| finding.outcome.is_failure())
}

/// Takes out of both lists what is about the same rule, place and want, and `alike`; returns it.
fn pair<'f>(
    before: &mut Vec<&'f Finding>,
    after: &mut Vec<&'f Finding>,
    alike: impl Fn(&Finding, &Finding) -> bool,
) -> Vec<(&'f Finding, &'f Finding)> {
    let mut pairs = Vec::new();
    after.retain(|is| {
        let same = |was: &&Finding| key(was) == key(is) && alike(was, is);
        let Some(found) = before.iter().position(same) else {
            return true;
        };
        pairs.push((before.remove(found), *is));
        false
    });
    pairs
}

fn key(finding: &Finding) -> (RuleId, Option<String>, String) {
    let endpoint = finding.endpoint.as_deref().map(made_up::without_labels);
    let expected = made_up::without_labels(&finding.expected);
    (finding.rule, endpoint, expected)
}

/// Whether a run decided a rule at every place.
fn decides(target: &TargetReport, rule: RuleId) -> bool {
    let mut outcomes = target.findings.iter();
    let decided = outcomes.any(|finding| {
        finding.rule == rule
            && match finding.outcome {
                Outcome::Fail | Outcome::Waived | Outcome::Pass | Outcome::NotApplicable => true,
                Outcome::Unknown | Outcome::NotTested => false,
            }
    });
    let open = rules::find(rule.as_str()).map(|rule| target.coverage.open_under(rule));
    decided && open.is_none_or(|open| open.is_empty())
}

/// Whether a run was to judge a rule. Where its family was seen, a rule without an outcome was left
/// out; where it was not seen, none has one.
fn is_asked(target: &TargetReport, rule: RuleId) -> bool {
    let family = rules::find(rule.as_str()).map(Rule::family);
    match family.map(|family| target.families.of(family).grade) {
        Some(Letter::Graded(_)) => target.findings.iter().any(|finding| finding.rule == rule),
        Some(Letter::NotMeasured | Letter::NotConfigured) => true,
        Some(Letter::LeftOut) | None => false,
    }
}

/// Whether the endpoint that a finding is about is still declared, if it was.
fn is_declared(now: &TargetReport, then: &TargetReport, finding: &Finding) -> bool {
    let Some(endpoint) = &finding.endpoint else {
        return true;
    };
    let declares = |target: &TargetReport| {
        let mut requests = target.claims.iter().map(|row| &row.request);
        requests.any(|request| request == endpoint)
    };
    declares(now) || !declares(then)
}

/// What was seen, without what differs in every run: names that were made up, and times.
fn steady(observed: &Untrusted) -> String {
    without_times(&made_up::without_labels(observed.raw()))
}

/// A text in which each number that is a time is left out.
fn without_times(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(at);
        out.push_str(before);
        let is_part = |c: char| c.is_ascii_digit() || c == '.';
        let end = number.find(|c| !is_part(c)).unwrap_or(number.len());
        let (digits, after) = number.split_at(end);
        if !is_time(after) {
            out.push_str(digits);
        }
        rest = after;
    }
    out + rest
}

/// Whether a unit of time is what follows a number.
fn is_time(after: &str) -> bool {
    let word = after.strip_prefix(' ').unwrap_or(after);
    let end = word.find(|c: char| !c.is_alphabetic());
    let unit = word.split_at(end.unwrap_or(word.len())).0;
    TIME_UNITS.contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::without_times;

    #[test]
    fn times_are_left_out_and_other_numbers_stay() {
        #[rustfmt::skip]
        let rows = [
            ("expires in 12 days",         "expires in  days"),
            ("closed after 1.5 s",         "closed after  s"),
            ("500ms of 2000",              "ms of 2000"),
            ("max-age is 300 s, of 63072", "max-age is  s, of 63072"),
            ("answered 200 sometimes",     "answered 200 sometimes"),
            ("TLS 1.2",                    "TLS 1.2"),
            ("12",                         "12"),
            ("",                           ""),
        ];
        for (text, left) in rows {
            assert_eq!(without_times(text), left, "{text}");
        }
    }
}
