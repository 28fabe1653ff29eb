//! The WebSocket endpoint.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::assertion::Assertion;
use super::identity::Identity;
use crate::model::{Bytes, Millis};

/// The WebSocket endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebSocketContract {
    /// The request target; `{token}` is where the credential goes.
    pub path: String,
    /// Subprotocols to offer.
    pub protocols: Vec<String>,
    /// Who may connect.
    pub origins: WebSocketOrigins,
    /// Whether no credentials are needed.
    pub public: bool,
    /// How a refusal looks.
    pub reject: Reject,
    /// The server's own ping interval.
    pub heartbeat: Option<Millis>,
    /// How long a silent socket must stay open.
    pub idle: Option<Millis>,
    /// Longest ping to pong time beyond one network round trip.
    pub rtt_over_network: Option<Millis>,
    /// Largest message the server takes.
    pub max_message: Option<Bytes>,
    /// A message and its answer.
    pub echo: Option<Echo>,
    /// Further field lines of the handshake.
    #[serde(default)]
    pub send_headers: BTreeMap<String, String>,
    /// Further field lines whose value is a secret.
    #[serde(default)]
    pub send_secrets: BTreeMap<String, Identity>,
    /// How many sockets must stay open at once.
    #[serde(default)]
    pub hold: Option<u8>,
    /// A message on one of them, and what the others must get.
    #[serde(default)]
    pub broadcast: Option<Echo>,
}

/// Origins a WebSocket endpoint accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebSocketOrigins {
    /// Whoever asks.
    Any,
    /// Only these.
    Only(Vec<String>),
}

/// How a WebSocket endpoint turns somebody away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reject {
    /// With an HTTP status instead of 101.
    Handshake,
    /// With 101 and then this close code.
    Close(u16),
}

/// An application-level message and what comes back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Echo {
    /// The text message to send.
    pub send: String,
    /// Expectations of the answer by JSON Pointer; empty expects the same text back.
    pub json: BTreeMap<String, Assertion>,
}
