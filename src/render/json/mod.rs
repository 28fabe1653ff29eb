//! The report for machines, in a form of its own: see [`v1`] and `docs/json.md`.

pub mod v1;

use std::fmt::Write as _;

use serde::Serialize;

use crate::model::{WORKFLOW_COMMANDS, is_invisible};
use crate::report::{Drift, Report};

/// Pretty-printed JSON, ending in a line feed. A peer's text is in it as it came, but written so
/// that neither a terminal nor a build's log takes it for orders.
///
/// # Errors
/// Only if a value cannot be represented in JSON, which would be a fault of ours.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    pretty(&v1::Report::from(report))
}

/// What moved between two runs, as [`render`] has it under `drift`.
///
/// # Errors
/// As there.
pub fn drift(drift: &Drift) -> Result<String, serde_json::Error> {
    pretty(&v1::Drift::from(drift))
}

/// Any form as pretty-printed JSON, ending in a line feed and safe to print.
pub(super) fn pretty(form: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(form).map(|text| harmless(&text) + "\n")
}

/// The same JSON, with what a terminal or a build's log would act on escaped: it can stand in
/// strings only (RFC 8259 §7).
#[must_use]
pub fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_invisible(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    for marker in WORKFLOW_COMMANDS {
        out = out.replace(marker, &marker.replacen('#', "\\u0023", 1));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::harmless;

    /// What a peer said, and how it is written.
    #[rustfmt::skip]
    const SAID: &[(&str, &str)] = &[
        ("plain # text ## [",  "\"plain # text ## [\""),
        ("\u{9b}31m\u{202e}",  r#""\u009b31m\u202e""#),
        ("\u{e0041}\u{7f}",    r#""\udb40\udc41\u007f""#),
        ("##[error]x",         r#""\u0023#[error]x""#),
        (r"\##vso[x]",         r#""\\\u0023#vso[x]""#),
        ("é 漢 🙂",             "\"é 漢 🙂\""),
    ];

    #[test]
    fn it_is_the_same_json_without_orders_in_it() {
        for (said, written) in SAID {
            let json = harmless(&serde_json::to_string(said).unwrap());
            assert_eq!(json, *written);
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), *said);
        }
    }
}
