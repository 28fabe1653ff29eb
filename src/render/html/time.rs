//! Where the time to the first byte goes, as a picture and in numbers.

use maud::{Markup, html};

use super::{section as titled, table, text, words};
use crate::model::{Micros, Phases};
use crate::render::waterfall::{Row, slowest_server_first};
use crate::report::Report;

/// The picture's width in units of its own.
const WIDTH: u64 = 1000;

type Phase = (&'static str, fn(&Phases) -> Micros);

/// The phases in the order they happen.
const PHASES: [Phase; 5] = [
    ("dns", |phases| phases.dns),
    ("tcp", |phases| phases.tcp),
    ("tls", |phases| phases.tls),
    ("server", |phases| phases.server),
    ("transfer", |phases| phases.transfer),
];

pub(super) fn section(report: &Report) -> Markup {
    let timed = slowest_server_first(report);
    let totals = timed.iter().map(|row| row.cold.median.total());
    let scale = totals.max().unwrap_or(Micros(0));
    let mut head = words(&["Timed"]);
    head.extend(
        PHASES
            .iter()
            .map(|(name, _)| html! { span class={ "key " (name) } {} " " (name) }),
    );
    head.extend(words(&["First byte, cold", "Median of cold requests"]));
    let rows = html! {
        @for row in &timed {
            tr {
                th scope="row" { (text(&row.name())) }
                @for (_, phase) in PHASES { td { (phase(&row.cold.median).to_string()) } }
                td { (row.cold.median.ttfb().to_string()) }
                td { (picture(row, scale)) }
            }
        }
    };
    titled(
        "time",
        "Time",
        timed.is_empty(),
        &table("Time", &head, &rows),
    )
}

/// One bar; the numbers beside it say the same.
fn picture(row: &Row<'_>, scale: Micros) -> Markup {
    let at = |time: Micros| time.0.saturating_mul(WIDTH) / scale.0.max(1);
    let mut from = Micros(0);
    let bars = PHASES.map(|(name, phase)| {
        let start = from;
        from = from + phase(&row.cold.median);
        (name, at(start), at(from).saturating_sub(at(start)))
    });
    html! {
        svg viewBox={ "0 0 " (WIDTH) " 40" } preserveAspectRatio="none" aria-hidden="true" {
            @for (name, x, width) in bars {
                rect class=(name) x=(x) y="0" width=(width) height="40" {}
            }
        }
    }
}
