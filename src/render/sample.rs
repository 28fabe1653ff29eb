//! One report for the tests of every format: each outcome, each kind of place, and a target that was
//! never judged.

use crate::evidence::sample;
use crate::grade::Letter;
use crate::model::{Grade, Severity, Source, Timestamp};
use crate::report::{Counts, ExitCode, Finding, Outcome, Report, TargetReport, WaivedBy};
use crate::rules;

fn source(line: u32, column: Option<u32>) -> Source {
    Source {
        file: "targets.toml".to_owned(),
        line,
        column,
    }
}

fn finding(rule: &str, outcome: Outcome, observed: &str) -> Finding {
    Finding::new(rules::find(rule).unwrap(), outcome, observed.into())
}

fn findings() -> Vec<Finding> {
    let mut open = finding(
        "auth/not-refused",
        Outcome::Fail,
        "answered 200 without a credential",
    );
    open.endpoint = Some("GET /orders".to_owned());
    open.source = Some(source(9, None));
    open.reproduce = Some("curl -si https://api.example.com/orders".to_owned());
    let hsts = "headers/hsts-missing";
    let mut waived = finding(hsts, Outcome::Waived, "no field on /old");
    waived.waived = Some(WaivedBy {
        reason: "until the new proxy".to_owned(),
        expires: Timestamp::from_secs(1_900_000_000),
        ticket: Some("OPS-1".to_owned()),
    });
    vec![
        open,
        finding(hsts, Outcome::Fail, "no Strict-Transport-Security field"),
        finding("headers/hsts-short", Outcome::Fail, "max-age is 300 s"),
        finding("tls/not-measured", Outcome::Unknown, "the peer closed"),
        finding(
            "auth/accepts-other-user",
            Outcome::NotTested,
            "not tested: needs a credential",
        ),
        waived,
        finding("headers/hsts-malformed", Outcome::Pass, ""),
        finding(
            "headers/hsts-preload-ineligible",
            Outcome::NotApplicable,
            "not asked",
        ),
    ]
}

/// The report, without what changes from release to release.
pub(crate) fn report() -> Report {
    let mut api = sample::target();
    api.source = Some(source(4, Some(1)));
    let mut silent = sample::target();
    "silent".clone_into(&mut silent.name);
    let seen = [api, silent].map(|target| sample::evidence(target, Vec::new()));
    let mut report = Report::new(&seen);
    "seaworthy 0.0.0".clone_into(&mut report.tool);
    for target in &mut report.targets {
        target.findings = if target.name == "silent" {
            Vec::new()
        } else {
            findings()
        };
        target.blocked = None;
        target.grade = if target.name == "silent" {
            Letter::NotConfigured
        } else {
            Letter::Graded(Grade::F)
        };
    }
    report.summary.list = "targets.toml".to_owned();
    report.summary.exit_code = ExitCode::Finding;
    report.summary.fail_on = Some(Severity::High);
    report.summary.reason = "1 finding at or above high".to_owned();
    report.summary.counts = Counts {
        targets: 2,
        checks: 8,
        pass: 1,
        fail: 3,
        ..Counts::default()
    };
    report
}

/// The same report with `text` wherever a peer or a user has a say.
pub(crate) fn saying(text: &str) -> Report {
    let mut report = report();
    text.clone_into(&mut report.summary.reason);
    text.clone_into(&mut report.summary.list);
    for target in &mut report.targets {
        say(target, text);
    }
    report
}

fn say(target: &mut TargetReport, text: &str) {
    text.clone_into(&mut target.name);
    text.clone_into(&mut target.url);
    target.blocked = Some(text.to_owned());
    if let Some(source) = &mut target.source {
        text.clone_into(&mut source.file);
    }
    for finding in &mut target.findings {
        finding.observed = text.into();
        text.clone_into(&mut finding.expected);
        text.clone_into(&mut finding.fix);
        finding.endpoint = Some(text.to_owned());
        finding.reproduce = Some(text.to_owned());
        if let Some(waiver) = &mut finding.waived {
            text.clone_into(&mut waiver.reason);
            waiver.ticket = Some(text.to_owned());
        }
    }
}
