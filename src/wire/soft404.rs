//! Whether a path is really there, told by comparing its answer with that of a path nobody made.
//!
//! A status alone does not tell: applications answer unknown paths with `200` and their start page,
//! with a redirect to a login, or with `403` for everything. What is answered alike for a made-up
//! path is not there.

use std::collections::BTreeMap;

/// Bodies are compared up to here: a page that is the same for so long is the same page.
const COMPARED_CHARS: usize = 64 * 1024;
/// The share of words two renderings of one page have in common, at least, in percent. A page that
/// carries a nonce, a date and the path in a few places stays above it; another page does not.
const SAME_WORDS_PERCENT: usize = 90;

/// What of an answer is compared.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The path that was asked for.
    pub path: &'a str,
    /// The status code.
    pub status: u16,
    /// The media type's essence, lower case.
    pub media_type: &'a str,
    /// `Location`, if any.
    pub location: Option<&'a str>,
    /// The body, as text.
    pub body: &'a str,
}

/// What can be said about a path that should not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// `404` or `410`.
    Absent,
    /// Answered like a made-up path, with this status: not there, whatever the status says.
    LikeMadeUp(u16),
    /// Refused with a `4xx` where a made-up path is not: a rule or a resource, and whoever asks
    /// learns that it is one.
    Refused(u16),
    /// There, with this status.
    There(u16),
    /// Not to be told: the server failed, was busy, or there is no made-up path to compare with.
    Unclear(u16),
}

/// Judges the answer of a path beside that of a made-up one.
#[must_use]
pub fn absence(found: &Page<'_>, made_up: Option<&Page<'_>>) -> Absence {
    let status = found.status;
    match (status, made_up) {
        (404 | 410, _) => Absence::Absent,
        (429 | 500..=599, _) | (_, None) => Absence::Unclear(status),
        (_, Some(made_up)) if is_alike(found, made_up) => Absence::LikeMadeUp(status),
        // A route that wants another method (RFC 9110 §15.5.6), other content (§15.5.21) or another
        // protocol (§15.5.22) is there; firewalls answer the other ones, 406 and 451 among them.
        (405 | 422 | 426, Some(_)) => Absence::There(status),
        (400..=499, Some(_)) => Absence::Refused(status),
        (_, Some(_)) => Absence::There(status),
    }
}

/// Whether two answers are one page, apart from what belongs to each request.
#[must_use]
pub fn is_alike(a: &Page<'_>, b: &Page<'_>) -> bool {
    a.status == b.status
        && a.media_type == b.media_type
        && a.location.map(|to| without_path(to, a.path))
            == b.location.map(|to| without_path(to, b.path))
        && shared_percent(a, b) >= SAME_WORDS_PERCENT
}

/// Whether a body holds every word of another, as often.
#[must_use]
pub fn holds_words(found: &Page<'_>, page: &Page<'_>) -> bool {
    let here = words(found);
    let mut wanted = words(page).into_iter();
    wanted.all(|(word, count)| here.get(&word).is_some_and(|found| *found >= count))
}

/// How much two bodies have in common, word by word, in percent; two empty ones are the same.
#[must_use]
pub fn shared_percent(a: &Page<'_>, b: &Page<'_>) -> usize {
    let (a, b) = (words(a), words(b));
    let total: usize = a.values().chain(b.values()).sum();
    let shared: usize = a
        .iter()
        .map(|(word, count)| *count.min(b.get(word).unwrap_or(&0)))
        .sum();
    (200 * shared).checked_div(total).unwrap_or(100)
}

/// How often each word of the body occurs, with what differs from request to request blotted out.
fn words(page: &Page<'_>) -> BTreeMap<String, usize> {
    let start: String = page.body.chars().take(COMPARED_CHARS).collect();
    let text = without_path(&start, page.path);
    let mut counted = BTreeMap::new();
    for word in text.split(|c: char| c.is_whitespace() || "<>\"'=,;&?".contains(c)) {
        if !word.is_empty() {
            *counted.entry(blotted(word)).or_insert(0) += 1;
        }
    }
    counted
}

/// A word of digits, a nonce or an identifier says nothing about the page.
fn blotted(word: &str) -> String {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits * 3 > word.len() || (word.len() >= 16 && digits > 0) {
        "#".to_owned()
    } else {
        word.to_owned()
    }
}

/// The path, and its last segment where that is long enough to be its own, taken out.
fn without_path(text: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let last = path.rsplit('/').next().unwrap_or(path);
    let mut text = text.to_owned();
    for part in [path, last] {
        if part.len() > 2 {
            text = text.replace(part, "");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Absence, Page, absence, is_alike};

    const SHELL: &str = "<!doctype html><html><head><title>App</title><script nonce=\"4f6a90b1c2d3e4f5\" \
                         src=/app.js></script></head><body><div id=root></div></body></html>";

    fn page<'a>(path: &'a str, status: u16, body: &'a str) -> Page<'a> {
        Page {
            path,
            status,
            media_type: "text/html",
            location: None,
            body,
        }
    }

    #[test]
    fn a_path_is_told_by_its_made_up_neighbour() {
        let made_up = |status, body| Some(page("/sw-7f3a9c21", status, body));
        let shell = SHELL.replace("4f6a90b1c2d3e4f5", "0a1b2c3d4e5f6071");
        #[rustfmt::skip]
        let rows = [
            (404, "Not Found",                made_up(404, "Not Found"),            Absence::Absent),
            (410, "Gone",                     None,                                 Absence::Absent),
            (200, SHELL,                      made_up(200, &shell),                 Absence::LikeMadeUp(200)), // a single page application
            (200, "Sorry, /docs is unknown",  made_up(200, "Sorry, /sw-7f3a9c21 is unknown"), Absence::LikeMadeUp(200)),
            (200, "<title>Swagger UI</title>", made_up(200, &shell),                Absence::There(200)),
            (200, "<title>Swagger UI</title>", made_up(404, "Not Found"),           Absence::There(200)),
            (401, "{\"detail\":\"no\"}",      made_up(401, "{\"detail\":\"no\"}"),  Absence::LikeMadeUp(401)), // auth before routing
            (403, "Forbidden",                made_up(404, "Not Found"),            Absence::Refused(403)),
            (405, "Method Not Allowed",       made_up(404, "Not Found"),            Absence::There(405)),
            (422, "{\"detail\":[]}",          made_up(404, "Not Found"),            Absence::There(422)), // a parameter is missing
            (400, "Bad Request",              made_up(404, "Not Found"),            Absence::Refused(400)),
            (406, "Not Acceptable",           made_up(200, SHELL),                  Absence::Refused(406)), // a firewall
            (451, "no",                       made_up(404, "Not Found"),            Absence::Refused(451)),
            (301, "",                         made_up(404, "Not Found"),            Absence::There(301)),
            (500, "oops",                     made_up(404, "Not Found"),            Absence::Unclear(500)),
            (429, "slow down",                made_up(429, "slow down"),            Absence::Unclear(429)),
            (200, "ok",                       None,                                 Absence::Unclear(200)),
        ];
        for (status, body, made_up, expected) in rows {
            let found = page("/docs", status, body);
            assert_eq!(
                absence(&found, made_up.as_ref()),
                expected,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn redirects_are_compared_without_the_path() {
        let to = |path, location| Page {
            location: Some(location),
            ..page(path, 302, "")
        };
        let made_up = to("/sw-7f3a9c21", "/login?next=/sw-7f3a9c21");
        assert!(is_alike(&to("/docs", "/login?next=/docs"), &made_up));
        assert!(!is_alike(&to("/docs", "/docs/"), &made_up));
    }

    #[test]
    fn another_media_type_is_another_page() {
        let json = Page {
            media_type: "application/json",
            ..page("/a", 200, "{}")
        };
        assert!(!is_alike(&json, &page("/b", 200, "{}")));
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric_and_total(path in ".{0,20}", other in ".{0,20}", body in ".{0,200}", tail in ".{0,40}") {
            let longer = format!("{body}{tail}");
            let (a, b) = (page(&path, 200, &body), page(&other, 200, &longer));
            prop_assert_eq!(is_alike(&a, &b), is_alike(&b, &a));
            prop_assert!(is_alike(&a, &a));
        }
    }
}
