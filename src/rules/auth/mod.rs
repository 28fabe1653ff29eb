//! Auth: who is turned away, and how.

mod accepted;
mod bypass;
mod challenge;
mod form;
mod leaks;
mod login;
mod measured;
mod query;

use super::{LEFT_OUT, Observed, Reference, Rule, Verdict};
use crate::facts::auth::{AuthFacts, Tried};
use crate::model::{Attempt, Untrusted};

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[
    measured::RULES,
    accepted::RULES,
    bypass::RULES,
    query::RULES,
    form::RULES,
    challenge::RULES,
    leaks::RULES,
    login::RULES,
];

const NO_ENDPOINT: &str = "no endpoint is declared protected";

const CWE_209: Reference = Reference::Standard(
    "CWE-209, error message with sensitive information",
    "https://cwe.mitre.org/data/definitions/209.html",
);
const OWASP_AUTHENTICATION: Reference = Reference::Standard(
    "OWASP API Security 2023, API2 Broken Authentication",
    "https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/",
);

fn observe(tried: &Tried, said: impl Into<Untrusted>) -> Observed {
    Observed::new(&tried.at, said).about(tried.label.clone())
}

/// Fails on what was observed; otherwise unknown where something relevant went unanswered.
fn decide(
    auth: &AuthFacts,
    relevant: impl Fn(&Attempt) -> bool,
    observed: Vec<Observed>,
) -> Verdict {
    if !observed.is_empty() {
        return Verdict::Fail(observed);
    }
    let unseen = || {
        auth.unseen
            .iter()
            .filter(|unseen| relevant(&unseen.attempt))
    };
    if let Some(unseen) = unseen().find(|unseen| !unseen.is_turned_away()) {
        return Verdict::Unknown(format!("{}: {}", unseen.attempt, unseen.why));
    }
    let answered = auth.attempts.iter().any(|tried| relevant(&tried.attempt));
    if answered || unseen().next().is_some() {
        return Verdict::Pass;
    }
    if auth.left_out.iter().any(relevant) {
        return Verdict::NotTested(LEFT_OUT.to_owned());
    }
    Verdict::NotApplicable(NO_ENDPOINT)
}

const NOBODY_REFUSED: &str = "nobody was refused";

/// For what is tried after a refusal.
const NEEDS_REFUSAL: &str = "needs a protected GET endpoint that refuses";

#[cfg(test)]
mod tests;
