//! Keeping a page apart from other origins: COOP, COEP, CORP, and the powers it may use.

use super::scope::{DOCUMENT, Scope, WITH_BODY, line, missing, outside, readable};
use crate::facts::Header;
use crate::facts::headers::Page;
use crate::model::{RuleId, Severity, Topic, Untrusted};
use crate::rules::{Change, Check, Reference, Rule, Verdict};
use crate::wire::http::permissions_policy::{Allowed, POWERFUL};

const COOP_MISSING: RuleId = RuleId::new("headers/coop-missing");
const COOP_VOID: RuleId = RuleId::new("headers/coop-void");
const COEP_VOID: RuleId = RuleId::new("headers/coep-void");
const CORP_VOID: RuleId = RuleId::new("headers/corp-void");
const CLUSTER_VOID: RuleId = RuleId::new("headers/origin-agent-cluster-void");
const REPORTING_VOID: RuleId = RuleId::new("headers/reporting-endpoints-void");
const DOCUMENT_VOID: RuleId = RuleId::new("headers/document-isolation-policy-void");
const REPORT_UNDEFINED: RuleId = RuleId::new("headers/report-to-undefined");
const POLICY_MISSING: RuleId = RuleId::new("headers/permissions-policy-missing");
const POLICY_VOID: RuleId = RuleId::new("headers/permissions-policy-void");
const POLICY_UNKNOWN: RuleId = RuleId::new("headers/permissions-policy-unknown-feature");
const POLICY_OPEN: RuleId = RuleId::new("headers/permissions-policy-grants-everybody");

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[
    (COOP_MISSING, DOCUMENT),
    (COOP_VOID, DOCUMENT),
    (COEP_VOID, DOCUMENT),
    (CORP_VOID, WITH_BODY),
    (CLUSTER_VOID, DOCUMENT),
    (REPORTING_VOID, DOCUMENT),
    (DOCUMENT_VOID, DOCUMENT),
    (REPORT_UNDEFINED, DOCUMENT),
    (POLICY_MISSING, DOCUMENT),
    (POLICY_VOID, DOCUMENT),
    (POLICY_UNKNOWN, DOCUMENT),
    (POLICY_OPEN, DOCUMENT),
];

const COOP: Reference = Reference::Standard(
    "HTML, cross-origin opener policies",
    "https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies",
);
const COEP: Reference = Reference::Standard(
    "HTML, embedder policies",
    "https://html.spec.whatwg.org/multipage/browsers.html#coep",
);
const CORP: Reference = Reference::Standard(
    "Fetch, the Cross-Origin-Resource-Policy header",
    "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header",
);
const CLUSTER: Reference = Reference::Standard(
    "HTML, origin-keyed agent clusters",
    "https://html.spec.whatwg.org/multipage/browsers.html#origin-keyed-agent-clusters",
);
const REPORTING: Reference = Reference::Standard(
    "Reporting API §3.2",
    "https://www.w3.org/TR/reporting-1/#header",
);
const PERMISSIONS: Reference = Reference::Standard(
    "Permissions Policy §5.2",
    "https://www.w3.org/TR/permissions-policy/#permissions-policy-http-header-field",
);
const STRUCTURED: Reference = Reference::Rfc(9651, "4.2");

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: COOP_MISSING,
        title: "Windows of other sites keep a handle on the page",
        severity: Severity::Info,
        rationale: "A site that opens the page in a window can navigate it and count its frames.",
        expected: "Cross-Origin-Opener-Policy: same-origin, unless popups must talk back",
        remediation: "Send Cross-Origin-Opener-Policy: same-origin, or same-origin-allow-popups.",
        observed_by: "The field lines of a page.",
        references: &[COOP],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(has_opener_policy),
    },
    Rule {
        id: COOP_VOID,
        title: "Cross-Origin-Opener-Policy is set but browsers ignore it",
        severity: Severity::Low,
        rationale: "One byte outside the grammar, or a token in the wrong case, and unsafe-none \
                    applies.",
        expected: "one token in lower case: same-origin, same-origin-allow-popups, noopener-allow-popups",
        remediation: "Send one token, in lower case, without quotes, once.",
        observed_by: "All lines of the field as one structured item.",
        references: &[COOP, STRUCTURED],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| {
            of_document(page, |page| {
                readable(page, &page.cross_origin_opener_policy, "not set")
            })
        }),
    },
    Rule {
        id: COEP_VOID,
        title: "Cross-Origin-Embedder-Policy is set but browsers ignore it",
        severity: Severity::Low,
        rationale: "One byte outside the grammar, or a token in the wrong case, and unsafe-none \
                    applies: the page is not isolated.",
        expected: "one token in lower case: require-corp or credentialless",
        remediation: "Send one token, in lower case, without quotes, once.",
        observed_by: "All lines of the field as one structured item.",
        references: &[COEP, STRUCTURED],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| {
            of_document(page, |page| {
                readable(page, &page.cross_origin_embedder_policy, "not set")
            })
        }),
    },
    Rule {
        id: CORP_VOID,
        title: "Cross-Origin-Resource-Policy is set but browsers ignore it",
        severity: Severity::Low,
        rationale: "The value is compared byte for byte; SAME-ORIGIN or two lines protect nothing.",
        expected: "same-origin, same-site or cross-origin, once, in lower case",
        remediation: "Send one of the three words in lower case, once.",
        observed_by: "All lines of the field, as Fetch compares them.",
        references: &[CORP],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| {
            let header = &page.cross_origin_resource_policy;
            outside(page, WITH_BODY).unwrap_or_else(|| readable(page, header, "not set"))
        }),
    },
    Rule {
        id: CLUSTER_VOID,
        title: "Origin-Agent-Cluster is set but browsers ignore it",
        severity: Severity::Info,
        rationale: "It is a structured boolean; 1 and true mean nothing.",
        expected: "Origin-Agent-Cluster: ?1",
        remediation: "Send ?1.",
        observed_by: "All lines of the field as one structured item.",
        references: &[CLUSTER, STRUCTURED],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| {
            of_document(page, |page| {
                readable(page, &page.origin_agent_cluster, "not set")
            })
        }),
    },
    Rule {
        id: REPORTING_VOID,
        title: "Reporting-Endpoints is set but browsers ignore it",
        severity: Severity::Info,
        rationale: "Reports of violated policies go nowhere.",
        expected: "name=\"https://…\" pairs separated by commas",
        remediation: "Put each address into double quotes; the old Report-To was JSON, this is not.",
        observed_by: "All lines of the field as one structured dictionary.",
        references: &[REPORTING, STRUCTURED],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| {
            of_document(page, |page| {
                readable(page, &page.reporting_endpoints, "not set")
            })
        }),
    },
    Rule {
        id: DOCUMENT_VOID,
        title: "Document-Isolation-Policy is set but browsers ignore it",
        severity: Severity::Low,
        rationale: "The page is not isolated, and what it asks for in turn (shared memory, exact timers) \
                    is refused.",
        expected: "isolate-and-require-corp or isolate-and-credentialless",
        remediation: "Send one of the two tokens, without quotes and in lower case.",
        observed_by: "All lines of the field as one structured item.",
        references: &[
            Reference::Standard(
                "Document Isolation Policy",
                "https://wicg.github.io/document-isolation-policy/",
            ),
            STRUCTURED,
        ],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| {
            of_document(page, |page| {
                readable(page, &page.document_isolation_policy, "not set")
            })
        }),
    },
    Rule {
        id: REPORT_UNDEFINED,
        title: "A policy reports to an endpoint that is not defined",
        severity: Severity::Info,
        rationale: "Violations are not reported to anybody, and a trial of the policy looks clean.",
        expected: "every name in Reporting-Endpoints",
        remediation: "Add the name to Reporting-Endpoints, with its address in double quotes.",
        observed_by: "report-to and endpoints of every policy in the fields, held against \
                      Reporting-Endpoints and Report-To.",
        references: &[REPORTING],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| of_document(page, endpoints_are_defined)),
    },
    Rule {
        id: POLICY_MISSING,
        title: "No permissions policy is set",
        severity: Severity::Info,
        rationale: "Scripts and frames the page lets in may ask for camera, microphone or place \
                    in its name.",
        expected: "Permissions-Policy with what the page never needs",
        remediation: "Send Permissions-Policy: camera=(), geolocation=(), microphone=().",
        observed_by: "The field lines of a page.",
        references: &[PERMISSIONS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(has_permissions_policy),
    },
    Rule {
        id: POLICY_VOID,
        title: "Permissions-Policy is set but browsers ignore it",
        severity: Severity::Low,
        rationale: "One byte outside the grammar voids the whole field. Most often it is the old \
                    Feature-Policy syntax: camera 'none'.",
        expected: "feature=(allow list) pairs separated by commas",
        remediation: "Write camera=(), geolocation=(self), with commas between features.",
        observed_by: "All lines of the field as one structured dictionary.",
        references: &[PERMISSIONS, STRUCTURED],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| {
            of_document(page, |page| {
                readable(page, &page.permissions_policy, "not set")
            })
        }),
    },
    Rule {
        id: POLICY_UNKNOWN,
        title: "Permissions-Policy names features browsers do not know",
        severity: Severity::Info,
        rationale: "A misspelt feature stays granted.",
        expected: "features of the registry",
        remediation: "Correct the spelling, or drop features that no longer exist.",
        observed_by: "The features named, held against those of Chromium, Gecko and WebKit as of \
                      2026-01; a newer one would be wrongly told.",
        references: &[PERMISSIONS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| of_document(page, features_are_known)),
    },
    Rule {
        id: POLICY_OPEN,
        title: "Permissions-Policy grants a power to every frame",
        severity: Severity::Low,
        rationale: "With *, every frame on the page may use it, advertisements among them, where \
                    the default would have kept it to the page itself.",
        expected: "() or (self) for camera, geolocation, microphone, payment and usb",
        remediation: "Write (self), or name the origins that need it.",
        observed_by: "The allow-lists of the powers browsers ask the user about.",
        references: &[PERMISSIONS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Page(|page| of_document(page, powers_are_kept)),
    },
];

fn of_document(page: &Page, check: impl FnOnce(&Page) -> Verdict) -> Verdict {
    outside(page, DOCUMENT).unwrap_or_else(|| check(page))
}

fn endpoints_are_defined(page: &Page) -> Verdict {
    if page.reports_to.is_empty() {
        return Verdict::NotApplicable("no policy names an endpoint");
    }
    let defined = match &page.reporting_endpoints {
        Header::Malformed { .. } => {
            return Verdict::NotApplicable("not readable: headers/reporting-endpoints-void");
        }
        Header::Present { value, .. } => value.as_slice(),
        Header::Absent => &[],
    };
    let known = |name: &Untrusted| {
        defined.iter().any(|endpoint| endpoint.name == *name)
            || page.legacy_endpoints.contains(name)
    };
    let undefined = page.reports_to.iter().filter(|(_, name)| !known(name));
    let told =
        undefined.map(|(at, name)| line(page, at, format!("`{}` is not defined", name.raw())));
    Verdict::unless(told.collect())
}

fn has_opener_policy(page: &Page) -> Verdict {
    of_document(page, |page| match page.cross_origin_opener_policy {
        Header::Absent => {
            let change = Change::Set("Cross-Origin-Opener-Policy", "same-origin".to_owned());
            let seen = missing(page, "no Cross-Origin-Opener-Policy field");
            Verdict::Fail(vec![seen.mended_by(change)])
        }
        Header::Malformed { .. } | Header::Present { .. } => Verdict::Pass,
    })
}

fn has_permissions_policy(page: &Page) -> Verdict {
    of_document(page, |page| match page.permissions_policy {
        Header::Absent => {
            let value = "camera=(), geolocation=(), microphone=()".to_owned();
            let seen = missing(page, "no Permissions-Policy field");
            Verdict::Fail(vec![
                seen.mended_by(Change::Set("Permissions-Policy", value)),
            ])
        }
        Header::Malformed { .. } | Header::Present { .. } => Verdict::Pass,
    })
}

fn features_are_known(page: &Page) -> Verdict {
    let Header::Present { at, value } = &page.permissions_policy else {
        return Verdict::NotApplicable("no readable Permissions-Policy");
    };
    let unknown: Vec<&str> = value
        .features
        .iter()
        .filter(|feature| !feature.known)
        .map(|feature| feature.name.raw())
        .collect();
    if unknown.is_empty() {
        return Verdict::Pass;
    }
    Verdict::Fail(vec![line(
        page,
        at,
        format!("unknown: {}", unknown.join(", ")),
    )])
}

fn powers_are_kept(page: &Page) -> Verdict {
    let Header::Present { at, value } = &page.permissions_policy else {
        return Verdict::NotApplicable("no readable Permissions-Policy");
    };
    let open: Vec<&str> = POWERFUL
        .iter()
        .filter(|power| value.allowed(power) == Some(&Allowed::All))
        .copied()
        .collect();
    if open.is_empty() {
        return Verdict::Pass;
    }
    Verdict::Fail(vec![line(
        page,
        at,
        format!("granted to every frame: {}", open.join(", ")),
    )])
}

#[cfg(test)]
mod tests {
    use super::{REPORT_UNDEFINED, RULES};
    use crate::rules::headers::sample::{Sample, verdict};

    /// One field, and the rules that fail because of it.
    #[rustfmt::skip]
    const CASES: &[(&str, &str, &[&str])] = &[
        ("Cross-Origin-Opener-Policy",   "same-origin",                        &[]),
        ("Cross-Origin-Opener-Policy",   "same-origin; report-to=\"coop\"",    &["headers/report-to-undefined"]),
        ("Cross-Origin-Opener-Policy",   "Same-Origin",                        &["headers/coop-void"]),
        ("Cross-Origin-Opener-Policy",   "same-origin, same-origin",           &["headers/coop-void"]),
        ("Cross-Origin-Embedder-Policy", "require-corp",                       &[]),
        ("Cross-Origin-Embedder-Policy", "\"require-corp\"",                   &["headers/coep-void"]),
        ("Cross-Origin-Resource-Policy", "same-site",                          &[]),
        ("Cross-Origin-Resource-Policy", "SAME-ORIGIN",                        &["headers/corp-void"]),
        ("Origin-Agent-Cluster",         "?1",                                 &[]),
        ("Origin-Agent-Cluster",         "1",                                  &["headers/origin-agent-cluster-void"]),
        ("Document-Isolation-Policy",    "isolate-and-require-corp",           &[]),
        ("Document-Isolation-Policy",    "isolate-and-credentialless",         &[]),
        ("Document-Isolation-Policy",    "Isolate-And-Require-Corp",           &["headers/document-isolation-policy-void"]),
        ("Document-Isolation-Policy",    "\"isolate-and-require-corp\"",       &["headers/document-isolation-policy-void"]),
        ("Document-Isolation-Policy",    "require-corp",                       &["headers/document-isolation-policy-void"]),
        ("Reporting-Endpoints",          "csp=\"https://r.example/\"",         &[]),
        ("Reporting-Endpoints",          "{\"group\":\"csp\"}",                &["headers/reporting-endpoints-void"]),
        ("Permissions-Policy",           "camera=(), geolocation=(self)",      &[]),
        ("Permissions-Policy",           "camera 'none'",                      &["headers/permissions-policy-void"]),
        ("Permissions-Policy",           "camra=()",                           &["headers/permissions-policy-unknown-feature"]),
        ("Permissions-Policy",           "camera=*",                           &["headers/permissions-policy-grants-everybody"]),
        ("Permissions-Policy",           "fullscreen=*",                       &[]),
    ];

    #[test]
    fn a_field_fails_by_its_own_rule_only() {
        for (name, value, expected) in CASES {
            let facts = Sample::html().field(name, value).facts();
            let failed: Vec<&str> = RULES
                .iter()
                .filter(|rule| !rule.id.as_str().ends_with("-missing"))
                .filter(|rule| verdict(rule, &facts).word() == "fail")
                .map(|rule| rule.id.as_str())
                .collect();
            assert_eq!(failed, *expected, "{name}: {value}");
        }
    }

    /// What reports, what is defined, and the answer of the rule about it.
    #[test]
    fn every_endpoint_has_to_be_defined() {
        let endpoints = ("Reporting-Endpoints", "a=\"/r\", b=\"https://r.example/\"");
        #[rustfmt::skip]
        let rows: [(&str, &str, bool, &str); 9] = [
            ("Content-Security-Policy",             "default-src 'self'; report-to a",               true,  "pass"),
            ("Content-Security-Policy",             "default-src 'self'; report-to c",               true,  "fail"),
            ("Content-Security-Policy",             "default-src 'self'; report-to a",               false, "fail"),
            ("Content-Security-Policy",             "default-src 'self'; report-uri /r",             false, "n/a"),
            ("Content-Security-Policy-Report-Only", "default-src 'self'; report-to c",               true,  "fail"),
            ("Cross-Origin-Embedder-Policy",        "require-corp; report-to=\"b\"",                 true,  "pass"),
            ("Document-Isolation-Policy",           "isolate-and-require-corp; report-to=\"c\"",     true,  "fail"),
            ("Integrity-Policy",                    "blocked-destinations=(script), endpoints=(a)",  true,  "pass"),
            ("Integrity-Policy",                    "blocked-destinations=(script), endpoints=(a c)", true, "fail"),
        ];
        let rule = RULES
            .iter()
            .find(|rule| rule.id == REPORT_UNDEFINED)
            .unwrap();
        for (name, value, defined, expected) in rows {
            let fields = [(name, value)]
                .into_iter()
                .chain(defined.then_some(endpoints));
            let facts = Sample::html().fields(fields).facts();
            assert_eq!(verdict(rule, &facts).word(), expected, "{name}: {value}");
        }
        let old = [
            ("Report-To", "{\"group\":\"c\",\"endpoints\":[]}"),
            ("Content-Security-Policy", "report-to c"),
        ];
        assert_eq!(
            verdict(rule, &Sample::html().fields(old).facts()).word(),
            "pass"
        );
    }

    #[test]
    fn absence_is_told_of_pages_only() {
        let failed = |facts| {
            let failing = RULES
                .iter()
                .filter(|rule| verdict(rule, &facts).word() == "fail");
            failing.map(|rule| rule.id.as_str()).collect::<Vec<_>>()
        };
        let expected = ["headers/coop-missing", "headers/permissions-policy-missing"];
        assert_eq!(failed(Sample::html().facts()), expected);
        assert!(failed(Sample::json().facts()).is_empty());
    }
}
