//! Who may frame a page: `frame-ancestors`, else `X-Frame-Options`, as browsers combine them.

use super::scope::{DOCUMENT, Scope, line, missing, outside};
use crate::facts::Header;
use crate::facts::headers::{Embedding, Page};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Change, Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::frame_options::FrameOptions;

const ALLOWED: RuleId = RuleId::new("headers/framing-allowed");
const VOID: RuleId = RuleId::new("headers/frame-options-void");
const CONFLICT: RuleId = RuleId::new("headers/frame-options-conflict");

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[(ALLOWED, DOCUMENT), (VOID, DOCUMENT), (CONFLICT, DOCUMENT)];

const HTML: Reference = Reference::Standard(
    "HTML, the X-Frame-Options header",
    "https://html.spec.whatwg.org/multipage/document-lifecycle.html#the-x-frame-options-header",
);
const CSP: Reference = Reference::Standard(
    "CSP3 §6.4.2",
    "https://www.w3.org/TR/CSP3/#directive-frame-ancestors",
);

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: ALLOWED,
        title: "Every site may frame the page",
        severity: Severity::Medium,
        rationale: "A page in a stranger's frame can be covered, and its visitors made to click \
                    what they do not see.",
        expected: "Content-Security-Policy with frame-ancestors, or X-Frame-Options",
        remediation: "Send frame-ancestors 'none' or 'self' in the policy, or X-Frame-Options: DENY.",
        observed_by: "frame-ancestors of all policies together; where none has it, X-Frame-Options \
                      as HTML processes it. A <meta> cannot say either.",
        references: &[CSP, HTML],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_protected),
    },
    Rule {
        id: VOID,
        title: "X-Frame-Options is set but browsers ignore it",
        severity: Severity::Low,
        rationale: "ALLOW-FROM, ALLOWALL and unknown words protect from nothing, while looking as \
                    if they did.",
        expected: "DENY or SAMEORIGIN, or frame-ancestors for a list of origins",
        remediation: "Say DENY or SAMEORIGIN; list other origins in frame-ancestors.",
        observed_by: "All lines of the field, as HTML processes them.",
        references: &[HTML],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(means_something),
    },
    Rule {
        id: CONFLICT,
        title: "X-Frame-Options contradicts itself",
        severity: Severity::Low,
        rationale: "Browsers refuse every frame when values differ, the site's own among them.",
        expected: "one value",
        remediation: "Set it in one place, and remove the other's at the proxy.",
        observed_by: "All lines of the field; equal values count once.",
        references: &[HTML],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_consistent),
    },
];

fn is_protected(page: &Page) -> Verdict {
    if let Some(verdict) = outside(page, DOCUMENT) {
        return verdict;
    }
    if page.embedding < Embedding::Anyone {
        return Verdict::Pass;
    }
    let exposed = exposed(page);
    if !decided_by_policy(page) {
        return Verdict::Fail(vec![exposed.mended_by(deny())]);
    }
    // Beside frame-ancestors, X-Frame-Options is not looked at (CSP3 §6.4.2).
    Verdict::Fail(vec![match closed(page) {
        Some(policy) => exposed.mended_by(Change::Set("Content-Security-Policy", policy)),
        None => exposed.wanted("frame-ancestors 'self' in the policy"),
    }])
}

/// The one policy as it stands, with frame-ancestors for the page's own origin.
fn closed(page: &Page) -> Option<String> {
    let mut lines = page.all("content-security-policy");
    let (Some((_, line)), None, [_]) = (lines.next(), lines.next(), page.policies.as_slice())
    else {
        return None;
    };
    let directives = line.split(';').map(str::trim).map(|directive| {
        let name = directive.split_ascii_whitespace().next().unwrap_or("");
        if name.eq_ignore_ascii_case("frame-ancestors") {
            "frame-ancestors 'self'"
        } else {
            directive
        }
    });
    let kept: Vec<&str> = directives
        .filter(|directive| !directive.is_empty())
        .collect();
    Some(kept.join("; "))
}

/// The line that lets everybody in, where there is one.
fn exposed(page: &Page) -> Observed {
    let policy = page
        .all("content-security-policy")
        .find(|(_, value)| value.to_ascii_lowercase().contains("frame-ancestors"));
    match (policy, &page.x_frame_options) {
        (Some((at, _)), _) => line(page, &at, Embedding::Anyone.sentence()),
        (
            None,
            Header::Present {
                at,
                value: FrameOptions::Void(why),
            },
        ) => line(page, at, why),
        (None, _) => missing(page, "neither frame-ancestors nor X-Frame-Options"),
    }
}

fn deny() -> Change {
    Change::Set("X-Frame-Options", "DENY".to_owned())
}

/// Where a policy decides, the field is not looked at, and a void one harms nobody.
fn means_something(page: &Page) -> Verdict {
    if let Some(verdict) = outside(page, DOCUMENT) {
        return verdict;
    }
    if decided_by_policy(page) {
        return Verdict::NotApplicable("frame-ancestors decides");
    }
    match &page.x_frame_options {
        Header::Present {
            at,
            value: FrameOptions::Void(why),
        } => Verdict::Fail(vec![line(page, at, why).mended_by(deny())]),
        Header::Present { .. } => Verdict::Pass,
        Header::Absent | Header::Malformed { .. } => Verdict::NotApplicable("not set"),
    }
}

fn decided_by_policy(page: &Page) -> bool {
    page.policies
        .iter()
        .any(|policy| policy.directive("frame-ancestors").is_some())
}

fn is_consistent(page: &Page) -> Verdict {
    if let Some(verdict) = outside(page, DOCUMENT) {
        return verdict;
    }
    match &page.x_frame_options {
        Header::Present {
            at,
            value: FrameOptions::Conflict,
        } if !decided_by_policy(page) => Verdict::Fail(vec![line(
            page,
            at,
            "values differ: browsers refuse all frames",
        )]),
        Header::Present { .. } => Verdict::Pass,
        Header::Absent | Header::Malformed { .. } => Verdict::NotApplicable("not set"),
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::rules::headers::sample::{Sample, verdict, words};
    use crate::rules::{Change, Verdict};

    /// X-Frame-Options lines, a policy, and what each rule answers.
    #[rustfmt::skip]
    const CASES: &[(&[&str], Option<&str>, [&str; 3])] = &[
        (&[],                       None,                           ["fail", "n/a",  "n/a"]),
        (&["DENY"],                 None,                           ["pass", "pass", "pass"]),
        (&["sameorigin"],           None,                           ["pass", "pass", "pass"]),
        (&["DENY", "DENY"],         None,                           ["pass", "pass", "pass"]),
        (&["DENY", "SAMEORIGIN"],   None,                           ["pass", "pass", "fail"]),
        (&["ALLOW-FROM https://a.example"], None,                   ["fail", "fail", "pass"]),
        (&["ALLOWALL"],             None,                           ["fail", "fail", "pass"]),
        (&["DENY"],                 Some("frame-ancestors *"),      ["fail", "n/a",  "pass"]),
        (&["ALLOWALL"],             Some("frame-ancestors 'none'"), ["pass", "n/a",  "pass"]),
        (&[],                       Some("frame-ancestors 'self' https://a.example"), ["pass", "n/a", "n/a"]),
        (&[],                       Some("default-src 'none'"),     ["fail", "n/a",  "n/a"]),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (options, policy, expected) in CASES {
            let options = options.iter().map(|value| ("X-Frame-Options", *value));
            let policy = policy
                .iter()
                .map(|value| ("Content-Security-Policy", *value));
            let facts = Sample::html().fields(options.chain(policy)).facts();
            assert_eq!(words(RULES, &facts), expected, "{expected:?}");
        }
    }

    type Field = Option<(&'static str, &'static str)>;

    /// A policy, and the field that fixes it: X-Frame-Options beside frame-ancestors is not looked at.
    #[rustfmt::skip]
    const CHANGES: &[(Option<&str>, Field)] = &[
        (None,                                                Some(("X-Frame-Options", "DENY"))),
        (Some("default-src 'self'"),                          Some(("X-Frame-Options", "DENY"))),
        (Some("frame-ancestors *"),                           Some(("Content-Security-Policy", "frame-ancestors 'self'"))),
        (Some("img-src a.example ; Frame-Ancestors https:;"), Some(("Content-Security-Policy", "img-src a.example; frame-ancestors 'self'"))),
        (Some("frame-ancestors *, default-src 'self'"),       None),
    ];

    #[test]
    fn the_field_that_decides_is_the_one_to_change() {
        for (policy, expected) in CHANGES {
            let policy = policy.map(|value| ("Content-Security-Policy", value));
            let facts = Sample::html().fields(policy).facts();
            let Verdict::Fail(observed) = verdict(&RULES[0], &facts) else {
                panic!("{policy:?} lets everybody in");
            };
            let change = match &observed[0].change {
                Some(Change::Set(name, value)) => Some((*name, value.as_str())),
                _ => None,
            };
            assert_eq!(change, *expected, "{policy:?}");
        }
    }

    #[test]
    fn a_meta_policy_cannot_forbid_frames() {
        let meta = "<html><head><meta http-equiv=Content-Security-Policy \
                    content=\"frame-ancestors 'none'\"></head>";
        assert_eq!(
            words(&RULES[..1], &Sample::html().body(meta).facts()),
            ["fail"]
        );
    }

    #[test]
    fn data_is_not_framed() {
        let facts = Sample::json().facts();
        assert_eq!(words(RULES, &facts), ["n/a"; 3]);
    }
}
