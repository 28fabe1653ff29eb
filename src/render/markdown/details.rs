//! Every outcome of every target, folded.

use super::{code, prose, seen, table};
use crate::model::{Family, Untrusted};
use crate::render::{chain, group, ratings};
use crate::report::{Finding, Outcome, Report, TargetReport};

pub(super) fn section(report: &Report) -> String {
    report.targets.iter().map(target).collect()
}

fn target(target: &TargetReport) -> String {
    let failures = target.failures().count();
    let mut out = format!(
        "<details><summary>{}: {}, {} checks, {failures} findings</summary>\n\n",
        prose(&target.name),
        target.grade.shown(),
        target.findings.len(),
    );
    let kind = target.kind.map_or("unknown kind", crate::model::Kind::name);
    out.push_str(&format!(
        "{} · {kind} ({})\n\n",
        code(&target.url),
        target.kind_reason
    ));
    out.push_str(&table(
        &["Family", "Grade", "Score", "Why not higher"],
        &marks(target),
    ));
    out.push('\n');
    let rows: Vec<Vec<String>> = group::of_target(target, |_| true)
        .iter()
        .map(|group| {
            let finding = group.finding;
            vec![
                format!("`{}`", finding.rule),
                outcome(finding).to_owned(),
                seen(group, 4),
            ]
        })
        .collect();
    out.push_str(&table(&["Rule", "Outcome", "Seen"], &rows));
    out.push_str(&pictures(target));
    out.push_str("\n</details>\n\n");
    out
}

/// The chains and the ratings, as they are: a fence longer than any run of backticks inside.
fn pictures(target: &TargetReport) -> String {
    let Some(tls) = target.facts.tls.known() else {
        return String::new();
    };
    let chains = tls.certificates().flat_map(|one| chain::lines(one, true));
    let ratings = ratings::lines(&tls.ssl_labs, &tls.mozilla);
    let lines: Vec<String> = chains
        .chain(ratings.into_iter().map(Untrusted::from))
        .map(|line| line.terminal())
        .collect();
    let text = lines.join("\n");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n{fence}text\n{text}\n{fence}\n")
}

fn marks(target: &TargetReport) -> Vec<Vec<String>> {
    let row = |family: Family| {
        let mark = target.families.of(family);
        let caps: Vec<String> = mark
            .caps
            .iter()
            .map(|cap| format!("{} by `{}`", cap.limit, cap.because))
            .collect();
        vec![
            family.title().to_owned(),
            mark.shown(),
            mark.score.map_or("-".to_owned(), |score| score.to_string()),
            caps.join(", "),
        ]
    };
    Family::ALL.map(row).to_vec()
}

const fn outcome(finding: &Finding) -> &'static str {
    match finding.outcome {
        Outcome::Fail => finding.severity.name(),
        Outcome::Pass => "pass",
        Outcome::NotApplicable => "not applicable",
        Outcome::NotTested => "not tested",
        Outcome::Unknown => "unknown",
        Outcome::Waived => "waived",
    }
}
