//! The way from a leaf towards an anchor (RFC 5280 §6.1): found by names and signatures, then held
//! against everything else.

use rustls::pki_types::TrustAnchor;

use super::anchors::Anchors;
use super::certificate::Certificate;
use super::chain::Chain;
use super::fault::{Doubt, PathFault};
use super::path::{Path, may_issue};
use super::scheme::Check;
use crate::model::Timestamp;

/// Ways tried at most: a peer sends sixteen certificates, and they may all have one name.
const MOST_TRIED: usize = 128;

/// The best way there is: one that reaches an anchor, or else the one that was tried last.
#[derive(Clone)]
pub(super) struct Way<'a> {
    chain: &'a Chain,
    /// Places of the certificates on it, leaf first.
    pub(super) places: Vec<usize>,
    /// Where it arrives.
    pub(super) anchor: Option<&'a TrustAnchor<'static>>,
    /// The last certificate is the anchor itself, not one that it issued.
    is_anchor: bool,
    /// How the anchor's key verifies the last certificate.
    end: Check,
}

impl<'a> Way<'a> {
    /// The shortest that nothing speaks against; failing that, the shortest of those that less
    /// speaks against. Of several issuers, those that may issue and are within their dates first.
    pub(super) fn find(chain: &'a Chain, anchors: &'a Anchors, at: Timestamp) -> Self {
        let mut tried = vec![vec![0]];
        let mut best: Option<(Rank, Self)> = None;
        let mut next = 0;
        while let Some(places) = tried.get(next).cloned() {
            for way in Self::arrivals(chain, anchors, &places) {
                let rank = way.rank(at);
                if rank == Rank::BEST {
                    return way;
                }
                if best.as_ref().is_none_or(|(before, _)| rank > *before) {
                    best = Some((rank, way));
                }
            }
            for issuer in onward(chain, &places, at) {
                if tried.len() < MOST_TRIED {
                    tried.push(places.iter().copied().chain([issuer]).collect());
                }
            }
            next += 1;
        }
        best.map_or_else(
            || Self::along(chain, tried.pop().unwrap_or_default()),
            |(_, way)| way,
        )
    }

    /// Everywhere this path arrives.
    fn arrivals(chain: &'a Chain, anchors: &'a Anchors, places: &[usize]) -> Vec<Self> {
        let last = places.last().and_then(|place| chain.certificate(*place));
        let Some(certificate) = last else {
            return Vec::new();
        };
        let way = Self::along(chain, places.to_vec());
        if let Some(anchor) = anchors.same_as(certificate) {
            return vec![Self {
                anchor: Some(anchor),
                is_anchor: true,
                ..way
            }];
        }
        let issuing = anchors
            .issuing(certificate)
            .map(|(anchor, key)| (anchor, certificate.signed_by(&key)));
        let fitting = issuing.filter(|(_, check)| *check != Check::Invalid);
        fitting
            .map(|(anchor, end)| Self {
                anchor: Some(anchor),
                end,
                ..way.clone()
            })
            .collect()
    }

    const fn along(chain: &'a Chain, places: Vec<usize>) -> Self {
        Self {
            chain,
            places,
            anchor: None,
            is_anchor: false,
            end: Check::Valid,
        }
    }

    fn rank(&self, at: Timestamp) -> Rank {
        Rank {
            faultless: self.faults().is_empty(),
            undoubted: self.doubts().is_empty(),
            in_time: self.is_in_time(at),
        }
    }

    /// Every certificate on it is within its dates.
    pub(super) fn is_in_time(&self, at: Timestamp) -> bool {
        self.certificates().all(|(_, read)| read.is_valid_at(at))
    }

    /// A moment at which all of them are, if there is one.
    pub(super) fn begins(&self) -> Timestamp {
        let begins = self.certificates().map(|(_, read)| read.not_before);
        begins.max().unwrap_or_default()
    }

    /// What is wrong on the way, apart from where it ends and from the present time.
    pub(super) fn faults(&self) -> Vec<PathFault> {
        let mut faults = self.path().faults();
        let weak = self.checks().filter(|(_, check)| *check == Check::TooWeak);
        faults.extend(weak.map(|(place, _)| PathFault::Unverifiable { place }));
        faults
    }

    /// What could not be decided on the way.
    pub(super) fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = self.path().doubts();
        let beyond = self.checks().filter(|(_, check)| *check == Check::BeyondUs);
        doubts.extend(beyond.map(|(place, _)| Doubt::Signature { place }));
        doubts
    }

    /// The certificate at which it ends.
    pub(super) fn end(&self) -> Option<(usize, &'a Certificate)> {
        let place = self.places.last().copied()?;
        Some((place, self.chain.certificate(place)?))
    }

    fn certificates(&self) -> impl Iterator<Item = (usize, &'a Certificate)> + '_ {
        let places = self.places.iter();
        places.filter_map(|place| Some((*place, self.chain.certificate(*place)?)))
    }

    /// An anchor that was sent is no part of the path (§6.1), unless it is all there is.
    fn path(&self) -> Path<'a> {
        let mut certificates: Vec<_> = self.certificates().collect();
        let sent = self.is_anchor && certificates.len() > 1;
        Path {
            anchor: sent.then(|| certificates.pop()).flatten(),
            certificates,
            constraints: self
                .anchor
                .and_then(|anchor| anchor.name_constraints.as_ref())
                .map(AsRef::as_ref),
        }
    }

    /// How the signature on each certificate verifies with the key of the next, or the anchor's.
    fn checks(&self) -> impl Iterator<Item = (usize, Check)> + '_ {
        let pairs = self.places.iter().zip(self.places.iter().skip(1));
        let between = pairs.filter_map(|(child, parent)| {
            let mut issuers = self.chain.issued(*child);
            let (_, check) = issuers.find(|(issuer, _)| issuer == parent)?;
            Some((*child, check))
        });
        let end = self.places.last().map(|place| (*place, self.end));
        between.chain(end)
    }
}

/// How little speaks against a way, the weightiest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    faultless: bool,
    undoubted: bool,
    in_time: bool,
}

impl Rank {
    const BEST: Self = Self {
        faultless: true,
        undoubted: true,
        in_time: true,
    };
}

/// The places one step further; none that is on the path already, as itself or as a copy.
fn onward(chain: &Chain, places: &[usize], at: Timestamp) -> Vec<usize> {
    let der = |place: usize| chain.sent.get(place).map(|sent| &sent.der);
    let passed = |issuer: usize| places.iter().any(|place| der(*place) == der(issuer));
    let last = places.last().copied().unwrap_or(0);
    let issuers = chain.issued(last).map(|(issuer, _)| issuer);
    let mut onward: Vec<usize> = issuers.filter(|issuer| !passed(*issuer)).collect();
    onward.sort_by_key(|issuer| {
        let good = |read: &Certificate| (may_issue(read), read.is_valid_at(at));
        std::cmp::Reverse(chain.certificate(*issuer).map(good))
    });
    onward
}
