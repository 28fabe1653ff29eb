//! What the ratings look at, taken from the facts.

use std::collections::BTreeMap;

use super::answers::Answers;
use super::{CertificateFacts, TlsFacts};
use crate::evidence::{Evidence, Role};
use crate::facts::exchanges;
use crate::facts::rating::{Hsts, Leaf, Posture};
use crate::wire::http::hsts;
use crate::wire::tls::{CipherSuite, Group, Known, Version};
use crate::wire::x509::{Hash, PathFault};

/// The groups every profile of every edition is about.
const ASKED: [Group; 3] = [Group::X25519, Group::SECP256R1, Group::SECP384R1];

pub(super) fn of(facts: &TlsFacts, evidence: &Evidence, answers: &Answers) -> Posture {
    let settled = |group: &Group| answers.ledger.group(*group) != Known::Unsettled;
    Posture {
        versions: facts.versions.clone(),
        suites: facts.suites.clone(),
        all_suites: facts.all_suites,
        all_asked: evidence.run.conditions.has("ciphers"),
        chosen: chosen(facts, answers),
        server_order: facts.server_order.values().copied().min(),
        groups: facts.groups.clone(),
        all_groups: ASKED.iter().all(settled) && facts.post_quantum != Known::Unsettled,
        no_hybrid: facts.post_quantum == Known::Refused,
        dh_bits: facts.dh_bits.and_then(|bits| u32::try_from(bits).ok()),
        secure_renegotiation: facts.features.renegotiation,
        compression: facts.features.compression == Some(true),
        fallback_scsv: facts.features.scsv,
        staple: facts
            .certificate
            .as_ref()
            .is_some_and(|facts| facts.staple.present().is_some()),
        leaf: facts.certificate.as_ref().and_then(leaf),
        hsts: strict_transport_security(evidence),
        inconclusive: facts.inconclusive.clone(),
    }
}

/// What was chosen from an offer that held everything the server takes at that version.
fn chosen(facts: &TlsFacts, answers: &Answers) -> BTreeMap<Version, CipherSuite> {
    let mut chosen = BTreeMap::new();
    for (answer, flight) in answers.flights() {
        let Some(version) = flight.hello.version() else {
            continue;
        };
        let taken = facts.suites.get(&version).map_or(&[][..], Vec::as_slice);
        let offered = |suite: &CipherSuite| answer.sent.offer.suites.contains(&suite.id());
        if taken.iter().all(offered)
            && let Some(suite) = CipherSuite::by_id(flight.hello.suite)
        {
            chosen.entry(version).or_insert(suite);
        }
    }
    chosen
}

fn leaf(facts: &CertificateFacts) -> Option<Leaf> {
    let leaf = facts.leaf.as_ref()?;
    let above = facts.on_the_way().filter(|(place, _)| *place > 0);
    let incomplete = |fault: &PathFault| matches!(fault, PathFault::MissingIntermediate { .. });
    Some(Leaf {
        names_host: facts.names_host,
        in_time: facts.trust.in_time,
        trusted: facts.trust.trusted,
        incomplete: !facts.trust.faults.is_empty() && facts.trust.faults.iter().all(incomplete),
        revoked: facts.is_revoked(),
        has_responder: leaf.pointers.ocsp,
        key: leaf.key.clone(),
        signature: leaf.signature.name.clone(),
        hash: leaf.signature.hash,
        hash_above: above
            .map(|(_, read)| read.signature.hash)
            .min()
            .unwrap_or(Hash::Strong),
        days: facts.lifetime_days.unwrap_or(0),
    })
}

/// Of the target's own answer; the first field counts and a malformed one is none (RFC 6797 §8.1).
fn strict_transport_security(evidence: &Evidence) -> Option<Hsts> {
    let (_, page) = exchanges(evidence, &Role::Page).next()?;
    let response = page.response.seen()?;
    let mut fields = response.fields.iter();
    let field = fields.find(|field| field.name.eq_ignore_ascii_case("strict-transport-security"));
    let read = field.and_then(|field| hsts::parse(&field.text()).ok());
    Some(read.map_or_else(Hsts::default, |read| Hsts {
        max_age: read.max_age,
        include_subdomains: read.include_subdomains,
    }))
}
