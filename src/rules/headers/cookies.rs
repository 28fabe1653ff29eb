//! Cookies that browsers store: who may read them, and which requests carry them.
//!
//! Judged on every hop, once per cookie. Deletions are exempt: an expired cookie protects nothing.

use std::collections::BTreeSet;

use super::scope::line;
use crate::facts::headers::{CookieSeen, HeadersFacts, Page};
use crate::model::{RuleId, Severity, Topic, Untrusted};
use crate::rules::{Change, Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::cookie::{Cookie, Lifetime, Meaning, SameSite};

/// RFC 6265bis was approved under this name; its sections are those of the draft.
pub(super) const COOKIES: Reference = Reference::Standard(
    "RFC 6265bis §5.6",
    "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6",
);
const NIST: Reference = Reference::Standard(
    "NIST SP 800-63B-4 §5.1.1 (browser cookies SHALL be accessible over secure sessions only)",
    "https://pages.nist.gov/800-63-4/sp800-63b/session/",
);
const ASVS: Reference = Reference::Standard(
    "OWASP ASVS 5.0 V3.3",
    "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
);

const SEEN: &str = "The Set-Cookie lines of every hop. Which cookie is a session is told by its \
                    name, or by the target file (headers.session_cookies, headers.other_cookies).";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/cookie-session-insecure"),
        title: "A session cookie travels in the clear",
        severity: Severity::High,
        rationale: "The browser sends it with any plain-http request to the host, and whoever \
                    reads the network is logged in.",
        expected: "Secure",
        remediation: "Set the session cookie with Secure, and over TLS only.",
        observed_by: SEEN,
        references: &[NIST, COOKIES],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(sessions_are_secure),
    },
    Rule {
        id: RuleId::new("headers/cookie-session-insecure-behind-hsts"),
        title: "Only HSTS keeps a session cookie out of the clear",
        severity: Severity::Medium,
        rationale: "Browsers that have not seen the promise yet, or that never will, send the \
                    cookie over plain http.",
        expected: "Secure",
        remediation: "Set the session cookie with Secure.",
        observed_by: SEEN,
        references: &[NIST, COOKIES],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(sessions_need_no_hsts),
    },
    Rule {
        id: RuleId::new("headers/cookie-insecure"),
        title: "A cookie travels in the clear",
        severity: Severity::Low,
        rationale: "It can be read and replaced on the network, and replaced it can fix or confuse \
                    what the application believes.",
        expected: "Secure",
        remediation: "Set cookies with Secure on a site that speaks TLS.",
        observed_by: SEEN,
        references: &[COOKIES, ASVS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(others_are_secure),
    },
    Rule {
        id: RuleId::new("headers/cookie-session-readable"),
        title: "Scripts can read a session cookie",
        severity: Severity::Medium,
        rationale: "One injected script sends the session to a stranger, who keeps it when the \
                    page is closed.",
        expected: "HttpOnly",
        remediation: "Set the session cookie with HttpOnly.",
        observed_by: SEEN,
        references: &[NIST, ASVS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(sessions_are_hidden),
    },
    Rule {
        id: RuleId::new("headers/cookie-samesite-missing"),
        title: "A session cookie leaves cross-site requests to the browser",
        severity: Severity::Low,
        rationale: "Without SameSite, Firefox and Safari send it with every request another site \
                    makes; Chrome holds it back, except in its first two minutes.",
        expected: "SameSite=Lax or Strict; None only where other sites must send it",
        remediation: "Set session and anti-CSRF cookies with SameSite=Lax.",
        observed_by: SEEN,
        references: &[COOKIES, ASVS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(same_site_is_said),
    },
    Rule {
        id: RuleId::new("headers/cookie-likely-session"),
        title: "A cookie that looks like a credential is not protected like one",
        severity: Severity::Low,
        rationale: "Its value is a token nobody could guess. If it opens anything, it needs what a \
                    session needs.",
        expected: "Secure, HttpOnly and SameSite",
        remediation: "Protect it like a session, or list it under headers.other_cookies.",
        observed_by: "A value shaped like a JWT, or at least 64 bits of randomness by its \
                      alphabet, under a name that says nothing. An identifier can look the same.",
        references: &[ASVS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(tokens_are_protected),
    },
    Rule {
        id: RuleId::new("headers/cookie-session-shared-with-subdomains"),
        title: "A session cookie is sent to every sub-domain",
        severity: Severity::Info,
        rationale: "Domain widens the cookie to all hosts below, and each of them can read and \
                    replace the session.",
        expected: "no Domain, or the name __Host-…",
        remediation: "Leave Domain out unless several hosts share the session.",
        observed_by: SEEN,
        references: &[COOKIES, NIST],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(sessions_stay_home),
    },
    Rule {
        id: RuleId::new("headers/cookie-lifetime-capped"),
        title: "A cookie asks to live longer than browsers let it",
        severity: Severity::Info,
        rationale: "Browsers keep cookies for 400 days at most; what relies on more will fail.",
        expected: "at most 400 days, 34560000 s",
        remediation: "Ask for what is needed, at most 400 days, and renew it on use.",
        observed_by: SEEN,
        references: &[Reference::Standard(
            "RFC 6265bis §5.5",
            "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.5",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(lifetimes_fit),
    },
];

/// The cookies browsers store, each name once, with the page that set it.
fn stored(headers: &HeadersFacts) -> Vec<(&Page, &CookieSeen, &Cookie)> {
    let mut names = BTreeSet::new();
    let all = headers
        .pages
        .iter()
        .flat_map(|page| page.cookies.iter().map(move |one| (page, one)));
    all.filter_map(|(page, seen)| Some((page, seen, seen.stored()?)))
        .filter(|(page, _, cookie)| names.insert((cookie.name.clone(), page.secure)))
        .collect()
}

/// Every stored cookie that `wrong` has a word for.
fn judge(
    headers: &HeadersFacts,
    concerns: impl Fn(&CookieSeen) -> bool,
    wrong: impl Fn(&Page, &CookieSeen, &Cookie) -> Option<&'static str>,
) -> Verdict {
    let cookies = stored(headers);
    let mut concerned = cookies
        .iter()
        .filter(|(_, seen, _)| concerns(seen))
        .peekable();
    if concerned.peek().is_none() {
        return Verdict::NotApplicable("no such cookie is set");
    }
    let found = concerned.filter_map(|(page, seen, cookie)| {
        let why = wrong(page, seen, cookie)?;
        Some(observed(page, seen, cookie, why))
    });
    Verdict::unless(found.collect())
}

fn observed(page: &Page, seen: &CookieSeen, cookie: &Cookie, why: &str) -> Observed {
    let wanted = hardened(seen, cookie);
    let change = Change::Cookie(cookie.name.clone(), wanted.clone());
    line(page, &seen.at, why)
        .wanted(format!("…; {wanted}"))
        .mended_by(change)
}

/// The attributes the cookie should be set with: its own, and what it lacks.
fn hardened(seen: &CookieSeen, cookie: &Cookie) -> String {
    let mut words = Vec::new();
    if let Some(seconds) = cookie.max_age {
        words.push(format!("Max-Age={seconds}"));
    }
    // A domain is a peer's text: it is kept only where it is one.
    let plain = |text: &Untrusted| {
        text.raw()
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-/_".contains(&byte))
    };
    if let Some(domain) = cookie.domain.as_ref().filter(|domain| plain(domain)) {
        words.push(format!("Domain={}", domain.raw()));
    }
    let path = cookie
        .path
        .as_ref()
        .filter(|path| plain(path))
        .map_or("/", Untrusted::raw);
    words.push(format!("Path={path}"));
    words.push("Secure".to_owned());
    if seen.meaning != Meaning::AntiCsrf {
        words.push("HttpOnly".to_owned());
    }
    let same_site = match cookie.same_site {
        SameSite::Strict => "Strict",
        SameSite::None => "None",
        SameSite::Lax | SameSite::Unset | SameSite::Unknown => "Lax",
    };
    words.push(format!("SameSite={same_site}"));
    words.join("; ")
}

fn is_session(seen: &CookieSeen) -> bool {
    seen.meaning == Meaning::Session
}

/// Whether browsers would not send anything to the host in the clear, once they have been there.
fn promises(headers: &HeadersFacts) -> bool {
    headers.answer().is_some_and(|page| {
        let hsts = page.strict_transport_security.value();
        page.secure && !page.by_address && hsts.is_some_and(|hsts| hsts.max_age.0 > 0)
    })
}

fn sessions_are_secure(headers: &HeadersFacts) -> Verdict {
    let promised = promises(headers);
    judge(headers, is_session, |page, _, cookie| {
        match (page.secure, cookie.secure) {
            (false, _) if page.is_private() => None,
            (false, _) => Some("set over plain http"),
            (true, false) if !promised => Some("no Secure"),
            (true, _) => None,
        }
    })
}

fn sessions_need_no_hsts(headers: &HeadersFacts) -> Verdict {
    if !promises(headers) {
        return Verdict::NotApplicable("no HSTS in force");
    }
    let wrong = |page: &Page, cookie: &Cookie| page.secure && !cookie.secure;
    judge(headers, is_session, |page, _, cookie| {
        wrong(page, cookie).then_some("no Secure")
    })
}

fn others_are_secure(headers: &HeadersFacts) -> Verdict {
    judge(
        headers,
        |seen| !is_session(seen),
        |page, _, cookie| (page.secure && !cookie.secure).then_some("no Secure"),
    )
}

fn sessions_are_hidden(headers: &HeadersFacts) -> Verdict {
    judge(headers, is_session, |_, _, cookie| {
        (!cookie.http_only).then_some("no HttpOnly")
    })
}

fn same_site_is_said(headers: &HeadersFacts) -> Verdict {
    let concerns = |seen: &CookieSeen| matches!(seen.meaning, Meaning::Session | Meaning::AntiCsrf);
    judge(headers, concerns, |_, _, cookie| match cookie.same_site {
        SameSite::Unset => Some("no SameSite"),
        SameSite::Unknown => Some("SameSite with a word browsers do not know"),
        SameSite::None | SameSite::Lax | SameSite::Strict => None,
    })
}

fn tokens_are_protected(headers: &HeadersFacts) -> Verdict {
    judge(
        headers,
        |seen| seen.likely_session,
        |page, _, cookie| match (page.secure && !cookie.secure, cookie.http_only) {
            (true, _) => Some("looks like a credential, without Secure"),
            (false, false) => Some("looks like a credential, without HttpOnly"),
            (false, true) => None,
        },
    )
}

fn sessions_stay_home(headers: &HeadersFacts) -> Verdict {
    judge(headers, is_session, |page, _, cookie| {
        cookie.is_shared(&page.host).then_some("Domain widens it")
    })
}

/// 400 days in seconds.
const LONGEST: u64 = 34_560_000;

fn lifetimes_fit(headers: &HeadersFacts) -> Verdict {
    judge(
        headers,
        |_| true,
        |_, seen, _| match seen.lifetime {
            Lifetime::For(seconds) if seconds.0 > LONGEST => Some("kept for 400 days at most"),
            Lifetime::For(_) | Lifetime::Session | Lifetime::Expired => None,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::model::Ask;
    use crate::rules::headers::sample::{Sample, failing, verdict, words};
    use crate::rules::{Change, Verdict};

    const JWT: &str = "eyJhbGciOi.eyJzdWIiOiI.c2lnbmF0dXJl";
    const TOKEN: &str = "hQ3zV9xLm2Kp7RtW4sYb";

    /// A cookie, and the rules that fail because of it, by the end of their ids.
    #[rustfmt::skip]
    const CASES: &[(&str, &[&str])] = &[
        ("sid=x; Secure; HttpOnly; SameSite=Lax",              &[]),
        ("__Host-sid=x; Secure; HttpOnly; Path=/; SameSite=Strict", &[]),
        ("sid=x; HttpOnly; SameSite=Lax",                      &["session-insecure"]),
        ("sid=x; Secure; SameSite=Lax",                        &["session-readable"]),
        ("auth_token=x; Secure; SameSite=Lax",                 &["session-readable"]),
        ("sid=x; Secure; HttpOnly",                            &["samesite-missing"]),
        ("sid=x; Secure; HttpOnly; SameSite=Sometimes",        &["samesite-missing"]),
        ("sid=x; Secure; HttpOnly; SameSite=None",             &[]),
        ("sid=x; Secure; HttpOnly; SameSite=Lax; Domain=example.com", &["session-shared-with-subdomains"]),
        ("sid=; Max-Age=0",                                    &[]), // a deletion
        ("sid=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT",       &[]),
        ("csrftoken=x; Secure; SameSite=Lax",                  &[]), // readable by design
        ("csrftoken=x; Secure",                                &["samesite-missing"]),
        // Flags, moments and addresses about a session are none.
        ("is_logged_in=1; Secure",                             &[]),
        ("session_expires=1767225600; Secure",                 &[]),
        ("JSESSIONID_CHECK=1; Secure",                         &[]),
        ("__Secure-next-auth.callback-url=https%3A%2F%2Fx; Secure", &[]),
        ("__RequestVerificationToken=x; Secure; SameSite=Lax", &[]),
        ("SSESS5d41402abc4b2a76b9719d911017c592=x; Secure; SameSite=Lax", &["session-readable"]),
        ("theme=dark",                                         &["cookie-insecure"]),
        ("theme=dark; Secure",                                 &[]),
        ("possession=nine-tenths; Secure",                     &[]),
        ("_ga=GA1.2.1234567890.1700000000; Secure; Max-Age=63072000", &["lifetime-capped"]),
    ];

    #[test]
    fn a_cookie_fails_by_what_it_lacks() {
        for (cookie, expected) in CASES {
            let found = failing(RULES, Sample::html().field("Set-Cookie", cookie));
            assert_eq!(found.len(), expected.len(), "{cookie}: {found:?}");
            assert!(
                found
                    .iter()
                    .zip(*expected)
                    .all(|(id, end)| id.ends_with(end)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn hsts_softens_and_does_not_excuse() {
        let sample = Sample::html().field("Strict-Transport-Security", "max-age=31536000");
        let found = failing(
            RULES,
            sample.field("Set-Cookie", "sid=x; HttpOnly; SameSite=Lax"),
        );
        assert_eq!(found, ["cookie-session-insecure-behind-hsts"]);
    }

    #[test]
    fn shapes_raise_a_question_only() {
        for value in [
            JWT,
            TOKEN,
            "(43 chars, 240 bits)",
            "(jwt, 310 chars, 12 bits)",
        ] {
            let cookie = format!("visitor={value}; Secure");
            assert_eq!(
                failing(RULES, Sample::html().field("Set-Cookie", &cookie)),
                ["cookie-likely-session"]
            );
        }
        let declared = Sample::html()
            .declared(|target| target.headers.other_cookies = vec!["visitor".to_owned()])
            .field("Set-Cookie", &format!("visitor={TOKEN}; Secure"));
        assert!(failing(RULES, declared).is_empty());
    }

    #[test]
    fn the_file_decides_what_is_a_session() {
        let declared = Sample::html()
            .declared(|target| target.headers.session_cookies = vec!["theme".to_owned()])
            .field("Set-Cookie", "theme=dark; Secure; SameSite=Lax");
        assert_eq!(failing(RULES, declared), ["cookie-session-readable"]);
    }

    #[test]
    fn hops_in_the_clear_count() {
        let cookie = [("Set-Cookie", "sid=x; HttpOnly; SameSite=Lax")];
        let sample = Sample::html().and(
            Ask::PlainHttp.of_target(),
            "http://example.com/",
            301,
            &cookie,
            "",
        );
        assert_eq!(failing(RULES, sample), ["cookie-session-insecure"]);
    }

    #[test]
    fn what_never_leaves_the_machine_is_not_in_the_clear() {
        let local = Sample::html().at("http://localhost:3000/");
        let found = failing(
            RULES,
            local.field("Set-Cookie", "sid=x; HttpOnly; SameSite=Lax"),
        );
        assert_eq!(found, [""; 0]);
        let cookie = [("Set-Cookie", "sid=x; HttpOnly; SameSite=Lax")];
        let twin = Sample::html().at("https://localhost/");
        let twin = twin.and(
            Ask::PlainHttp.of_target(),
            "http://localhost/",
            301,
            &cookie,
            "",
        );
        assert_eq!(failing(RULES, twin), ["cookie-session-insecure"]);
    }

    #[test]
    fn the_whole_line_is_wanted() {
        let cookie = "sid=x; Domain=example.com; Path=/app; Max-Age=60; HttpOnly";
        let facts = Sample::html().field("Set-Cookie", cookie).facts();
        let Verdict::Fail(found) = verdict(&RULES[0], &facts) else {
            panic!("it fails")
        };
        let wanted = "Max-Age=60; Domain=example.com; Path=/app; Secure; HttpOnly; SameSite=Lax";
        assert_eq!(
            found[0].change,
            Some(Change::Cookie("sid".into(), wanted.to_owned()))
        );
    }

    #[test]
    fn without_cookies_nothing_applies() {
        let answers = words(RULES, &Sample::html().facts());
        assert!(answers.iter().all(|word| *word == "n/a"), "{answers:?}");
    }
}
