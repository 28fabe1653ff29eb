//! Who is turned away.

use serde::Serialize;

use super::State;
use crate::evidence::{Attempt, Evidence, Role};
use crate::model::{Pointer, StatusSet};

/// Refusals of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuthFacts {
    /// Every attempt that was answered.
    pub attempts: Vec<Tried>,
}

/// An attempt and its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tried {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// The credentials tried.
    pub attempt: Attempt,
    /// The status.
    pub status: u16,
    /// Statuses that count as a refusal.
    pub wanted: StatusSet,
}

/// Reads refusals.
#[must_use]
pub fn read(evidence: &Evidence) -> State<AuthFacts> {
    if !evidence
        .target
        .endpoints
        .iter()
        .any(|endpoint| endpoint.protected)
    {
        return State::NotConfigured("no endpoint is declared protected");
    }
    let scheme = evidence.target.auth.as_ref();
    let wanted = scheme.map_or_else(
        || StatusSet::of(&["401", "403"]),
        |auth| auth.reject.clone(),
    );
    let all = evidence.exchanges.iter().enumerate();
    let attempts = all.filter_map(|(index, exchange)| {
        let Role::Credentials(_, attempt) = &exchange.role else {
            return None;
        };
        let response = exchange.response.seen()?;
        Some(Tried {
            at: Pointer::exchange(index),
            label: format!(
                "{} {}",
                exchange.request.method, exchange.request.url.target
            ),
            attempt: attempt.clone(),
            status: response.status,
            wanted: wanted.clone(),
        })
    });
    State::Known(AuthFacts {
        attempts: attempts.collect(),
    })
}
