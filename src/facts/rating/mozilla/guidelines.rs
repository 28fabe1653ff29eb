//! The machine-readable guidelines, editions 5.7, 5.8 and 6.0, newest first.
//!
//! Source: `https://ssl-config.mozilla.org/guidelines/<edition>.json`.

use crate::model::TlsProfile::{self, Intermediate, Modern, Old};
use crate::wire::tls::Version::{self, Tls10, Tls11, Tls12, Tls13};

/// `hsts_min_age`, the same in all of them, in seconds.
pub(super) const HSTS_MIN_AGE: u64 = 63_072_000;

/// One configuration of one edition.
pub(super) struct Guideline {
    pub(super) version: &'static str,
    pub(super) profile: TlsProfile,
    pub(super) versions: &'static [Version],
    suites: &'static [&'static [&'static str]],
    /// Names as registered with IANA: `prime256v1` there is secp256r1 here.
    pub(super) groups: &'static [&'static str],
    /// ECDSA certificates on P-256 and P-384 are among the types.
    pub(super) ecdsa: bool,
    /// `rsa_key_size`, where RSA is among the types.
    pub(super) rsa_bits: Option<u32>,
    pub(super) signatures: &'static [&'static str],
    pub(super) dh_bits: Option<u32>,
    pub(super) longest_days: u64,
    /// `server_preferred_order`: false means that none is asked for.
    pub(super) server_order: bool,
}

impl Guideline {
    /// Every allowed suite by its IANA name.
    pub(super) fn suites(&self) -> impl Iterator<Item = &'static str> {
        self.suites.iter().flat_map(|list| list.iter().copied())
    }
}

const TLS13: &[&str] = &[
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
];

const EPHEMERAL_AEAD: &[&str] = &[
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

const DHE_AEAD: &[&str] = &[
    "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

const DHE_CBC: &[&str] = &[
    "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
];

const LEGACY: &[&str] = &[
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
];

const CLASSICAL: &[&str] = &["x25519", "secp256r1", "secp384r1"];
const HYBRID_FIRST: &[&str] = &["X25519MLKEM768", "x25519", "secp256r1", "secp384r1"];

const ECDSA: &[&str] = &[
    "ecdsa-with-SHA256",
    "ecdsa-with-SHA384",
    "ecdsa-with-SHA512",
];
const RSA_OR_ECDSA: &[&str] = &[
    "sha256WithRSAEncryption",
    "ecdsa-with-SHA256",
    "ecdsa-with-SHA384",
    "ecdsa-with-SHA512",
];
const RSA: &[&str] = &["sha256WithRSAEncryption"];

const MODERN: Guideline = Guideline {
    version: "6.0",
    profile: Modern,
    versions: &[Tls13],
    suites: &[TLS13],
    groups: HYBRID_FIRST,
    ecdsa: true,
    rsa_bits: None,
    signatures: ECDSA,
    dh_bits: None,
    longest_days: 90,
    server_order: false,
};

const INTERMEDIATE: Guideline = Guideline {
    profile: Intermediate,
    versions: &[Tls12, Tls13],
    suites: &[TLS13, EPHEMERAL_AEAD],
    rsa_bits: Some(2048),
    signatures: RSA_OR_ECDSA,
    dh_bits: Some(2048),
    longest_days: 366,
    ..MODERN
};

const OLD: Guideline = Guideline {
    version: "5.8",
    profile: Old,
    versions: &[Tls10, Tls11, Tls12, Tls13],
    suites: &[TLS13, EPHEMERAL_AEAD, LEGACY],
    ecdsa: false,
    signatures: RSA,
    server_order: true,
    ..INTERMEDIATE
};

/// Newest edition first; the profiles that did not change between two editions share their rows.
pub(super) const GUIDELINES: &[Guideline] = &[
    MODERN,
    INTERMEDIATE,
    Guideline {
        version: "5.8",
        ..MODERN
    },
    Guideline {
        version: "5.8",
        ..INTERMEDIATE
    },
    OLD,
    Guideline {
        version: "5.7",
        groups: CLASSICAL,
        ..MODERN
    },
    Guideline {
        version: "5.7",
        suites: &[TLS13, EPHEMERAL_AEAD, DHE_AEAD],
        groups: CLASSICAL,
        ..INTERMEDIATE
    },
    Guideline {
        version: "5.7",
        suites: &[TLS13, EPHEMERAL_AEAD, DHE_AEAD, DHE_CBC, LEGACY],
        groups: CLASSICAL,
        dh_bits: Some(1024),
        ..OLD
    },
];

#[cfg(test)]
mod tests {
    use super::GUIDELINES;
    use crate::wire::tls::CipherSuite;

    #[test]
    fn the_lists_are_as_long_as_published_and_every_name_is_known() {
        let shape: Vec<_> = GUIDELINES
            .iter()
            .map(|one| (one.version, one.suites().count() - 3, one.groups.len()))
            .collect();
        #[rustfmt::skip]
        assert_eq!(shape, [
            ("6.0", 0, 4), ("6.0", 6, 4),
            ("5.8", 0, 4), ("5.8", 6, 4), ("5.8", 21, 4),
            ("5.7", 0, 3), ("5.7", 9, 3), ("5.7", 26, 3),
        ]);
        for name in GUIDELINES.iter().flat_map(super::Guideline::suites) {
            assert!(CipherSuite::by_name(name).is_some(), "{name}");
        }
    }
}
