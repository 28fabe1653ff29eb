//! What an ordinary run of each example shows of its essential questions, as the file itself says.

use std::collections::BTreeMap;

use super::replica::{System, audit};
use super::{FAMILIES, SYSTEMS, assert_none, side_by_side};
use seaworthy::model::Family;
use seaworthy::report::TargetReport;

const JUDGED: [Family; 4] = [
    Family::Cors,
    Family::Auth,
    Family::Websocket,
    Family::Contract,
];

#[test]
fn each_example_states_its_coverage() {
    assert_none(side_by_side(SYSTEMS.iter(), |system| unstated(system)));
}

fn unstated(system: &'static System) -> Option<String> {
    let targets = audit(system, "none", FAMILIES, &[]).0;
    let heading = "# Shown of the essential questions where all is well, by an ordinary run:\n";
    let lines: String = targets.iter().map(lines).collect();
    let stated = format!("{heading}{lines}");
    let is_stated = system.file.ends_with(&format!("\n\n{stated}"));
    let first = targets.first().map_or("", |target| target.name.as_str());
    (!is_stated).then(|| format!("the example of {first} should end in:\n{stated}"))
}

/// The fraction of each family, and what would close what is open.
fn lines(target: &TargetReport) -> String {
    let counts = JUDGED.map(|family| (family.name(), target.coverage.counts(family)));
    let asked = counts.iter().filter(|(_, (essential, _))| *essential > 0);
    let fractions: Vec<String> = asked
        .map(|(name, (essential, shown))| format!("{name} {shown}/{essential}"))
        .collect();
    let mut text = format!("#   {}: {}\n", target.name, fractions.join(", "));
    let mut needed: BTreeMap<&str, usize> = BTreeMap::new();
    for open in target.coverage.open() {
        *needed
            .entry(open.needs.as_deref().unwrap_or("nothing"))
            .or_default() += 1;
    }
    for (needs, count) in needed {
        text.push_str(&format!("#     {count} open without {needs}\n"));
    }
    text
}
