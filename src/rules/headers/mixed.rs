//! Mixed content: does a page that came over TLS ask for anything in the clear?

use super::csp::{document, judged};
use super::scope::{DOCUMENT, Scope, as_far_as_read};
use crate::facts::headers::{HeadersFacts, Mixed};
use crate::model::{RuleId, Severity, Topic, Untrusted};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::html::LoadKind;

const HOW: &str = "Addresses in the markup as sent, resolved as browsers do it. Loopback addresses \
                   and pages with `upgrade-insecure-requests` are left out.";

const LEVELS: Reference = Reference::Standard(
    "Mixed Content §3",
    "https://www.w3.org/TR/mixed-content/#content-categories",
);

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[
    (RuleId::new("headers/mixed-content-blocked"), DOCUMENT),
    (RuleId::new("headers/mixed-content-upgradeable"), DOCUMENT),
    (RuleId::new("headers/form-in-the-clear"), DOCUMENT),
];

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/mixed-content-blocked"),
        title: "The page asks for scripts, styles or frames in the clear",
        severity: Severity::Medium,
        rationale: "Browsers refuse to load them, so that part of the page does not work; a client \
                    that does load them hands the page to whoever holds the network.",
        expected: "https addresses only",
        remediation: "Write the address with `https:`, or add `upgrade-insecure-requests`.",
        observed_by: HOW,
        references: &[LEVELS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(nothing_active),
    },
    Rule {
        id: RuleId::new("headers/mixed-content-upgradeable"),
        title: "The page asks for images or media in the clear",
        severity: Severity::Low,
        rationale: "Browsers try TLS instead and show nothing when the other side has none; older \
                    ones show what anybody on the way put there.",
        expected: "https addresses only",
        remediation: "Write the address with `https:`, or add `upgrade-insecure-requests`.",
        observed_by: HOW,
        references: &[LEVELS],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(nothing_passive),
    },
    Rule {
        id: RuleId::new("headers/form-in-the-clear"),
        title: "A form of a page over TLS is sent in the clear",
        severity: Severity::Medium,
        rationale: "What users type crosses the network readable, although the address bar showed a \
                    secure page.",
        expected: "an https action",
        remediation: "Write the form's action with `https:`.",
        observed_by: HOW,
        references: &[Reference::Standard(
            "Mixed Content §6.1",
            "https://www.w3.org/TR/mixed-content/#requirements-forms",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(no_form),
    },
];

fn nothing_active(headers: &HeadersFacts) -> Verdict {
    none(headers, LoadKind::is_active)
}

fn nothing_passive(headers: &HeadersFacts) -> Verdict {
    none(headers, |kind| !kind.is_active() && kind != LoadKind::Form)
}

fn no_form(headers: &HeadersFacts) -> Verdict {
    none(headers, |kind| kind == LoadKind::Form)
}

fn none(headers: &HeadersFacts, wanted: impl Fn(LoadKind) -> bool) -> Verdict {
    judged(document(headers).map(|document| {
        if !document.secure {
            return Verdict::NotApplicable("not served over TLS");
        }
        if document.upgrades() {
            return Verdict::NotApplicable("upgrade-insecure-requests rewrites every address");
        }
        let body = document.at.join("response/seen/body");
        let told = |item: &Mixed| {
            let said = format!("{} (byte {})", item.reference, item.offset);
            Observed::new(&body, Untrusted::from(said)).about(document.label.as_str())
        };
        let found = document.mixed.iter().filter(|item| wanted(item.kind));
        let found = Verdict::unless(found.map(told).collect());
        as_far_as_read(found, document.unread.as_ref())
    }))
}
