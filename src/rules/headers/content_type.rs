//! What a body is said to be, and whether browsers are left to guess.

use super::scope::{Scope, WITH_BODY, as_far_as_read, line, missing, outside, readable, unsettled};
use crate::facts::Header;
use crate::facts::headers::Page;
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Change, Check, Reference, Rule, Verdict};
use crate::wire::http::class::Class;

const NOSNIFF_MISSING: RuleId = RuleId::new("headers/nosniff-missing");
const NOSNIFF_VOID: RuleId = RuleId::new("headers/nosniff-void");
const TYPE_MISSING: RuleId = RuleId::new("headers/content-type-missing");
const TYPE_MALFORMED: RuleId = RuleId::new("headers/content-type-malformed");
const DATA_AS_PAGE: RuleId = RuleId::new("headers/json-as-html");
const PAGE_AS_DATA: RuleId = RuleId::new("headers/html-as-json");
const CHARSET: RuleId = RuleId::new("headers/charset-missing");

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[
    (NOSNIFF_MISSING, WITH_BODY),
    (NOSNIFF_VOID, WITH_BODY),
    (TYPE_MISSING, WITH_BODY),
    (TYPE_MALFORMED, WITH_BODY),
    (DATA_AS_PAGE, WITH_BODY),
    (PAGE_AS_DATA, WITH_BODY),
    (CHARSET, WITH_BODY),
];

const FETCH: Reference = Reference::Standard(
    "Fetch, the X-Content-Type-Options header",
    "https://fetch.spec.whatwg.org/#x-content-type-options-header",
);
const TYPE: Reference = Reference::Rfc(9110, "8.3");

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: NOSNIFF_MISSING,
        title: "Browsers may guess the media type",
        severity: Severity::Low,
        rationale: "Without nosniff a browser may take an upload or an API's answer for a script \
                    or a page, whatever its Content-Type says.",
        expected: "X-Content-Type-Options: nosniff",
        remediation: "Send X-Content-Type-Options: nosniff with every response.",
        observed_by: "The field lines of answers that have a body.",
        references: &[FETCH],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(has_nosniff),
    },
    Rule {
        id: NOSNIFF_VOID,
        title: "X-Content-Type-Options is set but browsers ignore it",
        severity: Severity::Low,
        rationale: "The first value decides, and nosniff is the only one there is.",
        expected: "X-Content-Type-Options: nosniff",
        remediation: "Send nosniff, once, without quotes.",
        observed_by: "All lines of the field, as Fetch determines nosniff.",
        references: &[FETCH],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(nosniff_counts),
    },
    Rule {
        id: TYPE_MISSING,
        title: "The body has no media type",
        severity: Severity::Medium,
        rationale: "Every recipient guesses, and an attacker who controls part of the body can \
                    make it guess a page.",
        expected: "Content-Type with a media type, and a charset for text",
        remediation: "Send the Content-Type that fits the body.",
        observed_by: "An answer with a body and no Content-Type line.",
        references: &[TYPE],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(has_type),
    },
    Rule {
        id: TYPE_MALFORMED,
        title: "Content-Type is not a media type",
        severity: Severity::Medium,
        rationale: "What cannot be read is guessed, as if the field were not there.",
        expected: "type/subtype, then parameters",
        remediation: "Send one type/subtype, parameters behind semicolons.",
        observed_by: "The first Content-Type line, read by the grammar of RFC 9110.",
        references: &[TYPE],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(type_is_readable),
    },
    Rule {
        id: DATA_AS_PAGE,
        title: "JSON is served as HTML",
        severity: Severity::Medium,
        rationale: "A browser that opens it renders it, and text inside it becomes markup: a \
                    value somebody else wrote can run script in this origin.",
        expected: "Content-Type: application/json",
        remediation: "Send application/json, and nosniff beside it.",
        observed_by: "A media type of HTML on a body that starts like JSON.",
        references: &[TYPE, Reference::Rfc(8259, "11")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(data_is_no_page),
    },
    Rule {
        id: PAGE_AS_DATA,
        title: "A page is served as JSON",
        severity: Severity::Low,
        rationale: "Clients that expect data get markup: usually an error page of a proxy that \
                    kept the application's media type.",
        expected: "a body of the media type it is sent with",
        remediation: "Answer errors in the API's own format, or send the media type of the page.",
        observed_by: "A media type of JSON on a body that starts like HTML.",
        references: &[TYPE],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(page_is_no_data),
    },
    Rule {
        id: CHARSET,
        title: "Text is sent without a charset",
        severity: Severity::Low,
        rationale: "The browser guesses the encoding from the body, and whoever writes part of the \
                    body can make it guess one in which harmless text is markup.",
        expected: "charset=utf-8 in Content-Type",
        remediation: "Send Content-Type with ; charset=utf-8.",
        observed_by: "A text type without charset, and no <meta charset>, XML declaration or byte \
                      order mark in the first 1024 bytes.",
        references: &[
            Reference::Rfc(9110, "8.3.2"),
            Reference::Standard(
                "HTML, determining the character encoding",
                "https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding",
            ),
        ],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(has_charset),
    },
];

/// Where there is no body, nothing is guessed.
fn without_body(page: &Page) -> Option<Verdict> {
    let empty = page.body.size_bytes.0 == 0;
    outside(page, WITH_BODY).or(empty.then_some(Verdict::NotApplicable("no body")))
}

fn nosniff() -> Change {
    Change::Set("X-Content-Type-Options", "nosniff".to_owned())
}

fn has_nosniff(page: &Page) -> Verdict {
    without_body(page).unwrap_or_else(|| match page.x_content_type_options {
        Header::Absent => {
            let seen = missing(page, "no X-Content-Type-Options field");
            Verdict::Fail(vec![seen.mended_by(nosniff())])
        }
        Header::Malformed { .. } | Header::Present { .. } => Verdict::Pass,
    })
}

fn nosniff_counts(page: &Page) -> Verdict {
    without_body(page).unwrap_or_else(|| match &page.x_content_type_options {
        Header::Absent => Verdict::NotApplicable("not set: headers/nosniff-missing"),
        Header::Malformed { at, why } => {
            Verdict::Fail(vec![line(page, at, why).mended_by(nosniff())])
        }
        Header::Present { .. } => Verdict::Pass,
    })
}

fn has_type(page: &Page) -> Verdict {
    without_body(page).unwrap_or_else(|| match page.content_type {
        Header::Absent => Verdict::Fail(vec![missing(page, "a body, and no Content-Type field")]),
        Header::Malformed { .. } | Header::Present { .. } => Verdict::Pass,
    })
}

fn type_is_readable(page: &Page) -> Verdict {
    without_body(page).unwrap_or_else(|| {
        readable(
            page,
            &page.content_type,
            "not set: headers/content-type-missing",
        )
    })
}

fn data_is_no_page(page: &Page) -> Verdict {
    disagrees(
        page,
        |page, html, _| html && page.body.is_json,
        "the body is JSON",
    )
}

fn page_is_no_data(page: &Page) -> Verdict {
    disagrees(
        page,
        |page, _, json| json && page.body.is_markup,
        "the body is markup",
    )
}

/// Asked with whether the media type is HTML, and whether it is JSON.
fn disagrees(page: &Page, wrong: fn(&Page, bool, bool) -> bool, why: &str) -> Verdict {
    without_body(page).unwrap_or_else(|| match &page.content_type {
        Header::Present { at, value } if wrong(page, value.is_html(), value.is_json()) => {
            Verdict::Fail(vec![line(page, at, why)])
        }
        Header::Present { .. } => as_far_as_read(Verdict::Pass, page.unseen.as_ref()),
        Header::Absent | Header::Malformed { .. } => {
            Verdict::NotApplicable("no readable Content-Type")
        }
    })
}

fn has_charset(page: &Page) -> Verdict {
    if let Some(verdict) = without_body(page) {
        return verdict;
    }
    let Header::Present { at, value } = &page.content_type else {
        return Verdict::NotApplicable("no readable Content-Type");
    };
    // A guess matters where the bytes are rendered: pages, and what may be sniffed to be one.
    if !value.wants_charset() || !matches!(page.class, Class::Document | Class::Api | Class::Error)
    {
        return Verdict::NotApplicable("no charset needed");
    }
    if value.charset.is_some() || page.body.names_charset {
        return Verdict::Pass;
    }
    if let Some(unread) = &page.unseen {
        return unsettled(unread);
    }
    let full = format!("{}; charset=utf-8", value.essence.raw());
    let change = Change::Set("Content-Type", full);
    Verdict::Fail(vec![line(page, at, "no charset").mended_by(change)])
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::rules::headers::sample::{Sample, words};

    const HTML: &str = "<!doctype html><title>x</title>";

    /// Content-Type, nosniff value, body; the answers in the order of [`RULES`].
    #[rustfmt::skip]
    const CASES: &[(Option<&str>, Option<&str>, &str, &str)] = &[
        (Some("text/html; charset=utf-8"), Some("nosniff"), HTML,           "pass pass pass pass pass pass pass"),
        (Some("Text/HTML ;charset=UTF-8"), Some("NoSniff"), HTML,           "pass pass pass pass pass pass pass"),
        (Some("text/html; charset=utf-8"), Some("nosniff, nosniff"), HTML,  "pass pass pass pass pass pass pass"),
        (Some("text/html; charset=utf-8"), None,            HTML,           "fail n/a  pass pass pass pass pass"),
        (Some("text/html; charset=utf-8"), Some("no-sniff"), HTML,          "pass fail pass pass pass pass pass"),
        (Some("text/html; charset=utf-8"), Some("'nosniff'"), HTML,         "pass fail pass pass pass pass pass"),
        (None,                             Some("nosniff"), HTML,           "pass pass fail n/a  n/a  n/a  n/a"),
        (Some("html"),                     Some("nosniff"), HTML,           "pass pass pass fail n/a  n/a  n/a"),
        (Some("text/html"),                Some("nosniff"), HTML,           "pass pass pass pass pass pass fail"),
        (Some("text/html"),                Some("nosniff"), "<html><meta charset=utf-8>", "pass pass pass pass pass pass pass"),
        (Some("text/html; charset=utf-8"), Some("nosniff"), "{\"a\":1}",    "pass pass pass pass fail pass pass"),
        (Some("application/json"),         Some("nosniff"), "{\"a\":1}",    "pass pass pass pass pass pass n/a"),
        (Some("application/json"),         Some("nosniff"), HTML,           "pass pass pass pass pass fail n/a"),
        (Some("application/problem+json"), Some("nosniff"), "{}",           "pass pass pass pass pass pass n/a"),
        (Some("application/json"),         None,            "",             "n/a  n/a  n/a  n/a  n/a  n/a  n/a"),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (media, nosniff, body, expected) in CASES {
            let media = media.iter().map(|value| ("Content-Type", *value));
            let nosniff = nosniff
                .iter()
                .map(|value| ("X-Content-Type-Options", *value));
            let sample = Sample::html()
                .without("content-type")
                .fields(media.chain(nosniff));
            let expected: Vec<&str> = expected.split_whitespace().collect();
            assert_eq!(
                words(RULES, &sample.body(body).facts()),
                expected,
                "{expected:?}"
            );
        }
    }
}
