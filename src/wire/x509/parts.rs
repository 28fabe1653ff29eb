//! The octets of a certificate that building and verifying a chain needs, as they stand.

use super::der::{
    BIT_STRING, BOOLEAN, Element, OCTET_STRING, OID, Reader, SEQUENCE, context, primitive,
};
use super::scheme::Check;
use super::signature;
use super::spki::Spki;

/// The parts of a certificate that take part in building and verifying a chain, as octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The subject's contents, without the SEQUENCE header.
    pub(super) subject: Vec<u8>,
    /// The issuer's contents, likewise.
    pub(super) issuer: Vec<u8>,
    /// The serial number's contents.
    pub(super) serial: Vec<u8>,
    pub(super) spki: Spki,
    /// The contents of the SubjectPublicKeyInfo.
    pub(super) spki_contents: Vec<u8>,
    /// In order.
    pub(super) extensions: Vec<Extension>,
    /// What is signed, header included.
    signed: Vec<u8>,
    /// The contents of the outer AlgorithmIdentifier.
    algorithm: Vec<u8>,
    signature: Vec<u8>,
}

/// One extension (RFC 5280 §4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extension {
    /// Its dotted number.
    pub(super) id: String,
    pub(super) critical: bool,
    /// What is inside the OCTET STRING.
    pub(super) value: Vec<u8>,
}

impl Parts {
    /// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }, the first
    /// being SEQUENCE { [0] version, serial, signature, issuer, validity, subject, key, … }.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let mut outer = Reader::new(der).take(SEQUENCE)?.inside();
        let signed = outer.take(SEQUENCE)?;
        let algorithm = outer.take(SEQUENCE)?;
        let signature = outer.take(BIT_STRING)?.bits()?;
        let mut inner = signed.inside();
        inner.optional(context(0));
        let serial = inner.read()?;
        let _signature: Element<'_> = inner.take(SEQUENCE)?;
        let issuer = inner.take(SEQUENCE)?;
        let _validity: Element<'_> = inner.take(SEQUENCE)?;
        let subject = inner.take(SEQUENCE)?;
        let spki_contents = inner.take(SEQUENCE)?.body;
        inner.optional(primitive(1));
        inner.optional(primitive(2));
        let extensions = match inner.optional(context(3)) {
            Some(explicit) => extensions(explicit.inside().take(SEQUENCE)?)?,
            None => Vec::new(),
        };
        Some(Self {
            subject: subject.body.to_vec(),
            issuer: issuer.body.to_vec(),
            serial: serial.body.to_vec(),
            spki: Spki::read(spki_contents)?,
            spki_contents: spki_contents.to_vec(),
            extensions,
            signed: signed.whole.to_vec(),
            algorithm: algorithm.body.to_vec(),
            signature: signature.to_vec(),
        })
    }

    /// The first extension of this number; a second one is a fault of its own.
    pub(super) fn extension(&self, id: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.id == id)
    }

    /// Was it signed with this key?
    pub(super) fn signed_by(&self, key: &Spki) -> Check {
        signature::check(key, &self.algorithm, &self.signed, &self.signature)
    }
}

/// Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
fn extensions(list: Element<'_>) -> Option<Vec<Extension>> {
    let mut rest = list.inside();
    let mut read = Vec::new();
    while !rest.is_empty() {
        let mut inside = rest.take(SEQUENCE)?.inside();
        let id = inside.take(OID)?.dotted()?;
        let critical = inside.optional(BOOLEAN);
        read.push(Extension {
            id,
            critical: critical.is_some_and(|flag| flag.body != [0]),
            value: inside.take(OCTET_STRING)?.body.to_vec(),
        });
    }
    Some(read)
}
