//! HTTP Strict Transport Security.

use crate::facts::headers::Page;
use crate::model::{RuleId, Severity};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("headers/hsts-missing"),
    title: "HSTS is not set",
    severity: Severity::Medium,
    rationale: "Without it, every visit that starts from a typed name or an `http:` link can \
                    be answered by whoever holds the network, before the redirect is ever seen.",
    expected: "Strict-Transport-Security with max-age of at least 15552000",
    remediation: "Send `Strict-Transport-Security: max-age=31536000` on every HTTPS response.",
    observed_by: "The field lines of the response as received.",
    references: &[Reference::Rfc(6797, "7.1")],
    cap: None,
    check: Check::Page(is_set),
}];

fn is_set(page: &Page) -> Verdict {
    if !page.secure {
        return Verdict::NotApplicable("not served over TLS");
    }
    if page.first("strict-transport-security").is_some() {
        return Verdict::Pass;
    }
    let observed = Observed::new(&page.at, "no Strict-Transport-Security field");
    Verdict::Fail(vec![observed.about(page.label.as_str())])
}
