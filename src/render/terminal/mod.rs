//! For people at a terminal: a row per target, findings by severity, one verdict line.

mod drift;
mod findings;
mod layout;
mod not_tested;
mod open;
mod pictures;
mod services;
mod suites;
mod table;
mod timing;
mod verdict;
mod waivers;

pub use drift::render as drift;

use colored::{ColoredString, Colorize as _};

use crate::model::{Grade, Severity, Untrusted};
use crate::render::wrap::wrap;
use crate::report::Report;

/// How to lay it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns to use.
    pub width: usize,
    /// Whether to colour. The caller also tells `colored`, whose own guess looks at one stream only.
    pub color: bool,
    /// Everything, pictures included.
    pub verbose: bool,
    /// Block characters and arrows, or plain ASCII.
    pub unicode: bool,
}

/// The whole report.
#[must_use]
pub fn render(report: &Report, written: &[String], style: Style) -> String {
    let with_all = |section: &dyn Fn() -> String| {
        let section = style.verbose.then(section);
        section.unwrap_or_default()
    };
    let drift = report.drift.as_ref();
    let sections = [
        format!("{}{}", headline(report, style), run(report)),
        table::render(report, style),
        services::render(report, style),
        timing::load(report, style),
        with_all(&|| suites::render(report)),
        with_all(&|| timing::render(report, style)),
        findings::render(report, style),
        open::render(report, style),
        drift.map_or_else(String::new, |drift| drift::render(drift, style)),
        with_all(&|| pictures::render(report, style)),
        verdict::render(report, written, style),
    ];
    let told = sections.iter().map(|section| section.trim_matches('\n'));
    let told: Vec<&str> = told.filter(|section| !section.is_empty()).collect();
    format!("{}\n", told.join("\n\n"))
}

/// What the run came to, no more than was shown.
fn headline(report: &Report, style: Style) -> String {
    let said = Untrusted::from(report.headline.as_str()).terminal();
    let lines = wrap(&said, style.width);
    format!("{}\n", lines.join("\n").bold())
}

/// What the run was.
fn run(report: &Report) -> String {
    let summary = &report.summary;
    let counts = &summary.counts;
    let noun = |count: usize, one: &str| {
        if count == 1 {
            format!("1 {one}")
        } else {
            format!("{count} {one}s")
        }
    };
    format!(
        "{}  {}  {}  {}  {:.1} s",
        report.tool,
        summary.list,
        noun(counts.targets, "target"),
        noun(counts.checks, "check"),
        std::time::Duration::from(summary.took).as_secs_f64(),
    )
}

/// A severity in its colour; the word comes first, the colour second.
fn severity(severity: Severity) -> ColoredString {
    let word = severity.name().to_uppercase();
    let word = format!("{word:<width$}", width = layout::INDENT);
    match severity {
        Severity::Critical => word.red().bold().reversed(),
        Severity::High => word.red().bold(),
        Severity::Medium => word.yellow().bold(),
        Severity::Low => word.cyan(),
        Severity::Info => word.dimmed(),
    }
}

/// The colour of a letter in a table cell.
const fn letter_color(grade: Grade) -> comfy_table::Color {
    match grade {
        Grade::APlus | Grade::A | Grade::AMinus => comfy_table::Color::Green,
        Grade::B | Grade::C => comfy_table::Color::Yellow,
        Grade::D | Grade::F => comfy_table::Color::Red,
    }
}
