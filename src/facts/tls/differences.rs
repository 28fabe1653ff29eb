//! What one server says alike in every answer, and several behind one address do not.
//!
//! Nothing is asked for it: every ServerHello and handshake of the run is held against the others.
//! Versions before TLS 1.2 are left out: some servers have another certificate for old clients.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{Answer, Answers};
use crate::evidence::{Evidence, Handshake, Purpose, TlsEvidence};
use crate::model::Pointer;
use crate::wire::tls::{Authentication, CipherSuite, Flight, Known, Sentinel, Version, extension};

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
    // The hellos all went to one address; a handshake may have gone to another one of the name.
    let one_address = evidence.addresses.seen().is_some_and(|all| all.len() == 1);
    let handshakes = if one_address {
        handshakes(tls)
    } else {
        Vec::new()
    };
    found.extend(certificates(&flights, &handshakes));
    found.extend(lower_version(answers, &handshakes));
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

/// Full handshakes at the address of the hellos.
fn handshakes(tls: &TlsEvidence) -> Vec<(&Handshake, Pointer)> {
    let first = tls.handshake.seen();
    let first = first.map(|seen| (seen, Pointer("/tls/seen/handshake/seen".to_owned())));
    let further = tls.more.iter().enumerate().filter_map(|(index, further)| {
        let here = !matches!(further.purpose, Purpose::Address(_));
        let seen = further.handshake.seen().filter(|_| here)?;
        let at = Pointer(format!("/tls/seen/more/{index}/handshake/seen"));
        Some((seen, at))
    });
    first.into_iter().chain(further).collect()
}

/// One leaf for each kind of key is all that one server has.
fn certificates(
    flights: &[(&Answer, &Flight)],
    handshakes: &[(&Handshake, Pointer)],
) -> Vec<Difference> {
    let in_hellos = flights.iter().filter_map(|(answer, flight)| {
        let suite = CipherSuite::by_id(flight.hello.suite)?;
        let leaf = flight.certificates.first()?.as_slice();
        Some((suite.authentication(), leaf, &answer.at))
    });
    let in_handshakes = handshakes.iter().filter_map(|(seen, at)| {
        let leaf = seen.chain.first()?.0.as_slice();
        Some((kind_of_key(seen.signature.scheme?)?, leaf, at))
    });
    let mut leaves: BTreeMap<Authentication, BTreeSet<&[u8]>> = BTreeMap::new();
    let mut found = Vec::new();
    for (kind, leaf, at) in in_hellos.chain(in_handshakes) {
        let leaves = leaves.entry(kind).or_default();
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

/// A handshake offers TLS 1.3; a server that has it chooses it.
fn lower_version(answers: &Answers, handshakes: &[(&Handshake, Pointer)]) -> Option<Difference> {
    let marked = answers
        .flights()
        .any(|(_, flight)| flight.hello.sentinel() == Some(Sentinel::Tls13));
    let speaks = answers.ledger.version(Version::Tls13) == Known::Accepted || marked;
    let lower = |(seen, _): &&(&Handshake, Pointer)| seen.version < Version::Tls13.code();
    let (_, at) = handshakes.iter().find(lower).filter(|_| speaks)?;
    Some(Difference {
        what: "TLSv1.3 accepted, and a handshake that offers it got less".to_owned(),
        at: at.clone(),
    })
}
