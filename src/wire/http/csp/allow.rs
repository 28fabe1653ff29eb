//! What all policies together allow: each must, or it does not happen.

use super::source::{Keyword, Source};
use super::{Delivery, Directive, Policy, hash, matching};
use crate::wire::html::{Inline, InlineKind};
use crate::wire::url::WebUrl;

/// The enforced policies of one page, and the page's own URL.
#[derive(Clone, Debug)]
pub struct Policies<'a> {
    /// Every enforced policy, from fields and from `<meta>`.
    pub list: &'a [Policy],
    /// What `'self'` and scheme-less hosts refer to.
    pub own: &'a WebUrl,
    /// The byte of the page that is asked about: policies further down do not hold there yet.
    at: usize,
}

impl<'a> Policies<'a> {
    /// The policies `list` of the page at `own`.
    #[must_use]
    pub fn new(list: &'a [Policy], own: &'a WebUrl) -> Self {
        let at = usize::MAX;
        Self { list, own, at }
    }

    /// Those that hold at this byte of the page.
    #[must_use]
    pub fn holding_at(&self, at: usize) -> Self {
        Self { at, ..self.clone() }
    }

    /// The policies that are asked.
    pub fn holding(&self) -> impl Iterator<Item = &'a Policy> {
        let at = self.at;
        self.list
            .iter()
            .filter(move |policy| policy.holds_from <= at)
    }

    /// Whether some policy sandboxes the page without this permission.
    #[must_use]
    pub fn sandboxes(&self, permission: &str) -> bool {
        self.holding().any(|policy| policy.sandboxes(permission))
    }

    /// The directives that govern `name`, one per policy that has an opinion.
    pub fn governing(&self, name: &'a str) -> impl Iterator<Item = &'a Directive> {
        self.holding().filter_map(|policy| policy.governing(name))
    }

    /// Whether any policy governs `name`. What none governs is allowed.
    #[must_use]
    pub fn speaks(&self, name: &'a str) -> bool {
        self.governing(name).next().is_some()
    }

    /// Whether `url` may be loaded under `directive` by its address: for scripts, by a tag in the
    /// markup without nonce or hash (§6.7.1.1: `'strict-dynamic'` ignores addresses).
    #[must_use]
    pub fn allows_address(&self, directive: &'a str, url: &WebUrl) -> bool {
        let script = directive.starts_with("script-src");
        self.governing(directive).all(|governing| {
            !(script && is_strict(governing)) && matching::by_address(governing, url, self.own)
        })
    }

    /// Like [`Self::allows_address`], for an element that carries `nonce` and, for scripts,
    /// `integrity`.
    #[must_use]
    pub fn allows_element(
        &self,
        directive: &'a str,
        url: &WebUrl,
        nonce: Option<&str>,
        integrity: Option<&str>,
    ) -> bool {
        let script = directive.starts_with("script-src");
        self.governing(directive).all(|governing| {
            has_nonce(governing, nonce)
                || (script && covers_integrity(governing, integrity))
                || (!(script && is_strict(governing))
                    && matching::by_address(governing, url, self.own))
        })
    }

    /// Whether any inline code at all runs under `directive` (§6.7.3.2).
    #[must_use]
    pub fn allows_all_inline(&self, directive: &'a str) -> bool {
        self.governing(directive).all(allows_all_inline)
    }

    /// Whether this piece of inline code runs (§6.7.3.3).
    #[must_use]
    pub fn allows_inline(&self, inline: &Inline) -> bool {
        self.governing(governs_inline(inline.kind))
            .all(|directive| allows_inline(directive, inline))
    }

    /// Whether strings can be compiled as script (§4.4.1).
    #[must_use]
    pub fn allows_eval(&self) -> bool {
        self.governing("script-src")
            .all(|directive| has(directive, Keyword::UnsafeEval))
    }

    /// Whether scripts are trusted by nonce or hash, rather than by address, in some policy.
    #[must_use]
    pub fn trusts_by_nonce_or_hash(&self) -> bool {
        self.governing("script-src-elem")
            .any(|directive| directive.sources.iter().any(Source::is_nonce_or_hash))
    }

    /// Whether a `<base>` may point anywhere, so that relative addresses of trusted scripts can be
    /// redirected.
    #[must_use]
    pub fn allows_any_base(&self) -> bool {
        !self.speaks("base-uri")
            || stranger().is_some_and(|url| self.allows_address("base-uri", &url))
    }

    /// Every nonce that some policy names, for scripts and for styles.
    pub fn nonces(&self) -> impl Iterator<Item = &'a str> {
        ["script-src-elem", "style-src-elem"]
            .into_iter()
            .flat_map(|name| {
                self.list
                    .iter()
                    .filter_map(move |policy| policy.governing(name))
            })
            .flat_map(|directive| &directive.sources)
            .filter_map(|source| match source {
                Source::Nonce(nonce) => Some(nonce.as_str()),
                Source::None
                | Source::Keyword(_)
                | Source::Hash(..)
                | Source::Scheme(_)
                | Source::Host(_)
                | Source::Invalid(_) => None,
            })
    }

    /// The fields that may set `frame-ancestors`; a `<meta>` may not.
    #[must_use]
    pub fn limits_embedding(&self) -> bool {
        self.list
            .iter()
            .filter(|policy| policy.delivery == Delivery::Header)
            .any(|policy| policy.directive("frame-ancestors").is_some())
    }
}

/// A URL on a host that no policy lists on purpose: what is allowed for it is allowed for anybody.
#[must_use]
pub fn stranger() -> Option<WebUrl> {
    WebUrl::parse("https://stranger.invalid/x")
}

/// The directive that governs a piece of inline code.
#[must_use]
pub const fn governs_inline(kind: InlineKind) -> &'static str {
    match kind {
        // A javascript: URL is a navigation, and those are checked as elements (§4.2.3).
        InlineKind::Script | InlineKind::ScriptUrl | InlineKind::SpeculationRules => {
            "script-src-elem"
        }
        InlineKind::Handler => "script-src-attr",
        InlineKind::Style => "style-src-elem",
        InlineKind::StyleAttribute => "style-src-attr",
    }
}

/// Whether the keyword stands in the list.
#[must_use]
pub fn has(directive: &Directive, keyword: Keyword) -> bool {
    directive.sources.contains(&Source::Keyword(keyword))
}

/// `'strict-dynamic'`: addresses, `'self'` and `'unsafe-inline'` count no more.
#[must_use]
pub fn is_strict(directive: &Directive) -> bool {
    has(directive, Keyword::StrictDynamic)
}

/// "Does a source list allow all inline behavior" (§6.7.3.2).
#[must_use]
pub fn allows_all_inline(directive: &Directive) -> bool {
    let script = !directive.name.starts_with("style-src");
    has(directive, Keyword::UnsafeInline)
        && !directive.sources.iter().any(Source::is_nonce_or_hash)
        && !(script && is_strict(directive))
}

fn allows_inline(directive: &Directive, inline: &Inline) -> bool {
    if allows_all_inline(directive) {
        return true;
    }
    let rules = inline.kind == InlineKind::SpeculationRules;
    if rules && has(directive, Keyword::InlineSpeculationRules) {
        return true;
    }
    let element = rules || matches!(inline.kind, InlineKind::Script | InlineKind::Style);
    if element && has_nonce(directive, inline.nonce.as_deref()) {
        return true;
    }
    (element || has(directive, Keyword::UnsafeHashes))
        && directive
            .sources
            .iter()
            .any(|source| hash::matches(source, &inline.text))
}

fn has_nonce(directive: &Directive, nonce: Option<&str>) -> bool {
    let Some(nonce) = nonce else { return false };
    directive
        .sources
        .iter()
        .any(|source| matches!(source, Source::Nonce(known) if known == nonce))
}

/// A script whose every `integrity` digest is listed may load from anywhere (§6.7.1.1 step 1.2).
fn covers_integrity(directive: &Directive, integrity: Option<&str>) -> bool {
    let listed = |token: &str| {
        let digest = Source::parse(&format!("'{token}'"));
        matches!(digest, Source::Hash(..)) && directive.sources.contains(&digest)
    };
    integrity.is_some_and(|integrity| {
        let mut tokens = integrity.split_ascii_whitespace().peekable();
        tokens.peek().is_some() && tokens.all(listed)
    })
}
