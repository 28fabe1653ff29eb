//! What is wrong with a field value, and where.

use std::fmt;

/// The first place where a value leaves its grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Byte offset into the field value as received.
    pub at: usize,
    /// What the grammar asks for there, in words. Ours, never the peer's.
    pub why: &'static str,
}

impl Fault {
    /// A fault at byte `at`.
    #[must_use]
    pub const fn new(at: usize, why: &'static str) -> Self {
        Self { at, why }
    }

    /// The same fault, in a value that starts `by` bytes into a larger one.
    #[must_use]
    pub const fn shifted(self, by: usize) -> Self {
        Self {
            at: self.at.saturating_add(by),
            why: self.why,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {})", self.why, self.at)
    }
}

/// A piece of `whole` without surrounding spaces and tabs, and the byte offset it starts at.
/// `start` is where `piece` itself begins.
#[must_use]
pub(crate) fn trimmed(piece: &str, start: usize) -> (&str, usize) {
    let ows = [' ', '\t'];
    let text = piece.trim_start_matches(ows);
    (text.trim_end_matches(ows), start + piece.len() - text.len())
}

/// `text` split at `separator`, each piece with the byte offset it starts at.
pub(crate) fn pieces(text: &str, separator: char) -> impl Iterator<Item = (&str, usize)> {
    let mut next = 0;
    text.split(separator).map(move |piece| {
        let start = next;
        next += piece.len() + separator.len_utf8();
        (piece, start)
    })
}

#[cfg(test)]
mod tests {
    use super::{pieces, trimmed};

    #[test]
    fn offsets_are_those_of_the_text_itself() {
        let found: Vec<_> = pieces(" a ;; b", ';')
            .map(|(piece, start)| trimmed(piece, start))
            .collect();
        assert_eq!(found, [("a", 1), ("", 4), ("b", 6)]);
    }
}
