//! Percent-encoding (RFC 3986 §2.1).

use std::fmt::Write as _;

/// `text` with everything but unreserved characters (§2.3) encoded, so that it stays inside one
/// segment, parameter or form field.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `text` with every encoded byte decoded; what is no encoding stays, what is no UTF-8 is replaced.
#[must_use]
pub fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        // `from_str_radix` takes a sign, too.
        if let Some(byte) = byte.filter(|_| !part.starts_with('+')) {
            out.push(byte);
            out.extend_from_slice(part.get(2..).unwrap_or_default().as_bytes());
        } else {
            out.push(b'%');
            out.extend_from_slice(part.as_bytes());
        }
    }
    String::from_utf8_lossy(&out).into_owned()
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
        ] {
            assert_eq!(encode(text), encoded);
            assert_eq!(decode(encoded), text);
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
