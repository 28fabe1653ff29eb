//! The field section as a whole: what proxy and application say twice, and what is no field.

use super::scope::{line, missing};
use crate::facts::headers::{HeadersFacts, Page};
use crate::model::{Bytes, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::hygiene::Flaw;

/// nginx's and Apache's buffers for a response's fields start at 4 or 8 KiB.
const LARGE: Bytes = Bytes(8 * 1024);

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/field-contradicts"),
        title: "A field stands twice with different values",
        severity: Severity::Low,
        rationale: "Recipients disagree which one counts, and a change to one of them seems to do \
                    nothing.",
        expected: "one line, with the value that is meant",
        remediation: "Set it in one place: let the proxy replace what the application sends.",
        observed_by: "Fields that may stand once, by name.",
        references: &[Reference::Rfc(9110, "5.3")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| flawed(headers, |flaw| flaw == Flaw::Contradicting)),
    },
    Rule {
        id: RuleId::new("headers/field-repeated"),
        title: "A field stands twice",
        severity: Severity::Info,
        rationale: "Proxy and application both set it; some recipients take two lines for one \
                    value they do not know.",
        expected: "one line",
        remediation: "Set it in one place.",
        observed_by: "Fields that may stand once, by name.",
        references: &[Reference::Rfc(9110, "5.3")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| flawed(headers, |flaw| flaw == Flaw::Repeated)),
    },
    Rule {
        id: RuleId::new("headers/field-malformed"),
        title: "A field line is not HTTP",
        severity: Severity::Low,
        rationale: "Recipients skip the line, read it each in their own way, or give the whole \
                    answer up.",
        expected: "name: value, in visible ASCII",
        remediation: "Encode what is outside ASCII (RFC 8187), and drop control characters.",
        observed_by: "The head of every answer, byte by byte.",
        references: &[Reference::Rfc(9110, "5.5"), Reference::Rfc(9112, "5")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(are_http),
    },
    Rule {
        id: RuleId::new("headers/fields-large"),
        title: "The fields are unusually large",
        severity: Severity::Info,
        rationale: "Above their buffers proxies answer 502, usually for some visitors only.",
        expected: "at most 8 KiB of fields",
        remediation: "Shorten the policy, or keep state on the server instead of in cookies.",
        observed_by: "The size of the field section as HTTP/1.1 sends it.",
        references: &[Reference::Rfc(9110, "5.4")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(are_small),
    },
];

/// Asked of answers: what error paths repeat would only be noise.
fn main_pages(headers: &HeadersFacts) -> impl Iterator<Item = &Page> {
    headers.pages.iter().filter(|page| page.is_main())
}

fn flawed(headers: &HeadersFacts, counts: fn(Flaw) -> bool) -> Verdict {
    let found = main_pages(headers).flat_map(|page| lines(page, counts));
    Verdict::unless(found.collect())
}

fn lines(page: &Page, counts: fn(Flaw) -> bool) -> Vec<Observed> {
    let flaws = page.flaws.iter().filter(|(_, flaw)| counts(*flaw));
    flaws
        .map(|(at, flaw)| line(page, at, flaw.reason()))
        .collect()
}

fn are_http(headers: &HeadersFacts) -> Verdict {
    let bad = |flaw| {
        matches!(
            flaw,
            Flaw::BadName | Flaw::Control | Flaw::NotAscii | Flaw::Empty
        )
    };
    let found = main_pages(headers).flat_map(|page| {
        let faults = page
            .head_faults
            .iter()
            .map(|fault| missing(page, fault.raw()));
        lines(page, bad)
            .into_iter()
            .chain(faults)
            .collect::<Vec<_>>()
    });
    Verdict::unless(found.collect())
}

fn are_small(headers: &HeadersFacts) -> Verdict {
    let large = main_pages(headers).filter(|page| page.fields_bytes > LARGE);
    Verdict::unless(
        large
            .map(|page| missing(page, format!("{} of fields", page.fields_bytes)))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::rules::headers::sample::{Line, Sample, words};

    #[rustfmt::skip]
    const CASES: &[(&[Line], [&str; 4])] = &[
        (&[],                                                         ["pass", "pass", "pass", "pass"]),
        (&[("X-Frame-Options", "DENY"), ("X-Frame-Options", "deny")], ["pass", "fail", "pass", "pass"]),
        (&[("ETag", "\"a\""), ("ETag", "\"b\"")],                     ["fail", "pass", "pass", "pass"]),
        (&[("Set-Cookie", "a=b"), ("Set-Cookie", "c=d")],             ["pass", "pass", "pass", "pass"]),
        (&[("X-Name", "J\u{f6}rg")],                                  ["pass", "pass", "fail", "pass"]),
        (&[("Referrer-Policy", "")],                                  ["pass", "pass", "fail", "pass"]),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (fields, expected) in CASES {
            let facts = Sample::html().fields(fields.iter().copied()).facts();
            assert_eq!(words(RULES, &facts), expected, "{fields:?}");
        }
    }

    #[test]
    fn size_is_counted() {
        let facts = Sample::html().field("X-Large", &"x".repeat(9000)).facts();
        assert_eq!(words(&RULES[3..], &facts), ["fail"]);
    }
}
