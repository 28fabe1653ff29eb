//! The stapled OCSP response (RFC 6066 §8, RFC 6960).

use crate::model::Timestamp;
use crate::wire::x509::ocsp::{Answer, Basic, Response, Status};
use crate::wire::x509::{Anchors, Chain, Check, issuer_key};

/// What was stapled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Staple {
    /// Nothing, though it was asked for.
    Absent,
    /// It was not asked for where this certificate was seen.
    NotAsked,
    /// Something that is no response.
    Malformed,
    /// The responder's refusal, of no use to a client.
    Refused {
        /// OCSPResponseStatus (RFC 6960 §4.2.1).
        status: u8,
    },
    /// A response about other certificates.
    OfAnother,
    /// A response about this certificate.
    Present(Stapled),
}

/// A response about this certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stapled {
    /// `good`, `revoked` or `unknown`.
    pub status: Status,
    /// When it was signed.
    pub produced_at: Timestamp,
    /// From when on it holds.
    pub this_update: Timestamp,
    /// Until when it holds.
    pub next_update: Option<Timestamp>,
    /// It held when it was seen.
    pub current: bool,
    /// Signed by the issuer, or by a responder the issuer certified.
    pub signature: Signed,
}

/// Whether the response is its issuer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// It is.
    Valid,
    /// It is not.
    Invalid,
    /// The issuer's certificate was not seen, or the algorithm cannot be verified.
    Unverified,
}

impl Staple {
    pub(super) fn read(
        staple: Option<&[u8]>,
        asked: bool,
        chain: &Chain,
        anchors: &Anchors,
        at: Timestamp,
    ) -> Self {
        let (Some(bytes), Some(leaf)) = (staple, chain.leaf()) else {
            return if asked { Self::Absent } else { Self::NotAsked };
        };
        let basic = match Response::parse(bytes) {
            Err(_) => return Self::Malformed,
            Ok(Response::Refused(status)) => return Self::Refused { status },
            Ok(Response::Basic(basic)) => basic,
        };
        match basic.about(leaf) {
            None => Self::OfAnother,
            Some(answer) => Self::Present(stapled(&basic, answer, chain, anchors, at)),
        }
    }

    /// The response, if it is about this certificate.
    #[must_use]
    pub const fn present(&self) -> Option<&Stapled> {
        match self {
            Self::Present(stapled) => Some(stapled),
            Self::Absent
            | Self::NotAsked
            | Self::Malformed
            | Self::Refused { .. }
            | Self::OfAnother => None,
        }
    }

    /// A client that insists on a response (RFC 7633) is content with this one.
    #[must_use]
    pub fn satisfies(&self) -> bool {
        self.present().is_some_and(|stapled| {
            stapled.current
                && stapled.status == Status::Good
                && stapled.signature != Signed::Invalid
        })
    }
}

fn stapled(
    basic: &Basic,
    answer: &Answer,
    chain: &Chain,
    anchors: &Anchors,
    at: Timestamp,
) -> Stapled {
    let signature = match issuer_key(chain, anchors).map(|key| basic.signed_by(&key)) {
        Some(Check::Valid) => Signed::Valid,
        Some(Check::Invalid) => Signed::Invalid,
        Some(Check::TooWeak | Check::BeyondUs) | None => Signed::Unverified,
    };
    let ended = answer.next_update.is_some_and(|end| at > end);
    Stapled {
        status: answer.status,
        produced_at: basic.produced_at,
        this_update: answer.this_update,
        next_update: answer.next_update,
        current: at >= answer.this_update && !ended,
        signature,
    }
}
