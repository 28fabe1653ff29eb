use super::{Change, Drift, Presence};
use crate::evidence::sample;
use crate::grade::{Letter, unmarked};
use crate::model::Grade;
use crate::report::{Families, Finding, Outcome, Report};
use crate::rules;

/// A report of one target with these outcomes: rule, outcome, endpoint, what was seen.
fn report(outcomes: &[(&str, Outcome, &str, &str)]) -> Report {
    let mut report = Report::new(&[sample::evidence(sample::target(), Vec::new())]);
    let target = report.targets.first_mut().unwrap();
    let findings = outcomes.iter().map(|(rule, outcome, endpoint, seen)| {
        let rule = rules::find(rule).unwrap();
        let mut finding = Finding::new(rule, *outcome, (*seen).into());
        finding.endpoint = (!endpoint.is_empty()).then(|| (*endpoint).to_owned());
        finding
    });
    target.findings = findings.collect();
    target.families = families(Grade::A);
    report
}

fn families(grade: Grade) -> Families {
    Families::new(|_| unmarked(Letter::Graded(grade)))
}

fn changes(drift: &Drift) -> Vec<(Change, String)> {
    let findings = drift.targets.iter().flat_map(|moved| &moved.findings);
    let named = findings.map(|moved| (moved.kind, moved.finding.observed.raw().to_owned()));
    named.collect()
}

use Change::{Changed, FirstSeen, Fixed, New, Undecided};
use Outcome::{Fail, NotTested, Pass, Unknown, Waived};

const HSTS: &str = "headers/hsts-missing";
const SLOW: &str = "latency/cold-over-target";

type Changes = &'static [(Change, &'static str)];
type Outcomes = &'static [(&'static str, Outcome, &'static str, &'static str)];

/// What came out of each run, and what moved.
#[rustfmt::skip]
const ROWS: &[(Outcomes, Outcomes, Changes)] = &[
    (&[(HSTS, Pass, "", "")],            &[(HSTS, Pass, "", "")],             &[]),
    (&[(HSTS, Fail, "", "a")],           &[(HSTS, Fail, "", "a")],            &[]),
    (&[(HSTS, Pass, "", "")],            &[(HSTS, Fail, "", "a")],            &[(New, "a")]),
    (&[(HSTS, Fail, "", "a")],           &[(HSTS, Pass, "", "")],             &[(Fixed, "a")]),
    (&[(HSTS, Fail, "", "a")],           &[(HSTS, Fail, "", "b")],            &[(Changed, "b")]),
    (&[(HSTS, Fail, "", "a")],           &[(HSTS, Waived, "", "a")],          &[(Changed, "a")]),
    // What a run did not decide neither passed nor is it fixed.
    (&[(HSTS, Unknown, "", "")],         &[(HSTS, Fail, "", "a")],            &[(FirstSeen, "a")]),
    (&[(HSTS, NotTested, "", "")],       &[(HSTS, Fail, "", "a")],            &[(FirstSeen, "a")]),
    (&[],                                &[(HSTS, Fail, "", "a")],            &[(FirstSeen, "a")]),
    (&[(HSTS, Fail, "", "a")],           &[(HSTS, Unknown, "", "")],          &[(Undecided, "a")]),
    // What was left out by hand is not talked about.
    (&[(HSTS, Fail, "", "a")],           &[],                                 &[]),
    // One place of several.
    (&[(HSTS, Fail, "GET /a", "a")],     &[(HSTS, Fail, "GET /b", "b")],      &[(New, "b"), (Fixed, "a")]),
    (&[(HSTS, Fail, "", "a"), (HSTS, Fail, "", "b")],
                                         &[(HSTS, Fail, "", "b")],            &[(Fixed, "a")]),
    // Made-up names and times differ in every run.
    (&[(HSTS, Fail, "", "sw01234567.example after 12 ms")],
                                         &[(HSTS, Fail, "", "sw89abcdef.example after 9 ms")], &[]),
    (&[(HSTS, Fail, "", "max-age is 300")],
                                         &[(HSTS, Fail, "", "max-age is 60")], &[(Changed, "max-age is 60")]),
    // Latency moves with its medians, and there are none.
    (&[(SLOW, Pass, "", "")],            &[(SLOW, Fail, "", "612 ms")],       &[]),
];

#[test]
fn findings_are_paired_by_rule_and_place() {
    for (then, now, expected) in ROWS {
        let drift = Drift::between(&report(then), &report(now));
        let expected: Vec<(Change, String)> = expected
            .iter()
            .map(|(kind, seen)| (*kind, (*seen).to_owned()))
            .collect();
        assert_eq!(changes(&drift), expected, "{then:?} {now:?}");
    }
}

#[test]
fn targets_come_and_go() {
    let then = report(&[(HSTS, Fail, "", "a")]);
    let mut now = then.clone();
    for target in &mut now.targets {
        target.name = "other".to_owned();
    }
    let drift = Drift::between(&then, &now);
    let each = drift.targets.iter();
    let each: Vec<(&str, Presence)> = each.map(|one| (one.name.as_str(), one.presence)).collect();
    assert_eq!(
        each,
        [("other", Presence::Added), ("api", Presence::Missing)]
    );
    // Nobody has accepted what a new target fails, and nothing of a missing one is fixed.
    assert_eq!(changes(&drift), [(FirstSeen, "a".to_owned())]);
}

#[test]
fn letters_move_with_what_was_seen() {
    let then = report(&[]);
    let mut now = then.clone();
    let target = now.targets.first_mut().unwrap();
    (target.grade, target.families) = (Letter::Graded(Grade::D), families(Grade::D));
    let drift = Drift::between(&then, &now);
    let moved = drift.targets.first().unwrap();
    let named: Vec<&str> = moved
        .grades
        .iter()
        .map(|moved| moved.family.map_or("all", |family| family.name()))
        .collect();
    let all = [
        "all",
        "tls",
        "headers",
        "cors",
        "auth",
        "websocket",
        "contract",
    ];
    assert_eq!(named, all, "latency moves with its medians");
}
