//! Content Security Policy: which paths of attack are left open by all policies together?

use super::csp::{document, judged, mended, protected};
use super::scope::{DOCUMENT, Scope};
use crate::facts::headers::{Document, HeadersFacts};
use crate::model::{RuleId, Severity, Untrusted};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::csp::bypass;
use crate::wire::http::csp::reach::{AttackPath, Opening};

const HOW: &str = "All policies, from fields and from `<meta>`, are evaluated together as browsers \
                   do it: an address, or inline code, that no policy can have meant is tried \
                   against them.";

const SCRIPTS: Reference = Reference::Standard(
    "CSP Level 3 §6.1.11",
    "https://www.w3.org/TR/CSP3/#directive-script-src",
);

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[
    (RuleId::new("headers/csp-script-open"), DOCUMENT),
    (RuleId::new("headers/csp-script-bypass"), DOCUMENT),
    (RuleId::new("headers/csp-eval"), DOCUMENT),
    (RuleId::new("headers/csp-object-open"), DOCUMENT),
    (RuleId::new("headers/csp-base-open"), DOCUMENT),
    (RuleId::new("headers/csp-form-open"), DOCUMENT),
    (RuleId::new("headers/csp-style-open"), DOCUMENT),
    (RuleId::new("headers/csp-blocks-all-scripts"), DOCUMENT),
];

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/csp-script-open"),
        title: "The Content Security Policy lets injected scripts run",
        severity: Severity::Medium,
        rationale: "Stopping injected script is what the policy is for. With a source that anybody \
                    can use it stops none.",
        expected: "scripts trusted by nonce, by hash, or from listed origins only",
        remediation: "Remove `'unsafe-inline'`, `*`, `https:` and `data:` from what governs scripts; \
                      trust inline scripts by nonce or hash.",
        observed_by: HOW,
        references: &[SCRIPTS],
        cap: None,
        check: Check::Headers(script_is_closed),
    },
    Rule {
        id: RuleId::new("headers/csp-script-bypass"),
        title: "The Content Security Policy trusts a host that serves anybody's script",
        severity: Severity::Low,
        rationale: "From a host that publishes packages, old frameworks, JSONP or uploads, an \
                    attacker loads the very script that the policy was to keep out.",
        expected: "no host that serves what strangers publish",
        remediation: "Name the exact file instead of the host, serve the file yourself, or trust it \
                      by nonce or hash with 'strict-dynamic'.",
        observed_by: "The allowed addresses are held against an embedded list, last reviewed on the \
                      day the evidence of each finding names. A host that is not on it may still be one.",
        references: &[Reference::Standard(
            "CSP Level 3 §8.2",
            "https://www.w3.org/TR/CSP3/#strict-dynamic-usage",
        )],
        cap: None,
        check: Check::Headers(no_host_bypasses),
    },
    Rule {
        id: RuleId::new("headers/csp-eval"),
        title: "The Content Security Policy allows eval",
        severity: Severity::Low,
        rationale: "Text that reaches `eval`, `new Function` or a timer becomes script, without a \
                    single injected tag.",
        expected: "no 'unsafe-eval'",
        remediation: "Remove `'unsafe-eval'`; for WebAssembly alone `'wasm-unsafe-eval'` is enough.",
        observed_by: HOW,
        references: &[Reference::Standard(
            "CSP Level 3 §4.4",
            "https://www.w3.org/TR/CSP3/#ecmascript-integration",
        )],
        cap: None,
        check: Check::Headers(nothing_evaluates),
    },
    Rule {
        id: RuleId::new("headers/csp-object-open"),
        title: "The Content Security Policy leaves plugins open",
        severity: Severity::Low,
        rationale: "`<object>` and `<embed>` take documents of anybody into the page.",
        expected: "object-src 'none'",
        remediation: "Add `object-src 'none'`.",
        observed_by: HOW,
        references: &[Reference::Standard(
            "CSP Level 3 §6.1.9",
            "https://www.w3.org/TR/CSP3/#directive-object-src",
        )],
        cap: None,
        check: Check::Headers(object_is_closed),
    },
    Rule {
        id: RuleId::new("headers/csp-base-open"),
        title: "The Content Security Policy lets an injected <base> move every relative address",
        severity: Severity::Low,
        rationale: "With one tag, scripts that the page loads by relative address come from the \
                    attacker; where scripts are trusted by nonce, they run.",
        expected: "base-uri 'none' or 'self'",
        remediation: "Add `base-uri 'none'`, or `'self'` if the page has a `<base>`.",
        observed_by: HOW,
        references: &[Reference::Standard(
            "CSP Level 3 §6.3.1",
            "https://www.w3.org/TR/CSP3/#directive-base-uri",
        )],
        cap: None,
        check: Check::Headers(base_is_closed),
    },
    Rule {
        id: RuleId::new("headers/csp-form-open"),
        title: "The Content Security Policy lets injected forms send anywhere",
        severity: Severity::Low,
        rationale: "`default-src` does not cover forms: an injected one collects what users, or \
                    their password managers, fill in.",
        expected: "form-action 'self'",
        remediation: "Add `form-action 'self'`, with the origins that the page's own forms go to.",
        observed_by: HOW,
        references: &[Reference::Standard(
            "CSP Level 3 §6.4.1",
            "https://www.w3.org/TR/CSP3/#directive-form-action",
        )],
        cap: None,
        check: Check::Headers(form_is_closed),
    },
    Rule {
        id: RuleId::new("headers/csp-style-open"),
        title: "The Content Security Policy lets injected styles apply",
        severity: Severity::Info,
        rationale: "CSS can read attribute values out, bit by bit, and cover parts of a page; it \
                    cannot run script.",
        expected: "styles from listed origins, by nonce or by hash",
        remediation: "Move inline styles into files, or trust them by nonce or hash.",
        observed_by: HOW,
        references: &[Reference::Standard(
            "CSP Level 3 §6.1.14",
            "https://www.w3.org/TR/CSP3/#directive-style-src",
        )],
        cap: None,
        check: Check::Headers(style_is_closed),
    },
    Rule {
        id: RuleId::new("headers/csp-blocks-all-scripts"),
        title: "The Content Security Policy stops every script",
        severity: Severity::Low,
        rationale: "`'strict-dynamic'` makes browsers ignore addresses and 'self'; without a nonce \
                    or a hash nothing is left that may start. Safe, and hardly meant.",
        expected: "a nonce or a hash beside 'strict-dynamic'",
        remediation: "Add a nonce or hash for the scripts that start, or remove `'strict-dynamic'`.",
        observed_by: HOW,
        references: &[Reference::Standard(
            "CSP Level 3 §8.2",
            "https://www.w3.org/TR/CSP3/#strict-dynamic-usage",
        )],
        cap: None,
        check: Check::Headers(some_script_starts),
    },
];

fn script_is_closed(headers: &HeadersFacts) -> Verdict {
    judged(protected(headers).map(|document| {
        let openings = openings(document, AttackPath::Script);
        let own = openings.filter(|opening| !matches!(opening, Opening::Bypass { .. }));
        verdict(document, own)
    }))
}

fn no_host_bypasses(headers: &HeadersFacts) -> Verdict {
    judged(protected(headers).map(|document| {
        let hosts = openings(document, AttackPath::Script)
            .filter(|opening| matches!(opening, Opening::Bypass { .. }));
        let observed = hosts.map(|opening| {
            let said = format!("{opening} (list of {})", bypass::REVIEWED);
            Observed::new(&document.place(), said).about(document.label.as_str())
        });
        Verdict::unless(observed.collect())
    }))
}

fn nothing_evaluates(headers: &HeadersFacts) -> Verdict {
    judged(protected(headers).map(|document| {
        if document.scripts.evaluates {
            told(
                document,
                "'unsafe-eval' is allowed by every policy that governs scripts",
            )
        } else {
            Verdict::Pass
        }
    }))
}

fn object_is_closed(headers: &HeadersFacts) -> Verdict {
    closed(headers, AttackPath::Object)
}

fn base_is_closed(headers: &HeadersFacts) -> Verdict {
    closed(headers, AttackPath::Base)
}

fn form_is_closed(headers: &HeadersFacts) -> Verdict {
    closed(headers, AttackPath::Form)
}

fn style_is_closed(headers: &HeadersFacts) -> Verdict {
    closed(headers, AttackPath::Style)
}

fn some_script_starts(headers: &HeadersFacts) -> Verdict {
    judged(document(headers).map(|document| {
        if document.scripts.blocks_all {
            told(document, "'strict-dynamic' without a nonce or hash")
        } else {
            Verdict::Pass
        }
    }))
}

fn closed(headers: &HeadersFacts, path: AttackPath) -> Verdict {
    judged(protected(headers).map(|document| verdict(document, openings(document, path))))
}

fn openings(document: &Document, path: AttackPath) -> impl Iterator<Item = &Opening> {
    let reach = document.reach(path);
    reach.into_iter().flat_map(|reach| &reach.openings)
}

fn verdict<'a>(document: &Document, openings: impl Iterator<Item = &'a Opening>) -> Verdict {
    let told: Vec<String> = openings.map(ToString::to_string).collect();
    if told.is_empty() {
        Verdict::Pass
    } else {
        self::told(document, told.join("; "))
    }
}

fn told(document: &Document, said: impl Into<Untrusted>) -> Verdict {
    Verdict::Fail(vec![mended(document, &document.place(), said)])
}
