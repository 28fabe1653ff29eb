//! The WebSocket handshake and the socket behind it.

use serde::Serialize;

use super::State;
use crate::evidence::Evidence;

/// WebSocket of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WebSocketFacts {
    /// How many handshakes were tried.
    pub trials: usize,
}

/// Reads the trials.
#[must_use]
pub fn read(evidence: &Evidence) -> State<WebSocketFacts> {
    if evidence.target.websocket.is_none() {
        return State::NotConfigured("no WebSocket endpoint is declared");
    }
    State::Known(WebSocketFacts {
        trials: evidence.sockets.len(),
    })
}
