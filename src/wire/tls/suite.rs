//! Cipher suites: what a number promises.

use std::fmt;

use super::class::Class;
use super::version::Version;

/// A registered cipher suite of SSLv3 and later, with what its name says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CipherSuite {
    pub(super) id: u16,
    pub(super) name: &'static str,
    pub(super) key_exchange: KeyExchange,
    pub(super) authentication: Authentication,
    pub(super) mode: Mode,
    pub(super) bits: u16,
    pub(super) forward_secret: bool,
    pub(super) needs: Needs,
    pub(super) before_tls12: bool,
    pub(super) classes: Classes,
}

/// A set of classes, a bit each, the worst one lowest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Classes(u16);

impl Classes {
    pub(super) const NONE: Self = Self(0);

    /// The set, and `class` as well if `belongs`.
    pub(super) const fn with(self, class: Class, belongs: bool) -> Self {
        Self(self.0 | ((belongs as u16) << class as u16))
    }

    const fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u16) != 0
    }
}

/// How the keys of the session are agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyExchange {
    /// Encrypted to the certificate's RSA key: no forward secrecy.
    Rsa,
    /// A Diffie-Hellman key inside the certificate: no forward secrecy.
    StaticDh,
    /// An elliptic-curve key inside the certificate: no forward secrecy.
    StaticEcdh,
    /// Ephemeral Diffie-Hellman over a prime field.
    Dhe,
    /// Ephemeral Diffie-Hellman over an elliptic curve.
    Ecdhe,
    /// A shared secret alone.
    Psk,
    /// A password.
    Password,
    /// A Kerberos ticket.
    Kerberos,
    /// GOST R 34.10, Russia's national suites.
    Gost,
    /// TLS 1.3: always ephemeral, and not part of the suite.
    Tls13,
}

/// How the server proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authentication {
    /// Not at all: whoever answers is believed.
    Anonymous,
    /// An RSA certificate.
    Rsa,
    /// An ECDSA or EdDSA certificate.
    Ecdsa,
    /// A DSA certificate.
    Dss,
    /// A GOST certificate.
    Gost,
    /// Knowledge of the secret, the password or the ticket.
    Shared,
    /// TLS 1.3: by the signature algorithms, not by the suite.
    Tls13,
}

/// What the two sides must have beforehand to use a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Needs {
    /// Nothing, or a certificate of today.
    Common,
    /// A certificate with a DSA or a Diffie-Hellman key, which no public authority issues.
    DatedCertificate,
    /// A secret, a password or a Kerberos realm in common: no client of the web has one.
    SharedSecret,
}

/// How bytes are kept from readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Not at all.
    Null,
    /// A stream cipher with a separate MAC.
    Stream,
    /// A block cipher in CBC, MAC then encrypt.
    Cbc,
    /// Authenticated encryption.
    Aead,
}

impl CipherSuite {
    /// The number on the wire.
    #[must_use]
    pub const fn id(self) -> u16 {
        self.id
    }

    /// The IANA name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// How its keys are agreed on.
    #[must_use]
    pub const fn key_exchange(self) -> KeyExchange {
        self.key_exchange
    }

    /// How the server proves who it is.
    #[must_use]
    pub const fn authentication(self) -> Authentication {
        self.authentication
    }

    /// How bytes are kept from readers.
    #[must_use]
    pub const fn mode(self) -> Mode {
        self.mode
    }

    /// The strength of the encryption in bits: what is left of it, not what is written on it
    /// (3DES 112, export 40 or 56).
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.bits
    }

    /// True if recorded traffic stays closed when the server's key leaks later.
    #[must_use]
    pub const fn forward_secret(self) -> bool {
        self.forward_secret
    }

    /// True for authenticated encryption.
    #[must_use]
    pub const fn aead(self) -> bool {
        matches!(self.mode, Mode::Aead)
    }

    /// True for the suites of TLS 1.3, which no earlier version can use, nor the other way round.
    #[must_use]
    pub const fn is_tls13(self) -> bool {
        matches!(self.key_exchange, KeyExchange::Tls13)
    }

    /// What the two sides must have beforehand.
    #[must_use]
    pub const fn needs(self) -> Needs {
        self.needs
    }

    /// True if a server may take the suite at `version`: authenticated encryption and the suites
    /// with a SHA-2 MAC came with TLS 1.2 (RFC 5246 §1.2, RFC 5288 §4, RFC 5289 §3).
    #[must_use]
    pub const fn usable_at(self, version: Version) -> bool {
        match version {
            Version::Ssl2 => false,
            Version::Tls13 => self.is_tls13(),
            Version::Tls12 => !self.is_tls13(),
            Version::Ssl3 | Version::Tls10 | Version::Tls11 => self.before_tls12,
        }
    }

    /// Whether the suite belongs to `class`.
    #[must_use]
    pub const fn is(self, class: Class) -> bool {
        self.classes.has(class)
    }

    /// Every class it belongs to, worst first. None: ephemeral elliptic curves (or a shared
    /// secret) with authenticated encryption, or TLS 1.3.
    pub fn classes(self) -> impl Iterator<Item = Class> {
        Class::ALL.into_iter().filter(move |class| self.is(*class))
    }

    /// The suites that Mozilla's intermediate profile and RFC 9325 §4.2 want of TLS 1.2: an
    /// ephemeral curve, a certificate, AES-GCM or ChaCha20-Poly1305.
    #[must_use]
    pub const fn is_modern_tls12(self) -> bool {
        matches!(self.id, 0xc02b | 0xc02c | 0xc02f | 0xc030 | 0xcca8 | 0xcca9)
    }
}

impl fmt::Debug for CipherSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for CipherSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::{CipherSuite, Class, KeyExchange, Needs};
    use crate::wire::tls::Version;

    /// Number, IANA name, forward secrecy, bits, classes.
    #[rustfmt::skip]
    const CASES: &[(u16, &str, bool, u16, &str)] = &[
        (0x0001, "TLS_RSA_WITH_NULL_MD5",                       false,   0, "null static-rsa"),
        (0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5",              false,  40, "export rc4 static-rsa"),
        (0x0005, "TLS_RSA_WITH_RC4_128_SHA",                    false, 128, "rc4 static-rsa"),
        (0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA",                   false, 128, "small-block static-rsa cbc"),
        (0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA",           false,  40, "export des small-block static-rsa cbc"),
        (0x0009, "TLS_RSA_WITH_DES_CBC_SHA",                    false,  56, "des small-block static-rsa cbc"),
        (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA",               false, 112, "small-block static-rsa cbc"),
        (0x000d, "TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA",            false, 112, "small-block static-rsa cbc"),
        (0x0018, "TLS_DH_anon_WITH_RC4_128_MD5",                true,  128, "anonymous rc4 dhe"),
        (0x0026, "TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA",         false,  40, "export des small-block cbc"),
        (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA",                false, 128, "static-rsa cbc"),
        (0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",            true,  256, "cbc dhe"),
        (0x0061, "TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5",      false,  56, "export small-block static-rsa cbc"),
        (0x0064, "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA",          false,  56, "export rc4 static-rsa"),
        (0x0081, "TLS_GOSTR341001_WITH_28147_CNT_IMIT",         false, 256, "small-block"),
        (0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256",             false, 128, "static-rsa"),
        (0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",         true,  256, "dhe"),
        (0x00a8, "TLS_PSK_WITH_AES_128_GCM_SHA256",             false, 128, ""),
        (0x1301, "TLS_AES_128_GCM_SHA256",                      true,  128, ""),
        (0x1303, "TLS_CHACHA20_POLY1305_SHA256",                true,  256, ""),
        (0xc005, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA",         false, 256, "static-rsa cbc"),
        (0xc010, "TLS_ECDHE_RSA_WITH_NULL_SHA",                 true,    0, "null"),
        (0xc018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",          true,  128, "anonymous cbc"),
        (0xc01d, "TLS_SRP_SHA_WITH_AES_128_CBC_SHA",            false, 128, "cbc"),
        (0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",       true,  128, ""),
        (0xc0aa, "TLS_PSK_DHE_WITH_AES_128_CCM_8",              true,  128, "dhe"),
        (0xc0b4, "TLS_SHA256_SHA256",                           true,    0, "null"),
        (0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", true, 256, ""),
        (0xfeff, "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA",          false, 112, "small-block static-rsa cbc"),
    ];

    #[test]
    fn a_name_says_it_all() {
        for (id, name, secret, bits, classes) in CASES {
            let suite = CipherSuite::by_id(*id).unwrap();
            let found: Vec<_> = suite.classes().map(Class::name).collect();
            assert_eq!(suite.name(), *name);
            assert_eq!(suite.forward_secret(), *secret, "{name}");
            assert_eq!(suite.bits(), *bits, "{name}");
            assert_eq!(found.join(" "), *classes, "{name}");
            assert_eq!(CipherSuite::by_name(name), Some(suite));
        }
    }

    #[test]
    fn some_suites_need_what_no_client_of_the_web_has() {
        let needs = |id| CipherSuite::by_id(id).unwrap().needs();
        for id in [0x0005, 0x0018, 0x0081, 0x1301, 0xc004, 0xc02f] {
            assert_eq!(needs(id), Needs::Common, "{id:#x}");
        }
        for id in [0x000d, 0x0010, 0x0032] {
            assert_eq!(needs(id), Needs::DatedCertificate, "{id:#x}");
        }
        for id in [0x001e, 0x008a, 0x0094, 0xc01b, 0xc0b0, 0xd001] {
            assert_eq!(needs(id), Needs::SharedSecret, "{id:#x}");
        }
    }

    #[test]
    fn versions_take_their_own_suites() {
        let usable = |id, version| CipherSuite::by_id(id).unwrap().usable_at(version);
        assert!(usable(0x002f, Version::Ssl3) && usable(0x002f, Version::Tls12));
        assert!(!usable(0x003c, Version::Tls11) && usable(0x003c, Version::Tls12));
        assert!(!usable(0xc02f, Version::Tls10) && !usable(0xc02f, Version::Tls13));
        assert!(usable(0x1301, Version::Tls13) && !usable(0x1301, Version::Tls12));
    }

    #[test]
    fn six_suites_are_modern_and_have_no_class() {
        let modern: Vec<_> = CipherSuite::all().filter(|s| s.is_modern_tls12()).collect();
        assert_eq!(modern.len(), 6);
        assert!(modern.iter().all(|s| s.classes().next().is_none()));
        assert!(
            modern
                .iter()
                .all(|s| s.key_exchange() == KeyExchange::Ecdhe)
        );
    }
}
