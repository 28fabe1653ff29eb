//! Two answers to one harmless request, before and now: is it still the same service that answers?
//!
//! A firewall that has had enough, a limiter, a challenge for robots and a maintenance page all
//! answer in place of the service, some of them with `200`. A page may change by itself between two
//! answers, so that only what no page does by itself is taken for a change.

use std::fmt;

use super::html;
use super::http::problem::says_error;
use super::soft404::{Page, shared_percent};
use crate::model::Untrusted;

/// Two renderings of one page have at least so many of their words in common, in percent, whatever
/// its news of the day is.
const SAME_PAGE_PERCENT: usize = 50;

/// How an answer differs from the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another status, and the one before.
    Status(u16, u16),
    /// The same status with another media type, and the one before.
    MediaType(Untrusted, Untrusted),
    /// A redirect to another place.
    Redirect(Untrusted),
    /// Another page, with this title.
    Page(Untrusted),
    /// JSON that says no, by the member named.
    Error(&'static str),
    /// None, and why.
    NoAnswer(String),
}

/// The change in a sentence about the control.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the control ")?;
        match self {
            Self::Status(now, before) => {
                write!(f, "answered {now} where it had answered {before}")
            }
            Self::MediaType(now, before) => {
                let (now, before) = (now.raw(), before.raw());
                write!(
                    f,
                    "answered with {now:?} where it had answered with {before:?}"
                )
            }
            Self::Redirect(to) => write!(f, "was redirected to {:?} for the first time", to.raw()),
            Self::Page(title) => write!(f, "answered another page, {:?}", title.raw()),
            Self::Error(member) => write!(f, "answered JSON that says no, by {member:?}"),
            Self::NoAnswer(why) => write!(f, "got no answer any more: {why}"),
        }
    }
}

/// What shows that something else answers now. A service that was down and is up again is no such
/// thing.
#[must_use]
pub fn change(before: &Page<'_>, now: &Page<'_>) -> Option<Change> {
    let recovered = before.status >= 400 && now.status < 400;
    if recovered {
        return None;
    }
    if before.status != now.status {
        return Some(Change::Status(now.status, before.status));
    }
    if before.media_type != now.media_type {
        let (now, before) = (now.media_type.into(), before.media_type.into());
        return Some(Change::MediaType(now, before));
    }
    if path(before.location) != path(now.location) {
        return Some(Change::Redirect(now.location.unwrap_or_default().into()));
    }
    if let Some(member) = says_error(now.body.as_bytes())
        && says_error(before.body.as_bytes()).is_none()
    {
        return Some(Change::Error(member));
    }
    let title = html::title(now.body)?;
    let other = now.media_type == "text/html"
        && html::title(before.body).as_ref() != Some(&title)
        && shared_percent(before, now) < SAME_PAGE_PERCENT;
    other.then(|| Change::Page(title.into()))
}

/// What a redirect adds as its query may differ each time.
fn path(location: Option<&str>) -> Option<&str> {
    location?.split(['?', '#']).next()
}

#[cfg(test)]
mod tests {
    use super::change;
    use crate::wire::soft404::Page;

    const JSON: &str = "application/json";
    const HTML: &str = "text/html";

    const SHOP: &str = "<title>Shop</title><p>Welcome to the shop, here are the offers of today.";
    const NEWS: &str =
        "<title>(3) Shop</title><p>Welcome to the shop, here are the offers of today.";
    const CHALLENGE: &str = "<title>Just a moment...</title><script src=/challenge.js></script>";

    /// A status, a media type and a body.
    type Answer = (u16, &'static str, &'static str);

    /// Status, media type and body before and now, and what is said of it; nothing where it is the
    /// same service.
    #[rustfmt::skip]
    const CASES: &[(Answer, Answer, &str)] = &[
        ((200, JSON, r#"{"status":"ok","uptime":1}"#), (200, JSON, r#"{"status":"ok","uptime":2}"#), ""),
        ((200, HTML, SHOP),  (200, HTML, NEWS),       ""),
        ((200, HTML, SHOP),  (200, HTML, SHOP),       ""),
        ((404, JSON, "{}"),  (404, JSON, "{}"),       ""),
        ((503, HTML, "up soon"), (200, HTML, SHOP),   ""), // it came up
        ((200, HTML, SHOP),  (403, HTML, "blocked"),  "the control answered 403 where it had answered 200"),
        ((200, JSON, "{}"),  (429, JSON, "{}"),       "the control answered 429 where it had answered 200"),
        ((200, JSON, "{}"),  (503, HTML, "busy"),     "the control answered 503 where it had answered 200"),
        ((401, JSON, "{}"),  (403, HTML, "blocked"),  "the control answered 403 where it had answered 401"),
        ((404, JSON, "{}"),  (429, JSON, "{}"),       "the control answered 429 where it had answered 404"),
        ((200, JSON, "{}"),  (200, HTML, CHALLENGE),  "the control answered with \"text/html\" where it had answered with \"application/json\""),
        ((200, HTML, SHOP),  (200, HTML, CHALLENGE),  "the control answered another page, \"Just a moment...\""),
        ((200, JSON, "{}"),  (200, JSON, r#"{"success":false}"#), "the control answered JSON that says no, by \"success\""),
    ];

    fn page((status, media_type, body): Answer) -> Page<'static> {
        Page {
            path: "/",
            status,
            media_type,
            location: None,
            body,
        }
    }

    #[test]
    fn only_what_no_page_does_by_itself_is_a_change() {
        for (before, now, said) in CASES {
            let found = change(&page(*before), &page(*now));
            let found = found.map_or_else(String::new, |change| change.to_string());
            assert_eq!(found, *said, "{before:?} {now:?}");
        }
    }

    #[test]
    fn a_redirect_elsewhere_is_a_change() {
        let to = |location| Page {
            location: Some(location),
            ..page((302, HTML, ""))
        };
        assert_eq!(change(&to("/en?t=1"), &to("/en?t=2")), None);
        let said = change(&to("/en"), &to("/verify?back=/")).map(|change| change.to_string());
        assert_eq!(
            said.as_deref(),
            Some("the control was redirected to \"/verify?back=/\" for the first time")
        );
    }
}
