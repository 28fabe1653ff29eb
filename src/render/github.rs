//! GitHub Actions: annotations as workflow commands, and a job summary.
//!
//! A step shows ten annotations of each kind and drops the others without a word, so only the ten
//! most severe findings become one; all of them stand in the summary.

use super::entry::{Entry, entries, gap, shown};
use super::group::{Group, groups};
use crate::model::{Family, Severity, Untrusted};
use crate::report::{Outcome, Report};

/// How many annotations are written.
const MOST: usize = 10;

/// What an annotation shows of one finding.
const LINES: usize = 3;

/// GitHub drops a step's summary without a word where it is larger than 1 MiB; other commands of the
/// step may have written to it before.
pub const SUMMARY_LIMIT: usize = 900 * 1024;

/// A workflow command for each of the most severe findings, and a line that counts the others.
#[must_use]
pub fn annotations(report: &Report) -> String {
    let groups = groups(report, Outcome::Fail);
    let mut out: String = groups.iter().take(MOST).map(annotation).collect();
    let more = groups.len().saturating_sub(MOST);
    if more > 0 {
        out.push_str(&format!(
            "{more} more findings: see the job summary or another report\n"
        ));
    }
    out
}

fn annotation(group: &Group<'_>) -> String {
    let finding = group.finding;
    let command = match finding.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(source) = finding.source.as_ref().or(group.target.source.as_ref()) {
        let file = source.file.strip_prefix("./").unwrap_or(&source.file);
        properties.push(format!("file={}", property(&shown(file))));
        properties.push(format!("line={}", source.line));
        properties.extend(source.column.map(|column| format!("col={column}")));
    }
    let name = shown(&group.target.name);
    let title = format!("{} {name}: {}", finding.severity, finding.rule);
    properties.push(format!("title={}", property(&title)));
    let mut lines = vec![finding.title.to_owned()];
    lines.extend(group.evidence(LINES).iter().map(Untrusted::terminal));
    lines.push(format!("Expected: {}", shown(&finding.expected)));
    lines.push(format!("Fix: {}", shown(&finding.fix)));
    let message: Vec<String> = lines.iter().map(|line| data(line)).collect();
    format!(
        "::{command} {}::{}\n",
        properties.join(","),
        message.join("%0A")
    )
}

/// As the runner reads a command's message.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// As the runner reads a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The verdict, the grades and every finding, one line each, in at most `limit` bytes. What does not
/// fit is left out from the end, which is the least severe, and counted.
#[must_use]
pub fn summary(report: &Report, limit: usize) -> String {
    let mut out = head(report);
    let mut lines: Vec<String> = report
        .targets
        .iter()
        .filter_map(gap)
        .map(|said| {
            format!(
                "- **NOT FULLY AUDITED** {}\n",
                Untrusted::from(said).markdown()
            )
        })
        .collect();
    lines.extend(
        entries(report, |outcome| outcome == Outcome::Fail)
            .iter()
            .map(line),
    );
    // The sentence that counts what is left out must fit, too.
    let room = limit.saturating_sub(out.len() + 100);
    let mut used = 0;
    let fitting = lines.iter().take_while(|line| {
        used += line.len();
        used <= room
    });
    let kept = fitting.count();
    out.extend(lines.iter().take(kept).map(String::as_str));
    let left = lines.len() - kept;
    if left > 0 {
        out.push_str(&format!("\n{left} less severe findings do not fit here.\n"));
    }
    out
}

fn head(report: &Report) -> String {
    let (summary, counts) = (&report.summary, &report.summary.counts);
    let families = Family::ALL.map(Family::title).join(" | ");
    let mut out = format!(
        "## seaworthy: grade {}\n\nexit {}: {}\n\n| Target | Grade | {families} |\n|---|{}\n",
        summary.grade.shown(),
        summary.exit_code.number(),
        Untrusted::from(summary.reason.as_str()).markdown(),
        "---|".repeat(Family::ALL.len() + 1),
    );
    for target in &report.targets {
        let marks = Family::ALL.map(|family| target.families.of(family).shown());
        out.push_str(&format!(
            "| {} | {} | {} |\n",
            Untrusted::from(target.name.as_str()).markdown(),
            target.grade.shown(),
            marks.join(" | "),
        ));
    }
    out.push_str(&format!(
        "\n{} failed, {} unknown, {} not tested, {} waived, {} passed\n\n",
        counts.fail, counts.unknown, counts.not_tested, counts.waived, counts.pass,
    ));
    out
}

fn line(entry: &Entry<'_>) -> String {
    let finding = entry.finding;
    format!(
        "- **{}** `{}` {}: {}. {}\n",
        finding.severity.name().to_uppercase(),
        finding.rule,
        Untrusted::from(entry.place()).markdown(),
        finding.title,
        Untrusted::from(entry.said()).markdown(),
    )
}

#[cfg(test)]
mod tests {
    use super::{SUMMARY_LIMIT, annotations, data, property, summary};
    use crate::model::Severity;
    use crate::render::sample;

    #[test]
    fn the_whole_form() {
        let report = sample::report();
        insta::assert_snapshot!("annotations", annotations(&report));
        insta::assert_snapshot!("summary", summary(&report, SUMMARY_LIMIT));
    }

    #[test]
    fn commands_cannot_be_ended_from_inside() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a,b:c%"), "a%2Cb%3Ac%25");
    }

    #[test]
    fn ten_are_shown_and_the_others_counted() {
        let mut report = sample::report();
        let target = report.targets.first().unwrap().clone();
        for nth in 0..20 {
            let mut another = target.clone();
            another.name = format!("service-{nth}");
            report.targets.push(another);
        }
        let text = annotations(&report);
        let shown = text.lines().filter(|line| line.starts_with("::")).count();
        assert_eq!(shown, 10);
        assert!(text.ends_with("more findings: see the job summary or another report\n"));
    }

    #[test]
    fn what_does_not_fit_is_the_least_severe_and_is_counted() {
        let mut report = sample::report();
        let target = report.targets.first_mut().unwrap();
        let low = target.findings.first().unwrap().clone();
        let mut critical = low.clone();
        critical.severity = Severity::Critical;
        target.findings.extend(std::iter::repeat_n(low, 5_000));
        target.findings.push(critical);
        let text = summary(&report, 20_000);
        assert!(text.len() <= 20_000, "{}", text.len());
        assert!(text.contains("**CRITICAL**"));
        assert!(text.contains("less severe findings do not fit here"));
    }
}
