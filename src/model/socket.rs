//! What a WebSocket handshake does wrong on purpose.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a handshake, or what follows it, does wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketFault {
    /// A `Sec-WebSocket-Version` that nobody has.
    Version,
    /// No `Sec-WebSocket-Key`.
    NoKey,
    /// A `Sec-WebSocket-Key` that is not 16 bytes in Base64.
    BadKey,
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
    /// A text message that is no JSON, where JSON is spoken.
    NotJson,
}

/// In words.
impl fmt::Display for SocketFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "a client of an unknown version",
            Self::NoKey => "a client without a key",
            Self::BadKey => "a client with a malformed key",
            Self::NoUpgrade => "a plain GET",
            Self::NoOrigin => "a client without an origin",
            Self::Oversize => "a message over the declared limit",
            Self::Unmasked => "an unmasked frame",
            Self::NotUtf8 => "a text that is not UTF-8",
            Self::Reserved => "a frame with a reserved bit",
            Self::NotJson => "a message that is no JSON",
        })
    }
}
