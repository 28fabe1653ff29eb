//! What a web root serves that it should not, each known by its own content.

use super::scope::as_far_as_read;
use crate::facts::headers::{Exposed, HeadersFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::exposure::Exposure;
use crate::wire::stock_page::StockPage;

const SOURCES: Reference = Reference::Standard(
    "OWASP ASVS 5.0 V13.4.1 (MUST: no source control metadata)",
    "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
);
const CONFIGURATION: Reference = Reference::Standard(
    "OWASP ASVS 5.0 V13.4.5",
    "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
);

const SEEN: &str = "A GET of the usual path, believed by the content only: a page that answers \
                    every path is not taken for it.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/exposed-secret"),
        title: "Source or secrets can be downloaded",
        severity: Severity::Critical,
        rationale: "Everybody can fetch the sources, with all their history, or the credentials \
                    the service runs with.",
        expected: "404",
        remediation: "Take it out of the web root, deny paths that start with a dot, and replace \
                      every secret that was in it.",
        observed_by: SEEN,
        references: &[SOURCES],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| nothing_of(headers, Exposure::Secret)),
    },
    Rule {
        id: RuleId::new("headers/exposed-internal"),
        title: "The inside of the service is public",
        severity: Severity::Medium,
        rationale: "Metrics, status pages and management endpoints tell load, routes, versions and \
                    names that help whoever looks for a way in.",
        expected: "404, or 401 for outsiders",
        remediation: "Bind it to an internal address, or ask for credentials.",
        observed_by: SEEN,
        references: &[CONFIGURATION],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| nothing_of(headers, Exposure::Internal)),
    },
    Rule {
        id: RuleId::new("headers/exposed-description"),
        title: "The API's description is public",
        severity: Severity::Info,
        rationale: "Fine for a public API. For an internal one it is a list of everything to try.",
        expected: "what is meant to be public",
        remediation: "Turn the documentation off in production, unless it is for everybody.",
        observed_by: SEEN,
        references: &[CONFIGURATION],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(no_description),
    },
    Rule {
        id: RuleId::new("headers/source-map"),
        title: "Source maps are public",
        severity: Severity::Info,
        rationale: "They hold the sources a script was built from, comments among them.",
        expected: "404",
        remediation: "Upload source maps to the error tracker, and do not deploy them.",
        observed_by: "A GET of .map beside the page's own scripts, believed by the content only.",
        references: &[Reference::Standard(
            "ECMA-426 §4",
            "https://tc39.es/ecma426/",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(no_source_map),
    },
    Rule {
        id: RuleId::new("headers/directory-listing"),
        title: "The server lists the files of a folder",
        severity: Severity::Medium,
        rationale: "Backups, drafts and whatever else lies there is found by everybody, search engines \
                    among them.",
        expected: "a page, or 404",
        remediation: "Turn listings off: autoindex off (nginx), Options -Indexes (Apache), no `browse` \
                      (Caddy).",
        observed_by: "Title and text that servers write into such lists, in the target's own answer.",
        references: &[Reference::Standard(
            "OWASP ASVS 5.0 V13.4.3",
            "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(no_listing),
    },
    Rule {
        id: RuleId::new("headers/welcome-page"),
        title: "The server shows the page it was installed with",
        severity: Severity::Medium,
        rationale: "What is to be launched is not there: visitors see the server's own page, and all \
                    other findings are about that one.",
        expected: "the site",
        remediation: "Point the server at the site, or the name at the server that has it.",
        observed_by: "Title and text of the pages that servers come with, in the target's own answer.",
        references: &[Reference::Rfc(9110, "7.4")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(no_welcome_page),
    },
];

fn no_listing(headers: &HeadersFacts) -> Verdict {
    stock(headers, |page| match page {
        StockPage::Listing => Some("a list of files".to_owned()),
        StockPage::Welcome(_) => None,
    })
}

fn no_welcome_page(headers: &HeadersFacts) -> Verdict {
    stock(headers, |page| match page {
        StockPage::Listing => None,
        StockPage::Welcome(whose) => Some(format!("the page that {whose} comes with")),
    })
}

fn stock(headers: &HeadersFacts, is_one: impl Fn(StockPage) -> Option<String>) -> Verdict {
    let Some(page) = headers.answer().filter(|page| page.markup.is_some()) else {
        return Verdict::NotApplicable("no page that a browser renders");
    };
    match page.stock.and_then(is_one) {
        Some(said) => {
            let at = page.at.join("response/seen/body");
            Verdict::Fail(vec![Observed::new(&at, said).about(page.label.as_str())])
        }
        None => as_far_as_read(Verdict::Pass, page.unseen.as_ref()),
    }
}

fn nothing_of(headers: &HeadersFacts, exposure: Exposure) -> Verdict {
    found(headers, |one| one.exposure == exposure)
}

fn no_description(headers: &HeadersFacts) -> Verdict {
    found(headers, |one| {
        one.exposure == Exposure::Description && !is_map(one) && !one.declared
    })
}

fn no_source_map(headers: &HeadersFacts) -> Verdict {
    found(headers, is_map)
}

fn is_map(exposed: &Exposed) -> bool {
    exposed.what == "a source map"
}

fn found(headers: &HeadersFacts, counts: impl Fn(&Exposed) -> bool) -> Verdict {
    let found = headers.exposed.iter().filter(|one| counts(one)).map(|one| {
        Observed::new(&one.at, format!("{} is {}", one.path, one.what))
            .about(format!("GET {}", one.path))
    });
    match Verdict::unless(found.collect()) {
        Verdict::Pass if !headers.looked_for_artefacts => {
            Verdict::NotTested("not all such paths were asked for".to_owned())
        }
        found @ (Verdict::Pass
        | Verdict::Fail(_)
        | Verdict::NotApplicable(_)
        | Verdict::NotTested(_)
        | Verdict::Unknown(_)) => found,
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::model::{Ask, Endpoint, Method};
    use crate::rules::headers::sample::{Sample, words};

    const HTML: &[(&str, &str)] = &[("Content-Type", "text/html")];

    /// The path, its status and body, and what each rule answers.
    #[rustfmt::skip]
    const CASES: &[(&str, u16, &str, [&str; 4])] = &[
        ("/.git/HEAD",    200, "ref: refs/heads/main\n",               ["fail", "pass", "pass", "pass"]),
        ("/.git/HEAD",    403, "ref: refs/heads/main\n",               ["pass", "pass", "pass", "pass"]),
        ("/.git/HEAD",    200, "<!doctype html><title>Home</title>",   ["pass", "pass", "pass", "pass"]), // soft 404
        ("/.env",         200, "DB_HOST=db\nDB_PASSWORD=x\n",          ["fail", "pass", "pass", "pass"]),
        ("/.env",         200, "SECRET_KEY_BASE=0123456789abcdef\n",  ["fail", "pass", "pass", "pass"]),
        ("/.env",         200, "DB_HOST=db is how you set it\nprose\n", ["pass", "pass", "pass", "pass"]),
        ("/metrics",      200, "# TYPE up gauge\nup 1\n",              ["pass", "fail", "pass", "pass"]),
        ("/openapi.json", 200, "{\"openapi\":\"3.1.0\",\"paths\":{}}", ["pass", "pass", "fail", "pass"]),
        ("source-map",    200, "{\"version\":3,\"sources\":[],\"mappings\":\"\"}", ["pass", "pass", "pass", "fail"]),
        ("source-map",    200, "<html>",                               ["pass", "pass", "pass", "pass"]),
    ];

    #[test]
    fn content_decides() {
        for (path, status, body, expected) in CASES {
            let role = Ask::Exposure((*path).to_owned()).of_target();
            let sample = Sample::html().and(role, "https://example.com/x", *status, HTML, body);
            assert_eq!(
                words(&RULES[..4], &sample.facts()),
                expected,
                "{path} {body}"
            );
        }
    }

    #[test]
    fn a_declared_description_is_meant_to_be_public() {
        let role = Ask::Exposure("/openapi.json".to_owned()).of_target();
        let body = "{\"openapi\":\"3.1.0\",\"paths\":{}}";
        let at = "https://example.com/openapi.json";
        for (protected, word) in [(false, "pass"), (true, "fail")] {
            let endpoint = Endpoint {
                protected,
                ..Endpoint::new(Method::get(), "/openapi.json")
            };
            let sample = Sample::html().and(role.clone(), at, 200, HTML, body);
            let sample = sample.declared(|target| target.endpoints.push(endpoint));
            assert_eq!(words(RULES, &sample.facts())[2], word);
        }
    }

    #[test]
    fn a_page_that_nobody_wrote_is_told() {
        #[rustfmt::skip]
        let rows = [
            ("<title>Index of /</title><h1>Index of /</h1>",                 ["fail", "pass"]),
            ("<title>Directory listing for /x</title><h1>Directory listing for /x</h1>", ["fail", "pass"]),
            ("<html><body><h1>It works!</h1></body></html>",                 ["pass", "fail"]),
            ("<title>Welcome to nginx!</title>the nginx web server is successfully installed", ["pass", "fail"]),
            ("<title>Index of prices</title>",                               ["pass", "pass"]),
        ];
        for (body, expected) in rows {
            let facts = Sample::html().body(body).facts();
            assert_eq!(words(&RULES[4..], &facts), expected, "{body}");
        }
        assert_eq!(words(&RULES[4..], &Sample::json().facts()), ["n/a"; 2]);
    }

    #[test]
    fn not_asked_is_not_passed() {
        assert_eq!(
            words(&RULES[..4], &Sample::html().facts()),
            ["not tested"; 4]
        );
    }
}
