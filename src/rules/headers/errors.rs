//! What clients get when something is wrong: the same protection as when all is well.

use super::scope::{missing, place};
use crate::facts::Header;
use crate::facts::headers::{HeadersFacts, Page, Part};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Change, Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::class::Class;

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/error-drops-fields"),
        title: "Errors lose the security fields",
        severity: Severity::Low,
        rationale: "An error page runs in the same origin as all others, and it is the one an \
                    attacker can call up with text of their own.",
        expected: "the fields of the page on 404, 401 and 405, too",
        remediation: "Set the fields for every status: add_header … always in nginx, Header \
                      always set in Apache.",
        observed_by: "Fields that the page has and that the answers for a made-up path, a wrong \
                      method or missing credentials lack.",
        references: &[Reference::Rfc(6797, "7.1")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(errors_keep_fields),
    },
    Rule {
        id: RuleId::new("headers/error-is-success"),
        title: "A path that cannot exist is answered with success",
        severity: Severity::Info,
        rationale: "Search engines index it, monitors miss outages, and scanners see what is not \
                    there. Single-page applications do it on purpose.",
        expected: "404 for what is not there",
        remediation: "Answer 404 where no route matches, with the same page if need be.",
        observed_by: "The status for a made-up path.",
        references: &[Reference::Rfc(9110, "15.5.5")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(nowhere_is_an_error),
    },
    Rule {
        id: RuleId::new("headers/head-differs"),
        title: "HEAD is answered with other fields than GET",
        severity: Severity::Info,
        rationale: "Checks and caches that ask with HEAD see a deployment that does not exist.",
        expected: "the fields GET has",
        remediation: "Let the framework derive HEAD from GET.",
        observed_by: "Security fields that the answer to GET has and the one to HEAD lacks.",
        references: &[Reference::Rfc(9110, "9.3.2")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(head_is_alike),
    },
];

/// A field, and whether the page keeps a promise with it.
type Kept = (&'static str, fn(&Page) -> bool);

/// The fields every answer owes once the page has them.
const KEPT: &[Kept] = &[
    ("Strict-Transport-Security", |page| {
        page.strict_transport_security.value().is_some()
    }),
    ("X-Content-Type-Options", |page| {
        page.x_content_type_options.value().is_some()
    }),
    ("Content-Security-Policy", |page| !page.policies.is_empty()),
    ("X-Frame-Options", |page| {
        page.x_frame_options.value().is_some()
    }),
];

/// What this answer lacks and the page has. Data is neither framed nor runs scripts, and where
/// there is no body nothing can be sniffed.
fn lost<'a>(answer: &'a Page, other: &'a Page) -> impl Iterator<Item = &'static str> + 'a {
    KEPT.iter()
        .filter(|(name, keeps)| owes(other, name) && keeps(answer) && !keeps(other))
        .map(|(name, _)| *name)
}

fn owes(page: &Page, name: &str) -> bool {
    match name {
        "Strict-Transport-Security" => page.secure && !page.by_address,
        "X-Content-Type-Options" => page.body.size_bytes.0 > 0 || page.part == Part::Head,
        _ => page.class == Class::Document || page.part == Part::Head,
    }
}

fn errors_keep_fields(headers: &HeadersFacts) -> Verdict {
    let Some(answer) = headers.answer().filter(|page| page.status < 400) else {
        return Verdict::NotApplicable("the page itself is an error");
    };
    let ours = |page: &&Page| page.is_error_path() && page.host == answer.host;
    let mut errors = headers.pages.iter().filter(ours).peekable();
    if errors.peek().is_none() {
        return Verdict::NotTested("no error was provoked".to_owned());
    }
    Verdict::unless(errors.flat_map(|page| lacking(answer, page)).collect())
}

/// One line each, with the value the page has.
fn lacking(answer: &Page, page: &Page) -> Vec<Observed> {
    lost(answer, page)
        .map(|name| {
            let said = format!("no {name}, which {} has", answer.label);
            let value = answer.first(name).map(|(_, value)| value);
            let wanted = format!("{name}: {}", value.clone().unwrap_or_default());
            missing(page, said)
                .wanted(format!("{name}, as on the page"))
                .mended_by(Change::Set(name, value.unwrap_or(wanted)))
        })
        .collect()
}

/// Only a look at the exchange tells: pages of success are not listed under error paths.
fn nowhere_is_an_error(headers: &HeadersFacts) -> Verdict {
    match &headers.made_up_path {
        Header::Absent => Verdict::NotTested("no made-up path was asked for".to_owned()),
        Header::Present { at, value: status } if *status < 300 => {
            Verdict::fail(at, format!("answered {status}"))
        }
        Header::Present { .. } | Header::Malformed { .. } => Verdict::Pass,
    }
}

fn head_is_alike(headers: &HeadersFacts) -> Verdict {
    let head = headers.pages.iter().find(|page| page.part == Part::Head);
    let get = headers
        .pages
        .iter()
        .find(|page| matches!(page.part, Part::Answer | Part::Hop));
    let (Some(head), Some(get)) = (head, get) else {
        return Verdict::NotTested("HEAD was not asked, or not answered".to_owned());
    };
    if head.status != get.status {
        return Verdict::NotApplicable("HEAD is answered with another status");
    }
    let lost: Vec<&str> = lost(get, head).collect();
    if lost.is_empty() {
        return Verdict::Pass;
    }
    let said = format!("no {}, which GET has", lost.join(", "));
    Verdict::Fail(vec![missing(head, said).about(place(head))])
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::model::Ask;
    use crate::rules::Verdict;
    use crate::rules::headers::sample::{Line, Sample, verdict, words};

    const HSTS: (&str, &str) = ("Strict-Transport-Security", "max-age=31536000");
    const SNIFF: (&str, &str) = ("X-Content-Type-Options", "nosniff");
    const FRAME: (&str, &str) = ("X-Frame-Options", "DENY");
    const HTML: (&str, &str) = ("Content-Type", "text/html");
    const JSON: (&str, &str) = ("Content-Type", "application/json");

    /// The fields of the 404, its body, and how many fields it lost.
    #[rustfmt::skip]
    const CASES: &[(&[Line], &str, usize)] = &[
        (&[HSTS, SNIFF, FRAME, HTML],  "<h1>no</h1>", 0),
        (&[HTML],                      "<h1>no</h1>", 3),
        (&[HSTS, HTML],                "<h1>no</h1>", 2),
        (&[HSTS, SNIFF, JSON],         "{}",          0), // data is not framed
        (&[HSTS],                      "",            0), // nothing to sniff
        (&[],                          "",            1),
    ];

    #[test]
    fn errors_keep_what_the_page_has() {
        for (fields, body, lost) in CASES {
            let facts = Sample::html()
                .fields([HSTS, SNIFF, FRAME])
                .and(
                    Ask::NotFound.of_target(),
                    "https://example.com/x",
                    404,
                    fields,
                    body,
                )
                .facts();
            let found = match verdict(&RULES[0], &facts) {
                Verdict::Fail(found) => found.len(),
                Verdict::Pass => 0,
                other @ (Verdict::NotApplicable(_)
                | Verdict::NotTested(_)
                | Verdict::Unknown(_)) => {
                    panic!("{other:?}")
                }
            };
            assert_eq!(found, *lost, "{fields:?}");
        }
    }

    #[test]
    fn what_the_page_lacks_errors_need_not_have() {
        let facts = Sample::html()
            .and(
                Ask::NotFound.of_target(),
                "https://example.com/x",
                404,
                &[HTML],
                "<h1>no</h1>",
            )
            .facts();
        assert_eq!(words(&RULES[..1], &facts), ["pass"]);
        assert_eq!(words(&RULES[..1], &Sample::html().facts()), ["not tested"]);
    }

    #[test]
    fn success_for_everything_is_told() {
        let facts = Sample::html()
            .and(
                Ask::NotFound.of_target(),
                "https://example.com/x",
                200,
                &[HTML],
                "<h1>hi</h1>",
            )
            .facts();
        assert_eq!(words(&RULES[1..2], &facts), ["fail"]);
    }

    #[test]
    fn head_has_the_fields_of_get() {
        let with = |fields: &[(&str, &str)]| {
            let sample = Sample::html().fields([HSTS, FRAME]);
            sample
                .and(
                    Ask::Head.of_target(),
                    "https://example.com/",
                    200,
                    fields,
                    "",
                )
                .facts()
        };
        assert_eq!(words(&RULES[2..], &with(&[HTML, HSTS, FRAME])), ["pass"]);
        assert_eq!(words(&RULES[2..], &with(&[HTML, FRAME])), ["fail"]);
    }
}
