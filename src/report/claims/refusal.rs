//! Protected endpoints: whether those who must not get in are refused.

use crate::facts::Facts;
use crate::facts::contract::Standing;
use crate::model::{Attempt, Endpoint, Family, Pointer, Severity, Untrusted};
use crate::report::Finding;

/// What became of the refusals of one endpoint.
pub(super) struct Refused {
    pub(super) standing: Standing,
    pub(super) wanted: String,
    pub(super) got: Untrusted,
    pub(super) at: Pointer,
}

/// `None` where the endpoint is not protected, or nobody was turned away on trial.
pub(super) fn of(
    index: usize,
    endpoint: &Endpoint,
    facts: &Facts,
    findings: &[Finding],
) -> Option<Refused> {
    let auth = facts.auth.known().filter(|_| endpoint.protected)?;
    let nobody = auth.at(index, &Attempt::Nothing)?;
    let attempts = || auth.attempts.iter().filter(|tried| tried.endpoint == index);
    let about = |finding: &&Finding| {
        finding.family == Family::Auth
            && finding.outcome.is_failure()
            && finding.severity > Severity::Info
            && attempts().any(|tried| tried.at == finding.at)
    };
    // What varies the request is held against other answers, and judged by the rules alone.
    let is_judged = |attempt: &Attempt| {
        matches!(
            attempt,
            Attempt::Valid | Attempt::Bypass(_) | Attempt::Control(_)
        )
    };
    let let_in = attempts().any(|tried| !is_judged(&tried.attempt) && tried.got_in());
    let (standing, got) = match findings.iter().find(about) {
        Some(finding) => (Standing::NotMet, finding.observed.clone()),
        None if let_in => (Standing::NotMet, nobody.status.to_string().into()),
        None => {
            let open = auth.unseen_at(index, &Attempt::Nothing).is_some();
            let standing = if open { Standing::Open } else { Standing::Met };
            let said = format!("{}, {} ways tried", nobody.status, attempts().count());
            (standing, said.into())
        }
    };
    Some(Refused {
        standing,
        wanted: auth.wanted.to_string(),
        got,
        at: nobody.at.clone(),
    })
}
