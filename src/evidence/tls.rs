//! What TLS showed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Cause, Observation, Skip, WireBytes};
use crate::model::Micros;
use crate::wire::tls::{Offer, Outcome, Reply};

/// One full handshake, and the answers to hellos that ask one question each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsEvidence {
    /// The name asked for with SNI; `None` for an address.
    pub server_name: Option<String>,
    /// A full TLS 1.2 or 1.3 handshake that records instead of refusing.
    pub handshake: Observation<Handshake>,
    /// The raw hellos: those sent at once in the order they were planned, the others as they followed.
    pub hellos: Vec<HelloSent>,
    /// Where the hellos went, `address:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Connections opened for all of this, those that failed among them.
    #[serde(default)]
    pub connections: u32,
    /// System trust anchors that issued something in the chain, DER.
    pub system_anchors: Vec<WireBytes>,
    /// Handshakes beside the first, in the order made.
    pub more: Vec<Further>,
}

/// A handshake beside the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further {
    /// What it is for.
    pub purpose: Purpose,
    /// What it came to.
    pub handshake: Observation<Handshake>,
}

/// What a further handshake is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// What ALPN chooses from h2 and http/1.1.
    Alpn,
    /// Whether a session is resumed, and early data taken.
    Resumption,
    /// Whether the first handshake fails each time.
    Again,
    /// Whether it fails for offering ALPN.
    WithoutAlpn,
    /// What another address of the name shows: `address:port`.
    Address(String),
    /// A connection made for something else, which showed what no handshake before had shown.
    Exchange,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alpn => f.write_str("alpn"),
            Self::Resumption => f.write_str("resumption"),
            Self::Again => f.write_str("second handshake"),
            Self::WithoutAlpn => f.write_str("handshake without ALPN"),
            Self::Address(address) => write!(f, "address {address}"),
            Self::Exchange => f.write_str("connection of an exchange"),
        }
    }
}

impl TlsEvidence {
    /// Before anything is asked for this name.
    #[must_use]
    pub const fn unasked(server_name: Option<String>) -> Self {
        Self {
            server_name,
            handshake: Observation::Skipped(Skip::NotNeeded),
            hellos: Vec::new(),
            address: None,
            connections: 0,
            system_anchors: Vec::new(),
            more: Vec::new(),
        }
    }

    /// Whether a client certificate was asked for, in the clear or in the handshake.
    #[must_use]
    pub fn asks_for_certificate(&self) -> bool {
        let in_clear = |sent: &HelloSent| {
            let reply = sent.read_reply();
            sent.offer.server_name == self.server_name
                && reply
                    .flight()
                    .is_some_and(|flight| flight.certificate_request)
        };
        let in_handshake = self.handshake.seen();
        in_handshake.is_some_and(|seen| seen.client_certificate) || self.hellos.iter().any(in_clear)
    }

    /// Every handshake that came about, the first one first.
    pub fn handshakes(&self) -> impl Iterator<Item = &Handshake> {
        let further = self.more.iter().map(|further| &further.handshake);
        let all = std::iter::once(&self.handshake).chain(further);
        all.filter_map(Observation::seen)
    }

    /// The handshake of one purpose, if it came about.
    #[must_use]
    pub fn further(&self, purpose: &Purpose) -> Option<&Handshake> {
        let found = self.more.iter().find(|further| further.purpose == *purpose);
        found?.handshake.seen()
    }
}

/// What a handshake negotiated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    /// `address:port`.
    pub address: String,
    /// The version's two bytes.
    pub version: u16,
    /// The suite's two bytes.
    pub suite: u16,
    /// The group's two bytes; `None` when the key exchange used none.
    pub group: Option<u16>,
    /// The protocol chosen by ALPN (RFC 7301).
    pub alpn: Option<String>,
    /// The chain as sent, DER, leaf first.
    pub chain: Vec<WireBytes>,
    /// The stapled OCSP response, DER; empty when none.
    pub staple: WireBytes,
    /// The server's proof of the leaf's key.
    pub signature: SignatureSeen,
    /// How the chain was compressed (RFC 8879); `None` where it came as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compressed: Option<CompressedChain>,
    /// Whether a client certificate was asked for.
    pub client_certificate: bool,
    /// TLS 1.3 tickets received by the end of the exchange.
    pub tickets: u32,
    /// `full`, `full-with-retry` or `resumed`.
    pub kind: String,
    /// The most bytes of early data a ticket of this connection invites; 0 when none does.
    #[serde(default)]
    pub early_data_bytes: u32,
    /// Whether early data was taken; `None` when none was sent.
    pub early_data: Option<bool>,
    /// How long the handshake took.
    pub took: Micros,
}

impl Handshake {
    /// Whether a session was resumed, so that no certificate was shown.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.kind == "resumed"
    }

    /// Whether another handshake at the same address came to the same version and leaf.
    #[must_use]
    pub fn shows_the_same(&self, other: &Self) -> bool {
        self.address == other.address
            && self.version == other.version
            && self.chain.first() == other.chain.first()
    }
}

/// A Certificate message that came compressed (RFC 8879 §4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompressedChain {
    /// The algorithm's number (IANA "TLS Certificate Compression Algorithm IDs").
    pub algorithm: u16,
    /// How many bytes came.
    pub bytes: u32,
    /// How many they stand for.
    pub of: u32,
}

impl CompressedChain {
    /// The algorithm's registered name, or its number.
    #[must_use]
    pub fn name(self) -> String {
        match self.algorithm {
            1 => "zlib".to_owned(),
            2 => "brotli".to_owned(),
            3 => "zstd".to_owned(),
            other => other.to_string(),
        }
    }
}

/// The signature over the handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureSeen {
    /// The scheme's two bytes (IANA TLS SignatureScheme).
    pub scheme: Option<u16>,
    /// What was signed: the context and the hash of the transcript at TLS 1.3 (RFC 8446 §4.4.3),
    /// both randoms and the key exchange before that (RFC 5246 §7.4.3).
    #[serde(default)]
    pub message: WireBytes,
    /// The signature.
    #[serde(default)]
    pub signature: WireBytes,
}

/// A raw hello and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloSent {
    /// Why it was sent.
    pub question: Question,
    /// What was offered: with a random of its own, this is the hello.
    pub offer: Offer,
    /// 1 for the first time; 2 when it was sent again, alone, because the first one was not answered.
    pub attempt: u8,
    /// The bytes of the server's flight, as far as it was read, or why there is none.
    pub reply: Observation<HelloReply>,
}

impl HelloSent {
    /// What came back, read.
    #[must_use]
    pub fn read_reply(&self) -> Reply {
        let bytes = self.reply.seen().map(|reply| reply.bytes.0.as_slice());
        Reply::read(bytes.unwrap_or_default())
    }

    /// Whether anything came back that says something about the hello.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.read_reply().is_answer()
    }

    /// Whether the server chose something that was offered.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        let outcome = self.offer.outcome(&self.read_reply());
        matches!(outcome, Outcome::Accepted(..) | Outcome::Lowered(..))
    }

    /// Whether the answer was waited for in vain.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        let failure = self.reply.failure();
        let in_part = self.reply.seen().is_some_and(|reply| reply.timed_out);
        in_part || failure.is_some_and(|failure| failure.cause == Cause::TimedOut)
    }

    /// Whether the peer ended the connection instead of answering.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        let by_failure = self
            .reply
            .failure()
            .is_some_and(|failure| matches!(failure.cause, Cause::Closed | Cause::Reset));
        let behind_some_bytes = self.reply.seen().is_some_and(|reply| reply.closed);
        (by_failure || behind_some_bytes) && !self.is_answered()
    }
}

/// What a hello is meant to find out. Facts read what was offered and answered wherever that says
/// enough; the question tells apart hellos that are alike, such as a control and its repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// TLS 1.2 with modern suites: the control, and the features of the version.
    Modern,
    /// TLS 1.2 with every other suite: refused means nothing weak is taken.
    Rest,
    /// An old version with all its suites.
    OldVersion,
    /// `TLS_FALLBACK_SCSV`.
    Fallback,
    /// TLS 1.3 with post-quantum groups only.
    PostQuantum,
    /// TLS 1.2 without the name.
    NoName,
    /// TLS 1.3 with these suites.
    Tls13,
    /// The weak or old suites of one kind.
    Class,
    /// Suites whose fate is open.
    Enumerate,
    /// Suites in another order.
    Order,
    /// TLS 1.3 with these groups only.
    Group,
    /// A hello that was not answered, without one of the things it could be.
    Tolerance,
    /// What a TLS 1.2 hello asks beside suites, with suites the server takes.
    Features,
    /// A hello that was taken, before and behind those that are sent a second time.
    Control,
    /// The control again, to see whether it is always answered alike.
    Repeat,
}

/// The bytes that answered a hello.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloReply {
    /// As received; at most 64 KiB.
    pub bytes: WireBytes,
    /// Whether the peer ended the connection by itself behind these bytes.
    pub closed: bool,
    /// Whether the rest was waited for in vain.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub timed_out: bool,
    /// From the hello to the last byte.
    pub took: Micros,
}
