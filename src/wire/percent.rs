//! Percent-encoding (RFC 3986 §2.1).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters (§2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `text` with everything but unreserved characters encoded, so that it stays inside one segment,
/// parameter or form field.
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// `text` with every encoded byte decoded; what is no encoding stays, what is no UTF-8 is replaced.
#[must_use]
pub fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn nothing_leaves_its_place() {
        for (text, encoded) in [
            ("a&b=c@d", "a%26b%3Dc%40d"),
            ("é", "%C3%A9"),
            ("A-z.0_~", "A-z.0_~"),
            ("100%/B", "100%25%2FB"),
        ] {
            assert_eq!(encode(text), encoded);
            assert_eq!(decode(encoded), text);
            assert_eq!(
                decode(&encoded.to_ascii_lowercase()),
                text.to_ascii_lowercase()
            );
        }
    }

    #[test]
    fn what_is_no_encoding_stays() {
        for (text, decoded) in [
            ("100%", "100%"),
            ("%+1%é%4", "%+1%é%4"),
            ("%2fa%C3", "/a\u{fffd}"),
        ] {
            assert_eq!(decode(text), decoded);
        }
    }
}
