//! Every certificate that was presented for the name, read and held against the anchors.

use super::certificate::{CertificateFacts, Link, Role};
use super::fault;
use super::source::{self, Source};
use super::staple::Staple;
use crate::evidence::{Evidence, TlsEvidence};
use crate::model::RootStore;
use crate::model::Untrusted;
use crate::wire::x509::{self, Anchors, Certificate, Chain, Malformed};

const DAY: i64 = 86_400;

/// Every different certificate seen for the name, the full handshake's first.
pub(super) fn read(evidence: &Evidence, tls: &TlsEvidence) -> Vec<CertificateFacts> {
    let anchors = anchors(evidence, tls);
    let mut read: Vec<CertificateFacts> = Vec::new();
    for source in source::all(tls) {
        let same = |before: &&mut CertificateFacts| before.sent.is(&source.chain);
        match read.iter_mut().find(same) {
            // Seen again where a response was asked for, it tells more than before.
            Some(before) if before.staple == Staple::NotAsked && source.asked_for_staple => {
                let seen_in = std::mem::take(&mut before.seen_in);
                *before = facts(evidence, &source, &anchors);
                before.seen_in.splice(0..0, seen_in);
            }
            Some(before) => before.seen_in.push(source.seen_in),
            None => read.push(facts(evidence, &source, &anchors)),
        }
    }
    read
}

/// The anchors of the run: Mozilla's or the system's, and the user's.
fn anchors(evidence: &Evidence, tls: &TlsEvidence) -> Anchors {
    let conditions = &evidence.run.conditions;
    let first = if conditions.roots == RootStore::System {
        Anchors::none().and(tls.system_anchors.iter().map(|der| der.0.as_slice()), false)
    } else {
        Anchors::bundled()
    };
    first.and(
        conditions.extra_roots.iter().map(|der| der.0.as_slice()),
        true,
    )
}

fn facts(evidence: &Evidence, source: &Source, anchors: &Anchors) -> CertificateFacts {
    let chain = Chain::read(&source.chain);
    let host = &evidence.target.url.host;
    let at = evidence.at;
    let leaf = chain.leaf().cloned();
    let left = leaf
        .as_ref()
        .map(|leaf| leaf.not_after.secs().saturating_sub(at.secs()));
    let lifetime = leaf.as_ref().map(Certificate::lifetime_seconds);
    let mismatch = |leaf: &Certificate| x509::mismatch(leaf, host);
    let mut facts = CertificateFacts {
        malformed: malformed(&chain),
        names_host: leaf.as_ref().is_some_and(|leaf| x509::names(leaf, host)),
        mismatch: leaf.as_ref().and_then(mismatch),
        days_left: left.map(|seconds| seconds.div_euclid(DAY)),
        lifetime_days: lifetime.map(|seconds| seconds.div_ceil(DAY.unsigned_abs())),
        chain: links(&chain),
        trust: x509::trust(&chain, anchors, at),
        staple: Staple::read(
            source.staple.as_deref(),
            source.asked_for_staple,
            &chain,
            anchors,
            at,
        ),
        faults: Vec::new(),
        seen_in: vec![source.seen_in.clone()],
        at: source.at.clone(),
        seen_at: at,
        insecure: evidence.run.conditions.insecure,
        days_wanted: evidence.target.tls.days_left,
        host: host.bare(),
        leaf,
        sent: chain,
    };
    facts.faults = fault::names(&facts);
    facts
}

fn malformed(chain: &Chain) -> Option<String> {
    let why = chain.sent.first()?.read.as_ref().err()?;
    (*why != Malformed::BeyondUs).then(|| why.to_string())
}

fn links(chain: &Chain) -> Vec<Link> {
    let (duplicates, unrelated) = (chain.duplicates(), chain.unrelated());
    let role = |place: usize, read: Option<&Certificate>| match read {
        None => Role::Malformed,
        Some(_) if place == 0 => Role::Leaf,
        Some(_) if duplicates.contains(&place) => Role::Duplicate,
        Some(_) if unrelated.contains(&place) => Role::Unrelated,
        Some(read) if read.is_self_signed() => Role::Root,
        Some(_) => Role::Intermediate,
    };
    let places = chain.sent.iter().enumerate();
    places
        .map(|(place, sent)| {
            let read = sent.read.as_ref().ok();
            let text =
                |pick: fn(&Certificate) -> &Untrusted| read.map(pick).cloned().unwrap_or_default();
            Link {
                role: role(place, read),
                subject: text(|read| &read.subject),
                name: text(|read| &read.name),
                issuer: text(|read| &read.issuer),
                key: read.map(|read| read.key.clone()),
                signature: read.map(|read| read.signature.clone()),
                not_before: read.map(|read| read.not_before),
                not_after: read.map(|read| read.not_after),
                scts: read.map_or(0, |read| read.scts.len()),
            }
        })
        .collect()
}
