//! The verdict in one sentence, and what the run was.

use super::prose;
use crate::model::Severity;
use crate::render::group;
use crate::report::{ExitCode, Outcome, Report};

pub(super) fn section(report: &Report) -> String {
    let summary = &report.summary;
    let counts = &summary.counts;
    let mut out = format!("# {}\n\n", prose(&sentence(report)));
    for target in &report.targets {
        if let Some(blocked) = &target.blocked {
            let (name, said) = (prose(&target.name), prose(blocked));
            out.push_str(&format!("> **Blocked**: {name}: {said}\n\n"));
        }
    }
    if !summary.complete {
        out.push_str("> **Incomplete**: not everything was asked.\n\n");
    }
    if report.targets.iter().any(|target| target.insecure) {
        out.push_str("> **Insecure**: certificates were not held against any trust anchor.\n\n");
    }
    out.push_str(&format!(
        "Grade **{}** · {} · {} · {:.1} s · {} · `{}` · exit {}: {}\n\n",
        summary.grade.shown(),
        prose(&summary.list),
        summary.at,
        std::time::Duration::from(summary.took).as_secs_f64(),
        report.tool,
        summary.user_agent.replace('`', ""),
        summary.exit_code.number(),
        prose(&summary.reason),
    ));
    out.push_str(&format!(
        "{} checks: {} pass, {} fail, {} unknown, {} not tested, {} not applicable, {} waived\n\n",
        counts.checks,
        counts.pass,
        counts.fail,
        counts.unknown,
        counts.not_tested,
        counts.not_applicable,
        counts.waived,
    ));
    out
}

fn sentence(report: &Report) -> String {
    let services = match report.targets.len() {
        1 => "1 service".to_owned(),
        several => format!("{several} services"),
    };
    let reason = &report.summary.reason;
    match report.summary.exit_code {
        ExitCode::Pass => match open(report) {
            0 => format!("Fit to launch: {services}"),
            1 => format!("Fit to launch: {services}, 1 question open"),
            open => format!("Fit to launch: {services}, {open} questions open"),
        },
        ExitCode::Finding => match counted(report) {
            Some(counted) => format!("Not fit to launch: {counted} in {services}"),
            None => format!("Not fit to launch: {reason}"),
        },
        ExitCode::Inconclusive => format!("Not decided: {reason}"),
        ExitCode::Interrupted => "Interrupted: the report is incomplete".to_owned(),
        ExitCode::Nothing => format!("Nothing audited: {reason}"),
        ExitCode::Usage | ExitCode::Unwritten | ExitCode::Bug => format!("Error: {reason}"),
    }
}

fn open(report: &Report) -> usize {
    let targets = report.targets.iter();
    targets.map(|target| target.coverage.open().len()).sum()
}

/// `1 critical, 2 medium`; the mild ones where there are no others.
fn counted(report: &Report) -> Option<String> {
    let failures = group::groups(report, Outcome::Fail);
    let of = |severities: &[Severity]| {
        let each = severities.iter().filter_map(|severity| {
            let count = group::count(&failures, *severity);
            (count > 0).then(|| format!("{count} {}", severity.name()))
        });
        let each: Vec<String> = each.collect();
        (!each.is_empty()).then(|| each.join(", "))
    };
    of(&[Severity::Critical, Severity::High, Severity::Medium])
        .or_else(|| of(&[Severity::Low, Severity::Info]))
}
