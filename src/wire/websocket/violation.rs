//! The ways in which an answer to the opening handshake breaks the rules.

use crate::model::Untrusted;

/// One broken rule of a `101 Switching Protocols`, with the peer's own words where it said any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// Not HTTP/1.1; its version.
    Version(Untrusted),
    /// No `Upgrade`.
    UpgradeMissing,
    /// `Upgrade` names something else, or something besides.
    UpgradeOther(Untrusted),
    /// No `Connection`.
    ConnectionMissing,
    /// `Connection` without the token `Upgrade`.
    ConnectionOther(Untrusted),
    /// No `Sec-WebSocket-Accept`.
    AcceptMissing,
    /// `Sec-WebSocket-Accept` does not answer the key that was sent.
    AcceptWrong(Untrusted),
    /// More than one `Sec-WebSocket-Accept`.
    AcceptTwice(Untrusted),
    /// An extension the client did not offer.
    ExtensionNotOffered(Untrusted),
    /// A subprotocol the client did not offer.
    ProtocolNotOffered(Untrusted),
    /// More than one `Sec-WebSocket-Protocol`.
    ProtocolTwice(Untrusted),
    /// None of the offered subprotocols is chosen.
    ProtocolNotChosen,
    /// A field that announces content, which a 1xx has none of; its name.
    ContentAnnounced(&'static str),
}

/// Who must fail the connection over a broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailedBy {
    /// Every client, by RFC 6455 §4.1.
    Clients,
    /// Pages in a browser, by the WHATWG's WebSockets Standard; other clients need not.
    Browsers,
    /// Nobody: it breaks HTTP's rules, and browsers open the socket all the same.
    Nobody,
}

impl Violation {
    /// Who must fail the connection over it.
    #[must_use]
    pub const fn failed_by(&self) -> FailedBy {
        match self {
            Self::ContentAnnounced(_) => FailedBy::Nobody,
            Self::ProtocolNotChosen => FailedBy::Browsers,
            Self::Version(_)
            | Self::UpgradeMissing
            | Self::UpgradeOther(_)
            | Self::ConnectionMissing
            | Self::ConnectionOther(_)
            | Self::AcceptMissing
            | Self::AcceptWrong(_)
            | Self::AcceptTwice(_)
            | Self::ExtensionNotOffered(_)
            | Self::ProtocolNotOffered(_)
            | Self::ProtocolTwice(_) => FailedBy::Clients,
        }
    }

    /// Where it is written.
    #[must_use]
    pub const fn section(&self) -> &'static str {
        match self {
            Self::Version(_) => "RFC 9110 §7.8",
            Self::UpgradeMissing | Self::UpgradeOther(_) => "RFC 6455 §4.1, item 2",
            Self::ConnectionMissing | Self::ConnectionOther(_) => "RFC 6455 §4.1, item 3",
            Self::AcceptMissing | Self::AcceptWrong(_) => "RFC 6455 §4.1, item 4",
            Self::AcceptTwice(_) => "RFC 6455 §11.3.3",
            Self::ExtensionNotOffered(_) => "RFC 6455 §4.1, item 5",
            Self::ProtocolNotOffered(_) => "RFC 6455 §4.1, item 6",
            Self::ProtocolTwice(_) => "RFC 6455 §11.3.4",
            Self::ProtocolNotChosen => "WHATWG WebSockets, establish a WebSocket connection",
            Self::ContentAnnounced(_) => "RFC 9110 §8.6, RFC 9112 §6.1",
        }
    }

    /// What was seen, in words.
    #[must_use]
    pub fn said(&self) -> Untrusted {
        let quoted = |before: &str, value: &Untrusted, after: &str| {
            Untrusted::from(format!("{before} `{}`{after}", value.raw()))
        };
        match self {
            Self::Version(version) => {
                Untrusted::from(format!("the answer is HTTP/{}", version.raw()))
            }
            Self::UpgradeMissing => Untrusted::from("no Upgrade field"),
            Self::UpgradeOther(value) => quoted("Upgrade is", value, ""),
            Self::ConnectionMissing => Untrusted::from("no Connection field"),
            Self::ConnectionOther(value) => quoted("Connection is", value, ""),
            Self::AcceptMissing => Untrusted::from("no Sec-WebSocket-Accept field"),
            Self::AcceptWrong(value) => quoted(
                "Sec-WebSocket-Accept is",
                value,
                ", which answers another key",
            ),
            Self::AcceptTwice(value) => quoted("two Sec-WebSocket-Accept fields:", value, ""),
            Self::ExtensionNotOffered(name) => quoted("extension", name, " was not offered"),
            Self::ProtocolNotOffered(name) => quoted("subprotocol", name, " was not offered"),
            Self::ProtocolTwice(value) => quoted("two Sec-WebSocket-Protocol fields:", value, ""),
            Self::ProtocolNotChosen => Untrusted::from(
                "no Sec-WebSocket-Protocol field, although subprotocols were offered",
            ),
            Self::ContentAnnounced(name) => Untrusted::from(format!("{name} on a 101")),
        }
    }
}
