//! Close frames: why an end says it ends.

use crate::model::Untrusted;

/// A status code of a close frame (RFC 6455 §7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// Purpose fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// The peer broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// Text that is not UTF-8, or data of a type that does not fit.
    pub const INVALID_DATA: Self = Self(1007);
    /// Against the policy of this endpoint; the code to use when no other fits.
    pub const POLICY: Self = Self(1008);
    /// A message bigger than this endpoint can process.
    pub const TOO_BIG: Self = Self(1009);

    /// Whether it may stand in a frame: 1004–1006 and 1015 are for the inside of an endpoint,
    /// below 1000 nothing is used, 1000–2999 belongs to the registry, 3000–4999 to libraries and
    /// applications (§7.4.1, §7.4.2; the IANA registry adds 1012–1014).
    #[must_use]
    pub const fn may_be_sent(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }

    /// The registered name, if it has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1000 => "normal closure",
            1001 => "going away",
            1002 => "protocol error",
            1003 => "unsupported data",
            1005 => "no status received",
            1006 => "abnormal closure",
            1007 => "invalid payload data",
            1008 => "policy violation",
            1009 => "message too big",
            1010 => "mandatory extension",
            1011 => "internal error",
            1012 => "service restart",
            1013 => "try again later",
            1014 => "bad gateway",
            1015 => "TLS handshake",
            _ => return None,
        })
    }

    /// The code and its name: `1009 (message too big)`.
    #[must_use]
    pub fn words(self) -> String {
        match self.name() {
            Some(name) => format!("{} ({name})", self.0),
            None => self.0.to_string(),
        }
    }
}

/// The payload of a close frame (§5.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Close {
    /// No payload, which is allowed.
    Empty,
    /// A code, and a reason that may be empty.
    Reason(CloseCode, Untrusted),
    /// One byte, or a reason that is not UTF-8.
    Malformed,
}

impl Close {
    /// Reads a close frame's payload, unmasked.
    #[must_use]
    pub fn read(payload: &[u8]) -> Self {
        match payload {
            [] => Self::Empty,
            [high, low, reason @ ..] => match std::str::from_utf8(reason) {
                Ok(reason) => {
                    let code = CloseCode(u16::from_be_bytes([*high, *low]));
                    Self::Reason(code, Untrusted::from(reason))
                }
                Err(_) => Self::Malformed,
            },
            [_] => Self::Malformed,
        }
    }

    /// The code, if it gives one.
    #[must_use]
    pub const fn code(&self) -> Option<CloseCode> {
        match self {
            Self::Reason(code, _) => Some(*code),
            Self::Empty | Self::Malformed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Close, CloseCode};

    #[test]
    fn payloads_are_read() {
        #[rustfmt::skip]
        let rows: [(&[u8], Option<u16>, &str); 5] = [
            (b"",                 None,       "Empty"),
            (b"\x03",             None,       "Malformed"),
            (b"\x03\xe8",         Some(1000), "Reason"),
            (b"\x11\x31expired",  Some(4401), "Reason"),
            (b"\x03\xe8\xff",     None,       "Malformed"),
        ];
        for (payload, code, shape) in rows {
            let close = Close::read(payload);
            assert_eq!(close.code().map(|code| code.0), code);
            assert!(format!("{close:?}").starts_with(shape), "{payload:?}");
        }
    }

    #[test]
    fn only_some_codes_may_be_sent() {
        let sendable = (0..=5100_u16).filter(|code| CloseCode(*code).may_be_sent());
        let runs: Vec<u16> = sendable.collect();
        assert_eq!(runs.len(), 4 + 8 + 2000);
        for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
            assert!(!runs.contains(&code), "{code}");
        }
        assert_eq!(CloseCode(4401).words(), "4401");
        assert_eq!(CloseCode::TOO_BIG.words(), "1009 (message too big)");
    }
}
