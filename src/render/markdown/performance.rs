//! Where the time goes, the slowest server first.

use super::{prose, table, titled};
use crate::facts::latency::Series;
use crate::model::{Micros, Phases, Untrusted};
use crate::render::load;
use crate::render::waterfall::{self, Ink, Row};
use crate::report::Report;

/// Columns of the widest bar: the block fits an issue tracker's width.
const BAR: usize = 48;

/// Widest of a name beside a bar.
const NAME: usize = 20;

pub(super) fn section(report: &Report) -> String {
    let timed = waterfall::slowest_server_first(report);
    let rows: Vec<Vec<String>> = timed
        .iter()
        .map(|timed| row(&timed.name(), timed.cold, timed.warm()))
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
    let mut body = table(&head, &rows);
    if !timed.is_empty() {
        body.push_str(&picture(&timed));
    }
    for (target, said) in load::sentences(report) {
        body.push_str(&format!(
            "\nUnder load, {}: {}\n",
            prose(&target.name),
            prose(&said)
        ));
    }
    titled("Performance", &body)
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

fn row(name: &str, cold: &Series, warm: Option<Phases>) -> Vec<String> {
    let confidence = cold.confidence();
    let cold = cold.median;
    vec![
        prose(name),
        cold.dns.to_string(),
        cold.tcp.to_string(),
        cold.tls.to_string(),
        format!("**{}**", cold.server),
        format!("{} ({confidence})", cold.ttfb()),
        cold.transfer.to_string(),
        warm.map_or("-".to_owned(), |warm| warm.ttfb().to_string()),
    ]
}
