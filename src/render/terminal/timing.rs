//! Pictures of where the time goes: each target's own, then all side by side.

use super::Style;
use crate::facts::latency::Series;
use crate::model::{Micros, Untrusted};
use crate::render::load;
use crate::render::waterfall::{self, Ink};
use crate::render::wrap::wrap;
use crate::report::{Report, TargetReport};

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
        out.push_str(&format!("LOAD  {}\n\n", lines.join("\n      ")));
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
    for (target, cold) in &timed {
        out.push_str(&alone(target, cold, style, ink));
    }
    if timed.len() > 1 {
        out.push_str(&side_by_side(&timed, style, ink));
    }
    out
}

fn alone(target: &TargetReport, cold: &Series, style: Style, ink: Ink) -> String {
    let name = Untrusted::from(target.name.as_str()).terminal_ends_within(NAME);
    let median = &cold.median;
    let (first, confidence) = (median.ttfb(), cold.confidence());
    let mut out = format!("TIMING  {name}  {first} to the first byte, cold ({confidence})\n");
    let width = style.width.saturating_sub(LABELS + 4).clamp(10, 60);
    for line in waterfall::steps(median, median.total(), width, ink) {
        out.push_str(&format!("  {line}\n"));
    }
    out.push('\n');
    out
}

fn side_by_side(timed: &[(&TargetReport, &Series)], style: Style, ink: Ink) -> String {
    let longest = timed.iter().map(|(_, cold)| cold.median.total()).max();
    let scale = longest.unwrap_or(Micros(0));
    let width = style.width.saturating_sub(NAME + 26).clamp(10, 60);
    let mut out = format!("SERVER TIME, slowest first   {}\n", waterfall::legend(ink));
    for (target, cold) in timed {
        let name = Untrusted::from(target.name.as_str()).terminal_ends_within(NAME);
        let bar = waterfall::bar(&cold.median, scale, width, ink);
        let (server, first) = (cold.median.server, cold.median.ttfb());
        out.push_str(&format!("  {name:<NAME$} {server:>8}  {bar} {first}\n"));
    }
    out.push('\n');
    out
}
