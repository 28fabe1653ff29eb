//! What is declared of endpoints, met or not; and the essential questions that are open.

use maud::{Markup, html};

use super::{section as titled, sign, table, text, words};
use crate::render::open::by_cause;
use crate::report::claims::Row;
use crate::report::{Report, TargetReport};

pub(super) fn section(report: &Report) -> Markup {
    let claims = report
        .targets
        .iter()
        .flat_map(|target| target.claims.iter().map(move |row| (target, row)));
    let rows = html! { @for (target, row) in claims { (rows(target, row)) } };
    let head = words(&[
        "Verdict", "Service", "Request", "Asked as", "Wanted", "Got", "Size", "Time",
    ]);
    let none = report.targets.iter().all(|target| target.claims.is_empty());
    titled(
        "endpoints",
        "Endpoints",
        none,
        &table("Endpoints", &head, &rows),
    )
}

fn rows(target: &TargetReport, row: &Row) -> Markup {
    html! {
        tr {
            td { (sign(row.standing)) }
            td { (text(&target.name)) }
            td {
                code { (text(&row.request)) }
                @if let Some(note) = &row.note { " " (text(note)) }
            }
            td { (row.asked_as) }
            td { (text(&row.wanted)) }
            td { (row.got.terminal()) }
            td { @if let Some(size) = row.size { (size.0) " B" } }
            td { @if let Some(took) = row.took { (took.to_string()) } }
        }
        @for part in &row.parts {
            tr.part {
                td { (sign(part.standing)) }
                td {}
                td { code { (text(&part.name)) } }
                td {}
                td { (text(&part.wanted)) }
                td { (part.got.terminal()) }
                td {}
                td {}
            }
        }
    }
}

/// By what would close them.
pub(super) fn open(report: &Report) -> Markup {
    let causes = by_cause(report);
    let body = html! {
        @for (cause, of) in &causes {
            details {
                summary { (of.questions.len()) " open: " (text(cause)) }
                ul {
                    @for (name, open) in &of.questions {
                        li { (text(&format!("{name}, {}: {}", open.place, open.question))) }
                    }
                }
            }
        }
    };
    titled("open", "Open questions", causes.is_empty(), &body)
}
