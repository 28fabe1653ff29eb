//! Public keys: kind, size and what size means.

use std::fmt;

use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::der::{Element, INTEGER, Reader, SEQUENCE};

/// What a certificate's key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The algorithm.
    pub kind: KeyKind,
    /// Exact length in bits: of the RSA modulus, the DSA prime, the curve. Zero when unknown.
    pub bits: u32,
    /// The curve's usual name, or its number when it has none here.
    pub curve: Option<String>,
    /// The RSA public exponent, when it fits.
    pub exponent: Option<u64>,
}

/// Public key algorithms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// rsaEncryption (RFC 8017).
    Rsa,
    /// id-RSASSA-PSS, for signatures only.
    RsaPss,
    /// id-ecPublicKey (RFC 5480).
    Ec,
    /// RFC 8410.
    Ed25519,
    /// RFC 8410.
    Ed448,
    /// id-dsa (RFC 3279).
    Dsa,
    /// ML-DSA (FIPS 204, RFC 9881); the number is its parameter set.
    MlDsa,
    /// Anything else, by dotted number.
    Other(String),
}

/// Curves by dotted number: name and bits (RFC 5480 §2.1.1.1, RFC 5639).
#[rustfmt::skip]
const CURVES: &[(&str, &str, u32)] = &[
    ("1.2.840.10045.3.1.1",    "prime192v1",      192),
    ("1.2.840.10045.3.1.7",    "prime256v1",      256),
    ("1.3.132.0.33",           "secp224r1",       224),
    ("1.3.132.0.34",           "secp384r1",       384),
    ("1.3.132.0.35",           "secp521r1",       521),
    ("1.3.132.0.10",           "secp256k1",       256),
    ("1.3.36.3.3.2.8.1.1.7",   "brainpoolP256r1", 256),
    ("1.3.36.3.3.2.8.1.1.11",  "brainpoolP384r1", 384),
    ("1.3.36.3.3.2.8.1.1.13",  "brainpoolP512r1", 512),
];

impl Key {
    /// The RSA length of like strength: SP 800-57 Part 1 Rev. 5, table 2. `None` when the size is
    /// unknown.
    #[must_use]
    pub fn rsa_equivalent(&self) -> Option<u32> {
        match &self.kind {
            KeyKind::Rsa | KeyKind::RsaPss | KeyKind::Dsa => (self.bits > 0).then_some(self.bits),
            KeyKind::Ec => (self.bits > 0).then(|| rsa_equivalent_of_curve(self.bits)),
            KeyKind::Ed25519 => Some(3072),
            KeyKind::Ed448 => Some(7680),
            // Categories 2, 3 and 5 of FIPS 204: at least as hard as a collision of SHA-256,
            // AES-192 and AES-256.
            KeyKind::MlDsa => Some(match self.bits {
                44 => 3072,
                65 => 7680,
                _ => 15360,
            }),
            KeyKind::Other(_) => None,
        }
    }

    pub(super) fn read(spki: &SubjectPublicKeyInfo<'_>) -> Self {
        let number = spki.algorithm.algorithm.to_id_string();
        let kind = kind(&number);
        let mut key = Self {
            kind,
            bits: 0,
            curve: None,
            exponent: None,
        };
        match &key.kind {
            KeyKind::Rsa | KeyKind::RsaPss => key.read_rsa(&spki.subject_public_key.data),
            KeyKind::Ec => key.read_curve(spki),
            KeyKind::Ed25519 => key.bits = 256,
            KeyKind::Ed448 => key.bits = 456,
            KeyKind::Dsa => key.bits = dsa_prime(spki).unwrap_or(0),
            KeyKind::MlDsa => {
                key.bits = match number.rsplit('.').next() {
                    Some("17") => 44,
                    Some("18") => 65,
                    _ => 87,
                }
            }
            KeyKind::Other(_) => {}
        }
        key
    }

    /// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017 §A.1.1).
    fn read_rsa(&mut self, bytes: &[u8]) {
        let Some(mut inside) = Reader::new(bytes).take(SEQUENCE).map(Element::inside) else {
            return;
        };
        let modulus = inside.take(INTEGER).map(|integer| integer.body);
        let exponent = inside.take(INTEGER).map(|integer| integer.body);
        self.bits = modulus.map_or(0, bit_length);
        self.exponent = exponent.and_then(small);
    }

    fn read_curve(&mut self, spki: &SubjectPublicKeyInfo<'_>) {
        let parameters = spki.algorithm.parameters.as_ref();
        let Some(number) = parameters.and_then(|any| any.clone().oid().ok()) else {
            // Explicit parameters (RFC 5480 §2.1.1 forbids them): the point tells the field's size.
            if let Ok(PublicKey::EC(point)) = spki.parsed() {
                self.bits = u32::try_from(point.key_size()).unwrap_or(0);
            }
            self.curve = Some("explicit parameters".to_owned());
            return;
        };
        let number = number.to_id_string();
        let known = CURVES.iter().find(|(dotted, _, _)| *dotted == number);
        self.bits = known.map_or(0, |(_, _, bits)| *bits);
        self.curve = Some(known.map_or(number, |(_, name, _)| (*name).to_owned()));
    }
}

impl fmt::Display for Key {
    /// `RSA 2048`, `EC prime256v1`, `Ed25519`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.kind, &self.curve) {
            (KeyKind::Ec, Some(curve)) => f.pad(&format!("EC {curve}")),
            (KeyKind::Ec, None) => f.pad("EC"),
            (KeyKind::Rsa, _) => f.pad(&format!("RSA {}", self.bits)),
            (KeyKind::RsaPss, _) => f.pad(&format!("RSA-PSS {}", self.bits)),
            (KeyKind::Dsa, _) => f.pad(&format!("DSA {}", self.bits)),
            (KeyKind::MlDsa, _) => f.pad(&format!("ML-DSA-{}", self.bits)),
            (KeyKind::Ed25519, _) => f.pad("Ed25519"),
            (KeyKind::Ed448, _) => f.pad("Ed448"),
            (KeyKind::Other(number), _) => f.pad(&format!("algorithm {number}")),
        }
    }
}

/// The RSA length as strong as a curve of `bits`: SP 800-57 Part 1 Rev. 5, table 2.
const fn rsa_equivalent_of_curve(bits: u32) -> u32 {
    match bits {
        512.. => 15360,
        384..=511 => 7680,
        253..=383 => 3072,
        224..=252 => 2048,
        160..=223 => 1024,
        0..=159 => 512,
    }
}

fn kind(number: &str) -> KeyKind {
    match number {
        "1.2.840.113549.1.1.1" => KeyKind::Rsa,
        "1.2.840.113549.1.1.10" => KeyKind::RsaPss,
        "1.2.840.10045.2.1" => KeyKind::Ec,
        "1.3.101.112" => KeyKind::Ed25519,
        "1.3.101.113" => KeyKind::Ed448,
        "1.2.840.10040.4.1" => KeyKind::Dsa,
        "2.16.840.1.101.3.4.3.17" | "2.16.840.1.101.3.4.3.18" | "2.16.840.1.101.3.4.3.19" => {
            KeyKind::MlDsa
        }
        other => KeyKind::Other(other.to_owned()),
    }
}

/// Dss-Parms ::= SEQUENCE { p INTEGER, … } (RFC 3279 §2.3.2).
fn dsa_prime(spki: &SubjectPublicKeyInfo<'_>) -> Option<u32> {
    let parameters = spki.algorithm.parameters.as_ref()?;
    Some(bit_length(Reader::new(parameters.data).take(INTEGER)?.body))
}

/// The length of a big-endian integer without its leading zero bits.
fn bit_length(bytes: &[u8]) -> u32 {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let Some(first) = bytes.get(zeros) else {
        return 0;
    };
    let octets = u32::try_from(bytes.len() - zeros).unwrap_or(u32::MAX / 8);
    octets * 8 - first.leading_zeros()
}

/// A big-endian integer that fits into 64 bits.
fn small(bytes: &[u8]) -> Option<u64> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = bytes.get(zeros..)?;
    (digits.len() <= 8).then(|| {
        digits
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::{bit_length, small};

    #[test]
    fn integers_are_measured_to_the_bit() {
        for (bytes, bits) in [
            (&[][..], 0),
            (&[0], 0),
            (&[0, 0xff], 8),
            (&[0x7f, 0], 15),
            (&[1], 1),
        ] {
            assert_eq!(bit_length(bytes), bits, "{bytes:?}");
        }
        assert_eq!(small(&[0, 1, 0, 1]), Some(65537));
        assert_eq!(small(&[1; 9]), None);
    }
}
