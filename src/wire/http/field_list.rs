//! Field values that arrive in several lines or as a comma-separated list.

use super::fault::{pieces, trimmed};

/// The lines of one field as a recipient combines them (RFC 9110 §5.2): joined by a comma and a
/// space, in order.
#[must_use]
pub fn combined(lines: &[&str]) -> String {
    lines.join(", ")
}

/// Fetch, "get, decode, and split": the combined value cut at commas outside of quotes, each part
/// without surrounding spaces and tabs, with its byte offset in the combined value.
#[must_use]
pub fn split(combined: &str) -> Vec<(&str, usize)> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, byte) in combined.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                parts.push(trimmed(combined.get(start..at).unwrap_or_default(), start));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(trimmed(combined.get(start..).unwrap_or_default(), start));
    parts
}

/// A list whose members hold no quotes, split at every comma; empty members are dropped
/// (RFC 9110 §5.6.1.2).
pub(super) fn words(combined: &str) -> impl Iterator<Item = (&str, usize)> {
    pieces(combined, ',')
        .map(|(piece, start)| trimmed(piece, start))
        .filter(|(piece, _)| !piece.is_empty())
}

/// RFC 9110 §5.6.2.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// `tchar` of RFC 9110 §5.6.2.
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The text of a quoted-string (RFC 9110 §5.6.4), its quotes and escapes removed; nothing when
/// the value is not one.
pub(super) fn unquoted(value: &str) -> Option<String> {
    let inside = value.strip_prefix('"')?;
    let mut out = String::new();
    let mut chars = inside.chars();
    loop {
        match chars.next()? {
            '"' => return chars.next().is_none().then_some(out),
            '\\' => out.push(chars.next()?),
            c if c == '\t' || !c.is_ascii_control() => out.push(c),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{split, unquoted};

    #[test]
    fn commas_inside_quotes_do_not_split() {
        assert_eq!(split("a,b"), [("a", 0), ("b", 2)]);
        assert_eq!(
            split(" a , \"b,\\\",c\" ,"),
            [("a", 1), ("\"b,\\\",c\"", 5), ("", 15)]
        );
        assert_eq!(split(""), [("", 0)]);
    }

    #[test]
    fn quotes_come_in_pairs() {
        assert_eq!(unquoted("\"a\\\"b\"").as_deref(), Some("a\"b"));
        for broken in ["a", "\"a", "\"a\"b", "\"\\", "\"\x01\""] {
            assert_eq!(unquoted(broken), None, "{broken:?}");
        }
    }
}
