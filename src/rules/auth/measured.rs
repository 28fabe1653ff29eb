//! Whether refusals could be looked at, and whether they prove anything.

use super::{decide, observe};
use crate::facts::auth::AuthFacts;
use crate::model::{Attempt, Family, RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};
use crate::wire::refusal::Answer;

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
        expected: "the declared status, else 2xx, with the supplied credential",
        remediation: "Supply a credential that is valid for this target, or fix the endpoint.",
        observed_by: "Every protected endpoint that reads, or is declared `mutating = false`, and with \
                      --allow-mutation every other one, with the supplied credential; over TLS or \
                      within this machine only.",
        references: &[Reference::Rfc(9110, "11.4")],
        cap: None,
        rests_on: &[Topic::ValidCredential],
        check: Check::Auth(admits),
    },
];

fn admits(auth: &AuthFacts) -> Verdict {
    let refused = auth
        .of(&Attempt::Valid)
        .filter(|tried| tried.admitted == Some(false));
    let observed: Vec<_> = refused
        .map(|tried| {
            let says_no = tried.answer != Answer::Served;
            let how = match tried.status {
                200..=299 if says_no => ", as without one,",
                _ => "",
            };
            observe(
                tried,
                format!("{}{how} with the valid credential", tried.status),
            )
        })
        .collect();
    if !observed.is_empty() {
        return Verdict::Fail(observed);
    }
    let is_valid = |attempt: &Attempt| *attempt == Attempt::Valid;
    let verdict = decide(auth, is_valid, observed);
    let asked = !auth.attempts.is_empty() || !auth.unseen.is_empty();
    if asked && matches!(verdict, Verdict::NotApplicable(_)) {
        return Verdict::NotTested(untested(auth).to_owned());
    }
    verdict
}

fn untested(auth: &AuthFacts) -> &'static str {
    if auth.supplied.token {
        "the credential is sent where the file says that it changes nothing (`mutating = false`), or with \
         --allow-mutation, over TLS or within this machine"
    } else {
        "no valid credential supplied (`token` of the auth scheme)"
    }
}
