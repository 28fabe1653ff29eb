//! Alternative names of a certificate (RFC 5280 §4.2.1.6).

use std::net::IpAddr;

use crate::model::Untrusted;

/// One entry of subjectAltName.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AltName {
    /// dNSName, as it stands.
    Dns(Untrusted),
    /// iPAddress of four or sixteen octets.
    Ip(IpAddr),
    /// Any other kind; no server is named by it.
    Other(Untrusted),
}

impl AltName {
    /// iPAddress; another length is no address (RFC 5280 §4.2.1.6).
    pub(super) fn address(octets: &[u8]) -> Self {
        if let Ok(four) = <[u8; 4]>::try_from(octets) {
            return Self::Ip(IpAddr::from(four));
        }
        if let Ok(sixteen) = <[u8; 16]>::try_from(octets) {
            return Self::Ip(IpAddr::from(sixteen));
        }
        Self::Other(Untrusted::from(format!(
            "an address of {} octets",
            octets.len()
        )))
    }

    /// As one would type it.
    #[must_use]
    pub fn text(&self) -> Untrusted {
        match self {
            Self::Dns(name) | Self::Other(name) => name.clone(),
            Self::Ip(address) => Untrusted::from(address.to_string()),
        }
    }
}
