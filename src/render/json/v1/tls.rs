//! Protocol, suites, key exchange, and the certificates.

use std::collections::BTreeMap;

use serde::Serialize;

use super::certificate::Certificate;
use super::rating::{Mozilla, SslLabs};
use crate::facts::tls;
use crate::model::Pointer;
use crate::wire::tls::{Class, Group, Known, Version};
use crate::wire::x509::KeyProof;

#[derive(Debug, Serialize)]
pub(super) struct Tls<'r> {
    versions: BTreeMap<Word<Version>, &'static str>,
    suites: BTreeMap<Word<Version>, Vec<&'static str>>,
    all_suites: bool,
    server_order: BTreeMap<Word<Version>, bool>,
    groups: Vec<String>,
    post_quantum: &'static str,
    classes: Vec<&'static str>,
    matrix: BTreeMap<Word<Version>, BTreeMap<Word<Class>, &'static str>>,
    modern_tls12: &'static str,
    dh_bits: Option<usize>,
    features: Features<'r>,
    stability: Stability<'r>,
    certificate: Option<Certificate<'r>>,
    other_certificates: Vec<Certificate<'r>>,
    addresses: Addresses<'r>,
    ssl_labs: SslLabs<'r>,
    mozilla: Mozilla<'r>,
    inconclusive: &'r [String],
    connections: u32,
    key_proof: &'static str,
}

impl<'r> From<&'r tls::TlsFacts> for Tls<'r> {
    fn from(facts: &'r tls::TlsFacts) -> Self {
        let versions = facts.versions.iter();
        let suites = facts.suites.iter().map(|(version, suites)| {
            let names = suites.iter().map(|suite| suite.name()).collect();
            (Word(*version), names)
        });
        let matrix = facts.matrix.iter().map(|(version, classes)| {
            let classes = classes.iter();
            let known = classes.map(|(class, known)| (Word(*class), word(*known)));
            (Word(*version), known.collect())
        });
        let order = facts.server_order.iter();
        Self {
            versions: versions
                .map(|(version, known)| (Word(*version), word(*known)))
                .collect(),
            suites: suites.collect(),
            all_suites: facts.all_suites,
            server_order: order.map(|(version, own)| (Word(*version), *own)).collect(),
            groups: facts.groups.iter().copied().map(Group::name).collect(),
            post_quantum: word(facts.post_quantum),
            classes: facts.classes.iter().map(|class| class.name()).collect(),
            matrix: matrix.collect(),
            modern_tls12: word(facts.modern_tls12),
            dh_bits: facts.dh_bits,
            features: Features::from(&facts.features),
            stability: Stability::from(&facts.stability),
            certificate: facts.certificate.as_ref().map(Certificate::from),
            other_certificates: facts
                .other_certificates
                .iter()
                .map(Certificate::from)
                .collect(),
            addresses: Addresses::from(&facts.addresses),
            ssl_labs: SslLabs::from(&facts.ssl_labs),
            mozilla: Mozilla::from(&facts.mozilla),
            inconclusive: &facts.inconclusive,
            connections: facts.connections,
            key_proof: match facts.key_proof {
                KeyProof::Valid => "valid",
                KeyProof::Invalid => "invalid",
                KeyProof::TooWeak => "too-weak",
                KeyProof::Unverified => "unverified",
                KeyProof::Unseen => "unseen",
            },
        }
    }
}

/// A key of an object: written by its name, in the order of the enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word<T>(T);

impl Serialize for Word<Version> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl Serialize for Word<Class> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

const fn word(known: Known) -> &'static str {
    match known {
        Known::Accepted => "accepted",
        Known::Refused => "refused",
        Known::Unsettled => "inconclusive",
    }
}

#[derive(Debug, Serialize)]
struct Features<'r> {
    renegotiation: Option<bool>,
    ems: Option<bool>,
    compression: Option<bool>,
    heartbeat: Option<bool>,
    scsv: Option<bool>,
    alpn: Option<&'r str>,
    client_certificate: &'static str,
    tickets: Option<bool>,
    resumption: Option<bool>,
    early_data: Option<bool>,
    staple: Option<bool>,
    certificate_compression: Option<&'r str>,
    answers_without_name: Option<bool>,
}

impl<'r> From<&'r tls::Features> for Features<'r> {
    fn from(features: &'r tls::Features) -> Self {
        Self {
            renegotiation: features.renegotiation,
            ems: features.ems,
            compression: features.compression,
            heartbeat: features.heartbeat,
            scsv: features.scsv,
            alpn: features.alpn.as_deref(),
            client_certificate: match features.client_certificate {
                tls::ClientCertificate::None => "none",
                tls::ClientCertificate::Requested => "requested",
                tls::ClientCertificate::Required => "required",
            },
            tickets: features.tickets,
            resumption: features.resumption,
            early_data: features.early_data,
            staple: features.staple,
            certificate_compression: features.certificate_compression.as_deref(),
            answers_without_name: features.answers_without_name,
        }
    }
}

#[derive(Debug, Serialize)]
struct Stability<'r> {
    contradictions: Vec<&'static str>,
    differences: Vec<Difference<'r>>,
    split: &'r BTreeMap<String, usize>,
    revived: usize,
    dead: usize,
    intolerances: Vec<Intolerance<'r>>,
}

#[derive(Debug, Serialize)]
struct Difference<'r> {
    what: &'r str,
    at: &'r Pointer,
}

#[derive(Debug, Serialize)]
struct Intolerance<'r> {
    to: &'static str,
    at: &'r Pointer,
}

impl<'r> From<&'r tls::Stability> for Stability<'r> {
    fn from(stability: &'r tls::Stability) -> Self {
        let versions = stability.contradictions.iter();
        let intolerances = stability.intolerances.iter().map(|found| Intolerance {
            to: found.to,
            at: &found.at,
        });
        let differences = stability.differences.iter().map(|found| Difference {
            what: &found.what,
            at: &found.at,
        });
        Self {
            contradictions: versions.map(|version| version.name()).collect(),
            differences: differences.collect(),
            split: &stability.split,
            revived: stability.revived,
            dead: stability.dead,
            intolerances: intolerances.collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Addresses<'r> {
    known: usize,
    seen: Vec<AddressSeen<'r>>,
}

#[derive(Debug, Serialize)]
struct AddressSeen<'r> {
    address: &'r str,
    version: Option<&'static str>,
    suite: Option<&'r str>,
    certificate: Option<&'r str>,
    failure: Option<&'r str>,
}

impl<'r> From<&'r tls::Addresses> for Addresses<'r> {
    fn from(addresses: &'r tls::Addresses) -> Self {
        let seen = addresses.seen.iter().map(|seen| AddressSeen {
            address: &seen.address,
            version: seen.version.map(Version::name),
            suite: seen.suite.as_deref(),
            certificate: seen.certificate.as_deref(),
            failure: seen.failure.as_deref(),
        });
        Self {
            known: addresses.known,
            seen: seen.collect(),
        }
    }
}
