//! Who may read across origins.

use serde::Serialize;

use super::State;
use crate::evidence::{Evidence, Role};
use crate::model::{Pointer, Untrusted};

/// CORS of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CorsFacts {
    /// Every preflight that was answered.
    pub preflights: Vec<Preflight>,
}

/// A preflight and its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preflight {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `PUT /path`, the request it asks for.
    pub label: String,
    /// The origin sent.
    pub origin: String,
    /// The status.
    pub status: u16,
    /// `Access-Control-Allow-Origin`, combined.
    pub allow_origin: Option<Untrusted>,
}

/// Reads CORS.
#[must_use]
pub fn read(evidence: &Evidence) -> State<CorsFacts> {
    if evidence.target.cors.is_none() {
        return State::NotConfigured("no origins are declared");
    }
    let all = evidence.exchanges.iter().enumerate();
    let preflights = all.filter_map(|(index, exchange)| {
        let Role::Preflight { method, .. } = &exchange.role else {
            return None;
        };
        let response = exchange.response.seen()?;
        Some(Preflight {
            at: Pointer::exchange(index),
            label: format!("{method} {}", exchange.request.url.target),
            origin: exchange.origin.as_ref()?.value.clone(),
            status: response.status,
            allow_origin: response
                .combined("access-control-allow-origin")
                .map(Into::into),
        })
    });
    State::Known(CorsFacts {
        preflights: preflights.collect(),
    })
}
