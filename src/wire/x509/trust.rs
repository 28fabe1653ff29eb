//! Does a chain lead to a trust anchor, and if not, what is in the way?
//!
//! Decided by RFC 5280 §6 as [`super::way`] and [`super::path`] walk it, so that every reason is
//! found and not the first one alone. A yes needs webpki's as well, or a refusal that is known to
//! be a limit of webpki; where the two disagree for another reason, the answer is a doubt.

use super::anchors::{self, Anchors};
use super::certificate::{Certificate, Malformed};
use super::chain::Chain;
use super::fault::{Doubt, PathFault};
use super::scheme::Check;
use super::spki::Spki;
use super::way::Way;
use super::webpki::{Opinion, opinion};
use crate::model::{Timestamp, Untrusted};

/// Whether, by which way, and why not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// The chain leads to an anchor. Dates are left aside: see [`Self::in_time`].
    pub trusted: bool,
    /// Every certificate on the way is within its dates.
    pub in_time: bool,
    /// The anchor reached.
    pub anchor: Option<Untrusted>,
    /// The anchor is one of Mozilla's, so that the promises of public authorities apply.
    pub public: bool,
    /// The places of the certificates on the way, leaf first, without an anchor that was not sent.
    pub path: Vec<usize>,
    /// What is in the way.
    pub faults: Vec<PathFault>,
    /// What could not be decided: with any, and without a fault, it is open whether clients trust
    /// the chain.
    pub doubts: Vec<Doubt>,
}

impl Trust {
    /// Neither trusted nor refused.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.trusted && !self.doubts.is_empty() && self.faults.iter().all(is_no_obstacle)
    }
}

/// Judges the chain against `anchors` as of `at`.
#[must_use]
pub fn trust(chain: &Chain, anchors: &Anchors, at: Timestamp) -> Trust {
    let Some(leaf) = chain.leaf() else {
        return without_leaf(chain);
    };
    let way = Way::find(chain, anchors, at);
    let in_time = way.is_in_time(at);
    let (mut faults, mut doubts) = (way.faults(), way.doubts());
    if way.anchor.is_none() {
        // What was sent and not read may be what is missing.
        let unread = unread(chain);
        if unread.is_empty() || leaf.is_self_signed() {
            faults.extend(
                way.end()
                    .map(|(place, last)| dead_end(chain, anchors, place, last)),
            );
        }
        doubts.extend(unread);
    } else if faults.is_empty() && doubts.is_empty() {
        let when = if in_time { at } else { way.begins() };
        if let Opinion::Refused(because) = opinion(chain, anchors, when) {
            doubts.push(Doubt::Library { because });
        }
    }
    let trusted = way.anchor.is_some() && faults.is_empty() && doubts.is_empty();
    if leaf.authority.is_some_and(|marked| marked.ca) {
        faults.push(PathFault::AuthorityAsLeaf);
    }
    let anchor = way.anchor.filter(|_| trusted);
    Trust {
        trusted,
        in_time,
        anchor: anchor.map(anchors::text),
        public: anchor.is_some_and(anchors::is_public),
        path: way.places,
        faults,
        doubts,
    }
}

/// The key that signed the leaf: of a certificate that was sent, or of an anchor.
#[must_use]
pub fn issuer_key(chain: &Chain, anchors: &Anchors) -> Option<Spki> {
    let leaf = chain.leaf()?;
    let mut sent = chain
        .issued(0)
        .filter_map(|(place, _)| chain.certificate(place));
    let sent = sent.next().map(|issuer| issuer.spki().clone());
    let fits = |key: &Spki| leaf.signed_by(key) != Check::Invalid;
    sent.or_else(|| anchors.issuing(leaf).map(|(_, key)| key).find(fits))
}

fn without_leaf(chain: &Chain) -> Trust {
    let doubts = unread(chain);
    let is_read_by_others = doubts.contains(&Doubt::Unread { place: 0 });
    Trust {
        faults: if is_read_by_others {
            Vec::new()
        } else {
            vec![PathFault::NoLeaf]
        },
        doubts,
        ..Trust::default()
    }
}

/// Those that have the structure of a certificate and could not be read all the same.
fn unread(chain: &Chain) -> Vec<Doubt> {
    let places = chain.sent.iter().enumerate();
    places
        .filter(|(_, sent)| sent.read == Err(Malformed::BeyondUs))
        .map(|(place, _)| Doubt::Unread { place })
        .collect()
}

/// Clients differ on an authority in the leaf's place, so it decides nothing here.
fn is_no_obstacle(fault: &PathFault) -> bool {
    *fault == PathFault::AuthorityAsLeaf
}

/// Why no issuer was found for the last certificate on the way.
fn dead_end(chain: &Chain, anchors: &Anchors, place: usize, last: &Certificate) -> PathFault {
    let issuer = last.issuer.clone();
    if last.is_self_signed() {
        return if place == 0 {
            PathFault::SelfSigned
        } else {
            PathFault::UnknownCa { issuer }
        };
    }
    // An anchor of that name, or one that was sent, would have been followed had its key fitted.
    if chain.is_contradicted(place) || anchors.issuing(last).next().is_some() {
        return PathFault::BadSignature { place };
    }
    let public_marks = last.forum_policy || !last.scts.is_empty();
    if public_marks || anchors.chosen {
        PathFault::MissingIntermediate { issuer }
    } else {
        PathFault::UnknownCa { issuer }
    }
}

#[cfg(test)]
mod tests;
