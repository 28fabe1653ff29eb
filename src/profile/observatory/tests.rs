use proptest::prelude::*;

use super::{Fields, Hop, Preload, Scan, Session, Version, grade};
use crate::model::Timestamp;
use crate::wire::url::WebUrl;

fn hop(url: &str, status: u16, fields: &[(&str, &str)]) -> Hop {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Hop {
        url: WebUrl::parse(url).unwrap(),
        status,
        fields: Fields(fields.iter().map(own).collect()),
    }
}

/// A site that upgrades, and whose page has these fields and this body.
fn site(fields: &[(&str, &str)], body: &str) -> Scan {
    let end = hop("https://a.example/", 200, fields);
    let session = |hops| Session {
        hops,
        body: body.to_owned(),
        verified: true,
    };
    Scan {
        hostname: "a.example".to_owned(),
        http: Some(session(vec![
            hop("http://a.example/", 301, &[]),
            end.clone(),
        ])),
        https: Some(session(vec![end])),
        preflight: None,
        at: Timestamp::from_secs(0),
    }
}

fn result(scan: &Scan, test: &str, version: Version) -> &'static str {
    let graded = grade(scan, &Preload::default(), version).unwrap();
    graded.tests.iter().find(|t| t.name == test).unwrap().result
}

type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

/// Test, field lines, and the results of algorithm 4 and 5.
#[rustfmt::skip]
const FIELDS: &[Row] = &[
    ("content-security-policy", &[("Content-Security-Policy", "default-src 'self'"), ("Content-Security-Policy", "img-src *")],
        "csp-implemented-with-unsafe-inline", "csp-implemented-with-no-unsafe"),
    ("content-security-policy", &[("Content-Security-Policy", "default-src 'none'"), ("Content-Security-Policy", "default-src 'none'")],
        "csp-implemented-with-no-unsafe", "csp-implemented-with-no-unsafe-default-src-none"),
    ("content-security-policy", &[("Content-Security-Policy", "script-src 'strict-dynamic'; object-src 'none'")],
        "csp-header-invalid", "csp-header-invalid"),
    ("strict-transport-security", &[("Strict-Transport-Security", "max-age=abc")],
        "hsts-implemented-max-age-at-least-six-months", "hsts-implemented-max-age-at-least-six-months"),
    ("strict-transport-security", &[("Strict-Transport-Security", "max-age=1"), ("Strict-Transport-Security", "max-age=2")],
        "hsts-header-invalid", "hsts-header-invalid"),
    ("x-content-type-options", &[("X-Content-Type-Options", "nosniff"), ("X-Content-Type-Options", "nosniff")],
        "x-content-type-options-header-invalid", "x-content-type-options-header-invalid"),
    ("cookies", &[("Set-Cookie", "possession=1; Secure")],
        "cookies-session-without-httponly-flag", "cookies-session-without-httponly-flag"),
    ("cookies", &[("Set-Cookie", "__Host-a=b; Secure")],
        "cookies-secure-with-httponly-sessions", "cookies-secure-with-httponly-sessions"),
    ("cookies", &[("Set-Cookie", "__Host-a=b")],
        "cookies-not-found", "cookies-not-found"),
    ("subresource-integrity", &[],
        "sri-not-implemented-response-not-html", "sri-not-implemented-but-no-scripts-loaded"),
    ("x-frame-options", &[("Content-Security-Policy", "frame-ancestors *")],
        "x-frame-options-implemented-via-csp", "x-frame-options-implemented-via-csp"),
];

#[test]
fn results_are_those_of_the_observatory() {
    for (test, fields, four, five) in FIELDS {
        let scan = site(fields, "");
        assert_eq!(result(&scan, test, Version::Four), *four, "{fields:?}");
        assert_eq!(result(&scan, test, Version::Five), *five, "{fields:?}");
    }
}

/// A value of both fields, and the results for the opener and the embedder policy: what the
/// Observatory's own code answered at commit 94042bb, on 2026-12-01.
#[rustfmt::skip]
const ISOLATION: &[(Option<&str>, &str, &str)] = &[
    (None,                                      "coop-not-implemented", "coep-not-implemented"),
    (Some(""),                                  "coop-not-implemented", "coep-not-implemented"),
    (Some("same-origin"),                       "coop-implemented-with-same-origin", "coep-header-invalid"),
    (Some("same-origin-allow-popups"),          "coop-implemented-with-same-origin-allow-popups", "coep-header-invalid"),
    (Some("noopener-allow-popups"),             "coop-implemented-with-noopener-allow-popups", "coep-header-invalid"),
    (Some("unsafe-none"),                       "coop-implemented-with-unsafe-none", "coep-implemented-with-unsafe-none"),
    (Some("require-corp"),                      "coop-header-invalid", "coep-implemented-with-require-corp"),
    (Some("credentialless"),                    "coop-header-invalid", "coep-implemented-with-credentialless"),
    (Some("Same-Origin"),                       "coop-header-invalid", "coep-header-invalid"),
    (Some("REQUIRE-CORP"),                      "coop-header-invalid", "coep-header-invalid"),
    (Some("\"same-origin\""),                   "coop-header-invalid", "coep-header-invalid"),
    (Some("same-origin, same-origin"),          "coop-header-invalid", "coep-header-invalid"),
    (Some("same-origin;report-to=\"c\""),       "coop-implemented-with-same-origin", "coep-header-invalid"),
    (Some("require-corp; report-to=\"c\""),     "coop-header-invalid", "coep-implemented-with-require-corp"),
    (Some("same-origin;"),                      "coop-header-invalid", "coep-header-invalid"),
    (Some("same-origin ;a"),                    "coop-header-invalid", "coep-header-invalid"),
    (Some("same-origin; a"),                    "coop-implemented-with-same-origin", "coep-header-invalid"),
    (Some("require-corp;A=1"),                  "coop-header-invalid", "coep-header-invalid"),
    (Some("require-corp;a=?1;b=:aGk=:"),        "coop-header-invalid", "coep-implemented-with-require-corp"),
    (Some("  unsafe-none  "),                   "coop-implemented-with-unsafe-none", "coep-implemented-with-unsafe-none"),
    (Some("same-origin x"),                     "coop-header-invalid", "coep-header-invalid"),
    (Some("(same-origin)"),                     "coop-header-invalid", "coep-header-invalid"),
    (Some("?1"),                                "coop-header-invalid", "coep-header-invalid"),
    (Some("*"),                                 "coop-header-invalid", "coep-header-invalid"),
    (Some("same-origin;a=@1"),                  "coop-implemented-with-same-origin", "coep-header-invalid"),
    (Some("require-corp;a=%\"x\""),             "coop-header-invalid", "coep-implemented-with-require-corp"),
    (Some("same-origin;\ta"),                   "coop-header-invalid", "coep-header-invalid"),
    (Some("credentialless;report-to=c"),        "coop-header-invalid", "coep-implemented-with-credentialless"),
    (Some("credentialless;report-to='c'"),      "coop-header-invalid", "coep-header-invalid"),
];

#[test]
fn isolation_counts_as_it_does_in_the_repository() {
    for (value, coop, coep) in ISOLATION {
        let names = ["Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy"];
        let fields: Vec<(&str, &str)> = value
            .iter()
            .flat_map(|value| names.map(|name| (name, *value)))
            .collect();
        let scan = site(&fields, "");
        let of = |test| result(&scan, test, Version::Six);
        assert_eq!(of("cross-origin-opener-policy"), *coop, "{value:?}");
        assert_eq!(of("cross-origin-embedder-policy"), *coep, "{value:?}");
    }
}

#[test]
fn isolation_is_extra_credit_in_algorithm_six_alone() {
    let isolated = [
        ("Strict-Transport-Security", "max-age=31536000"),
        (
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
    ];
    let scan = site(&isolated, "");
    let told = |version| {
        let graded = grade(&scan, &Preload::default(), version).unwrap();
        (graded.score, graded.tests.len(), graded.passed)
    };
    assert_eq!(told(Version::Four), (115, 10, 10));
    assert_eq!(told(Version::Five), (115, 10, 10));
    assert_eq!(told(Version::Six), (135, 12, 12));
}

#[test]
fn an_html_body_that_is_json_is_refused_by_the_later_parser() {
    let scan = site(&[("Content-Type", "text/html")], "{\"a\": 1}");
    let of = |version| result(&scan, "subresource-integrity", version);
    assert_eq!(
        of(Version::Four),
        "sri-not-implemented-but-no-scripts-loaded"
    );
    assert_eq!(of(Version::Five), "html-not-parseable");
}

#[test]
fn extra_credit_counts_from_ninety_points_on() {
    let good = [
        ("Strict-Transport-Security", "max-age=31536000"),
        (
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ];
    let graded = |fields: &[(&str, &str)]| {
        grade(&site(fields, ""), &Preload::default(), Version::Four).unwrap()
    };
    let all = graded(&good);
    assert_eq!((all.score, all.grade, all.passed), (120, "A+", 10));
    let without_hsts = graded(&good[1..]);
    assert_eq!((without_hsts.score, without_hsts.grade), (80, "B+"));
}

#[test]
fn a_status_it_does_not_grade_is_its_error() {
    for (status, expected) in [
        (200, true),
        (401, true),
        (403, true),
        (404, false),
        (500, false),
    ] {
        let mut scan = site(&[], "");
        scan.https.as_mut().unwrap().hops[0].status = status;
        let answer = grade(&scan, &Preload::default(), Version::Four);
        assert_eq!(answer.is_ok(), expected, "{status}");
    }
}

#[test]
fn the_preload_list_is_read_in_both_forms() {
    let chromium = "// comment\n{\"entries\": [{\"name\": \"a.example\", \"mode\": \"force-https\", \
                    \"include_subdomains\": true}, {\"name\": \"b.example\"}]}";
    let observatory = "{\"a.example\": {\"mode\": \"force-https\", \"includeSubDomains\": true}}";
    for text in [chromium, observatory] {
        let preload = Preload::parse(text).unwrap();
        assert!(preload.covers("a.example") && preload.covers("x.a.example"));
        assert!(!preload.covers("b.example") && !preload.covers("example"));
        let graded = grade(&site(&[], ""), &preload, Version::Four).unwrap();
        let of = |name| graded.tests.iter().find(|t| t.name == name).unwrap().result;
        assert_eq!(of("strict-transport-security"), "hsts-preloaded");
        assert_eq!(of("redirection"), "redirection-all-redirects-preloaded");
    }
    assert_eq!(Preload::parse("[]"), None);
}

#[test]
fn every_result_key_has_its_price() {
    let mut keys: Vec<&str> = super::score::KEYS.iter().map(|(key, ..)| *key).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all);
}

proptest! {
    #[test]
    fn any_site_is_survived(csp in "(default-src|'none'|;| |,|%|/|\\*|https:|é){0,20}|.{0,60}", cookie in ".{0,40}", body in "(<script |src=|>|https://|'|\"|[a-z]|<meta ){0,20}") {
        let fields = [
            ("Content-Security-Policy", csp.as_str()),
            ("Content-Security-Policy", "default-src 'self'; img-src *"),
            ("Set-Cookie", cookie.as_str()),
            ("Content-Type", "text/html"),
        ];
        let scan = site(&fields, &body);
        let known = |key: &str| super::score::KEYS.iter().any(|(known, ..)| *known == key);
        for version in [Version::Four, Version::Five, Version::Six] {
            if let Ok(graded) = grade(&scan, &Preload::default(), version) {
                prop_assert!(graded.tests.iter().all(|test| known(test.result)));
            }
        }
    }
}
