//! What moved since an earlier run.

use super::{prose, table, titled};
use crate::render::drift::{rows, sentence};
use crate::report::{Drift, Report};

/// The section of a report that was held against an earlier run; empty for another.
pub(super) fn section(report: &Report) -> String {
    report.drift.as_ref().map_or_else(String::new, render)
}

/// A heading, how much moved, and a row for each thing that did.
#[must_use]
pub fn render(drift: &Drift) -> String {
    let rows = rows(drift).into_iter().map(|row| {
        vec![
            row.change.to_owned(),
            prose(row.target),
            prose(&row.what),
            row.said.markdown(),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let table = table(&["Change", "Service", "What", "Then → now"], &rows);
    let gap = if table.is_empty() { "" } else { "\n" };
    titled(
        "Changes",
        &format!("{}.\n{gap}{table}", prose(&sentence(drift))),
    )
}
