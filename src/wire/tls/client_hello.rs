//! The ClientHello: what is offered, and how it looks on the wire (RFC 8446 §4.1.2).
//!
//! An [`Offer`] is the whole of a probe's question, kept in the evidence beside the answer. The
//! hello never has a usable key share, so the handshake ends after the server's first flight and
//! neither side computes anything.

use serde::{Deserialize, Serialize};

use super::group::Group;
use super::ssl2;
use super::version::Version;
use super::writer::{u16, u16s, vec8, vec16};

/// `TLS_FALLBACK_SCSV`: "this is a retry with a lower version" (RFC 7507).
pub const FALLBACK_SCSV: u16 = 0x5600;

/// `TLS_EMPTY_RENEGOTIATION_INFO_SCSV`: the extension for versions without any (RFC 5746 §3.3).
const RENEGOTIATION_SCSV: u16 = 0x00ff;

/// A value no server may choose and every server must ignore (RFC 8701 §3.1).
const GREASE: u16 = 0x2a2a;

/// ML-DSA-44, -65 and -87 (draft-ietf-tls-mldsa): for TLS 1.3 alone.
pub const ML_DSA: [u16; 3] = [0x0904, 0x0905, 0x0906];

/// Every other signature scheme, so that none is missing for the server's certificate: RSA-PSS,
/// ECDSA, EdDSA, RSA PKCS#1, then SHA-224, SHA-1, DSA and MD5 as servers of TLS 1.2 may still need
/// them.
#[rustfmt::skip]
const SIGNATURES: [u16; 23] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b,
    0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0302, 0x0202, 0x0101, 0x081a,
];

/// Extension numbers (IANA "TLS ExtensionType Values").
pub mod extension {
    /// `server_name` (RFC 6066 §3).
    pub const SERVER_NAME: u16 = 0;
    /// `status_request` (RFC 6066 §8).
    pub const STATUS_REQUEST: u16 = 5;
    /// `supported_groups` (RFC 8446 §4.2.7).
    pub const SUPPORTED_GROUPS: u16 = 10;
    /// `ec_point_formats` (RFC 8422 §5.1.2).
    pub const EC_POINT_FORMATS: u16 = 11;
    /// `signature_algorithms` (RFC 8446 §4.2.3).
    pub const SIGNATURE_ALGORITHMS: u16 = 13;
    /// `heartbeat` (RFC 6520).
    pub const HEARTBEAT: u16 = 15;
    /// `application_layer_protocol_negotiation` (RFC 7301).
    pub const ALPN: u16 = 16;
    /// `padding` (RFC 7685).
    pub const PADDING: u16 = 21;
    /// `encrypt_then_mac` (RFC 7366).
    pub const ENCRYPT_THEN_MAC: u16 = 22;
    /// `extended_master_secret` (RFC 7627).
    pub const EXTENDED_MASTER_SECRET: u16 = 23;
    /// `session_ticket` (RFC 5077).
    pub const SESSION_TICKET: u16 = 35;
    /// `supported_versions` (RFC 8446 §4.2.1).
    pub const SUPPORTED_VERSIONS: u16 = 43;
    /// `cookie` (RFC 8446 §4.2.2).
    pub const COOKIE: u16 = 44;
    /// `psk_key_exchange_modes` (RFC 8446 §4.2.9).
    pub const PSK_MODES: u16 = 45;
    /// `key_share` (RFC 8446 §4.2.8).
    pub const KEY_SHARE: u16 = 51;
    /// `renegotiation_info` (RFC 5746).
    pub const RENEGOTIATION_INFO: u16 = 0xff01;
}

/// What one ClientHello offers.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an extension, offered or not, independent of the others"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The highest version. TLS 1.3 is offered alone unless [`Self::and_tls12`].
    pub version: Version,
    /// With TLS 1.3: TLS 1.2 as well.
    #[serde(default, skip_serializing_if = "is_false")]
    pub and_tls12: bool,
    /// Suites in the order offered; for SSLv2, none: all of its few kinds are offered.
    pub suites: Vec<u16>,
    /// `supported_groups`, in the order offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// `server_name`: never an address (RFC 6066 §3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Protocols by ALPN; none leaves the extension out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alpn: Vec<String>,
    /// Offers DEFLATE before null (RFC 3749).
    #[serde(default, skip_serializing_if = "is_false")]
    pub compression: bool,
    /// Offers heartbeats (RFC 6520).
    #[serde(default, skip_serializing_if = "is_false")]
    pub heartbeat: bool,
    /// Asks for a stapled OCSP response.
    #[serde(default, skip_serializing_if = "is_false")]
    pub staple: bool,
    /// Adds values every server must ignore (RFC 8701).
    #[serde(default, skip_serializing_if = "is_false")]
    pub grease: bool,
    /// Pads the handshake message to at least this many bytes (RFC 7685).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pad_to: u16,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(value: &u16) -> bool {
    *value == 0
}

impl Offer {
    /// A hello of `version` with these suites, every group that fits the version, and nothing
    /// that a strict server could stumble over.
    #[must_use]
    pub fn new(version: Version, suites: Vec<u16>) -> Self {
        let groups = match version {
            Version::Ssl2 | Version::Ssl3 => Vec::new(),
            Version::Tls10 | Version::Tls11 | Version::Tls12 => Group::CURVES.to_vec(),
            Version::Tls13 => [&Group::CLASSICAL_TLS13[..], &Group::HYBRIDS].concat(),
        };
        Self {
            version,
            and_tls12: false,
            suites,
            groups,
            server_name: None,
            alpn: Vec::new(),
            compression: false,
            heartbeat: false,
            staple: false,
            grease: false,
            pad_to: 0,
        }
    }

    /// The bytes to send: one record for the whole hello, or the bare SSLv2 message.
    #[must_use]
    pub fn encode(&self, random: [u8; 32]) -> Vec<u8> {
        if self.version == Version::Ssl2 {
            return ssl2::client_hello(random);
        }
        let body = self.body(random);
        let record_version = self.version.min(Version::Tls10).code();
        let mut record = vec![22];
        record.extend(record_version.to_be_bytes());
        vec16(&mut record, |out| {
            out.push(1);
            out.push(0);
            vec16(out, |out| out.extend(&body));
        });
        record
    }

    /// The message without its header.
    fn body(&self, random: [u8; 32]) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024);
        // TLS 1.3 says so in an extension and calls itself 1.2 here (RFC 8446 §4.1.2).
        out.extend(self.version.min(Version::Tls12).code().to_be_bytes());
        out.extend(random);
        vec8(&mut out, |out| {
            // A session to resume, for middleboxes that know no other TLS (RFC 8446 §D.4).
            if self.version == Version::Tls13 {
                out.extend(random.iter().rev());
            }
        });
        vec16(&mut out, |out| u16s(out, self.offered_suites()));
        let methods: &[u8] = if self.compression { &[1, 0] } else { &[0] };
        vec8(&mut out, |out| out.extend(methods));
        if self.version > Version::Ssl3 {
            let size = 4 + out.len();
            vec16(&mut out, |out| self.extensions(out, size));
        } else if let Some(name) = &self.server_name {
            // SSLv3 has no extensions, but a server must ignore what follows (RFC 6101 §5.6.1.2),
            // and one that routes by name answers nothing without it.
            vec16(&mut out, |out| {
                extension(out, extension::SERVER_NAME, |out| server_name(out, name));
            });
        }
        out
    }

    fn offered_suites(&self) -> impl Iterator<Item = u16> {
        let signal = (self.version == Version::Ssl3).then_some(RENEGOTIATION_SCSV);
        let grease = self.grease.then_some(GREASE);
        grease
            .into_iter()
            .chain(self.suites.iter().copied())
            .chain(signal)
    }

    /// `before` is the size of the message up to here, for the padding.
    fn extensions(&self, out: &mut Vec<u8>, before: usize) {
        if self.grease {
            extension(out, GREASE, |_| ());
        }
        if let Some(name) = &self.server_name {
            extension(out, extension::SERVER_NAME, |out| server_name(out, name));
        }
        self.key_exchange_extensions(out);
        extension(out, extension::SIGNATURE_ALGORITHMS, |out| {
            let ml_dsa = ML_DSA
                .into_iter()
                .filter(|_| self.version == Version::Tls13);
            vec16(out, |out| u16s(out, SIGNATURES.into_iter().chain(ml_dsa)));
        });
        if !self.alpn.is_empty() {
            extension(out, extension::ALPN, |out| alpn(out, &self.alpn));
        }
        if self.staple {
            // OCSP, no responders, no extensions.
            extension(out, extension::STATUS_REQUEST, |out| {
                out.extend([1, 0, 0, 0, 0]);
            });
        }
        if self.heartbeat {
            extension(out, extension::HEARTBEAT, |out| out.push(1));
        }
        if self.version < Version::Tls13 || self.and_tls12 {
            extension(out, extension::EXTENDED_MASTER_SECRET, |_| ());
            extension(out, extension::SESSION_TICKET, |_| ());
            extension(out, extension::RENEGOTIATION_INFO, |out| out.push(0));
        }
        let missing = usize::from(self.pad_to).saturating_sub(before + 2 + out.len() + 4);
        if missing > 0 {
            extension(out, extension::PADDING, |out| {
                out.resize(out.len() + missing, 0);
            });
        }
    }

    fn key_exchange_extensions(&self, out: &mut Vec<u8>) {
        if !self.groups.is_empty() {
            extension(out, extension::SUPPORTED_GROUPS, |out| {
                vec16(out, |out| {
                    if self.grease {
                        u16(out, GREASE);
                    }
                    u16s(out, self.groups.iter().map(|group| group.0));
                });
            });
            extension(out, extension::EC_POINT_FORMATS, |out| out.extend([1, 0]));
        }
        if self.version == Version::Tls13 {
            extension(out, extension::SUPPORTED_VERSIONS, |out| {
                vec8(out, |out| {
                    u16(out, Version::Tls13.code());
                    if self.and_tls12 {
                        u16(out, Version::Tls12.code());
                    }
                });
            });
            extension(out, extension::PSK_MODES, |out| out.extend([1, 1]));
            // No share at all: the server answers with a HelloRetryRequest that names its choice.
            extension(out, extension::KEY_SHARE, |out| u16(out, 0));
        }
    }
}

fn server_name(out: &mut Vec<u8>, name: &str) {
    vec16(out, |out| {
        out.push(0);
        vec16(out, |out| out.extend(name.as_bytes()));
    });
}

fn alpn(out: &mut Vec<u8>, protocols: &[String]) {
    vec16(out, |out| {
        for protocol in protocols {
            vec8(out, |out| out.extend(protocol.as_bytes()));
        }
    });
}

fn extension(out: &mut Vec<u8>, kind: u16, body: impl FnOnce(&mut Vec<u8>)) {
    u16(out, kind);
    vec16(out, body);
}
