//! Whether refusals could be looked at, and whether they prove anything.

use super::{NO_ENDPOINT, observe};
use crate::facts::auth::AuthFacts;
use crate::model::{Attempt, Family, RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("auth/not-measured"),
        title: "Refusals could not be looked at",
        severity: Severity::High,
        rationale: "Nothing can be said about who is turned away.",
        expected: "answers from the protected endpoints",
        remediation: "Make the address answer requests.",
        observed_by: "Requests to the declared protected endpoints.",
        references: &[Reference::Rfc(9110, "15.5.2")],
        cap: None,
        rests_on: &[],
        check: Check::Measured(Family::Auth),
    },
    Rule {
        id: RuleId::new("auth/valid-refused"),
        title: "The valid credential is refused",
        severity: Severity::Medium,
        rationale: "Either the credential is not valid, and the other refusals prove nothing, or \
                    users cannot get in.",
        expected: "2xx with the supplied credential",
        remediation: "Supply a credential that is valid for this target, or mend the endpoint.",
        observed_by: "A protected GET endpoint with the supplied credential, over TLS or within \
                      this machine only.",
        references: &[Reference::Rfc(9110, "11.4")],
        cap: None,
        rests_on: &[Topic::ValidCredential],
        check: Check::Auth(admits),
    },
];

fn admits(auth: &AuthFacts) -> Verdict {
    let refused = auth
        .of(&Attempt::Valid)
        .filter(|tried| !(200..300).contains(&tried.status));
    let observed: Vec<_> = refused
        .map(|tried| observe(tried, format!("{} with the valid credential", tried.status)))
        .collect();
    if !observed.is_empty() {
        return Verdict::Fail(observed);
    }
    match auth.admits() {
        Some(_) => Verdict::Pass,
        None if auth.attempts.is_empty() && auth.unseen.is_empty() => Verdict::NotApplicable(NO_ENDPOINT),
        None if auth.supplied.token => Verdict::NotTested(
            "the credential is sent to protected GET endpoints only, over TLS or within this machine".to_owned(),
        ),
        None => Verdict::NotTested("no valid credential supplied (`token` of the auth scheme)".to_owned()),
    }
}
