//! The server's proof of its key: the signature over the handshake (RFC 8446 §4.4.3, RFC 5246
//! §7.4.3).
//!
//! Verified with the bare public key of the leaf: whether clients accept the certificate around it
//! is another question.

use super::parts::Parts;
use super::scheme::{Check, Scheme, Verifier};

/// Whether the server holds the key of its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyProof {
    /// The signature verifies.
    Valid,
    /// It does not.
    Invalid,
    /// The key is too weak for anybody to verify with.
    TooWeak,
    /// The scheme or the key is beyond this program.
    Unverified,
    /// Nothing was signed, or what was signed is not on record.
    Unseen,
}

/// Does `signature`, made by the scheme of this number, over `message`, verify with the key of the
/// certificate `der`?
#[must_use]
pub fn proves(der: &[u8], scheme: u16, message: &[u8], signature: &[u8]) -> KeyProof {
    let (Some(parts), Some(scheme)) = (Parts::read(der), Scheme::of_handshake(scheme)) else {
        return KeyProof::Unverified;
    };
    let check = match Verifier::find(scheme, &parts.spki) {
        Ok(verifier) => verifier.check(&parts.spki, message, signature),
        Err(instead) => instead,
    };
    match check {
        Check::Valid => KeyProof::Valid,
        Check::Invalid => KeyProof::Invalid,
        Check::TooWeak => KeyProof::TooWeak,
        Check::BeyondUs => KeyProof::Unverified,
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature as aws;
    use rcgen::{CertificateParams, CustomExtension, KeyPair, SignatureAlgorithm, SigningKey as _};

    use super::{KeyProof, proves};
    use crate::wire::x509::fixtures::der;

    const MESSAGE: &[u8] = b"TLS 1.3, server CertificateVerify";

    /// A self-signed certificate that every client refuses for its one extension.
    fn refused(key: &KeyPair) -> Vec<u8> {
        let mut unknown =
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
        unknown.set_criticality(true);
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.custom_extensions.push(unknown);
        params
            .self_signed(key)
            .expect("a certificate")
            .der()
            .to_vec()
    }

    #[test]
    fn the_bare_key_verifies_whatever_the_certificate_says() {
        #[rustfmt::skip]
        let cases: [(&SignatureAlgorithm, u16); 5] = [
            (&rcgen::PKCS_ECDSA_P256_SHA256, 0x0403),
            (&rcgen::PKCS_ECDSA_P384_SHA384, 0x0503),
            (&rcgen::PKCS_ECDSA_P521_SHA512, 0x0603),
            (&rcgen::PKCS_RSA_SHA256,        0x0401),
            (&rcgen::PKCS_ED25519,           0x0807),
        ];
        for (algorithm, scheme) in cases {
            let key = KeyPair::generate_for(algorithm).expect("a key");
            let leaf = refused(&key);
            let signature = key.sign(MESSAGE).expect("a signature");
            let judged = |scheme, message: &[u8]| proves(&leaf, scheme, message, &signature);
            assert_eq!(judged(scheme, MESSAGE), KeyProof::Valid, "{scheme:#06x}");
            assert_eq!(
                judged(scheme, b"another"),
                KeyProof::Invalid,
                "{scheme:#06x}"
            );
            assert_eq!(judged(0x0808, MESSAGE), KeyProof::Unverified, "Ed448");
            let another = KeyPair::generate_for(algorithm).expect("a key");
            assert_eq!(
                proves(&refused(&another), scheme, MESSAGE, &signature),
                KeyProof::Invalid,
                "{scheme:#06x} with another key"
            );
        }
    }

    /// A certificate as far as the key is read from it, around `algorithm` and `key`.
    fn around(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
        let wrapped = |tag: u8, contents: &[u8]| {
            let length = u16::try_from(contents.len()).expect("short").to_be_bytes();
            [&[tag, 0x82], &length[..], contents].concat()
        };
        let identifier = wrapped(0x30, &wrapped(0x06, algorithm));
        let bits = wrapped(0x03, &[&[0], key].concat());
        let spki = wrapped(0x30, &[identifier.clone(), bits].concat());
        let empty = wrapped(0x30, &[]);
        let serial = vec![2, 1, 1];
        let parts = [
            serial,
            identifier.clone(),
            empty.clone(),
            empty.clone(),
            empty,
            spki,
        ];
        let signed = wrapped(0x30, &parts.concat());
        wrapped(0x30, &[signed, identifier, wrapped(0x03, &[0, 0])].concat())
    }

    #[test]
    fn post_quantum_keys_prove_themselves() {
        for (last, algorithm, scheme) in [
            (17, &aws::ML_DSA_44_SIGNING, 0x0904),
            (18, &aws::ML_DSA_65_SIGNING, 0x0905),
            (19, &aws::ML_DSA_87_SIGNING, 0x0906),
        ] {
            let key = aws::PqdsaKeyPair::generate(algorithm).expect("a key");
            let mut signature = vec![0; algorithm.signature_len()];
            key.sign(MESSAGE, &mut signature).expect("a signature");
            let number = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, last];
            let leaf = around(&number, aws::KeyPair::public_key(&key).as_ref());
            assert_eq!(proves(&leaf, scheme, MESSAGE, &signature), KeyProof::Valid);
            assert_eq!(
                proves(&leaf, scheme, b"another", &signature),
                KeyProof::Invalid
            );
            assert_eq!(
                proves(&leaf, 0x0807, MESSAGE, &signature),
                KeyProof::Unverified
            );
        }
    }

    #[test]
    fn what_cannot_be_verified_is_no_fault() {
        let old = der("rsa1024-sha1-v1");
        assert_eq!(proves(&old, 0x0804, MESSAGE, &[0; 128]), KeyProof::TooWeak);
        let ed448 = der("ed448-root");
        assert_eq!(
            proves(&ed448, 0x0808, MESSAGE, &[0; 114]),
            KeyProof::Unverified
        );
        assert_eq!(
            proves(&[0x30, 0], 0x0804, MESSAGE, &[]),
            KeyProof::Unverified
        );
    }
}
