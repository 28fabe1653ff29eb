//! Tests: x-content-type-options and cross-origin-resource-policy. Values are folded, and two
//! lines arrive as one value that is none of those it knows.

use super::Hop;
use super::fields::folded;

pub(super) fn nosniff(last: &Hop) -> &'static str {
    match folded(last.fields.value("x-content-type-options").as_deref(), 256).as_deref() {
        None => "x-content-type-options-not-implemented",
        Some("nosniff") => "x-content-type-options-nosniff",
        Some(_) => "x-content-type-options-header-invalid",
    }
}

pub(super) fn corp(last: &Hop) -> &'static str {
    let value = last.fields.value("cross-origin-resource-policy");
    match folded(value.as_deref(), 256).as_deref() {
        None | Some("") => "corp-not-implemented",
        Some("same-origin") => "corp-implemented-with-same-origin",
        Some("same-site") => "corp-implemented-with-same-site",
        Some("cross-origin") => "corp-implemented-with-cross-origin",
        Some(_) => "corp-header-invalid",
    }
}
