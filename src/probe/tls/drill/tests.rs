//! The follow-up hellos, against servers that are a function: whatever suites one takes, it is
//! found out, and in few hellos.

use proptest::prelude::*;

use super::next;
use crate::evidence::{HelloReply, HelloSent, Observation, WireBytes, hellos};
use crate::model::Micros;
use crate::probe::tls::questions::{Ask, Depth, first_wave};
use crate::wire::tls::{
    CipherSuite, Class, FALLBACK_SCSV, Group, Known, Ledger, Needs, Offer, Version,
};

const MUST: Depth = Depth {
    every_suite: false,
    groups: false,
    no_legacy: false,
};
const ALL: Depth = Depth {
    every_suite: true,
    groups: true,
    no_legacy: false,
};

/// What every server has; no post-quantum group, and no rare one.
const GROUPS: [Group; 2] = [Group::X25519, Group::SECP256R1];

/// A server of these versions that takes these suites, by its own order or by the client's.
#[derive(Clone, Debug)]
struct Server {
    versions: Vec<Version>,
    suites: Vec<u16>,
    own_order: bool,
}

impl Server {
    fn answer(&self, offer: &Offer) -> Vec<u8> {
        if !self.versions.contains(&offer.version) {
            return alert(70);
        }
        if offer.suites.contains(&FALLBACK_SCSV) && self.versions.last() > Some(&offer.version) {
            return alert(86);
        }
        let fits = |id: &&u16| CipherSuite::by_id(**id).is_some_and(|s| s.usable_at(offer.version));
        let taken = |id: &&u16| fits(id) && self.suites.contains(id) && offer.suites.contains(id);
        let order = if self.own_order {
            &self.suites
        } else {
            &offer.suites
        };
        let group =
            Version::Tls13 != offer.version || offer.groups.iter().any(|g| GROUPS.contains(g));
        match order.iter().find(taken) {
            Some(suite) if group => server_hello(offer.version, *suite),
            Some(_) | None => alert(40),
        }
    }

    /// Asks everything, round by round.
    fn interview(&self, depth: Depth) -> Vec<HelloSent> {
        let mut answers = self.ask(first_wave(Some("example.test"), depth));
        for _ in 0..400 {
            let asks = next(Some("example.test"), depth, &answers);
            if asks.is_empty() {
                break;
            }
            answers.extend(self.ask(asks));
        }
        answers
    }

    fn ask(&self, asks: Vec<Ask>) -> Vec<HelloSent> {
        let answer = |ask: Ask| HelloSent {
            question: ask.question,
            attempt: 1,
            reply: Observation::Seen(HelloReply {
                bytes: WireBytes(self.answer(&ask.offer)),
                closed: false,
                timed_out: false,
                took: Micros(0),
            }),
            offer: ask.offer,
        };
        asks.into_iter().map(answer).collect()
    }
}

fn alert(description: u8) -> Vec<u8> {
    vec![21, 3, 1, 0, 2, 2, description]
}

fn server_hello(version: Version, suite: u16) -> Vec<u8> {
    let legacy = version.min(Version::Tls12).code().to_be_bytes();
    let mut body = [&legacy[..], &[9; 32], &[0], &suite.to_be_bytes(), &[0]].concat();
    if version == Version::Tls13 {
        body.extend([0, 12, 0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 29]);
    }
    let length = u8::try_from(body.len()).unwrap();
    [&[22, 3, 1, 0, length + 4, 2, 0, 0, length][..], &body].concat()
}

fn known(answers: &[HelloSent]) -> Ledger {
    hellos::ledger(answers, Some("example.test"))
}

fn ids(suites: impl Iterator<Item = CipherSuite>) -> Vec<u16> {
    suites.map(CipherSuite::id).collect()
}

#[test]
fn a_healthy_server_needs_no_second_round_and_few_connections_for_every_suite() {
    for own_order in [false, true] {
        let healthy = Server {
            versions: vec![Version::Tls12, Version::Tls13],
            suites: vec![0x1302, 0x1303, 0x1301, 0xc030, 0xcca8, 0xc02f],
            own_order,
        };
        // The mark in a real ServerHello saves the hello that asks for TLS 1.3.
        assert!(healthy.interview(MUST).len() <= 9 + 1);
        let groups = Depth {
            groups: true,
            ..MUST
        };
        // One for each curve that no other hello decides, and one for all rare groups.
        let asked = healthy.interview(groups);
        let more: Vec<_> = asked.iter().skip(9).map(|sent| &sent.offer).collect();
        assert!(more.len() <= 1 + 5, "{more:#?}");
        let every = healthy.interview(ALL);
        let known = known(&every);
        assert_eq!(
            ids(known.accepted(Version::Tls12).into_iter()),
            [0xc02f, 0xc030, 0xcca8]
        );
        assert_eq!(
            ids(known.accepted(Version::Tls13).into_iter()),
            [0x1301, 0x1302, 0x1303]
        );
        assert!(known.open(Version::Tls12).is_empty() && known.open(Version::Tls13).is_empty());
        // The handshake and the resumption are two more.
        assert!(every.len() + 2 <= 27, "{own_order}: {}", every.len());
    }
}

#[test]
fn a_refused_version_says_nothing_of_lower_ones() {
    let gap = Server {
        versions: vec![Version::Tls10, Version::Tls12],
        suites: vec![0x002f],
        own_order: false,
    };
    let known = known(&gap.interview(MUST));
    let states = Version::ALL.map(|version| known.version(version));
    let (yes, no) = (Known::Accepted, Known::Refused);
    assert_eq!(states, [no, no, yes, no, yes, no]);
}

#[test]
fn a_class_of_tls13_says_nothing_of_the_versions_below() {
    // 3DES, and Magma in MGM: both have a small block.
    let server = Server {
        versions: vec![Version::Tls12, Version::Tls13],
        suites: vec![0x000a, 0x003c, 0xc104],
        own_order: false,
    };
    let known = known(&server.interview(MUST));
    assert_eq!(
        known.class(Version::Tls12, Class::SmallBlock),
        Known::Accepted
    );
}

fn any_server() -> impl Strategy<Value = Server> {
    let every = ids(CipherSuite::all());
    let versions = prop::sample::subsequence(Version::ALL[1..].to_vec(), 1..=5);
    let suites = prop::sample::subsequence(every, 1..30).prop_shuffle();
    (versions, suites, any::<bool>()).prop_map(|(versions, suites, own_order)| Server {
        versions,
        suites,
        own_order,
    })
}

impl Server {
    fn takes_at(&self, version: Version) -> Vec<u16> {
        let mut taken = self.suites.clone();
        taken.retain(|id| CipherSuite::by_id(*id).unwrap().usable_at(version));
        taken.sort_unstable();
        taken
    }

    /// Versions spoken in effect: one without a suite is not.
    fn speaks(&self, version: Version) -> bool {
        self.versions.contains(&version) && !self.takes_at(version).is_empty()
    }

    /// Versions that a client of the web can use.
    fn serves(&self, version: Version) -> bool {
        let common = |id: &u16| CipherSuite::by_id(*id).unwrap().needs() == Needs::Common;
        self.versions.contains(&version) && self.takes_at(version).iter().any(common)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn every_suite_of_any_server_is_found(server in any_server()) {
        let known = known(&server.interview(ALL));
        for version in Version::ALL.into_iter().skip(1) {
            if server.serves(version) {
                let found = ids(known.accepted(version).into_iter());
                prop_assert_eq!(found, server.takes_at(version), "{}", version);
                prop_assert!(known.open(version).is_empty());
            } else if !server.speaks(version) {
                prop_assert_eq!(known.version(version), Known::Refused, "{}", version);
            }
        }
    }

    #[test]
    fn every_class_of_any_server_is_settled_rightly(server in any_server()) {
        let known = known(&server.interview(MUST));
        let old = [Version::Ssl3, Version::Tls10, Version::Tls11, Version::Tls12];
        for class in Class::ALL {
            let suites = |v: &Version| server.takes_at(*v).into_iter().filter_map(CipherSuite::by_id);
            let taken = |v: &Version, most: Needs| server.speaks(*v)
                && suites(v).any(|suite| suite.is(class) && suite.needs() <= most);
            let truth = |most: Needs| old.iter().any(|v| taken(v, most));
            let states: Vec<Known> = old.iter().filter(|v| server.speaks(**v)).map(|v| known.class(*v, class)).collect();
            let accepted = states.contains(&Known::Accepted);
            prop_assert!(accepted || !truth(Needs::Common), "{} is missed", class);
            prop_assert!(!accepted || truth(Needs::SharedSecret), "{} is made up", class);
            let settled = accepted || !states.contains(&Known::Unsettled);
            prop_assert!(settled, "{} is open: {:?}", class, states);
        }
    }
}
