//! What the policies of today allow, and what of it has to go.

use std::collections::{BTreeMap, BTreeSet};

use super::scripts::serves_anybody;
use super::{NONCE, Sources};
use crate::wire::http::csp::source::Keyword;
use crate::wire::http::csp::{Directive, Policy, Source};

/// Each list that some policy of today governs, without what has to go.
#[derive(Debug, Default)]
pub(super) struct Kept {
    lists: BTreeMap<&'static str, Sources>,
    /// Directive and source.
    removed: BTreeSet<(&'static str, String)>,
}

/// The lists, and the directives that govern what is in them.
const LISTS: [(&str, &[&str]); 14] = [
    ("default-src", &["default-src"]),
    ("script-src", &["script-src-elem", "script-src-attr"]),
    ("style-src", &["style-src-elem"]),
    ("style-src-attr", &["style-src-attr"]),
    ("img-src", &["img-src"]),
    ("font-src", &["font-src"]),
    ("media-src", &["media-src"]),
    ("connect-src", &["connect-src"]),
    ("frame-src", &["frame-src"]),
    ("worker-src", &["worker-src"]),
    ("manifest-src", &["manifest-src"]),
    ("object-src", &["object-src"]),
    ("base-uri", &["base-uri"]),
    ("form-action", &["form-action"]),
];

impl Kept {
    /// Of several policies, what any of them allows: more than all of them do, never less.
    pub(super) fn of(current: &[Policy], has_nonces: bool) -> Self {
        let mut kept = Self::default();
        for (name, governed) in LISTS {
            let directives: Vec<&Directive> = governed
                .iter()
                .flat_map(|governed| {
                    current.iter().filter_map(|policy| {
                        policy
                            .governing(governed)
                            .or_else(|| policy.directive(governed))
                    })
                })
                .collect();
            if directives.is_empty() {
                continue;
            }
            let mut list = Sources::new();
            for directive in directives {
                kept.add(name, &mut list, directive, has_nonces);
            }
            // One counts for nothing beside a nonce or a hash, the other for nothing without
            // (CSP3 §6.7.3.2, §6.7.1.1).
            let single =
                |source: &String| source.starts_with("'nonce-") || source.starts_with("'sha");
            let void = if list.iter().any(single) {
                "'unsafe-inline'"
            } else {
                "'strict-dynamic'"
            };
            list.remove(void);
            // What goes allowed the site itself, too.
            let gone = kept.removed.iter().any(|(of, _)| *of == name);
            if gone && matches!(name, "script-src" | "form-action") {
                list.insert("'self'".to_owned());
            }
            kept.lists.insert(name, list);
        }
        kept
    }

    fn add(&mut self, name: &'static str, list: &mut Sources, from: &Directive, has_nonces: bool) {
        for (token, source) in from.values.iter().zip(&from.sources) {
            match fate(name, source, &token.text, has_nonces) {
                Fate::Stays => {
                    list.insert(token.text.clone());
                }
                Fate::Nonce => {
                    list.insert(format!("'nonce-{NONCE}'"));
                }
                Fate::MeansNothing => {}
                Fate::Goes => {
                    self.removed.insert((name, token.text.clone()));
                }
            }
        }
    }

    /// What stays of the list; `None` where no policy of today governs it.
    pub(super) fn list(&self, name: &str) -> Option<&Sources> {
        self.lists.get(name)
    }

    /// What goes, a clause a directive.
    pub(super) fn removed_in_words(&self) -> Vec<String> {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, source) in &self.removed {
            by_name.entry(name).or_default().push(source);
        }
        let said = |(name, sources): (&str, Vec<&str>)| {
            let why = match name {
                "script-src" => "injected script could use it",
                "form-action" => "injected forms could send there",
                "base-uri" => "an injected <base> could use it",
                _ => "injected markup could use it",
            };
            format!("it takes {} out of {name}: {why}", sources.join(" "))
        };
        by_name.into_iter().map(said).collect()
    }
}

enum Fate {
    Stays,
    /// It stays as the nonce of the next response.
    Nonce,
    /// No browser acts on it, or only for a page that is not this one.
    MeansNothing,
    Goes,
}

fn fate(name: &str, source: &Source, written: &str, has_nonces: bool) -> Fate {
    let guarded = matches!(
        name,
        "script-src" | "object-src" | "base-uri" | "form-action"
    );
    let runs = matches!(name, "script-src" | "style-src" | "style-src-attr");
    match source {
        Source::Nonce(_) if runs && has_nonces => Fate::Nonce,
        Source::Keyword(Keyword::UnsafeInline) if name == "script-src" => Fate::Goes,
        Source::Keyword(Keyword::SelfOrigin) => Fate::Stays,
        Source::Hash(..) | Source::Keyword(_) if runs => Fate::Stays,
        Source::None
        | Source::Invalid(_)
        | Source::Nonce(_)
        | Source::Hash(..)
        | Source::Keyword(_) => Fate::MeansNothing,
        // Nothing but a script makes a blob: or filesystem: URL.
        Source::Scheme(scheme) if guarded && scheme != "blob" && scheme != "filesystem" => {
            Fate::Goes
        }
        Source::Host(host) if guarded && host.host == "*" => Fate::Goes,
        Source::Host(_) if name == "script-src" && serves_anybody(written) => Fate::Goes,
        Source::Scheme(_) | Source::Host(_) => Fate::Stays,
    }
}
