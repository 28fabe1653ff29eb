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

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn nothing_leaves_its_place() {
        for (text, encoded) in [
            ("a&b=c@d", "a%26b%3Dc%40d"),
            ("é", "%C3%A9"),
            ("A-z.0_~", "A-z.0_~"),
        ] {
            assert_eq!(encode(text), encoded);
        }
    }
}
