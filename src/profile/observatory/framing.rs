//! Test: x-frame-options.

use super::Hop;
use super::fields::folded;

/// Any `frame-ancestors` in the merged policy wins, whatever it says and wherever it stood.
pub(super) fn test(last: &Hop, frame_ancestors: bool) -> &'static str {
    if frame_ancestors {
        return "x-frame-options-implemented-via-csp";
    }
    let value = folded(last.fields.value("x-frame-options").as_deref(), 1024);
    match value.as_deref() {
        None => "x-frame-options-not-implemented",
        Some("deny" | "sameorigin") => "x-frame-options-sameorigin-or-deny",
        Some(value) if value.starts_with("allow-from") => "x-frame-options-allow-from-origin",
        Some(_) => "x-frame-options-header-invalid",
    }
}
