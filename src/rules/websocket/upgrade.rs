//! The opening handshake.

use crate::model::{Family, RuleId, Severity};
use crate::rules::{Check, Reference, Rule};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("websocket/not-measured"),
    title: "The WebSocket endpoint could not be looked at",
    severity: Severity::High,
    rationale: "Nothing can be said about the handshake or the socket.",
    expected: "an answer to the handshake",
    remediation: "Make the address answer the handshake.",
    observed_by: "The opening handshake of RFC 6455.",
    references: &[Reference::Rfc(6455, "4.1")],
    cap: None,
    check: Check::Measured(Family::Websocket),
}];
