//! Is a nonce hard to guess?

/// What is wrong with a nonce, seen alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// Fewer than 128 bits can be in so few base64 digits (CSP3 §7.1, "SHOULD be at least 128
    /// bits long").
    Short {
        /// An upper bound on the bits it can carry.
        bits: usize,
    },
    /// A template was never filled in, or a word was typed: `{{nonce}}`, `random`, `test123`.
    Typed,
}

/// The bits that many base64 digits can carry at most.
#[must_use]
pub fn bits(nonce: &str) -> usize {
    nonce.trim_end_matches('=').len() * 6
}

/// What is wrong with the nonce by its look; `None` says nothing about its randomness.
#[must_use]
pub fn weakness(nonce: &str) -> Option<Weakness> {
    let lower = nonce.to_ascii_lowercase();
    let typed = [
        "nonce", "random", "test", "abc123", "123456", "changeme", "example",
    ];
    if typed.iter().any(|word| lower.starts_with(word)) {
        return Some(Weakness::Typed);
    }
    let bits = bits(nonce);
    // 21 digits are 126 bits, and 22 hold 16 bytes: the bound is put where 16 bytes still pass.
    (bits < 126).then_some(Weakness::Short { bits })
}
