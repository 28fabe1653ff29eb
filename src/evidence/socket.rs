//! One trial of the WebSocket opening handshake, and the frames after it.

use serde::{Deserialize, Serialize};

use super::{Field, Observation, OriginSent, Payload, Request};
use crate::evidence::Attempt;
use crate::model::{Micros, Phases, Timestamp};

/// A handshake that was tried, why, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SocketTrial {
    /// Why it was tried.
    pub why: SocketWhy,
    /// The origin it claimed.
    pub origin: Option<OriginSent>,
    /// The request, credentials replaced.
    pub request: Request,
    /// `Sec-WebSocket-Key` as sent; the accept value is judged against it.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// Where the time until the response's head went.
    pub phases: Phases,
    /// The answer to the handshake.
    pub response: Observation<SocketResponse>,
    /// What was seen on the open socket, in order.
    pub frames: Vec<Frame>,
    /// Ping to pong times on the open socket.
    pub pings: Vec<Micros>,
    /// Why looking at frames ended before it was done, if so.
    pub fault: Option<super::Failure>,
}

/// Why a handshake was tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketWhy {
    /// As a legitimate client.
    Legitimate,
    /// From another origin.
    Origin,
    /// With other credentials.
    Credentials(Attempt),
    /// With a fault in the request or in a frame, named.
    Fault(String),
    /// Over plain `ws`.
    Plain,
}

/// The head that answered, and the start of a refusal's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketResponse {
    /// `1.0` or `1.1`, as sent.
    pub version: String,
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// Field lines in order.
    pub fields: Vec<Field>,
    /// What of the head is not HTTP.
    pub faults: Vec<String>,
    /// The first 4 KiB of a refusal.
    pub body: Payload,
}

/// A frame that arrived, or was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// True when it came from the server.
    pub received: bool,
    /// `text`, `binary`, `ping`, `pong`, `close`, or `eof` when the stream ended.
    pub kind: String,
    /// The close code (RFC 6455 §7.4), if a close frame carried one.
    pub code: Option<u16>,
    /// The start of the payload, secrets replaced.
    pub payload: super::WireBytes,
    /// Since the handshake was done.
    pub after: Micros,
}
