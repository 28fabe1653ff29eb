//! Which service sends which header field.

use maud::{Markup, html};

use super::{section as titled, sign, table, text};
use crate::render::matrix::{columns, rows};
use crate::report::Report;

pub(super) fn section(report: &Report) -> Markup {
    let columns = columns(report);
    let mut head = vec![html! { "Verdict" }, html! { "Field" }];
    head.extend(columns.iter().map(|(target, page)| {
        html! { (text(&target.name)) ": " (page.status) " " code { (text(&page.label)) } }
    }));
    let rows = html! {
        @for row in rows(&columns) {
            tr {
                td { @if let Some(standing) = row.standing { (sign(standing)) } }
                th scope="row" { (row.name) }
                @for value in &row.values {
                    td {
                        @if let Some(value) = value { code { (text(value)) } } @else { "missing" }
                    }
                }
            }
        }
    };
    titled(
        "headers",
        "Headers",
        columns.is_empty(),
        &table("Headers", &head, &rows),
    )
}
