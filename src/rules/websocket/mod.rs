//! WebSocket: the handshake, who may open it, and the socket behind it.

pub mod upgrade;

use super::Rule;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[upgrade::RULES];
