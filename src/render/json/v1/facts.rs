//! What was seen, parsed: the part of it that is published.

use serde::Serialize;

use super::contract::Contract;
use super::headers::Headers;
use super::latency::Latency;
use super::tls::Tls;
use crate::facts;

/// `null` where nothing is known. What the other families saw stands in their findings, and as it
/// came in the evidence.
#[derive(Debug, Serialize)]
pub(super) struct Facts<'r> {
    tls: Option<Tls<'r>>,
    headers: Option<Headers<'r>>,
    latency: Option<Latency<'r>>,
    contract: Option<Contract<'r>>,
}

impl<'r> From<&'r facts::Facts> for Facts<'r> {
    fn from(facts: &'r facts::Facts) -> Self {
        Self {
            tls: facts.tls.known().map(Tls::from),
            headers: facts.headers.known().map(Headers::from),
            latency: facts.latency.known().map(Latency::from),
            contract: facts.contract.known().map(Contract::from),
        }
    }
}
