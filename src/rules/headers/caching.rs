//! What caches between the server and its users may keep.

use super::scope::{Scope, WITH_BODY, line, missing, outside, place};
use crate::facts::Header;
use crate::facts::headers::{CookieSeen, HeadersFacts, Page};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Change, Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::cache_control::CacheControl;
use crate::wire::http::class::Class;

const MALFORMED: RuleId = RuleId::new("headers/cache-control-malformed");
const UNSAID: RuleId = RuleId::new("headers/cache-control-missing");

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[(MALFORMED, WITH_BODY), (UNSAID, &[Class::Api])];

const CACHING: Reference = Reference::Rfc(9111, "5.2.2");

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/cache-shares-session"),
        title: "A shared cache may hand one user's session to another",
        severity: Severity::Medium,
        rationale: "The answer that sets the session may be stored and served again, with its \
                    Set-Cookie line, to whoever asks next.",
        expected: "Cache-Control: no-store or private",
        remediation: "Send Cache-Control: no-store where a session is set.",
        observed_by: "Explicit freshness (max-age, s-maxage) or public on an answer with a session \
                      cookie. Many caches refuse such answers by themselves; none has to.",
        references: &[CACHING, Reference::Rfc(9111, "7.3")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(sessions_are_private),
    },
    Rule {
        id: RuleId::new("headers/cache-shares-authorized"),
        title: "A shared cache may keep what was sent to one user",
        severity: Severity::Medium,
        rationale: "An answer to a request with credentials is kept out of shared caches, unless \
                    it says public, must-revalidate or s-maxage: this one does.",
        expected: "Cache-Control: no-store or private",
        remediation: "Send Cache-Control: no-store with everything personal.",
        observed_by: "Answers to requests that carried Authorization.",
        references: &[Reference::Rfc(9111, "3.5")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(authorized_is_private),
    },
    Rule {
        id: RuleId::new("headers/cache-hit-sets-cookie"),
        title: "A cached answer sets a cookie",
        severity: Severity::Medium,
        rationale: "Everybody who gets this copy gets the same cookie.",
        expected: "no Set-Cookie on what a cache serves",
        remediation: "Keep the cache from storing answers with Set-Cookie, or strip the field there.",
        observed_by: "Set-Cookie beside an Age above zero or a cache's own HIT.",
        references: &[Reference::Rfc(9111, "5.1")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(hits_set_nothing),
    },
    Rule {
        id: MALFORMED,
        title: "Cache-Control is not what it looks like",
        severity: Severity::Low,
        rationale: "A cache skips what it cannot read: after a semicolon or a misspelt number it \
                    may keep what was meant to be kept out.",
        expected: "directives separated by commas, lifetimes in seconds",
        remediation: "Separate directives with commas; give seconds as digits.",
        observed_by: "All lines of the field, read by the grammar of RFC 9111.",
        references: &[CACHING],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_readable),
    },
    Rule {
        id: UNSAID,
        title: "An API leaves caching to chance",
        severity: Severity::Info,
        rationale: "Without Cache-Control a cache may keep an answer by its own estimate, and a \
                    client may see yesterday's data.",
        expected: "Cache-Control: no-store, or how long the data is good for",
        remediation: "Send Cache-Control: no-store unless the data may be shared.",
        observed_by: "The field lines of answers with data.",
        references: &[Reference::Rfc(9111, "4.2.2")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_said),
    },
];

fn no_store() -> Change {
    Change::Set("Cache-Control", "no-store".to_owned())
}

/// The line, or the lack of it, that leaves an answer to shared caches.
fn shared(page: &Page, why: &str) -> Observed {
    match &page.cache_control {
        Header::Present { at, .. } | Header::Malformed { at, .. } => line(page, at, why),
        Header::Absent => missing(page, why),
    }
    .mended_by(no_store())
}

fn sessions_are_private(headers: &HeadersFacts) -> Verdict {
    let setting = |page: &&Page| page.cookies.iter().any(|seen| seen.session().is_some());
    let mut pages = headers.pages.iter().filter(setting).peekable();
    if pages.peek().is_none() {
        return Verdict::NotApplicable("no session cookie is set");
    }
    // Without explicit freshness a cache may guess, but hardly any does beside a Set-Cookie.
    let explicit = |cache: &CacheControl| cache.max_age.is_some() || cache.s_maxage.is_some();
    let open = pages.filter(|page| {
        let cache = page.cache_control.value();
        cache.is_some_and(|cache| explicit(cache) && cache.shared_may_reuse())
    });
    let found = open.map(|page| shared(page, "storable, and it sets a session cookie"));
    Verdict::unless(found.collect())
}

fn authorized_is_private(headers: &HeadersFacts) -> Verdict {
    let mut pages = headers
        .pages
        .iter()
        .filter(|page| page.authorized)
        .peekable();
    if pages.peek().is_none() {
        return Verdict::NotTested("no request carried credentials".to_owned());
    }
    let open = pages.filter(|page| {
        let cache = page.cache_control.value();
        cache.is_some_and(CacheControl::shared_may_store_authorized)
    });
    Verdict::unless(
        open.map(|page| shared(page, "storable, and it was asked for by one user"))
            .collect(),
    )
}

fn hits_set_nothing(headers: &HeadersFacts) -> Verdict {
    let cached = |page: &&Page| is_hit(page);
    let mut pages = headers.pages.iter().filter(cached).peekable();
    if pages.peek().is_none() {
        return Verdict::NotApplicable("no answer came from a cache");
    }
    let stored = |seen: &&CookieSeen| seen.stored().is_some();
    let found = pages.flat_map(|page| {
        let cookies = page.cookies.iter().filter(stored);
        cookies.map(move |seen| line(page, &seen.at, "in an answer from a cache"))
    });
    Verdict::unless(found.collect())
}

/// An `Age` above zero (RFC 9111 §5.1), a hit by `Cache-Status` (RFC 9211) or by the fields that
/// came before it.
fn is_hit(page: &Page) -> bool {
    let aged = page
        .first("age")
        .and_then(|(_, age)| age.trim().parse::<u64>().ok());
    let status = page
        .first("cache-status")
        .is_some_and(|(_, value)| value.split([';', ',']).any(|word| word.trim() == "hit"));
    let older = ["x-cache", "cf-cache-status", "x-cache-status"]
        .iter()
        .any(|name| {
            let value = page
                .first(name)
                .map(|(_, value)| value.to_ascii_uppercase());
            value.is_some_and(|value| value.split([' ', ',']).next() == Some("HIT"))
        });
    aged.is_some_and(|seconds| seconds > 0) || status || older
}

fn is_readable(page: &Page) -> Verdict {
    if let Some(verdict) = outside(page, WITH_BODY) {
        return verdict;
    }
    match &page.cache_control {
        Header::Present { at, value } => match value.faults.first() {
            Some(fault) => Verdict::Fail(vec![line(page, at, fault).mended_by(no_store())]),
            None => Verdict::Pass,
        },
        Header::Malformed { at, why } => Verdict::Fail(vec![line(page, at, why)]),
        Header::Absent => Verdict::NotApplicable("not set"),
    }
}

fn is_said(page: &Page) -> Verdict {
    outside(page, &[Class::Api]).unwrap_or_else(|| match page.cache_control {
        Header::Absent => {
            let seen = missing(page, "no Cache-Control field").about(place(page));
            Verdict::Fail(vec![seen.mended_by(no_store())])
        }
        Header::Malformed { .. } | Header::Present { .. } => Verdict::Pass,
    })
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::rules::headers::sample::{Sample, words};

    const SESSION: (&str, &str) = ("Set-Cookie", "sid=x; Secure; HttpOnly; SameSite=Lax");

    /// Fields, and what each rule answers for an API.
    #[rustfmt::skip]
    const CASES: &[(&[(&str, &str)], &str)] = &[
        (&[("Cache-Control", "no-store")],                           "n/a  - n/a  pass pass"),
        (&[],                                                        "n/a  - n/a  n/a  fail"),
        (&[SESSION],                                                 "pass - n/a  n/a  fail"),
        (&[SESSION, ("Cache-Control", "max-age=60")],                "fail - n/a  pass pass"),
        (&[SESSION, ("Cache-Control", "public, s-maxage=60")],       "fail - n/a  pass pass"),
        (&[SESSION, ("Cache-Control", "private, max-age=60")],       "pass - n/a  pass pass"),
        (&[SESSION, ("Cache-Control", "max-age=60"), ("Cache-Control", "no-store")], "pass - n/a pass pass"),
        (&[SESSION, ("Cache-Control", "no-store"), ("Age", "3")],    "pass - fail pass pass"),
        (&[SESSION, ("Cache-Control", "no-store"), ("Age", "0")],    "pass - n/a  pass pass"),
        (&[SESSION, ("Cache-Control", "no-store"), ("X-Cache", "HIT from edge")], "pass - fail pass pass"),
        (&[("X-Cache", "MISS"), ("Cache-Control", "no-store; private")], "n/a - n/a  fail pass"),
        (&[("Cache-Status", "edge; hit"), ("Cache-Control", "max-age=60")], "n/a - pass pass pass"),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (fields, expected) in CASES {
            let facts = Sample::json().fields(fields.iter().copied()).facts();
            let expected = expected.replace('-', "not-tested");
            let expected: Vec<&str> = expected.split_whitespace().collect();
            let found: Vec<String> = words(RULES, &facts)
                .iter()
                .map(|word| word.replace(' ', "-"))
                .collect();
            assert_eq!(found, expected, "{fields:?}");
        }
    }
}
