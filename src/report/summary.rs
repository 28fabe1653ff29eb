//! The verdict: one letter, one exit code, and the reason for it.

use super::coverage::Why;
use super::finding::Outcome;
use super::{Drift, Finding, TargetReport};
use crate::evidence::{Cause, Evidence};
use crate::facts;
use crate::grade::Letter;
use crate::model::{Grade, Millis, Severity, Timestamp};

/// The exit codes, the same for every format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitCode {
    /// Fit to launch.
    Pass = 0,
    /// A finding at or above `--fail-on`, or a grade below `--min-grade`.
    Finding = 1,
    /// The command line or the target file is wrong; nothing was sent.
    Usage = 2,
    /// Some target could not be fully audited, and nothing failed.
    Inconclusive = 3,
    /// Nothing was selected.
    Nothing = 4,
    /// A requested report could not be written.
    Unwritten = 5,
    /// A fault of this program.
    Bug = 70,
    /// Interrupted; the reports are marked incomplete.
    Interrupted = 130,
}

impl ExitCode {
    /// All of them, with what they mean.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Pass, "fit to launch"),
        (
            Self::Finding,
            "a finding at or above --fail-on, or a grade below --min-grade",
        ),
        (
            Self::Usage,
            "wrong command line or target file; nothing was sent",
        ),
        (
            Self::Inconclusive,
            "some target could not be fully audited, and nothing failed",
        ),
        (Self::Nothing, "nothing was selected"),
        (Self::Unwritten, "a requested report could not be written"),
        (Self::Bug, "a fault of seaworthy itself"),
        (
            Self::Interrupted,
            "interrupted; reports are marked incomplete",
        ),
    ];

    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// The verdict on a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The weakest target's letter.
    pub grade: Letter,
    /// What the process exits with, unless a report cannot be written.
    pub exit_code: ExitCode,
    /// Why.
    pub reason: String,
    /// How many outcomes of each kind.
    pub counts: Counts,
    /// The least severity that fails the run.
    pub fail_on: Option<Severity>,
    /// The lowest letter that passes.
    pub min_grade: Option<Grade>,
    /// Whether every target was looked at to the end.
    pub complete: bool,
    /// Whether `--only` or `--skip` left rules out: the letters speak of the rest alone.
    pub partial: bool,
    /// When the first target's audit began.
    pub at: Timestamp,
    /// From then to the end of the last, in milliseconds.
    pub took: Millis,
    /// Where the targets came from.
    pub list: String,
    /// The `User-Agent` sent.
    pub user_agent: String,
}

/// How many outcomes of each kind, and how many failures of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Targets.
    pub targets: usize,
    /// Outcomes in all.
    pub checks: usize,
    /// Passed.
    pub pass: usize,
    /// Failed.
    pub fail: usize,
    /// Not applicable.
    pub not_applicable: usize,
    /// Could not be decided.
    pub unknown: usize,
    /// Not tried, or not shown, for want of something the user did not give.
    pub not_tested: usize,
    /// Failed and accepted.
    pub waived: usize,
    /// Failures by severity.
    pub critical: usize,
    /// Failures by severity.
    pub high: usize,
    /// Failures by severity.
    pub medium: usize,
    /// Failures by severity.
    pub low: usize,
    /// Failures by severity.
    pub info: usize,
}

impl Counts {
    fn add(&mut self, finding: &Finding) {
        self.checks += 1;
        match finding.outcome {
            Outcome::Pass => self.pass += 1,
            Outcome::NotApplicable => self.not_applicable += 1,
            Outcome::Unknown => self.unknown += 1,
            Outcome::NotTested => self.not_tested += 1,
            Outcome::Waived => self.waived += 1,
            Outcome::Fail => {
                self.fail += 1;
                match finding.severity {
                    Severity::Critical => self.critical += 1,
                    Severity::High => self.high += 1,
                    Severity::Medium => self.medium += 1,
                    Severity::Low => self.low += 1,
                    Severity::Info => self.info += 1,
                }
            }
        }
    }
}

/// Sums up. With what moved since an earlier run, only what is new of it fails the run.
#[must_use]
pub(super) fn sum_up(
    evidence: &[Evidence],
    targets: &[TargetReport],
    moved: Option<&Drift>,
) -> Summary {
    let mut counts = Counts {
        targets: targets.len(),
        ..Counts::default()
    };
    targets
        .iter()
        .flat_map(|target| &target.findings)
        .for_each(|finding| counts.add(finding));
    let (exit_code, reason) = verdict(evidence, targets, moved);
    let at = evidence.iter().map(|one| one.at).min().unwrap_or_default();
    let end = evidence
        .iter()
        .map(|one| one.at.plus(one.took))
        .max()
        .unwrap_or_default();
    let first = evidence.first();
    Summary {
        grade: Letter::weakest(targets.iter().map(|target| target.grade)),
        exit_code,
        reason,
        counts,
        fail_on: first.and_then(|one| one.run.fail_on),
        min_grade: first.and_then(|one| one.run.min_grade),
        complete: targets.iter().all(|target| target.complete),
        partial: evidence.iter().any(is_partial),
        at,
        took: Millis(u64::try_from(end.millis() - at.millis()).unwrap_or(0)),
        list: first.map(|one| one.run.list.clone()).unwrap_or_default(),
        user_agent: first
            .map(|one| one.run.conditions.user_agent.clone())
            .unwrap_or_default(),
    }
}

/// The exit code and its reason, in order of precedence.
fn verdict(
    evidence: &[Evidence],
    targets: &[TargetReport],
    moved: Option<&Drift>,
) -> (ExitCode, String) {
    let Some(run) = evidence.first().map(|one| &one.run) else {
        return (ExitCode::Nothing, "no target was selected".to_owned());
    };
    if evidence.iter().any(has_bug) {
        return (
            ExitCode::Bug,
            "a fault of seaworthy itself; please report it".to_owned(),
        );
    }
    if evidence.iter().any(|one| one.interrupted) {
        return (
            ExitCode::Interrupted,
            "interrupted: the report is incomplete".to_owned(),
        );
    }
    let counted = || targets.iter().filter(|target| !target.optional);
    if let Some(least) = run.fail_on {
        let counts = |target: &TargetReport, finding: &Finding| {
            finding.severity >= least
                && moved.is_none_or(|moved| moved.is_new(&target.name, finding))
        };
        let failing: usize = counted().map(|target| things(target, counts).len()).sum();
        if failing > 0 {
            let noun = if failing == 1 { "finding" } else { "findings" };
            let new = if moved.is_some() { "new " } else { "" };
            return (
                ExitCode::Finding,
                format!("{failing} {new}{noun} at or above {least}"),
            );
        }
    }
    if let Some(lowest) = run.min_grade {
        let low = |target: &&TargetReport| matches!(target.grade, Letter::Graded(grade) if grade < lowest);
        if let Some(target) = counted().find(low) {
            let grade = target.grade.shown();
            let reason = format!("{} has {grade} (--min-grade {lowest})", target.name);
            return (ExitCode::Finding, reason);
        }
    }
    without_failures(evidence, targets)
}

/// The things to be done among the failures that count, each once: as many as a report lists.
pub(super) fn things(
    target: &TargetReport,
    counts: impl Fn(&TargetReport, &Finding) -> bool,
) -> Vec<&Finding> {
    let mut things: Vec<&Finding> = Vec::new();
    let failures = target.failures();
    for finding in failures.filter(|finding| counts(target, finding)) {
        if !things.iter().any(|thing| thing.is_like(finding)) {
            things.push(finding);
        }
    }
    things
}

/// Where nothing failed: what is open, or a pass. An optional target leaves the run alone, but a run
/// of which nothing at all was judged has not passed.
fn without_failures(evidence: &[Evidence], targets: &[TargetReport]) -> (ExitCode, String) {
    let gaps: Vec<(&TargetReport, Gap)> = evidence
        .iter()
        .zip(targets)
        .filter_map(|(seen, target)| Some((target, gap(seen, target)?)))
        .collect();
    let judged = targets.iter().any(is_judged);
    if !judged && gaps.iter().all(|(_, gap)| *gap == Gap::Nothing) {
        let reason = "nothing that was selected applies to any target";
        return (ExitCode::Nothing, reason.to_owned());
    }
    let (binding, optional): (Vec<_>, Vec<_>) = gaps
        .into_iter()
        .partition(|(target, _)| !target.optional || !judged);
    if !binding.is_empty() {
        let reason = format!("not fully audited: {}", said(&binding));
        return (ExitCode::Inconclusive, reason);
    }
    let open = open_questions(targets);
    let strict = evidence.iter().any(|one| one.run.strict);
    if strict && open > 0 {
        return (
            ExitCode::Inconclusive,
            format!("{} (--strict)", questions(open)),
        );
    }
    let mut reason = match open {
        0 => "nothing at or above the threshold".to_owned(),
        open => format!("{} (--strict fails on them)", questions(open)),
    };
    if evidence.iter().any(is_partial) {
        reason.push_str("; a part of the rules only");
    }
    if !optional.is_empty() {
        reason.push_str("; optional, not fully audited: ");
        reason.push_str(&said(&optional));
    }
    (ExitCode::Pass, reason)
}

/// Whether rules were left out of a run.
fn is_partial(evidence: &Evidence) -> bool {
    !evidence.run.only.is_empty() || !evidence.run.skip.is_empty()
}

/// Essential questions that are open, of targets that count.
fn open_questions(targets: &[TargetReport]) -> usize {
    let counted = targets.iter().filter(|target| !target.optional);
    counted.map(|target| target.coverage.open().len()).sum()
}

fn questions(open: usize) -> String {
    let noun = if open == 1 { "question" } else { "questions" };
    format!("{open} essential {noun} open")
}

fn said(gaps: &[(&TargetReport, Gap)]) -> String {
    let each = gaps.iter().map(|(target, gap)| gap.said(&target.name));
    each.collect::<Vec<_>>().join(", ")
}

/// What keeps a target from having been audited.
#[derive(Debug, PartialEq, Eq)]
enum Gap {
    /// Of what was selected, nothing applies to it.
    Nothing,
    /// It did not answer, and there is no finding that says so.
    NoAnswer(String),
    /// Something could not be seen; its findings say what, and these words why, if there is one cause.
    Open(Option<String>),
}

impl Gap {
    fn said(&self, name: &str) -> String {
        match self {
            Self::Nothing => format!("{name} (nothing that was selected applies)"),
            Self::NoAnswer(why) | Self::Open(Some(why)) => format!("{name} ({why})"),
            Self::Open(None) => name.to_owned(),
        }
    }
}

fn gap(evidence: &Evidence, target: &TargetReport) -> Option<Gap> {
    let no_family = target.grade == Letter::NotConfigured;
    match facts::unanswered(evidence).filter(|_| no_family) {
        Some(failure) => {
            let (stage, cause) = (failure.stage.name(), failure.cause.name());
            Some(Gap::NoAnswer(format!("{stage}: {cause}")))
        }
        None if is_open(target) => Some(Gap::Open(one_cause(target))),
        None => no_family.then_some(Gap::Nothing),
    }
}

/// What answered in place of the target, if anything did.
fn one_cause(target: &TargetReport) -> Option<String> {
    let open = target.coverage.open().iter();
    let mut blocked = open.filter(|open| open.why == Why::Blocked);
    let blocked = || blocked.next().map(|open| open.said.clone());
    target.blocked.clone().or_else(blocked)
}

fn is_open(target: &TargetReport) -> bool {
    let unknown = |finding: &Finding| finding.outcome == Outcome::Unknown;
    !target.complete || target.grade == Letter::NotMeasured || target.findings.iter().any(unknown)
}

/// Whether any rule came to an answer.
pub(super) fn is_judged(target: &TargetReport) -> bool {
    target.findings.iter().any(|finding| match finding.outcome {
        Outcome::Pass | Outcome::Fail | Outcome::Waived | Outcome::NotApplicable => true,
        Outcome::Unknown | Outcome::NotTested => false,
    })
}

fn has_bug(evidence: &Evidence) -> bool {
    let bug = |failure: Option<&crate::evidence::Failure>| {
        failure.is_some_and(|failure| failure.cause == Cause::Bug)
    };
    bug(evidence.addresses.failure())
        || bug(evidence.tls.failure())
        || bug(evidence.latency.failure())
        || evidence
            .exchanges
            .iter()
            .any(|exchange| bug(exchange.response.failure()))
}
