//! Where the time goes, the slowest server first.

use super::endpoints::mark;
use super::{prose, table, titled};
use crate::facts::contract::Standing;
use crate::model::{Micros, Untrusted};
use crate::render::load;
use crate::render::waterfall::{self, Ink, Row};
use crate::report::{Report, in_time};

/// Columns of the widest bar: the block fits an issue tracker's width.
const BAR: usize = 48;

/// Widest of a name beside a bar.
const NAME: usize = 20;

/// Below this factor no server is the slowest: the next run has another one in front.
const ALIKE: f64 = 1.1;

pub(super) fn section(report: &Report) -> String {
    let timed = waterfall::slowest_server_first(report);
    let rows = timed.iter().map(row);
    let head = [
        "",
        "Timed",
        "dns",
        "tcp",
        "tls",
        "server",
        "= first byte, cold",
        "target / alert",
        "transfer",
        "warm: first byte (total)",
        "answered",
        "statuses",
    ];
    let mut body = table(&head, &rows.collect::<Vec<_>>());
    if !timed.is_empty() {
        body.push_str(&slowest(&timed));
        body.push_str(&picture(&timed));
    }
    for (target, said) in load::sentences(report) {
        let (name, said) = (prose(&target.name), prose(&said));
        body.push_str(&format!("\nUnder load, {name}: {said}\n"));
    }
    titled("Time", &body)
}

fn row(row: &Row<'_>) -> Vec<String> {
    let latency = row.target.facts.latency.known();
    let thresholds = latency.map(|latency| format!("{} / {}", latency.target_ms, latency.alert_ms));
    let sign = latency.map_or(Standing::Open, |latency| in_time(row.timed, latency));
    let warm = row.warm();
    let warm = warm.map(|warm| format!("{} ({})", warm.ttfb(), warm.total()));
    let answered = row.timed.answered.as_ref();
    let statuses = row.timed.statuses.iter();
    let statuses: Vec<String> = statuses
        .map(|(status, times)| format!("{times} × {status}"))
        .collect();
    let (confidence, median) = (row.cold.confidence(), row.cold.median);
    vec![
        mark(sign).to_owned(),
        prose(&row.name()),
        median.dns.to_string(),
        median.tcp.to_string(),
        median.tls.to_string(),
        format!("**{}**", median.server),
        format!("{} ({confidence})", median.ttfb()),
        thresholds.unwrap_or_default(),
        median.transfer.to_string(),
        warm.unwrap_or_else(|| "-".to_owned()),
        answered.map_or_else(String::new, ToString::to_string),
        statuses.join(", "),
    ]
}

/// The slowest server, held against the next.
fn slowest(timed: &[Row<'_>]) -> String {
    let [slowest, next, ..] = timed else {
        return String::new();
    };
    let (most, less) = (slowest.cold.median.server, next.cold.median.server);
    let factor = most.as_millis_f64() / less.as_millis_f64().max(0.01);
    if factor < ALIKE {
        return String::new();
    }
    // 2.4 times, and 745 times: no more digits than the medians have.
    let digits = usize::from(factor < 10.0);
    format!(
        "\nSlowest server: {}, {most}, {factor:.digits$} times the next, {} ({less}).\n",
        prose(&slowest.name()),
        prose(&next.name()),
    )
}

/// One target phase by phase, several side by side.
fn picture(timed: &[Row<'_>]) -> String {
    let longest = timed.iter().map(|row| row.cold.median.total()).max();
    let scale = longest.unwrap_or(Micros(0));
    let lines = match timed {
        [row] => waterfall::steps(&row.cold.median, scale, BAR, Ink::Unicode),
        several => std::iter::once(waterfall::legend(Ink::Unicode))
            .chain(several.iter().map(|row| beside(row, scale)))
            .collect(),
    };
    format!("\n```text\n{}\n```\n", lines.join("\n"))
}

/// Nothing in a name may end the code block: backticks are replaced.
fn beside(row: &Row<'_>, scale: Micros) -> String {
    let cold = &row.cold.median;
    let name = Untrusted::from(row.name().replace('`', "'")).terminal_ends_within(NAME);
    let bar = waterfall::bar(cold, scale, BAR, Ink::Unicode);
    format!("{name:<NAME$} {bar} {}", cold.ttfb())
}
