//! What is known of a server after some answers: per version, what it takes and what it does not.

use std::collections::{BTreeMap, BTreeSet};

use super::alert::Alert;
use super::class::Class;
use super::client_hello::{FALLBACK_SCSV, Offer};
use super::group::Group;
use super::outcome::Outcome;
use super::reply::Reply;
use super::suite::CipherSuite;
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
            Outcome::Unsettled => {}
        }
        if let Some(group) = reply.flight().and_then(super::Flight::group) {
            self.groups.insert(group);
        }
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
        if offer.version == Version::Tls13 && !offer.offers_all_groups() {
            if COMMON_TLS13
                .iter()
                .all(|suite| offer.suites.contains(suite))
            {
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

    /// A version none of whose suites is taken is not spoken, however many hellos it took to ask.
    fn by_all_its_suites(&self, version: Version) -> Known {
        let Some(refused) = self.refused.get(&version) else {
            return Known::Unsettled;
        };
        let mut usable = CipherSuite::all().filter(|suite| suite.usable_at(version));
        if usable.all(|suite| refused.contains(&suite.id())) {
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

    /// Whether any suite of a class is taken at a version: refused only if every one of them was.
    #[must_use]
    pub fn class(&self, version: Version, class: Class) -> Known {
        let of_class =
            CipherSuite::all().filter(|suite| suite.usable_at(version) && suite.is(class));
        of_class
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
            || self.version(Version::Tls13) == Known::Refused
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
            firsts.insert(chosen);
        }
        (firsts.len() > 1).then_some(false)
    }
}

impl Offer {
    /// Whether a refusal speaks for the version as a whole.
    #[must_use]
    pub fn offers_all_suites(&self) -> bool {
        self.version == Version::Ssl2
            || CipherSuite::all()
                .filter(|suite| suite.usable_at(self.version))
                .all(|suite| self.suites.contains(&suite.id()))
    }

    /// Whether a refusal can be about the suites alone.
    fn offers_all_groups(&self) -> bool {
        Group::CLASSICAL_TLS13
            .iter()
            .all(|group| self.groups.contains(group))
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, Ledger};
    use crate::wire::tls::{
        Alert, CipherSuite, Class, FALLBACK_SCSV, Group, Offer, Reply, Version,
    };

    fn alert(description: u8) -> Reply {
        Reply::Alert(Alert {
            level: 2,
            description,
        })
    }

    /// A ServerHello of TLS 1.2 or below in one record.
    fn hello(version: Version, suite: u16) -> Reply {
        let body = [
            &version.code().to_be_bytes()[..],
            &[9; 32],
            &[0],
            &suite.to_be_bytes(),
            &[0],
        ];
        let body = body.concat();
        let length = u8::try_from(body.len()).unwrap();
        Reply::read(&[&[22, 3, 1, 0, length + 4, 2, 0, 0, length], &body[..]].concat())
    }

    fn all(version: Version) -> Vec<u16> {
        let usable = CipherSuite::all().filter(|suite| suite.usable_at(version));
        usable.map(CipherSuite::id).collect()
    }

    fn ledger(answers: &[(Offer, Reply)]) -> Ledger {
        let mut ledger = Ledger::default();
        for (offer, reply) in answers {
            ledger.note(offer, reply);
        }
        ledger
    }

    #[test]
    fn a_version_is_refused_by_an_alert_and_by_nothing_else() {
        let cases = [
            (alert(70), Known::Refused),
            (alert(40), Known::Refused),
            (alert(80), Known::Refused),
            (alert(112), Known::Unsettled),
            (alert(120), Known::Unsettled),
            (Reply::Nothing, Known::Unsettled),
            (Reply::Incomplete, Known::Unsettled),
            (Reply::read(b"HTTP/1.1 400 Bad Request"), Known::Unsettled),
            (hello(Version::Tls10, 0x002f), Known::Refused),
            (hello(Version::Tls11, 0x002f), Known::Accepted),
            (hello(Version::Tls11, 0x1301), Known::Unsettled), // never offered
            (hello(Version::Tls12, 0x002f), Known::Unsettled), // above what was offered
        ];
        for (reply, expected) in cases {
            let offer = Offer::new(Version::Tls11, all(Version::Tls11));
            let found = ledger(&[(offer, reply.clone())]).version(Version::Tls11);
            assert_eq!(found, expected, "{reply:?}");
        }
    }

    #[test]
    fn ssl2_is_refused_by_any_other_language() {
        let ask =
            |reply| ledger(&[(Offer::new(Version::Ssl2, vec![]), reply)]).version(Version::Ssl2);
        assert_eq!(ask(alert(50)), Known::Refused);
        assert_eq!(
            ask(Reply::read(b"HTTP/1.1 400 Bad Request")),
            Known::Refused
        );
        assert_eq!(ask(Reply::Nothing), Known::Unsettled);
    }

    #[test]
    fn a_class_is_refused_only_whole() {
        let some = vec![0x0004, 0x0005];
        let every_rc4 =
            CipherSuite::all().filter(|s| s.is(Class::Rc4) && s.usable_at(Version::Tls12));
        let every_rc4 = every_rc4.map(CipherSuite::id).collect();
        let ask = |suites, reply| {
            ledger(&[(Offer::new(Version::Tls12, suites), reply)]).class(Version::Tls12, Class::Rc4)
        };
        assert_eq!(ask(some.clone(), alert(40)), Known::Unsettled);
        assert_eq!(ask(every_rc4, alert(40)), Known::Refused);
        assert_eq!(ask(some, hello(Version::Tls12, 0x0005)), Known::Accepted);
    }

    #[test]
    fn a_fallback_alert_says_nothing_of_suites() {
        let offer = Offer::new(Version::Tls12, vec![FALLBACK_SCSV, 0xc02f]);
        let known = ledger(&[(offer, alert(86))]);
        let suite = CipherSuite::by_id(0xc02f).unwrap();
        assert_eq!(known.suite(Version::Tls12, suite), Known::Unsettled);
    }

    #[test]
    fn few_groups_refused_leave_suites_and_version_open() {
        let offer = Offer {
            groups: Group::HYBRIDS.to_vec(),
            ..Offer::new(Version::Tls13, all(Version::Tls13))
        };
        let known = ledger(&[(offer, alert(40))]);
        assert_eq!(known.version(Version::Tls13), Known::Unsettled);
        assert_eq!(known.group(Group::X25519MLKEM768), Known::Refused);
        assert_eq!(known.group(Group::X25519), Known::Unsettled);
    }

    #[test]
    fn yes_and_no_to_one_question_is_a_contradiction() {
        let offer = || Offer::new(Version::Tls12, vec![0xc02f]);
        let yes = (offer(), hello(Version::Tls12, 0xc02f));
        let no = |description| (offer(), alert(description));
        assert_eq!(
            ledger(&[yes.clone(), no(40)]).contradictions(),
            [Version::Tls12]
        );
        let other = (Offer::new(Version::Tls12, vec![0x002f]), alert(70));
        assert_eq!(
            ledger(&[yes.clone(), other]).contradictions(),
            [Version::Tls12]
        );
        let unrelated = (Offer::new(Version::Tls12, vec![0x002f]), alert(40));
        assert!(ledger(&[yes, unrelated]).contradictions().is_empty());
    }

    #[test]
    fn two_orders_tell_whose_order_counts() {
        let ask = |suites: [u16; 2], chosen| {
            (
                Offer::new(Version::Tls12, suites.to_vec()),
                hello(Version::Tls12, chosen),
            )
        };
        let (ab, ba) = ([0xc02f, 0xc030], [0xc030, 0xc02f]);
        let cases = [
            (vec![ask(ab, 0xc02f), ask(ba, 0xc030)], Some(false)),
            (
                vec![ask(ab, 0xc02f), ask(ba, 0xc02f), ask([0xc030, 1], 0xc030)],
                Some(true),
            ),
            (vec![ask(ab, 0xc02f)], None),
        ];
        for (answers, expected) in cases {
            assert_eq!(ledger(&answers).server_order(Version::Tls12), expected);
        }
    }
}
