//! What answers give away: traces, debug pages, secrets, addresses of the inside.
//!
//! A page of documentation may quote a trace, and a tutorial an example key: traces and database
//! errors count on error paths, in data, and wherever the status says that something failed.

use super::scope::{as_far_as_read, line, place};
use crate::facts::headers::{HeadersFacts, Page};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::class::Class;
use crate::wire::leak::{Kind, Leak};

const CONFIGURATION: Reference = Reference::Standard(
    "OWASP ASVS 5.0 V13.4 (MUST: debug modes disabled in production)",
    "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
);
const ERRORS: Reference = Reference::Standard(
    "OWASP ASVS 5.0 V16.5.1",
    "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
);
const SECRETS: Reference = Reference::Standard(
    "OWASP ASVS 5.0 V13.3 (secrets MUST NOT be exposed)",
    "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
);

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/secret-in-body"),
        title: "A secret stands in an answer",
        severity: Severity::Critical,
        rationale: "Whoever reads the answer holds the key. It has to be considered lost from the \
                    moment it was served.",
        expected: "no credential in any answer",
        remediation: "Revoke the secret, then remove it from what is served.",
        observed_by: "The form issuers give to their keys, PEM labels, and passwords in connection \
                      strings; documentation's own examples are left out.",
        references: &[SECRETS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(keeps_secrets),
    },
    Rule {
        id: RuleId::new("headers/debug-page"),
        title: "Errors are answered with a page for developers",
        severity: Severity::High,
        rationale: "It shows settings, source and variables to whoever causes an error, and some \
                    such pages run what is typed into them.",
        expected: "a plain error page",
        remediation: "Turn the debug mode off (DEBUG = False, APP_DEBUG=false, NODE_ENV=production).",
        observed_by: "Text that only the frameworks' own debug pages contain, on error paths and \
                      failing answers.",
        references: &[CONFIGURATION, ERRORS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| told(headers, Kind::DebugPage, fails)),
    },
    Rule {
        id: RuleId::new("headers/stack-trace"),
        title: "Errors show where in the program they arose",
        severity: Severity::Medium,
        rationale: "Paths, names and versions of the program are a map for whoever looks for a way \
                    in.",
        expected: "an error without a trace",
        remediation: "Log the trace with an identifier, and answer with the identifier.",
        observed_by: "The form traces have in ten languages, on error paths, in data and in \
                      failing answers.",
        references: &[ERRORS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| told(headers, Kind::StackTrace, fails_or_is_data)),
    },
    Rule {
        id: RuleId::new("headers/database-error"),
        title: "Errors quote the database",
        severity: Severity::Medium,
        rationale: "It names tables and columns, and shows an attacker who injects into a \
                    statement how far they came.",
        expected: "an error without the database's words",
        remediation: "Log the database's message, and answer with a general one.",
        observed_by: "The words five databases and their drivers use, on error paths, in data and \
                      in failing answers.",
        references: &[ERRORS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| told(headers, Kind::DatabaseError, fails_or_is_data)),
    },
    Rule {
        id: RuleId::new("headers/error-page-version"),
        title: "Error pages tell the version of the server",
        severity: Severity::Low,
        rationale: "Lists of known holes are searched by product and version.",
        expected: "an error page without a version",
        remediation: "Turn the version off (server_tokens off, ServerSignature Off), or serve \
                      pages of your own.",
        observed_by: "The default error pages of five servers.",
        references: &[Reference::Standard(
            "OWASP ASVS 5.0 V13.4.6",
            "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(|headers| told(headers, Kind::Version, |_| true)),
    },
    Rule {
        id: RuleId::new("headers/internal-address"),
        title: "An address of the inside is told",
        severity: Severity::Low,
        rationale: "It maps the network behind the proxy, and a client that follows it gets \
                    nowhere.",
        expected: "public names only",
        remediation: "Tell the application its public address (X-Forwarded-Host, a base URL), and \
                      strip back-end fields at the proxy.",
        observed_by: "Private addresses, loopback and names of the inside in field values, in \
                      data and in failing answers. The address that was asked is left out.",
        references: &[Reference::Rfc(1918, "3")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(inside_stays_inside),
    },
];

fn fails(page: &Page) -> bool {
    page.is_error_path() || page.status >= 400
}

fn fails_or_is_data(page: &Page) -> bool {
    fails(page) || page.class == Class::Api
}

fn keeps_secrets(headers: &HeadersFacts) -> Verdict {
    told(headers, Kind::Secret, |_| true)
}

/// Every signature once, where it was seen first.
fn told(headers: &HeadersFacts, kind: Kind, counts: fn(&Page) -> bool) -> Verdict {
    let mut found: Vec<(&str, Observed)> = Vec::new();
    for page in headers.pages.iter().filter(|page| counts(page)) {
        for leak in page.leaks.iter().filter(|leak| leak.kind == kind) {
            if found.iter().all(|(what, _)| *what != leak.what) {
                found.push((leak.what, in_body(page, leak)));
            }
        }
    }
    let found = found.into_iter().map(|(_, observed)| observed).collect();
    let unread = headers.pages.iter().filter(|page| counts(page));
    as_far_as_read(
        Verdict::unless(found),
        unread.filter_map(|page| page.unread.as_ref()).max(),
    )
}

fn in_body(page: &Page, leak: &Leak) -> Observed {
    let at = page.at.join("response/seen/body");
    let said = format!("{} at byte {}: {}", leak.what, leak.at, leak.excerpt.raw());
    Observed::new(&at, said).about(place(page))
}

/// A target on the inside tells no secret by naming it: what is asked of a private host counts
/// only in fields of a public one.
fn inside_stays_inside(headers: &HeadersFacts) -> Verdict {
    let public = |page: &Page| !is_inside(&page.host);
    if !headers.pages.iter().any(public) {
        return Verdict::NotApplicable("the target itself is on the inside");
    }
    let mut found: Vec<(&str, Observed)> = Vec::new();
    for page in headers.pages.iter().filter(|page| public(page)) {
        let in_fields = page
            .inside_addresses
            .iter()
            .map(|(at, leak)| (leak.excerpt.raw(), line(page, at, leak.what)));
        let counts = fails_or_is_data(page);
        let in_body = page
            .leaks
            .iter()
            .filter(|leak| counts && leak.kind == Kind::InternalAddress)
            .map(|leak| (leak.excerpt.raw(), in_body(page, leak)));
        for (host, observed) in in_fields.chain(in_body) {
            if found.iter().all(|(known, _)| *known != host) {
                found.push((host, observed));
            }
        }
    }
    let found = found.into_iter().map(|(_, observed)| observed).collect();
    let unread = headers
        .pages
        .iter()
        .filter(|page| public(page) && fails_or_is_data(page));
    as_far_as_read(
        Verdict::unless(found),
        unread.filter_map(|page| page.unread.as_ref()).max(),
    )
}

fn is_inside(host: &str) -> bool {
    !crate::wire::leak::internal_addresses(&format!("http://{host}/")).is_empty()
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::model::Ask;
    use crate::rules::headers::sample::{Sample, failing};

    const TRACE: &str = "Traceback (most recent call last):\n  File \"/app/x.py\"";
    const DEBUG: &str = "<p>you have <code>DEBUG = True</code> in your settings";

    fn with_error(body: &str) -> Sample {
        let html = [("Content-Type", "text/html")];
        Sample::html().and(
            Ask::NotFound.of_target(),
            "https://example.com/x",
            404,
            &html,
            body,
        )
    }

    #[test]
    fn error_paths_are_searched() {
        assert_eq!(failing(RULES, with_error(TRACE)), ["stack-trace"]);
        assert_eq!(failing(RULES, with_error(DEBUG)), ["debug-page"]);
        assert_eq!(
            failing(RULES, with_error("SQLSTATE[42S02]: Base table")),
            ["database-error"]
        );
        assert_eq!(
            failing(RULES, with_error("<center>nginx/1.22.1</center>")),
            ["error-page-version"]
        );
        assert_eq!(failing(RULES, with_error("<h1>Not found</h1>")), [""; 0]);
    }

    #[test]
    fn documentation_may_quote() {
        assert_eq!(
            failing(
                RULES,
                Sample::html().body(&format!("<html><pre>{TRACE}</pre>"))
            ),
            [""; 0]
        );
        assert_eq!(failing(RULES, Sample::html().body(DEBUG)), [""; 0]);
        let quoted = format!(
            "{{\"error\":\"{}\"}}",
            TRACE.replace('\n', "\\n").replace('"', "'")
        );
        assert_eq!(
            failing(RULES, Sample::json().body(&quoted)),
            ["stack-trace"]
        );
        assert_eq!(
            failing(RULES, Sample::html().status(500).body(TRACE)),
            ["stack-trace"]
        );
    }

    #[test]
    fn secrets_count_everywhere() {
        let page = "<script>const key='AKIAZ7X3QWERTYUIOPAS';</script>";
        assert_eq!(
            failing(RULES, Sample::html().body(page)),
            ["secret-in-body"]
        );
    }

    #[test]
    fn inside_addresses_count_outside_only() {
        let to = "http://10.0.3.7:8080/login";
        assert_eq!(
            failing(RULES, Sample::html().field("X-Upstream", to)),
            ["internal-address"]
        );
        let inside = Sample::html()
            .at("https://10.0.3.7/")
            .field("X-Upstream", "http://10.0.3.8/");
        assert_eq!(failing(RULES, inside), [""; 0]);
        let page = format!("<a href={to}>");
        assert_eq!(failing(RULES, Sample::html().body(&page)), [""; 0]);
    }
}
