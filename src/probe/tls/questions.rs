//! The first hellos: each asks one question, and none depends on an answer.
//!
//! Ten connections decide everything that must be known of a healthy server: these nine hellos and
//! the handshake of the first HTTP exchange. A list of all suites takes more at the same time.

use crate::evidence::Question;
use crate::wire::tls::{CipherSuite, FALLBACK_SCSV, Group, Needs, Offer, Version};

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
    /// Each group that a profile speaks of.
    pub(super) groups: bool,
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

/// The most suites in one hello: some servers answer no hello of more than 128 or 150.
pub(super) const MOST_SUITES: usize = 100;

/// Asks of a host by this name, or by its address alone; most valuable first, so that a rate limit
/// costs the least.
#[must_use]
pub(super) fn first_wave(name: Option<&str>, depth: Depth) -> Vec<Ask> {
    let mut wave = vec![ask(Question::Modern, modern())];
    let rest = rest(depth);
    let parts = rest.len().div_ceil(MOST_SUITES).max(1);
    wave.extend(rest.chunks(rest.len().div_ceil(parts).max(1)).map(|part| {
        let offer = generous(Offer::new(Version::Tls12, part.to_vec()));
        ask(Question::Rest, offer)
    }));
    wave.extend([
        old(Version::Tls10),
        old(Version::Tls11),
        ask(Question::PostQuantum, post_quantum()),
        old(Version::Ssl3),
    ]);
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
    named(wave, name)
}

/// TLS 1.3 alone, with all its suites and groups.
#[must_use]
pub(super) fn tls13_alone(name: Option<&str>) -> Vec<Ask> {
    named(vec![ask(Question::Tls13, tls13(every_tls13()))], name)
}

fn named(mut asks: Vec<Ask>, name: Option<&str>) -> Vec<Ask> {
    for ask in &mut asks {
        ask.offer.server_name = name.map(str::to_owned);
    }
    asks
}

pub(super) fn ask(question: Question, offer: Offer) -> Ask {
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

/// What the control asks beside suites, with suites a server is known to take.
#[must_use]
pub(super) fn features(version: Version, taken: &[CipherSuite]) -> Ask {
    let suites = taken.iter().map(|suite| suite.id()).collect();
    let offer = Offer {
        alpn: vec!["h2".to_owned(), "http/1.1".to_owned()],
        staple: true,
        ..Offer::new(version, suites)
    };
    ask(Question::Features, offer)
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
/// order shows the worst it takes. Suites that no client of the web can use are left for the list.
fn rest(depth: Depth) -> Vec<u16> {
    let wanted = |suite: &CipherSuite| {
        suite.usable_at(Version::Tls12)
            && !suite.is_modern_tls12()
            && (depth.every_suite || suite.needs() == Needs::Common)
    };
    worst_first(CipherSuite::all().filter(wanted).collect())
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

/// One old version with all its suites, as far as one hello holds them. A refusal says nothing of
/// lower versions, so each is asked.
fn old(version: Version) -> Ask {
    let suites_for = |needs: Needs| {
        let wanted = |suite: &CipherSuite| suite.usable_at(version) && suite.needs() == needs;
        worst_first(CipherSuite::all().filter(wanted).collect())
    };
    let mut suites = suites_for(Needs::Common);
    suites.extend(suites_for(Needs::DatedCertificate));
    suites.truncate(MOST_SUITES);
    ask(Question::OldVersion, generous(Offer::new(version, suites)))
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
        ..tls13(every_tls13())
    }
}

fn every_tls13() -> Vec<u16> {
    let tls13 = CipherSuite::all().filter(|suite| suite.is_tls13());
    tls13.map(CipherSuite::id).collect()
}

/// TLS 1.3 alone.
#[must_use]
pub(super) fn tls13(suites: Vec<u16>) -> Offer {
    Offer::new(Version::Tls13, suites)
}

/// TLS 1.3 and TLS 1.2, as browsers offer them.
#[must_use]
pub(super) fn tls13_or_12(tls12: &[CipherSuite]) -> Ask {
    let mut suites = every_tls13();
    suites.extend(tls12.iter().map(|suite| suite.id()));
    let offer = Offer {
        and_tls12: true,
        ..tls13(suites)
    };
    ask(Question::Tls13, offer)
}

/// The same with what browsers send beside, and without.
#[must_use]
pub(super) fn as_browsers(name: Option<&str>, tls12: &[CipherSuite]) -> Vec<Ask> {
    let plain = tls13_or_12(tls12);
    let offer = Offer {
        alpn: vec!["h2".to_owned(), "http/1.1".to_owned()],
        staple: true,
        grease: true,
        ..plain.offer.clone()
    };
    named(vec![ask(plain.question, offer), plain], name)
}

/// TLS 1.3 with these groups alone.
#[must_use]
pub(super) fn groups(groups: Vec<Group>) -> Ask {
    let offer = Offer {
        groups,
        ..tls13(TLS13.to_vec())
    };
    ask(Question::Group, offer)
}

/// The same suites in two orders prove two of them at once, or that the server has its own order.
/// ChaCha20 stays behind: many servers prefer it for a client that puts it first.
fn both_orders() -> Vec<Ask> {
    let (aes, chacha) = MODERN.split_at(4);
    let backwards = aes.iter().rev().chain(chacha).copied().collect();
    let backwards = Offer {
        suites: backwards,
        ..modern()
    };
    let mut others = every_tls13();
    others.retain(|suite| !TLS13.contains(suite));
    vec![
        // Where the client's order counts, this proves the leading curve as well.
        ask(Question::Order, leading_with(Group::SECP384R1, backwards)),
        ask(Question::Tls13, tls13(TLS13.to_vec())),
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
    use super::{Depth, MOST_SUITES, Question, first_wave};
    use crate::wire::tls::{CipherSuite, Needs, Version};

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

    #[test]
    fn nine_hellos_and_one_handshake_are_ten_connections() {
        assert_eq!(first_wave(Some("example.test"), MUST).len(), 9);
        assert_eq!(first_wave(None, MUST).len(), 9);
        assert_eq!(first_wave(Some("example.test"), ALL).len(), 14);
    }

    #[test]
    fn modern_and_rest_leave_no_suite_of_tls12_out() {
        for (depth, needs) in [(MUST, Needs::Common), (ALL, Needs::SharedSecret)] {
            let wave = first_wave(None, depth);
            let mut offered: Vec<u16> = wave
                .iter()
                .filter(|ask| matches!(ask.question, Question::Modern | Question::Rest))
                .flat_map(|ask| ask.offer.suites.clone())
                .collect();
            offered.sort_unstable();
            let usable = CipherSuite::all()
                .filter(|suite| suite.usable_at(Version::Tls12) && suite.needs() <= needs);
            assert_eq!(offered, usable.map(CipherSuite::id).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_hello_has_more_suites_than_the_most_timid_server_reads() {
        for depth in [MUST, ALL] {
            let wave = first_wave(None, depth);
            assert!(wave.iter().all(|ask| ask.offer.suites.len() <= MOST_SUITES));
        }
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
    fn every_hello_has_the_name() {
        let wave = first_wave(Some("example.test"), ALL);
        let named = |name: &Option<String>| name.as_deref() == Some("example.test");
        assert!(wave.iter().all(|ask| named(&ask.offer.server_name)));
    }
}
