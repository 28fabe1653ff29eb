//! keyUsage of the server's certificate, against what the accepted key exchanges do with its key.

use super::on_each;
use crate::facts::tls::{CertificateFacts, TlsFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::tls::{Authentication, Class, Known, Version};
use crate::wire::x509::{Certificate, KeyKind, KeyUsage};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("tls/certificate-key-usage"),
    title: "keyUsage does not allow what TLS does with the key",
    severity: Severity::High,
    rationale: "The certificate says what its key is for, and TLS uses it for something else. \
                Chrome, Edge and everything on GnuTLS end the handshake; OpenSSL goes on, so that it \
                works for whoever tried it with curl.",
    expected: "digitalSignature in keyUsage (with static RSA alone: keyEncipherment), or no keyUsage",
    remediation: "Have it issued with `keyUsage = critical, digitalSignature`; an RSA key that still \
                  serves static RSA needs keyEncipherment as well.",
    observed_by: "keyUsage of each certificate against the versions and suites that are accepted: \
                  TLS 1.3 and every ephemeral key exchange sign with it.",
    references: &[
        Reference::Rfc(8446, "4.4.2.2"),
        Reference::Rfc(5246, "7.4.2"),
        Reference::Rfc(5280, "4.2.1.3"),
    ],
    cap: None,
    rests_on: &[Topic::Handshake],
    check: Check::Tls(allows_what_tls_does),
}];

fn allows_what_tls_does(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        let lacking = facts.leaf.as_ref().and_then(|leaf| lacking(tls, leaf));
        let said =
            lacking.map(|(usage, why)| format!("keyUsage lacks {}, and {why}", usage.name()));
        said.map(|said| Observed::new(&CertificateFacts::place(facts, 0), said))
            .into_iter()
            .collect()
    })
}

/// The use that is made of the key and not allowed. A key exchange is held against the certificate
/// only where it is made: a server may have another certificate for its other suites.
fn lacking(tls: &TlsFacts, leaf: &Certificate) -> Option<(KeyUsage, &'static str)> {
    let at_13 = tls.version(Version::Tls13) == Known::Accepted;
    if !leaf.may(KeyUsage::Sign) {
        if at_13 {
            return Some((KeyUsage::Sign, "TLS 1.3 signs with the key"));
        }
        if signs(tls, leaf) {
            return Some((
                KeyUsage::Sign,
                "the key exchanges that are accepted sign with the key",
            ));
        }
    }
    let encrypts = leaf.key.kind == KeyKind::Rsa && !at_13 && !signs(tls, leaf) && is_static(tls);
    (encrypts && !leaf.may(KeyUsage::Encrypt)).then_some((
        KeyUsage::Encrypt,
        "static RSA, which encrypts to the key, is all there is",
    ))
}

/// An ephemeral key exchange is accepted that is authenticated by a key of this kind.
fn signs(tls: &TlsFacts, leaf: &Certificate) -> bool {
    let by_rsa = matches!(leaf.key.kind, KeyKind::Rsa | KeyKind::RsaPss);
    let all = tls
        .suites
        .iter()
        .filter(|(version, _)| **version < Version::Tls13);
    let mut all = all.flat_map(|(_, suites)| suites);
    all.any(|suite| {
        suite.forward_secret()
            && !suite.is(Class::Anonymous)
            && by_rsa == (suite.authentication() == Authentication::Rsa)
    })
}

fn is_static(tls: &TlsFacts) -> bool {
    tls.of_class(Class::StaticRsa).next().is_some()
}

#[cfg(test)]
mod tests {
    use rcgen::{KeyPair, KeyUsagePurpose, SignatureAlgorithm};

    use super::RULES;
    use crate::facts::State;
    use crate::facts::tls::fixtures::{HOST, evidence};
    use crate::facts::tls::{TlsFacts, read};
    use crate::rules::tls::answers;
    use crate::wire::tls::{CipherSuite, Known, Version};
    use crate::wire::x509::fixtures::Authority;
    use KeyUsagePurpose::{CrlSign, DigitalSignature, KeyAgreement, KeyEncipherment};

    const RSA: &SignatureAlgorithm = &rcgen::PKCS_RSA_SHA256;
    const EC: &SignatureAlgorithm = &rcgen::PKCS_ECDSA_P256_SHA256;
    const EPHEMERAL: &[&str] = &[
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    ];
    const ECDSA: &[&str] = &["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"];
    const STATIC: &[&str] = &["TLS_RSA_WITH_AES_128_GCM_SHA256"];
    const BOTH: &[&str] = &[
        "TLS_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    ];

    /// The kind of key, its uses, the suites of TLS 1.2, whether TLS 1.3 is spoken, the answer.
    type Row<'a> = (
        &'a SignatureAlgorithm,
        &'a [KeyUsagePurpose],
        &'a [&'a str],
        bool,
        &'a str,
    );

    #[rustfmt::skip]
    const CASES: &[Row<'static>] = &[
        (RSA, &[],                                  EPHEMERAL, true,  "pass"), // no keyUsage at all
        (RSA, &[DigitalSignature],                  EPHEMERAL, true,  "pass"),
        (RSA, &[DigitalSignature, KeyEncipherment], BOTH,      true,  "pass"),
        (RSA, &[KeyEncipherment],                   EPHEMERAL, true,  "fail"),
        (RSA, &[KeyEncipherment],                   EPHEMERAL, false, "fail"),
        (RSA, &[KeyEncipherment],                   BOTH,      false, "fail"),
        (RSA, &[KeyEncipherment],                   STATIC,    false, "pass"),
        (RSA, &[KeyEncipherment],                   STATIC,    true,  "fail"),
        (RSA, &[KeyEncipherment],                   ECDSA,     false, "pass"), // for another certificate
        (RSA, &[DigitalSignature],                  STATIC,    false, "fail"),
        (RSA, &[DigitalSignature],                  BOTH,      false, "pass"),
        (EC,  &[DigitalSignature],                  EPHEMERAL, true,  "pass"),
        (EC,  &[KeyAgreement],                      EPHEMERAL, true,  "fail"),
        (EC,  &[KeyAgreement],                      ECDSA,     false, "fail"),
        (EC,  &[CrlSign],                           ECDSA,     true,  "fail"),
    ];

    fn facts(row: &Row<'static>) -> TlsFacts {
        let (algorithm, uses, suites, at_13, _) = row;
        let root = Authority::root("Root");
        let key = KeyPair::generate_for(algorithm).expect("a key");
        let leaf = root.server_for(&key, HOST, |params| params.key_usages = uses.to_vec());
        let State::Known(seen) = read(&evidence(&[&leaf], Vec::new(), &[&root.der])) else {
            panic!("TLS was seen");
        };
        let mut tls = TlsFacts {
            certificate: seen.certificate,
            ..TlsFacts::healthy()
        };
        let suites = suites
            .iter()
            .map(|name| CipherSuite::by_name(name).expect("a suite"));
        tls.suites.insert(Version::Tls12, suites.collect());
        if !at_13 {
            tls.versions.insert(Version::Tls13, Known::Refused);
            tls.suites.remove(&Version::Tls13);
        }
        tls
    }

    #[test]
    fn the_key_is_used_as_it_may_be() {
        for row in CASES {
            assert_eq!(
                answers(RULES, &facts(row)),
                [row.4],
                "{:?} with {:?}",
                row.1,
                row.2
            );
        }
    }
}
