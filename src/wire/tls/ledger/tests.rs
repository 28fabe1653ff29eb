//! What answers prove, alone and together.

use super::{Known, Ledger};
use crate::wire::tls::{Alert, CipherSuite, Class, FALLBACK_SCSV, Group, Offer, Reply, Version};

/// The random of a HelloRetryRequest (RFC 8446 §4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

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
        (alert(10), Known::Refused),
        (alert(50), Known::Refused),
        (alert(109), Known::Refused),
        (alert(0), Known::Refused),
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
    let ask = |reply| ledger(&[(Offer::new(Version::Ssl2, vec![]), reply)]).version(Version::Ssl2);
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
    let every_rc4 = CipherSuite::all().filter(|s| s.is(Class::Rc4) && s.usable_at(Version::Tls12));
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
fn groups_are_settled_below_tls13_as_well() {
    let ask = |group: Group, reply| {
        let with = |groups| Offer {
            groups,
            ..Offer::new(Version::Tls12, vec![0xc02f])
        };
        let first = with(Group::CURVES.to_vec());
        ledger(&[
            (first, hello(Version::Tls12, 0xc02f)),
            (with(vec![group]), reply),
        ])
    };
    let refused = ask(Group::SECP384R1, alert(40));
    assert_eq!(refused.group(Group::SECP384R1), Known::Refused);
    assert_eq!(refused.group(Group::X25519), Known::Unsettled);
    assert_eq!(refused.version(Version::Tls12), Known::Accepted);
    assert!(
        refused.contradictions().is_empty(),
        "the groups, not the suite"
    );
}

#[test]
fn a_retry_that_asks_for_nothing_refuses_the_groups() {
    let offer = Offer {
        groups: Group::HYBRIDS.to_vec(),
        ..Offer::new(Version::Tls13, all(Version::Tls13))
    };
    let retry = |more: &[u8]| {
        let length = u16::try_from(6 + more.len()).unwrap().to_be_bytes();
        let versions = [0, 43, 0, 2, 3, 4];
        let body = [
            &[3, 3][..],
            &RETRY,
            &[0, 0x13, 1, 0],
            &length,
            &versions,
            more,
        ];
        let body = body.concat();
        let length = u8::try_from(body.len()).unwrap();
        Reply::read(&[&[22, 3, 3, 0, length + 4, 2, 0, 0, length], &body[..]].concat())
    };
    let cases: [(&[u8], Known); 3] = [
        (&[], Known::Refused),
        (&[0, 51, 0, 2, 0x11, 0xec], Known::Accepted),
        (&[0, 44, 0, 3, 0, 1, 7], Known::Unsettled),
    ];
    for (more, expected) in cases {
        let known = ledger(&[(offer.clone(), retry(more))]);
        assert_eq!(known.group(Group::X25519MLKEM768), expected, "{more:?}");
    }
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
        // ChaCha20 first for who puts it first shows no order.
        (
            vec![ask([0xcca8, 0xc02f], 0xcca8), ask([0xc02f, 0xcca8], 0xc02f)],
            None,
        ),
        (
            vec![
                ask([0xcca8, 0xc02f], 0xcca8),
                ask(ab, 0xc030),
                ask([0xc02f, 1], 0xc02f),
            ],
            Some(true),
        ),
    ];
    for (answers, expected) in cases {
        assert_eq!(ledger(&answers).server_order(Version::Tls12), expected);
    }
}
