//! What a cookie value looks like, without the value.
//!
//! A value that cannot be guessed is a credential wherever it is printed, so it is replaced by a
//! description at capture. The description is text, `(43 chars, 240 bits)`, so that evidence
//! stays one readable `Set-Cookie` line.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::wire::http::fault::trimmed;

/// Only whether it can be read matters here, not whether each bit is as it should be.
const URL_SAFE_NO_PAD_LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// A value reduced to what a judge needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Length in bytes.
    pub bytes: usize,
    /// How hard the most random part is to guess, in bits; an estimate from its alphabet and the
    /// mixing of its characters, counting words at the rate of prose.
    pub bits: usize,
    /// Three or five base64url parts, the first a header that names an algorithm (RFC 7519 §3).
    pub is_jwt: bool,
    /// A control character stands in it, for which browsers drop the cookie.
    pub has_control: bool,
}

impl Shape {
    /// Of a value as it was sent.
    #[must_use]
    pub fn of(value: &[u8]) -> Self {
        Self {
            bytes: value.len(),
            bits: value
                .split(|byte| !is_token_byte(*byte))
                .map(guess_bits)
                .max()
                .unwrap_or(0),
            is_jwt: is_jwt(value),
            has_control: value
                .iter()
                .any(|byte| byte.is_ascii_control() && *byte != b'\t'),
        }
    }

    /// Of a value in evidence: a description written by [`redact`], or a value as sent.
    pub(super) fn read(value: &str) -> Self {
        Self::described(value).unwrap_or_else(|| Self::of(value.as_bytes()))
    }

    fn described(value: &str) -> Option<Self> {
        let inside = value.strip_prefix('(')?.strip_suffix(')')?;
        if inside == "empty" {
            return Some(Self::default());
        }
        let mut shape = Self::default();
        for word in inside.split(", ") {
            match word.split_once(' ') {
                Some((count, "chars")) => shape.bytes = count.parse().ok()?,
                Some((count, "bits")) => shape.bits = count.parse().ok()?,
                None if word == "jwt" => shape.is_jwt = true,
                None if word == "control" => shape.has_control = true,
                _ => return None,
            }
        }
        (shape.bytes > 0).then_some(shape)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.bytes, self.is_jwt) {
            (0, _) => return f.write_str("(empty)"),
            (bytes, true) => write!(f, "(jwt, {bytes} chars, {} bits", self.bits)?,
            (bytes, false) => write!(f, "({bytes} chars, {} bits", self.bits)?,
        }
        f.write_str(if self.has_control { ", control)" } else { ")" })
    }
}

/// A `Set-Cookie` field value with the cookie's value replaced by its [`Shape`].
///
/// Name and attributes stay byte for byte as sent; a nameless cookie is all value up to the first
/// `;`. Called where the field is captured, before anything is stored.
#[must_use]
pub fn redact(field: &[u8]) -> Vec<u8> {
    let end = field
        .iter()
        .position(|byte| *byte == b';')
        .unwrap_or(field.len());
    let (pair, attributes) = field.split_at(end);
    let start = pair
        .iter()
        .position(|byte| *byte == b'=')
        .map_or(0, |equals| equals + 1);
    let (name, value) = pair.split_at(start);
    let mut out = name.to_vec();
    out.extend(Shape::of(trim(value)).to_string().into_bytes());
    out.extend(attributes);
    out
}

fn trim(value: &[u8]) -> &[u8] {
    std::str::from_utf8(value).map_or(value, |text| trimmed(text, 0).0.as_bytes())
}

/// RFC 7519 §3 and RFC 7516 §3.1, by shape. Signed cookies of Flask and Django look alike, but begin
/// with their data: a header has `alg` (RFC 7515 §4.1.1).
fn is_jwt(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|byte| *byte == b'.').collect();
    let encoded = |part: &&[u8]| {
        part.iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let names_algorithm = |header: &[u8]| {
        // A length that no whole number of bytes has leaves its last digit out.
        let whole = header.len() - usize::from(header.len() % 4 == 1);
        let decoded = URL_SAFE_NO_PAD_LENIENT.decode(header.get(..whole).unwrap_or_default());
        decoded.is_ok_and(|header| header.windows(5).any(|five| five == b"\"alg\""))
    };
    matches!(parts.len(), 3 | 5)
        && parts.iter().all(encoded)
        && parts.first().is_some_and(|header| names_algorithm(header))
}

/// The alphabets of hexadecimal, base64, base64url and UUIDs.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/')
}

/// An estimate of the bits behind one run of token characters.
///
/// Random text changes between lower case, upper case and digits all the time (expected: two of
/// three neighbours in base62, one of two in hexadecimal); words and identifiers do not. A run
/// that does not look random is counted at Shannon's 1.5 bits per letter of prose, digits at
/// their full 3.3.
fn guess_bits(run: &[u8]) -> usize {
    let digits = run.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = run.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let tenths = match (is_hexadecimal(run), is_mixed(run)) {
        (true, _) => 40 * (digits + letters),
        (false, true) => 60 * run.len(),
        (false, false) => 33 * digits + 15 * letters,
    };
    tenths / 10
}

/// One case only, sixteen digits at least, and both letters and decimal digits among them.
fn is_hexadecimal(run: &[u8]) -> bool {
    let hex = |lower: bool| {
        run.iter().all(|byte| {
            *byte == b'-'
                || byte.is_ascii_digit()
                || (byte.is_ascii_hexdigit() && byte.is_ascii_lowercase() == lower)
        })
    };
    run.len() >= 16
        && (hex(true) || hex(false))
        && run.iter().any(u8::is_ascii_digit)
        && run.iter().any(u8::is_ascii_alphabetic)
}

/// At least sixteen characters, a third of whose neighbours differ in class.
fn is_mixed(run: &[u8]) -> bool {
    let class = |byte: &u8| match byte {
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 3,
        _ => 4,
    };
    let changes = run
        .iter()
        .zip(run.iter().skip(1))
        .filter(|(left, right)| class(left) != class(right))
        .count();
    run.len() >= 16 && changes * 3 >= run.len()
}

#[cfg(test)]
mod tests {
    use super::{Shape, redact};
    use proptest::prelude::*;

    /// As sent, then as kept.
    #[rustfmt::skip]
    const CASES: &[(&str, &str)] = &[
        ("sid=",                                        "sid=(empty)"),
        ("sid=; Path=/",                                "sid=(empty); Path=/"),
        ("theme=dark; Path=/",                          "theme=(4 chars, 6 bits); Path=/"),
        ("sid=0123456789abcdef0123456789abcdef",        "sid=(32 chars, 128 bits)"),
        ("id=550e8400-e29b-41d4-a716-446655440000;a",   "id=(36 chars, 128 bits);a"),
        ("t=hQ3zV9xLm2Kp7RtW4sYb; Secure",              "t=(20 chars, 120 bits); Secure"),
        ("t=eyJhbGciOi.eyJzdWIiOiI.c2ln; HttpOnly",     "t=(jwt, 27 chars, 16 bits); HttpOnly"),
        // Flask's, and Django's: signed, and no JWT.
        ("session=eyJ1c2VyX2lkIjoxfQ.ZyYx.c2ln",        "session=(28 chars, 108 bits)"),
        ("_ga=GA1.2.1234567890.1700000000",             "_ga=(27 chars, 33 bits)"),
        ("p=enableDarkModeAndNewsletter",               "p=(27 chars, 40 bits)"),
        ("bare; Secure",                                "(4 chars, 6 bits); Secure"),
        ("a= b\x01 ; X",                                "a=(2 chars, 1 bits, control); X"),
    ];

    #[test]
    fn values_leave_only_their_shape() {
        for (sent, kept) in CASES {
            assert_eq!(
                String::from_utf8(redact(sent.as_bytes())).as_deref(),
                Ok(*kept),
                "{sent}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_description_is_read_back_as_it_was(value in proptest::collection::vec(any::<u8>(), 0..80)) {
            let shape = Shape::of(&value);
            prop_assert_eq!(Shape::described(&shape.to_string()), Some(shape));
        }

        #[test]
        fn no_value_survives(value in "[A-Za-z0-9+/]{24,64}", rest in "(; [a-z]{1,8}){0,3}") {
            let kept = redact(format!("n={value}{rest}").as_bytes());
            let kept = String::from_utf8(kept).unwrap();
            prop_assert!(!kept.contains(&value));
            prop_assert!(kept.starts_with("n=(") && kept.ends_with(&rest));
        }

        #[test]
        fn any_bytes_are_redacted(field in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = redact(&field);
        }
    }
}
