//! What TLS showed.

use serde::Serialize;

use super::State;
use crate::evidence::{Evidence, TlsEvidence};

/// TLS of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TlsFacts {
    /// How many connections were opened to learn this.
    pub connections: usize,
    /// Why the server's proof of its key did not hold, if so.
    pub signature_fault: Option<String>,
}

/// Reads TLS.
#[must_use]
pub fn read(evidence: &Evidence) -> State<TlsFacts> {
    match super::state(&evidence.tls, TlsEvidence::clone) {
        State::Known(tls) => super::state(&tls.handshake, |handshake| TlsFacts {
            connections: 1 + tls.hellos.len() + tls.more.len(),
            signature_fault: handshake.signature.fault.clone(),
        }),
        State::Unseen(failure) => State::Unseen(failure),
        State::NotConfigured(why) => State::NotConfigured(why),
    }
}
