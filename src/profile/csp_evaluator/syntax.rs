//! The evaluator's lists and patterns.

use super::NoUrl;
use crate::wire::url::WebUrl;

#[rustfmt::skip]
const DIRECTIVES: &[&str] = &[
    "child-src", "connect-src", "default-src", "font-src", "frame-src", "img-src", "media-src",
    "object-src", "script-src", "script-src-attr", "script-src-elem", "style-src",
    "style-src-attr", "style-src-elem", "prefetch-src", "manifest-src", "worker-src", "base-uri",
    "plugin-types", "sandbox", "disown-opener", "form-action", "frame-ancestors", "navigate-to",
    "report-to", "report-uri", "block-all-mixed-content", "upgrade-insecure-requests",
    "reflected-xss", "referrer", "require-sri-for", "trusted-types", "require-trusted-types-for",
    "webrtc",
];

/// Those of [`DIRECTIVES`] that it lets fall back to `default-src`.
#[rustfmt::skip]
const FETCH: &[&str] = &[
    "child-src", "connect-src", "default-src", "font-src", "frame-src", "img-src", "manifest-src",
    "media-src", "object-src", "script-src", "script-src-attr", "script-src-elem", "style-src",
    "style-src-attr", "style-src-elem", "worker-src",
];

#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "self", "none", "unsafe-inline", "unsafe-eval", "wasm-eval", "wasm-unsafe-eval",
    "strict-dynamic", "unsafe-hashed-attributes", "unsafe-hashes", "report-sample", "block",
    "allow", "inline-speculation-rules",
];

const HASHES: [&str; 3] = ["sha256-", "sha384-", "sha512-"];

pub(super) fn is_directive(name: &str) -> bool {
    DIRECTIVES.contains(&name)
}

pub(super) fn is_fetch(name: &str) -> bool {
    FETCH.contains(&name)
}

pub(super) fn is_keyword(value: &str) -> bool {
    inside_quotes(value).is_some_and(|word| KEYWORDS.contains(&word))
}

pub(super) fn is_scheme(value: &str) -> bool {
    value.strip_suffix(':').is_some_and(|scheme| {
        let tail = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-');
        scheme
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphabetic())
            && scheme.bytes().all(tail)
    })
}

/// The value of a nonce, whatever its characters.
pub(super) fn nonce(value: &str) -> Option<&str> {
    inside_quotes(value)?
        .strip_prefix("nonce-")
        .filter(|nonce| !nonce.is_empty())
}

pub(super) fn is_nonce(value: &str) -> bool {
    nonce(value).is_some_and(is_base64)
}

pub(super) fn is_hash(value: &str) -> bool {
    inside_quotes(value).is_some_and(|word| {
        HASHES
            .iter()
            .any(|prefix| word.strip_prefix(prefix).is_some_and(is_base64))
    })
}

/// A keyword, nonce or hash whose quotes are missing.
pub(super) fn lacks_quotes(value: &str) -> bool {
    KEYWORDS.contains(&value)
        || value.starts_with("nonce-")
        || HASHES.iter().any(|prefix| value.starts_with(prefix))
}

fn inside_quotes(value: &str) -> Option<&str> {
    value.strip_prefix('\'')?.strip_suffix('\'')
}

fn is_base64(value: &str) -> bool {
    let digits = value.trim_end_matches('=');
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-');
    !digits.is_empty() && value.len() - digits.len() <= 2 && digits.bytes().all(alphabet)
}

/// The value without `scheme://` and without a leading `//`.
pub(super) fn without_scheme(value: &str) -> &str {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let rest = match value.split_once("://") {
        Some((scheme, rest))
            if scheme.starts_with(word)
                && scheme
                    .chars()
                    .all(|c| word(c) || matches!(c, '+' | '.' | '-')) =>
        {
            rest
        }
        _ => value,
    };
    rest.strip_prefix("//").unwrap_or(rest)
}

/// What `new URL` makes of the value, behind `https://` and with wildcards out of its way.
pub(super) fn as_url(value: &str) -> Result<WebUrl, NoUrl> {
    let bare = without_scheme(value)
        .replacen(":*", "", 1)
        .replacen('*', WILDCARD, 1);
    WebUrl::parse(&format!("https://{bare}")).ok_or_else(|| NoUrl(value.to_owned()))
}

/// What stands for an asterisk while a value is parsed.
pub(super) const WILDCARD: &str = "wildcard_placeholder";
