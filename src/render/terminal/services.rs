//! A line for each service: what its URL answered, how much of what is declared holds, what it says of
//! itself, and its certificate. Nobody is to take a login page's letters for the service's.

use super::Style;
use crate::facts::contract::Standing;
use crate::model::Untrusted;
use crate::render::service;
use crate::render::wrap::wrap;
use crate::report::{Report, TargetReport};

/// Of more services, only those are told that were answered by something else than a good answer.
const FEW: usize = 5;

/// Widest of a name.
const NAME: usize = 24;

pub(super) fn render(report: &Report, style: Style) -> String {
    let few = style.verbose || report.targets.len() <= FEW;
    let targets = report.targets.iter();
    let told = targets.filter(|target| few || unusual(target).is_some());
    told.map(|target| line(target, style)).collect()
}

/// What was answered, where that is no good answer of the service. An outage is a finding, which says
/// so itself.
fn unusual(target: &TargetReport) -> Option<String> {
    let landing = target.facts.landing.as_ref()?;
    let answer = landing.answer.as_ref()?;
    let usual = landing.gate.is_none() && (200..300).contains(&answer.status);
    if usual || target.facts.outage.is_some() {
        return None;
    }
    let gate = landing.gate.as_ref();
    let gate = gate.map_or_else(String::new, |gate| format!(": {gate}"));
    Some(format!("{answer}{gate}"))
}

fn line(target: &TargetReport, style: Style) -> String {
    let answers = || service::answers(target).map(|said| said.terminal());
    let answer = unusual(target).map(|said| Untrusted::from(said).terminal());
    let answer = answer.or_else(answers);
    let mut parts = vec![answer.unwrap_or_else(|| "no answer".to_owned())];
    if let Some(declared) = service::declared(target) {
        let (met, all) = (declared.met, declared.all);
        let sign = sign(declared.standing, style);
        parts.push(format!("{met} of {all} as declared {sign}"));
    }
    let (values, more) = service::says(target);
    parts.extend(values.iter().map(|value| {
        let name = Untrusted::from(value.name).terminal();
        let found = value.found.terminal();
        format!("{name} {found} {}", sign(value.standing, style))
    }));
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    if let Some((said, standing)) = service::certificate(target) {
        parts.push(format!("{} {}", said.terminal(), sign(standing, style)));
    }
    let name = Untrusted::from(target.name.as_str()).terminal_ends_within(NAME);
    let between = if style.unicode { " · " } else { "; " };
    let text = format!("{name}: {}", parts.join(between));
    let lines = wrap(&text, style.width.saturating_sub(2));
    format!("{}\n", lines.join("\n  "))
}

const fn sign(standing: Standing, style: Style) -> &'static str {
    match (standing, style.unicode) {
        (Standing::Met, true) => "✓",
        (Standing::NearAlert, true) => "⚠",
        (Standing::NotMet, true) => "✗",
        (Standing::Open, _) => "?",
        (Standing::Met, false) => "(ok)",
        (Standing::NearAlert, false) => "(warning)",
        (Standing::NotMet, false) => "(not so)",
    }
}
