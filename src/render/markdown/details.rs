//! Each target folded: its marks, what did not simply pass, and pictures.

use std::collections::BTreeMap;

use super::{code, prose, seen, table};
use crate::model::{Family, Untrusted};
use crate::render::{chain, group, ratings};
use crate::report::{Finding, Outcome, Report, TargetReport};

/// Said where something is left out.
const LEFT_OUT: usize = 120;

/// As many targets as there is room for, those with failures first in line. Whole blocks are left out,
/// never cut, and the report says so.
pub(super) fn section(report: &Report, room: usize) -> String {
    let mut room = room.saturating_sub(LEFT_OUT);
    let mut order: Vec<usize> = (0..report.targets.len()).collect();
    order.sort_by_key(|index| report.targets.get(*index).map(|target| target.grade));
    let mut kept: BTreeMap<usize, String> = BTreeMap::new();
    for index in order {
        let block = report.targets.get(index).map(target).unwrap_or_default();
        if block.len() <= room {
            room -= block.len();
            kept.insert(index, block);
        }
    }
    let left_out = report.targets.len() - kept.len();
    let mut out: String = kept.into_values().collect();
    if left_out > 0 {
        let noun = if left_out == 1 { "service" } else { "services" };
        out.push_str(&format!(
            "Details of {left_out} {noun} are left out to fit an issue; `--format json` has them \
             all.\n\n"
        ));
    }
    out
}

fn target(target: &TargetReport) -> String {
    let failures = target.failures().count();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let (checks, found) = (plural(target.findings.len()), plural(failures));
    let mut out = format!(
        "<details><summary>{}: {}, {} check{checks}, {failures} finding{found}</summary>\n\n",
        prose(&target.name),
        target.grade.shown(),
        target.findings.len(),
    );
    let kind = target
        .kind
        .map(|kind| format!(" · {} ({})", kind.name(), target.kind_reason));
    out.push_str(&format!(
        "{}{}\n\n",
        code(&target.url),
        kind.unwrap_or_default()
    ));
    if let Some(note) = &target.note {
        out.push_str(&format!("{}\n\n", prose(note)));
    }
    let landing = target.facts.landing.as_ref();
    if let Some(answer) = landing.and_then(|landing| landing.answer.as_ref()) {
        out.push_str(&format!("{}\n\n", prose(&answer.to_string())));
    }
    let head = [
        "Family",
        "Grade",
        "Score",
        "Why not higher",
        "Pass",
        "Fail",
        "Unknown",
        "Not tested",
        "N/A",
    ];
    out.push_str(&table(&head, &marks(target)));
    out.push('\n');
    let plain = [Outcome::Pass, Outcome::NotApplicable];
    let rows: Vec<Vec<String>> =
        group::of_target(target, |finding| !plain.contains(&finding.outcome))
            .iter()
            .map(|group| {
                let finding = group.finding;
                let rule = format!("`{}`", finding.rule);
                vec![rule, outcome(finding).to_owned(), seen(group, 3)]
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
        let count = |outcomes: &[Outcome]| {
            let of_family = target
                .findings
                .iter()
                .filter(|finding| finding.family == family);
            of_family
                .filter(|finding| outcomes.contains(&finding.outcome))
                .count()
                .to_string()
        };
        vec![
            family.title().to_owned(),
            mark.shown(),
            mark.score.map_or("-".to_owned(), |score| score.to_string()),
            caps.join(", "),
            count(&[Outcome::Pass]),
            count(&[Outcome::Fail, Outcome::Waived]),
            count(&[Outcome::Unknown]),
            count(&[Outcome::NotTested]),
            count(&[Outcome::NotApplicable]),
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
