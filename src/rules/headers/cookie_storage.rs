//! Cookies that browsers do not store: the feature behind them is broken, or seems to work only
//! because another cookie hides it.

use super::cookies::COOKIES;
use super::scope::line;
use crate::facts::Header;
use crate::facts::headers::{CookieSeen, HeadersFacts, Page};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Rule, Verdict, without_repeats};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/cookie-refused"),
        title: "Browsers refuse to store a cookie",
        severity: Severity::Medium,
        rationale: "What relies on the cookie does not work: a login that never sticks, a setting \
                    that is never kept.",
        expected: "a cookie that keeps the rules of its name and attributes",
        remediation: "Follow the rule that is broken: Secure for prefixes and SameSite=None, Path=/ \
                      and no Domain for __Host-, a Domain that covers the host.",
        observed_by: "The Set-Cookie lines of every hop, held against the storage model.",
        references: &[COOKIES],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(are_stored),
    },
    Rule {
        id: RuleId::new("headers/cookie-malformed"),
        title: "Browsers ignore a Set-Cookie line",
        severity: Severity::Low,
        rationale: "The line is dropped whole, and what relies on the cookie does not work.",
        expected: "name=value of at most 4096 bytes, without control characters",
        remediation: "Encode the value, or keep it on the server behind an identifier.",
        observed_by: "The Set-Cookie lines of every hop, read as browsers read them.",
        references: &[COOKIES],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(are_readable),
    },
];

fn all(headers: &HeadersFacts) -> impl Iterator<Item = (&Page, &CookieSeen)> {
    headers
        .pages
        .iter()
        .flat_map(|page| page.cookies.iter().map(move |seen| (page, seen)))
}

fn are_stored(headers: &HeadersFacts) -> Verdict {
    if all(headers).next().is_none() {
        return Verdict::NotApplicable("no cookie is set");
    }
    let refused = all(headers).filter_map(|(page, seen)| {
        let why = seen.refused?.reason();
        Some(line(page, &seen.at, why))
    });
    Verdict::unless(each_line_once(refused))
}

fn are_readable(headers: &HeadersFacts) -> Verdict {
    if all(headers).next().is_none() {
        return Verdict::NotApplicable("no cookie is set");
    }
    let void = all(headers).filter_map(|(page, seen)| match &seen.cookie {
        Header::Malformed { at, why } => Some(line(page, at, why)),
        Header::Absent | Header::Present { .. } => None,
    });
    Verdict::unless(each_line_once(void))
}

/// What an answer to `GET` sets, one to `HEAD` or an error sets again: that is one fault.
fn each_line_once(observed: impl IntoIterator<Item = Observed>) -> Vec<Observed> {
    without_repeats(observed, |one, other| one.said == other.said)
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::model::Ask;
    use crate::rules::Verdict;
    use crate::rules::headers::sample::{Sample, verdict, words};

    /// The cookie as set by `https://example.com/`, and what each rule answers.
    #[rustfmt::skip]
    const CASES: &[(&str, [&str; 2])] = &[
        ("a=b",                                   ["pass", "pass"]),
        ("__Host-a=b; Secure; Path=/",            ["pass", "pass"]),
        ("__Host-a=b; Secure; Path=/; Domain=example.com", ["fail", "pass"]),
        ("__Host-a=b; Secure; Path=/app",         ["fail", "pass"]),
        ("__Secure-a=b",                          ["fail", "pass"]),
        ("a=b; SameSite=None",                    ["fail", "pass"]),
        ("a=b; Domain=other.example",             ["fail", "pass"]),
        ("a=b; Domain=com",                       ["fail", "pass"]),
        ("a=b\x01",                               ["pass", "fail"]),
        ("a=(5000 chars, 10 bits)",               ["pass", "fail"]),
        ("; Secure",                              ["pass", "fail"]),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (cookie, expected) in CASES {
            let facts = Sample::html().field("Set-Cookie", cookie).facts();
            assert_eq!(words(RULES, &facts), expected, "{cookie:?}");
        }
    }

    #[test]
    fn what_head_repeats_is_one_fault() {
        let cookie = ("Set-Cookie", "__Host-a=b; Path=/");
        let facts = Sample::html()
            .field(cookie.0, cookie.1)
            .and(
                Ask::Head.of_target(),
                "https://example.com/",
                200,
                &[cookie],
                "",
            )
            .and(
                Ask::NotFound.of_target(),
                "https://example.com/x",
                404,
                &[cookie],
                "",
            )
            .facts();
        let Verdict::Fail(observed) = verdict(&RULES[0], &facts) else {
            panic!("it is refused");
        };
        assert_eq!(observed.len(), 1);
    }
}
