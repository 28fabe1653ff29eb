//! One certificate.

use std::fmt;

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::alt_name::AltName;
use super::extensions::{Authority, Extensions, KeyUsage, Pointers, Sct, Usage, hex};
use super::key::Key;
use super::name;
use super::parts::Parts;
use super::scheme::Check;
use super::signature::{SignatureAlgorithm, fingerprint};
use super::spki::Spki;
use crate::model::{Timestamp, Untrusted};

/// A certificate of X.509 version 1 to 3, read but not judged (RFC 5280 §4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The name it is for; names of servers stand in `san`.
    pub subject: Untrusted,
    /// What a person would call it: the common name, or the last part of the subject.
    pub name: Untrusted,
    /// Alternative names (RFC 5280 §4.2.1.6), in order.
    pub san: Vec<AltName>,
    /// Who signed it, as it says.
    pub issuer: Untrusted,
    /// Hexadecimal digits.
    pub serial: String,
    /// 1, 2 or 3.
    pub version: u32,
    /// The first second of its life.
    pub not_before: Timestamp,
    /// The last second of its life, included.
    pub not_after: Timestamp,
    /// Its public key.
    pub key: Key,
    /// How it was signed.
    pub signature: SignatureAlgorithm,
    /// basicConstraints, if any.
    pub authority: Option<Authority>,
    /// extKeyUsage, if any: without it every purpose is allowed.
    pub purposes: Option<Usage>,
    /// Embedded signed certificate timestamps, in order.
    pub scts: Vec<Sct>,
    /// The owner wants it refused without a stapled OCSP response (RFC 7633).
    pub must_staple: bool,
    /// Where it says more can be had.
    pub pointers: Pointers,
    /// It claims one of the CA/Browser Forum's policies, as publicly trusted certificates must.
    pub forum_policy: bool,
    /// Extensions that could not be read, by dotted number.
    pub unreadable: Vec<String>,
    /// SHA-256 of the whole certificate, in hexadecimal digits.
    pub sha256: String,
    /// SHA-256 of the public key (RFC 7469 §2.4), in hexadecimal digits.
    pub spki_sha256: String,
    /// subjectAltName is there, even if empty.
    pub has_san: bool,
    /// The last common name; no client looks for the server's name there.
    pub common_name: Option<Untrusted>,
    /// keyUsage bits, if any.
    pub(super) key_usage: Option<u16>,
    /// subjectKeyIdentifier.
    pub(super) subject_key: Option<Vec<u8>>,
    /// authorityKeyIdentifier.
    pub(super) authority_key: Option<Vec<u8>>,
    /// The octets the chain is built from.
    pub(super) parts: Parts,
}

/// Octets that could not be read as a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The structure of RFC 5280 §4.1 is not there.
    NoCertificate,
    /// Bytes follow the certificate, so many.
    Trailing(usize),
    /// The structure is there, but something in it is beyond this program: others may read it.
    BeyondUs,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.pad("its bytes do not have the structure of a certificate"),
            Self::Trailing(bytes) => f.pad(&format!("{bytes} bytes follow the certificate")),
            Self::BeyondUs => f.pad("it has parts that this program cannot read"),
        }
    }
}

impl Certificate {
    /// Reads one certificate in DER. What can be read is read: only the outermost structure must
    /// hold.
    ///
    /// # Errors
    /// If it is not a certificate, or something follows it.
    pub fn parse(der: &[u8]) -> Result<Self, Malformed> {
        let parts = Parts::read(der).ok_or(Malformed::NoCertificate)?;
        let (rest, read) = X509Certificate::from_der(der).map_err(|_| Malformed::BeyondUs)?;
        if !rest.is_empty() {
            return Err(Malformed::Trailing(rest.len()));
        }
        Ok(Self::from_parts(der, &read, parts))
    }

    fn from_parts(der: &[u8], read: &X509Certificate<'_>, parts: Parts) -> Self {
        let extensions = Extensions::read(read);
        Self {
            subject: name::text(read.subject()),
            name: name::short(read.subject()),
            common_name: name::common(read.subject()),
            san: extensions.san,
            issuer: name::text(read.issuer()),
            serial: hex(read.raw_serial()),
            version: read.version().0.saturating_add(1),
            not_before: Timestamp::from_secs(read.validity().not_before.timestamp()),
            not_after: Timestamp::from_secs(read.validity().not_after.timestamp()),
            key: Key::read(read.public_key()),
            signature: SignatureAlgorithm::read(&read.signature_algorithm),
            authority: extensions.authority,
            purposes: extensions.purposes,
            scts: extensions.scts,
            must_staple: extensions.must_staple,
            pointers: extensions.pointers,
            forum_policy: extensions.forum_policy,
            unreadable: extensions.unreadable,
            sha256: fingerprint(der),
            spki_sha256: fingerprint(read.public_key().raw),
            has_san: extensions.has_san,
            key_usage: extensions.key_usage,
            subject_key: extensions.subject_key,
            authority_key: extensions.authority_key,
            parts,
        }
    }

    /// Subject and issuer are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        name::same(&self.parts.subject, &self.parts.issuer)
    }

    /// Self-issued, and not shown to be signed by another key.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        self.is_self_issued() && self.signed_by(&self.parts.spki) != Check::Invalid
    }

    /// Marked as an authority (RFC 5280 §4.2.1.9); before version 3, self-issued ones are.
    #[must_use]
    pub fn is_authority(&self) -> bool {
        self.authority
            .map_or(self.version < 3 && self.is_self_issued(), |marked| {
                marked.ca
            })
    }

    /// May the key be put to this use? Without keyUsage it may (RFC 5280 §4.2.1.3).
    #[must_use]
    pub fn may(&self, usage: KeyUsage) -> bool {
        self.key_usage.is_none_or(|bits| bits & usage.mask() != 0)
    }

    /// May a TLS server use it? Without extKeyUsage it may. anyExtendedKeyUsage alone is not
    /// enough: clients may refuse it (RFC 5280 §4.2.1.12), and OpenSSL and webpki do.
    #[must_use]
    pub fn is_for_servers(&self) -> bool {
        self.purposes.is_none_or(|purposes| purposes.server)
    }

    /// Seconds from the first to the last of its life, both included, as the Baseline Requirements
    /// count a validity period (§1.6.1). Zero if it ends before it begins.
    #[must_use]
    pub fn lifetime_seconds(&self) -> u64 {
        let span = self.not_after.secs().saturating_sub(self.not_before.secs());
        u64::try_from(span).map_or(0, |seconds| seconds.saturating_add(1))
    }

    /// Within its dates, the whole last second included.
    #[must_use]
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        (self.not_before.secs()..=self.not_after.secs()).contains(&at.secs())
    }

    /// Was it signed with this key?
    #[must_use]
    pub fn signed_by(&self, key: &Spki) -> Check {
        self.parts.signed_by(key)
    }

    /// Its key, to verify with.
    #[must_use]
    pub const fn spki(&self) -> &Spki {
        &self.parts.spki
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::Certificate;
    use crate::model::Host;
    use crate::wire::x509::fixtures::der;
    use crate::wire::x509::{Chain, Hash, names};

    fn parsed(name: &str) -> Certificate {
        Certificate::parse(&der(name)).expect("a certificate")
    }

    #[test]
    fn an_old_certificate_is_read_all_the_same() {
        let old = parsed("rsa1024-sha1-v1");
        assert_eq!(old.subject.raw(), "C=DE, O=Old\\, Inc, CN=old.example");
        assert_eq!(old.name.raw(), "old.example");
        assert_eq!(
            (old.version, old.key.bits, old.key.exponent),
            (1, 1024, Some(65537))
        );
        assert_eq!(
            (old.signature.name.as_str(), old.signature.hash),
            ("sha1WithRSAEncryption", Hash::Sha1)
        );
        assert!(old.is_self_signed() && old.is_authority() && !old.has_san);
        assert!(!names(&old, &Host::Name("old.example".to_owned())));
    }

    #[test]
    fn a_new_one_is_read_in_full() {
        let new = parsed("ocsp-leaf");
        let san: Vec<_> = new
            .san
            .iter()
            .map(|name| name.text().raw().to_owned())
            .collect();
        let expected = [
            "staple.example",
            "*.staple.example",
            "192.0.2.1",
            "2001:db8::1",
            "a@b.example",
        ];
        assert_eq!(san, expected);
        assert_eq!(new.serial, "00:c0:ff:ee".replace(':', ""));
        assert_eq!(new.key.to_string(), "EC prime256v1");
        assert_eq!(new.key.rsa_equivalent(), Some(3072));
        assert_eq!(new.signature.to_string(), "ecdsa-with-SHA256");
        assert!(new.must_staple && new.forum_policy && new.is_for_servers());
        assert!(new.pointers.ocsp && new.pointers.crl && new.pointers.ca_issuers);
        assert!(!new.is_authority() && !new.is_self_issued());
        assert_eq!(new.lifetime_seconds(), 3650 * 86_400 + 1);
    }

    #[test]
    fn hosts_are_matched_by_kind() {
        let certificate = parsed("ocsp-leaf");
        #[rustfmt::skip]
        let cases = [
            (Host::Name("staple.example".to_owned()),          true),
            (Host::Name("www.staple.example".to_owned()),      true),
            (Host::Name("a.www.staple.example".to_owned()),    false),
            (Host::Name("192.0.2.1".to_owned()),               false),
            (Host::Address([192, 0, 2, 1].into()),             true),
            (Host::Address([192, 0, 2, 2].into()),             false),
            (Host::Address("2001:db8::1".parse().expect("an address")), true),
        ];
        for (host, expected) in cases {
            assert_eq!(names(&certificate, &host), expected, "{host}");
        }
    }

    #[test]
    fn what_follows_a_certificate_is_not_overlooked() {
        let mut bytes = der("ocsp-leaf");
        bytes.push(0);
        assert!(Certificate::parse(&bytes).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Certificate::parse(&bytes);
            let _ = super::super::ocsp::Response::parse(&bytes);
            let _ = Chain::read(&[bytes.clone(), bytes]);
        }

        #[test]
        fn damaged_certificates_never_end_us(at in 0usize..650, flip in 1u8.., cut in 0usize..650) {
            for name in ["ocsp-leaf", "rsa1024-sha1-v1", "ocsp-delegated"] {
                let mut bytes = der(name);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= flip;
                }
                let _ = Certificate::parse(&bytes);
                let _ = super::super::ocsp::Response::parse(&bytes);
                let _ = Chain::read(&[bytes.clone(), der("ocsp-ca")]);
                bytes.truncate(cut);
                let _ = Certificate::parse(&bytes);
                let _ = super::super::ocsp::Response::parse(&bytes);
            }
        }
    }
}
