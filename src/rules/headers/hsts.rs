//! HTTP Strict Transport Security: is the promise made, readable, and kept long enough?
//!
//! Judged the way a browser on its first visit would (RFC 6797 §8.1): over TLS, by name, the first
//! field only.

use super::scope::{ANY, Scope, line, missing, outside, readable};
use crate::facts::Header;
use crate::facts::headers::{HeadersFacts, Page, Part};
use crate::model::{RuleId, Seconds, Severity, Topic};
use crate::rules::{Change, Check, Reference, Rule, Verdict};
use crate::wire::http::hsts::Hsts;

/// Half a year: below it the promise lapses between visits of an occasional visitor.
const FLOOR: Seconds = Seconds(15_552_000);

/// What browsers ask for before they put a host on their list (<https://hstspreload.org>).
const PRELOAD_FLOOR: Seconds = Seconds(31_536_000);

/// The common choice: a year.
const USUAL: &str = "max-age=31536000";

const MISSING: RuleId = RuleId::new("headers/hsts-missing");
const MALFORMED: RuleId = RuleId::new("headers/hsts-malformed");
const DISABLED: RuleId = RuleId::new("headers/hsts-disabled");
const SHORT: RuleId = RuleId::new("headers/hsts-short");
const REPEATED: RuleId = RuleId::new("headers/hsts-repeated");
const PRELOAD: RuleId = RuleId::new("headers/hsts-preload-ineligible");
const SUBDOMAINS: RuleId = RuleId::new("headers/hsts-without-subdomains");
const OVER_HTTP: RuleId = RuleId::new("headers/hsts-over-http");
const HOP: RuleId = RuleId::new("headers/hsts-missing-on-redirect");

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[
    (MISSING, ANY),
    (MALFORMED, ANY),
    (DISABLED, ANY),
    (SHORT, ANY),
    (REPEATED, ANY),
    (PRELOAD, ANY),
    (SUBDOMAINS, ANY),
    (OVER_HTTP, ANY),
];

const LIST: Reference = Reference::Standard("HSTS preload list", "https://hstspreload.org/");

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: MISSING,
        title: "HSTS is not set",
        severity: Severity::Medium,
        rationale: "Without it, every visit that starts from a typed name or an http: link can be \
                    answered by whoever holds the network, before the redirect is ever seen.",
        expected: "Strict-Transport-Security with max-age of at least 15552000",
        remediation: "Send Strict-Transport-Security: max-age=31536000 on every HTTPS response.",
        observed_by: "The field lines of the response the URL ends on, as received.",
        references: &[Reference::Rfc(6797, "7.1")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_set),
    },
    Rule {
        id: MALFORMED,
        title: "HSTS is set but browsers ignore it",
        severity: Severity::Medium,
        rationale: "A field outside the grammar is dropped whole, so the host is as exposed as \
                    with no field at all, while looking protected to whoever configured it.",
        expected: "one max-age with digits only, and no directive twice",
        remediation: "Send one max-age with digits only, and no directive twice.",
        observed_by: "The first field line, read by the grammar of RFC 6797.",
        references: &[Reference::Rfc(6797, "6.1"), Reference::Rfc(6797, "8.1")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_readable),
    },
    Rule {
        id: DISABLED,
        title: "HSTS is withdrawn",
        severity: Severity::Medium,
        rationale: "max-age=0 tells browsers to forget the promise: the host is open again to \
                    whoever answers its first plain request.",
        expected: "max-age of at least 15552000",
        remediation: "Send a max-age of a year, 31536000 seconds.",
        observed_by: "The first field line.",
        references: &[Reference::Rfc(6797, "6.1.1")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_enabled),
    },
    Rule {
        id: SHORT,
        title: "HSTS expires too soon",
        severity: Severity::Low,
        rationale: "The promise lapses between visits, and the next one starts in the clear again.",
        expected: "max-age of at least 15552000",
        remediation: "Raise max-age; a year, 31536000 seconds, is the common choice.",
        observed_by: "The first field line. Half a year, 15552000 seconds, is the floor here.",
        references: &[Reference::Rfc(6797, "6.1.1"), Reference::Rfc(6797, "11.2")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(lasts),
    },
    Rule {
        id: REPEATED,
        title: "HSTS is sent more than once",
        severity: Severity::Info,
        rationale: "Only the first field counts. Two usually mean that application and proxy both \
                    set it, and a change to one of them has no effect.",
        expected: "one Strict-Transport-Security field",
        remediation: "Set it in one place, and remove the other's at the proxy.",
        observed_by: "The number of field lines.",
        references: &[Reference::Rfc(6797, "7.1"), Reference::Rfc(6797, "8.1")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(is_single),
    },
    Rule {
        id: PRELOAD,
        title: "HSTS asks to be preloaded and does not qualify",
        severity: Severity::Low,
        rationale: "Browsers' lists take hosts that promise a year for all sub-domains. One that \
                    says preload and promises less is refused, or dropped from the list.",
        expected: "max-age=31536000; includeSubDomains; preload",
        remediation: "Promise a year with includeSubDomains, or do not say preload.",
        observed_by: "The first field line, held against the list's published requirements.",
        references: &[LIST],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(may_preload),
    },
    Rule {
        id: SUBDOMAINS,
        title: "HSTS does not cover sub-domains",
        severity: Severity::Info,
        rationale: "A cookie for the domain can be set or read by a sub-domain that is reached in \
                    the clear.",
        expected: "includeSubDomains, where every sub-domain speaks TLS",
        remediation: "Add includeSubDomains once every sub-domain is reachable over TLS.",
        observed_by: "The first field line. A host without sub-domains loses nothing by it.",
        references: &[Reference::Rfc(6797, "6.1.2"), Reference::Rfc(6797, "14.4")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(covers_subdomains),
    },
    Rule {
        id: OVER_HTTP,
        title: "HSTS is sent over plain http",
        severity: Severity::Info,
        rationale: "Browsers ignore it there, since anybody on the network could have written it.",
        expected: "no Strict-Transport-Security over plain http",
        remediation: "Send it over TLS only.",
        observed_by: "The field lines of answers over plain http.",
        references: &[Reference::Rfc(6797, "7.2"), Reference::Rfc(6797, "8.1")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(only_over_tls),
    },
    Rule {
        id: HOP,
        title: "A host that redirects elsewhere does not set HSTS",
        severity: Severity::Low,
        rationale: "The redirect is all that browsers ever see of this host, so the promise of the \
                    host it leads to does not protect it.",
        expected: "Strict-Transport-Security on the redirect, too",
        remediation: "Send Strict-Transport-Security: max-age=31536000 with the redirect.",
        observed_by: "The field lines of redirects over TLS that lead to another host.",
        references: &[Reference::Rfc(6797, "7.2")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(redirecting_hosts_promise),
    },
];

/// Where HSTS has no meaning: in the clear, and for addresses (§8.1.1).
fn beyond_hsts(page: &Page) -> Option<Verdict> {
    if !page.secure {
        return Some(Verdict::NotApplicable("not served over TLS"));
    }
    if page.by_address {
        return Some(Verdict::NotApplicable("HSTS does not apply to addresses"));
    }
    if page.part != Part::Answer {
        return Some(Verdict::NotApplicable(
            "asked of the answer the URL ends on",
        ));
    }
    outside(page, ANY)
}

/// The promise, where one is in force.
fn promise(page: &Page) -> Result<(&crate::model::Pointer, &Hsts), Verdict> {
    if let Some(verdict) = beyond_hsts(page) {
        return Err(verdict);
    }
    match &page.strict_transport_security {
        Header::Present { at, value } => Ok((at, value)),
        Header::Absent | Header::Malformed { .. } => Err(Verdict::NotApplicable(
            "no readable promise: headers/hsts-missing, headers/hsts-malformed",
        )),
    }
}

fn is_set(page: &Page) -> Verdict {
    if let Some(verdict) = beyond_hsts(page) {
        return verdict;
    }
    match page.strict_transport_security {
        Header::Absent => Verdict::Fail(vec![
            missing(page, "no Strict-Transport-Security field").mended_by(usual()),
        ]),
        Header::Malformed { .. } | Header::Present { .. } => Verdict::Pass,
    }
}

fn usual() -> Change {
    Change::Set("Strict-Transport-Security", USUAL.to_owned())
}

fn is_readable(page: &Page) -> Verdict {
    beyond_hsts(page).unwrap_or_else(|| {
        let absent = "not set: headers/hsts-missing";
        match readable(page, &page.strict_transport_security, absent) {
            Verdict::Fail(found) => Verdict::Fail(
                found
                    .into_iter()
                    .map(|one| one.mended_by(usual()))
                    .collect(),
            ),
            other @ (Verdict::Pass
            | Verdict::NotApplicable(_)
            | Verdict::NotTested(_)
            | Verdict::Unknown(_)) => other,
        }
    })
}

fn is_enabled(page: &Page) -> Verdict {
    match promise(page) {
        Err(verdict) => verdict,
        Ok((at, hsts)) if hsts.max_age == Seconds(0) => {
            let seen = line(page, at, "withdraws the promise");
            Verdict::Fail(vec![seen.mended_by(usual())])
        }
        Ok(_) => Verdict::Pass,
    }
}

/// Equal is long enough; withdrawn is another rule's.
fn lasts(page: &Page) -> Verdict {
    let (at, hsts) = match promise(page) {
        Err(verdict) => return verdict,
        Ok((_, hsts)) if hsts.max_age == Seconds(0) => {
            return Verdict::NotApplicable("withdrawn: headers/hsts-disabled");
        }
        Ok(found) => found,
    };
    if hsts.max_age >= FLOOR {
        return Verdict::Pass;
    }
    let why = format!("max-age is {}, below {FLOOR}", hsts.max_age);
    let value = written(&Hsts {
        max_age: PRELOAD_FLOOR,
        ..hsts.clone()
    });
    let change = Change::Set("Strict-Transport-Security", value);
    Verdict::Fail(vec![line(page, at, why).mended_by(change)])
}

/// The promise as a field value.
fn written(hsts: &Hsts) -> String {
    let subdomains = if hsts.include_subdomains {
        "; includeSubDomains"
    } else {
        ""
    };
    let preload = if hsts.preload { "; preload" } else { "" };
    format!("max-age={}{subdomains}{preload}", hsts.max_age.0)
}

fn is_single(page: &Page) -> Verdict {
    if let Some(verdict) = beyond_hsts(page) {
        return verdict;
    }
    let seen = page.all("strict-transport-security").skip(1);
    Verdict::unless(
        seen.map(|(at, _)| line(page, &at, "ignored: the first counts"))
            .collect(),
    )
}

fn may_preload(page: &Page) -> Verdict {
    let (at, hsts) = match promise(page) {
        Err(verdict) => return verdict,
        Ok((_, hsts)) if !hsts.preload => return Verdict::NotApplicable("does not ask for it"),
        Ok(found) => found,
    };
    if hsts.include_subdomains && hsts.max_age >= PRELOAD_FLOOR {
        return Verdict::Pass;
    }
    let why = "the list needs includeSubDomains and a max-age of at least 31536000 s";
    let full = Hsts {
        max_age: hsts.max_age.max(PRELOAD_FLOOR),
        include_subdomains: true,
        preload: true,
    };
    let change = Change::Set("Strict-Transport-Security", written(&full));
    Verdict::Fail(vec![line(page, at, why).mended_by(change)])
}

fn covers_subdomains(page: &Page) -> Verdict {
    match promise(page) {
        Err(verdict) => verdict,
        Ok((_, hsts)) if hsts.include_subdomains => Verdict::Pass,
        Ok((at, hsts)) => {
            // A promise that is withdrawn, or short, is not passed on as it is.
            let max_age = if hsts.max_age < FLOOR {
                PRELOAD_FLOOR
            } else {
                hsts.max_age
            };
            let full = Hsts {
                max_age,
                include_subdomains: true,
                ..hsts.clone()
            };
            let change = Change::Set("Strict-Transport-Security", written(&full));
            let seen = line(page, at, "this host only");
            Verdict::Fail(vec![seen.mended_by(change)])
        }
    }
}

fn only_over_tls(page: &Page) -> Verdict {
    if page.secure {
        return Verdict::NotApplicable("served over TLS");
    }
    let seen = page.all("strict-transport-security");
    Verdict::unless(
        seen.map(|(at, _)| line(page, &at, "ignored by browsers"))
            .collect(),
    )
}

fn redirecting_hosts_promise(headers: &HeadersFacts) -> Verdict {
    let Some(answer) = headers.answer() else {
        return Verdict::NotApplicable("no answer to lead to");
    };
    let elsewhere = |page: &&Page| {
        page.part == Part::Hop && page.secure && !page.by_address && page.host != answer.host
    };
    let mut hops = headers.pages.iter().filter(elsewhere).peekable();
    if hops.peek().is_none() {
        return Verdict::NotApplicable("no redirect to another host");
    }
    let silent = hops.filter(|page| page.strict_transport_security.value().is_none());
    let seen = silent.map(|page| {
        missing(page, "no readable Strict-Transport-Security field").mended_by(usual())
    });
    Verdict::unless(seen.collect())
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::rules::headers::sample::{Sample, words};

    /// Field values as sent, then what the first seven rules answer, in the order of [`RULES`].
    #[rustfmt::skip]
    const CASES: &[(&[&str], &str)] = &[
        (&[],                                         "fail n/a  n/a  n/a  pass n/a  n/a"),
        (&["max-age=31536000; includeSubDomains"],    "pass pass pass pass pass n/a  pass"),
        (&["MAX-AGE=31536000 ; includeSubDomains;"],  "pass pass pass pass pass n/a  pass"),
        (&["max-age=\"31536000\""],                   "pass pass pass pass pass n/a  fail"), // §6.2
        (&["max-age = 31536000"],                     "pass pass pass pass pass n/a  fail"),
        (&["max-age=31536000; shiny=new"],            "pass pass pass pass pass n/a  fail"), // §6.1 rule 5
        (&["max-age=15552000"],                       "pass pass pass pass pass n/a  fail"), // the floor
        (&["max-age=15551999"],                       "pass pass pass fail pass n/a  fail"), // a second short
        (&["max-age=0"],                              "pass pass fail n/a  pass n/a  fail"), // §6.1.1
        (&["max-age=\"0\""],                          "pass pass fail n/a  pass n/a  fail"),
        (&["max-age=soon"],                           "pass fail n/a  n/a  pass n/a  n/a"),  // §6.1 rule 4
        (&["max-age=31536000junk"],                   "pass fail n/a  n/a  pass n/a  n/a"),
        (&["includeSubDomains"],                      "pass fail n/a  n/a  pass n/a  n/a"),
        (&["max-age=1; max-age=31536000"],            "pass fail n/a  n/a  pass n/a  n/a"),  // §6.1 rule 2
        (&["max-age=31536000", "max-age=1"],          "pass pass pass pass fail n/a  fail"), // §8.1
        (&["max-age=31536000; preload"],              "pass pass pass pass pass fail fail"),
        (&["max-age=31536000; includeSubDomains; preload"], "pass pass pass pass pass pass pass"),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (sent, expected) in CASES {
            let fields = sent
                .iter()
                .map(|value| ("Strict-Transport-Security", *value));
            let facts = Sample::html().fields(fields).facts();
            let expected: Vec<&str> = expected.split_whitespace().collect();
            assert_eq!(words(&RULES[..7], &facts), expected, "{sent:?}");
        }
    }

    #[test]
    fn addresses_and_plain_http_owe_nothing() {
        let facts = Sample::html().at("https://192.0.2.7/").facts();
        assert!(words(&RULES[..7], &facts).iter().all(|word| *word == "n/a"));
        let facts = Sample::html().at("http://example.com/").facts();
        assert!(words(&RULES[..7], &facts).iter().all(|word| *word == "n/a"));
    }

    #[test]
    fn plain_http_cannot_promise() {
        let sample = Sample::html().at("http://example.com/");
        let facts = sample
            .field("Strict-Transport-Security", "max-age=31536000")
            .facts();
        assert_eq!(words(&RULES[7..8], &facts), ["fail"]);
    }

    #[test]
    fn a_redirect_to_another_host_promises_itself() {
        let hop = |fields: &[(&str, &str)]| {
            Sample::html()
                .hop("https://example.com/", 301, fields)
                .at("https://www.example.com/")
        };
        let to = ("Location", "https://www.example.com/");
        let silent = hop(&[to]).facts();
        assert_eq!(words(&RULES[8..], &silent), ["fail"]);
        let promising = hop(&[to, ("Strict-Transport-Security", "max-age=31536000")]).facts();
        assert_eq!(words(&RULES[8..], &promising), ["pass"]);
    }
}
