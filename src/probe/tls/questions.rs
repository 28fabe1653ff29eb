//! The hellos of the first wave: each asks one question, and none depends on an answer.
//!
//! Ten connections decide everything that must be known of a healthy server: these nine hellos and
//! the handshake of the first HTTP exchange. A list of all suites takes five more in the same wave.

use crate::evidence::Question;
use crate::wire::tls::{CipherSuite, FALLBACK_SCSV, Group, Offer, Version};

/// A hello to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// Why.
    pub(super) question: Question,
    /// What is offered.
    pub(super) offer: Offer,
}

/// How much is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Depth {
    /// Every accepted suite of every version, and whose order counts.
    pub(super) every_suite: bool,
    /// No SSLv2, which alarms some intrusion prevention systems.
    pub(super) no_legacy: bool,
}

/// A size that a hello with a post-quantum key share exceeds, and some middleboxes do not expect:
/// it no longer fits one TCP segment.
const BIG: u16 = 1500;

/// The modern suites of TLS 1.2, weakest encryption first: a server that goes by the client's
/// order shows that it takes 128 bits here, and 256 in the handshake.
const MODERN: [u16; 6] = [0xc02f, 0xc02b, 0xc030, 0xc02c, 0xcca8, 0xcca9];

/// The common suites of TLS 1.3, in the order of RFC 8446 §B.4.
const TLS13: [u16; 3] = [0x1301, 0x1302, 0x1303];

/// The groups that are asked for by other hellos, or one by one.
const COMMON_GROUPS: [Group; 3] = [Group::X25519, Group::SECP256R1, Group::SECP384R1];

/// Asks of a host by this name, or by its address alone; most valuable first, so that a rate limit
/// costs the least. The last one is sure to be taken where the first was, so its answer shows that
/// no limit began in between.
#[must_use]
pub(super) fn first_wave(name: Option<&str>, depth: Depth) -> Vec<Ask> {
    let mut wave = vec![
        ask(Question::Modern, modern()),
        ask(Question::Rest, generous(Offer::new(Version::Tls12, rest()))),
        old(Version::Tls10),
        old(Version::Tls11),
        ask(Question::PostQuantum, post_quantum()),
        old(Version::Ssl3),
    ];
    if !depth.no_legacy {
        wave.push(ask(
            Question::OldVersion,
            Offer::new(Version::Ssl2, Vec::new()),
        ));
    }
    if depth.every_suite {
        wave.extend(both_orders());
    }
    wave.push(ask(Question::Fallback, fallback()));
    for ask in &mut wave {
        ask.offer.server_name = name.map(str::to_owned);
    }
    if name.is_some() {
        wave.push(ask(Question::NoName, modern()));
    }
    wave
}

fn ask(question: Question, offer: Offer) -> Ask {
    Ask { question, offer }
}

/// The control: what every healthy server of TLS 1.2 takes, with all the extensions whose echo is
/// a fact, and the values every server must ignore.
fn modern() -> Offer {
    Offer {
        alpn: vec!["h2".to_owned(), "http/1.1".to_owned()],
        staple: true,
        grease: true,
        ..generous(Offer::new(Version::Tls12, MODERN.to_vec()))
    }
}

/// With what a server had better not take.
fn generous(offer: Offer) -> Offer {
    Offer {
        compression: true,
        heartbeat: true,
        ..offer
    }
}

/// Every suite but the modern ones, the most alarming first: a server that goes by the client's
/// order shows the worst it takes.
fn rest() -> Vec<u16> {
    let usable = |suite: &CipherSuite| suite.usable_at(Version::Tls12) && !suite.is_modern_tls12();
    worst_first(CipherSuite::all().filter(usable).collect())
}

/// By the worst class of each, then by number.
#[must_use]
pub(super) fn worst_first(mut suites: Vec<CipherSuite>) -> Vec<u16> {
    suites.sort_by_key(|suite| {
        let worst = suite.classes().next();
        (worst.is_none(), worst, suite.id())
    });
    suites.into_iter().map(CipherSuite::id).collect()
}

/// One old version with all its suites. A refusal says nothing of lower versions, so each is asked.
fn old(version: Version) -> Ask {
    let usable = CipherSuite::all().filter(|suite| suite.usable_at(version));
    let offer = Offer::new(version, worst_first(usable.collect()));
    ask(Question::OldVersion, generous(offer))
}

fn fallback() -> Offer {
    let mut suites = MODERN.to_vec();
    suites.push(FALLBACK_SCSV);
    Offer::new(Version::Tls12, suites)
}

fn post_quantum() -> Offer {
    Offer {
        groups: Group::HYBRIDS.to_vec(),
        grease: true,
        pad_to: BIG,
        ..tls13(
            CipherSuite::all()
                .filter(|suite| suite.is_tls13())
                .map(CipherSuite::id)
                .collect(),
        )
    }
}

/// TLS 1.3 alone.
#[must_use]
pub(super) fn tls13(suites: Vec<u16>) -> Offer {
    Offer {
        alpn: vec!["h2".to_owned(), "http/1.1".to_owned()],
        ..Offer::new(Version::Tls13, suites)
    }
}

/// The same suites in two orders prove two of them at once, or that the server has its own order.
fn both_orders() -> Vec<Ask> {
    let reversed = |suites: &[u16]| suites.iter().rev().copied().collect::<Vec<_>>();
    let others =
        CipherSuite::all().filter(|suite| suite.is_tls13() && !TLS13.contains(&suite.id()));
    let others = others.map(CipherSuite::id).collect();
    let backwards = Offer {
        suites: reversed(&MODERN),
        ..modern()
    };
    let with = |suite: u16, groups: &[Group]| Offer {
        groups: groups.to_vec(),
        ..tls13(vec![suite])
    };
    let rare: Vec<Group> = Group::CLASSICAL_TLS13
        .into_iter()
        .filter(|group| !COMMON_GROUPS.contains(group))
        .collect();
    vec![
        // Where the client's order counts, this proves the leading curve as well.
        ask(Question::Order, leading_with(Group::SECP384R1, backwards)),
        ask(Question::Tls13, tls13(TLS13.to_vec())),
        // Taken, each proves a suite and a group; refused, neither.
        ask(Question::Group, with(0x1303, &[Group::SECP256R1])),
        ask(Question::Group, with(0x1302, &rare)),
        ask(Question::Enumerate, tls13(others)),
    ]
}

fn leading_with(group: Group, mut offer: Offer) -> Offer {
    offer.groups.retain(|other| *other != group);
    offer.groups.insert(0, group);
    offer
}

#[cfg(test)]
mod tests {
    use super::{Depth, Question, first_wave};
    use crate::wire::tls::{CipherSuite, Version};

    const MUST: Depth = Depth {
        every_suite: false,
        no_legacy: false,
    };
    const ALL: Depth = Depth {
        every_suite: true,
        no_legacy: false,
    };

    #[test]
    fn nine_hellos_and_one_handshake_are_ten_connections() {
        assert_eq!(first_wave(Some("example.test"), MUST).len(), 9);
        assert_eq!(first_wave(None, MUST).len(), 8);
        assert_eq!(first_wave(Some("example.test"), ALL).len(), 14);
    }

    #[test]
    fn modern_and_rest_leave_no_suite_of_tls12_out() {
        let wave = first_wave(None, MUST);
        let mut offered: Vec<u16> = wave
            .iter()
            .filter(|ask| matches!(ask.question, Question::Modern | Question::Rest))
            .flat_map(|ask| ask.offer.suites.clone())
            .collect();
        offered.sort_unstable();
        let usable = CipherSuite::all().filter(|suite| suite.usable_at(Version::Tls12));
        assert_eq!(offered, usable.map(CipherSuite::id).collect::<Vec<_>>());
    }

    #[test]
    fn every_old_version_is_asked_with_all_its_suites() {
        let wave = first_wave(None, MUST);
        let old = wave
            .iter()
            .filter(|ask| ask.question == Question::OldVersion);
        let versions: Vec<_> = old.clone().map(|ask| ask.offer.version).collect();
        assert_eq!(
            versions,
            [Version::Tls10, Version::Tls11, Version::Ssl3, Version::Ssl2]
        );
        assert!(old.clone().all(|ask| ask.offer.offers_all_suites()));
        let quiet = Depth {
            no_legacy: true,
            ..MUST
        };
        assert!(
            first_wave(None, quiet)
                .iter()
                .all(|ask| ask.offer.version != Version::Ssl2)
        );
    }

    #[test]
    fn only_the_last_hello_lacks_the_name() {
        let wave = first_wave(Some("example.test"), ALL);
        let nameless: Vec<_> = wave
            .iter()
            .filter(|ask| ask.offer.server_name.is_none())
            .collect();
        assert_eq!(nameless.len(), 1);
        assert_eq!(wave.last().map(|ask| ask.question), Some(Question::NoName));
    }
}
