//! JUnit XML: a suite for each target, a case for each rule that applies, and the verdict.
//!
//! There is no standard; this is the part that GitLab, Jenkins and `junitparser` agree on. The file
//! fails a build exactly where the exit code does: a finding that leaves it alone is skipped, with its
//! severity said. Nothing open is a passed case.

use std::io;

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::{ElementWriter, Writer};

use super::entry::{Entry, gap, of_target, shown};
use crate::model::{Millis, Severity, Timestamp};
use crate::report::{ExitCode, Outcome, Report, Summary, TargetReport};

/// The whole document.
///
/// # Errors
/// None that writing to memory does not have.
pub fn render(report: &Report) -> io::Result<String> {
    let targets = report.targets.iter();
    let mut suites: Vec<Suite<'_>> = targets
        .map(|target| Suite::of_target(target, &report.summary))
        .collect();
    suites.push(Suite::of_verdict(&report.summary));
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = Counts::sum(suites.iter().map(|suite| suite.counts));
    let element = writer
        .create_element("testsuites")
        .with_attribute(("name", "seaworthy"));
    all.write(element)
        .write_inner_content(|writer| suites.iter().try_for_each(|suite| suite.write(writer)))?;
    writer.get_mut().push(b'\n');
    String::from_utf8(writer.into_inner()).map_err(io::Error::other)
}

/// A target, or the run.
struct Suite<'r> {
    name: String,
    at: Timestamp,
    took: Millis,
    cases: Vec<Case<'r>>,
    counts: Counts,
}

impl<'r> Suite<'r> {
    fn of_target(target: &'r TargetReport, summary: &Summary) -> Self {
        let entries = of_target(target).into_iter();
        let mut cases: Vec<Case<'r>> = entries
            .filter_map(|entry| Case::of(entry, summary))
            .collect();
        let gap = gap(target).map(|said| error(target, said));
        cases.extend(gap.map(|answer| Case::of_run("audit", answer)));
        Self::new(&shown(&target.name), target.at, target.took, cases)
    }

    /// What no single rule fails: `--min-grade`, `--strict`, an interruption.
    fn of_verdict(summary: &Summary) -> Self {
        let reason = shown(&summary.reason);
        let answer = match summary.exit_code {
            ExitCode::Pass => Answer::Passed,
            ExitCode::Finding => Answer::Failure(reason),
            ExitCode::Usage
            | ExitCode::Inconclusive
            | ExitCode::Nothing
            | ExitCode::Unwritten
            | ExitCode::Bug
            | ExitCode::Interrupted => Answer::Error(reason),
        };
        let cases = vec![Case::of_run("verdict", answer)];
        Self::new("seaworthy", summary.at, summary.took, cases)
    }

    fn new(name: &str, at: Timestamp, took: Millis, cases: Vec<Case<'r>>) -> Self {
        let counts = Counts::sum(cases.iter().map(|case| Counts::one(&case.answer)));
        Self {
            name: text(name),
            at,
            took,
            cases,
            counts,
        }
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let Millis(took) = self.took;
        let time = format!("{}.{:03}", took / 1000, took % 1000);
        let at = self.at.to_string();
        let element = writer
            .create_element("testsuite")
            .with_attribute(("name", self.name.as_str()))
            .with_attribute(("timestamp", at.as_str()))
            .with_attribute(("time", time.as_str()));
        let mut cases = self.cases.iter();
        self.counts.write(element).write_inner_content(|writer| {
            cases.try_for_each(|case| case.write(&self.name, writer))
        })?;
        Ok(())
    }
}

/// A rule at a place, or the audit itself.
struct Case<'r> {
    name: String,
    entry: Option<Entry<'r>>,
    answer: Answer,
}

/// What a case can say.
enum Answer {
    Passed,
    Failure(String),
    Error(String),
    Skipped(String),
}

impl<'r> Case<'r> {
    fn of_run(name: &str, answer: Answer) -> Self {
        Self {
            name: name.to_owned(),
            entry: None,
            answer,
        }
    }

    /// `None` where the rule does not apply: a case that was skipped would ask to be seen to.
    fn of(entry: Entry<'r>, summary: &Summary) -> Option<Self> {
        let answer = match entry.finding.outcome {
            Outcome::Pass => Answer::Passed,
            Outcome::Fail => failed(&entry, summary),
            Outcome::Unknown => error(entry.target, entry.said()),
            Outcome::NotTested => Answer::Skipped(entry.said()),
            Outcome::Waived => Answer::Skipped(entry.waiver().unwrap_or_else(|| entry.said())),
            Outcome::NotApplicable => return None,
        };
        // Consumers keep one case of each name.
        let mut name = entry.finding.rule.to_string();
        if let Some(endpoint) = &entry.finding.endpoint {
            name.push_str(&format!(" {}", shown(endpoint)));
        }
        if entry.nth > 1 {
            name.push_str(&format!(" #{}", entry.nth));
        }
        Some(Self {
            name,
            entry: Some(entry),
            answer,
        })
    }

    fn write(&self, suite: &str, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let name = text(&self.name);
        let mut element = writer
            .create_element("testcase")
            .with_attribute(("classname", suite))
            .with_attribute(("name", name.as_str()));
        let source = self.entry.as_ref().and_then(Entry::source);
        let place = source.map(|source| (text(&shown(&source.file)), source.line.to_string()));
        if let Some((file, line)) = &place {
            element = element
                .with_attribute(("file", file.as_str()))
                .with_attribute(("line", line.as_str()));
        }
        let (tag, said) = match &self.answer {
            Answer::Passed => {
                element.write_empty()?;
                return Ok(());
            }
            Answer::Failure(said) => ("failure", said),
            Answer::Error(said) => ("error", said),
            Answer::Skipped(said) => ("skipped", said),
        };
        element.write_inner_content(|writer| {
            let said = text(said);
            let mut element = writer
                .create_element(tag)
                .with_attribute(("message", said.as_str()));
            let failed = matches!(self.answer, Answer::Failure(_));
            if let Some(entry) = self.entry.as_ref().filter(|_| failed) {
                element = element.with_attribute(("type", entry.finding.severity.name()));
                element.write_text_content(BytesText::new(&text(&details(entry))))?;
            } else {
                element.write_empty()?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// A failure where it fails the run, and skipped where it does not.
fn failed(entry: &Entry<'_>, summary: &Summary) -> Answer {
    let (title, severity) = (entry.finding.title, entry.finding.severity);
    let said = format!("{title}: {}", entry.said());
    let counts = |least: Severity| severity >= least;
    if entry.target.optional {
        return Answer::Skipped(format!("{severity}, of an optional target: {said}"));
    }
    if summary.fail_on.is_some_and(counts) {
        return Answer::Failure(said);
    }
    Answer::Skipped(format!("{severity}, below --fail-on: {said}"))
}

/// What could not be decided. An optional target leaves the run alone.
fn error(target: &TargetReport, said: String) -> Answer {
    if target.optional {
        return Answer::Skipped(format!("of an optional target: {said}"));
    }
    Answer::Error(said)
}

/// A line for each thing to know. None begins with a peer's text.
fn details(entry: &Entry<'_>) -> String {
    let finding = entry.finding;
    let mut lines = vec![
        format!("severity: {}", finding.severity),
        format!("observed: {}", finding.observed.terminal()),
        format!("expected: {}", shown(&finding.expected)),
        format!("impact: {}", finding.impact),
        format!("fix: {}", shown(&finding.fix)),
    ];
    let references = finding.references.iter();
    lines.extend(references.map(|link| format!("see: {} {}", link.title, link.url)));
    let reproduce = finding.reproduce.as_deref();
    lines.extend(reproduce.map(|command| format!("reproduce: {}", shown(command))));
    lines.join("\n")
}

/// Text without what XML 1.0 §2.2 has no place for. Controls were made visible before; of the rest
/// only two code points are not allowed.
fn text(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// What a suite's head says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn one(answer: &Answer) -> Self {
        let mut counts = Self {
            tests: 1,
            ..Self::default()
        };
        match answer {
            Answer::Passed => {}
            Answer::Failure(_) => counts.failures = 1,
            Answer::Error(_) => counts.errors = 1,
            Answer::Skipped(_) => counts.skipped = 1,
        }
        counts
    }

    fn sum(each: impl Iterator<Item = Self>) -> Self {
        each.fold(Self::default(), |all, one| Self {
            tests: all.tests + one.tests,
            failures: all.failures + one.failures,
            errors: all.errors + one.errors,
            skipped: all.skipped + one.skipped,
        })
    }

    fn write(self, mut element: ElementWriter<'_, Vec<u8>>) -> ElementWriter<'_, Vec<u8>> {
        let counts = [
            ("tests", self.tests),
            ("failures", self.failures),
            ("errors", self.errors),
            ("skipped", self.skipped),
        ];
        for (name, count) in counts {
            element = element.with_attribute((name, count.to_string().as_str()));
        }
        element
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Severity;
    use crate::render::sample;
    use crate::report::{ExitCode, Outcome, Report};

    #[test]
    fn the_whole_form() {
        insta::assert_snapshot!(super::render(&sample::report()).unwrap());
    }

    /// The report with one finding of the first target alone.
    fn with(outcome: Outcome, severity: Severity, optional: bool) -> Report {
        let mut report = sample::report();
        report.targets.truncate(1);
        let target = report.targets.first_mut().unwrap();
        target.optional = optional;
        target.findings.truncate(1);
        let finding = target.findings.first_mut().unwrap();
        (finding.outcome, finding.severity) = (outcome, severity);
        report
    }

    /// An outcome, its severity, whether the target is optional; then what its case holds.
    #[rustfmt::skip]
    const CASES: &[(Outcome, Severity, bool, Option<&str>)] = &[
        (Outcome::Pass,          Severity::High,     false, Some("")),
        (Outcome::Fail,          Severity::Critical, false, Some("<failure")),
        (Outcome::Fail,          Severity::High,     false, Some("<failure")),
        (Outcome::Fail,          Severity::Medium,   false, Some("<skipped")),
        (Outcome::Fail,          Severity::Critical, true,  Some("<skipped")),
        (Outcome::Unknown,       Severity::Low,      false, Some("<error")),
        (Outcome::Unknown,       Severity::High,     true,  Some("<skipped")),
        (Outcome::NotTested,     Severity::High,     false, Some("<skipped")),
        (Outcome::Waived,        Severity::Critical, false, Some("<skipped")),
        (Outcome::NotApplicable, Severity::High,     false, None),
    ];

    #[test]
    fn only_what_passed_is_a_passed_case() {
        for (outcome, severity, optional, expected) in CASES {
            let xml = super::render(&with(*outcome, *severity, *optional)).unwrap();
            let case = xml.split_once("name=\"auth/not-refused GET /orders\"");
            let Some((_, rest)) = case else {
                assert_eq!(*expected, None, "{outcome:?}");
                continue;
            };
            let (head, body) = rest.split_once('>').unwrap();
            let child = body.trim_start().split([' ', '>']).next().unwrap();
            let child = if head.ends_with('/') { "" } else { child };
            assert_eq!(Some(child), *expected, "{outcome:?} {severity} {optional}");
        }
    }

    #[test]
    fn the_verdict_is_the_exit_code() {
        for (exit, _) in ExitCode::ALL {
            let mut report = with(Outcome::Pass, Severity::Low, true);
            report.summary.exit_code = exit;
            let xml = super::render(&report).unwrap();
            let fails = xml.contains("<failure") || xml.contains("<error");
            assert_eq!(fails, exit != ExitCode::Pass, "{exit:?}");
        }
    }
}
