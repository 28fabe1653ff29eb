//! From the name of a signature scheme to something that verifies it.

use aws_lc_rs::signature::{
    self as aws, EcdsaVerificationAlgorithm, RsaParameters, RsaPssSaltLength, VerificationAlgorithm,
};

use super::der::{Element, OID, Reader, SEQUENCE, context};
use super::spki::Spki;

/// The answer to "is this the signature of that key?"
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is.
    Valid,
    /// It is not.
    Invalid,
    /// The algorithm or the key is too weak: no current client verifies it (SHA-1, MD5, RSA below
    /// 2048 bits).
    TooWeak,
    /// The algorithm or the key is beyond this program; clients may well verify it.
    BeyondUs,
}

/// A digest of the SHA-2 family, or SHA-1 where a handshake was signed with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// How something was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1(Digest),
    /// RSASSA-PSS, its mask made with the same digest, and the octets of its salt.
    Pss(Digest, u16),
    /// RSASSA-PSS with SHA-1, which is what it means when nothing is stated.
    WeakPss,
    Ecdsa(Digest),
    Ed25519,
    /// FIPS 204, by parameter set.
    MlDsa(u8),
}

const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";
const ED25519: &str = "1.3.101.112";
const MGF1: &str = "1.2.840.113549.1.1.8";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";
const P521: &str = "1.3.132.0.35";
const SECP256K1: &str = "1.3.132.0.10";
const ML_DSA: [(&str, u8); 3] = [
    ("2.16.840.1.101.3.4.3.17", 44),
    ("2.16.840.1.101.3.4.3.18", 65),
    ("2.16.840.1.101.3.4.3.19", 87),
];

impl Digest {
    const fn octets(self) -> u16 {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of an AlgorithmIdentifier; SHA-1 where there is none (RFC 4055 §3.1).
    fn read(stated: Option<Element<'_>>) -> Option<Self> {
        let Some(explicit) = stated else {
            return Some(Self::Sha1);
        };
        Self::of_identifier(explicit.inside().take(SEQUENCE)?)
    }

    fn of_identifier(identifier: Element<'_>) -> Option<Self> {
        match identifier.inside().take(OID)?.dotted()?.as_str() {
            "1.3.14.3.2.26" => Some(Self::Sha1),
            "2.16.840.1.101.3.4.2.1" => Some(Self::Sha256),
            "2.16.840.1.101.3.4.2.2" => Some(Self::Sha384),
            "2.16.840.1.101.3.4.2.3" => Some(Self::Sha512),
            _ => None,
        }
    }
}

impl Scheme {
    /// From the contents of an AlgorithmIdentifier (RFC 4055, RFC 5758 §3.2, RFC 8410, RFC 9881).
    pub(super) fn of_certificate(algorithm: &[u8]) -> Option<Self> {
        let mut inside = Reader::new(algorithm);
        let number = inside.take(OID)?.dotted()?;
        let ml_dsa = ML_DSA.iter().find(|(dotted, _)| *dotted == number);
        match number.as_str() {
            "1.2.840.113549.1.1.11" => Some(Self::Pkcs1(Digest::Sha256)),
            "1.2.840.113549.1.1.12" => Some(Self::Pkcs1(Digest::Sha384)),
            "1.2.840.113549.1.1.13" => Some(Self::Pkcs1(Digest::Sha512)),
            "1.2.840.10045.4.3.2" => Some(Self::Ecdsa(Digest::Sha256)),
            "1.2.840.10045.4.3.3" => Some(Self::Ecdsa(Digest::Sha384)),
            "1.2.840.10045.4.3.4" => Some(Self::Ecdsa(Digest::Sha512)),
            RSA_PSS => Self::pss(inside.take(SEQUENCE)?),
            ED25519 => Some(Self::Ed25519),
            _ => ml_dsa.map(|(_, set)| Self::MlDsa(*set)),
        }
    }

    /// From the number of a handshake's scheme (RFC 8446 §4.2.3). At TLS 1.2 the numbers of ECDSA
    /// name a digest, and no curve.
    pub(super) const fn of_handshake(number: u16) -> Option<Self> {
        use Digest::{Sha1, Sha256, Sha384, Sha512};
        match number {
            0x0201 => Some(Self::Pkcs1(Sha1)),
            0x0401 => Some(Self::Pkcs1(Sha256)),
            0x0501 => Some(Self::Pkcs1(Sha384)),
            0x0601 => Some(Self::Pkcs1(Sha512)),
            0x0203 => Some(Self::Ecdsa(Sha1)),
            0x0403 => Some(Self::Ecdsa(Sha256)),
            0x0503 => Some(Self::Ecdsa(Sha384)),
            0x0603 => Some(Self::Ecdsa(Sha512)),
            0x0804 | 0x0809 => Some(Self::Pss(Sha256, Sha256.octets())),
            0x0805 | 0x080a => Some(Self::Pss(Sha384, Sha384.octets())),
            0x0806 | 0x080b => Some(Self::Pss(Sha512, Sha512.octets())),
            0x0807 => Some(Self::Ed25519),
            0x0904 => Some(Self::MlDsa(44)),
            0x0905 => Some(Self::MlDsa(65)),
            0x0906 => Some(Self::MlDsa(87)),
            _ => None,
        }
    }

    /// RSASSA-PSS-params ::= SEQUENCE { hash [0], mask [1], salt [2] INTEGER DEFAULT 20, … }
    fn pss(parameters: Element<'_>) -> Option<Self> {
        let mut inside = parameters.inside();
        let digest = Digest::read(inside.optional(context(0)))?;
        let mask = match inside.optional(context(1)) {
            None => Digest::Sha1,
            Some(explicit) => {
                let mut generator = explicit.inside().take(SEQUENCE)?.inside();
                let is_mgf1 = generator.take(OID)?.dotted()? == MGF1;
                Digest::of_identifier(generator.take(SEQUENCE).filter(|_| is_mgf1)?)?
            }
        };
        let salt = match inside.optional(context(2)) {
            None => 20,
            Some(explicit) => explicit.inside().read()?.unsigned()?,
        };
        if digest == Digest::Sha1 {
            return Some(Self::WeakPss);
        }
        let salt = u16::try_from(salt).ok()?;
        (mask == digest).then_some(Self::Pss(digest, salt))
    }
}

/// Verifies signatures of one scheme with keys of one kind.
pub(super) enum Verifier {
    Rsa(RsaParameters),
    Other(&'static dyn VerificationAlgorithm),
}

impl Verifier {
    /// What verifies `scheme` with `key`, or the answer that stands in its place.
    pub(super) fn find(scheme: Scheme, key: &Spki) -> Result<Self, Check> {
        let (algorithm, curve) = key.kind().ok_or(Check::BeyondUs)?;
        let found = match (scheme, algorithm.as_str()) {
            (Scheme::Pkcs1(digest), RSA) => {
                size(key)?;
                Some(Self::Rsa(pkcs1(digest)))
            }
            (Scheme::Pss(digest, salt), RSA | RSA_PSS) => {
                size(key)?;
                pss(digest, salt).map(Self::Rsa)
            }
            (Scheme::Ecdsa(digest), EC) => {
                ecdsa(curve.as_deref(), digest).map(|algorithm| Self::Other(algorithm))
            }
            (Scheme::Ed25519, ED25519) => Some(Self::Other(&aws::ED25519)),
            (Scheme::MlDsa(set), number) if ML_DSA.contains(&(number, set)) => {
                Some(Self::Other(match set {
                    44 => &aws::ML_DSA_44,
                    65 => &aws::ML_DSA_65,
                    _ => &aws::ML_DSA_87,
                }))
            }
            // A key of another kind cannot have made it.
            (_, RSA | RSA_PSS | EC | ED25519) => return Err(Check::Invalid),
            _ => None,
        };
        found.ok_or(Check::BeyondUs)
    }

    pub(super) fn check(&self, key: &Spki, message: &[u8], signature: &[u8]) -> Check {
        let verified = match self {
            Self::Rsa(algorithm) => algorithm.verify_sig(&key.bits, message, signature),
            Self::Other(algorithm) => algorithm.verify_sig(&key.bits, message, signature),
        };
        match verified {
            Ok(()) => Check::Valid,
            Err(_) => Check::Invalid,
        }
    }
}

/// RSA below 2048 bits is refused by every current client (and by Baseline Requirements §6.1.5);
/// above 8192 bits our cryptography does not go.
fn size(key: &Spki) -> Result<(), Check> {
    match RsaParameters::public_modulus_len(&key.bits) {
        Ok(2048..=8192) => Ok(()),
        Ok(..2048) => Err(Check::TooWeak),
        Ok(_) | Err(_) => Err(Check::BeyondUs),
    }
}

const fn pkcs1(digest: Digest) -> RsaParameters {
    match digest {
        Digest::Sha1 => aws::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Digest::Sha256 => aws::RSA_PKCS1_2048_8192_SHA256,
        Digest::Sha384 => aws::RSA_PKCS1_2048_8192_SHA384,
        Digest::Sha512 => aws::RSA_PKCS1_2048_8192_SHA512,
    }
}

const fn pss(digest: Digest, salt: u16) -> Option<RsaParameters> {
    let parameters = match digest {
        Digest::Sha1 => return None,
        Digest::Sha256 => aws::RSA_PSS_2048_8192_SHA256,
        Digest::Sha384 => aws::RSA_PSS_2048_8192_SHA384,
        Digest::Sha512 => aws::RSA_PSS_2048_8192_SHA512,
    };
    Some(parameters.with_pss_salt_length(RsaPssSaltLength::Custom(salt)))
}

fn ecdsa(curve: Option<&str>, digest: Digest) -> Option<&'static EcdsaVerificationAlgorithm> {
    use Digest::{Sha1, Sha256, Sha384, Sha512};
    match (curve?, digest) {
        (P256, Sha1) => Some(&aws::ECDSA_P256_SHA1_ASN1),
        (P256, Sha256) => Some(&aws::ECDSA_P256_SHA256_ASN1),
        (P256, Sha384) => Some(&aws::ECDSA_P256_SHA384_ASN1),
        (P256, Sha512) => Some(&aws::ECDSA_P256_SHA512_ASN1),
        (P384, Sha256) => Some(&aws::ECDSA_P384_SHA256_ASN1),
        (P384, Sha384) => Some(&aws::ECDSA_P384_SHA384_ASN1),
        (P384, Sha512) => Some(&aws::ECDSA_P384_SHA512_ASN1),
        (P521, Sha1) => Some(&aws::ECDSA_P521_SHA1_ASN1),
        (P521, Sha256) => Some(&aws::ECDSA_P521_SHA256_ASN1),
        (P521, Sha384) => Some(&aws::ECDSA_P521_SHA384_ASN1),
        (P521, Sha512) => Some(&aws::ECDSA_P521_SHA512_ASN1),
        (SECP256K1, Sha256) => Some(&aws::ECDSA_P256K1_SHA256_ASN1),
        _ => None,
    }
}
