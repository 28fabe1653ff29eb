//! Content Security Policy: which paths of attack are left open by all policies together?

use super::csp::{FIELD, document, judged, mended, protected};
use super::scope::{DOCUMENT, Scope};
use crate::facts::headers::{Document, HeadersFacts};
use crate::model::{RuleId, Severity, Topic, Untrusted};
use crate::rules::{Change, Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::csp::reach::{AttackPath, Opening};
use crate::wire::http::csp::{Delivery, Directive, Policy, bypass};

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
        rests_on: &[Topic::Page],
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
        rests_on: &[Topic::Page],
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
        rests_on: &[Topic::Page],
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
        rests_on: &[Topic::Page],
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
        rests_on: &[Topic::Page],
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
        rests_on: &[Topic::Page],
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
        rests_on: &[Topic::Page],
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
        rests_on: &[Topic::Page],
        check: Check::Headers(some_script_starts),
    },
];

fn script_is_closed(headers: &HeadersFacts) -> Verdict {
    judged(protected(headers).map(|document| {
        let openings = openings(document, AttackPath::Script);
        let own: Vec<String> = openings
            .filter(|opening| !matches!(opening, Opening::Bypass { .. }))
            .map(ToString::to_string)
            .collect();
        if own.is_empty() {
            return Verdict::Pass;
        }
        let said = in_force(document, AttackPath::Script, &own.join("; "));
        Verdict::Fail(vec![mended(document, &document.place(), said)])
    }))
}

fn no_host_bypasses(headers: &HeadersFacts) -> Verdict {
    judged(protected(headers).map(|document| {
        let hosts = openings(document, AttackPath::Script)
            .filter(|opening| matches!(opening, Opening::Bypass { .. }));
        let observed = hosts.map(|opening| {
            let why = format!("{opening} (list of {})", bypass::REVIEWED);
            observed(document, in_force(document, AttackPath::Script, &why))
        });
        Verdict::unless(observed.collect())
    }))
}

fn nothing_evaluates(headers: &HeadersFacts) -> Verdict {
    judged(protected(headers).map(|document| {
        if !document.scripts.evaluates {
            return Verdict::Pass;
        }
        let why = "'unsafe-eval' is allowed by every policy that governs scripts";
        Verdict::Fail(vec![observed(
            document,
            in_force(document, AttackPath::Script, why),
        )])
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
        if !document.scripts.blocks_all {
            return Verdict::Pass;
        }
        let why = "'strict-dynamic' stands without a nonce or hash";
        Verdict::Fail(vec![observed(
            document,
            in_force(document, AttackPath::Script, why),
        )])
    }))
}

fn closed(headers: &HeadersFacts, path: AttackPath) -> Verdict {
    judged(protected(headers).map(|document| {
        if openings(document, path).next().is_none() {
            return Verdict::Pass;
        }
        let why = document.reach(path).map_or("", |reach| reach.says.as_str());
        let observed = observed(document, in_force(document, path, why));
        Verdict::Fail(vec![match amended(document, path.directive()) {
            Some(policy) => observed.mended_by(Change::Set(FIELD, policy)),
            None => observed,
        }])
    }))
}

/// The one policy as it stands, with this directive as the suggested policy has it. `None` where
/// the policy is not one field, a nonce in it is drawn for each answer, or it has that already.
fn amended(document: &Document, name: &str) -> Option<String> {
    let [seen] = document.policies.as_slice() else {
        return None;
    };
    let one_field = seen.policy.delivery == Delivery::Header && document.nonces.named.is_empty();
    let suggested = document.suggestion.as_ref().filter(|_| one_field)?;
    let suggested = Policy::parse(&suggested.policy, Delivery::Header, 0);
    let theirs = |policy: &Policy| policy.directive(name).map(written);
    if theirs(&seen.policy) == theirs(&suggested) {
        return None;
    }
    let kept = seen
        .policy
        .directives
        .iter()
        .filter(|directive| directive.name != name);
    let all: Vec<String> = kept.chain(suggested.directive(name)).map(written).collect();
    Some(all.join("; "))
}

fn written(directive: &Directive) -> String {
    let values = directive.values.iter().map(|token| token.text.as_str());
    let words: Vec<&str> = std::iter::once(directive.name.as_str())
        .chain(values)
        .collect();
    words.join(" ")
}

fn openings(document: &Document, path: AttackPath) -> impl Iterator<Item = &Opening> {
    let reach = document.reach(path);
    reach.into_iter().flat_map(|reach| &reach.openings)
}

/// The source lists that govern the path, as received, and what they leave.
fn in_force(document: &Document, path: AttackPath, why: &str) -> Untrusted {
    let lists = document
        .reach(path)
        .map(|reach| reach.lists.join("` and `"));
    match lists.as_deref() {
        None | Some("") => Untrusted::from(why),
        Some(lists) => Untrusted::from(format!("`{lists}`: {why}")),
    }
}

fn observed(document: &Document, said: Untrusted) -> Observed {
    Observed::new(&document.place(), said).about(document.label.as_str())
}
