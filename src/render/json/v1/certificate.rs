//! One certificate and the chain it came in.

use serde::Serialize;

use crate::facts::tls::{CertificateFacts, Link, Role, Signed, Staple, Stapled};
use crate::model::{Pointer, Timestamp, Untrusted};
use crate::wire::x509::ocsp::Status;
use crate::wire::x509::{self, Doubt, KeyKind, PathFault};

#[derive(Debug, Serialize)]
pub(super) struct Certificate<'r> {
    #[serde(flatten)]
    leaf: Option<Leaf<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    malformed: Option<&'r str>,
    names_host: bool,
    days_left: Option<i64>,
    lifetime_days: Option<u64>,
    chain: Vec<Sent<'r>>,
    trust: Trust<'r>,
    staple: StapleState,
    faults: &'r [&'static str],
    seen_in: &'r [String],
    at: &'r Pointer,
}

impl<'r> From<&'r CertificateFacts> for Certificate<'r> {
    fn from(facts: &'r CertificateFacts) -> Self {
        Self {
            leaf: facts.leaf.as_ref().map(Leaf::from),
            malformed: facts.malformed.as_deref(),
            names_host: facts.names_host,
            days_left: facts.days_left,
            lifetime_days: facts.lifetime_days,
            chain: facts.chain.iter().map(Sent::from).collect(),
            trust: Trust::from(&facts.trust),
            staple: StapleState::from(&facts.staple),
            faults: &facts.faults,
            seen_in: &facts.seen_in,
            at: &facts.at,
        }
    }
}

/// What the server's own certificate says.
#[derive(Debug, Serialize)]
struct Leaf<'r> {
    subject: &'r Untrusted,
    name: &'r Untrusted,
    san: Vec<Untrusted>,
    issuer: &'r Untrusted,
    serial: &'r str,
    version: u32,
    not_before: Timestamp,
    not_after: Timestamp,
    key: Key<'r>,
    signature: String,
    authority: Option<Authority>,
    purposes: Option<Purposes>,
    scts: Vec<Sct<'r>>,
    must_staple: bool,
    pointers: Pointers,
    forum_policy: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unreadable: &'r [String],
    sha256: &'r str,
    spki_sha256: &'r str,
}

impl<'r> From<&'r x509::Certificate> for Leaf<'r> {
    fn from(leaf: &'r x509::Certificate) -> Self {
        let scts = leaf.scts.iter().map(|sct| Sct {
            log: &sct.log,
            at: sct.at,
        });
        Self {
            subject: &leaf.subject,
            name: &leaf.name,
            san: leaf.san.iter().map(x509::AltName::text).collect(),
            issuer: &leaf.issuer,
            serial: &leaf.serial,
            version: leaf.version,
            not_before: leaf.not_before,
            not_after: leaf.not_after,
            key: Key::from(&leaf.key),
            signature: leaf.signature.to_string(),
            authority: leaf.authority.map(|authority| Authority {
                ca: authority.ca,
                path_length: authority.path_length,
            }),
            purposes: leaf.purposes.map(|usage| Purposes {
                server: usage.server,
                client: usage.client,
                ocsp_signing: usage.ocsp_signing,
            }),
            scts: scts.collect(),
            must_staple: leaf.must_staple,
            pointers: Pointers {
                ocsp: leaf.pointers.ocsp,
                crl: leaf.pointers.crl,
                ca_issuers: leaf.pointers.ca_issuers,
            },
            forum_policy: leaf.forum_policy,
            unreadable: &leaf.unreadable,
            sha256: &leaf.sha256,
            spki_sha256: &leaf.spki_sha256,
        }
    }
}

#[derive(Debug, Serialize)]
struct Key<'r> {
    #[serde(rename = "type")]
    kind: KeyType<'r>,
    bits: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    curve: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exponent: Option<u64>,
}

/// The algorithm's name, or `{"Other": "1.2.3"}` for one without a name here.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum KeyType<'r> {
    Named(&'static str),
    Numbered {
        #[serde(rename = "Other")]
        other: &'r str,
    },
}

impl<'r> From<&'r x509::Key> for Key<'r> {
    fn from(key: &'r x509::Key) -> Self {
        Self {
            kind: match &key.kind {
                KeyKind::Rsa => KeyType::Named("RSA"),
                KeyKind::RsaPss => KeyType::Named("RSA-PSS"),
                KeyKind::Ec => KeyType::Named("EC"),
                KeyKind::Ed25519 => KeyType::Named("Ed25519"),
                KeyKind::Ed448 => KeyType::Named("Ed448"),
                KeyKind::Dsa => KeyType::Named("DSA"),
                KeyKind::MlDsa => KeyType::Named("ML-DSA"),
                KeyKind::Other(number) => KeyType::Numbered { other: number },
            },
            bits: key.bits,
            curve: key.curve.as_deref(),
            exponent: key.exponent,
        }
    }
}

#[derive(Debug, Serialize)]
struct Authority {
    ca: bool,
    path_length: Option<u32>,
}

#[derive(Debug, Serialize)]
struct Purposes {
    server: bool,
    client: bool,
    ocsp_signing: bool,
}

#[derive(Debug, Serialize)]
struct Sct<'r> {
    log: &'r str,
    at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Pointers {
    ocsp: bool,
    crl: bool,
    ca_issuers: bool,
}

/// One certificate of the chain, in short.
#[derive(Debug, Serialize)]
struct Sent<'r> {
    role: &'static str,
    subject: &'r Untrusted,
    name: &'r Untrusted,
    issuer: &'r Untrusted,
    key: Option<Key<'r>>,
    signature: Option<String>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
    scts: usize,
}

impl<'r> From<&'r Link> for Sent<'r> {
    fn from(link: &'r Link) -> Self {
        Self {
            role: match link.role {
                Role::Leaf => "leaf",
                Role::Intermediate => "intermediate",
                Role::Root => "root",
                Role::Duplicate => "duplicate",
                Role::Unrelated => "unrelated",
                Role::Malformed => "malformed",
            },
            subject: &link.subject,
            name: &link.name,
            issuer: &link.issuer,
            key: link.key.as_ref().map(Key::from),
            signature: link.signature.as_ref().map(ToString::to_string),
            not_before: link.not_before,
            not_after: link.not_after,
            scts: link.scts,
        }
    }
}

#[derive(Debug, Serialize)]
struct Trust<'r> {
    trusted: bool,
    in_time: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<&'r Untrusted>,
    public: bool,
    path: &'r [usize],
    faults: Vec<Obstacle<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<Obstacle<'r>>,
}

impl<'r> From<&'r x509::Trust> for Trust<'r> {
    fn from(trust: &'r x509::Trust) -> Self {
        Self {
            trusted: trust.trusted,
            in_time: trust.in_time,
            anchor: trust.anchor.as_ref(),
            public: trust.public,
            path: &trust.path,
            faults: trust.faults.iter().map(Obstacle::from).collect(),
            doubts: trust.doubts.iter().map(Obstacle::from).collect(),
        }
    }
}

/// One thing between a chain and trust.
#[derive(Debug, Serialize)]
struct Obstacle<'r> {
    fault: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'r Untrusted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<&'r str>,
}

impl Obstacle<'_> {
    const fn named(fault: &'static str) -> Self {
        Self {
            fault,
            issuer: None,
            place: None,
            said: None,
        }
    }
}

impl<'r> From<&'r PathFault> for Obstacle<'r> {
    fn from(fault: &'r PathFault) -> Self {
        let mut shown = Self::named(fault.name());
        match fault {
            PathFault::UnknownCa { issuer } | PathFault::MissingIntermediate { issuer } => {
                shown.issuer = Some(issuer);
            }
            PathFault::BadSignature { place }
            | PathFault::Unverifiable { place }
            | PathFault::IssuerNotAuthority { place }
            | PathFault::WrongPurpose { place }
            | PathFault::NameConstraint { place, .. }
            | PathFault::PathTooLong { place } => shown.place = Some(*place),
            PathFault::CriticalExtension { place, extension }
            | PathFault::RepeatedExtension { place, extension } => {
                shown.place = Some(*place);
                shown.said = Some(extension.as_str());
            }
            PathFault::NoLeaf
            | PathFault::SelfSigned
            | PathFault::AuthorityAsLeaf
            | PathFault::PolicyMissing
            | PathFault::DatesNeverMeet => {}
        }
        shown
    }
}

impl<'r> From<&'r Doubt> for Obstacle<'r> {
    fn from(doubt: &'r Doubt) -> Self {
        let mut shown = Self::named(doubt.name());
        match doubt {
            Doubt::Signature { place } | Doubt::Unread { place } | Doubt::NameForm { place } => {
                shown.place = Some(*place);
            }
            Doubt::Library { because } => shown.said = Some(because),
        }
        shown
    }
}

/// The stapled response.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
enum StapleState {
    Absent,
    NotAsked,
    Malformed,
    Refused { status: u8 },
    OfAnother,
    Present(Response),
}

#[derive(Debug, Serialize)]
struct Response {
    status: Revocation,
    produced_at: Timestamp,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    current: bool,
    signature: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Revocation {
    Good,
    Revoked { at: Timestamp, reason: Option<u8> },
    Unknown,
}

impl From<&Staple> for StapleState {
    fn from(staple: &Staple) -> Self {
        match staple {
            Staple::Absent => Self::Absent,
            Staple::NotAsked => Self::NotAsked,
            Staple::Malformed => Self::Malformed,
            Staple::Refused { status } => Self::Refused { status: *status },
            Staple::OfAnother => Self::OfAnother,
            Staple::Present(stapled) => Self::Present(Response::from(stapled)),
        }
    }
}

impl From<&Stapled> for Response {
    fn from(stapled: &Stapled) -> Self {
        Self {
            status: match stapled.status {
                Status::Good => Revocation::Good,
                Status::Revoked { at, reason } => Revocation::Revoked { at, reason },
                Status::Unknown => Revocation::Unknown,
            },
            produced_at: stapled.produced_at,
            this_update: stapled.this_update,
            next_update: stapled.next_update,
            current: stapled.current,
            signature: match stapled.signature {
                Signed::Valid => "valid",
                Signed::Invalid => "invalid",
                Signed::Unverified => "unverified",
            },
        }
    }
}
