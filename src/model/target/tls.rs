//! What is expected of TLS.

use serde::{Deserialize, Serialize};

/// Expectations of TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsPolicy {
    /// The lowest version that may be accepted, as two bytes on the wire (0x0303 is TLS 1.2).
    pub min_version: u16,
    /// The least whole days a certificate must still live; `None` judges by its own lifetime.
    pub days_left: Option<u32>,
    /// The Mozilla profile to conform to.
    pub profile: Option<TlsProfile>,
    /// What the issuer's name holds: one of these; empty when nothing is declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issuer: Vec<String>,
    /// The only suites the server may choose, by their IANA names; empty when nothing is declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suites: Vec<String>,
}

impl Default for TlsPolicy {
    fn default() -> Self {
        Self {
            min_version: 0x0303,
            days_left: None,
            profile: None,
            issuer: Vec::new(),
            suites: Vec::new(),
        }
    }
}

/// Mozilla's Server Side TLS configurations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsProfile {
    /// TLS 1.3 only.
    Modern,
    /// TLS 1.2 and 1.3.
    Intermediate,
    /// TLS 1.0 to 1.3.
    Old,
}

impl TlsProfile {
    /// As files and reports write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Modern => "modern",
            Self::Intermediate => "intermediate",
            Self::Old => "old",
        }
    }
}
