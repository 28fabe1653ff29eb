//! The extensions that decide what a certificate is good for (RFC 5280 §4.2).

use std::fmt::Write as _;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName, ParsedExtension};

use super::alt_name::AltName;
use crate::model::{Timestamp, Untrusted};

/// TLS feature (RFC 7633): `status_request` in it is "must staple".
const TLS_FEATURE: &str = "1.3.6.1.5.5.7.1.24";
/// `status_request` (RFC 6066 §8) as the one INTEGER of the feature list.
const STATUS_REQUEST: [u8; 3] = [0x02, 0x01, 0x05];
/// The CA/Browser Forum's policies: EV, DV, OV, IV (Baseline Requirements §7.1.6.1).
const FORUM_POLICIES: &[&str] = &[
    "2.23.140.1.1",
    "2.23.140.1.2.1",
    "2.23.140.1.2.2",
    "2.23.140.1.2.3",
];
/// id-ad-ocsp and id-ad-caIssuers (RFC 5280 §4.2.2.1).
const OCSP: &str = "1.3.6.1.5.5.7.48.1";
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";

/// What the extensions say, each absent until read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    pub(super) san: Vec<AltName>,
    pub(super) has_san: bool,
    pub(super) authority: Option<Authority>,
    pub(super) key_usage: Option<u16>,
    pub(super) purposes: Option<Usage>,
    pub(super) scts: Vec<Sct>,
    pub(super) must_staple: bool,
    pub(super) subject_key: Option<Vec<u8>>,
    pub(super) authority_key: Option<Vec<u8>>,
    pub(super) pointers: Pointers,
    pub(super) forum_policy: bool,
    pub(super) unreadable: Vec<String>,
}

/// What a certificate points to (RFC 5280 §4.2.1.13, §4.2.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pointers {
    /// An OCSP responder.
    pub ocsp: bool,
    /// A revocation list.
    pub crl: bool,
    /// Its issuer's own certificate.
    pub ca_issuers: bool,
}

/// basicConstraints (RFC 5280 §4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    /// May it sign certificates?
    pub ca: bool,
    /// How many authorities may follow below it.
    pub path_length: Option<u32>,
}

/// extKeyUsage (RFC 5280 §4.2.1.12), as far as it matters to a TLS server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "purposes are independent of each other"
)]
pub struct Usage {
    /// id-kp-serverAuth.
    pub server: bool,
    /// anyExtendedKeyUsage.
    pub any: bool,
    /// id-kp-clientAuth.
    pub client: bool,
    /// id-kp-OCSPSigning.
    pub ocsp_signing: bool,
}

/// The uses of a key that TLS and path validation ask for (RFC 5280 §4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUsage {
    /// digitalSignature: signing a handshake.
    Sign,
    /// keyEncipherment: key exchange by static RSA.
    Encrypt,
    /// keyAgreement: key exchange by static (EC)DH.
    Agree,
    /// keyCertSign.
    Certify,
}

impl KeyUsage {
    pub(super) const fn mask(self) -> u16 {
        match self {
            Self::Sign => 1,
            Self::Encrypt => 1 << 2,
            Self::Agree => 1 << 4,
            Self::Certify => 1 << 5,
        }
    }

    /// As the standard spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sign => "digitalSignature",
            Self::Encrypt => "keyEncipherment",
            Self::Agree => "keyAgreement",
            Self::Certify => "keyCertSign",
        }
    }
}

/// A signed certificate timestamp embedded in the certificate (RFC 6962 §3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sct {
    /// The log's id: the SHA-256 digest of its key, as hexadecimal digits.
    pub log: String,
    /// When the log promised to include it.
    pub at: Timestamp,
}

impl Extensions {
    pub(super) fn read(certificate: &X509Certificate<'_>) -> Self {
        let mut read = Self::default();
        for extension in certificate.extensions() {
            let number = extension.oid.to_id_string();
            if number == TLS_FEATURE {
                read.must_staple = extension
                    .value
                    .windows(3)
                    .any(|item| item == STATUS_REQUEST);
            }
            read.add(&number, extension.parsed_extension());
        }
        read
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a foreign enum of every extension there is; the others say nothing we ask"
    )]
    fn add(&mut self, number: &str, extension: &ParsedExtension<'_>) {
        match extension {
            ParsedExtension::SubjectAlternativeName(names) => {
                self.has_san = true;
                self.san.extend(names.general_names.iter().map(alt_name));
            }
            ParsedExtension::BasicConstraints(constraints) => {
                self.authority = Some(Authority {
                    ca: constraints.ca,
                    path_length: constraints.path_len_constraint,
                });
            }
            ParsedExtension::KeyUsage(usage) => self.key_usage = Some(usage.flags),
            ParsedExtension::ExtendedKeyUsage(usage) => self.purposes = Some(purposes(usage)),
            ParsedExtension::SCT(list) => self.scts.extend(list.iter().map(|sct| Sct {
                log: hex(sct.id.key_id),
                at: Timestamp::from_millis(i64::try_from(sct.timestamp).unwrap_or(i64::MAX)),
            })),
            ParsedExtension::SubjectKeyIdentifier(id) => self.subject_key = Some(id.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                self.authority_key = id.key_identifier.as_ref().map(|id| id.0.to_vec());
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                self.pointers.crl = !points.points.is_empty();
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                let names = |wanted: &str| {
                    access
                        .iter()
                        .any(|entry| entry.access_method.to_id_string() == wanted)
                };
                self.pointers.ocsp = names(OCSP);
                self.pointers.ca_issuers = names(CA_ISSUERS);
            }
            ParsedExtension::CertificatePolicies(policies) => {
                self.forum_policy = policies
                    .iter()
                    .any(|policy| FORUM_POLICIES.contains(&&*policy.policy_id.to_id_string()));
            }
            ParsedExtension::ParseError { .. } => self.unreadable.push(number.to_owned()),
            _ => {}
        }
    }
}

fn purposes(usage: &ExtendedKeyUsage<'_>) -> Usage {
    Usage {
        server: usage.server_auth,
        any: usage.any,
        client: usage.client_auth,
        ocsp_signing: usage.ocsp_signing,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a foreign enum; TLS servers are named by DNS names and addresses only (RFC 9525 §6.2)"
)]
fn alt_name(name: &GeneralName<'_>) -> AltName {
    match name {
        GeneralName::DNSName(name) => AltName::Dns(Untrusted::from(*name)),
        GeneralName::IPAddress(bytes) => AltName::address(bytes),
        GeneralName::RFC822Name(name) | GeneralName::URI(name) => {
            AltName::Other(Untrusted::from(*name))
        }
        _ => AltName::Other(Untrusted::from("a name of another kind")),
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
