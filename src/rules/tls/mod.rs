//! TLS: the protocol, its suites, and the certificate.

pub mod certificate;
pub mod chain;
pub mod dates;
pub mod handshake;
pub mod issuance;
pub mod mozilla;
pub mod staple;
pub mod trust;

use super::{Observed, Rule, Verdict};
use crate::facts::tls::{CertificateFacts, TlsFacts};

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[
    handshake::RULES,
    certificate::RULES,
    dates::RULES,
    trust::RULES,
    chain::RULES,
    staple::RULES,
    issuance::RULES,
    mozilla::RULES,
];

/// Asks of every certificate that was presented for the name.
fn on_each(tls: &TlsFacts, seen: impl Fn(&CertificateFacts) -> Vec<Observed>) -> Verdict {
    if tls.certificate.is_none() {
        return Verdict::NotApplicable("the server presents no certificate");
    }
    Verdict::unless(tls.certificates().flat_map(seen).collect())
}

#[cfg(test)]
mod certificate_tests;
