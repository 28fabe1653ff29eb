//! The report for machines: its own serialised form, versioned by `schema`.

use crate::report::Report;

/// Pretty-printed JSON, ending in a line feed.
///
/// # Errors
/// Only if a value cannot be represented in JSON, which would be a fault of ours.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}
