//! Key exchange: strong enough today, and against recordings kept for a quantum computer.

use crate::facts::tls::TlsFacts;
use crate::model::{Grade, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};
use crate::wire::tls::{Class, Known, Version};

/// RFC 9325 §4.1: shorter primes MUST NOT be used.
const DH_FLOOR_BITS: usize = 2048;

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/weak-dh"),
        title: "Diffie-Hellman primes are too short",
        severity: Severity::High,
        rationale: "A prime of 1024 bits is within reach of a state, one of 512 of a student; \
                    much of the work is shared by all servers with the same prime.",
        expected: "primes of at least 2048 bits",
        remediation: "Remove `DHE` suites, or use the group ffdhe2048 (RFC 7919).",
        observed_by: "The prime in the ServerKeyExchange of every DHE suite that was chosen. No \
                      group was named in those hellos, so the server used its own.",
        references: &[Reference::Rfc(9325, "4.1"), Reference::Rfc(7919, "1")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(dh),
    },
    Rule {
        id: RuleId::new("tls/no-post-quantum"),
        title: "No post-quantum key exchange",
        severity: Severity::Low,
        rationale: "Traffic recorded today can be opened once a large quantum computer exists. \
                    Browsers have offered the hybrid X25519MLKEM768 since 2024.",
        expected: "X25519MLKEM768 or another ML-KEM hybrid",
        remediation: "Use a TLS library with ML-KEM (OpenSSL 3.5, Go 1.24, rustls 0.23.27 or \
                      later) and leave its default groups.",
        observed_by: "A hello of TLS 1.3 with the three hybrids alone and an empty key share. A \
                      HelloRetryRequest names the one taken; an alert means none. No key is \
                      exchanged, so a broken implementation would not show.",
        references: &[Reference::Standard(
            "draft-ietf-tls-ecdhe-mlkem",
            "https://datatracker.ietf.org/doc/draft-ietf-tls-ecdhe-mlkem/",
        )],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(post_quantum),
    },
];

fn dh(tls: &TlsFacts) -> Verdict {
    match (tls.dh_bits, tls.of_class(Class::Dhe).next()) {
        (Some(bits), Some((version, suite))) if bits < DH_FLOOR_BITS => {
            let at = tls.proof(version, Some(suite));
            Verdict::fail(&at, format!("a prime of {bits} bits"))
        }
        (Some(_), _) => Verdict::Pass,
        (None, Some(_)) => Verdict::Unknown("the prime could not be read".to_owned()),
        (None, None) => Verdict::NotApplicable("no DHE suite was chosen"),
    }
}

fn post_quantum(tls: &TlsFacts) -> Verdict {
    match (tls.post_quantum, tls.version(Version::Tls13)) {
        (Known::Accepted, _) => Verdict::Pass,
        (_, Known::Refused) => Verdict::NotApplicable("needs TLS 1.3: tls/no-tls13"),
        (Known::Refused, _) => {
            let observed = Observed::new(
                &tls.proof(Version::Tls13, None),
                "X25519MLKEM768, SecP256r1MLKEM768 and SecP384r1MLKEM1024 refused",
            );
            Verdict::Fail(vec![observed.shown_by(ShownBy::PostQuantumOffered)])
        }
        (Known::Unsettled, _) => Verdict::Unknown("hybrids: no conclusive answer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::facts::tls::TlsFacts;
    use crate::rules::tls::answers;
    use crate::wire::tls::{CipherSuite, Known, Version};

    #[test]
    fn the_shortest_prime_counts() {
        let cases = [
            (None, false, "n/a"),
            (None, true, "unknown"),
            (Some(1024), true, "fail"),
            (Some(2047), true, "fail"),
            (Some(2048), true, "pass"),
            (Some(4096), true, "pass"),
        ];
        for (dh_bits, taken, expected) in cases {
            let mut tls = TlsFacts {
                dh_bits,
                ..TlsFacts::healthy()
            };
            if taken {
                let suite = CipherSuite::by_id(0x009e).unwrap();
                tls.suites.entry(Version::Tls12).or_default().push(suite);
            }
            assert_eq!(answers(RULES, &tls)[0], expected, "{dh_bits:?}");
        }
    }

    #[test]
    fn hybrids_matter_where_tls13_is_spoken() {
        let cases = [
            (Known::Accepted, Known::Accepted, "pass"),
            (Known::Refused, Known::Accepted, "fail"),
            (Known::Refused, Known::Refused, "n/a"),
            (Known::Unsettled, Known::Accepted, "unknown"),
        ];
        for (post_quantum, tls13, expected) in cases {
            let mut tls = TlsFacts {
                post_quantum,
                ..TlsFacts::healthy()
            };
            tls.versions.insert(Version::Tls13, tls13);
            assert_eq!(answers(RULES, &tls)[1], expected, "{post_quantum:?}");
        }
    }
}
