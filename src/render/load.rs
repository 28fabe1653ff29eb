//! A load run in a sentence.

use crate::facts::latency::LoadFacts;
use crate::report::{Report, TargetReport};

/// The targets that were put under load, and what it came to.
#[must_use]
pub fn sentences(report: &Report) -> Vec<(&TargetReport, String)> {
    let loaded = report.targets.iter().filter_map(|target| {
        let load = target.facts.latency.known()?.load.as_ref()?;
        Some((target, sentence(load)))
    });
    loaded.collect()
}

fn sentence(load: &LoadFacts) -> String {
    let mut said = vec![format!(
        "{} users: {} of {} requests answered, {:.1}/s of {:.1}/s",
        load.users, load.succeeded, load.intended, load.throughput_per_s, load.intended_per_s
    )];
    let percentiles = load.percentiles_us.iter();
    said.extend(percentiles.map(|one| format!("{} {}", one.quantile(), one.value())));
    let errors = load.errors.iter().filter(|(_, count)| **count > 0);
    said.extend(errors.map(|(class, count)| format!("{count} {class}")));
    said.extend(
        (load.limited > 0).then(|| format!("{} refused by a rate limit (429)", load.limited)),
    );
    said.extend(
        load.beyond
            .as_ref()
            .map(|limit| format!("asked beyond {limit}")),
    );
    said.join(", ")
}
