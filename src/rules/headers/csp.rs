//! Content Security Policy: is there one, and does it do what is written in it?

use super::scope::{DOCUMENT, Scope, as_far_as_read, unsettled};
use crate::facts::headers::{Document, HeadersFacts, PolicySeen};
use crate::model::{Pointer, RuleId, Severity, Topic, Untrusted};
use crate::rules::{Change, Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::csp::suggest::{NONCE, Suggestion};
use crate::wire::http::csp::{Fault, FaultKind};

pub(super) const FIELD: &str = "Content-Security-Policy";

const PARSING: Reference = Reference::Standard(
    "CSP Level 3 §2.2.1",
    "https://www.w3.org/TR/CSP3/#parse-serialized-policy",
);

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[
    (RuleId::new("headers/csp-missing"), DOCUMENT),
    (RuleId::new("headers/csp-directive-void"), DOCUMENT),
    (RuleId::new("headers/csp-source-void"), DOCUMENT),
    (RuleId::new("headers/csp-obsolete"), DOCUMENT),
];

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/csp-missing"),
        title: "No Content Security Policy is enforced",
        severity: Severity::Medium,
        rationale: "Whatever markup an attacker gets into the page runs with all the rights of the \
                    page: nothing limits where its scripts come from or what they send out.",
        expected: "a Content-Security-Policy that restricts scripts",
        remediation: "Start from the policy that is suggested here, under which what the markup shows \
                      works; try it with Content-Security-Policy-Report-Only first, on other pages \
                      of the site as well. `form-action` also holds for redirects after a form was \
                      sent, and `frame-ancestors 'self'` keeps other sites from framing the page.",
        observed_by: "The field lines of the page, and `<meta>` elements in its head. A policy set \
                      for other pages only is not seen.",
        references: &[Reference::Standard(
            "CSP Level 3 §1.1",
            "https://www.w3.org/TR/CSP3/#csp-about",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(is_there),
    },
    Rule {
        id: RuleId::new("headers/csp-directive-void"),
        title: "A part of the Content Security Policy is dropped by browsers",
        severity: Severity::Low,
        rationale: "What it was meant to forbid stays allowed, while the field looks complete.",
        expected: "every directive in force",
        remediation: "Write the directive as the grammar has it: known names without a colon, each \
                      once, `;` between them, plain ASCII quotes, and in a field rather than `<meta>` \
                      where only a field can carry it.",
        observed_by: "Each policy is parsed as browsers parse it; the byte offset is that of the token.",
        references: &[PARSING],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(directives_count),
    },
    Rule {
        id: RuleId::new("headers/csp-source-void"),
        title: "A source in the Content Security Policy matches nothing",
        severity: Severity::Low,
        rationale: "It was meant to allow something, and does not: the page is broken there, or \
                    will be, and the next fix is often a broader source than was needed.",
        expected: "every source in force",
        remediation: "Quote keywords, nonces and hashes with plain single quotes, and write hosts \
                      without query or fragment.",
        observed_by: "Each source is parsed as browsers parse it; the byte offset is that of the token.",
        references: &[Reference::Standard(
            "CSP Level 3 §2.3.1",
            "https://www.w3.org/TR/CSP3/#framework-directive-source-list",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(sources_count),
    },
    Rule {
        id: RuleId::new("headers/csp-obsolete"),
        title: "The Content Security Policy carries obsolete directives",
        severity: Severity::Info,
        rationale: "Browsers no longer act on them; what they once did is done elsewhere or not at all.",
        expected: "directives of the current standard",
        remediation: "Remove them, and set what took their place.",
        observed_by: "The names of the directives.",
        references: &[Reference::Standard(
            "CSP Level 3 §6",
            "https://www.w3.org/TR/CSP3/#csp-directives",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(nothing_is_obsolete),
    },
];

/// The document, or why its rules do not apply.
pub(super) fn document(headers: &HeadersFacts) -> Result<&Document, Verdict> {
    let none = Verdict::NotApplicable("no page that a browser renders");
    headers.document.as_ref().ok_or(none)
}

/// A document under some policy that restricts something: no policy is one finding, not one per
/// rule that wanted it.
pub(super) fn protected(headers: &HeadersFacts) -> Result<&Document, Verdict> {
    let document = document(headers)?;
    match &document.unread {
        // One more policy makes all of them stricter.
        Some(unread) if document.head_unread => Err(unsettled(unread)),
        Some(_) | None if document.is_protected() => Ok(document),
        Some(_) | None => Err(Verdict::NotApplicable("no policy: headers/csp-missing")),
    }
}

/// Either side of the question is a verdict.
pub(super) fn judged(verdict: Result<Verdict, Verdict>) -> Verdict {
    verdict.unwrap_or_else(|verdict| verdict)
}

fn is_there(headers: &HeadersFacts) -> Verdict {
    judged(document(headers).map(|document| {
        if document.is_protected() {
            return Verdict::Pass;
        }
        if let Some(unread) = document.unread.as_ref().filter(|_| document.head_unread) {
            return unsettled(unread);
        }
        let (at, said) = match (document.report_only.first(), document.policies.is_empty()) {
            (Some(at), _) => (at.clone(), "the policy only reports, and stops nothing"),
            (None, true) => (document.place(), "no Content-Security-Policy field"),
            (None, false) => (document.place(), "the policy says nothing of scripts"),
        };
        Verdict::Fail(vec![mended(document, &at, said)])
    }))
}

/// With the suggested policy; as a change to make only where no nonce has to be drawn for it.
pub(super) fn mended(document: &Document, at: &Pointer, said: impl Into<Untrusted>) -> Observed {
    let said = said.into();
    let observed = |said: Untrusted| Observed::new(at, said).about(document.label.as_str());
    let Some(Suggestion { policy, notes }) = &document.suggestion else {
        return observed(said);
    };
    let said = if notes.is_empty() {
        said
    } else {
        let notes = notes.join("; ");
        Untrusted::from(format!("{}. Of the suggested policy: {notes}", said.raw()))
    };
    let observed = observed(said).wanted(format!("{FIELD}: {policy}"));
    if policy.contains(NONCE) {
        observed
    } else {
        observed.mended_by(Change::Set(FIELD, policy.clone()))
    }
}

fn directives_count(headers: &HeadersFacts) -> Verdict {
    faults(headers, FaultKind::weakens)
}

fn sources_count(headers: &HeadersFacts) -> Verdict {
    faults(headers, |kind| {
        !kind.weakens() && !matches!(kind, FaultKind::Dead(_))
    })
}

fn nothing_is_obsolete(headers: &HeadersFacts) -> Verdict {
    faults(headers, |kind| matches!(kind, FaultKind::Dead(_)))
}

/// Asked whether or not the policies restrict anything: a fault may be why they do not.
fn faults(headers: &HeadersFacts, wanted: impl Fn(FaultKind) -> bool) -> Verdict {
    judged(document(headers).map(|document| {
        if document.policies.is_empty() {
            let none = Verdict::NotApplicable("no policy: headers/csp-missing");
            return as_far_as_read(
                none,
                document.unread.as_ref().filter(|_| document.head_unread),
            );
        }
        let found = document.policies.iter().flat_map(|seen| {
            let faults = seen.policy.faults.iter().filter(|fault| wanted(fault.kind));
            faults.map(move |fault| told(document, seen, fault))
        });
        Verdict::unless(found.collect())
    }))
}

fn told(document: &Document, seen: &PolicySeen, fault: &Fault) -> Observed {
    let said = format!("`{}` (byte {}) {}", fault.token, fault.at, fault.kind);
    Observed::new(&seen.at, Untrusted::from(said)).about(document.label.as_str())
}
