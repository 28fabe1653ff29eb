//! X.509 certificates as servers send them (RFC 5280): read whatever is wrong with them, so that
//! every fault can be named instead of the first one.
//!
//! [`Certificate::parse`] reads one certificate; [`Chain`] says how those of one handshake hang
//! together; [`trust`](fn@trust) whether they lead to an anchor, and if not, why; [`ocsp`] reads a
//! stapled response; [`issuance`] holds what public authorities have promised, by date.

mod anchors;
mod certificate;
mod chain;
mod der;
mod extensions;
mod host;
pub mod issuance;
mod key;
mod name;
pub mod ocsp;
mod signature;
mod trust;
mod way;

pub use anchors::Anchors;
pub use certificate::{AltName, Certificate, Malformed, Spki};
pub use chain::{Chain, Sent};
pub use extensions::{Authority, Pointers, Sct, Usage};
pub use host::names;
pub use key::{Key, KeyKind};
pub use signature::{Check, Hash, SignatureAlgorithm, fingerprint};
pub use trust::{PathFault, Trust, issuer_key, trust};

#[cfg(test)]
pub(crate) mod fixtures;
