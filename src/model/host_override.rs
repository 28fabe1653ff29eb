//! An address in place of the one a name has.

use std::net::IpAddr;
use std::str::FromStr;

use super::Host;

/// Connections to this host and port go to this address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The host, as a target's is read: an override must find it.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Where connections go.
    pub address: IpAddr,
}

impl FromStr for Override {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || "write host:port:ip, e.g. api.example:443:127.0.0.1".to_owned();
        let (host, rest) = text.split_once(':').ok_or_else(fault)?;
        let (port, ip) = rest.split_once(':').ok_or_else(fault)?;
        let ip = ip.trim_start_matches('[').trim_end_matches(']');
        let host: Host = host.parse().map_err(|_| fault())?;
        Ok(Self {
            host: host.bare(),
            port: port.parse().map_err(|_| fault())?,
            address: ip.parse().map_err(|_| fault())?,
        })
    }
}

impl std::fmt::Display for Override {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.host, self.port, self.address)
    }
}
