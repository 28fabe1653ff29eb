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
    /// Whether every user may open it; otherwise it belongs to the user of the supplied token.
    #[serde(default)]
    pub shared: bool,
    /// The message that brings the credential, where no part of the handshake does: `{token}` is
    /// where it goes. No `json` expects no answer.
    #[serde(default)]
    pub first: Option<Echo>,
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

impl WebSocketContract {
    /// The first message, where an answer to it is declared.
    #[must_use]
    pub fn answered_first(&self) -> Option<&Echo> {
        self.first.as_ref().filter(|first| !first.json.is_empty())
    }

    /// How long a socket is watched that should be closed, or should stay. A refusal by close code
    /// may come when the credential has been looked up; nothing is waited for where the handshake
    /// itself is refused, but a server that gives up at once.
    #[must_use]
    pub const fn patience(&self) -> Millis {
        match self.reject {
            Reject::Handshake => Millis(1000),
            Reject::Close(_) => Millis(3000),
        }
    }

    /// Whether the declared message is JSON.
    #[must_use]
    pub fn speaks_json(&self) -> bool {
        let echo = self.echo.as_ref();
        echo.is_some_and(|echo| serde_json::from_str::<serde_json::Value>(&echo.send).is_ok())
    }

    /// The declared origins; none where any is welcome.
    #[must_use]
    pub fn declared_origins(&self) -> &[String] {
        match &self.origins {
            WebSocketOrigins::Any => &[],
            WebSocketOrigins::Only(origins) => origins,
        }
    }
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
