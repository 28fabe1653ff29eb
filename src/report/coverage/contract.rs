//! What was shown of the declared contract.

use super::{Status, answers};
use crate::evidence::{Evidence, Observation};
use crate::facts::Facts;
use crate::plan::Essential;

/// An endpoint that does not answer has shown that: it is a finding, and no open question.
pub(super) fn status(evidence: &Evidence, _facts: &Facts, essential: &Essential) -> Status {
    let failed = evidence.exchanges.iter().any(|exchange| {
        exchange.question == essential.question
            && matches!(exchange.response, Observation::Failed(_))
    });
    if failed {
        return Ok(());
    }
    answers(evidence, essential).map(|_| ())
}
