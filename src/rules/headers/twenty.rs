//! Cases that graders of this field are known to get wrong, one test each, judged by the whole
//! catalogue of this family. What policies are about has its own file; CORS is another family.

use super::RULES;
use super::sample::{Sample, verdict};
use crate::facts::headers::{Embedding, HeadersFacts};
use crate::model::{Ask, Severity};
use crate::rules::Check;

/// The ids of what fails above info, without the family.
fn failed(facts: &HeadersFacts) -> Vec<&'static str> {
    RULES
        .iter()
        .copied()
        .flatten()
        .filter(|rule| matches!(rule.check, Check::Page(_) | Check::Headers(_)))
        .filter(|rule| rule.severity > Severity::Info)
        .filter(|rule| verdict(rule, facts).word() == "fail")
        .map(|rule| rule.id.as_str().trim_start_matches("headers/"))
        .collect()
}

fn fails(sample: Sample, id: &str) -> bool {
    failed(&sample.facts()).contains(&id)
}

#[test]
fn hsts_is_parsed_and_not_searched() {
    let with = |value| Sample::html().field("Strict-Transport-Security", value);
    assert!(fails(with("max-age=\"0\""), "hsts-disabled"));
    assert!(fails(with("max-age=abc"), "hsts-malformed"));
    assert!(fails(with("max-age=31536000junk"), "hsts-malformed"));
    for legal in [
        "max-age = 31536000",
        "max-age=\"31536000\"",
        "MAX-AGE=31536000",
    ] {
        let facts = with(legal).facts();
        assert!(
            !failed(&facts).iter().any(|id| id.starts_with("hsts")),
            "{legal}"
        );
    }
}

#[test]
fn of_two_hsts_lines_the_first_counts() {
    let lines = [
        ("Strict-Transport-Security", "max-age=31536000"),
        ("Strict-Transport-Security", "x"),
    ];
    assert!(
        !failed(&Sample::html().fields(lines).facts())
            .iter()
            .any(|id| id.starts_with("hsts"))
    );
}

#[test]
fn repeated_nosniff_is_nosniff() {
    let lines = [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Content-Type-Options", "nosniff"),
    ];
    let facts = Sample::html().fields(lines).facts();
    assert!(!failed(&facts).iter().any(|id| id.starts_with("nosniff")));
}

#[test]
fn embedding_is_what_browsers_make_of_everything() {
    let by = |fields: &[(&str, &str)]| {
        let sample = Sample::html().fields(fields.iter().copied());
        sample.facts().answer().map(|page| page.embedding)
    };
    let frame = "X-Frame-Options";
    assert_eq!(
        by(&[(frame, "DENY"), (frame, "DENY")]),
        Some(Embedding::Nobody)
    );
    assert_eq!(
        by(&[(frame, "ALLOW-FROM https://a.example")]),
        Some(Embedding::Anyone)
    );
    assert_eq!(
        by(&[("Content-Security-Policy", "frame-ancestors *")]),
        Some(Embedding::Anyone)
    );
}

#[test]
fn resource_policies_have_a_case() {
    assert!(fails(
        Sample::html().field("Cross-Origin-Resource-Policy", "SAME-ORIGIN"),
        "corp-void"
    ));
}

#[test]
fn sessions_are_known_by_more_than_two_words() {
    let with = |cookie| Sample::html().field("Set-Cookie", cookie);
    assert!(fails(
        with("auth_token=x; Secure; SameSite=Lax"),
        "cookie-session-readable"
    ));
    assert!(!fails(
        with("possession=x; Secure; SameSite=Lax"),
        "cookie-session-readable"
    ));
    assert!(!fails(
        with("session=; Max-Age=0"),
        "cookie-session-insecure"
    ));
}

#[test]
fn a_cookie_browsers_drop_is_told() {
    let cookie = "__Host-sid=x; Secure; HttpOnly; Path=/app";
    assert!(fails(
        Sample::html().field("Set-Cookie", cookie),
        "cookie-refused"
    ));
}

#[test]
fn cookies_of_the_plain_http_hop_count() {
    let cookie = [("Set-Cookie", "sid=x; HttpOnly; SameSite=Lax")];
    let sample = Sample::html().and(
        Ask::PlainHttp.of_target(),
        "http://example.com/",
        301,
        &cookie,
        "",
    );
    assert!(fails(sample, "cookie-session-insecure"));
}

/// What the REST Security Cheat Sheet asks of every answer.
fn api() -> Sample {
    Sample::json().fields([
        ("Strict-Transport-Security", "max-age=31536000"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ])
}

#[test]
fn an_api_owes_what_apis_owe() {
    let refusing = api().and_nothing(Ask::PlainHttp.of_target(), "http://example.com/");
    assert_eq!(failed(&refusing.facts()), [""; 0]);
    for status in [200, 201, 401, 403, 404, 422, 500] {
        assert_eq!(failed(&api().status(status).facts()), [""; 0], "{status}");
    }
}

#[test]
fn addresses_are_first_class() {
    let facts = Sample::html().at("https://127.0.0.1:8443/x?y").facts();
    assert!(!failed(&facts).iter().any(|id| id.starts_with("hsts")));
}

#[test]
fn media_types_have_no_case() {
    for media in ["Text/HTML; charset=utf-8", "text/html ;charset=utf-8"] {
        let sample = Sample::html()
            .without("content-type")
            .field("Content-Type", media);
        assert!(fails(sample, "framing-allowed"), "{media} is a page");
    }
}

#[test]
fn what_others_never_score_is_scored() {
    let cases = [
        (
            "Permissions-Policy",
            "camera 'none'",
            "permissions-policy-void",
        ),
        (
            "Cache-Control",
            "no-store; private",
            "cache-control-malformed",
        ),
        ("Server", "nginx/1.22.1", "banner-version"),
        ("Set-Cookie", "__Secure-a=b", "cookie-refused"),
    ];
    for (name, value, id) in cases {
        assert!(
            fails(Sample::html().field(name, value), id),
            "{name}: {value}"
        );
    }
    assert!(fails(
        Sample::html().without("content-type"),
        "content-type-missing"
    ));
    let html = [("Content-Type", "text/html")];
    let trace = "Traceback (most recent call last):";
    let error = Sample::html().and(
        Ask::NotFound.of_target(),
        "https://example.com/x",
        404,
        &html,
        trace,
    );
    assert!(fails(error, "stack-trace"));
}

#[test]
fn presence_is_not_enough() {
    let junk = Sample::html().fields([
        (
            "Content-Security-Policy-Report-Only",
            "frame-ancestors 'none'",
        ),
        ("X-Content-Type-Options", "yes"),
        ("X-Frame-Options", "none"),
        ("Referrer-Policy", "none"),
    ]);
    let found = failed(&junk.facts());
    for id in [
        "framing-allowed",
        "nosniff-void",
        "frame-options-void",
        "referrer-policy-malformed",
    ] {
        assert!(found.contains(&id), "{id}: {found:?}");
    }
}
