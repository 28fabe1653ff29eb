//! X.509 certificates as servers send them (RFC 5280): read whatever is wrong with them, so that
//! every fault can be named instead of the first one.
//!
//! [`Certificate::parse`] reads one certificate; [`Chain`] says how those of one handshake hang
//! together; [`trust`](fn@trust) whether they lead to an anchor, and if not, why; [`ocsp`] reads a
//! stapled response; [`issuance`] holds what public authorities have promised, by date.

mod alt_name;
mod anchors;
mod certificate;
mod chain;
mod constraints;
mod der;
mod extensions;
mod fault;
mod host;
pub mod issuance;
mod key;
mod name;
pub mod ocsp;
mod parts;
mod path;
mod policy;
mod proof;
mod scheme;
mod signature;
mod spki;
mod trust;
mod way;
mod webpki;

pub use alt_name::AltName;
pub use anchors::Anchors;
pub use certificate::{Certificate, Malformed};
pub use chain::{Chain, Sent};
pub use extensions::{Authority, KeyUsage, Pointers, Sct, Usage};
pub use fault::{Doubt, PathFault};
pub use host::{Mismatch, mismatch, names};
pub use key::{Key, KeyKind};
pub use proof::{KeyProof, proves};
pub use scheme::Check;
pub use signature::{Hash, SignatureAlgorithm, fingerprint};
pub use spki::Spki;
pub use trust::{Trust, issuer_key, trust};

#[cfg(test)]
pub(crate) mod fixtures;
