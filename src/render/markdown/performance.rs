//! Where the time goes, the slowest server first.

use super::{prose, table, titled};
use crate::model::Phases;
use crate::report::Report;

pub(super) fn section(report: &Report) -> String {
    let mut timed: Vec<(&str, Phases, Option<Phases>)> = report
        .targets
        .iter()
        .filter_map(|target| {
            let latency = target.facts.latency.known()?;
            let warm = latency.warm.as_ref().map(|warm| warm.median);
            Some((target.name.as_str(), latency.cold.as_ref()?.median, warm))
        })
        .collect();
    timed.sort_by_key(|(_, cold, _)| std::cmp::Reverse(cold.server));
    let rows: Vec<Vec<String>> = timed
        .iter()
        .map(|(name, cold, warm)| row(name, cold, *warm))
        .collect();
    let head = [
        "Target",
        "dns",
        "tcp",
        "tls",
        "server",
        "= cold TTFB",
        "transfer",
        "warm",
    ];
    titled("Performance", &table(&head, &rows))
}

fn row(name: &str, cold: &Phases, warm: Option<Phases>) -> Vec<String> {
    vec![
        prose(name),
        cold.dns.to_string(),
        cold.tcp.to_string(),
        cold.tls.to_string(),
        format!("**{}**", cold.server),
        cold.ttfb().to_string(),
        cold.transfer.to_string(),
        warm.map_or("-".to_owned(), |warm| warm.ttfb().to_string()),
    ]
}
