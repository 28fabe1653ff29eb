//! One table for all rules about the page as markup: which of them fail, and none else.

use super::sample::{Sample, words};
use super::{csp, csp_page, csp_paths, mixed, sri};
use crate::evidence::{Cause, Payload};
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
    // What says nothing of scripts is never worse than none.
    ("frame-ancestors 'self'", "<p>",                             &["csp-missing"]),
    ("base-uri 'none'; form-action 'none'", "<p>",                &["csp-missing"]),
    ("object-src 'none'; img-src *", "<p>",                       &["csp-missing"]),
    ("sandbox allow-scripts", "<p>",                              &["csp-missing"]),
    // What a sandbox takes away is closed.
    ("sandbox; object-src 'none'; base-uri 'none'", "<p>",        &["csp-style-open"]),
    ("sandbox; default-src 'none'; base-uri 'none'", "<form action=/x>", &["csp-blocks-page"]),
    ("sandbox allow-forms; default-src 'unsafe-inline' 'unsafe-eval'; base-uri 'none'", "<p>", &["csp-form-open", "csp-style-open"]),
    ("sandbox allow-scripts; default-src 'unsafe-inline'; base-uri 'none'", "<p>", &["csp-script-open", "csp-style-open"]),
    ("sandbox", "<script>f()</script><form action=/x>",           &["csp-object-open", "csp-base-open", "csp-style-open", "csp-blocks-page"]),
    // Hash reports allow nothing, and are no fault; no source is an IPv6 address.
    ("default-src 'none'; script-src 'self' 'report-sha256' 'report-sha384' 'REPORT-SHA512'; base-uri 'none'; form-action 'none'", "<p>", &[]),
    ("default-src 'none'; script-src 'report-sha256'; base-uri 'none'; form-action 'none'", "<script>f()</script>", &["csp-blocks-page"]),
    ("default-src 'none'; script-src 'report-md5'; base-uri 'none'; form-action 'none'", "<p>", &["csp-source-void"]),
    ("default-src 'none'; img-src http://[::1]:8080; base-uri 'none'; form-action 'none'", "<p>", &["csp-source-void"]),
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
    // A policy in <meta> holds for what follows it.
    ("",                     "<script>f()</script><meta http-equiv=content-security-policy content=\"default-src 'none'; form-action 'none'; base-uri 'none'\">", &[]),
    ("",                     "<link rel=icon href=//img.example.net/x><meta http-equiv=content-security-policy content=\"default-src 'none'; form-action 'none'; base-uri 'none'\">", &[]),
    ("",                     "<meta http-equiv=content-security-policy content=\"default-src 'none'; form-action 'none'; base-uri 'none'\"><script>f()</script>", &["csp-blocks-page"]),
    (OWASP,                  "<script>f()</script><meta http-equiv=content-security-policy content=\"default-src 'none'\">", &["csp-blocks-page"]),
    // Hashes are taken over what the parser makes of the text.
    ("default-src 'none'; script-src 'sha256-GpfXNSGA7AfjRV6DlBPnw1DCHfleUrLBhn1GCDoot4A='; base-uri 'none'; form-action 'none'", "<script>\r\nf()\r\n</script>", &[]),
    ("default-src 'none'; script-src 'sha256-GpfXNSGA7AfjRV6DlBPnw1DCHfleUrLBhn1GCDoot4A='; base-uri 'none'; form-action 'none'", "<script>\rf()\n</script>", &[]),
    ("default-src 'none'; script-src 'sha256-EaP1aiYVGh2DWxPVbAN2+Dubt9kC5/aeIGwaJ4dbbus='; base-uri 'none'; form-action 'none'", "<script>\r\nf()\r\n</script>", &["csp-blocks-page"]),
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

/// Fields, and whether a browser renders the markup behind them.
#[rustfmt::skip]
const HANDLED: &[(&[(&str, &str)], bool)] = &[
    (&[("Content-Type", "text/html"), ("Content-Disposition", "attachment; filename=\"a;b.html\"")], false),
    (&[("Content-Type", "text/html"), ("Content-Disposition", "form-data")],       false), // unknown: to be saved
    (&[("Content-Type", "text/html"), ("Content-Disposition", "Inline; filename=a.html")], true),
    (&[("Content-Type", "text/html"), ("Content-Disposition", "filename=a.html")], true),
    (&[("Content-Type", "text/plain")],                                            false),
    (&[("Content-Type", "text/plain"), ("X-Content-Type-Options", "nosniff")],     false),
    (&[("Content-Type", "application/pdf")],                                       false),
    (&[("Content-Type", "application/rss+xml")],                                   false),
    (&[("Content-Type", "text/event-stream")],                                     false),
    (&[],                                                                          true),
    (&[("X-Content-Type-Options", "nosniff")],                                     false),
];

#[test]
fn what_no_browser_renders_owes_nothing_of_a_page() {
    for (fields, rendered) in HANDLED {
        let sample = Sample::html().without("content-type").body("<html><p>x");
        let facts = sample.fields(fields.iter().copied()).facts();
        let framing = words(&super::framing::RULES[..1], &facts);
        assert_eq!(
            failing(&facts).contains(&"csp-missing"),
            *rendered,
            "{fields:?}"
        );
        assert_eq!(framing == ["n/a"], !*rendered, "{fields:?}");
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
    let policy = before.document.unwrap().suggestion.unwrap().policy;
    let after = Sample::html()
        .body(markup)
        .field("Content-Security-Policy", &policy)
        .facts();
    // Scripts may set styles.
    assert_eq!(failing(&after), ["csp-style-open"], "{policy}");
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

/// What was read of a page, why not all of it, and the rules that then neither pass nor do not apply.
#[test]
fn what_was_not_read_has_not_passed() {
    const HEAD: &str = "<!doctype html><head><title>x</title>";
    const POLICY: &str = "<meta http-equiv=content-security-policy content=\"default-src 'self'; \
                          base-uri 'none'; form-action 'none'\">";
    let body_rules = [
        "headers/csp-blocks-page",
        "headers/sri-missing",
        "headers/sri-void",
        "headers/mixed-content-blocked",
        "headers/mixed-content-upgradeable",
        "headers/form-in-the-clear",
    ];
    let closed = |body: &[u8]| Payload {
        complete: false,
        cut: Some(Cause::Closed),
        ..Payload::whole(body)
    };
    let clipped = |body: &[u8]| Payload {
        left_out: Some(1),
        ..Payload::whole(body)
    };
    let past_head = format!("{HEAD}{POLICY}<body><p>");
    #[rustfmt::skip]
    let rows: [(Payload, &str, &str, &str); 6] = [
        (closed(past_head.as_bytes()),                    "identity", "unknown",    "pass"),
        (closed(format!("{HEAD}{POLICY}").as_bytes()),    "identity", "unknown",    "pass"),
        (closed(HEAD.as_bytes()),                         "identity", "unknown",    "unknown"),
        (clipped(past_head.as_bytes()),                   "identity", "not tested", "pass"),
        (Payload::whole(past_head.as_bytes()),            "compress", "unknown",    "unknown"),
        (Payload::whole(past_head.as_bytes()),            "gzip",     "unknown",    "unknown"), // it is none
    ];
    for (body, coding, expected, policy) in rows {
        let facts = Sample::html()
            .field("Content-Encoding", coding)
            .payload(body.clone())
            .facts();
        let word = |id: &str| {
            let rule = rules().find(|rule| rule.id.as_str() == id).unwrap();
            super::sample::verdict(rule, &facts).word()
        };
        let there = word("headers/csp-missing");
        assert_eq!(there, policy, "{body:?} in {coding}");
        for id in body_rules {
            assert_eq!(word(id), expected, "{id} of {body:?} in {coding}");
        }
    }
}
