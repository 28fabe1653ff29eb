//! From plain http to TLS, and never back.

use super::scope::{as_far_as_read, line};
use crate::facts::headers::{HeadersFacts, Plain};
use crate::model::{Kind, Pointer, RuleId, Severity, Topic, Untrusted};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

const TRANSPORT: Reference = Reference::Standard(
    "OWASP ASVS 5.0 V12.2.1 (TLS MUST be used, without fallback)",
    "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
);
const MACHINES: Reference = Reference::Standard(
    "OWASP ASVS 5.0 V4.1.2",
    "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
);

/// A launch needs one redirect, or two: to `https`, and to the host that is meant.
const FEW: usize = 5;

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/served-in-the-clear"),
        title: "Plain http serves content",
        severity: Severity::High,
        rationale: "Whoever is on the network reads and rewrites what visitors get, and nothing \
                    moves them to TLS.",
        expected: "a redirect to https, or nothing on port 80",
        remediation: "Redirect pages to https with 301 or 308; close the port for an API.",
        observed_by: "A GET of the same path on port 80, for targets on port 443; for an http \
                      target, its own answer. Loopback is left out: TLS may end in front of it.",
        references: &[TRANSPORT, Reference::Rfc(6797, "7.2")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(nothing_in_the_clear),
    },
    Rule {
        id: RuleId::new("headers/redirect-insecure"),
        title: "The redirect from plain http does not lead to TLS at once",
        severity: Severity::Medium,
        rationale: "Each step in the clear can be answered by whoever is on the network.",
        expected: "https in the first Location",
        remediation: "Redirect to https first, then wherever the page is.",
        observed_by: "Location of the answer on port 80, and of what follows.",
        references: &[Reference::Rfc(6797, "7.2")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(redirects_to_tls),
    },
    Rule {
        id: RuleId::new("headers/redirect-off-host"),
        title: "The redirect from plain http leaves the host before TLS",
        severity: Severity::Low,
        rationale: "The browser never speaks TLS with this host, so no HSTS protects the next \
                    visit to it.",
        expected: "https on the same host first",
        remediation: "Redirect to https on the same host, and from there elsewhere.",
        observed_by: "The host in Location of the answer on port 80.",
        references: &[Reference::Standard(
            "HSTS preload list",
            "https://hstspreload.org/#deployment-recommendations",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(redirects_on_host),
    },
    Rule {
        id: RuleId::new("headers/api-redirects-http"),
        title: "An API redirects plain http instead of refusing it",
        severity: Severity::Info,
        rationale: "A client with the wrong scheme sends its token in the clear every time, and \
                    the redirect hides that it does.",
        expected: "port 80 closed, or an error",
        remediation: "Close port 80 for the API, or answer with an error.",
        observed_by: "A redirect on port 80 of a target that answers with data.",
        references: &[MACHINES],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(machines_are_refused),
    },
    Rule {
        id: RuleId::new("headers/redirect-downgrade"),
        title: "TLS redirects to plain http",
        severity: Severity::Medium,
        rationale: "Visitors who came safely are sent into the clear, with whatever the address \
                    carries.",
        expected: "https in Location",
        remediation: "Build redirects from the public address; a proxy has to tell the application \
                      the scheme (X-Forwarded-Proto).",
        observed_by: "Location of answers over TLS.",
        references: &[TRANSPORT],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(never_back),
    },
    Rule {
        id: RuleId::new("headers/refresh-insecure"),
        title: "A page over TLS sends visitors on in the clear",
        severity: Severity::Medium,
        rationale: "The page loads and then leads into the clear, with whatever the address carries.",
        expected: "an https address",
        remediation: "Write the address of the refresh with https, or redirect with 301 instead.",
        observed_by: "The Refresh field and `<meta http-equiv=refresh>`, resolved as browsers do it.",
        references: &[
            TRANSPORT,
            Reference::Standard(
                "HTML §4.2.5.3",
                "https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh",
            ),
        ],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(never_on_in_the_clear),
    },
    Rule {
        id: RuleId::new("headers/redirect-chain-long"),
        title: "More than five redirects stand before the answer",
        severity: Severity::Low,
        rationale: "Each costs visitors a round trip, and clients give up after a number of their own.",
        expected: "one redirect, or two",
        remediation: "Redirect to the final address at once.",
        observed_by: "Every Location from the target's URL on, followed up to twenty times.",
        references: &[Reference::Rfc(9110, "15.4")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(redirects_are_few),
    },
    Rule {
        id: RuleId::new("headers/session-in-location"),
        title: "A redirect carries the session in its address",
        severity: Severity::Medium,
        rationale: "Addresses are kept in histories and logs and sent to other sites: whoever reads one \
                    has the session.",
        expected: "the session in a cookie alone",
        remediation: "Turn URL rewriting off: `<tracking-mode>COOKIE</tracking-mode>` for servlets, \
                      session.use_only_cookies for PHP.",
        observed_by: "`;jsessionid=` and the names that frameworks give to sessions, in Location.",
        references: &[Reference::Standard(
            "OWASP ASVS 5.0 V14.2.1 (no sensitive data in URLs)",
            "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(no_session_travels),
    },
];

fn never_on_in_the_clear(headers: &HeadersFacts) -> Verdict {
    let secure = headers.pages.iter().filter(|page| page.secure);
    let found = secure.filter_map(|page| {
        let (at, to) = page.refresh.as_ref()?;
        let why = Untrusted::from(format!("a refresh to {}", to.raw()));
        is_plain(to.raw()).then(|| Observed::new(at, why).about(page.label.as_str()))
    });
    let unread = headers.answer().and_then(|page| page.unread.as_ref());
    as_far_as_read(Verdict::unless(found.collect()), unread)
}

/// Redirects without an end are `headers/redirect-loop`, and long besides.
fn redirects_are_few(headers: &HeadersFacts) -> Verdict {
    let chain = &headers.chain;
    if chain.redirects <= FEW {
        return Verdict::Pass;
    }
    Verdict::fail(
        &chain.at,
        format!("{} redirects were followed", chain.redirects),
    )
}

/// What is quoted ends where the session begins.
fn no_session_travels(headers: &HeadersFacts) -> Verdict {
    let found = headers.pages.iter().filter_map(|page| {
        let (at, to) = page.first("location")?;
        let lower = to.to_ascii_lowercase();
        let session = SESSION_PARAMETERS
            .iter()
            .find_map(|name| Some(lower.find(name)? + name.len()))?;
        let value = to.get(session..)?;
        let said = format!("Location: {}… (a session)", to.get(..session)?);
        (!value.is_empty())
            .then(|| Observed::new(&at, Untrusted::from(said)).about(page.label.as_str()))
    });
    Verdict::unless(found.collect())
}

const SESSION_PARAMETERS: [&str; 5] = [
    ";jsessionid=",
    "?phpsessid=",
    "&phpsessid=",
    "?jsessionid=",
    "&jsessionid=",
];

fn nothing_in_the_clear(headers: &HeadersFacts) -> Verdict {
    match &headers.plain {
        Plain::NotAsked => Verdict::NotApplicable("no plain-http twin to ask"),
        Plain::Answers { at, status } if *status < 300 => {
            Verdict::fail(at, format!("answered {status} over plain http"))
        }
        Plain::Closed | Plain::Redirects { .. } | Plain::Answers { .. } => Verdict::Pass,
    }
}

/// What a redirect on port 80 says: where to, and how.
struct Redirect<'a> {
    at: &'a Pointer,
    to: &'a Untrusted,
    secure: bool,
    off_host: bool,
    insecure_hop: bool,
}

fn redirect(headers: &HeadersFacts) -> Result<Redirect<'_>, Verdict> {
    match &headers.plain {
        Plain::Redirects {
            at,
            to,
            secure,
            off_host,
            insecure_hop,
            ..
        } => Ok(Redirect {
            at,
            to,
            secure: *secure,
            off_host: *off_host,
            insecure_hop: *insecure_hop,
        }),
        Plain::NotAsked => Err(Verdict::NotApplicable("no plain-http twin to ask")),
        Plain::Closed | Plain::Answers { .. } => Err(Verdict::NotApplicable("no redirect")),
    }
}

fn location(redirect: &Redirect<'_>, why: &str) -> Observed {
    Observed::new(
        redirect.at,
        format!("Location: {} ({why})", redirect.to.raw()),
    )
}

fn redirects_to_tls(headers: &HeadersFacts) -> Verdict {
    match redirect(headers) {
        Err(verdict) => verdict,
        Ok(found) if !found.secure => Verdict::Fail(vec![location(&found, "not https")]),
        Ok(found) if found.insecure_hop => {
            Verdict::Fail(vec![location(&found, "a later hop is plain http again")])
        }
        Ok(_) => Verdict::Pass,
    }
}

fn redirects_on_host(headers: &HeadersFacts) -> Verdict {
    match redirect(headers) {
        Err(verdict) => verdict,
        Ok(found) if found.secure && found.off_host => {
            Verdict::Fail(vec![location(&found, "another host")])
        }
        Ok(_) => Verdict::Pass,
    }
}

fn machines_are_refused(headers: &HeadersFacts) -> Verdict {
    match (headers.kind, redirect(headers)) {
        (Kind::Web, _) => Verdict::NotApplicable("visitors are to be redirected"),
        (Kind::Api, Ok(found)) => Verdict::Fail(vec![location(&found, "of an API")]),
        (Kind::Api, Err(Verdict::NotApplicable("no redirect"))) => Verdict::Pass,
        (Kind::Api, Err(verdict)) => verdict,
    }
}

fn never_back(headers: &HeadersFacts) -> Verdict {
    let mut seen = Vec::new();
    for page in headers
        .pages
        .iter()
        .filter(|page| page.secure && (300..400).contains(&page.status))
    {
        if let Some((at, _)) = page.first("location").filter(|(_, to)| is_plain(to)) {
            seen.push(line(page, &at, "from TLS to plain http"));
        }
    }
    Verdict::unless(seen)
}

fn is_plain(location: &str) -> bool {
    location
        .trim_start()
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("http:"))
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::model::Ask;
    use crate::rules::Verdict;
    use crate::rules::headers::sample::{Sample, verdict, words};

    const TWIN: &str = "http://example.com/";

    /// Status and Location on port 80; the answers for a page, then for an API.
    #[rustfmt::skip]
    const CASES: &[(u16, Option<&str>, &str, &str)] = &[
        (301, Some("https://example.com/"),      "pass pass pass n/a  pass", "pass pass pass fail pass"),
        (308, Some("https://www.example.com/"),  "pass pass fail n/a  pass", "pass pass fail fail pass"),
        (302, Some("/login"),                    "pass fail pass n/a  pass", "pass fail pass fail pass"),
        (301, Some("http://www.example.com/"),   "pass fail pass n/a  pass", "pass fail pass fail pass"),
        (200, None,                              "fail n/a  n/a  n/a  pass", "fail n/a  n/a  pass pass"),
        (403, None,                              "pass n/a  n/a  n/a  pass", "pass n/a  n/a  pass pass"),
        (426, None,                              "pass n/a  n/a  n/a  pass", "pass n/a  n/a  pass pass"),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (status, location, page, api) in CASES {
            let fields: Vec<_> = location.iter().map(|to| ("Location", *to)).collect();
            for (sample, expected) in [(Sample::html(), page), (Sample::json(), api)] {
                let facts = sample
                    .and(Ask::PlainHttp.of_target(), TWIN, *status, &fields, "")
                    .facts();
                let expected: Vec<&str> = expected.split_whitespace().collect();
                assert_eq!(
                    words(&RULES[..5], &facts),
                    expected,
                    "{status} {location:?}"
                );
            }
        }
    }

    #[test]
    fn an_api_that_refuses_plain_http_loses_nothing() {
        let facts = Sample::json()
            .and_nothing(Ask::PlainHttp.of_target(), TWIN)
            .facts();
        assert_eq!(
            words(&RULES[..5], &facts),
            ["pass", "n/a", "n/a", "pass", "pass"]
        );
    }

    #[test]
    fn a_target_in_the_clear_is_judged_itself() {
        let at = |url| words(&RULES[..1], &Sample::html().at(url).facts());
        assert_eq!(at("http://example.com/"), ["fail"]);
        assert_eq!(at("http://localhost:3000/"), ["n/a"]);
        assert_eq!(at("http://127.0.0.1/"), ["n/a"]);
        let to = [("Location", "https://example.com/")];
        let moved = Sample::html()
            .at("http://example.com/")
            .status(301)
            .fields(to)
            .facts();
        assert_eq!(words(&RULES[..3], &moved), ["pass", "pass", "pass"]);
    }

    #[test]
    fn a_later_hop_in_the_clear_counts() {
        let to = |url| [("Location", url)];
        let facts = Sample::html()
            .and(
                Ask::PlainHttp.of_target(),
                TWIN,
                301,
                &to("https://example.com/"),
                "",
            )
            .and(
                Ask::PlainHop(1).of_target(),
                "http://www.example.com/",
                301,
                &to("https://example.com/"),
                "",
            )
            .facts();
        assert_eq!(words(&RULES[1..2], &facts), ["fail"]);
    }

    /// A page, and whether it leads on in the clear.
    #[test]
    fn a_refresh_is_followed() {
        #[rustfmt::skip]
        let rows = [
            ("<meta http-equiv=refresh content='0; url=http://example.com/'>",  "fail"),
            ("<meta http-equiv=Refresh content='5;URL=HTTP://other.example/'>", "fail"),
            ("<base href=http://example.com/><meta http-equiv=refresh content='0; url=/a'>", "fail"),
            ("<meta http-equiv=refresh content='0; url=/a'>",                   "pass"),
            ("<meta http-equiv=refresh content='30'>",                          "pass"),
            ("<meta name=refresh content='0; url=http://example.com/'>",        "pass"),
            ("<p>0; url=http://example.com/",                                   "pass"),
        ];
        for (body, expected) in rows {
            let facts = Sample::html().body(body).facts();
            assert_eq!(words(&RULES[5..6], &facts), [expected], "{body}");
        }
        let field = Sample::html().field("Refresh", "0;url=http://example.com/");
        assert_eq!(words(&RULES[5..6], &field.facts()), ["fail"]);
    }

    #[test]
    fn a_chain_is_short() {
        let chain = |redirects: usize| {
            let mut sample = Sample::html();
            for nth in 0..redirects {
                let at = format!("https://example.com/{nth}");
                sample = sample.hop(&at, 302, &[("Location", "/")]);
            }
            words(&RULES[6..7], &sample.facts())
        };
        assert_eq!(chain(0), ["pass"]);
        assert_eq!(chain(5), ["pass"]);
        assert_eq!(chain(6), ["fail"]);
    }

    #[test]
    fn a_session_stays_out_of_addresses() {
        #[rustfmt::skip]
        let rows = [
            ("/home;jsessionid=1A2B3C4D",   "fail"),
            ("/home;JSESSIONID=1A2B?x=1",   "fail"),
            ("/?PHPSESSID=1a2b3c",          "fail"),
            ("/?a=1&phpsessid=1a2b3c",      "fail"),
            ("/?sessions=3",                "pass"),
            ("/home;jsessionid=",           "pass"),
        ];
        for (to, expected) in rows {
            let sample = Sample::html().hop("https://example.com/a", 302, &[("Location", to)]);
            let facts = sample.facts();
            assert_eq!(words(&RULES[7..8], &facts), [expected], "{to}");
            if let Verdict::Fail(observed) = verdict(&RULES[7], &facts) {
                assert!(
                    !observed[0].said.raw().to_lowercase().contains("1a2b"),
                    "{observed:?}"
                );
            }
        }
    }

    #[test]
    fn tls_never_leads_back() {
        let hop = |to: &str| Sample::html().hop("https://example.com/", 301, &[("Location", to)]);
        assert_eq!(
            words(&RULES[4..5], &hop("HTTP://example.com/").facts()),
            ["fail"]
        );
        assert_eq!(
            words(&RULES[4..5], &hop("https://example.com/a").facts()),
            ["pass"]
        );
    }
}
