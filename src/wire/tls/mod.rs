//! TLS without cryptography: builds any ClientHello from SSLv2 to TLS 1.3 and reads whatever comes
//! back.
//!
//! Up to TLS 1.2 a server sends its choice, its certificates and its parameters in the clear; in
//! TLS 1.3 an empty key share draws a HelloRetryRequest that names version, suite and group. So
//! everything but the certificate of a server that speaks TLS 1.3 alone can be seen with hellos
//! that nobody has to compute for.
//!
//! [`Offer`] is the question, [`Reply`] the answer; both are plain values.

mod alert;
mod class;
mod client_hello;
mod extra;
mod group;
mod key_exchange;
mod ledger;
mod outcome;
mod reader;
mod record;
mod registry;
mod reply;
mod server_hello;
mod ssl2;
mod suite;
mod suite_name;
mod version;
mod writer;

#[cfg(test)]
mod tests;

pub use alert::Alert;
pub use class::Class;
pub use client_hello::{FALLBACK_SCSV, ML_DSA, Offer, extension};
pub use extra::Extra;
pub use group::Group;
pub use key_exchange::Ephemeral;
pub use ledger::{Known, Ledger};
pub use outcome::Outcome;
pub use reply::{Flight, Reply};
pub use server_hello::{Sentinel, ServerHello};
pub use ssl2::{Ssl2Reply, kind_name};
pub use suite::{Authentication, CipherSuite, KeyExchange, Mode, Needs};
pub use version::Version;
