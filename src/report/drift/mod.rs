//! What moved between two runs, both judged by the same rules.
//!
//! Two runs against a service that did not change have no drift. What differs from run to run by its
//! nature (names that a probe makes up, times, nonces) is not compared; medians are only where both
//! have an interval and the two lie apart.

mod findings;
mod seen;
#[cfg(test)]
mod tests;

use super::{Finding, Outcome, Report, TargetReport};
use crate::grade::Letter;
use crate::model::{Family, Severity, Timestamp, Untrusted};

/// What moved since an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// When the earlier run began.
    pub since: Timestamp,
    /// Targets of which anything moved: those of this run in its order, then those that it lacks.
    pub targets: Vec<Moved>,
}

/// What moved of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its name, by which it is found again.
    pub name: String,
    /// In which of the runs it is.
    pub presence: Presence,
    /// Whether its findings leave the exit code alone.
    pub optional: bool,
    /// Letters that moved; the target's own has no family.
    pub grades: Vec<GradeMove>,
    /// Findings, most severe first.
    pub findings: Vec<FindingMove>,
    /// What the service shows of itself.
    pub seen: Vec<SeenMove>,
}

/// In which runs a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// In both.
    Both,
    /// In the later one only.
    Added,
    /// In the earlier one only: the later run had no such target, or was not asked for it.
    Missing,
}

/// A letter that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GradeMove {
    /// Of which family; `None` for the whole target.
    pub family: Option<Family>,
    /// In the earlier run.
    pub was: Letter,
    /// In the later one.
    pub now: Letter,
}

/// A finding that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingMove {
    /// How.
    pub kind: Change,
    /// As it is in the later run; in the earlier one where it fails no more.
    pub finding: Finding,
    /// What was seen in the earlier run, where it failed in both.
    pub was: Option<Untrusted>,
}

/// How a finding moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It fails, and passed in the earlier run.
    New,
    /// It fails, and the earlier run did not decide it.
    FirstSeen,
    /// It fails in both, in another way or with another waiver.
    Changed,
    /// It failed, and this run did not decide it: nobody has shown that it is fixed.
    Undecided,
    /// It failed, and passes.
    Fixed,
}

impl Change {
    /// Whether the earlier run does not have it.
    #[must_use]
    pub const fn is_new(self) -> bool {
        matches!(self, Self::New | Self::FirstSeen)
    }

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::FirstSeen => "first seen",
            Self::Changed => "changed",
            Self::Undecided => "undecided",
            Self::Fixed => "fixed",
        }
    }
}

/// Something that the service shows of itself and that is another now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenMove {
    /// What, in a few words.
    pub what: String,
    /// In the earlier run.
    pub was: Untrusted,
    /// In the later one.
    pub now: Untrusted,
}

impl Drift {
    /// Compares two reports.
    #[must_use]
    pub fn between(then: &Report, now: &Report) -> Self {
        let of = |report: &'_ Report, name: &str| -> Option<usize> {
            let mut names = report.targets.iter().map(|target| &target.name);
            names.position(|known| known == name)
        };
        let mut targets = Vec::new();
        for target in &now.targets {
            let before = of(then, &target.name).and_then(|index| then.targets.get(index));
            targets.push(match before {
                Some(before) => Moved::between(before, target),
                None => Moved::added(target),
            });
        }
        let gone = then.targets.iter();
        let gone = gone.filter(|target| of(now, &target.name).is_none());
        targets.extend(gone.map(Moved::missing));
        targets.retain(|moved| !moved.is_empty());
        Self {
            since: then.summary.at,
            targets,
        }
    }

    /// Whether nothing moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Whether a finding of a target was not there, or not known, in the earlier run.
    #[must_use]
    pub fn is_new(&self, target: &str, finding: &Finding) -> bool {
        let moved = self.targets.iter().filter(|moved| moved.name == target);
        let mut findings = moved.flat_map(|moved| &moved.findings);
        findings.any(|moved| moved.kind.is_new() && moved.finding == *finding)
    }

    /// Whether anything new fails at or above a severity, optional targets aside.
    #[must_use]
    pub fn has_new(&self, least: Severity) -> bool {
        let counted = self.targets.iter().filter(|moved| !moved.optional);
        let mut findings = counted.flat_map(|moved| &moved.findings);
        findings.any(|moved| {
            let fails = moved.finding.outcome == Outcome::Fail;
            moved.kind.is_new() && fails && moved.finding.severity >= least
        })
    }

    /// How many findings moved so.
    #[must_use]
    pub fn count(&self, kind: Change) -> usize {
        let findings = self.targets.iter().flat_map(|moved| &moved.findings);
        findings.filter(|moved| moved.kind == kind).count()
    }
}

impl Moved {
    fn between(then: &TargetReport, now: &TargetReport) -> Self {
        let seen = seen::between(then, now);
        let slower = seen::is_timing_moved(then, now);
        Self {
            name: now.name.clone(),
            presence: Presence::Both,
            optional: now.optional,
            grades: grades(then, now, slower),
            findings: findings::between(then, now, slower),
            seen,
        }
    }

    fn added(target: &TargetReport) -> Self {
        Self {
            findings: findings::of_added(target),
            ..Self::alone(target, Presence::Added)
        }
    }

    fn missing(target: &TargetReport) -> Self {
        Self::alone(target, Presence::Missing)
    }

    fn alone(target: &TargetReport, presence: Presence) -> Self {
        Self {
            name: target.name.clone(),
            presence,
            optional: target.optional,
            grades: Vec::new(),
            findings: Vec::new(),
            seen: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        let nothing = self.grades.is_empty() && self.findings.is_empty() && self.seen.is_empty();
        self.presence == Presence::Both && nothing
    }
}

/// Letters that moved. A letter of latency moves with the medians: one that flips between two runs
/// of the same speed says nothing. The target's own letter moves where a family's does.
fn grades(then: &TargetReport, now: &TargetReport, slower: bool) -> Vec<GradeMove> {
    let families = Family::ALL.into_iter().filter_map(|family| {
        let (was, now) = (
            then.families.of(family).grade,
            now.families.of(family).grade,
        );
        let is_left_out = was == Letter::LeftOut || now == Letter::LeftOut;
        let counts = !is_left_out && (family != Family::Latency || slower);
        (counts && was != now).then_some(GradeMove {
            family: Some(family),
            was,
            now,
        })
    });
    let families: Vec<GradeMove> = families.collect();
    let whole = GradeMove {
        family: None,
        was: then.grade,
        now: now.grade,
    };
    let whole = (whole.was != whole.now && !families.is_empty()).then_some(whole);
    whole.into_iter().chain(families).collect()
}
