//! The first line of a report: what was shown, and no more.

use super::summary::{self, ExitCode, Summary};
use super::{Finding, TargetReport};
use crate::grade::Letter;
use crate::model::{Family, Grade, Severity};

/// The best letter that is worth a word beside a pass.
const POOR: Grade = Grade::C;

/// As many poor letters are named.
const NAMED: usize = 3;

/// The verdict in one sentence. Of a run that only what is new fails, `only_new`, the reason counts.
pub(super) fn of(summary: &Summary, targets: &[TargetReport], only_new: bool) -> String {
    let services = counted(targets.len(), "service");
    let reason = &summary.reason;
    match summary.exit_code {
        ExitCode::Pass => passed(summary, targets, &services, only_new),
        ExitCode::Finding => match failures(summary, targets).filter(|_| !only_new) {
            Some(failures) => format!("Not fit to launch: {failures} in {services}"),
            None => format!("Not fit to launch: {reason}"),
        },
        ExitCode::Inconclusive => format!("Not decided: {reason}"),
        ExitCode::Interrupted => "Interrupted: the report is incomplete".to_owned(),
        ExitCode::Nothing => format!("Nothing audited: {reason}"),
        ExitCode::Usage | ExitCode::Unwritten | ExitCode::Bug => format!("Error: {reason}"),
    }
}

/// A pass says no more than its letters: one that is poor, or missing, is named beside it.
fn passed(summary: &Summary, targets: &[TargetReport], services: &str, only_new: bool) -> String {
    let open: usize = targets
        .iter()
        .map(|target| target.coverage.open().len())
        .sum();
    let open = match open {
        0 => String::new(),
        open => format!(", {} open", counted(open, "question")),
    };
    let poor = poor(targets);
    if poor.is_empty() {
        let verdict = if summary.partial {
            "The selected rules pass"
        } else {
            "Fit to launch"
        };
        return format!("{verdict}: {services}{open}");
    }
    let more = poor.len().saturating_sub(NAMED);
    let named: Vec<&str> = poor.iter().take(NAMED).map(String::as_str).collect();
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let gate = gate(summary, only_new);
    let named = named.join(", ");
    format!("Passes its gate ({gate}), but {named}{more}: {services}{open}")
}

/// What had to be met.
fn gate(summary: &Summary, only_new: bool) -> String {
    let findings = summary.fail_on.map_or_else(
        || "none".to_owned(),
        |least| format!("{}{least}", if only_new { "new:" } else { "" }),
    );
    let grade = summary.min_grade;
    let grade = grade.map(|lowest| format!(", --min-grade {lowest}"));
    format!("--fail-on {findings}{}", grade.unwrap_or_default())
}

/// Letters at or below [`POOR`] and letters that are missing, the weakest first.
fn poor(targets: &[TargetReport]) -> Vec<String> {
    let mut poor: Vec<(Letter, String)> = Vec::new();
    for target in targets {
        let name = &target.name;
        for family in Family::ALL {
            let letter = target.families.of(family).grade;
            match letter {
                Letter::Graded(grade) if grade <= POOR => {
                    let said = format!("{} of {name} is graded {grade}", family.title());
                    poor.push((letter, said));
                }
                Letter::Graded(_)
                | Letter::NotMeasured
                | Letter::NotConfigured
                | Letter::LeftOut => {}
            }
        }
        if target.grade == Letter::NotMeasured {
            poor.push((target.grade, format!("{name} could not be graded")));
        }
    }
    poor.sort_by_key(|(letter, _)| match letter {
        Letter::Graded(grade) => (0, *grade),
        Letter::NotMeasured | Letter::NotConfigured | Letter::LeftOut => (1, Grade::F),
    });
    poor.into_iter().map(|(_, said)| said).collect()
}

/// `1 critical, 2 medium`; the mild ones where there are no others.
fn failures(summary: &Summary, targets: &[TargetReport]) -> Option<String> {
    let least = summary.fail_on?;
    let things: Vec<&Finding> = targets
        .iter()
        .flat_map(|target| summary::things(target, |_, _| true))
        .collect();
    if !things.iter().any(|thing| thing.severity >= least) {
        return None;
    }
    let of = |least: Severity| {
        let severities = Severity::ALL.into_iter().rev();
        let each = severities.filter(|severity| *severity >= least);
        let each = each.filter_map(|severity| {
            let all = things.iter();
            let count = all.filter(|thing| thing.severity == severity).count();
            (count > 0).then(|| format!("{count} {}", severity.name()))
        });
        each.collect::<Vec<_>>().join(", ")
    };
    Some(of(least.min(Severity::Medium)))
}

/// `1 service`, `2 services`.
fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::evidence::sample;
    use crate::grade::{self, Letter};
    use crate::model::{Family, Grade, Severity};
    use crate::report::{ExitCode, Families, Report};

    /// A letter for TLS of the first and the second service, and what the first line says of a pass.
    #[rustfmt::skip]
    const PASSES: &[([Letter; 2], bool, &str)] = &[
        ([Letter::Graded(Grade::APlus), Letter::Graded(Grade::B)], false, "Fit to launch: 2 services"),
        ([Letter::Graded(Grade::APlus), Letter::Graded(Grade::B)], true,  "The selected rules pass: 2 services"),
        ([Letter::Graded(Grade::A), Letter::Graded(Grade::C)],     false, "Passes its gate (--fail-on high), but TLS of b is graded C: 2 services"),
        ([Letter::Graded(Grade::C), Letter::Graded(Grade::D)],     false, "Passes its gate (--fail-on high), but TLS of b is graded D, TLS of a is graded C: 2 services"),
        ([Letter::Graded(Grade::A), Letter::NotMeasured],          false, "Passes its gate (--fail-on high), but b could not be graded: 2 services"),
        ([Letter::Graded(Grade::A), Letter::LeftOut],              true,  "The selected rules pass: 2 services"),
    ];

    fn report() -> Report {
        let named = |name: &str| {
            let mut target = sample::target();
            name.clone_into(&mut target.name);
            sample::evidence(target, Vec::new())
        };
        Report::new(&["a", "b"].map(named))
    }

    #[test]
    fn a_pass_says_no_more_than_its_letters() {
        for (letters, partial, expected) in PASSES {
            let mut report = report();
            for (target, letter) in report.targets.iter_mut().zip(letters) {
                target.families = Families::new(|family| {
                    let is_tls = family == Family::Tls;
                    grade::unmarked(if is_tls {
                        *letter
                    } else {
                        Letter::NotConfigured
                    })
                });
                target.grade = *letter;
                target.coverage = crate::report::Coverage::default();
            }
            let summary = &mut report.summary;
            summary.exit_code = ExitCode::Pass;
            summary.fail_on = Some(Severity::High);
            summary.partial = *partial;
            assert_eq!(
                of(summary, &report.targets, false),
                *expected,
                "{letters:?}"
            );
        }
    }

    #[test]
    fn every_other_outcome_gives_its_reason() {
        let mut report = report();
        "shop has B (--min-grade A)".clone_into(&mut report.summary.reason);
        #[rustfmt::skip]
        let rows = [
            (ExitCode::Finding,      "Not fit to launch: shop has B (--min-grade A)"),
            (ExitCode::Inconclusive, "Not decided: shop has B (--min-grade A)"),
            (ExitCode::Interrupted,  "Interrupted: the report is incomplete"),
        ];
        for (exit, expected) in rows {
            report.summary.exit_code = exit;
            assert_eq!(of(&report.summary, &report.targets, false), expected);
        }
    }
}
