//! `family/slug`: the name a rule keeps for ever.

use std::fmt;

use serde::{Serialize, Serializer};

use super::family::Family;

/// The id of a rule, checked when the program is compiled.
///
/// Ids are append-only: once published, an id is never reused and never given another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    /// Takes `family/slug`, both lower-case kebab.
    ///
    /// # Panics
    /// At compile time, when used in a constant, if the shape is wrong.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time only")]
    pub const fn new(id: &'static str) -> Self {
        let bytes = id.as_bytes();
        let (mut i, mut slashes, mut previous) = (0, 0, b'/');
        while i < bytes.len() {
            let byte = bytes[i];
            let separator = byte == b'/' || byte == b'-';
            assert!(
                separator || byte.is_ascii_lowercase() || byte.is_ascii_digit(),
                "a rule id is lower-case kebab"
            );
            assert!(
                !(separator && (previous == b'/' || previous == b'-')),
                "a rule id has no empty word"
            );
            if byte == b'/' {
                slashes += 1;
            }
            previous = byte;
            i += 1;
        }
        assert!(
            slashes == 1 && previous != b'/' && previous != b'-',
            "a rule id is family/slug"
        );
        Self(id)
    }

    /// The whole id.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The family before the slash. `None` only for an id outside the seven families, which the
    /// catalogue's own test excludes.
    #[must_use]
    pub fn family(self) -> Option<Family> {
        self.0.split('/').next()?.parse().ok()
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}
