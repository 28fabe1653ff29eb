//! What each target's URL answered, so that nobody takes a login page's letters for the service's.

use super::Style;
use crate::model::Untrusted;
use crate::render::wrap::wrap;
use crate::report::{Report, TargetReport};

/// A line for each target that was answered by something else than a good answer; with `-v` for all.
pub(super) fn render(report: &Report, style: Style) -> String {
    let lines = report
        .targets
        .iter()
        .filter_map(|target| line(target, style));
    lines.collect()
}

fn line(target: &TargetReport, style: Style) -> Option<String> {
    let landing = target.facts.landing.as_ref()?;
    let answer = landing.answer.as_ref()?;
    let usual = landing.gate.is_none() && (200..300).contains(&answer.status);
    if usual && !style.verbose {
        return None;
    }
    let name = Untrusted::from(target.name.as_str()).terminal_ends_within(24);
    let gate = landing.gate.as_ref();
    let gate = gate.map_or_else(String::new, |gate| format!(": {gate}"));
    let said = Untrusted::from(format!("{answer}{gate}")).terminal();
    let lines = wrap(&format!("{name}  {said}"), style.width);
    Some(format!("{}\n", lines.join("\n  ")))
}
