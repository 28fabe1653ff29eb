//! Subresource Integrity: is what comes from other sites pinned to its content?

use super::csp::{document, judged};
use super::scope::{DOCUMENT, Scope, as_far_as_read, outside, readable};
use crate::facts::headers::{HeadersFacts, Integrity, Page};
use crate::model::{RuleId, Severity, Topic, Untrusted};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

const HOW: &str = "Scripts and style sheets in the markup as sent, from hosts that are not the \
                   page's own, above it or below it. What scripts load later is not seen.";

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[
    (RuleId::new("headers/sri-missing"), DOCUMENT),
    (RuleId::new("headers/sri-void"), DOCUMENT),
    (RuleId::new("headers/integrity-policy-void"), DOCUMENT),
];

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/sri-missing"),
        title: "A script or style sheet of another site is not pinned",
        severity: Severity::Low,
        rationale: "Whoever gets into that site gets into this page.",
        expected: "integrity=\"sha384-…\" crossorigin on what other sites serve",
        remediation: "Serve the file yourself, or add `integrity` and `crossorigin=\"anonymous\"` for \
                      a version that does not change.",
        observed_by: HOW,
        references: &[Reference::Standard(
            "Subresource Integrity §1",
            "https://www.w3.org/TR/SRI/#introduction",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(is_pinned),
    },
    Rule {
        id: RuleId::new("headers/sri-void"),
        title: "An integrity attribute protects nothing",
        severity: Severity::Low,
        rationale: "Without one readable digest browsers load whatever comes; without `crossorigin` \
                    they refuse what another origin serves.",
        expected: "one readable sha256, sha384 or sha512 digest, with crossorigin",
        remediation: "Write `integrity=\"sha384-` and the digest in base64, and add \
                      `crossorigin=\"anonymous\"`.",
        observed_by: HOW,
        references: &[Reference::Standard(
            "Subresource Integrity §3.3",
            "https://www.w3.org/TR/SRI/#verification-algorithms",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(is_in_force),
    },
    Rule {
        id: RuleId::new("headers/integrity-policy-void"),
        title: "Integrity-Policy is set but nothing is enforced",
        severity: Severity::Low,
        rationale: "Scripts and style sheets without integrity metadata load as if the field were not \
                    there, and whoever reads the configuration believes that they do not.",
        expected: "Integrity-Policy: blocked-destinations=(script)",
        remediation: "Write a structured dictionary whose blocked-destinations is a list of the tokens \
                      script and style, without quotes; leave sources out, or let it contain inline.",
        observed_by: "All lines of the field, processed as the standard has it: what is no list, and \
                      words that browsers do not know, are passed over.",
        references: &[
            Reference::Standard(
                "Subresource Integrity, Integrity-Policy",
                "https://w3c.github.io/webappsec-subresource-integrity/#integrity-policy-section",
            ),
            Reference::Rfc(9651, "4.2"),
        ],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(policy_is_enforced),
    },
];

fn policy_is_enforced(page: &Page) -> Verdict {
    outside(page, DOCUMENT).unwrap_or_else(|| readable(page, &page.integrity_policy, "not set"))
}

fn is_pinned(headers: &HeadersFacts) -> Verdict {
    all(headers, |integrity| match integrity {
        Integrity::Absent => Some("has no integrity attribute"),
        Integrity::Unreadable | Integrity::WithoutCors | Integrity::Pinned => None,
    })
}

fn is_in_force(headers: &HeadersFacts) -> Verdict {
    all(headers, |integrity| match integrity {
        Integrity::Unreadable => Some("has no digest that browsers understand"),
        Integrity::WithoutCors => Some("lacks crossorigin, so that browsers refuse it"),
        Integrity::Absent | Integrity::Pinned => None,
    })
}

fn all(headers: &HeadersFacts, fault: impl Fn(Integrity) -> Option<&'static str>) -> Verdict {
    judged(document(headers).map(|document| {
        if document.foreign.is_empty() {
            let nothing = Verdict::NotApplicable("nothing is loaded from other sites");
            return as_far_as_read(nothing, document.unread.as_ref());
        }
        let body = document.at.join("response/seen/body");
        let found = document.foreign.iter().filter_map(|item| {
            let fault = fault(item.integrity)?;
            let said = format!("{} {fault} (byte {})", item.reference, item.offset);
            Some(Observed::new(&body, Untrusted::from(said)).about(document.label.as_str()))
        });
        as_far_as_read(Verdict::unless(found.collect()), document.unread.as_ref())
    }))
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::rules::headers::sample::{Sample, words};

    /// The lines of the field, and what the rule about it answers.
    #[rustfmt::skip]
    const POLICIES: &[(&[&str], &str)] = &[
        (&[],                                                              "n/a"),
        (&["blocked-destinations=(script)"],                               "pass"),
        (&["blocked-destinations=(script style), endpoints=(main)"],       "pass"), // endpoints are another rule's
        (&["blocked-destinations=(script)", "sources=(inline)"],           "pass"), // one dictionary
        (&["blocked-destinations=(style future)"],                         "pass"),
        (&["blocked-destinations=(\"script\")"],                           "fail"), // strings are no tokens
        (&["blocked-destinations=script"],                                 "fail"),
        (&["blocked-destinations=(font image)"],                           "fail"),
        (&["endpoints=(main)"],                                            "fail"),
        (&["blocked-destinations=(script), sources=(header)"],             "fail"),
        (&["blocked-destinations=(script), sources=()"],                   "fail"),
        (&["blocked-destinations=(script"],                                "fail"),
        (&["blocked-destinations=(script); sources=(inline)"],             "fail"), // a comma is meant
        (&["blocked-destinations=(script)", "blocked-destinations=()"],    "fail"), // the last counts
    ];

    #[test]
    fn a_policy_that_enforces_nothing_is_told() {
        for (lines, expected) in POLICIES {
            let fields = lines.iter().map(|value| ("Integrity-Policy", *value));
            let facts = Sample::html().fields(fields).facts();
            assert_eq!(words(&RULES[2..], &facts), [*expected], "{lines:?}");
        }
        let data = Sample::json().field("Integrity-Policy", "x=1").facts();
        assert_eq!(words(&RULES[2..], &data), ["n/a"]);
    }
}
