//! The WebSocket opening handshake, tried as friend and as foe.

use super::View;
use crate::evidence::SocketTrial;

/// Looks at the declared WebSocket endpoint.
#[must_use]
pub fn observe(_: &View<'_>) -> Vec<SocketTrial> {
    Vec::new()
}
