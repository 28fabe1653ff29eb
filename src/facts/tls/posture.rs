//! What the ratings look at, taken from the facts.

use std::collections::BTreeMap;

use super::answers::Answers;
use super::certificate::CertificateFacts;
use super::features::Features;
use crate::evidence::{Evidence, Flag};
use crate::facts::exchanges;
use crate::facts::rating::{Hsts, Leaf, Path, Posture};
use crate::model::Ask;
use crate::wire::http::hsts;
use crate::wire::tls::{CipherSuite, Group, Known, Version};
use crate::wire::x509::{Certificate, Hash, PathFault};

/// The groups every profile of every edition is about.
const ASKED: [Group; 3] = [Group::X25519, Group::SECP256R1, Group::SECP384R1];

/// What a posture is made from.
pub(super) struct Basis<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) answers: &'a Answers,
    pub(super) versions: &'a BTreeMap<Version, Known>,
    pub(super) suites: &'a BTreeMap<Version, Vec<CipherSuite>>,
    pub(super) all_suites: bool,
    pub(super) server_order: &'a BTreeMap<Version, bool>,
    pub(super) features: &'a Features,
    /// Every certificate presented for the name, the full handshake's first.
    pub(super) certificates: &'a [CertificateFacts],
    pub(super) inconclusive: &'a [String],
}

impl Basis<'_> {
    pub(super) fn posture(&self) -> Posture {
        let (answers, features) = (self.answers, self.features);
        let settled = |group: &Group| answers.ledger.group(*group) != Known::Unsettled;
        let post_quantum = answers.post_quantum();
        let own = self.certificates.first();
        Posture {
            versions: self.versions.clone(),
            suites: self.suites.clone(),
            all_suites: self.all_suites,
            all_asked: self.evidence.run.conditions.has(Flag::Ciphers),
            chosen: self.chosen(),
            server_order: self.server_order.values().copied().min(),
            groups: answers.ledger.groups(),
            all_groups: ASKED.iter().all(settled) && post_quantum != Known::Unsettled,
            no_hybrid: post_quantum == Known::Refused,
            dh_bits: answers.dh_bits().and_then(|bits| u32::try_from(bits).ok()),
            secure_renegotiation: features.renegotiation,
            compression: features.compression == Some(true),
            fallback_scsv: features.scsv,
            staple: own.is_some_and(|facts| facts.staple.present().is_some()),
            leaf: own.and_then(leaf),
            other_leaves: self.other_leaves(),
            hsts: strict_transport_security(self.evidence),
            inconclusive: self.inconclusive.to_vec(),
        }
    }

    /// What was chosen from an offer that held everything the server takes at that version.
    fn chosen(&self) -> BTreeMap<Version, CipherSuite> {
        let mut chosen = BTreeMap::new();
        for (answer, flight) in self.answers.flights() {
            let Some(version) = flight.hello.version() else {
                continue;
            };
            let taken = self.suites.get(&version).map_or(&[][..], Vec::as_slice);
            let offered = |suite: &CipherSuite| answer.sent.offer.suites.contains(&suite.id());
            if taken.iter().all(offered)
                && let Some(suite) = CipherSuite::by_id(flight.hello.suite)
            {
                chosen.entry(version).or_insert(suite);
            }
        }
        chosen
    }

    /// Those with keys of another kind: the server has them for clients that want them.
    fn other_leaves(&self) -> Vec<Leaf> {
        let mut leaves = self.certificates.iter().filter_map(leaf);
        let Some(own) = leaves.next() else {
            return Vec::new();
        };
        leaves
            .filter(|other| other.key.kind != own.key.kind)
            .collect()
    }
}

fn leaf(facts: &CertificateFacts) -> Option<Leaf> {
    let leaf = facts.leaf.as_ref()?;
    let above = facts.on_the_way().filter(|(place, _)| *place > 0);
    Some(Leaf {
        names_host: facts.names_host,
        in_time: facts.trust.in_time,
        path: path(facts),
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

/// An authority whose certificate was not sent may be unknown, or just missing.
fn path(facts: &CertificateFacts) -> Path {
    use PathFault::{AuthorityAsLeaf, MissingIntermediate, UnknownCa};
    let trust = &facts.trust;
    let end = trust
        .path
        .last()
        .and_then(|place| facts.sent.certificate(*place));
    let ends_in_a_root = end.is_some_and(Certificate::is_self_issued);
    let missing = |fault: &PathFault| {
        matches!(fault, MissingIntermediate { .. } | AuthorityAsLeaf)
            || matches!(fault, UnknownCa { .. } if !ends_in_a_root)
    };
    if trust.trusted {
        Path::Trusted
    } else if trust.is_open() {
        Path::Open
    } else if trust.faults.iter().all(missing) {
        Path::Unfinished
    } else {
        Path::Untrusted
    }
}

/// Of the target's own answer; the first field counts and a malformed one is none (RFC 6797 §8.1).
fn strict_transport_security(evidence: &Evidence) -> Option<Hsts> {
    let (_, page) = exchanges(evidence, Ask::Page.of_target()).next()?;
    let response = page.response.seen()?;
    let mut fields = response.fields.iter();
    let field = fields.find(|field| field.name.eq_ignore_ascii_case("strict-transport-security"));
    let read = field.and_then(|field| hsts::parse(&field.text()).ok());
    Some(read.map_or_else(Hsts::default, |read| Hsts {
        max_age: read.max_age,
        include_subdomains: read.include_subdomains,
    }))
}
