use proptest::prelude::*;

use super::{Answer, evaluate};

/// A policy, then each finding as `type severity directive value`.
#[rustfmt::skip]
const CASES: &[(&str, &[&str])] = &[
    ("default-src 'none'",
        &[]),
    ("script-src 'unsafe-inline'; object-src 'none'",
        &["301 10 script-src 'unsafe-inline'"]),
    ("script-src 'unsafe-inline' 'nonce-abcdefgh'; object-src 'none'; base-uri 'none'",
        &["405 100 script-src 'unsafe-inline'", "405 100 script-src 'unsafe-inline'", "405 100 script-src 'unsafe-inline'"]),
    ("script-src 'self' cdnjs.cloudflare.com; object-src 'none'",
        &["305 50 script-src 'self'", "305 10 script-src cdnjs.cloudflare.com"]),
    ("script-src www.google-analytics.com; object-src 'none'",
        &["305 50 script-src www.google-analytics.com"]),
    ("script-src www.google-analytics.com 'unsafe-eval'; object-src 'none'",
        &["302 50 script-src 'unsafe-eval'", "305 10 script-src www.google-analytics.com"]),
    ("img-src http://127.0.0.1",
        &["300 10 object-src -", "300 10 script-src -", "308 60 img-src http://127.0.0.1", "310 30 img-src http://127.0.0.1"]),
    ("default-src 'none' script-src; foo: x; referrer y",
        &["309 60 referrer -", "101 20 foo: -", "100 20 default-src script-src"]),
    ("default-src 'none'; style-src self 'slef' 'nonce-a}'",
        &["307 30 style-src 'nonce-a}'", "106 60 style-src 'nonce-a}'", "102 20 style-src self", "102 20 style-src 'slef'", "102 20 style-src 'nonce-a}'"]),
];

#[test]
fn findings_are_those_of_the_evaluator() {
    for (policy, expected) in CASES {
        let Answer::Findings(findings) = evaluate(policy) else {
            panic!("{policy} throws");
        };
        let shown: Vec<_> = findings
            .iter()
            .map(|f| {
                let value = f.value.as_deref().unwrap_or("-");
                format!("{} {} {} {value}", f.kind, f.severity, f.directive)
            })
            .collect();
        assert_eq!(shown, *expected, "{policy}");
    }
}

#[test]
fn a_value_that_is_no_host_makes_it_throw() {
    for policy in ["img-src a.example:x", "report-uri //", "img-src 1.2.3.4.5"] {
        assert!(
            matches!(evaluate(policy), Answer::Throws { .. }),
            "{policy}"
        );
    }
}

proptest! {
    #[test]
    fn any_policy_is_survived(policy in "(script-src|object-src|'nonce-|'|;| |\\*|:|/|\\.|[a-z0-9]|é){0,40}|.{0,80}") {
        let _ = evaluate(&policy);
    }
}
