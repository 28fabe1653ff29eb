//! The way from a leaf towards an anchor, walked certificate by certificate (RFC 5280 §6.1).

use std::cmp::Reverse;

use rustls::pki_types::TrustAnchor;

use super::anchors::Anchors;
use super::certificate::Certificate;
use super::chain::Chain;
use super::signature::Check;
use super::trust::PathFault;
use crate::model::Timestamp;

/// The best way there is: one that reaches an anchor, or else the one that was tried last.
pub(super) struct Way<'a> {
    chain: &'a Chain,
    /// Places of the certificates on it, leaf first.
    pub(super) places: Vec<usize>,
    /// Where it arrives.
    pub(super) anchor: Option<&'a TrustAnchor<'static>>,
    /// The last certificate is the anchor itself, not one that it issued.
    is_anchor: bool,
    /// The anchor's key does not verify the last certificate, but only because nobody could.
    unverified_end: bool,
}

impl<'a> Way<'a> {
    /// Breadth first, so the shortest; of several issuers, those that may issue and are within
    /// their dates first.
    pub(super) fn find(chain: &'a Chain, anchors: &'a Anchors, at: Timestamp) -> Self {
        let mut tried: Vec<(usize, Option<usize>)> = vec![(0, None)];
        let mut next = 0;
        while let Some(&(place, _)) = tried.get(next) {
            if let Some(found) = Self::arrived(chain, anchors, &tried, next) {
                return found;
            }
            let mut issuers: Vec<usize> = chain.issued(place).map(|(issuer, _)| issuer).collect();
            issuers.sort_by_key(|issuer| {
                let may = chain.certificate(*issuer).is_some_and(may_issue);
                Reverse((may, is_in_time(chain, *issuer, at)))
            });
            for issuer in issuers {
                if tried.iter().all(|(known, _)| *known != issuer) {
                    tried.push((issuer, Some(next)));
                }
            }
            next += 1;
        }
        Self::along(chain, &tried, tried.len().saturating_sub(1))
    }

    fn arrived(
        chain: &'a Chain,
        anchors: &'a Anchors,
        tried: &[(usize, Option<usize>)],
        step: usize,
    ) -> Option<Self> {
        let &(place, _) = tried.get(step)?;
        let certificate = chain.certificate(place)?;
        let way = Self::along(chain, tried, step);
        if let Some(anchor) = anchors.same_as(certificate) {
            return Some(Self {
                anchor: Some(anchor),
                is_anchor: true,
                ..way
            });
        }
        let mut issuing = anchors
            .issuing(certificate)
            .map(|(anchor, key)| (anchor, certificate.signed_by(&key)));
        let (anchor, check) = issuing.find(|(_, check)| *check != Check::Invalid)?;
        let unverified_end = check != Check::Valid;
        Some(Self {
            anchor: Some(anchor),
            unverified_end,
            ..way
        })
    }

    fn along(chain: &'a Chain, tried: &[(usize, Option<usize>)], last: usize) -> Self {
        let mut places = Vec::new();
        let mut step = Some(last);
        while let Some(&(place, before)) = step.and_then(|step| tried.get(step)) {
            places.push(place);
            step = before;
        }
        places.reverse();
        Self {
            chain,
            places,
            anchor: None,
            is_anchor: false,
            unverified_end: false,
        }
    }

    /// It arrives, every signature verifies, and only authorities sign.
    pub(super) fn is_sound(&self) -> bool {
        self.anchor.is_some() && self.faults().is_empty()
    }

    /// Only authorities sign, as far as it goes.
    pub(super) fn is_entitled(&self) -> bool {
        let mut signers = self.places.iter().skip(1);
        signers.all(|place| self.chain.certificate(*place).is_some_and(may_issue))
    }

    /// Every certificate on it is within its dates.
    pub(super) fn is_in_time(&self, at: Timestamp) -> bool {
        self.places
            .iter()
            .all(|place| is_in_time(self.chain, *place, at))
    }

    /// What is wrong on the way, apart from dates and from where it ends.
    pub(super) fn faults(&self) -> Vec<PathFault> {
        let signers = self.places.iter().skip(1);
        let unentitled = signers
            .filter(|place| !self.chain.certificate(**place).is_some_and(may_issue))
            .map(|place| PathFault::IssuerNotAuthority { place: *place });
        let unverifiable = self
            .unverified()
            .into_iter()
            .map(|place| PathFault::Unverifiable { place });
        unentitled.chain(unverifiable).collect()
    }

    /// The certificate at which it ends.
    pub(super) fn end(&self) -> Option<(usize, &'a Certificate)> {
        let place = self.places.last().copied()?;
        Some((place, self.chain.certificate(place)?))
    }

    fn unverified(&self) -> Vec<usize> {
        let pairs = self.places.iter().zip(self.places.iter().skip(1));
        let weak = pairs.filter(|(child, parent)| {
            let mut checks = self.chain.issued(**child);
            checks.any(|(issuer, check)| issuer == **parent && check != Check::Valid)
        });
        let mut places: Vec<usize> = weak.map(|(child, _)| *child).collect();
        if self.unverified_end && !self.is_anchor {
            places.extend(self.places.last());
        }
        places
    }
}

fn may_issue(certificate: &Certificate) -> bool {
    certificate.is_authority() && certificate.may_sign_certificates()
}

fn is_in_time(chain: &Chain, place: usize, at: Timestamp) -> bool {
    let certificate = chain.certificate(place);
    certificate.is_some_and(|read| read.is_valid_at(at))
}
