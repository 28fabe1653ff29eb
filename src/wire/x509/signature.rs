//! Signatures on certificates and OCSP responses: by which algorithm, and do they verify?

use std::fmt;

use rustls::SupportedCipherSuite;
use rustls::crypto::aws_lc_rs::cipher_suite;
use x509_parser::x509::AlgorithmIdentifier;

use super::der::{Element, OID, Reader};
use super::extensions::hex;
use super::scheme::{Check, Scheme, Verifier};
use super::spki::Spki;

/// A signature algorithm by its name in the standards, e.g. `sha256WithRSAEncryption`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureAlgorithm {
    /// The name, or the dotted number when there is none here.
    pub name: String,
    /// What is signed is this digest of the contents.
    pub hash: Hash,
}

/// The digest behind a signature, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hash {
    /// RFC 1319; broken.
    Md2,
    /// RFC 1320; broken.
    Md4,
    /// RFC 1321; collisions in seconds.
    Md5,
    /// FIPS 180-4; collisions shown in 2017.
    Sha1,
    /// SHA-2 or better, or one built into the signature (EdDSA, ML-DSA).
    Strong,
    /// An algorithm this version does not know.
    Unknown,
}

use Hash::{Md2, Md4, Md5, Sha1, Strong};

/// RFC 3279 §2.2, RFC 4055, RFC 5758 §3, RFC 8410, RFC 9881; the OIW numbers are from before them.
#[rustfmt::skip]
const ALGORITHMS: &[(&str, &str, Hash)] = &[
    ("1.2.840.113549.1.1.2",    "md2WithRSAEncryption",    Md2),
    ("1.2.840.113549.1.1.3",    "md4WithRSAEncryption",    Md4),
    ("1.2.840.113549.1.1.4",    "md5WithRSAEncryption",    Md5),
    ("1.3.14.3.2.3",            "md5WithRSA",              Md5),
    ("1.2.840.113549.1.1.5",    "sha1WithRSAEncryption",   Sha1),
    ("1.3.14.3.2.29",           "sha1WithRSA",             Sha1),
    ("1.2.840.113549.1.1.14",   "sha224WithRSAEncryption", Strong),
    ("1.2.840.113549.1.1.11",   "sha256WithRSAEncryption", Strong),
    ("1.2.840.113549.1.1.12",   "sha384WithRSAEncryption", Strong),
    ("1.2.840.113549.1.1.13",   "sha512WithRSAEncryption", Strong),
    ("1.2.840.10045.4.1",       "ecdsa-with-SHA1",         Sha1),
    ("1.2.840.10045.4.3.1",     "ecdsa-with-SHA224",       Strong),
    ("1.2.840.10045.4.3.2",     "ecdsa-with-SHA256",       Strong),
    ("1.2.840.10045.4.3.3",     "ecdsa-with-SHA384",       Strong),
    ("1.2.840.10045.4.3.4",     "ecdsa-with-SHA512",       Strong),
    ("1.2.840.10040.4.3",       "dsa-with-SHA1",           Sha1),
    ("2.16.840.1.101.3.4.3.1",  "dsa-with-SHA224",         Strong),
    ("2.16.840.1.101.3.4.3.2",  "dsa-with-SHA256",         Strong),
    ("1.3.101.112",             "Ed25519",                 Strong),
    ("1.3.101.113",             "Ed448",                   Strong),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44",               Strong),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65",               Strong),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87",               Strong),
];

/// id-RSASSA-PSS; its digest stands in the parameters.
const RSA_PSS: &str = "1.2.840.113549.1.1.10";

/// The contents of the digest numbers inside RSASSA-PSS parameters (RFC 4055 §2.1).
#[rustfmt::skip]
const PSS_DIGESTS: &[(&[u8], &str)] = &[
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01], "rsassaPss with SHA256"),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02], "rsassaPss with SHA384"),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03], "rsassaPss with SHA512"),
];

impl SignatureAlgorithm {
    pub(super) fn read(algorithm: &AlgorithmIdentifier<'_>) -> Self {
        let number = algorithm.algorithm.to_id_string();
        if number == RSA_PSS {
            return Self::read_pss(
                algorithm
                    .parameters
                    .as_ref()
                    .map_or(&[][..], |any| any.data),
            );
        }
        let known = ALGORITHMS.iter().find(|(dotted, _, _)| *dotted == number);
        known.map_or(
            Self {
                name: number,
                hash: Hash::Unknown,
            },
            |(_, name, hash)| Self {
                name: (*name).to_owned(),
                hash: *hash,
            },
        )
    }

    /// Without a digest in the parameters it is SHA-1 (RFC 4055 §3.1).
    fn read_pss(parameters: &[u8]) -> Self {
        let stated = PSS_DIGESTS.iter().find(|(number, _)| {
            parameters
                .windows(number.len())
                .any(|window| window == *number)
        });
        stated.map_or(
            Self {
                name: "rsassaPss with SHA1".to_owned(),
                hash: Sha1,
            },
            |(_, name)| Self {
                name: (*name).to_owned(),
                hash: Strong,
            },
        )
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

/// Does `key` verify `signature` over `message`? `algorithm` is the contents of the signature's
/// AlgorithmIdentifier, without its header.
pub(super) fn check(key: &Spki, algorithm: &[u8], message: &[u8], signature: &[u8]) -> Check {
    let number = Reader::new(algorithm).take(OID).and_then(Element::dotted);
    let weak = |number: &String| {
        let known = ALGORITHMS.iter().find(|(dotted, _, _)| dotted == number);
        known.is_some_and(|(_, _, hash)| *hash <= Sha1)
    };
    if number.as_ref().is_some_and(weak) {
        return Check::TooWeak;
    }
    let scheme = Scheme::of_certificate(algorithm);
    if matches!(scheme, Some(Scheme::WeakPss)) {
        return Check::TooWeak;
    }
    match scheme.map(|scheme| Verifier::find(scheme, key)) {
        None => Check::BeyondUs,
        Some(Err(instead)) => instead,
        Some(Ok(verifier)) => verifier.check(key, message, signature),
    }
}

/// The SHA-256 digest in hexadecimal digits: the usual name of a certificate or a key.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    match cipher_suite::TLS13_AES_128_GCM_SHA256 {
        SupportedCipherSuite::Tls13(suite) => {
            suite.common.hash_provider.hash(bytes).as_ref().to_vec()
        }
        SupportedCipherSuite::Tls12(suite) => {
            suite.common.hash_provider.hash(bytes).as_ref().to_vec()
        }
    }
}
