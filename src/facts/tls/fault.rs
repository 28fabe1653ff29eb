//! The names of everything that can be wrong with a certificate.

use super::certificate::CertificateFacts;
use super::staple::Staple;
use crate::wire::x509::ocsp::Status;
use crate::wire::x509::{PathFault, issuance};

/// What is wrong, in the order of the checks.
pub(super) fn names(facts: &CertificateFacts) -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut add = |wrong: bool, name: &'static str| {
        if wrong && !names.contains(&name) {
            names.push(name);
        }
    };
    add(facts.malformed.is_some(), "malformed");
    add(!facts.expired().is_empty(), "expired");
    add(!facts.not_yet_valid().is_empty(), "not-yet-valid");
    let unnamed = facts.leaf.as_ref().is_some_and(|leaf| leaf.san.is_empty());
    add(unnamed, "no-alternative-names");
    add(facts.leaf.is_some() && !facts.names_host, "name-mismatch");
    for fault in &facts.trust.faults {
        add(true, path(fault));
    }
    add(
        facts.leaf.as_ref().is_some_and(|leaf| leaf.version < 3),
        "old-version",
    );
    add(!facts.weak_keys().is_empty(), "weak-key");
    add(facts.has_exponent_one(), "exponent-one");
    add(!facts.weak_signatures().is_empty(), "weak-signature");
    add(facts.lives_too_long(), "lifetime-too-long");
    add(facts.lacks_timestamps(), "too-few-timestamps");
    add(!facts.sent.misplaced().is_empty(), "wrong-order");
    add(!facts.sent.duplicates().is_empty(), "duplicate");
    add(!facts.sent.roots().is_empty(), "root-sent");
    add(!facts.sent.unrelated().is_empty(), "unrelated");
    add(facts.is_revoked(), "revoked");
    add(facts.lacks_staple(), "staple-missing");
    add(facts.has_bad_staple(), "staple-invalid");
    names
}

const fn path(fault: &PathFault) -> &'static str {
    match fault {
        PathFault::NoLeaf => "malformed",
        PathFault::SelfSigned => "self-signed",
        PathFault::UnknownCa { .. } => "unknown-ca",
        PathFault::MissingIntermediate { .. } => "missing-intermediate",
        PathFault::BadSignature { .. } => "bad-signature",
        PathFault::Unverifiable { .. } => "unverifiable-signature",
        PathFault::IssuerNotAuthority { .. } => "issuer-not-authority",
        PathFault::WrongPurpose { .. } => "wrong-purpose",
        PathFault::AuthorityAsLeaf => "authority-as-leaf",
        PathFault::NameConstraint { .. } => "name-constraint",
        PathFault::PathTooLong { .. } => "path-too-long",
        PathFault::CriticalExtension { .. } => "critical-extension",
        PathFault::DatesNeverMeet => "dates-never-meet",
        PathFault::RepeatedExtension { .. } => "repeated-extension",
        PathFault::PolicyMissing => "policy-missing",
    }
}

impl CertificateFacts {
    /// Encrypting with it, or forging a signature, takes no key at all.
    #[must_use]
    pub fn has_exponent_one(&self) -> bool {
        self.leaf
            .as_ref()
            .is_some_and(|leaf| leaf.key.exponent == Some(1))
    }

    /// Longer than public authorities may issue: asked of their certificates only.
    #[must_use]
    pub fn lives_too_long(&self) -> bool {
        self.leaf
            .as_ref()
            .filter(|_| self.trust.public)
            .is_some_and(|leaf| {
                issuance::longest_life(leaf.not_before)
                    .is_some_and(|longest| leaf.lifetime_seconds() > longest.0)
            })
    }

    /// Fewer timestamps than browsers ask of certificates of public authorities.
    #[must_use]
    pub fn lacks_timestamps(&self) -> bool {
        self.leaf
            .as_ref()
            .filter(|_| self.trust.public)
            .is_some_and(|leaf| {
                leaf.scts.len() < issuance::scts_needed(leaf) || self.logs() < issuance::LOGS_NEEDED
            })
    }

    /// The responder says so. Not believed without its signature, unless that could not be
    /// verified at all.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        use super::staple::Signed;
        self.staple.present().is_some_and(|stapled| {
            matches!(stapled.status, Status::Revoked { .. }) && stapled.signature != Signed::Invalid
        })
    }

    /// It asks to be refused without a valid response (RFC 7633), and there is none.
    #[must_use]
    pub fn lacks_staple(&self) -> bool {
        let must = self.leaf.as_ref().is_some_and(|leaf| leaf.must_staple);
        must && self.staple != Staple::NotAsked && !self.staple.satisfies()
    }

    /// A response was stapled that clients cannot use, though the certificate is not revoked.
    #[must_use]
    pub fn has_bad_staple(&self) -> bool {
        match &self.staple {
            Staple::Absent | Staple::NotAsked => false,
            Staple::Malformed | Staple::Refused { .. } | Staple::OfAnother => true,
            Staple::Present(_) => !self.is_revoked() && !self.staple.satisfies(),
        }
    }
}
