//! The report for machines, in a form of its own: see [`v1`] and `docs/json.md`.

pub mod v1;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::PrettyFormatter;

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

/// The same, piece by piece: of many targets it is too long to be held as a whole.
///
/// # Errors
/// Where `out` takes no more, and as [`render`].
pub fn write(report: &Report, out: impl Write) -> io::Result<()> {
    let mut out = Harmless(out);
    let formatter = PrettyFormatter::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    v1::Report::from(report).serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// One line of JSON without its end, piece by piece, just as safe to print.
///
/// # Errors
/// Where `out` takes no more, and as [`render`].
pub fn write_line(value: &impl Serialize, out: impl Write) -> io::Result<()> {
    serde_json::to_writer(Harmless(out), value).map_err(io::Error::from)
}

/// Passes JSON on as [`harmless`] has it. The serializer hands over each piece of a string whole, from
/// one escape to the next, so that nothing that is to be escaped is ever cut in two.
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(piece)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.0.write_all(harmless(text).as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
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
    serde_json::to_string_pretty(form).map(|text| harmless(&text).into_owned() + "\n")
}

/// The same JSON, with what a terminal or a build's log would act on escaped: it can stand in
/// strings only (RFC 8259 §7).
fn harmless(json: &str) -> Cow<'_, str> {
    let is_marked = WORKFLOW_COMMANDS.iter().any(|marker| json.contains(marker));
    if !is_marked && !json.chars().any(is_invisible) {
        return Cow::Borrowed(json);
    }
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
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{harmless, write_line};

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
            let json = serde_json::to_string(said).unwrap();
            assert_eq!(harmless(&json), *written);
            let mut line = Vec::new();
            write_line(said, &mut line).unwrap();
            assert_eq!(line, written.as_bytes());
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), *said);
        }
    }
}
