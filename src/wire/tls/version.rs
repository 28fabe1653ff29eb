//! Protocol versions, from SSLv2 to TLS 1.3.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A protocol version, oldest first, so that `max` is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Version {
    /// 1995. Prohibited by RFC 6176.
    #[serde(rename = "SSLv2")]
    Ssl2,
    /// 1996. Prohibited by RFC 7568.
    #[serde(rename = "SSLv3")]
    Ssl3,
    /// RFC 2246, 1999. Deprecated by RFC 8996.
    #[serde(rename = "TLSv1.0")]
    Tls10,
    /// RFC 4346, 2006. Deprecated by RFC 8996.
    #[serde(rename = "TLSv1.1")]
    Tls11,
    /// RFC 5246, 2008.
    #[serde(rename = "TLSv1.2")]
    Tls12,
    /// RFC 8446, 2018.
    #[serde(rename = "TLSv1.3")]
    Tls13,
}

impl Version {
    /// All of them, oldest first.
    pub const ALL: [Self; 6] = [
        Self::Ssl2,
        Self::Ssl3,
        Self::Tls10,
        Self::Tls11,
        Self::Tls12,
        Self::Tls13,
    ];

    /// The two bytes of the version on the wire.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Ssl2 => 0x0002,
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }

    /// The version of two bytes on the wire, if it is one that was ever published.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.code() == code)
    }

    /// `TLSv1.2`: the name in reports and on OpenSSL's command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ssl2 => "SSLv2",
            Self::Ssl3 => "SSLv3",
            Self::Tls10 => "TLSv1.0",
            Self::Tls11 => "TLSv1.1",
            Self::Tls12 => "TLSv1.2",
            Self::Tls13 => "TLSv1.3",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn names_and_codes_go_both_ways() {
        for version in Version::ALL {
            assert_eq!(Version::from_code(version.code()), Some(version));
            let json = serde_json::to_string(&version).unwrap();
            assert_eq!(json, format!("\"{version}\""));
        }
        assert_eq!(Version::from_code(0x7f1c), None);
    }
}
