//! What other sites learn of the pages visitors come from.

use super::scope::{DOCUMENT, Scope, as_far_as_read, line, missing, outside, readable};
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

const META: Reference = Reference::Standard(
    "HTML §4.2.5.1",
    "https://html.spec.whatwg.org/multipage/semantics.html#meta-referrer",
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
        observed_by: "The field lines of a page, and its `<meta name=referrer>`.",
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
        observed_by: "The last keyword that is known, of all lines of the field, decides; \
                      `<meta name=referrer>` replaces it.",
        references: &[POLICY, META],
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
        // `<meta name=referrer>` may stand in what was not read.
        Header::Absent if page.unread.is_some() => {
            as_far_as_read(Verdict::Pass, page.unread.as_ref())
        }
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
            // What the page says of itself counts, whatever field is sent.
            Verdict::Fail(vec![if page.quoted(at).is_some() {
                line(page, at, why).mended_by(usual())
            } else {
                let said = format!("<meta name=referrer content={}>: {why}", value.name());
                line(page, at, said)
            }])
        }
        Header::Present { .. } => as_far_as_read(Verdict::Pass, page.unread.as_ref()),
        Header::Absent | Header::Malformed { .. } => {
            Verdict::NotApplicable("browsers' default applies")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::rules::Verdict;
    use crate::rules::headers::sample::{Sample, verdict, words};

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

    /// The fields, the markup, what each rule answers, and what is quoted.
    #[rustfmt::skip]
    const OVERRIDES: &[(&[&str], &str, [&str; 3], &str)] = &[
        (&["no-referrer"], "<meta name=referrer content=unsafe-url>",     ["pass", "pass", "fail"], "<meta name=referrer content=unsafe-url>"),
        (&[],              "<meta name=Referrer content=NO-REFERRER>",    ["pass", "pass", "pass"], ""),
        (&["unsafe-url"],  "<meta name=referrer content=origin-when-cross-origin><meta name=referrer content=never>", ["pass", "pass", "pass"], ""),
        (&["unsafe-url"],  "<body><meta name=referrer content=same-origin>", ["pass", "pass", "pass"], ""), // anywhere
        (&["no-referrer"], "<meta name=referrer content=always>",         ["pass", "pass", "fail"], "content=unsafe-url"),
        (&["no-referrer"], "<meta name=referrer content=x>",              ["pass", "pass", "pass"], ""),
        (&["no-referrer"], "<template><meta name=referrer content=unsafe-url></template>", ["pass", "pass", "pass"], ""),
        (&["no-referrer"], "<meta http-equiv=referrer content=unsafe-url>", ["pass", "pass", "pass"], ""),
        (&["same-origin", "unsafe-url"], "",                              ["pass", "pass", "fail"], "Referrer-Policy: unsafe-url"),
        (&["same-origin", "origin, x", "x"], "",                          ["pass", "pass", "fail"], "Referrer-Policy: origin, x"),
    ];

    #[test]
    fn what_decides_is_quoted() {
        for (sent, markup, expected, quoted) in OVERRIDES {
            let fields = sent.iter().map(|value| ("Referrer-Policy", *value));
            let sample = Sample::html().body(&format!("<!doctype html>{markup}"));
            let facts = sample.fields(fields).facts();
            assert_eq!(words(RULES, &facts), expected, "{sent:?} {markup}");
            if let Verdict::Fail(observed) = verdict(&RULES[2], &facts) {
                assert!(observed[0].said.raw().contains(quoted), "{observed:?}");
            }
        }
    }
}
