//! The last lines: what was written, the verdict, and the exit code.

use colored::{ColoredString, Colorize as _};

use super::Style;
use crate::model::Untrusted;
use crate::render::proxy::{HIDDEN, proxies};
use crate::render::wrap::wrap;
use crate::report::{ExitCode, Report};

pub(super) fn render(report: &Report, written: &[String], style: Style) -> String {
    let summary = &report.summary;
    let (plain, colored) = word(summary.exit_code);
    let exit = format!("exit {}", summary.exit_code.number());
    let mut out = String::from("\n");
    if report.targets.iter().any(|target| target.insecure) {
        let (mark, said) = (
            "INSECURE",
            "certificates were held against no trust anchor (-k)",
        );
        out.push_str(&format!("{}  {said}\n", mark.magenta().bold()));
    }
    for (proxy, names) in proxies(report) {
        let (proxy, names) = (Untrusted::from(proxy), Untrusted::from(names));
        let said = format!("{}: {}; {HIDDEN}", names.terminal(), proxy.terminal());
        out.push_str(&format!("{}  {said}\n", "PROXY".cyan().bold()));
    }
    let fits = |line: &str| plain.len() + 2 + line.chars().count() <= style.width;
    let mut parts = vec![summary.reason.as_str()];
    parts.extend(written.iter().map(String::as_str));
    parts.push(&exit);
    let one_line = parts.join("   ");
    if fits(&one_line) {
        out.push_str(&format!("{colored}  {one_line}\n"));
        return out;
    }
    for file in written {
        out.push_str(&format!("{file}\n"));
    }
    let verdict = format!("{}   {exit}", summary.reason);
    let lines = if fits(&verdict) {
        vec![verdict]
    } else {
        wrap(&verdict, style.width.saturating_sub(plain.len() + 2))
    };
    out.push_str(&format!("{colored}  {}\n", lines.join("\n      ")));
    out
}

fn word(exit: ExitCode) -> (&'static str, ColoredString) {
    match exit {
        ExitCode::Pass => ("PASS", "PASS".green().bold()),
        ExitCode::Finding => ("FAIL", "FAIL".red().bold()),
        ExitCode::Inconclusive => ("INCONCLUSIVE", "INCONCLUSIVE".magenta().bold()),
        ExitCode::Interrupted => ("INTERRUPTED", "INTERRUPTED".magenta().bold()),
        ExitCode::Nothing => ("NOTHING", "NOTHING".yellow().bold()),
        ExitCode::Usage | ExitCode::Unwritten | ExitCode::Bug => ("ERROR", "ERROR".red().bold()),
    }
}
