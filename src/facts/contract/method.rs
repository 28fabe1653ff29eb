//! Methods that must be refused.

use super::label;
use crate::evidence::Evidence;
use crate::model::{Ask, Pointer};
use crate::wire::allow;

/// A method that must be refused, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// The status; `None` when there was no answer.
    pub status: Option<u16>,
    /// What `Allow` says.
    pub allow: Allow,
}

/// `Allow` as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Not sent.
    Absent,
    /// Not a list of methods.
    Malformed,
    /// These methods.
    Methods(Vec<String>),
}

/// Every pair that was tried.
pub(super) fn read(evidence: &Evidence) -> Vec<Refusal> {
    let all = evidence.exchanges.iter().enumerate();
    all.filter(|(_, exchange)| matches!(exchange.question.ask, Ask::WrongMethod))
        .filter(|(_, exchange)| !exchange.was_left_out())
        .map(|(index, exchange)| {
            let response = exchange.response.seen();
            let values: Vec<String> =
                response.map_or_else(Vec::new, |response| response.values("allow").collect());
            Refusal {
                at: Pointer::exchange(index),
                label: label(exchange),
                status: response.map(|response| response.status),
                allow: allow(&values),
            }
        })
        .collect()
}

fn allow(values: &[String]) -> Allow {
    if values.is_empty() {
        return Allow::Absent;
    }
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    match allow::methods(&values) {
        None => Allow::Malformed,
        Some(methods) => Allow::Methods(methods.into_iter().map(str::to_owned).collect()),
    }
}
