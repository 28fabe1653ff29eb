//! What one server says alike in every answer, and several behind one address do not.
//!
//! Nothing is asked for it: every ServerHello and handshake of the run is held against the others.
//! Versions before TLS 1.2 are left out: some servers have another certificate for old clients.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{Answer, Answers};
use crate::evidence::{Evidence, Handshake, TlsEvidence};
use crate::model::Pointer;
use crate::wire::tls::{Authentication, CipherSuite, Flight, Sentinel, Version, extension};

/// Something that was one way and another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What, in words.
    pub what: String,
    /// An answer that differs from one before it.
    pub at: Pointer,
}

pub(super) fn read(evidence: &Evidence, tls: &TlsEvidence, answers: &Answers) -> Vec<Difference> {
    let flights: Vec<(&Answer, &Flight)> = answers
        .flights()
        .filter(|(_, flight)| flight.hello.version() == Some(Version::Tls12))
        .collect();
    let echoes = |kind: u16| move |flight: &Flight| flight.hello.extension(kind).is_some();
    let marked = |flight: &Flight| flight.hello.sentinel() == Some(Sentinel::Tls13);
    let mut found = Vec::new();
    found.extend(both(&flights, "the mark of TLS 1.3", marked));
    let ems = echoes(extension::EXTENDED_MASTER_SECRET);
    found.extend(both(&flights, "extended_master_secret", ems));
    let renegotiation = echoes(extension::RENEGOTIATION_INFO);
    found.extend(both(&flights, "renegotiation_info", renegotiation));
    let seen = Seen::of(evidence, tls);
    found.extend(certificates(&flights, &seen));
    found.extend(lower_version(answers, &seen));
    found
}

/// A mark that some ServerHellos of TLS 1.2 bear and others do not.
fn both(
    flights: &[(&Answer, &Flight)],
    what: &str,
    bears: impl Fn(&Flight) -> bool,
) -> Option<Difference> {
    let first = bears(flights.first()?.1);
    let (other, _) = flights.iter().find(|(_, flight)| bears(flight) != first)?;
    Some(Difference {
        what: format!("{what} in some ServerHellos of TLSv1.2 and not in others"),
        at: other.at.clone(),
    })
}

/// The handshakes by the address they were made at, and the address of the hellos.
struct Seen<'a> {
    hellos_at: &'a str,
    handshakes: Vec<(&'a str, &'a Handshake, Pointer)>,
}

impl<'a> Seen<'a> {
    fn of(evidence: &Evidence, tls: &'a TlsEvidence) -> Self {
        let first = Pointer("/tls/seen/handshake/seen".to_owned());
        let first = tls.handshake.seen().map(|seen| (seen, first));
        let further = tls.more.iter().enumerate().filter_map(|(index, further)| {
            let at = Pointer(format!("/tls/seen/more/{index}/handshake/seen"));
            Some((further.handshake.seen()?, at))
        });
        let all = first.into_iter().chain(further);
        let all = all.map(|(seen, at)| (seen.address.as_str(), seen, at));
        // Evidence that does not say where its hellos went is of use where there is one address.
        let one_address = evidence.addresses.seen().is_some_and(|all| all.len() == 1);
        let hellos_at = match (&tls.address, one_address) {
            (Some(address), _) => address.as_str(),
            (None, true) => tls.handshake.seen().map_or("", |seen| &seen.address),
            (None, false) => "",
        };
        Self {
            hellos_at,
            handshakes: all.collect(),
        }
    }
}

/// One leaf for each kind of key is all that one server has.
fn certificates(flights: &[(&Answer, &Flight)], seen: &Seen<'_>) -> Vec<Difference> {
    let in_hellos = flights.iter().filter_map(|(answer, flight)| {
        let suite = CipherSuite::by_id(flight.hello.suite)?;
        let leaf = flight.certificates.first()?.as_slice();
        Some((seen.hellos_at, suite.authentication(), leaf, &answer.at))
    });
    let in_handshakes = seen.handshakes.iter().filter_map(|(address, seen, at)| {
        let leaf = seen.chain.first()?.0.as_slice();
        Some((*address, kind_of_key(seen.signature.scheme?)?, leaf, at))
    });
    let mut leaves: BTreeMap<(&str, Authentication), BTreeSet<&[u8]>> = BTreeMap::new();
    let mut found = Vec::new();
    for (address, kind, leaf, at) in in_hellos.chain(in_handshakes) {
        let leaves = leaves.entry((address, kind)).or_default();
        if leaves.insert(leaf) && leaves.len() == 2 {
            let what = "two certificates with keys of one kind".to_owned();
            let at = at.clone();
            found.push(Difference { what, at });
        }
    }
    found
}

/// The key that signs with this scheme, as the suites of TLS 1.2 call it (RFC 8446 §4.2.3, RFC 8422
/// §5.10: EdDSA counts as ECDSA).
const fn kind_of_key(scheme: u16) -> Option<Authentication> {
    match scheme {
        0x0201 | 0x0401 | 0x0501 | 0x0601 | 0x0804..=0x0806 | 0x0809..=0x080b => {
            Some(Authentication::Rsa)
        }
        0x0203 | 0x0403 | 0x0503 | 0x0603 | 0x0807 | 0x0808 => Some(Authentication::Ecdsa),
        _ => None,
    }
}

/// Every handshake offers TLS 1.3; a server that has it chooses it.
fn lower_version(answers: &Answers, seen: &Seen<'_>) -> Option<Difference> {
    let newest = Version::Tls13.code();
    let in_hellos = answers.flights().any(|(_, flight)| {
        let hello = &flight.hello;
        hello.version() == Some(Version::Tls13) || hello.sentinel() == Some(Sentinel::Tls13)
    });
    let speaks = |address: &str| {
        let mut there = seen.handshakes.iter().filter(|(at, ..)| *at == address);
        (in_hellos && address == seen.hellos_at) || there.any(|(_, seen, _)| seen.version == newest)
    };
    let lower = |(address, seen, _): &&(&str, &Handshake, Pointer)| {
        seen.version < newest && speaks(address)
    };
    let (_, _, at) = seen.handshakes.iter().find(lower)?;
    Some(Difference {
        what: "TLSv1.3 accepted, and a handshake that offers it got less".to_owned(),
        at: at.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::evidence::{
        Evidence, Further, Handshake, Observation, Purpose, SignatureSeen, TlsEvidence, WireBytes,
    };
    use crate::facts::tls::Answers;

    const HERE: &str = "192.0.2.1:443";
    const THERE: &str = "192.0.2.2:443";
    const ECDSA: u16 = 0x0403;
    const RSA: u16 = 0x0804;

    /// Address, version, leaf and the scheme it signed with, of each handshake.
    type Seen = (&'static str, u16, &'static [u8], u16);

    fn handshake((address, version, leaf, scheme): Seen) -> Observation<Handshake> {
        Observation::Seen(Handshake {
            address: address.to_owned(),
            version,
            chain: vec![WireBytes(leaf.to_vec())],
            signature: SignatureSeen {
                scheme: Some(scheme),
                ..SignatureSeen::default()
            },
            ..Handshake::default()
        })
    }

    #[test]
    fn handshakes_at_one_address_are_alike() {
        let certificates = "two certificates with keys of one kind";
        let version = "TLSv1.3 accepted, and a handshake that offers it got less";
        #[rustfmt::skip]
        let cases: [(&[Seen], &[&str]); 8] = [
            (&[(HERE, 0x0304, b"a", ECDSA)],                                     &[]),
            (&[(HERE, 0x0304, b"a", ECDSA), (HERE, 0x0304, b"b", ECDSA)],        &[certificates]),
            (&[(HERE, 0x0304, b"a", ECDSA), (HERE, 0x0304, b"b", RSA)],          &[]),
            (&[(HERE, 0x0304, b"a", ECDSA), (THERE, 0x0304, b"b", ECDSA)],       &[]),
            (&[(HERE, 0x0304, b"a", ECDSA), (THERE, 0x0304, b"b", ECDSA), (THERE, 0x0304, b"c", ECDSA)], &[certificates]),
            (&[(HERE, 0x0304, b"a", ECDSA), (HERE, 0x0303, b"a", ECDSA)],        &[version]),
            (&[(HERE, 0x0303, b"a", ECDSA), (HERE, 0x0304, b"b", ECDSA)],        &[certificates, version]),
            (&[(HERE, 0x0304, b"a", ECDSA), (THERE, 0x0303, b"a", ECDSA)],       &[]),
        ];
        for (seen, expected) in cases {
            let mut all = seen.iter().copied().map(handshake);
            let tls = TlsEvidence {
                address: Some(HERE.to_owned()),
                handshake: all.next().expect("a first one"),
                more: all
                    .map(|handshake| Further {
                        purpose: Purpose::Exchange,
                        handshake,
                    })
                    .collect(),
                ..TlsEvidence::unasked(None)
            };
            let evidence = Evidence::unseen("https://www.example/");
            let found = read(&evidence, &tls, &Answers::read(&tls));
            let found: Vec<_> = found.iter().map(|one| one.what.as_str()).collect();
            assert_eq!(found, expected, "{seen:?}");
        }
    }
}
