//! One table for all rules about the page as markup: which of them fail, and none else.

use super::sample::{Sample, words};
use super::{csp, csp_page, csp_paths, mixed, sri};
use crate::facts::headers::HeadersFacts;
use crate::model::Ask;
use crate::rules::Rule;

fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        csp::RULES,
        csp_paths::RULES,
        csp_page::RULES,
        sri::RULES,
        mixed::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The slugs of the rules that fail.
fn failing(facts: &HeadersFacts) -> Vec<&'static str> {
    rules()
        .filter(|rule| words(std::slice::from_ref(rule), facts) == ["fail"])
        .map(|rule| rule.id.as_str().trim_start_matches("headers/"))
        .collect()
}

const STRICT: &str = "script-src 'nonce-c2l4dGVlbiBieXRlcyBzbw==' 'strict-dynamic'; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; style-src 'self'";
const HELMET: &str = "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action \
                      'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src \
                      'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline';\
                      upgrade-insecure-requests";
const OWASP: &str = "default-src 'self'; form-action 'self'; base-uri 'self'; object-src 'none'; \
                     frame-ancestors 'none'; upgrade-insecure-requests";

/// Policy (none if empty), markup, and what fails.
#[rustfmt::skip]
const CASES: &[(&str, &str, &[&str])] = &[
    ("",                     "<p>",                               &["csp-missing"]),
    ("upgrade-insecure-requests", "<p>",                          &["csp-missing"]),
    (HELMET,                 "<p>",                               &["csp-style-open"]),
    (OWASP,                  "<p><script src=/a.js></script>",    &[]),
    (STRICT,                 "<script nonce='c2l4dGVlbiBieXRlcyBzbw=='>f()</script>", &[]),
    (STRICT,                 "<p>",                               &["csp-nonce-unused"]),
    ("default-src 'self'",   "<p>",                               &["csp-base-open", "csp-form-open"]),
    ("default-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'", "<p>",
        &["csp-script-open", "csp-style-open"]),
    ("default-src *; base-uri 'none'; form-action 'none'", "<p>",
        &["csp-script-open", "csp-object-open", "csp-style-open"]),
    ("default-src 'none'; script-src ‘self’; base-uri 'none'; form-action 'none'", "<p>",
        &["csp-directive-void"]),
    ("default-src 'none'; script-src self; base-uri 'none'; form-action 'none'", "<p>",
        &["csp-source-void"]),
    ("default-src 'none'; referrer no-referrer; base-uri 'none'; form-action 'none'", "<p>",
        &["csp-obsolete"]),
    ("default-src 'none'; script-src unpkg.com 'unsafe-eval'; base-uri 'none'; form-action 'none'", "<p>",
        &["csp-script-bypass", "csp-eval"]),
    ("default-src 'none'; script-src 'strict-dynamic'; base-uri 'none'; form-action 'none'", "<p>",
        &["csp-blocks-all-scripts"]),
    ("default-src 'none'; script-src 'nonce-test'; base-uri 'none'; form-action 'none'", "<script nonce=test>f()</script>",
        &["csp-nonce-weak"]),
    (OWASP,                  "<a onclick='f()'>",                 &["csp-blocks-page"]),
    (OWASP,                  "<script src=//cdn.example.org/x></script>", &["csp-blocks-page", "sri-missing"]),
    ("",                     "<script src=//cdn.example.org/x integrity=x crossorigin></script>", &["csp-missing", "sri-void"]),
    ("",                     "<link rel=stylesheet href=//cdn.example.com/x>", &["csp-missing"]), // its own site
    ("",                     "<script src=http://example.com/x></script>", &["csp-missing", "mixed-content-blocked"]),
    ("",                     "<img src=http://example.com/x>",    &["csp-missing", "mixed-content-upgradeable"]),
    ("",                     "<form action=http://example.com/x>", &["csp-missing", "form-in-the-clear"]),
    ("",                     "<a href=http://example.com/x><img src=http://localhost/x>", &["csp-missing"]),
    (OWASP,                  "<img src=http://example.com/x>",    &["csp-blocks-page"]),
    ("",                     "<meta http-equiv=content-security-policy content=\"default-src 'none'; form-action 'none'; base-uri 'none'\">", &[]),
    ("",                     "<body><meta http-equiv=content-security-policy content=\"default-src 'none'\">", &["csp-missing"]),
];

#[test]
fn what_is_wrong_fails_and_nothing_else() {
    for (policy, markup, expected) in CASES {
        let mut sample = Sample::html().body(&format!("<!doctype html>{markup}"));
        if !policy.is_empty() {
            sample = sample.field("Content-Security-Policy", policy);
        }
        assert_eq!(
            failing(&sample.facts()),
            *expected,
            "{policy} over {markup}"
        );
    }
}

#[test]
fn no_rule_applies_to_what_no_browser_renders() {
    let facts = Sample::json().facts();
    for rule in rules() {
        assert_eq!(
            words(std::slice::from_ref(rule), &facts),
            ["n/a"],
            "{}",
            rule.id
        );
    }
}

#[test]
fn a_policy_that_only_reports_is_told_so() {
    let facts = Sample::html()
        .field("Content-Security-Policy-Report-Only", "default-src 'self'")
        .facts();
    let crate::rules::Verdict::Fail(observed) = super::sample::verdict(&csp::RULES[0], &facts)
    else {
        panic!("it stops nothing");
    };
    assert!(observed[0].said.raw().contains("only reports"));
}

#[test]
fn a_nonce_that_comes_again_is_found() {
    let answers = [
        (STRICT, "fail"),
        ("script-src 'nonce-YW5vdGhlciBzaXh0ZWVuIQ=='", "pass"),
        ("default-src 'self'", "not tested"), // an error in between
    ];
    for (later, expected) in answers {
        let fields = [
            ("Content-Type", "text/html"),
            ("Content-Security-Policy", later),
        ];
        let facts = Sample::html()
            .field("Content-Security-Policy", STRICT)
            .and(
                Ask::Again.of_target(),
                "https://example.com/",
                200,
                &fields,
                "",
            )
            .facts();
        assert_eq!(words(&csp_page::RULES[..1], &facts), [expected], "{later}");
    }
    let once = Sample::html()
        .field("Content-Security-Policy", STRICT)
        .facts();
    assert_eq!(words(&csp_page::RULES[..1], &once), ["not tested"]);
}

#[test]
fn the_suggestion_mends_what_it_is_made_for() {
    let markup = "<!doctype html><script>f()</script><img src=//img.example.net/x>";
    let before = Sample::html().body(markup).facts();
    let policy = before.document.unwrap().suggested_policy.unwrap();
    let after = Sample::html()
        .body(markup)
        .field("Content-Security-Policy", &policy)
        .facts();
    assert_eq!(failing(&after), [] as [&str; 0], "{policy}");
}

#[test]
fn a_directive_is_added_to_the_policy_that_is_there() {
    let facts = Sample::html()
        .field(
            "Content-Security-Policy",
            "default-src 'self'; img-src *; form-action 'none'",
        )
        .facts();
    let base = csp_paths::RULES
        .iter()
        .find(|rule| rule.id.as_str() == "headers/csp-base-open");
    let crate::rules::Verdict::Fail(observed) = super::sample::verdict(base.unwrap(), &facts)
    else {
        panic!("the base is open");
    };
    let crate::rules::Change::Set(_, value) = observed[0].change.as_ref().unwrap() else {
        panic!("a field is set");
    };
    let expected = "default-src 'self'; img-src *; form-action 'none'; base-uri 'none'";
    assert_eq!(value, expected);
}
