//! What moved since an earlier run, a row each, for people.

use crate::model::{Family, Untrusted};
use crate::report::drift::{Change, Drift, FindingMove, GradeMove, Moved, Presence, SeenMove};

/// One thing that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'d> {
    /// `new`, `fixed`, `grade` …
    pub change: &'static str,
    /// The target's name.
    pub target: &'d str,
    /// What moved: a rule, a family, a field.
    pub what: String,
    /// From what to what.
    pub said: Untrusted,
}

/// The kinds of change to findings, as they are counted.
const COUNTED: [Change; 5] = [
    Change::New,
    Change::FirstSeen,
    Change::Changed,
    Change::Undecided,
    Change::Fixed,
];

/// When the earlier run began, and how much moved, in one sentence.
#[must_use]
pub fn sentence(drift: &Drift) -> String {
    let since = drift.since;
    if drift.is_empty() {
        return format!("Nothing changed since {since}");
    }
    let counts = COUNTED.into_iter().filter_map(|kind| {
        let count = drift.count(kind);
        (count > 0).then(|| format!("{count} {}", kind.name()))
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() {
        return format!("Changed since {since}: no finding");
    }
    format!("Changed since {since}: {}", counts.join(", "))
}

/// Everything that moved, target by target.
#[must_use]
pub fn rows(drift: &Drift) -> Vec<Row<'_>> {
    drift.targets.iter().flat_map(of_target).collect()
}

fn of_target(moved: &Moved) -> Vec<Row<'_>> {
    let name = moved.name.as_str();
    let presence = match moved.presence {
        Presence::Both => None,
        Presence::Added => Some("added"),
        Presence::Missing => Some("missing"),
    };
    let presence = presence.map(|change| Row {
        change,
        target: name,
        what: "target".to_owned(),
        said: Untrusted::default(),
    });
    let grades = moved.grades.iter().map(|moved| grade(name, *moved));
    let findings = moved.findings.iter().map(|moved| finding(name, moved));
    let seen = moved.seen.iter().map(|moved| seen(name, moved));
    let rows = presence.into_iter().chain(grades).chain(findings);
    rows.chain(seen).collect()
}

fn grade(target: &str, moved: GradeMove) -> Row<'_> {
    let letters = (moved.was.shown(), moved.now.shown());
    Row {
        change: "grade",
        target,
        what: moved.family.map_or("target", Family::title).to_owned(),
        said: format!("{} → {}", letters.0, letters.1).into(),
    }
}

fn finding<'d>(target: &'d str, moved: &FindingMove) -> Row<'d> {
    let finding = &moved.finding;
    let place = finding.endpoint.as_ref().map(|place| format!("{place}: "));
    let place = place.unwrap_or_default();
    let observed = finding.observed.raw();
    let said = match &moved.was {
        Some(was) if was.raw() != observed => format!("{place}{} → {observed}", was.raw()),
        Some(_) | None => format!("{place}{observed}"),
    };
    Row {
        change: moved.kind.name(),
        target,
        what: format!("{} {}", finding.severity, finding.rule),
        said: said.into(),
    }
}

fn seen<'d>(target: &'d str, moved: &SeenMove) -> Row<'d> {
    Row {
        change: "seen",
        target,
        what: moved.what.clone(),
        said: format!("{} → {}", moved.was.raw(), moved.now.raw()).into(),
    }
}
