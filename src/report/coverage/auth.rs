//! What was shown of refusals.

use super::{Gap, Status, Why, answers};
use crate::evidence::Evidence;
use crate::facts::Facts;
use crate::plan::Essential;

/// An answer that says to come back later says nothing of credentials.
pub(super) fn status(evidence: &Evidence, _facts: &Facts, essential: &Essential) -> Status {
    let answered = answers(evidence, essential)?;
    let limited = |status: u16| status == 429;
    let mut statuses = answered
        .iter()
        .filter_map(|(_, exchange)| Some(exchange.response.seen()?.status));
    if statuses.all(limited) {
        return Err(Gap::new(Why::Blocked, "rate limited (429)"));
    }
    Ok(())
}
