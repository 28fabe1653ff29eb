//! The grade table for spreadsheets: one row a target (RFC 4180, with a header line).

use std::io;

use csv::{IntoInnerError, Terminator, WriterBuilder};

use super::entry::shown;
use crate::grade::Letter;
use crate::model::{Family, Micros, Severity};
use crate::report::{Outcome, Report, TargetReport};

/// The table. An empty cell is "not configured"; `?` should have been measured and was not.
///
/// # Errors
/// Only if the rows had different lengths, which would be a fault of ours.
pub fn render(report: &Report) -> io::Result<String> {
    // RFC 4180 §2: lines end in CRLF.
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(header())?;
    for target in &report.targets {
        writer.write_record(row(target))?;
    }
    let bytes = writer.into_inner().map_err(IntoInnerError::into_error)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn header() -> Vec<&'static str> {
    let mut cells = vec!["target", "url", "grade"];
    cells.extend(Family::ALL.map(Family::name));
    cells.extend(["cold_first_byte_ms", "cold_server_ms"]);
    cells.extend(Severity::ALL.iter().rev().map(|severity| severity.name()));
    cells.extend([
        "waived",
        "unknown",
        "not_tested",
        "open_questions",
        "complete",
    ]);
    cells
}

fn row(target: &TargetReport) -> Vec<String> {
    let mut cells = vec![text(&target.name), text(&target.url), letter(target.grade)];
    cells.extend(Family::ALL.map(|family| letter(target.families.of(family).grade)));
    let latency = target.facts.latency.known();
    let cold = latency.and_then(|latency| latency.cold());
    cells.push(cold.map_or_else(String::new, |cold| millis(cold.median.ttfb())));
    cells.push(cold.map_or_else(String::new, |cold| millis(cold.median.server)));
    cells.extend(Severity::ALL.iter().rev().map(|severity| {
        let failed = target.failures();
        failed
            .filter(|finding| finding.severity == *severity)
            .count()
            .to_string()
    }));
    let counted = [Outcome::Waived, Outcome::Unknown, Outcome::NotTested].map(|outcome| {
        let findings = target.findings.iter();
        findings
            .filter(|finding| finding.outcome == outcome)
            .count()
            .to_string()
    });
    cells.extend(counted);
    cells.push(target.coverage.open().len().to_string());
    cells.push(target.complete.to_string());
    cells
}

fn letter(letter: Letter) -> String {
    match letter {
        // A cell that is a dash alone is a formula to some spreadsheets.
        Letter::NotConfigured => String::new(),
        Letter::LeftOut | Letter::NotMeasured | Letter::Graded(_) => letter.shown().to_owned(),
    }
}

fn millis(time: Micros) -> String {
    format!("{}.{:03}", time.0 / 1000, time.0 % 1000)
}

/// Text that a spreadsheet takes for text: one that begins like a formula gets an apostrophe (OWASP,
/// "CSV Injection").
fn text(text: &str) -> String {
    let text = shown(text);
    if text.starts_with(['=', '+', '-', '@']) {
        return format!("'{text}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::render::sample;

    #[test]
    fn the_whole_form() {
        insta::assert_snapshot!(super::render(&sample::report()).unwrap());
    }

    #[test]
    fn no_cell_is_a_formula() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-x", "'-x"),
            ("@sum", "'@sum"),
            ("\t=1", "\\x09=1"),
            ("\r\n=1", "\\x0d\\x0a=1"),
            ("A-", "A-"),
        ];
        for (said, cell) in cases {
            assert_eq!(text(said), cell);
        }
    }
}
