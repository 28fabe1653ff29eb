//! What a rating looks at: protocol, suites, key exchange, certificate and HSTS of one server,
//! however they were learnt.

use std::collections::BTreeMap;

use crate::model::Seconds;
use crate::wire::tls::{CipherSuite, Class, Group, Known, Version};
use crate::wire::x509::{Hash, Key};

/// One server, seen from outside.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent questions, each answered by yes or no"
)]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Posture {
    /// The answer for each version that was asked for.
    pub versions: BTreeMap<Version, Known>,
    /// Accepted suites by version.
    pub suites: BTreeMap<Version, Vec<CipherSuite>>,
    /// The lists above are whole: every other suite was offered and refused.
    pub all_suites: bool,
    /// Every suite and group was asked for (`--ciphers`).
    pub all_asked: bool,
    /// By version, what the server chose from everything.
    pub chosen: BTreeMap<Version, CipherSuite>,
    /// The server has an order of its own; `None` when not asked.
    pub server_order: Option<bool>,
    /// Accepted groups, hybrids included.
    pub groups: Vec<Group>,
    /// The list of groups is whole.
    pub all_groups: bool,
    /// No post-quantum group is taken.
    pub no_hybrid: bool,
    /// The smallest prime used for finite-field Diffie-Hellman, in bits.
    pub dh_bits: Option<u32>,
    /// RFC 5746; `None` where nothing before TLS 1.3 is spoken.
    pub secure_renegotiation: Option<bool>,
    /// TLS compression was chosen.
    pub compression: bool,
    /// TLS_FALLBACK_SCSV was honoured (RFC 7507); `None` when not asked.
    pub fallback_scsv: Option<bool>,
    /// A response was stapled.
    pub staple: bool,
    /// The certificate.
    pub leaf: Option<Leaf>,
    /// Those of other kinds of key that are presented for the same name.
    pub other_leaves: Vec<Leaf>,
    /// Strict-Transport-Security as a browser takes it; `None` when it was not looked at.
    pub hsts: Option<Hsts>,
    /// Questions about versions and suites without an answer; each may mean the worst.
    pub inconclusive: Vec<String>,
}

/// Strict-Transport-Security of the target's own answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hsts {
    /// Zero when there is no valid field.
    pub max_age: Seconds,
    /// `includeSubDomains`.
    pub include_subdomains: bool,
}

/// The certificate, as far as a rating asks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent questions, each answered by yes or no"
)]
pub struct Leaf {
    /// One of its alternative names is the host.
    pub names_host: bool,
    /// It and what stands above it are within their dates.
    pub in_time: bool,
    /// Whether it leads to an anchor.
    pub path: Path,
    /// A stapled response says it is revoked.
    pub revoked: bool,
    /// It names an OCSP responder.
    pub has_responder: bool,
    /// Its key.
    pub key: Key,
    /// How it was signed, by name.
    pub signature: String,
    /// The digest of that.
    pub hash: Hash,
    /// The weakest digest among the certificates above it, roots left out.
    pub hash_above: Hash,
    /// Whole days of its life, rounded up.
    pub days: u64,
}

/// Whether a certificate leads to an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// It does.
    Trusted,
    /// It does not.
    Untrusted,
    /// An issuer is missing: with it, it may or may not.
    Unfinished,
    /// It could not be decided.
    Open,
}

impl Posture {
    /// True if the version was accepted.
    #[must_use]
    pub fn accepts(&self, version: Version) -> bool {
        self.versions.get(&version) == Some(&Known::Accepted)
    }

    /// Accepted versions, oldest first.
    pub fn accepted(&self) -> impl Iterator<Item = Version> + '_ {
        Version::ALL
            .into_iter()
            .filter(|version| self.accepts(*version))
    }

    /// Exactly one version is accepted, and every other refused.
    #[must_use]
    pub fn has_one_version(&self) -> bool {
        let open = |known: &Known| *known == Known::Unsettled;
        self.accepted().count() == 1 && !self.versions.values().any(open)
    }

    /// Suites accepted at `version`.
    pub fn at(&self, version: Version) -> impl Iterator<Item = CipherSuite> + '_ {
        self.suites.get(&version).into_iter().flatten().copied()
    }

    /// Every accepted suite, with the version at which it is.
    pub fn everywhere(&self) -> impl Iterator<Item = (Version, CipherSuite)> + '_ {
        let lists = self.suites.iter();
        lists.flat_map(|(version, suites)| suites.iter().map(move |suite| (*version, *suite)))
    }

    /// The first accepted suite of a class, newest version first.
    #[must_use]
    pub fn with(&self, class: Class) -> Option<(Version, CipherSuite)> {
        let mut found: Vec<_> = self
            .everywhere()
            .filter(|(_, suite)| suite.is(class))
            .collect();
        found.sort_by_key(|(version, _)| *version);
        found.pop()
    }
}
