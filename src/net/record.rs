//! What the callbacks of a handshake write down.

use crate::evidence::{SignatureSeen, WireBytes};

/// What one handshake saw, shared with the callbacks rustls makes.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The chain as sent, leaf first.
    pub(super) chain: Vec<WireBytes>,
    /// The stapled OCSP response; empty when none.
    pub(super) staple: WireBytes,
    /// The proof of the leaf's key.
    pub(super) signature: SignatureSeen,
    /// A client certificate was asked for.
    pub(super) client_certificate: bool,
}
