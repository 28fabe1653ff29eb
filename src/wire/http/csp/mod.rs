//! Content Security Policy Level 3 (<https://www.w3.org/TR/CSP3/>): what is said, and what it does.
//!
//! [`Policy::parse`] reads one serialized policy, [`split_field`] takes a field value apart into
//! its policies, [`Policies`] answers what all of them together allow: a response may carry many,
//! and each must allow. [`page`] holds a page against them, [`suggest`] writes a policy under
//! which the page still works.

pub mod allow;
pub mod bypass;
pub mod fault;
pub mod hash;
pub mod matching;
pub mod name;
pub mod nonce;
pub mod page;
pub mod reach;
pub mod source;
pub mod suggest;

mod parse;

pub use allow::Policies;
pub use fault::{Fault, FaultKind};
pub use parse::split_field;
pub use source::Source;

/// How a policy reached the browser; a `<meta>` cannot say everything (CSP3 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Delivery {
    /// A `Content-Security-Policy` field.
    Header,
    /// `<meta http-equiv="content-security-policy">` inside `<head>`.
    Meta,
}

/// One policy, read once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How it was delivered.
    pub delivery: Delivery,
    /// The byte of the page from which it holds: one in `<meta>` says nothing of what stands before
    /// (CSP3 §3.3).
    pub holds_from: usize,
    /// The directives in force, in order; a repeated one is not among them (CSP3 §2.2.1).
    pub directives: Vec<Directive>,
    /// What the author wrote and no browser does.
    pub faults: Vec<Fault>,
}

/// A directive in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Lower case.
    pub name: String,
    /// Byte offset of the name in the field value.
    pub at: usize,
    /// The tokens behind the name, as written.
    pub values: Vec<Token>,
    /// The same tokens read as a source list; empty for a directive that has none.
    pub sources: Vec<Source>,
}

/// A run of characters between white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As written.
    pub text: String,
    /// Byte offset in the field value.
    pub at: usize,
}

impl Policy {
    /// The directive of that (lower-case) name.
    #[must_use]
    pub fn directive(&self, name: &str) -> Option<&Directive> {
        self.directives
            .iter()
            .find(|directive| directive.name == name)
    }

    /// The same, holding from this byte of the page.
    #[must_use]
    pub fn holding_from(mut self, byte: usize) -> Self {
        self.holds_from = byte;
        self
    }

    /// Whether its `sandbox` takes this away (HTML §7.1.5).
    #[must_use]
    pub fn sandboxes(&self, permission: &str) -> bool {
        self.directive("sandbox").is_some_and(|sandbox| {
            let mut tokens = sandbox.values.iter();
            !tokens.any(|token| token.text.eq_ignore_ascii_case(permission))
        })
    }

    /// The directive that governs `name`: itself, or what it falls back to (CSP3 §6.8.3).
    #[must_use]
    pub fn governing(&self, name: &str) -> Option<&Directive> {
        name::fallbacks(name)
            .iter()
            .find_map(|fallback| self.directive(fallback))
    }

    /// Whether it limits which scripts run. One that says who may frame a page, or where its forms go,
    /// protects the page from nothing that is injected into it.
    #[must_use]
    pub fn restricts_scripts(&self) -> bool {
        self.governing("script-src-elem").is_some() || self.sandboxes("allow-scripts")
    }
}

#[cfg(test)]
mod tests;
