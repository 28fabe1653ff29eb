//! What an answer is: a page, data, a file, a redirect, an error, nothing. Each owes other fields.

use super::content_type::{self, MediaType};

/// The class of an answer, chosen from its status, its media type and a look at its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something a browser renders, and in which scripts run.
    Document,
    /// Something a program reads.
    Api,
    /// A script, a style sheet, an image, a download.
    Asset,
    /// A redirection with a place to go to.
    Redirect,
    /// A failure (4xx, 5xx) that is not itself a page.
    Error,
    /// No body.
    Empty,
}

impl Class {
    /// All of them, in the order tables show them.
    pub const ALL: [Self; 6] = [
        Self::Document,
        Self::Api,
        Self::Asset,
        Self::Redirect,
        Self::Error,
        Self::Empty,
    ];

    /// As written in files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Api => "api",
            Self::Asset => "asset",
            Self::Redirect => "redirect",
            Self::Error => "error",
            Self::Empty => "empty",
        }
    }

    /// The class of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// What a class is chosen from.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// The first `Content-Type` value.
    pub content_type: Option<&'a str>,
    /// Whether there is a `Location` field.
    pub has_location: bool,
    /// Whether `Content-Disposition` says that it is to be saved (RFC 6266 §4.2).
    pub is_attachment: bool,
    /// Whether browsers may not guess (`X-Content-Type-Options: nosniff`).
    pub is_nosniff: bool,
    /// How many bytes the body has, as far as it came.
    pub size: u64,
    /// The beginning of the body, as far as it could be read.
    pub body: &'a [u8],
}

/// The class, and why in a few words.
#[must_use]
pub fn classify(answer: &Answer<'_>) -> (Class, &'static str) {
    let media = answer
        .content_type
        .and_then(|value| content_type::parse(value).ok());
    let sniffed = looks_like_markup(answer.body) && !answer.is_nosniff;
    let empty = answer.size == 0;
    match (answer.status, media) {
        (300..=399, _) if answer.has_location => (Class::Redirect, "3xx with Location"),
        (204 | 205 | 304, _) => (Class::Empty, "a status without a body"),
        (200..=299, _) if answer.is_attachment && !empty => {
            (Class::Asset, "a download, which no browser renders")
        }
        (400..=599, None) if empty => (Class::Error, "4xx or 5xx without a body"),
        (400..=599, Some(media)) if empty || !media.is_markup() => {
            (Class::Error, "4xx or 5xx, not a page")
        }
        (_, Some(media)) => by_media(&media, empty),
        (_, None) if empty => (Class::Empty, "no body"),
        (_, None) if sniffed => (Class::Document, "no media type, and the body is markup"),
        (400..=599, None) => (Class::Error, "4xx or 5xx without a media type"),
        (_, None) if looks_like_json(answer.body) => {
            (Class::Api, "no media type; JSON by its start")
        }
        (_, None) => (Class::Asset, "no media type"),
    }
}

/// What is called plain text is never rendered as a page, whatever stands in it (MIME Sniffing §7).
fn by_media(media: &MediaType, empty: bool) -> (Class, &'static str) {
    if empty && !media.is_html() {
        (Class::Empty, "no body")
    } else if media.is_markup() {
        (Class::Document, "its media type is rendered by browsers")
    } else if media.is_api() {
        (Class::Api, "its media type is data for programs")
    } else {
        (Class::Asset, "its media type is a file's")
    }
}

/// Whether the body starts the way MIME Sniffing §7.1 takes for HTML, leading white space and
/// byte order mark skipped.
#[must_use]
pub fn looks_like_markup(body: &[u8]) -> bool {
    const STARTS: &[&str] = &[
        "<!doctype html",
        "<html",
        "<head",
        "<script",
        "<iframe",
        "<h1",
        "<div",
        "<font",
        "<table",
        "<a ",
        "<style",
        "<title",
        "<b>",
        "<body",
        "<br",
        "<p>",
        "<!--",
        "<svg",
    ];
    let start = beginning(body);
    let xml = start.starts_with("<?xml") && (start.contains("<svg") || start.contains("xhtml"));
    xml || STARTS.iter().any(|known| start.starts_with(known))
}

/// Whether the body starts like a JSON object or array.
#[must_use]
pub fn looks_like_json(body: &[u8]) -> bool {
    let start = beginning(body);
    let mut chars = start.chars().filter(|c| !c.is_ascii_whitespace());
    match (chars.next(), chars.next()) {
        (Some('{'), next) => matches!(next, Some('"' | '}')),
        (Some('['), Some(next)) => "{[]\"-0123456789tfn".contains(next),
        _ => false,
    }
}

/// The first bytes in lower case, as text.
fn beginning(body: &[u8]) -> String {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let body = body.trim_ascii_start();
    let head = body.get(..512).unwrap_or(body);
    String::from_utf8_lossy(head).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Answer, Class, classify};
    use proptest::prelude::*;

    /// Status, media type, Location, body; the class.
    #[rustfmt::skip]
    const CASES: &[(u16, Option<&str>, bool, &str, Class)] = &[
        (200, Some("text/html"),                false, "<html>",        Class::Document),
        (200, Some("Text/HTML ; charset=x"),    false, "hi",            Class::Document),
        (200, Some("image/svg+xml"),            false, "<svg/>",        Class::Document),
        (200, None,                             false, "<!DOCTYPE html>", Class::Document),
        (200, Some("text/plain"),               false, "<html>",        Class::Asset),
        (200, Some("application/pdf"),          false, "%PDF-1.7",      Class::Asset),
        (200, None,                             false, "%PDF-1.7",      Class::Asset),
        (200, Some("application/rss+xml"),      false, "<rss>",         Class::Api),
        (200, Some("text/xml"),                 false, "<a/>",          Class::Api),
        (200, Some("application/manifest+json"), false, "{}",           Class::Api),
        (200, Some("text/event-stream"),        false, "data: 1",       Class::Api),
        (200, Some("application/grpc-web-text"), false, "AAAA",         Class::Api),
        (200, Some("text/javascript"),          false, "f()",           Class::Asset), // a service worker, too
        (200, Some("image/png"),                false, "x",             Class::Asset),
        (200, Some("application/json"),         false, "{}",            Class::Api),
        (200, Some("application/problem+json"), false, "{}",            Class::Api),
        (200, None,                             false, "{\"a\":1}",     Class::Api),
        (200, Some("text/css"),                 false, "a{}",           Class::Asset),
        (200, Some("text/plain"),               false, "ok",            Class::Asset),
        (301, Some("text/html"),                true,  "<html>",        Class::Redirect),
        (308, None,                             true,  "",              Class::Redirect),
        (300, Some("text/html"),                false, "<html>",        Class::Document),
        (404, Some("text/html"),                false, "<h1>",          Class::Document),
        (404, Some("application/json"),         false, "{}",            Class::Error),
        (500, Some("text/plain"),               false, "oops",          Class::Error),
        (404, None,                             false, "",              Class::Error),
        (401, Some("text/html"),                false, "",              Class::Error),
        (404, None,                             false, "<html>",        Class::Document),
        (204, None,                             false, "",              Class::Empty),
        (200, None,                             false, "",              Class::Empty),
        (200, Some("application/json"),         false, "",              Class::Empty),
        (304, Some("text/html"),                false, "",              Class::Empty),
    ];

    #[test]
    fn classes_follow_status_type_and_body() {
        for (status, content_type, has_location, body, expected) in CASES {
            let answer = Answer {
                status: *status,
                content_type: *content_type,
                has_location: *has_location,
                is_attachment: false,
                is_nosniff: false,
                size: body.len() as u64,
                body: body.as_bytes(),
            };
            assert_eq!(classify(&answer).0, *expected, "{answer:?}");
        }
    }

    type Handled = (u16, Option<&'static str>, &'static str, bool, bool, Class);

    /// Status, media type, body, whether it is to be saved, whether nothing may be guessed; the class.
    #[rustfmt::skip]
    const HANDLED: &[Handled] = &[
        (200, Some("text/html"), "<html>", true,  false, Class::Asset),
        (200, None,              "<html>", true,  false, Class::Asset),
        (404, Some("text/html"), "<html>", true,  false, Class::Document), // errors are shown
        (204, Some("text/html"), "",       true,  false, Class::Empty),
        (200, None,              "<html>", false, true,  Class::Asset),
        (404, None,              "<html>", false, true,  Class::Error),
        (200, Some("text/html"), "hello",  false, true,  Class::Document),
    ];

    #[test]
    fn what_is_not_rendered_is_no_document() {
        for (status, content_type, body, is_attachment, is_nosniff, expected) in HANDLED {
            let answer = Answer {
                status: *status,
                content_type: *content_type,
                has_location: false,
                is_attachment: *is_attachment,
                is_nosniff: *is_nosniff,
                size: body.len() as u64,
                body: body.as_bytes(),
            };
            assert_eq!(classify(&answer).0, *expected, "{answer:?}");
        }
    }

    proptest! {
        #[test]
        fn any_answer_has_a_class(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = classify(&Answer { status, content_type: None, has_location: false, is_attachment: false, is_nosniff: false, size: body.len() as u64, body: &body });
        }
    }
}
