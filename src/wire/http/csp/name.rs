//! Directive names, and which one speaks for which.

/// What the value of a directive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// Sources (CSP3 §2.3.1).
    Sources,
    /// Sources without keywords other than `'self'` and `'none'` (CSP3 §6.4.2).
    Ancestors,
    /// Anything else: tokens, URLs, nothing.
    Other,
}

/// Whether browsers still act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// In the standard, or in one that extends it.
    Live,
    /// Once specified, now ignored or soon to be; why, or what took its place.
    Dead(&'static str),
}

use Grammar::{Ancestors, Other, Sources};
use Status::{Dead, Live};

/// The directives of CSP Level 3 (§6), Trusted Types, Upgrade Insecure Requests, and those of
/// earlier levels that are found in the wild. Sorted.
#[rustfmt::skip]
const KNOWN: &[(&str, Grammar, Status)] = &[
    ("base-uri",                  Sources,   Live),
    ("block-all-mixed-content",   Other,     Dead("browsers block or upgrade mixed content by themselves")),
    ("child-src",                 Sources,   Live),
    ("connect-src",               Sources,   Live),
    ("default-src",               Sources,   Live),
    ("disown-opener",             Other,     Dead("Cross-Origin-Opener-Policy took its place")),
    ("fenced-frame-src",          Sources,   Live),
    ("font-src",                  Sources,   Live),
    ("form-action",               Sources,   Live),
    ("frame-ancestors",           Ancestors, Live),
    ("frame-src",                 Sources,   Live),
    ("img-src",                   Sources,   Live),
    ("manifest-src",              Sources,   Live),
    ("media-src",                 Sources,   Live),
    ("navigate-to",               Sources,   Dead("it was removed before any browser shipped it")),
    ("object-src",                Sources,   Live),
    ("plugin-types",              Other,     Dead("object-src 'none' took its place")),
    ("prefetch-src",              Sources,   Dead("it was removed from Level 3")),
    ("referrer",                  Other,     Dead("Referrer-Policy took its place")),
    ("reflected-xss",             Other,     Dead("no browser has an XSS auditor any more")),
    ("report-to",                 Other,     Live),
    ("report-uri",                Other,     Live),
    ("require-sri-for",           Other,     Dead("Integrity-Policy took its place")),
    ("require-trusted-types-for", Other,     Live),
    ("sandbox",                   Other,     Live),
    ("script-src",                Sources,   Live),
    ("script-src-attr",           Sources,   Live),
    ("script-src-elem",           Sources,   Live),
    ("style-src",                 Sources,   Live),
    ("style-src-attr",            Sources,   Live),
    ("style-src-elem",            Sources,   Live),
    ("trusted-types",             Other,     Live),
    ("upgrade-insecure-requests", Other,     Live),
    ("webrtc",                    Other,     Live),
    ("worker-src",                Sources,   Live),
];

/// What is known of the directive; `None` for a name browsers ignore.
#[must_use]
pub fn known(name: &str) -> Option<(Grammar, Status)> {
    let at = KNOWN
        .binary_search_by_key(&name, |(known, ..)| known)
        .ok()?;
    KNOWN
        .get(at)
        .map(|(_, grammar, status)| (*grammar, *status))
}

/// The names asked in turn until one is there: "get the fetch directive fallback list" (CSP3
/// §6.8.3). A directive that does not fall back is alone in its list.
#[must_use]
pub fn fallbacks(name: &str) -> &'static [&'static str] {
    match name {
        "script-src-elem" => &["script-src-elem", "script-src", "default-src"],
        "script-src-attr" => &["script-src-attr", "script-src", "default-src"],
        "style-src-elem" => &["style-src-elem", "style-src", "default-src"],
        "style-src-attr" => &["style-src-attr", "style-src", "default-src"],
        "worker-src" => &["worker-src", "child-src", "script-src", "default-src"],
        "frame-src" => &["frame-src", "child-src", "default-src"],
        "script-src" => &["script-src", "default-src"],
        "style-src" => &["style-src", "default-src"],
        "connect-src" => &["connect-src", "default-src"],
        "manifest-src" => &["manifest-src", "default-src"],
        "object-src" => &["object-src", "default-src"],
        "img-src" => &["img-src", "default-src"],
        "media-src" => &["media-src", "default-src"],
        "font-src" => &["font-src", "default-src"],
        "base-uri" => &["base-uri"],
        "form-action" => &["form-action"],
        "frame-ancestors" => &["frame-ancestors"],
        _ => &[],
    }
}

/// Ignored when it comes from `<meta>` (HTML, "content security policy state").
#[must_use]
pub fn ignored_in_meta(name: &str) -> bool {
    matches!(name, "frame-ancestors" | "report-uri" | "sandbox")
}
