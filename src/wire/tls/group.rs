//! Key exchange groups (IANA "TLS Supported Groups").

use std::fmt;

use serde::{Deserialize, Serialize};

/// A group by its number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Group(pub u16);

/// Number, IANA name, and strength in bits of an equally strong RSA key (NIST SP 800-57 part 1,
/// table 2; for a curve between two rows, the lower row).
#[rustfmt::skip]
const GROUPS: &[(u16, &str, u16)] = &[
    (1, "sect163k1", 1024),          (2, "sect163r1", 1024),          (3, "sect163r2", 1024),
    (4, "sect193r1", 1024),          (5, "sect193r2", 1024),          (6, "sect233k1", 2048),
    (7, "sect233r1", 2048),          (8, "sect239k1", 2048),          (9, "sect283k1", 3072),
    (10, "sect283r1", 3072),         (11, "sect409k1", 7680),         (12, "sect409r1", 7680),
    (13, "sect571k1", 15360),        (14, "sect571r1", 15360),        (15, "secp160k1", 1024),
    (16, "secp160r1", 1024),         (17, "secp160r2", 1024),         (18, "secp192k1", 1024),
    (19, "secp192r1", 1024),         (20, "secp224k1", 2048),         (21, "secp224r1", 2048),
    (22, "secp256k1", 3072),         (23, "secp256r1", 3072),         (24, "secp384r1", 7680),
    (25, "secp521r1", 15360),        (26, "brainpoolP256r1", 3072),   (27, "brainpoolP384r1", 7680),
    (28, "brainpoolP512r1", 15360),  (29, "x25519", 3072),            (30, "x448", 7680),
    (31, "brainpoolP256r1tls13", 3072), (32, "brainpoolP384r1tls13", 7680),
    (33, "brainpoolP512r1tls13", 15360), (41, "curveSM2", 3072),
    (256, "ffdhe2048", 2048),        (257, "ffdhe3072", 3072),        (258, "ffdhe4096", 4096),
    (259, "ffdhe6144", 6144),        (260, "ffdhe8192", 8192),
    (512, "MLKEM512", 3072),         (513, "MLKEM768", 7680),         (514, "MLKEM1024", 15360),
    (0x11eb, "SecP256r1MLKEM768", 7680), (0x11ec, "X25519MLKEM768", 7680),
    (0x11ed, "SecP384r1MLKEM1024", 15360), (0x11ee, "curveSM2MLKEM768", 7680),
    (0x6399, "X25519Kyber768Draft00", 7680),
];

impl Group {
    /// NIST P-256.
    pub const SECP256R1: Self = Self(23);
    /// NIST P-384.
    pub const SECP384R1: Self = Self(24);
    /// NIST P-521.
    pub const SECP521R1: Self = Self(25);
    /// Curve25519 (RFC 7748).
    pub const X25519: Self = Self(29);
    /// Curve448 (RFC 7748).
    pub const X448: Self = Self(30);
    /// The hybrid that browsers send first since 2024.
    pub const X25519MLKEM768: Self = Self(0x11ec);

    /// The registered post-quantum hybrids (draft-ietf-tls-ecdhe-mlkem).
    pub const HYBRIDS: [Self; 3] = [Self(0x11ec), Self(0x11eb), Self(0x11ed)];

    /// What a ClientHello up to TLS 1.2 offers: every curve ever registered. No `ffdhe` group:
    /// naming one would stop a server from choosing its own, perhaps weak, group (RFC 7919 §4).
    pub const CURVES: [Self; 30] = [
        Self(29),
        Self(23),
        Self(24),
        Self(25),
        Self(30),
        Self(22),
        Self(26),
        Self(27),
        Self(28),
        Self(21),
        Self(20),
        Self(19),
        Self(18),
        Self(15),
        Self(16),
        Self(17),
        Self(9),
        Self(10),
        Self(11),
        Self(12),
        Self(13),
        Self(14),
        Self(6),
        Self(7),
        Self(8),
        Self(4),
        Self(5),
        Self(1),
        Self(2),
        Self(3),
    ];

    /// What TLS 1.3 can use without a hybrid: curves and `ffdhe` (RFC 8446 §4.2.7, RFC 8734).
    pub const CLASSICAL_TLS13: [Self; 13] = [
        Self(29),
        Self(23),
        Self(24),
        Self(25),
        Self(30),
        Self(31),
        Self(32),
        Self(33),
        Self(256),
        Self(257),
        Self(258),
        Self(259),
        Self(260),
    ];

    /// The IANA name, or the number in hex for a group nobody registered.
    #[must_use]
    pub fn name(self) -> String {
        self.row()
            .map_or_else(|| format!("0x{:04X}", self.0), |row| row.1.to_owned())
    }

    /// The size in bits of an RSA key of the same strength, if the group is known.
    #[must_use]
    pub fn rsa_equivalent(self) -> Option<u16> {
        self.row().map(|row| row.2)
    }

    /// True if a recording stays closed to a quantum computer: the hybrids and plain ML-KEM.
    #[must_use]
    pub const fn post_quantum(self) -> bool {
        matches!(self.0, 0x0200..=0x0202 | 0x11eb..=0x11ee | 0x6399)
    }

    fn row(self) -> Option<&'static (u16, &'static str, u16)> {
        GROUPS.iter().find(|row| row.0 == self.0)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, Group};

    #[test]
    fn the_table_is_sorted_and_what_is_offered_is_in_it() {
        assert!(GROUPS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let offered = [&Group::HYBRIDS[..], &Group::CURVES, &Group::CLASSICAL_TLS13].concat();
        assert!(offered.iter().all(|group| group.row().is_some()));
    }

    #[test]
    fn groups_have_names_strength_and_age() {
        let cases = [
            (0x0017, "secp256r1", Some(3072), false),
            (0x001d, "x25519", Some(3072), false),
            (0x0018, "secp384r1", Some(7680), false),
            (0x0100, "ffdhe2048", Some(2048), false),
            (0x11eb, "SecP256r1MLKEM768", Some(7680), true),
            (0x11ec, "X25519MLKEM768", Some(7680), true),
            (0x11ed, "SecP384r1MLKEM1024", Some(15360), true),
            (0x0a0a, "0x0A0A", None, false),
        ];
        for (id, name, bits, quantum) in cases {
            let group = Group(id);
            assert_eq!(
                (group.name().as_str(), group.rsa_equivalent()),
                (name, bits)
            );
            assert_eq!(group.post_quantum(), quantum, "{name}");
        }
    }
}
