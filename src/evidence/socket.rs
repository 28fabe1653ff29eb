//! One trial of the WebSocket opening handshake, and the frames after it.

use serde::{Deserialize, Serialize};

use super::{Failure, Observation, OriginSent, Payload, Request, Response};
use crate::model::{Attempt, Micros, Phases, Timestamp};

/// A handshake that was tried, why, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SocketTrial {
    /// Why it was tried.
    pub why: SocketWhy,
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
    /// How long nothing was said on purpose, to see whether the server does.
    pub listened: Micros,
    /// When the server ended the stream, since the handshake was done.
    pub ended: Option<Micros>,
    /// Why looking at frames ended before it was done, if so.
    pub fault: Option<Failure>,
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
    /// With a fault in the request or in a frame.
    Fault(SocketFault),
    /// Over plain `ws`, without credentials.
    Plain,
    /// As one of several legitimate clients at once.
    Held,
}

/// What a trial does wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketFault {
    /// A `Sec-WebSocket-Version` that nobody has.
    Version,
    /// No `Sec-WebSocket-Key`.
    NoKey,
    /// A plain GET, which asks for no upgrade.
    NoUpgrade,
    /// No `Origin`, where the others had one.
    NoOrigin,
    /// A message over the declared limit.
    Oversize,
    /// A frame that is not masked.
    Unmasked,
    /// A text message that is not UTF-8.
    NotUtf8,
    /// A reserved bit without an extension.
    Reserved,
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
