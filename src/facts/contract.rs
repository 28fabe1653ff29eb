//! What declared endpoints answer.

use serde::Serialize;

use super::State;
use crate::evidence::{Evidence, Role};
use crate::model::{Pointer, StatusSet};

/// The contract of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContractFacts {
    /// Every endpoint that answered.
    pub endpoints: Vec<Answered>,
}

/// An endpoint and its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answered {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// The status.
    pub status: u16,
    /// The declared statuses.
    pub wanted: StatusSet,
}

/// Reads the endpoints.
#[must_use]
pub fn read(evidence: &Evidence) -> State<ContractFacts> {
    let target = &evidence.target;
    if target.endpoints.is_empty() && target.absent.is_empty() && target.wrong_method.is_empty() {
        return State::NotConfigured("no endpoints are declared");
    }
    let all = evidence.exchanges.iter().enumerate();
    let endpoints = all.filter_map(|(index, exchange)| {
        let Role::Endpoint(declared) = exchange.role else {
            return None;
        };
        let declared = target.endpoints.get(declared)?;
        let response = exchange.response.seen()?;
        Some(Answered {
            at: Pointer::exchange(index),
            label: declared.label(),
            status: response.status,
            wanted: declared
                .status
                .clone()
                .unwrap_or_else(|| StatusSet::of(&["2xx"])),
        })
    });
    State::Known(ContractFacts {
        endpoints: endpoints.collect(),
    })
}
