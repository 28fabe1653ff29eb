//! One trial of the WebSocket opening handshake, and the frames after it.

use serde::{Deserialize, Serialize};

use super::{Failure, Observation, OriginSent, Payload, Request, Response};
use crate::model::{Micros, Phases, Question, Timestamp};

/// A handshake that was made, what for, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SocketTrial {
    /// What it asks of the socket.
    pub question: Question,
    /// The origin it claimed.
    pub origin: Option<OriginSent>,
    /// The request, credentials replaced.
    pub request: Request,
    /// `Sec-WebSocket-Key` as sent; the accept value is judged against it. Empty when none was.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// Where the time until the response's head went.
    pub phases: Phases,
    /// The answer to the handshake, with the first 4 KiB of a refusal's body.
    pub response: Observation<Response>,
    /// What went over the open socket, in the order it was seen.
    pub frames: Vec<Frame>,
    /// Ping to pong times on the open socket, of the pings that were answered.
    pub pings: Vec<Micros>,
    /// How long nothing was said on purpose, to see whether the server does, or what it does about a
    /// provocation.
    pub listened: Micros,
    /// When the server ended the stream, since the handshake was done.
    pub ended: Option<Micros>,
    /// Why watching frames ended before it was done, if so.
    pub fault: Option<Failure>,
}

/// A frame that arrived, or was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// True when it came from the server.
    pub received: bool,
    /// The first byte: FIN, the reserved bits, the opcode (RFC 6455 §5.2).
    pub first: u8,
    /// Whether it was masked.
    pub masked: bool,
    /// The payload in clear, secrets replaced, the start of it if it is long.
    pub payload: Payload,
    /// Since the handshake was done.
    pub after: Micros,
}
