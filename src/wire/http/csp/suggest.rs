//! A policy under which the page still works, and that leaves no path open.
//!
//! It knows what the markup shows: what scripts load once they run is for a report-only trial to
//! tell, so `connect-src` and the like are left to `'self'`.

use std::collections::{BTreeMap, BTreeSet};

use super::Policy;
use super::hash::digest_of;
use super::page::{governs_load, is_fetched, matters};
use super::source::{Algorithm, Source};
use crate::wire::html::{Inline, InlineKind, LoadKind, Page};
use crate::wire::url::WebUrl;

/// What stands for the nonce that the server draws per response.
pub const NONCE: &str = "{RANDOM}";

/// The suggested policy as one field value.
///
/// What the `current` policies say of matters that the markup tells nothing about is kept. Scripts
/// are trusted by nonce where the page already carries nonces, else by the hash of their
/// text or by their exact address. The result never holds `'unsafe-inline'` for scripts, `*`, or a
/// whole host that serves what strangers publish.
#[must_use]
pub fn for_page(page: &Page, own: &WebUrl, current: &[Policy]) -> String {
    let base = page.base_url(own);
    let mut lists = kept_lists(current);
    for load in &page.loads {
        let Some(url) = base.join(&load.reference).filter(is_fetched) else {
            continue;
        };
        let trusted = load.nonce.is_some();
        if let Some(source) = source_for(load.kind, &url, own, trusted) {
            lists.entry(list_of(load.kind)).or_default().insert(source);
        }
    }
    for inline in page.inlines.iter().filter(|inline| matters(inline)) {
        let (list, sources) = inline_sources(inline);
        lists.entry(list).or_default().extend(sources);
    }
    let mut policy = render(&lists, &base_uri(page, own));
    for directive in KEPT.iter().filter_map(|name| said(current, name)) {
        policy.push_str("; ");
        policy.push_str(&directive);
    }
    if said(current, "frame-ancestors").is_none() {
        policy.push_str("; frame-ancestors 'self'");
    }
    policy
}

/// Directives that the markup tells nothing about stay as they are.
const KEPT: [&str; 7] = [
    "frame-ancestors",
    "upgrade-insecure-requests",
    "sandbox",
    "trusted-types",
    "require-trusted-types-for",
    "report-to",
    "report-uri",
];

/// Lists that scripts may rely on beyond what the markup shows: what they allow stays allowed.
const WIDENED: [&str; 7] = [
    "connect-src",
    "font-src",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "worker-src",
];

fn kept_lists(current: &[Policy]) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut lists: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for name in WIDENED {
        let directives = current.iter().filter_map(|policy| policy.directive(name));
        for directive in directives {
            let sources = directive.values.iter().zip(&directive.sources);
            let counts = |source: &Source| !matches!(source, Source::None | Source::Invalid(_));
            let kept = sources.filter(|(_, source)| counts(source));
            lists
                .entry(name)
                .or_default()
                .extend(kept.map(|(token, _)| token.text.clone()));
        }
    }
    lists
}

/// The first directive of that name, written out.
fn said(current: &[Policy], name: &str) -> Option<String> {
    let directive = current.iter().find_map(|policy| policy.directive(name))?;
    let values = directive.values.iter().map(|token| token.text.as_str());
    let words: Vec<&str> = std::iter::once(name).chain(values).collect();
    Some(words.join(" "))
}

/// `-elem` and `-attr` lists are written as their common parent.
fn list_of(kind: LoadKind) -> &'static str {
    match governs_load(kind) {
        "script-src-elem" => "script-src",
        "style-src-elem" => "style-src",
        other => other,
    }
}

/// `None` where no sound source exists: script from a `data:` URL is what a policy is there to stop.
fn source_for(kind: LoadKind, url: &WebUrl, own: &WebUrl, trusted: bool) -> Option<String> {
    if trusted {
        return Some(format!("'nonce-{NONCE}'"));
    }
    let Some(origin) = url.origin() else {
        return (!kind.is_active()).then(|| format!("{}:", url.scheme));
    };
    if own.origin().as_ref() == Some(&origin) {
        return Some("'self'".to_owned());
    }
    if matches!(kind, LoadKind::Script | LoadKind::Object) {
        // A comma or a semicolon would end the policy; the rest of a path needs no escape.
        let path = url.path.replace(';', "%3B").replace(',', "%2C");
        return Some(format!("{origin}{path}"));
    }
    Some(origin)
}

fn inline_sources(inline: &Inline) -> (&'static str, Vec<String>) {
    let digest = || format!("'sha256-{}'", digest_of(Algorithm::Sha256, &inline.text));
    let hashes = || "'unsafe-hashes'".to_owned();
    let by_nonce = inline.nonce.is_some();
    match inline.kind {
        InlineKind::Script | InlineKind::Style if by_nonce => {
            let list = if inline.kind == InlineKind::Script {
                "script-src"
            } else {
                "style-src"
            };
            (list, vec![format!("'nonce-{NONCE}'")])
        }
        InlineKind::Script => ("script-src", vec![digest()]),
        InlineKind::Style => ("style-src", vec![digest()]),
        InlineKind::Handler | InlineKind::ScriptUrl => ("script-src", vec![digest(), hashes()]),
        // One attribute each would need its own hash, and they cannot load a style sheet.
        InlineKind::StyleAttribute => ("style-src-attr", vec!["'unsafe-inline'".to_owned()]),
    }
}

fn base_uri(page: &Page, own: &WebUrl) -> String {
    let Some(base) = page.base.as_deref().and_then(|href| own.join(href)) else {
        return "'none'".to_owned();
    };
    match base.origin() {
        origin if origin == own.origin() => "'self'".to_owned(),
        Some(origin) => origin,
        None => "'none'".to_owned(),
    }
}

fn render(lists: &BTreeMap<&'static str, BTreeSet<String>>, base: &str) -> String {
    let list = |name: &str, otherwise: &str| {
        let sources: Vec<&str> = lists
            .get(name)
            .map(|set| set.iter().map(String::as_str).collect())
            .unwrap_or_default();
        let sources = if sources.is_empty() {
            otherwise.to_owned()
        } else {
            sources.join(" ")
        };
        format!("{name} {sources}")
    };
    let mut out = vec![
        "default-src 'self'".to_owned(),
        list("script-src", "'self'"),
        list("style-src", "'self'"),
    ];
    for name in std::iter::once("style-src-attr").chain(WIDENED) {
        if lists.contains_key(name) {
            out.push(list(name, "'self'"));
        }
    }
    out.push(list("object-src", "'none'"));
    out.push(format!("base-uri {base}"));
    out.push(list("form-action", "'self'"));
    out.join("; ")
}
