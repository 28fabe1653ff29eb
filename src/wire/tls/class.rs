//! The classes of cipher suites that deserve a second look.

use std::fmt;

/// A reason to look at a suite twice, worst first. Each names a property, never an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// No encryption (RFC 9325 §4.1: MUST NOT).
    Null,
    /// No authentication (RFC 9325 §4.1 by way of "anonymous").
    Anonymous,
    /// Weakened for export: 40 or 56 bits, keys of 512 or 1024 (RFC 9325 §4.1).
    Export,
    /// Single DES, 56 bits (RFC 5469).
    Des,
    /// RC4 (RFC 7465: MUST NOT).
    Rc4,
    /// A 64-bit block: 3DES, IDEA, RC2, DES, GOST 28147 (collisions after some 32 GiB).
    SmallBlock,
    /// The key exchange uses the certificate's key: no forward secrecy (RFC 9325 §4.1).
    StaticRsa,
    /// CBC with MAC-then-encrypt.
    Cbc,
    /// Diffie-Hellman over a prime field chosen by the server.
    Dhe,
}

impl Class {
    /// Worst first: the order of the columns, and of the class that names a suite.
    pub const ALL: [Self; 9] = [
        Self::Null,
        Self::Anonymous,
        Self::Export,
        Self::Des,
        Self::Rc4,
        Self::SmallBlock,
        Self::StaticRsa,
        Self::Cbc,
        Self::Dhe,
    ];

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Anonymous => "anonymous",
            Self::Export => "export",
            Self::Des => "des",
            Self::Rc4 => "rc4",
            Self::SmallBlock => "small-block",
            Self::StaticRsa => "static-rsa",
            Self::Cbc => "cbc",
            Self::Dhe => "dhe",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
