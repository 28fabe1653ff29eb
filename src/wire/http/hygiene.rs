//! Faults of a field section as a whole: repeated singletons, bytes outside the grammar, size.

use super::field_list::is_token_byte;

/// What is wrong with a field line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// A name with bytes no name may have (RFC 9110 §5.1).
    BadName,
    /// A control character in a value (RFC 9110 §5.5).
    Control,
    /// Bytes above ASCII in a value, which recipients read differently (RFC 9110 §5.5).
    NotAscii,
    /// A security field without a value.
    Empty,
    /// A field that may stand once, standing twice with the same value.
    Repeated,
    /// A field that may stand once, standing twice with different values.
    Contradicting,
}

impl Flaw {
    /// The rule that was broken, in words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::BadName => "its name holds bytes no field name may have",
            Self::Control => "a control character in its value",
            Self::NotAscii => "bytes above ASCII in its value",
            Self::Empty => "it has no value",
            Self::Repeated => "it stands more than once, with the same value",
            Self::Contradicting => "it stands more than once, with different values",
        }
    }
}

/// Fields that hold one value for the whole response, in lower case.
const SINGLETONS: &[&str] = &[
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "content-length",
    "content-type",
    "cross-origin-embedder-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "etag",
    "expires",
    "location",
    "origin-agent-cluster",
    "server",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
];

/// Fields that mean nothing without a value.
const NEEDS_VALUE: &[&str] = &[
    "access-control-allow-origin",
    "content-security-policy",
    "content-type",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
];

/// Flaws of the lines given in order, each with the index of its line.
#[must_use]
pub fn flaws(fields: &[(&str, &str)]) -> Vec<(usize, Flaw)> {
    let mut found = Vec::new();
    for (index, (name, value)) in fields.iter().enumerate() {
        let lower = name.to_ascii_lowercase();
        let earlier = fields.get(..index).unwrap_or_default();
        let checks = [
            (
                !name.bytes().all(is_token_byte) || name.is_empty(),
                Flaw::BadName,
            ),
            (
                value.chars().any(|c| c.is_ascii_control() && c != '\t'),
                Flaw::Control,
            ),
            (!value.is_ascii(), Flaw::NotAscii),
            (
                value.is_empty() && NEEDS_VALUE.contains(&lower.as_str()),
                Flaw::Empty,
            ),
        ];
        found.extend(
            checks
                .iter()
                .filter(|check| check.0)
                .map(|check| (index, check.1)),
        );
        if SINGLETONS.contains(&lower.as_str()) {
            found.extend(repetition(earlier, name, value).map(|flaw| (index, flaw)));
        }
    }
    found
}

fn repetition(earlier: &[(&str, &str)], name: &str, value: &str) -> Option<Flaw> {
    let first = earlier
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    let same = first.1.eq_ignore_ascii_case(value);
    Some(if same {
        Flaw::Repeated
    } else {
        Flaw::Contradicting
    })
}

/// Bytes of the field section as HTTP/1.1 sends it.
#[must_use]
pub fn section_bytes(fields: &[(&str, &str)]) -> usize {
    fields
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{Flaw, flaws};

    #[test]
    fn lines_are_held_against_each_other() {
        let fields = [
            ("X-Frame-Options", "DENY"),
            ("x-frame-options", "deny"),
            ("Content-Type", "text/html"),
            ("Content-Type", "text/plain"),
            ("Set-Cookie", "a=b"),
            ("Set-Cookie", "a=b"),
            ("X y", "é"),
            ("Referrer-Policy", ""),
            ("X-Ctl", "a\x01"),
        ];
        let expected = [
            (1, Flaw::Repeated),
            (3, Flaw::Contradicting),
            (6, Flaw::BadName),
            (6, Flaw::NotAscii),
            (7, Flaw::Empty),
            (8, Flaw::Control),
        ];
        assert_eq!(flaws(&fields), expected);
        assert_eq!(flaws(&[]), []);
    }
}
