//! Pictures of where the time goes: each target's own, then all side by side.

use super::Style;
use crate::model::{Micros, Untrusted};
use crate::render::load;
use crate::render::waterfall::{self, Ink, Row};
use crate::render::wrap::wrap;
use crate::report::Report;

/// Columns left of a bar in [`waterfall::steps`].
const LABELS: usize = 18;

/// Widest of a name in the comparison.
const NAME: usize = 20;

/// What load runs came to.
pub(super) fn load(report: &Report, style: Style) -> String {
    let mut out = String::new();
    for (target, said) in load::sentences(report) {
        let name = Untrusted::from(target.name.as_str()).terminal_within(NAME);
        let lines = wrap(&format!("{name}  {said}"), style.width.saturating_sub(6));
        out.push_str(&format!("LOAD  {}\n", lines.join("\n      ")));
    }
    out
}

pub(super) fn render(report: &Report, style: Style) -> String {
    let ink = if style.unicode {
        Ink::Unicode
    } else {
        Ink::Ascii
    };
    let timed = waterfall::slowest_server_first(report);
    let mut out = String::new();
    for row in &timed {
        out.push_str(&alone(row, style, ink));
    }
    if timed.len() > 1 {
        out.push_str(&side_by_side(&timed, style, ink));
    }
    out
}

fn alone(row: &Row<'_>, style: Style, ink: Ink) -> String {
    let name = Untrusted::from(row.name()).terminal_ends_within(NAME);
    let median = &row.cold.median;
    let (first, confidence) = (median.ttfb(), row.cold.confidence());
    let mut out = format!("TIMING  {name}  {first} to the first byte, cold ({confidence})\n");
    let width = style.width.saturating_sub(LABELS + 4).clamp(10, 60);
    for line in waterfall::steps(median, median.total(), width, ink) {
        out.push_str(&format!("  {line}\n"));
    }
    out.push('\n');
    out
}

fn side_by_side(timed: &[Row<'_>], style: Style, ink: Ink) -> String {
    let longest = timed.iter().map(|row| row.cold.median.total()).max();
    let scale = longest.unwrap_or(Micros(0));
    let width = style.width.saturating_sub(NAME + 26).clamp(10, 60);
    let mut out = format!("SERVER TIME, slowest first   {}\n", waterfall::legend(ink));
    for row in timed {
        let cold = &row.cold.median;
        let name = Untrusted::from(row.name()).terminal_ends_within(NAME);
        let bar = waterfall::bar(cold, scale, width, ink);
        let (server, first) = (cold.server, cold.ttfb());
        out.push_str(&format!("  {name:<NAME$} {server:>8}  {bar} {first}\n"));
    }
    out.push('\n');
    out
}
