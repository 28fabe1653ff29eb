//! TLS: the protocol, its suites, and the certificate.

pub mod handshake;

use super::Rule;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[handshake::RULES];
