//! The last line: the verdict, what was written, and the exit code.

use colored::Colorize as _;

use super::Style;
use crate::report::{ExitCode, Report};

pub(super) fn render(report: &Report, written: &[String], _: Style) -> String {
    let summary = &report.summary;
    let word = match summary.exit_code {
        ExitCode::Pass => "PASS".green().bold(),
        ExitCode::Finding => "FAIL".red().bold(),
        ExitCode::Inconclusive => "INCONCLUSIVE".magenta().bold(),
        ExitCode::Interrupted => "INTERRUPTED".magenta().bold(),
        ExitCode::Nothing => "NOTHING".yellow().bold(),
        ExitCode::Usage | ExitCode::Unwritten | ExitCode::Bug => "ERROR".red().bold(),
    };
    let mut parts = vec![format!("{word}  {}", summary.reason)];
    parts.extend(written.iter().cloned());
    parts.push(format!("exit {}", summary.exit_code.number()));
    format!("\n{}\n", parts.join("   "))
}
