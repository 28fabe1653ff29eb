//! What TLS showed: protocol, suites and key exchange, and what the certificate says.
//!
//! Everything about the protocol comes from hellos and their answers by way of one
//! `Ledger`: accepted, refused, or inconclusive. Silence and alerts about something else are
//! inconclusive, so is closing unless it is shown to be the server's way of refusing, and so is every
//! refusal by a server that answers differently each time.

mod addresses;
mod answers;
mod certificate;
mod differences;
mod fault;
mod features;
#[cfg(test)]
pub(crate) mod fixtures;
mod posture;
mod presented;
mod proof;
mod source;
mod stability;
mod staple;

use std::collections::BTreeMap;

pub use addresses::{AddressFacts, Addresses};
pub use answers::Answers;
pub use certificate::{CertificateFacts, Link, Role};
pub use differences::Difference;
pub use features::{ClientCertificate, Features};
pub use stability::{Intolerance, Stability};
pub use staple::{Signed, Staple, Stapled};

use posture::Basis;

use super::State;
use super::rating::{Mozilla, SslLabs};
use crate::evidence::{Evidence, TlsEvidence};
use crate::model::{Pointer, TlsPolicy, TlsProfile};
use crate::wire::tls::{CipherSuite, Class, Group, Known, Version};
use crate::wire::x509::KeyProof;

/// TLS of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct TlsFacts {
    /// Whether each version is spoken.
    pub versions: BTreeMap<Version, Known>,
    /// The suites that were chosen, by version.
    pub suites: BTreeMap<Version, Vec<CipherSuite>>,
    /// Whether the lists above are whole: every other suite was offered and refused.
    pub all_suites: bool,
    /// Whether the server goes by its own order of suites, by version, where that is known.
    pub server_order: BTreeMap<Version, bool>,
    /// Groups that were chosen; others may be taken, too.
    pub groups: Vec<Group>,
    /// Whether a post-quantum group is taken.
    pub post_quantum: Known,
    /// The weak or old classes of suites that are taken at any version.
    pub classes: Vec<Class>,
    /// Every class at every version that is spoken, TLS 1.3 aside.
    pub matrix: BTreeMap<Version, BTreeMap<Class, Known>>,
    /// Whether TLS 1.2 takes a suite with forward secrecy and authenticated encryption.
    pub modern_tls12: Known,
    /// The smallest prime the server used for Diffie-Hellman.
    pub dh_bits: Option<usize>,
    /// What it does beside suites and versions.
    pub features: Features,
    /// Whether it answers alike each time, and what kills a hello.
    pub stability: Stability,
    /// The certificate of the full handshake, or the first one seen.
    pub certificate: Option<CertificateFacts>,
    /// Every other certificate presented for the name: of another key, or at another address.
    pub other_certificates: Vec<CertificateFacts>,
    /// What each address of the name shows.
    pub addresses: Addresses,
    /// The letter of SSL Labs.
    pub ssl_labs: SslLabs,
    /// Conformance to Mozilla's Server Side TLS.
    pub mozilla: Mozilla,
    /// Questions without an answer, in words.
    pub inconclusive: Vec<String>,
    /// How many connections were opened to learn this.
    pub connections: u32,
    /// The Mozilla profile the target asks for.
    pub profile: Option<TlsProfile>,
    /// What the issuer's name must hold, one of these; empty when nothing is declared.
    pub declared_issuers: Vec<String>,
    /// The only suites that may be chosen; empty when nothing is declared.
    pub declared_suites: Vec<CipherSuite>,
    /// The least version the target asks for, as its two bytes.
    pub min_version: u16,
    /// Whether the server proved that it holds the key of its certificate.
    pub key_proof: KeyProof,
    /// Where.
    pub key_proof_at: Pointer,
    /// Which hello proves what.
    pub proofs: Vec<(Version, u16, Pointer)>,
}

/// Reads TLS.
#[must_use]
pub fn read(evidence: &Evidence) -> State<TlsFacts> {
    match super::state(&evidence.tls, TlsEvidence::clone) {
        State::Known(tls) => {
            let answers = Answers::read(&tls);
            if let Some(failure) = answers.unseen() {
                return State::Unseen(failure);
            }
            State::Known(facts(evidence, &tls, &answers))
        }
        State::Unseen(failure) => State::Unseen(failure),
        State::NotConfigured(why) => State::NotConfigured(why),
    }
}

fn facts(evidence: &Evidence, tls: &TlsEvidence, answers: &Answers) -> TlsFacts {
    let versions: BTreeMap<_, _> = answers.asked().map(|v| (v, answers.version(v))).collect();
    let spoken = |version: &Version| versions.get(version) == Some(&Known::Accepted);
    let with_classes = [
        Version::Ssl3,
        Version::Tls10,
        Version::Tls11,
        Version::Tls12,
    ];
    let matrix: BTreeMap<_, BTreeMap<_, _>> = with_classes
        .into_iter()
        .filter(spoken)
        .map(|version| {
            let known = Class::ALL.map(|class| (class, answers.class(version, class)));
            (version, known.into_iter().collect())
        })
        .collect();
    let suites: BTreeMap<_, _> = Version::ALL
        .into_iter()
        .map(|version| (version, answers.ledger.accepted(version)))
        .filter(|(_, suites)| !suites.is_empty())
        .collect();
    let order = |version: Version| Some((version, answers.ledger.server_order(version)?));
    let taken = |class: &Class| suites.values().flatten().any(|suite| suite.is(*class));
    let all_suites = versions.keys().all(|version| answers.is_whole(*version));
    let server_order: BTreeMap<_, _> = Version::ALL.into_iter().filter_map(order).collect();
    let features = features::read(evidence, tls, answers);
    let inconclusive = inconclusive(&versions, &matrix, answers);
    let certificates = presented::read(evidence, tls);
    let posture = Basis {
        evidence,
        answers,
        versions: &versions,
        suites: &suites,
        all_suites,
        server_order: &server_order,
        features: &features,
        certificates: &certificates,
        inconclusive: &inconclusive,
    }
    .posture();
    let mut certificates = certificates.into_iter();
    let (key_proof, key_proof_at) = proof::read(tls);
    TlsFacts {
        certificate: certificates.next(),
        other_certificates: certificates.collect(),
        addresses: addresses::read(evidence, tls),
        ssl_labs: SslLabs::of(&posture),
        mozilla: Mozilla::of(&posture),
        all_suites,
        server_order,
        groups: posture.groups,
        post_quantum: answers.post_quantum(),
        classes: Class::ALL.into_iter().filter(taken).collect(),
        modern_tls12: answers.modern_tls12(),
        dh_bits: answers.dh_bits(),
        features,
        stability: stability::read(evidence, tls, answers),
        inconclusive,
        connections: tls.connections,
        profile: evidence.target.tls.profile,
        declared_issuers: evidence.target.tls.issuer.clone(),
        declared_suites: declared_suites(&evidence.target.tls),
        min_version: evidence.target.tls.min_version,
        key_proof,
        key_proof_at,
        proofs: answers.proofs.clone(),
        versions,
        suites,
        matrix,
    }
}

fn declared_suites(policy: &TlsPolicy) -> Vec<CipherSuite> {
    let names = policy.suites.iter();
    names
        .filter_map(|name| CipherSuite::by_name(name))
        .collect()
}

fn inconclusive(
    versions: &BTreeMap<Version, Known>,
    matrix: &BTreeMap<Version, BTreeMap<Class, Known>>,
    answers: &Answers,
) -> Vec<String> {
    let open = |known: &Known| *known == Known::Unsettled;
    let mut questions: Vec<String> = versions
        .iter()
        .filter(|(_, known)| open(known))
        .map(|(version, _)| format!("whether {version} is spoken"))
        .collect();
    for class in Class::ALL {
        let states: Vec<Known> = matrix
            .values()
            .filter_map(|row| row.get(&class).copied())
            .collect();
        if states.iter().any(open) && !states.contains(&Known::Accepted) {
            questions.push(format!("whether {class} suites are taken"));
        }
    }
    if answers.post_quantum() == Known::Unsettled {
        questions.push("whether a post-quantum group is taken".to_owned());
    }
    questions
}

impl TlsFacts {
    /// A server with nothing to complain of, for rules to vary.
    #[cfg(test)]
    pub(crate) fn healthy() -> Self {
        let states = Version::ALL.map(|version| match version {
            Version::Tls12 | Version::Tls13 => (version, Known::Accepted),
            Version::Ssl2 | Version::Ssl3 | Version::Tls10 | Version::Tls11 => {
                (version, Known::Refused)
            }
        });
        let refused = Class::ALL.map(|class| (class, Known::Refused));
        Self {
            versions: BTreeMap::from(states),
            suites: BTreeMap::from([
                (
                    Version::Tls12,
                    CipherSuite::by_id(0xc02f).into_iter().collect(),
                ),
                (
                    Version::Tls13,
                    CipherSuite::by_id(0x1301).into_iter().collect(),
                ),
            ]),
            all_suites: false,
            server_order: BTreeMap::new(),
            groups: vec![Group::X25519, Group::X25519MLKEM768],
            post_quantum: Known::Accepted,
            classes: Vec::new(),
            matrix: BTreeMap::from([(Version::Tls12, BTreeMap::from(refused))]),
            modern_tls12: Known::Accepted,
            dh_bits: None,
            features: Features::healthy(),
            stability: Stability::default(),
            certificate: None,
            other_certificates: Vec::new(),
            addresses: Addresses::default(),
            ssl_labs: SslLabs::default(),
            mozilla: Mozilla::default(),
            inconclusive: Vec::new(),
            connections: 10,
            profile: None,
            declared_issuers: Vec::new(),
            declared_suites: Vec::new(),
            min_version: Version::Tls12.code(),
            key_proof: KeyProof::Valid,
            key_proof_at: Pointer("/tls/seen/handshake".to_owned()),
            proofs: Vec::new(),
        }
    }

    /// Every certificate presented for the name.
    pub fn certificates(&self) -> impl Iterator<Item = &CertificateFacts> {
        self.certificate.iter().chain(&self.other_certificates)
    }

    /// Whether a version is spoken; inconclusive for one that was not asked.
    #[must_use]
    pub fn version(&self, version: Version) -> Known {
        self.versions
            .get(&version)
            .copied()
            .unwrap_or(Known::Unsettled)
    }

    /// Whether there is a version to fall back to: SSLv2 knows no such signal.
    #[must_use]
    pub fn has_lower_version(&self) -> bool {
        let spoken = self
            .versions
            .iter()
            .filter(|(version, known)| **version > Version::Ssl2 && **known == Known::Accepted);
        spoken.count() > 1
    }

    /// Where a suite was chosen at a version, else where the first hello stands.
    #[must_use]
    pub fn proof(&self, version: Version, suite: Option<CipherSuite>) -> Pointer {
        let fits = |(v, s, _): &&(Version, u16, Pointer)| {
            *v == version && suite.is_none_or(|suite| suite.id() == *s)
        };
        let found = self.proofs.iter().find(fits).map(|(_, _, at)| at.clone());
        found.unwrap_or_else(|| Pointer("/tls".to_owned()))
    }

    /// The suites of a class that were chosen, with their versions.
    pub fn of_class(&self, class: Class) -> impl Iterator<Item = (Version, CipherSuite)> + '_ {
        let all = self
            .suites
            .iter()
            .flat_map(|(v, suites)| suites.iter().map(|s| (*v, *s)));
        all.filter(move |(_, suite)| suite.is(class))
    }

    /// Whether any suite of a class is taken at any version that is spoken.
    #[must_use]
    pub fn class(&self, class: Class) -> Known {
        if self.of_class(class).next().is_some() {
            return Known::Accepted;
        }
        let mut states = self.matrix.values().filter_map(|row| row.get(&class));
        if states.any(|known| *known == Known::Unsettled) {
            Known::Unsettled
        } else {
            Known::Refused
        }
    }

    /// Whether it is open which versions are spoken: then so is what they would take.
    #[must_use]
    pub fn has_open_versions(&self) -> bool {
        self.versions
            .values()
            .any(|known| *known == Known::Unsettled)
    }
}
