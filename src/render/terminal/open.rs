//! How many essential questions are open, and what it would take to close them.

use super::Style;
use super::layout::labelled;
use crate::model::Untrusted;
use crate::render::open::by_cause;
use crate::report::Report;

/// One line; with `-v` a line for each question as well.
pub(super) fn render(report: &Report, style: Style) -> String {
    let causes = by_cause(report);
    let open: usize = causes.values().map(|cause| cause.questions.len()).sum();
    if open == 0 {
        return String::new();
    }
    let each: Vec<String> = causes
        .iter()
        .map(|(cause, of)| format!("{}: {cause}", of.questions.len()))
        .collect();
    let noun = if open == 1 { "question" } else { "questions" };
    let hint = if style.verbose {
        ""
    } else {
        " (-v lists them)"
    };
    let said = format!("{open} essential {noun} open{hint}. {}", each.join("; "));
    let mut out = String::from("\n");
    out.push_str(&labelled(
        "",
        &Untrusted::from(said).terminal(),
        style.width,
    ));
    if style.verbose {
        for (name, open) in causes.values().flat_map(|cause| &cause.questions) {
            let line = format!("{name}  {}: {}: {}", open.place, open.question, open.said);
            out.push_str(&labelled(
                "open",
                &Untrusted::from(line).terminal(),
                style.width,
            ));
        }
    }
    out
}
