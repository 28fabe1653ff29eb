//! Which service sends which header field.

use super::endpoints::mark;
use super::{code, prose, table, titled};
use crate::facts::headers::Page;
use crate::model::Untrusted;
use crate::render::matrix::{Row, columns, rows};
use crate::report::{Report, TargetReport};

/// A value longer than this is cut: the whole one is in the evidence.
const CELL: usize = 60;

pub(super) fn section(report: &Report) -> String {
    let columns = columns(report);
    if columns.is_empty() {
        return String::new();
    }
    let names: Vec<String> = columns.iter().map(heading).collect();
    let mut head = vec!["", "Field"];
    head.extend(names.iter().map(String::as_str));
    let rows: Vec<Vec<String>> = rows(&columns).iter().map(cells).collect();
    titled("Headers", &table(&head, &rows))
}

/// The service, and the page whose fields are shown.
fn heading((target, page): &(&TargetReport, &Page)) -> String {
    format!(
        "{}: {} {}",
        prose(&target.name),
        page.status,
        code(&page.label)
    )
}

fn cells(row: &Row) -> Vec<String> {
    let sign = row.standing.map_or("", mark);
    let values = row.values.iter().map(|value| {
        let value = value.as_ref();
        value.map_or_else(|| "missing".to_owned(), |value| code(&shortened(value)))
    });
    let first = [sign.to_owned(), row.name.to_owned()];
    first.into_iter().chain(values).collect()
}

fn shortened(value: &str) -> String {
    Untrusted::from(value).terminal_within(CELL)
}
