//! What is known of a server after some answers: per version, what it takes and what it does not.

use std::collections::{BTreeMap, BTreeSet};

use super::alert::Alert;
use super::class::Class;
use super::client_hello::{FALLBACK_SCSV, Offer};
use super::group::Group;
use super::outcome::Outcome;
use super::reply::Reply;
use super::suite::{CipherSuite, Needs};
use super::version::Version;

/// A server of TLS 1.3 has at least one of these (RFC 8446 §9.1 makes the first a MUST).
const COMMON_TLS13: [u16; 3] = [0x1301, 0x1302, 0x1303];

/// A question's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// It was chosen at least once.
    Accepted,
    /// It was offered and refused, and never chosen.
    Refused,
    /// Not asked, not answered, or answered both ways.
    Unsettled,
}

/// The answers to all hellos for one name, put together.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    accepted: BTreeMap<Version, BTreeSet<u16>>,
    refused: BTreeMap<Version, BTreeSet<u16>>,
    versions_refused: BTreeSet<Version>,
    groups: BTreeSet<Group>,
    groups_refused: BTreeSet<Group>,
    contradictions: BTreeSet<Version>,
    /// Suites offered, in order, and the one chosen.
    choices: Vec<(Version, Vec<u16>, u16)>,
}

impl Ledger {
    /// Takes in one answer. Answers to hellos without the name belong in another ledger: another
    /// virtual host may have given them.
    pub fn note(&mut self, offer: &Offer, reply: &Reply) {
        match offer.outcome(reply) {
            Outcome::Accepted(version, suite) => self.accept(offer, version, suite),
            Outcome::Lowered(version, suite) => {
                self.accept(offer, version, suite);
                self.versions_refused.insert(offer.version);
            }
            Outcome::Refused => self.refuse(offer, reply),
            Outcome::Unsettled => return,
        }
        if let Some(group) = reply.flight().and_then(super::Flight::group) {
            self.groups.insert(group);
        }
    }

    /// Takes in that the server closes on what is offered, where that is known to be its way of
    /// refusing: many event loops drop the alert that their TLS library wanted to send.
    pub fn note_closing(&mut self, offer: &Offer) {
        self.refuse(offer, &Reply::Nothing);
    }

    /// Takes in a choice made in a handshake that was not asked as an [`Offer`].
    pub fn note_choice(
        &mut self,
        version: Version,
        offered: &[u16],
        chosen: u16,
        group: Option<Group>,
    ) {
        self.accepted.entry(version).or_default().insert(chosen);
        self.choices.push((version, offered.to_vec(), chosen));
        self.groups.extend(group);
    }

    fn accept(&mut self, offer: &Offer, version: Version, suite: u16) {
        self.note_choice(version, &offer.suites, suite, None);
    }

    fn refuse(&mut self, offer: &Offer, reply: &Reply) {
        // The alert to a fallback is about the fallback (RFC 7507 §3).
        if offer.suites.contains(&FALLBACK_SCSV) {
            return;
        }
        let version_alert = matches!(
            reply,
            Reply::Alert(Alert {
                description: Alert::PROTOCOL_VERSION,
                ..
            })
        );
        if version_alert {
            self.versions_refused.insert(offer.version);
            self.contradictions.insert(offer.version);
        }
        // With few groups on offer, the refusal may be about those; with few suites as well, about
        // either.
        if !offer.offers_all_groups() {
            if self.has_a_suite_for(offer) {
                self.groups_refused.extend(&offer.groups);
            }
            return;
        }
        if offer.offers_all_suites() {
            self.versions_refused.insert(offer.version);
        }
        self.refused
            .entry(offer.version)
            .or_default()
            .extend(&offer.suites);
    }

    /// Whether the server surely has a suite in common with an offer.
    fn has_a_suite_for(&self, offer: &Offer) -> bool {
        let offered = |suite: &u16| offer.suites.contains(suite);
        let accepted = self.accepted.get(&offer.version);
        (offer.version == Version::Tls13 && COMMON_TLS13.iter().all(offered))
            || accepted.is_some_and(|suites| suites.iter().any(offered))
    }

    /// Whether a version is spoken. One that was refused in so many words and chosen at another
    /// time is not settled.
    #[must_use]
    pub fn version(&self, version: Version) -> Known {
        let accepted = self.accepted.contains_key(&version);
        match (accepted, self.versions_refused.contains(&version)) {
            (true, true) => Known::Unsettled,
            (true, false) => Known::Accepted,
            (false, true) => Known::Refused,
            (false, false) => self.by_all_its_suites(version),
        }
    }

    /// A version none of whose common suites is taken is not spoken, however many hellos it took to
    /// ask.
    fn by_all_its_suites(&self, version: Version) -> Known {
        let Some(refused) = self.refused.get(&version) else {
            return Known::Unsettled;
        };
        if common(version).all(|suite| refused.contains(&suite.id())) {
            Known::Refused
        } else {
            Known::Unsettled
        }
    }

    /// The suites chosen at a version, ascending by number.
    #[must_use]
    pub fn accepted(&self, version: Version) -> Vec<CipherSuite> {
        let ids = self.accepted.get(&version).into_iter().flatten();
        ids.filter_map(|id| CipherSuite::by_id(*id)).collect()
    }

    /// Whether a suite is taken at a version.
    #[must_use]
    pub fn suite(&self, version: Version, suite: CipherSuite) -> Known {
        let has = |of: &BTreeMap<Version, BTreeSet<u16>>| {
            of.get(&version)
                .is_some_and(|ids| ids.contains(&suite.id()))
        };
        if has(&self.accepted) {
            Known::Accepted
        } else if has(&self.refused) || self.version(version) == Known::Refused {
            Known::Refused
        } else {
            Known::Unsettled
        }
    }

    /// Suites of a version whose fate is open.
    #[must_use]
    pub fn open(&self, version: Version) -> Vec<CipherSuite> {
        CipherSuite::all()
            .filter(|suite| suite.usable_at(version))
            .filter(|suite| self.suite(version, *suite) == Known::Unsettled)
            .collect()
    }

    /// Whether any suite of a class is taken at a version: refused only if every common one was.
    #[must_use]
    pub fn class(&self, version: Version, class: Class) -> Known {
        if self.accepted(version).iter().any(|suite| suite.is(class)) {
            return Known::Accepted;
        }
        common(version)
            .filter(|suite| suite.is(class))
            .map(|suite| self.suite(version, suite))
            .fold(Known::Refused, |sum, known| match (sum, known) {
                (Known::Accepted, _) | (_, Known::Accepted) => Known::Accepted,
                (Known::Unsettled, _) | (_, Known::Unsettled) => Known::Unsettled,
                (Known::Refused, Known::Refused) => Known::Refused,
            })
    }

    /// Groups that were chosen.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        self.groups.iter().copied().collect()
    }

    /// Whether a group is taken.
    #[must_use]
    pub fn group(&self, group: Group) -> Known {
        if self.groups.contains(&group) {
            Known::Accepted
        } else if self.groups_refused.contains(&group)
            || (!Group::CURVES.contains(&group) && self.version(Version::Tls13) == Known::Refused)
        {
            Known::Refused
        } else {
            Known::Unsettled
        }
    }

    /// Versions for which the same question was answered yes and no: several servers behind one
    /// name, or one that does not answer every time.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Version> {
        let both_ways = |version: &Version| {
            let accepted = self.accepted.get(version);
            let refused = self.refused.get(version);
            let suite = match (accepted, refused) {
                (Some(accepted), Some(refused)) => !accepted.is_disjoint(refused),
                (Some(_) | None, None) | (None, Some(_)) => false,
            };
            suite || (accepted.is_some() && self.contradictions.contains(version))
        };
        Version::ALL.into_iter().filter(both_ways).collect()
    }

    /// Whether the server goes by its own order of suites at a version (`Some(true)`), or by the
    /// client's. `None` while no two answers tell them apart.
    ///
    /// A client that puts ChaCha20 first gets it from many servers with an order of their own: it
    /// has no hardware for AES (`SSL_OP_PRIORITIZE_CHACHA`, Go's default). That shows no order.
    #[must_use]
    pub fn server_order(&self, version: Version) -> Option<bool> {
        let accepted = self.accepted.get(&version)?;
        let mut firsts = BTreeSet::new();
        for (_, offered, chosen) in self.choices.iter().filter(|choice| choice.0 == version) {
            let mut wanted = offered.iter().filter(|suite| accepted.contains(suite));
            if wanted.clone().count() < 2 {
                continue;
            }
            if wanted.next() != Some(chosen) {
                return Some(true);
            }
            if !CipherSuite::name_of(*chosen).contains("CHACHA20") {
                firsts.insert(chosen);
            }
        }
        (firsts.len() > 1).then_some(false)
    }
}

impl Offer {
    /// Whether a refusal speaks for the version as a whole.
    #[must_use]
    pub fn offers_all_suites(&self) -> bool {
        self.version == Version::Ssl2
            || common(self.version).all(|suite| self.suites.contains(&suite.id()))
    }

    /// Whether a refusal can be about the suites alone.
    fn offers_all_groups(&self) -> bool {
        let all: &[Group] = match self.version {
            Version::Ssl2 | Version::Ssl3 => &[],
            Version::Tls10 | Version::Tls11 | Version::Tls12 => &Group::CURVES,
            Version::Tls13 => &Group::CLASSICAL_TLS13,
        };
        all.iter().all(|group| self.groups.contains(group))
    }
}

/// The suites of a version that a server of the web can take.
fn common(version: Version) -> impl Iterator<Item = CipherSuite> {
    CipherSuite::all()
        .filter(move |suite| suite.usable_at(version) && suite.needs() == Needs::Common)
}

#[cfg(test)]
mod tests;
