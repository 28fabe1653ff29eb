//! What TLS showed.

use serde::{Deserialize, Serialize};

use super::{Observation, WireBytes};
use crate::model::Micros;

/// One full handshake, and the answers to hellos that ask one question each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsEvidence {
    /// The name asked for with SNI; `None` for an address.
    pub server_name: Option<String>,
    /// A full TLS 1.2 or 1.3 handshake that records instead of refusing.
    pub handshake: Observation<Handshake>,
    /// The raw hellos, in the order they were planned.
    pub hellos: Vec<HelloSent>,
    /// System trust anchors that issued something in the chain, DER.
    pub system_anchors: Vec<WireBytes>,
    /// Further handshakes by name: `resumption`, `early-data`, one per address, …
    pub more: Vec<(String, Observation<Handshake>)>,
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
    /// Whether a client certificate was asked for.
    pub client_certificate: bool,
    /// TLS 1.3 tickets received by the end of the exchange.
    pub tickets: u32,
    /// `full`, `full-with-retry` or `resumed`.
    pub kind: String,
    /// Whether early data was offered and taken.
    pub early_data: Option<bool>,
    /// How long the handshake took.
    pub took: Micros,
}

/// The signature over the handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureSeen {
    /// The scheme's two bytes (IANA TLS SignatureScheme).
    pub scheme: Option<u16>,
    /// Why it did not verify, if so.
    pub fault: Option<String>,
}

/// A raw hello and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloSent {
    /// The question, by name: `tls1.1`, `everything-else`, `no-sni`, …
    pub question: String,
    /// How often it was sent before this answer.
    pub attempt: u8,
    /// The bytes of the hello.
    pub sent: WireBytes,
    /// The bytes of the server's flight, as far as it was read, or why there is none.
    pub reply: Observation<HelloReply>,
}

/// The bytes that answered a hello.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloReply {
    /// As received; at most 64 KiB.
    pub bytes: WireBytes,
    /// `open` when the peer waited for more, else how the connection ended.
    pub end: String,
    /// From the hello to the last byte.
    pub took: Micros,
}
