//! The verdict, the letters, and what to do first.

use super::{code, expected, prose, seen, table, titled};
use crate::model::{Family, Severity};
use crate::render::group::{self, Group};
use crate::report::{ExitCode, Outcome, Report, TargetReport};

pub(super) fn section(report: &Report) -> String {
    let summary = &report.summary;
    let counts = &summary.counts;
    let mut out = format!(
        "# seaworthy: {}, {}\n\n",
        word(summary.exit_code),
        prose(&summary.reason)
    );
    if !summary.complete {
        out.push_str("> **Incomplete**: not everything was looked at.\n\n");
    }
    if report.targets.iter().any(|target| target.insecure) {
        out.push_str("> **Insecure**: certificates were not held against any trust anchor.\n\n");
    }
    out.push_str(&format!(
        "Grade **{}** · {} targets · {} checks: {} pass, {} fail, {} unknown, {} not tested, \
         {} not applicable, {} waived\n\n{} · {} · {} · {:.1} s · `{}` · exit {}\n\n",
        summary.grade.shown(),
        counts.targets,
        counts.checks,
        counts.pass,
        counts.fail,
        counts.unknown,
        counts.not_tested,
        counts.not_applicable,
        counts.waived,
        report.tool,
        prose(&summary.list),
        summary.at,
        std::time::Duration::from(summary.took).as_secs_f64(),
        summary.user_agent.replace('`', ""),
        summary.exit_code.number(),
    ));
    out.push_str(&letters(report));
    out.push('\n');
    out.push_str(&titled("Action items", &actions(report)));
    out
}

const fn word(exit: ExitCode) -> &'static str {
    match exit {
        ExitCode::Pass => "PASS",
        ExitCode::Finding => "FAIL",
        ExitCode::Inconclusive => "INCONCLUSIVE",
        ExitCode::Interrupted => "INTERRUPTED",
        ExitCode::Nothing => "NOTHING",
        ExitCode::Usage | ExitCode::Unwritten | ExitCode::Bug => "ERROR",
    }
}

fn letters(report: &Report) -> String {
    let mut head = vec!["Target", "Grade"];
    head.extend(Family::ALL.map(Family::title));
    head.push("Cold TTFB (server)");
    let rows: Vec<Vec<String>> = report.targets.iter().map(row).collect();
    table(&head, &rows)
}

fn row(target: &TargetReport) -> Vec<String> {
    let mut cells = vec![prose(&target.name), format!("**{}**", target.grade.shown())];
    cells.extend(Family::ALL.map(|family| target.families.of(family).shown()));
    let latency = target.facts.latency.known();
    cells.push(
        latency
            .and_then(|latency| latency.cold())
            .map_or("-".to_owned(), |cold| {
                let median = cold.median;
                format!("{} ({})", median.ttfb(), median.server)
            }),
    );
    cells
}

fn actions(report: &Report) -> String {
    let failures = group::groups(report, Outcome::Fail);
    let unknown = group::groups(report, Outcome::Unknown);
    let worth = |group: &&Group<'_>| group.finding.severity >= Severity::Medium;
    let mut out: String = failures.iter().filter(worth).map(action).collect();
    for group in &unknown {
        let target = prose(&group.target.name);
        let evidence = seen(group, 2);
        out.push_str(&format!(
            "- [ ] UNKNOWN `{}` {target}: {evidence}\n",
            group.finding.rule
        ));
    }
    let rest = failures.iter().filter(|group| !worth(group)).count();
    if rest > 0 {
        out.push_str(&format!(
            "- {rest} of low severity or for information: see below\n"
        ));
    }
    out
}

fn action(group: &Group<'_>) -> String {
    let finding = group.finding;
    let word = finding.severity.name().to_uppercase();
    let word = if finding.severity >= Severity::High {
        format!("**{word}**")
    } else {
        word
    };
    let source = group.target.source.as_ref();
    let source = source
        .map(|source| format!(" ({})", code(&source.to_string())))
        .unwrap_or_default();
    format!(
        "- [ ] {word} `{}` {}: {}; want {}{source}\n",
        finding.rule,
        prose(&group.target.name),
        seen(group, 2),
        expected(finding),
    )
}
