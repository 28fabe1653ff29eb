//! `Cache-Control` of a response (RFC 9111 §5.2.2).

use std::collections::BTreeSet;

use super::Fault;
use super::field_list::{is_token, split, unquoted};
use crate::model::Seconds;

/// A directive that carries no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Directive {
    /// Nothing may be kept anywhere.
    NoStore,
    /// Kept, but asked about before each use. With field names it covers only those fields and is
    /// not counted.
    NoCache,
    /// The user's own cache only. With field names it covers only those fields and is not counted.
    Private,
    /// Any cache, also what would otherwise be kept out.
    Public,
    /// Stale copies are asked about.
    MustRevalidate,
    /// Never asked about while fresh (RFC 8246).
    Immutable,
}

/// The directives a judge of confidentiality needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheControl {
    /// Those without a number.
    pub directives: BTreeSet<Directive>,
    /// How long it is fresh.
    pub max_age: Option<Seconds>,
    /// The same for shared caches.
    pub s_maxage: Option<Seconds>,
    /// Words that are no directive, and values that are no number; a cache skips them, and a
    /// lifetime it cannot read counts as stale (§4.2.1).
    pub faults: Vec<Fault>,
}

/// Reads the combined field.
#[must_use]
pub fn parse(combined: &str) -> CacheControl {
    let mut found = CacheControl::default();
    for (directive, at) in split(combined) {
        if directive.is_empty() {
            continue;
        }
        let (name, value) = match directive.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (directive, None),
        };
        if is_token(name) {
            found.apply(&name.to_ascii_lowercase(), value, at);
        } else {
            found
                .faults
                .push(Fault::new(at, "directives are tokens separated by commas"));
        }
    }
    found
}

impl CacheControl {
    fn apply(&mut self, name: &str, value: Option<&str>, at: usize) {
        let directive = match (name, value) {
            ("no-store", _) => Directive::NoStore,
            ("no-cache", None) => Directive::NoCache,
            ("private", None) => Directive::Private,
            ("public", _) => Directive::Public,
            ("must-revalidate", _) => Directive::MustRevalidate,
            ("immutable", _) => Directive::Immutable,
            ("max-age", value) => {
                self.max_age = Some(self.seconds(value, at));
                return;
            }
            ("s-maxage", value) => {
                self.s_maxage = Some(self.seconds(value, at));
                return;
            }
            _ => return,
        };
        self.directives.insert(directive);
    }

    /// Whether the directive was given.
    #[must_use]
    pub fn has(&self, directive: Directive) -> bool {
        self.directives.contains(&directive)
    }

    fn has_any(&self, directives: &[Directive]) -> bool {
        directives.iter().any(|directive| self.has(*directive))
    }

    /// §1.2.2; what is not a number counts as zero, which is the careful reading (§4.2.1).
    fn seconds(&mut self, value: Option<&str>, at: usize) -> Seconds {
        let text = value.unwrap_or_default();
        let digits = unquoted(text).unwrap_or_else(|| text.to_owned());
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.faults
                .push(Fault::new(at, "a lifetime is a number of seconds"));
            return Seconds(0);
        }
        Seconds(digits.parse().unwrap_or(u64::MAX))
    }

    /// Whether a cache between the server and its users may keep a copy without asking again,
    /// given that the request carried no `Authorization` (§3).
    #[must_use]
    pub fn shared_may_reuse(&self) -> bool {
        let lifetime = self.s_maxage.or(self.max_age);
        let fresh = lifetime.is_none_or(|seconds| seconds.0 > 0);
        fresh && !self.has_any(&[Directive::NoStore, Directive::NoCache, Directive::Private])
    }

    /// Whether a shared cache may keep the answer to a request with `Authorization` (§3.5).
    #[must_use]
    pub fn shared_may_store_authorized(&self) -> bool {
        let allowed = self.has_any(&[Directive::Public, Directive::MustRevalidate]);
        let barred = self.has_any(&[Directive::NoStore, Directive::Private]);
        (allowed || self.s_maxage.is_some()) && !barred
    }
}

#[cfg(test)]
mod tests {
    use super::{Directive, parse};
    use proptest::prelude::*;

    /// As sent; may a shared cache reuse it; may it keep the answer to an authorized request.
    #[rustfmt::skip]
    const CASES: &[(&str, bool, bool)] = &[
        ("",                              true,  false),
        ("no-store",                      false, false),
        ("No-Store, max-age=0",           false, false),
        ("private, max-age=60",           false, false),
        ("no-cache",                      false, false),
        ("max-age=0",                     false, false),
        ("max-age=60",                    true,  false),
        ("public, max-age=60",            true,  true),
        ("s-maxage=60, max-age=0",        true,  true),
        ("max-age=60, must-revalidate",   true,  true),
        ("private=\"set-cookie\"",        true,  false),
        ("max-age=soon",                  false, false),
        ("max-age=\"60\"",                true,  false),
        ("public, no-store",              false, false),
    ];

    #[test]
    fn caches_keep_what_they_may() {
        for (text, reuse, authorized) in CASES {
            let found = parse(text);
            assert_eq!(found.shared_may_reuse(), *reuse, "{text}");
            assert_eq!(found.shared_may_store_authorized(), *authorized, "{text}");
        }
    }

    #[test]
    fn semicolons_are_no_separators() {
        assert_eq!(parse("no-store; private").faults.len(), 1);
        assert!(!parse("no-store; private").has(Directive::NoStore));
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "\\PC*|[a-z=, \"-]{0,40}") {
            let _ = parse(&text).shared_may_reuse();
        }
    }
}
