//! Test: content-security-policy.

use super::csp_parse::{Merged, parse};
use super::markup::Markup;
use super::{Hop, Scan, Version};

/// What the test answers, and what `x-frame-options` takes from it.
pub(super) struct Csp {
    pub(super) result: &'static str,
    /// Whether `frame-ancestors` stands in the parsed policy, from wherever.
    pub(super) frame_ancestors: bool,
}

#[rustfmt::skip]
const BROAD: [&str; 8] = [
    "ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*",
];

const UNSAFE_INLINE: &str = "'unsafe-inline'";
const STRICT_DYNAMIC: &str = "'strict-dynamic'";

pub(super) fn test(scan: &Scan, last: &Hop, markup: &Markup, version: Version) -> Csp {
    let header = policies(
        last.fields.value("content-security-policy").as_slice(),
        version,
    );
    let meta = policies(&markup.policies, version);
    let all: Vec<String> = header.iter().chain(&meta).cloned().collect();
    let Ok(mut merged) = parse(&all) else {
        return Csp::without_data("csp-header-invalid");
    };
    if is_empty(&header, &meta) {
        let report_only = last.fields.value("content-security-policy-report-only");
        return Csp::without_data(match report_only.as_deref() {
            None | Some("") => "csp-not-implemented",
            Some(_) => "csp-not-implemented-but-reporting-enabled",
        });
    }
    let mut result = judge(&mut merged, scan.began_with_https());
    if merged.repeated_reporting && PASSING.contains(&result) {
        result = "csp-implemented-but-duplicate-directives";
    }
    Csp {
        result,
        frame_ancestors: merged.get("frame-ancestors").is_some(),
    }
}

const PASSING: [&str; 4] = [
    "csp-implemented-with-no-unsafe",
    "csp-implemented-with-no-unsafe-default-src-none",
    "csp-implemented-with-unsafe-inline-in-style-src-only",
    "csp-implemented-with-insecure-scheme-in-passive-content-only",
];

impl Csp {
    fn without_data(result: &'static str) -> Self {
        Self {
            result,
            frame_ancestors: false,
        }
    }
}

/// Up to 1.6.1 a field, its lines joined, is one policy; later it is split at commas.
fn policies(values: &[String], version: Version) -> Vec<String> {
    match version {
        Version::Four => values.to_vec(),
        Version::Five | Version::Six => values
            .iter()
            .flat_map(|value| value.split(','))
            .map(|piece| super::javascript::trim(piece).to_owned())
            .collect(),
    }
}

/// Whether no directive is left, those that `<meta>` cannot set left out.
fn is_empty(header: &[String], meta: &[String]) -> bool {
    let none = |merged: &Merged| merged.directives.is_empty();
    let header = parse(header).unwrap_or_default();
    let mut meta = parse(meta).unwrap_or_default();
    meta.directives
        .retain(|(name, _)| !matches!(name.as_str(), "frame-ancestors" | "report-uri" | "sandbox"));
    none(&header) && none(&meta) && !header.repeated_reporting && !meta.repeated_reporting
}

/// A source list that may be one and the same as another's: what is removed from `default-src` is
/// gone for all that fall back to it.
enum List {
    Named(&'static str),
    Anything,
}

fn list(merged: &Merged, name: &'static str) -> List {
    [name, "default-src"]
        .into_iter()
        .find(|name| merged.get(name).is_some())
        .map_or(List::Anything, List::Named)
}

fn sources<'a>(merged: &'a Merged, list: &List) -> Vec<&'a str> {
    match list {
        List::Named(name) => merged
            .get(name)
            .map(|sources| sources.iter().map(String::as_str).collect())
            .unwrap_or_default(),
        List::Anything => vec!["*"],
    }
}

fn remove(merged: &mut Merged, list: &List, gone: impl Fn(&str) -> bool) {
    if let List::Named(name) = list
        && let Some(sources) = merged.get_mut(name)
    {
        sources.retain(|source| !gone(source));
    }
}

fn judge(merged: &mut Merged, https: bool) -> &'static str {
    let script = list(merged, "script-src");
    let style = list(merged, "style-src");
    let object = list(merged, "object-src");
    for one in [&script, &style] {
        if sources(merged, one).into_iter().any(is_nonce_or_hash) {
            remove(merged, one, |source| source == UNSAFE_INLINE);
        }
    }
    if sources(merged, &script).contains(&STRICT_DYNAMIC) {
        if !sources(merged, &script).into_iter().any(is_nonce_or_hash) {
            return "csp-header-invalid";
        }
        remove(merged, &script, |source| {
            BROAD.iter().any(|broad| source.starts_with(broad))
                || matches!(source, "'self'" | UNSAFE_INLINE)
        });
    }
    let (script, style, object) = (
        sources(merged, &script),
        sources(merged, &style),
        sources(merged, &object),
    );
    if script.iter().any(|source| is_unsafe(source)) || object.iter().any(|s| BROAD.contains(s)) {
        "csp-implemented-with-unsafe-inline"
    } else if https && active(merged, &script).any(is_insecure) {
        "csp-implemented-with-insecure-scheme"
    } else if script
        .iter()
        .chain(&style)
        .any(|source| *source == "'unsafe-eval'")
    {
        "csp-implemented-with-unsafe-eval"
    } else if https && passive(merged).any(is_insecure) {
        "csp-implemented-with-insecure-scheme-in-passive-content-only"
    } else if style.iter().any(|source| is_unsafe(source)) {
        "csp-implemented-with-unsafe-inline-in-style-src-only"
    } else if merged
        .get("default-src")
        .is_some_and(|list| list == &["'none'"])
    {
        "csp-implemented-with-no-unsafe-default-src-none"
    } else {
        "csp-implemented-with-no-unsafe"
    }
}

/// Every directive but `img-src` and `media-src`, those that hold no sources too.
fn active<'a>(merged: &'a Merged, script: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    merged
        .directives
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "img-src" | "media-src" | "script-src"))
        .flat_map(|(_, sources)| sources.iter().map(String::as_str))
        .chain(script.iter().copied())
}

fn passive(merged: &Merged) -> impl Iterator<Item = &str> {
    ["img-src", "media-src"]
        .into_iter()
        .filter_map(|name| merged.get(name).or_else(|| merged.get("default-src")))
        .flatten()
        .map(String::as_str)
}

fn is_unsafe(source: &str) -> bool {
    BROAD.contains(&source) || matches!(source, UNSAFE_INLINE | "data:")
}

fn is_insecure(source: &str) -> bool {
    source.starts_with("http:") || source.starts_with("ftp:")
}

fn is_nonce_or_hash(source: &str) -> bool {
    ["'sha256-", "'sha384-", "'sha512-", "'nonce-"]
        .iter()
        .any(|prefix| source.starts_with(prefix))
}
