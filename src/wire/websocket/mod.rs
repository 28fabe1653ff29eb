//! RFC 6455 from the client's side: the opening handshake, frames, close codes.
//!
//! The handshake is written and judged here rather than by a client library, because libraries
//! stop at the first violation, drop the answer they refuse, and differ from the RFC both ways.
//! Frames are read here so that what a peer sent can be told from bytes alone; to *speak* the
//! protocol, `probe` hands the stream to tungstenite.

mod close;
mod frame;
mod handshake;
mod reader;
mod violation;

pub use close::{Close, CloseCode};
pub use frame::{Frame, FrameFault, Opcode, faults};
pub use handshake::{Key, Offer, fields, request, violations};
pub use reader::{Reader, Whole};
pub use violation::{FailedBy, Violation};

/// A text message that is no JSON, and does not look as if it were meant to harm.
pub const NOT_JSON: &str = "{seaworthy";
