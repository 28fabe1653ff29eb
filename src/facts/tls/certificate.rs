//! The certificate a server presents for its name, what it sends along, and what is wrong with it.

use super::fault;
use super::source::{self, Source};
use super::staple::Staple;
use crate::evidence::{Evidence, RootStore, TlsEvidence};
use crate::model::{Pointer, Timestamp, Untrusted};
use crate::wire::x509::{
    self, Anchors, Certificate, Chain, Hash, Key, Sct, SignatureAlgorithm, Trust,
};

/// One certificate, everything about it, as of the moment it was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct CertificateFacts {
    /// The leaf; nothing of it is known when it could not be read.
    pub leaf: Option<Certificate>,
    /// Why it could not be read, if so.
    pub malformed: Option<String>,
    /// One of its alternative names is the host.
    pub names_host: bool,
    /// Whole days until it ends, rounded down; negative once it has.
    pub days_left: Option<i64>,
    /// Whole days of its life, rounded up.
    pub lifetime_days: Option<u64>,
    /// What was sent, in order, leaf first.
    pub chain: Vec<Link>,
    /// Whether it leads to a trust anchor.
    pub trust: Trust,
    /// The stapled response.
    pub staple: Staple,
    /// Everything wrong with it, by name; each is explained by a rule.
    pub faults: Vec<&'static str>,
    /// Where it was seen: `handshake`, the names of hellos, addresses.
    pub seen_in: Vec<String>,
    /// Into the evidence: the chain.
    pub at: Pointer,
    /// The chain, read.
    pub sent: Chain,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// Trust was left aside at the user's word.
    pub insecure: bool,
    /// The least whole days left that the user asks for.
    pub days_wanted: Option<u32>,
    /// The host it was presented for.
    pub host: String,
}

/// One certificate of a chain, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is there for.
    pub role: Role,
    /// Its subject.
    pub subject: Untrusted,
    /// What a person would call it.
    pub name: Untrusted,
    /// Its issuer.
    pub issuer: Untrusted,
    /// Its key.
    pub key: Option<Key>,
    /// How it was signed.
    pub signature: Option<SignatureAlgorithm>,
    /// The first second of its life.
    pub not_before: Option<Timestamp>,
    /// The last second of its life.
    pub not_after: Option<Timestamp>,
    /// Embedded signed certificate timestamps.
    pub scts: usize,
}

/// What a certificate is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The server's own.
    Leaf,
    /// On the way to an anchor.
    Intermediate,
    /// Self-signed, above the leaf.
    Root,
    /// Sent before already.
    Duplicate,
    /// On no way from the leaf.
    Unrelated,
    /// No certificate at all.
    Malformed,
}

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
    let mut facts = CertificateFacts {
        malformed: malformed(&chain),
        names_host: leaf.as_ref().is_some_and(|leaf| x509::names(leaf, host)),
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
    let first = chain.sent.first()?;
    first.read.as_ref().err().map(ToString::to_string)
}

impl CertificateFacts {
    /// The place of a certificate of this chain in the evidence.
    #[must_use]
    pub fn place(&self, index: usize) -> Pointer {
        self.at.join(index)
    }

    /// The certificates that clients pass on the way up, with their places: the way to the anchor,
    /// or as far as there is one. Anchors that were sent are left out: nobody asks anything of
    /// them.
    pub fn on_the_way(&self) -> impl Iterator<Item = (usize, &Certificate)> {
        let places = self.trust.path.iter().copied();
        let read = places.filter_map(|place| Some((place, self.sent.certificate(place)?)));
        read.filter(|(place, certificate)| *place == 0 || !certificate.is_self_signed())
    }

    /// Those whose last second has passed.
    #[must_use]
    pub fn expired(&self) -> Vec<(usize, &Certificate)> {
        let now = self.seen_at.secs();
        self.on_the_way()
            .filter(|(_, read)| now > read.not_after.secs())
            .collect()
    }

    /// Those whose first second has not come.
    #[must_use]
    pub fn not_yet_valid(&self) -> Vec<(usize, &Certificate)> {
        let now = self.seen_at.secs();
        self.on_the_way()
            .filter(|(_, read)| now < read.not_before.secs())
            .collect()
    }

    /// Keys weaker than RSA with 2048 bits.
    #[must_use]
    pub fn weak_keys(&self) -> Vec<(usize, &Certificate)> {
        let weak = |read: &Certificate| read.key.rsa_equivalent().is_some_and(|bits| bits < 2048);
        self.on_the_way().filter(|(_, read)| weak(read)).collect()
    }

    /// Signed by way of SHA-1, MD5 or older.
    #[must_use]
    pub fn weak_signatures(&self) -> Vec<(usize, &Certificate)> {
        self.on_the_way()
            .filter(|(_, read)| read.signature.hash <= Hash::Sha1)
            .collect()
    }

    /// The share of its life that is left, 0 to 1; `None` outside of its dates.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share is shown in whole per cent"
    )]
    pub fn share_left(&self) -> Option<f64> {
        let leaf = self
            .leaf
            .as_ref()
            .filter(|leaf| leaf.is_valid_at(self.seen_at))?;
        let left = leaf.not_after.secs().saturating_sub(self.seen_at.secs());
        Some(left as f64 / leaf.lifetime_seconds().max(1) as f64)
    }

    /// Timestamps of different logs.
    #[must_use]
    pub fn logs(&self) -> usize {
        let mut logs: Vec<&str> = self.scts().iter().map(|sct| sct.log.as_str()).collect();
        logs.sort_unstable();
        logs.dedup();
        logs.len()
    }

    fn scts(&self) -> &[Sct] {
        self.leaf.as_ref().map_or(&[], |leaf| leaf.scts.as_slice())
    }

    /// The alternative names in one line, the first ten of them.
    #[must_use]
    pub fn names_text(&self) -> Untrusted {
        let names = self
            .leaf
            .as_ref()
            .map_or(&[][..], |leaf| leaf.san.as_slice());
        let shown: Vec<String> = names
            .iter()
            .take(10)
            .map(|name| name.text().raw().to_owned())
            .collect();
        let more = names.len().saturating_sub(10);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        Untrusted::from(shown.join(", ") + &more)
    }
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
