//! What other sites learn of the pages visitors come from.

use super::scope::{DOCUMENT, Scope, line, missing, outside, readable};
use crate::facts::Header;
use crate::facts::headers::Page;
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Change, Check, Reference, Rule, Verdict};

const MISSING: RuleId = RuleId::new("headers/referrer-policy-missing");
const MALFORMED: RuleId = RuleId::new("headers/referrer-policy-malformed");
const UNSAFE: RuleId = RuleId::new("headers/referrer-policy-unsafe");

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[
    (MISSING, DOCUMENT),
    (MALFORMED, DOCUMENT),
    (UNSAFE, DOCUMENT),
];

const POLICY: Reference = Reference::Standard(
    "Referrer Policy §3",
    "https://www.w3.org/TR/referrer-policy/#referrer-policies",
);

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: MISSING,
        title: "No referrer policy is set",
        severity: Severity::Info,
        rationale: "Browsers then send the origin to other sites, and whole addresses within this \
                    one: the default, strict-origin-when-cross-origin, is a good one.",
        expected: "Referrer-Policy, where addresses carry secrets or even origins are private",
        remediation: "Send Referrer-Policy: strict-origin-when-cross-origin, or no-referrer.",
        observed_by: "The field lines of a page.",
        references: &[POLICY],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_set),
    },
    Rule {
        id: MALFORMED,
        title: "Referrer-Policy is set but browsers ignore it",
        severity: Severity::Low,
        rationale: "No word in it is one browsers know, so the default applies instead of what was \
                    meant.",
        expected: "one of the eight keywords",
        remediation: "Send one keyword, without quotes, fallbacks before it after commas.",
        observed_by: "All lines of the field: the last keyword that is known decides.",
        references: &[POLICY],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_readable),
    },
    Rule {
        id: UNSAFE,
        title: "Addresses are sent to other sites",
        severity: Severity::Low,
        rationale: "Paths and queries, and the tokens that stand in them, reach every site the \
                    page links to or loads from.",
        expected: "strict-origin-when-cross-origin or stricter",
        remediation: "Send Referrer-Policy: strict-origin-when-cross-origin.",
        observed_by: "All lines of the field: the last keyword that is known decides.",
        references: &[POLICY],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_safe),
    },
];

fn usual() -> Change {
    Change::Set(
        "Referrer-Policy",
        "strict-origin-when-cross-origin".to_owned(),
    )
}

fn is_set(page: &Page) -> Verdict {
    outside(page, DOCUMENT).unwrap_or_else(|| match page.referrer_policy {
        Header::Absent => Verdict::Fail(vec![
            missing(page, "no Referrer-Policy field").mended_by(usual()),
        ]),
        Header::Malformed { .. } | Header::Present { .. } => Verdict::Pass,
    })
}

fn is_readable(page: &Page) -> Verdict {
    let absent = "not set: headers/referrer-policy-missing";
    outside(page, DOCUMENT).unwrap_or_else(|| readable(page, &page.referrer_policy, absent))
}

fn is_safe(page: &Page) -> Verdict {
    outside(page, DOCUMENT).unwrap_or_else(|| match &page.referrer_policy {
        Header::Present { at, value } if value.leaks_url() || value.survives_downgrade() => {
            let why = if value.leaks_url() {
                "whole addresses reach other sites"
            } else {
                "the origin is sent in the clear, too"
            };
            Verdict::Fail(vec![line(page, at, why).mended_by(usual())])
        }
        Header::Present { .. } => Verdict::Pass,
        Header::Absent | Header::Malformed { .. } => {
            Verdict::NotApplicable("browsers' default applies")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::rules::headers::sample::{Sample, words};

    #[rustfmt::skip]
    const CASES: &[(&[&str], [&str; 3])] = &[
        (&[],                                             ["fail", "n/a",  "n/a"]),
        (&["no-referrer"],                                ["pass", "pass", "pass"]),
        (&["Strict-Origin-When-Cross-Origin"],            ["pass", "pass", "pass"]),
        (&["no-referrer, strict-origin-when-cross-origin"], ["pass", "pass", "pass"]),
        (&["unsafe-url", "no-referrer"],                  ["pass", "pass", "pass"]), // the last decides
        (&["no-referrer", "unsafe-url"],                  ["pass", "pass", "fail"]),
        (&["no-referrer-when-downgrade"],                 ["pass", "pass", "fail"]),
        (&["origin"],                                     ["pass", "pass", "fail"]),
        (&["unsafe-url, shiny-new"],                      ["pass", "pass", "fail"]),
        (&["none"],                                       ["pass", "fail", "n/a"]),
        (&["\"no-referrer\""],                            ["pass", "fail", "n/a"]),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (sent, expected) in CASES {
            let fields = sent.iter().map(|value| ("Referrer-Policy", *value));
            let facts = Sample::html().fields(fields).facts();
            assert_eq!(words(RULES, &facts), expected, "{sent:?}");
        }
    }
}
