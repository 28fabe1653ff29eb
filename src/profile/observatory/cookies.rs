//! Test: cookies.

use super::jar::{self, Cookie};
use super::javascript::trim;
use super::{Hop, Session, hsts};
use crate::model::Timestamp;

/// From mild to bad; the worst counts.
const ORDER: [&str; 7] = [
    "cookies-without-secure-flag-but-protected-by-hsts",
    "cookies-without-secure-flag",
    "cookies-session-without-secure-flag-but-protected-by-hsts",
    "cookies-samesite-flag-invalid",
    "cookies-anticsrf-without-samesite-flag",
    "cookies-session-without-httponly-flag",
    "cookies-session-without-secure-flag",
];

pub(super) fn test(
    session: &Session,
    last: &Hop,
    hsts: &'static str,
    at: Timestamp,
) -> &'static str {
    let cookies: Vec<Cookie> = jar::of(session, at)
        .into_iter()
        .filter(|cookie| !cookie.name.is_empty() && cookie.name != "heroku-session-affinity")
        .collect();
    if cookies.is_empty() {
        return "cookies-not-found";
    }
    let mut faults = [false; 7];
    faults[3] = last
        .fields
        .lines("set-cookie")
        .any(|line| has_odd_same_site(&line));
    let protected = hsts::passes(hsts);
    for cookie in &cookies {
        for (fault, found) in faults.iter_mut().zip(faults_of(cookie, protected)) {
            *fault |= found;
        }
    }
    let worst = ORDER.iter().zip(faults).rev().find(|(_, found)| *found);
    match worst {
        Some((result, _)) => result,
        None if cookies.iter().all(|cookie| cookie.same_site.is_some()) => {
            "cookies-secure-with-httponly-sessions-and-samesite"
        }
        None => "cookies-secure-with-httponly-sessions",
    }
}

/// In the order of [`ORDER`].
fn faults_of(cookie: &Cookie, protected: bool) -> [bool; 7] {
    let name = cookie.name.to_lowercase();
    let session = name.contains("login") || name.contains("sess");
    let clear = !cookie.secure;
    [
        clear && protected,
        clear && !protected,
        session && clear && protected,
        clear && cookie.same_site == Some("none"),
        name.contains("csrf") && cookie.same_site.is_none(),
        session && !cookie.http_only,
        session && clear && !protected,
    ]
}

/// It reads the last answer's lines by itself for this, and splits them at every `=`.
fn has_odd_same_site(line: &str) -> bool {
    trim(line).split(';').any(|part| {
        let mut words = trim(part).split('=');
        let name = trim(words.next().unwrap_or("")).to_lowercase();
        let value = words.next().map(|value| trim(value).to_lowercase());
        name == "samesite" && !matches!(value.as_deref(), Some("lax" | "strict" | "none"))
    })
}
