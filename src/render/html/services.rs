//! A card for each service: its letters, why none is higher, and what is open.

use maud::{Markup, html};

use super::{section as titled, sign, text};
use crate::model::Family;
use crate::render::service;
use crate::report::{Report, TargetReport};

pub(super) fn section(report: &Report) -> Markup {
    let body = html! { div.cards { @for target in &report.targets { (card(target)) } } };
    titled("services", "Services", report.targets.is_empty(), &body)
}

fn card(target: &TargetReport) -> Markup {
    html! {
        article {
            h3 {
                (text(&target.name))
                @if target.optional { " (optional)" }
                " " strong.grade { (target.grade.shown()) }
            }
            p { code { (text(&target.url)) } }
            @if let Some(note) = &target.note { p { (text(note)) } }
            ul {
                @if let Some(said) = service::answers(target) {
                    li { "answers " (said.terminal()) }
                } @else {
                    li { "no answer" }
                }
                @if let Some(declared) = service::declared(target) {
                    li {
                        (declared.met) " of " (declared.all) " as declared " (sign(declared.standing))
                    }
                }
                @if let Some((said, standing)) = service::certificate(target) {
                    li { (said.terminal()) " " (sign(standing)) }
                }
            }
            table {
                thead {
                    tr {
                        th scope="col" { "Family" }
                        th scope="col" { "Grade" }
                        th scope="col" { "Why not higher" }
                    }
                }
                tbody { @for family in Family::ALL { (row(target, family)) } }
            }
            @let open = target.coverage.open().len();
            @if open > 0 {
                p { a href="#open" { (open) " open" } }
            }
        }
    }
}

fn row(target: &TargetReport, family: Family) -> Markup {
    let mark = target.families.of(family);
    let caps = mark.caps.iter();
    let caps = caps.map(|cap| format!("{} by {}", cap.limit, cap.because));
    html! {
        tr {
            th scope="row" { (family.title()) }
            td { (mark.shown()) }
            td { (caps.collect::<Vec<_>>().join(", ")) }
        }
    }
}
