//! The two ends held together: our hellos are read by rustls, its answers by us; and nothing a
//! peer could send makes a reader panic.

use std::sync::Arc;

use proptest::prelude::*;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion, version};

use super::{
    Alert, CipherSuite, Ephemeral, Flight, Group, Offer, Reply, Sentinel, Version, extension,
};

type Versions = &'static [&'static SupportedProtocolVersion];

/// Lets a rustls server of these versions answer a hello.
fn ask(offer: &Offer, versions: Versions) -> Vec<u8> {
    let certified = rcgen::generate_simple_self_signed(["example.test".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let mut config = ServerConfig::builder_with_protocol_versions(versions)
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.into()], PrivateKeyDer::from(key))
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut server = ServerConnection::new(Arc::new(config)).unwrap();
    let (mut hello, mut answer) = (&offer.encode([7; 32])[..], Vec::new());
    while !hello.is_empty() {
        server.read_tls(&mut hello).unwrap();
        let _refused = server.process_new_packets();
    }
    while server.wants_write() {
        server.write_tls(&mut answer).unwrap();
    }
    answer
}

const TLS12: Versions = &[&version::TLS12];
const TLS13: Versions = &[&version::TLS13];
const BOTH: Versions = &[&version::TLS12, &version::TLS13];

fn modern(version: Version) -> Offer {
    let usable = |suite: &CipherSuite| {
        if version == Version::Tls13 {
            suite.is_tls13()
        } else {
            suite.is_modern_tls12()
        }
    };
    Offer::new(
        version,
        CipherSuite::all()
            .filter(usable)
            .map(CipherSuite::id)
            .collect(),
    )
}

fn flight(bytes: &[u8]) -> Flight {
    Reply::read(bytes).flight().expect("a flight").clone()
}

#[test]
fn a_tls12_flight_is_read_to_its_end() {
    let offer = Offer {
        server_name: Some("example.test".to_owned()),
        alpn: vec!["h2".to_owned(), "http/1.1".to_owned()],
        compression: true,
        heartbeat: true,
        staple: true,
        grease: true,
        ..modern(Version::Tls12)
    };
    let answer = ask(&offer, BOTH);
    let flight = flight(&answer);
    assert_eq!(flight.hello.version(), Some(Version::Tls12));
    assert_eq!(flight.hello.sentinel(), Some(Sentinel::Tls13));
    assert_eq!(flight.hello.alpn(), Some(&b"http/1.1"[..]));
    assert_eq!(flight.hello.compression, 0);
    assert!(
        flight
            .hello
            .extension(extension::EXTENDED_MASTER_SECRET)
            .is_some()
    );
    assert!(
        flight
            .hello
            .extension(extension::RENEGOTIATION_INFO)
            .is_some()
    );
    assert!(flight.hello.extension(extension::HEARTBEAT).is_none());
    assert_eq!(flight.certificates.len(), 1);
    assert!(matches!(flight.ephemeral, Some(Ephemeral::Curve(_))));
    assert!(flight.done && !flight.certificate_request);
    assert!(Reply::read(&answer).is_complete());
}

#[test]
fn an_empty_key_share_draws_a_retry_that_names_the_group() {
    for group in [Group::X25519MLKEM768, Group::X25519, Group::SECP384R1] {
        let offer = Offer {
            groups: vec![group],
            grease: true,
            pad_to: 1600,
            ..modern(Version::Tls13)
        };
        let hello = flight(&ask(&offer, TLS13)).hello;
        assert!(hello.is_retry());
        assert_eq!(hello.version(), Some(Version::Tls13));
        assert_eq!(hello.group(), Some(group));
        assert!(CipherSuite::by_id(hello.suite).unwrap().is_tls13());
    }
}

#[test]
fn what_is_not_spoken_is_refused_by_an_alert() {
    let only = |suite| Offer::new(Version::Tls12, vec![suite]);
    let strange = Offer {
        groups: vec![Group(0x11eb)],
        ..modern(Version::Tls13)
    };
    let cases = [
        (modern(Version::Tls12), TLS13, "protocol_version (70)"),
        (modern(Version::Tls13), TLS12, "protocol_version (70)"),
        (modern(Version::Tls11), BOTH, "protocol_version (70)"),
        (only(0x002f), TLS12, "handshake_failure (40)"),
        (strange, TLS13, "handshake_failure (40)"),
    ];
    for (offer, versions, said) in cases {
        let reply = Reply::read(&ask(&offer, versions));
        let Reply::Alert(alert) = reply else {
            panic!("{reply:?} should be {said}");
        };
        assert_eq!(alert.to_string(), said);
        assert!(alert.refuses_the_offer());
    }
}

#[test]
fn a_hello_is_as_long_as_it_says_and_as_wanted() {
    let everything: Vec<u16> = CipherSuite::all().map(CipherSuite::id).collect();
    for version in Version::ALL.into_iter().skip(1) {
        let bytes = Offer::new(version, everything.clone()).encode([0; 32]);
        let record = usize::from(u16::from_be_bytes([bytes[3], bytes[4]]));
        let message = usize::from(u16::from_be_bytes([bytes[7], bytes[8]]));
        assert_eq!(
            (record + 5, message + 9),
            (bytes.len(), bytes.len()),
            "{version}"
        );
        assert_eq!(bytes[..3], [22, 3, u8::from(version > Version::Ssl3)]);
    }
    for wanted in [300, 1500] {
        let offer = Offer {
            pad_to: wanted,
            ..modern(Version::Tls12)
        };
        assert_eq!(offer.encode([0; 32]).len(), 5 + usize::from(wanted));
    }
}

#[test]
fn other_protocols_and_silence_are_named() {
    let page = b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<html>The plain HTTP request";
    assert!(matches!(Reply::read(page), Reply::NotTls(said) if said.raw().starts_with("HTTP/1.1")));
    assert_eq!(Reply::read(&[]), Reply::Nothing);
    assert_eq!(Reply::read(&[22, 3, 3, 0, 90, 2]), Reply::Incomplete);
    assert_eq!(
        Reply::read(&[21, 3, 0, 0, 2, 2, 40]),
        Reply::Alert(Alert {
            level: 2,
            description: 40
        })
    );
    assert!(!Reply::read(&[22, 3, 3, 0, 90, 2]).is_complete());
}

#[test]
fn an_offer_survives_the_evidence() {
    let offer = Offer {
        heartbeat: true,
        pad_to: 1600,
        ..modern(Version::Tls13)
    };
    let json = serde_json::to_string(&offer).unwrap();
    assert_eq!(serde_json::from_str::<Offer>(&json).unwrap(), offer);
}

proptest! {
    #[test]
    fn any_bytes_are_some_reply(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _complete = Reply::read(&bytes).is_complete();
        let framed = [&[22, 3, 3, 2, 88][..], &bytes].concat();
        let _complete = Reply::read(&framed).is_complete();
    }

    /// Damage may hide what was sent, never invent a certificate that was not.
    #[test]
    fn a_damaged_flight_is_still_some_reply(at in 0usize..900, bit in 0u8..8, cut in 0usize..900) {
        let mut bytes = ask(&modern(Version::Tls12), TLS12);
        let sent = flight(&bytes).certificates;
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << bit;
        }
        let _damaged = Reply::read(&bytes);
        let whole = ask(&modern(Version::Tls12), TLS12);
        let prefix = Reply::read(whole.get(..cut).unwrap_or(&whole));
        let found = prefix.flight().map_or(0, |flight| flight.certificates.len());
        prop_assert!(found <= sent.len());
    }

    #[test]
    fn any_offer_is_a_hello(suites in prop::collection::vec(any::<u16>(), 0..400), pad in any::<u16>(), name in "[a-z.]{0,300}") {
        for version in Version::ALL {
            let offer = Offer { server_name: Some(name.clone()), pad_to: pad % 20_000, ..Offer::new(version, suites.clone()) };
            prop_assert!(offer.encode([1; 32]).len() > 40);
        }
    }
}
