//! Fields that name the software, and fields whose time is over.

use std::collections::BTreeSet;

use super::scope::line;
use crate::facts::Field;
use crate::facts::headers::{HeadersFacts, Page};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Change, Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::banner::{self, Banner};

const PROJECT: Reference = Reference::Standard(
    "OWASP Secure Headers, headers to remove",
    "https://owasp.org/www-project-secure-headers/#div-bestpractices",
);
const ASVS: Reference = Reference::Standard(
    "OWASP ASVS 5.0 V13.4.6",
    "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
);

/// Fields browsers have stopped reading, and what became of them.
const DEPRECATED: &[(&str, &str)] = &[
    ("public-key-pins", "browsers removed HTTP key pinning"),
    (
        "public-key-pins-report-only",
        "browsers removed HTTP key pinning",
    ),
    ("expect-ct", "every certificate is logged by now"),
    ("feature-policy", "Permissions-Policy took its place"),
    ("p3p", "no browser reads it"),
    ("x-ua-compatible", "it spoke to Internet Explorer"),
    ("x-download-options", "it spoke to Internet Explorer"),
    ("x-webkit-csp", "Content-Security-Policy took its place"),
    (
        "x-content-security-policy",
        "Content-Security-Policy took its place",
    ),
    ("report-to", "Reporting-Endpoints took its place"),
];

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/banner-version"),
        title: "The version of the software is told to everybody",
        severity: Severity::Low,
        rationale: "Lists of known holes are searched by product and version, by people who then \
                    need not try.",
        expected: "no version in any field",
        remediation: "Turn the version off (server_tokens off, ServerTokens Prod), or remove the \
                      field at the proxy.",
        observed_by: "Digits with a dot, or behind a slash, in a field that names software.",
        references: &[Reference::Rfc(9110, "10.2.4"), ASVS, PROJECT],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| told(headers, Banner::Version, "names a version")),
    },
    Rule {
        id: RuleId::new("headers/banner-debug"),
        title: "A development aid is left on",
        severity: Severity::Medium,
        rationale: "Links to a profiler, paths of sources and addresses of back ends are made for \
                    developers, and serve whoever finds them.",
        expected: "no such field in production",
        remediation: "Turn the debug mode or the profiler off.",
        observed_by: "Fields that only development tools and misconfigured proxies send.",
        references: &[ASVS, PROJECT],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| told(headers, Banner::Debug, "made for developers")),
    },
    Rule {
        id: RuleId::new("headers/banner-product"),
        title: "A field names the software",
        severity: Severity::Info,
        rationale: "A bare product name tells little that the site itself does not.",
        expected: "no field that names software",
        remediation: "Remove the field if nothing relies on it. Most servers have no setting that \
                      takes `Server` away; the bare name does no harm.",
        observed_by: "Fields that name software, without a version.",
        references: &[PROJECT],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| told(headers, Banner::Product, "names a product")),
    },
    Rule {
        id: RuleId::new("headers/xss-auditor-enabled"),
        title: "X-XSS-Protection asks for a filter that did harm",
        severity: Severity::Info,
        rationale: "Browsers removed the filter, because it could be used to switch parts of a \
                    page off. Older ones still obey.",
        expected: "no X-XSS-Protection, or 0",
        remediation: "Remove it, or send X-XSS-Protection: 0.",
        observed_by: "The field's value. Its absence is right.",
        references: &[PROJECT],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(auditor_is_off),
    },
    Rule {
        id: RuleId::new("headers/deprecated-field"),
        title: "A field is sent that browsers no longer read",
        severity: Severity::Info,
        rationale: "It protects nobody, and whoever reads the configuration believes it does.",
        expected: "what took its place, or nothing",
        remediation: "Remove it.",
        observed_by: "The names of the fields.",
        references: &[PROJECT],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(nothing_is_deprecated),
    },
];

/// Every different line once: error pages repeat what the answer says.
fn each_line<'a>(
    headers: &'a HeadersFacts,
    judge: impl Fn(&str, &str) -> Option<&'static str> + 'a,
) -> Vec<Observed> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for page in &headers.pages {
        for (index, field) in page.fields.iter().enumerate() {
            let (name, value) = (field.name.to_ascii_lowercase(), field.text());
            let Some(why) = judge(&name, &value) else {
                continue;
            };
            if seen.insert((name, value)) {
                found.push(removed(page, index, why, field));
            }
        }
    }
    found
}

/// Few servers have a setting that takes their name away, most only one for the version.
fn removed(page: &Page, index: usize, why: &str, field: &Field) -> Observed {
    let seen = line(page, &page.line(index), why);
    if field.is("server") && banner::read("server", &field.text()) == Some(Banner::Product) {
        return seen;
    }
    seen.mended_by(Change::Remove(field.name.clone()))
}

fn told(headers: &HeadersFacts, banner: Banner, why: &'static str) -> Verdict {
    Verdict::unless(each_line(headers, |name, value| {
        (banner::read(name, value) == Some(banner)).then_some(why)
    }))
}

fn auditor_is_off(headers: &HeadersFacts) -> Verdict {
    Verdict::unless(each_line(headers, |name, value| {
        let on = name == "x-xss-protection" && value.trim_start().starts_with('1');
        on.then_some("browsers removed the filter")
    }))
}

fn nothing_is_deprecated(headers: &HeadersFacts) -> Verdict {
    Verdict::unless(each_line(headers, |name, _| {
        DEPRECATED
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, why)| *why)
    }))
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::model::Ask;
    use crate::rules::Verdict;
    use crate::rules::headers::sample::{Sample, verdict, words};

    #[rustfmt::skip]
    const CASES: &[(&str, &str, [&str; 5])] = &[
        ("Server",           "nginx/1.22.1",  ["fail", "pass", "pass", "pass", "pass"]),
        ("Server",           "nginx",         ["pass", "pass", "fail", "pass", "pass"]),
        ("X-Debug-Token",    "ab12",          ["pass", "fail", "pass", "pass", "pass"]),
        ("X-XSS-Protection", "1; mode=block", ["pass", "pass", "pass", "fail", "pass"]),
        ("X-XSS-Protection", "0",             ["pass", "pass", "pass", "pass", "pass"]),
        ("Expect-CT",        "max-age=1",     ["pass", "pass", "pass", "pass", "fail"]),
        ("X-Request-Id",     "1.2.3",         ["pass", "pass", "pass", "pass", "pass"]),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (name, value, expected) in CASES {
            let facts = Sample::json().field(name, value).facts();
            assert_eq!(words(RULES, &facts), expected, "{name}: {value}");
        }
    }

    #[test]
    fn the_same_line_is_told_once() {
        let server = [("Server", "nginx/1.22.1")];
        let facts = Sample::html()
            .fields(server)
            .and(
                Ask::NotFound.of_target(),
                "https://example.com/x",
                404,
                &server,
                "",
            )
            .facts();
        let Verdict::Fail(found) = verdict(&RULES[0], &facts) else {
            panic!("it fails")
        };
        assert_eq!(found.len(), 1);
    }
}
