//! Cipher suites, by class.
//!
//! A class names a property of a suite that was chosen. The attacks that made a class unwelcome
//! (BEAST, LUCKY13, SWEET32, FREAK, Logjam) are not tried and nothing is said to be vulnerable.

use crate::facts::tls::TlsFacts;
use crate::model::{Grade, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::tls::{Class, Known, Version};

const SEEN: &str = "Hellos that offer all suites of the class at once, in each version spoken. \
                    Taken means a ServerHello chose one; refused means an alert to all of them, \
                    or closing as the rules on versions have it. Suites that need a secret in \
                    common or a DSA or Diffie-Hellman certificate are asked with `--ciphers`. \
                    The choice is seen, the handshake is not carried through, and no attack is \
                    tried.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/null-suites"),
        title: "Suites without encryption are accepted",
        severity: Severity::Critical,
        rationale: "What is sent can be read by everyone on the way.",
        expected: "no NULL suite",
        remediation: "Remove `NULL`/`eNULL` from the cipher list.",
        observed_by: SEEN,
        references: &[Reference::Rfc(9325, "4.1")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(null),
    },
    Rule {
        id: RuleId::new("tls/anonymous-suites"),
        title: "Suites without authentication are accepted",
        severity: Severity::Critical,
        rationale: "The server proves nothing, so whoever answers can be in the middle.",
        expected: "no anonymous suite",
        remediation: "Remove `aNULL`/`ADH`/`AECDH` from the cipher list.",
        observed_by: SEEN,
        references: &[Reference::Rfc(5246, "F.1.1.1"), Reference::Rfc(9325, "4.1")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(anonymous),
    },
    Rule {
        id: RuleId::new("tls/export-suites"),
        title: "Suites weakened for export are accepted",
        severity: Severity::Critical,
        rationale: "Keys of 40 bits, or of 512, are broken for the price of a lunch; clients can \
                    be pushed down to them.",
        expected: "no EXPORT suite",
        remediation: "Remove `EXP`/`EXPORT` from the cipher list.",
        observed_by: SEEN,
        references: &[Reference::Rfc(9325, "4.1")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(export),
    },
    Rule {
        id: RuleId::new("tls/des-suites"),
        title: "Single DES is accepted",
        severity: Severity::High,
        rationale: "Its 56-bit keys are found by trying them all.",
        expected: "no DES suite",
        remediation: "Remove `DES` from the cipher list.",
        observed_by: SEEN,
        references: &[Reference::Rfc(9325, "4.1")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(des),
    },
    Rule {
        id: RuleId::new("tls/rc4-suites"),
        title: "RC4 is accepted",
        severity: Severity::High,
        rationale: "Its biases let cookies be recovered from many encryptions of the same text.",
        expected: "no RC4 suite",
        remediation: "Remove `RC4` from the cipher list.",
        observed_by: SEEN,
        references: &[Reference::Rfc(7465, "2"), Reference::Rfc(9325, "4.1")],
        cap: Some(Grade::D),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(rc4),
    },
    Rule {
        id: RuleId::new("tls/small-block-suites"),
        title: "Ciphers with 64-bit blocks are accepted",
        severity: Severity::Medium,
        rationale: "Blocks repeat after some tens of gigabytes on one connection and then leak \
                    what they hold; 3DES, IDEA and RC2 are of this kind.",
        expected: "no 3DES, IDEA, RC2 or GOST 28147 suite",
        remediation: "Remove `3DES` and `IDEA` from the cipher list.",
        observed_by: SEEN,
        references: &[Reference::Rfc(9325, "4.1")],
        cap: Some(Grade::D),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(small_block),
    },
    Rule {
        id: RuleId::new("tls/static-key-exchange"),
        title: "Suites without forward secrecy are accepted",
        severity: Severity::Low,
        rationale: "Keys are encrypted to the certificate's own key: whoever obtains it later \
                    opens every recording.",
        expected: "ephemeral key exchange only",
        remediation: "Remove `kRSA`, `kDH` and `kECDH` suites from the cipher list.",
        observed_by: SEEN,
        references: &[Reference::Rfc(9325, "4.1")],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(static_key),
    },
    Rule {
        id: RuleId::new("tls/cbc-suites"),
        title: "CBC suites are accepted",
        severity: Severity::Low,
        rationale: "MAC-then-encrypt has needed a new countermeasure every few years; \
                    authenticated encryption needs none and is faster.",
        expected: "authenticated encryption only",
        remediation: "Keep the suites with GCM and CHACHA20-POLY1305; drop those with CBC.",
        observed_by: SEEN,
        references: &[Reference::Rfc(9325, "4.2")],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(cbc),
    },
    Rule {
        id: RuleId::new("tls/dhe-suites"),
        title: "Diffie-Hellman over prime fields is accepted",
        severity: Severity::Info,
        rationale: "It is slower than elliptic curves, clients cannot negotiate its strength, and \
                    browsers have dropped it.",
        expected: "elliptic curves or hybrids",
        remediation: "Remove `DHE` suites from the cipher list.",
        observed_by: SEEN,
        references: &[Reference::Rfc(9325, "4.2")],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(dhe),
    },
    Rule {
        id: RuleId::new("tls/no-modern-suite"),
        title: "TLS 1.2 has no suite with forward secrecy and authenticated encryption",
        severity: Severity::Medium,
        rationale: "Clients without TLS 1.3 get something weaker than they could have, and HTTP/2 \
                    is out of reach for them.",
        expected: "an ECDHE suite with AES-GCM or ChaCha20-Poly1305",
        remediation: "Add `ECDHE+AESGCM` and `ECDHE+CHACHA20` to the cipher list.",
        observed_by: "A hello of TLS 1.2 with the six modern suites alone, and every curve.",
        references: &[Reference::Rfc(9325, "4.2"), Reference::Rfc(9113, "9.2.2")],
        cap: Some(Grade::B),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(modern),
    },
];

/// Each class is one finding, with the versions and suites it was seen with.
fn lacks(tls: &TlsFacts, class: Class) -> Verdict {
    match tls.class(class) {
        // One thing that could not be seen is one finding: the version's own.
        Known::Refused if tls.has_open_versions() => Verdict::NotApplicable(
            "refused where asked; a version is open: tls/accepts-…, tls/no-…",
        ),
        Known::Refused => Verdict::Pass,
        Known::Unsettled => Verdict::Unknown(format!("{class} suites: no conclusive answer")),
        Known::Accepted => {
            let observed = tls.of_class(class).map(|(version, suite)| {
                let at = tls.proof(version, Some(suite));
                Observed::new(&at, format!("{suite} at {version}"))
            });
            Verdict::Fail(observed.collect())
        }
    }
}

fn null(tls: &TlsFacts) -> Verdict {
    lacks(tls, Class::Null)
}

fn anonymous(tls: &TlsFacts) -> Verdict {
    lacks(tls, Class::Anonymous)
}

fn export(tls: &TlsFacts) -> Verdict {
    lacks(tls, Class::Export)
}

fn des(tls: &TlsFacts) -> Verdict {
    lacks(tls, Class::Des)
}

fn rc4(tls: &TlsFacts) -> Verdict {
    lacks(tls, Class::Rc4)
}

fn small_block(tls: &TlsFacts) -> Verdict {
    lacks(tls, Class::SmallBlock)
}

fn static_key(tls: &TlsFacts) -> Verdict {
    lacks(tls, Class::StaticRsa)
}

fn cbc(tls: &TlsFacts) -> Verdict {
    lacks(tls, Class::Cbc)
}

fn dhe(tls: &TlsFacts) -> Verdict {
    lacks(tls, Class::Dhe)
}

fn modern(tls: &TlsFacts) -> Verdict {
    if tls.version(Version::Tls12) != Known::Accepted {
        return Verdict::NotApplicable("TLS 1.2 is not spoken");
    }
    match tls.modern_tls12 {
        Known::Accepted => Verdict::Pass,
        Known::Refused => {
            let at = tls.proof(Version::Tls12, None);
            Verdict::fail(&at, "all six modern suites refused")
        }
        Known::Unsettled => Verdict::Unknown("modern suites: no conclusive answer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::facts::tls::TlsFacts;
    use crate::rules::tls::answers;
    use crate::wire::tls::{CipherSuite, Class, Known, Version};

    /// A suite chosen at TLS 1.2, and the rules that fail by it.
    #[rustfmt::skip]
    const CASES: &[(&str, &[&str])] = &[
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", &[]),
        ("TLS_RSA_WITH_NULL_SHA",                 &["tls/null-suites", "tls/static-key-exchange"]),
        ("TLS_ECDH_anon_WITH_AES_128_CBC_SHA",    &["tls/anonymous-suites", "tls/cbc-suites"]),
        ("TLS_RSA_EXPORT_WITH_RC4_40_MD5",        &["tls/export-suites", "tls/rc4-suites", "tls/static-key-exchange"]),
        ("TLS_DHE_RSA_WITH_DES_CBC_SHA",          &["tls/des-suites", "tls/small-block-suites", "tls/cbc-suites", "tls/dhe-suites"]),
        ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",   &["tls/small-block-suites", "tls/cbc-suites"]),
        ("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",   &["tls/dhe-suites"]),
    ];

    #[test]
    fn a_suite_fails_the_rules_of_its_classes_and_no_other() {
        for (name, expected) in CASES {
            let suite = CipherSuite::by_name(name).unwrap();
            let mut tls = TlsFacts::healthy();
            tls.suites.entry(Version::Tls12).or_default().push(suite);
            let failed: Vec<_> = RULES
                .iter()
                .zip(answers(RULES, &tls))
                .filter(|(_, answer)| *answer == "fail")
                .map(|(rule, _)| rule.id.as_str())
                .collect();
            assert_eq!(failed, *expected, "{name}");
        }
    }

    #[test]
    fn an_open_class_or_version_is_not_a_pass() {
        let mut tls = TlsFacts::healthy();
        let row = tls.matrix.entry(Version::Tls12).or_default();
        row.insert(Class::Rc4, Known::Unsettled);
        assert_eq!(answers(RULES, &tls)[4], "unknown");
        assert_eq!(answers(RULES, &tls)[5], "pass");
        let mut tls = TlsFacts::healthy();
        tls.versions.insert(Version::Tls10, Known::Unsettled);
        assert_eq!(answers(RULES, &tls)[..3], ["n/a"; 3]);
    }

    #[test]
    fn modern_suites_matter_to_tls12_alone() {
        let with = |modern, tls12| {
            let mut tls = TlsFacts {
                modern_tls12: modern,
                ..TlsFacts::healthy()
            };
            tls.versions.insert(Version::Tls12, tls12);
            answers(RULES, &tls)[9]
        };
        assert_eq!(with(Known::Accepted, Known::Accepted), "pass");
        assert_eq!(with(Known::Refused, Known::Accepted), "fail");
        assert_eq!(with(Known::Unsettled, Known::Accepted), "unknown");
        assert_eq!(with(Known::Refused, Known::Refused), "n/a");
    }
}
