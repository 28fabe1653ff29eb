//! The seven families of checks, in the order every table shows them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One area of judgement; every rule and every grade belongs to exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Protocol versions, cipher suites, certificates.
    Tls,
    /// Response header fields, and what a browser makes of them.
    Headers,
    /// Cross-origin resource sharing, by the Fetch standard.
    Cors,
    /// Refusal of requests without valid credentials.
    Auth,
    /// The WebSocket opening handshake and the socket behind it (RFC 6455).
    Websocket,
    /// Where the time of a request goes.
    Latency,
    /// The endpoints the target file declares.
    Contract,
}

impl Family {
    /// All of them, in display order.
    pub const ALL: [Self; 7] = [
        Self::Tls,
        Self::Headers,
        Self::Cors,
        Self::Auth,
        Self::Websocket,
        Self::Latency,
        Self::Contract,
    ];

    /// The name in rule ids, flags and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Headers => "headers",
            Self::Cors => "cors",
            Self::Auth => "auth",
            Self::Websocket => "websocket",
            Self::Latency => "latency",
            Self::Contract => "contract",
        }
    }

    /// The heading in prose and tables.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tls => "TLS",
            Self::Headers => "Headers",
            Self::Cors => "CORS",
            Self::Auth => "Auth",
            Self::Websocket => "WebSocket",
            Self::Latency => "Latency",
            Self::Contract => "Contract",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Family {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|family| family.name() == text)
            .ok_or(())
    }
}
