//! A public key ready to verify with.

use super::der::{BIT_STRING, Element, OID, Reader, SEQUENCE};

/// A public key ready to verify with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spki {
    /// The contents of its AlgorithmIdentifier.
    pub(super) algorithm: Vec<u8>,
    /// The key itself, the octets of the BIT STRING.
    pub(super) bits: Vec<u8>,
}

impl Spki {
    /// The same algorithm and the same key.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.bits == other.bits
    }

    /// The contents of a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    pub(super) fn read(contents: &[u8]) -> Option<Self> {
        let mut inside = Reader::new(contents);
        let algorithm = inside.take(SEQUENCE)?.body.to_vec();
        let bits = inside.take(BIT_STRING)?.bits()?.to_vec();
        Some(Self { algorithm, bits })
    }

    /// The dotted numbers of the algorithm and, for an elliptic curve, of the curve.
    pub(super) fn kind(&self) -> Option<(String, Option<String>)> {
        let mut inside = Reader::new(&self.algorithm);
        let algorithm = inside.take(OID)?.dotted()?;
        Some((algorithm, inside.take(OID).and_then(Element::dotted)))
    }
}
