//! Stapled OCSP responses (RFC 6960, RFC 6066 §8).

use super::certificate::Certificate;
use super::der::{self, Element, Reader, context};
use super::scheme::Check;
use super::signature;
use super::spki::Spki;
use crate::model::Timestamp;

/// id-pkix-ocsp-basic, the contents of the OID (RFC 6960 §4.2.1).
const BASIC: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
/// `[0] IMPLICIT NULL`, `[1] IMPLICIT RevokedInfo`, `[2] IMPLICIT UnknownInfo` (§4.2.1).
const GOOD: u8 = 0x80;
const REVOKED: u8 = 0xa1;
const UNKNOWN: u8 = 0x82;

/// What a responder said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// It refused to answer: the OCSPResponseStatus (1 malformed request, 2 internal error, 3 try
    /// later, 5 signature required, 6 unauthorised).
    Refused(u8),
    /// It answered.
    Basic(Basic),
}

/// A BasicOCSPResponse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basic {
    /// When it was signed.
    pub produced_at: Timestamp,
    /// One for each certificate asked about.
    pub answers: Vec<Answer>,
    signed: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    delegates: Vec<Vec<u8>>,
}

/// A SingleResponse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The contents of the serial number asked about.
    serial: Vec<u8>,
    /// The status.
    pub status: Status,
    /// When the status was known to be right.
    pub this_update: Timestamp,
    /// When newer information will be there; without it, always.
    pub next_update: Option<Timestamp>,
}

/// CertStatus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not revoked.
    Good,
    /// Revoked, for good or on hold.
    Revoked {
        /// Since when.
        at: Timestamp,
        /// CRLReason (RFC 5280 §5.3.1).
        reason: Option<u8>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

/// Octets that are no OCSP response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl Response {
    /// Reads the OCSPResponse of a CertificateStatus message.
    ///
    /// # Errors
    /// If it is not one, or not of the only kind in use.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        response(bytes).ok_or(Malformed)
    }
}

impl Basic {
    /// The answer about `certificate`, told by its serial number. Whose numbers they are is
    /// decided by the signature: see [`Self::signed_by`].
    #[must_use]
    pub fn about(&self, certificate: &Certificate) -> Option<&Answer> {
        self.answers
            .iter()
            .find(|answer| answer.serial == certificate.parts.serial)
    }

    /// Was it signed for the certificates of this issuer: by its key, or by a responder it
    /// certified for that (RFC 6960 §4.2.2.2)?
    #[must_use]
    pub fn signed_by(&self, issuer: &Spki) -> Check {
        let direct = self.check(issuer);
        if direct == Check::Valid {
            return Check::Valid;
        }
        let delegated = self
            .delegates
            .iter()
            .filter_map(|der| Certificate::parse(der).ok());
        let entitled = delegated.filter(|delegate| self.is_entitled(delegate, issuer));
        entitled
            .map(|delegate| self.check(delegate.spki()))
            .fold(direct, better)
    }

    fn is_entitled(&self, delegate: &Certificate, issuer: &Spki) -> bool {
        delegate
            .purposes
            .is_some_and(|purposes| purposes.ocsp_signing)
            && delegate.is_valid_at(self.produced_at)
            && delegate.signed_by(issuer) == Check::Valid
    }

    fn check(&self, key: &Spki) -> Check {
        signature::check(key, &self.algorithm, &self.signed, &self.signature)
    }
}

/// Valid beats unverified beats invalid.
const fn better(one: Check, other: Check) -> Check {
    match (one, other) {
        (Check::Valid, _) | (_, Check::Valid) => Check::Valid,
        (Check::BeyondUs, _) | (_, Check::BeyondUs) => Check::BeyondUs,
        (Check::TooWeak, _) | (_, Check::TooWeak) => Check::TooWeak,
        (Check::Invalid, Check::Invalid) => Check::Invalid,
    }
}

/// OCSPResponse ::= SEQUENCE { ENUMERATED, [0] { SEQUENCE { OID, OCTET STRING } } OPTIONAL }
fn response(bytes: &[u8]) -> Option<Response> {
    let mut reader = Reader::new(bytes);
    let mut outer = reader.take(der::SEQUENCE)?.inside();
    if !reader.is_empty() {
        return None;
    }
    let status = outer.take(der::ENUMERATED)?;
    let [status] = *status.body else { return None };
    if status != 0 {
        return Some(Response::Refused(status));
    }
    let mut typed = outer
        .take(context(0))?
        .inside()
        .take(der::SEQUENCE)?
        .inside();
    if typed.take(der::OID)?.body != BASIC {
        return None;
    }
    let octets = typed.take(der::OCTET_STRING)?;
    basic(octets.inside().take(der::SEQUENCE)?).map(Response::Basic)
}

/// BasicOCSPResponse ::= SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING, [0] certs OPTIONAL }
fn basic(whole: Element<'_>) -> Option<Basic> {
    let mut outer = whole.inside();
    let signed = outer.take(der::SEQUENCE)?;
    let algorithm = outer.take(der::SEQUENCE)?.body.to_vec();
    let signature = outer.take(der::BIT_STRING)?.bits()?.to_vec();
    let delegates = outer
        .optional(context(0))
        .and_then(|list| list.inside().take(der::SEQUENCE));
    let (produced_at, answers) = data(signed)?;
    Some(Basic {
        produced_at,
        answers,
        signed: signed.whole.to_vec(),
        algorithm,
        signature,
        delegates: delegates.map(whole_elements).unwrap_or_default(),
    })
}

/// ResponseData ::= SEQUENCE { [0] version, [1] or [2] responder, produced, responses, [1] … }
fn data(signed: Element<'_>) -> Option<(Timestamp, Vec<Answer>)> {
    let mut inner = signed.inside();
    inner.optional(context(0));
    let _responder = inner.read()?;
    let produced_at = inner.take(der::GENERALIZED_TIME)?.time()?;
    let mut list = inner.take(der::SEQUENCE)?.inside();
    let mut answers = Vec::new();
    while !list.is_empty() {
        answers.push(answer(list.take(der::SEQUENCE)?)?);
    }
    Some((produced_at, answers))
}

/// SingleResponse ::= SEQUENCE { CertID, CertStatus, thisUpdate, [0] nextUpdate OPTIONAL, … }
fn answer(whole: Element<'_>) -> Option<Answer> {
    let mut inner = whole.inside();
    let mut id = inner.take(der::SEQUENCE)?.inside();
    let _algorithm = id.take(der::SEQUENCE)?;
    let _names = (id.take(der::OCTET_STRING)?, id.take(der::OCTET_STRING)?);
    let serial = id.take(der::INTEGER)?.body.to_vec();
    let status = status(inner.read()?)?;
    let this_update = inner.take(der::GENERALIZED_TIME)?.time()?;
    let next_update = match inner.optional(context(0)) {
        Some(next) => Some(next.inside().take(der::GENERALIZED_TIME)?.time()?),
        None => None,
    };
    Some(Answer {
        serial,
        status,
        this_update,
        next_update,
    })
}

fn status(element: Element<'_>) -> Option<Status> {
    match element.tag {
        GOOD => Some(Status::Good),
        UNKNOWN => Some(Status::Unknown),
        REVOKED => {
            let mut inner = element.inside();
            let at = inner.take(der::GENERALIZED_TIME)?.time()?;
            let reason = inner
                .optional(context(0))
                .and_then(|reason| reason.inside().take(der::ENUMERATED));
            Some(Status::Revoked {
                at,
                reason: reason.and_then(|reason| reason.body.first().copied()),
            })
        }
        _ => None,
    }
}

fn whole_elements(list: Element<'_>) -> Vec<Vec<u8>> {
    let mut reader = list.inside();
    std::iter::from_fn(|| reader.read())
        .map(|element| element.whole.to_vec())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Response, Status};
    use crate::wire::x509::Check;
    use crate::wire::x509::certificate::Certificate;
    use crate::wire::x509::fixtures::der;

    fn leaf() -> Certificate {
        Certificate::parse(&der("ocsp-leaf")).expect("a certificate")
    }

    fn basic(name: &str) -> super::Basic {
        match Response::parse(&der(name)).expect("a response") {
            Response::Basic(basic) => basic,
            Response::Refused(status) => panic!("refused: {status}"),
        }
    }

    #[test]
    fn what_openssl_signed_is_read_and_verified() {
        let issuer = Certificate::parse(&der("ocsp-ca")).expect("a certificate");
        for (name, word) in [
            ("ocsp-good", "good"),
            ("ocsp-revoked", "revoked"),
            ("ocsp-delegated", "good"),
        ] {
            let response = basic(name);
            let answer = response.about(&leaf()).expect("an answer about the leaf");
            let seen = match answer.status {
                Status::Good => "good",
                Status::Revoked {
                    reason: Some(1), ..
                } => "revoked",
                Status::Revoked { .. } | Status::Unknown => "another",
            };
            assert_eq!(seen, word, "{name}");
            assert!(answer.next_update > Some(answer.this_update), "{name}");
            assert_eq!(response.signed_by(issuer.spki()), Check::Valid, "{name}");
            assert_ne!(
                response.signed_by(leaf().spki()),
                Check::Valid,
                "{name}: another key"
            );
        }
    }

    #[test]
    fn one_changed_byte_of_what_is_signed_is_noticed() {
        let issuer = Certificate::parse(&der("ocsp-ca")).expect("a certificate");
        let mut response = basic("ocsp-good");
        if let Some(byte) = response.signed.last_mut() {
            *byte ^= 1;
        }
        assert_eq!(response.signed_by(issuer.spki()), Check::Invalid);
    }

    #[test]
    fn refusals_and_rubbish_are_told_apart() {
        assert_eq!(
            Response::parse(&[0x30, 3, 0x0a, 1, 3]),
            Ok(Response::Refused(3))
        );
        for bytes in [
            &[][..],
            &[0x30, 0],
            &[0x30, 3, 0x0a, 1, 0],
            &[0x30, 3, 0x0a, 1, 3, 0],
        ] {
            assert!(Response::parse(bytes).is_err(), "{bytes:?}");
        }
    }
}
