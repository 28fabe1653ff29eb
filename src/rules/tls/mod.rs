//! TLS: the protocol, its suites, and the certificate.

pub mod addresses;
pub mod certificate;
pub mod chain;
pub mod dates;
pub mod declared;
pub mod features;
pub mod handshake;
pub mod issuance;
pub mod key_exchange;
pub mod key_usage;
pub mod mozilla;
pub mod stability;
pub mod staple;
pub mod suites;
pub mod trust;
pub mod versions;

use super::{Observed, Rule, Verdict};
use crate::facts::tls::{CertificateFacts, TlsFacts};

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[
    handshake::RULES,
    versions::RULES,
    suites::RULES,
    key_exchange::RULES,
    features::RULES,
    stability::RULES,
    certificate::RULES,
    key_usage::RULES,
    dates::RULES,
    trust::RULES,
    chain::RULES,
    staple::RULES,
    issuance::RULES,
    addresses::RULES,
    mozilla::RULES,
    declared::RULES,
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

/// What each rule answers, in words: the whole test of a table's row.
#[cfg(test)]
fn answers(rules: &[Rule], tls: &TlsFacts) -> Vec<&'static str> {
    let answer = |rule: &Rule| {
        let super::Check::Tls(check) = rule.check else {
            return "not over facts of TLS";
        };
        check(tls).word()
    };
    rules.iter().map(answer).collect()
}
