//! Protocol versions: is everything broken refused, and something good accepted?

use crate::facts::tls::TlsFacts;
use crate::model::{Grade, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::tls::{Known, Version};

const SEEN: &str = "One hello for this version alone, with every suite it has. Accepted means the \
                    server chose it in a ServerHello; refused means an alert, a lower version, or \
                    closing twice, the second time between two other hellos that were answered. \
                    Anything else is inconclusive. A front end in between answers for the server.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/accepts-sslv2"),
        title: "SSLv2 is accepted",
        severity: Severity::Critical,
        rationale: "SSLv2 can be decrypted with modest effort, and a server that speaks it gives \
                    away the sessions of every server with the same RSA key, TLS 1.2 included.",
        expected: "SSLv2 refused",
        remediation: "Remove SSLv2 from the enabled protocols, wherever this key is installed.",
        observed_by: SEEN,
        references: &[Reference::Rfc(6176, "3")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(ssl2),
    },
    Rule {
        id: RuleId::new("tls/accepts-sslv3"),
        title: "SSLv3 is accepted",
        severity: Severity::Critical,
        rationale: "Its padding can be used to read cookies byte by byte, and nothing in the \
                    protocol can mend that.",
        expected: "SSLv3 refused",
        remediation: "Remove SSLv3 from the enabled protocols.",
        observed_by: SEEN,
        references: &[Reference::Rfc(7568, "3")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(ssl3),
    },
    Rule {
        id: RuleId::new("tls/accepts-tls10"),
        title: "TLS 1.0 is accepted",
        severity: Severity::High,
        rationale: "It signs with MD5 and SHA-1 and has no authenticated encryption; standards \
                    and auditors require it off, and no current browser needs it.",
        expected: "TLS 1.0 refused",
        remediation: "Enable TLS 1.2 and 1.3 only.",
        observed_by: SEEN,
        references: &[Reference::Rfc(8996, "4"), Reference::Rfc(9325, "3.1.1")],
        cap: Some(Grade::D),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(tls10),
    },
    Rule {
        id: RuleId::new("tls/accepts-tls11"),
        title: "TLS 1.1 is accepted",
        severity: Severity::Medium,
        rationale: "It signs with SHA-1 and has no authenticated encryption; standards require \
                    it off, and no current browser needs it.",
        expected: "TLS 1.1 refused",
        remediation: "Enable TLS 1.2 and 1.3 only.",
        observed_by: SEEN,
        references: &[Reference::Rfc(8996, "5"), Reference::Rfc(9325, "3.1.1")],
        cap: Some(Grade::D),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(tls11),
    },
    Rule {
        id: RuleId::new("tls/no-current-version"),
        title: "Neither TLS 1.2 nor TLS 1.3 is accepted",
        severity: Severity::High,
        rationale: "Current browsers refuse to connect.",
        expected: "TLS 1.2 or TLS 1.3 accepted",
        remediation: "Enable TLS 1.3, and TLS 1.2 for older clients.",
        observed_by: SEEN,
        references: &[Reference::Rfc(9325, "3.1.1")],
        cap: Some(Grade::D),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(current),
    },
    Rule {
        id: RuleId::new("tls/no-tls13"),
        title: "TLS 1.3 is not accepted",
        severity: Severity::Low,
        rationale: "TLS 1.3 saves a round trip on every connection, hides the certificate from \
                    onlookers and is the only version with post-quantum key exchange.",
        expected: "TLS 1.3 accepted",
        remediation: "Enable TLS 1.3; every library maintained since 2018 has it.",
        observed_by: "A handshake that offers TLS 1.3, a hello for TLS 1.3 alone, and the mark \
                      that a server with TLS 1.3 leaves in a ServerHello of TLS 1.2. A middlebox \
                      that cannot pass TLS 1.3 shows as a server without it.",
        references: &[Reference::Rfc(9325, "3.1.1")],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(tls13),
    },
    Rule {
        id: RuleId::new("tls/below-minimum"),
        title: "A version below the target's own minimum is accepted",
        severity: Severity::Medium,
        rationale: "The target file says that nothing older may be spoken here.",
        expected: "every version below `min_version` refused",
        remediation: "Enable only the versions from the declared minimum up, or lower it.",
        observed_by: SEEN,
        references: &[],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(above_minimum),
    },
];

fn refuses(tls: &TlsFacts, version: Version) -> Verdict {
    if !tls.versions.contains_key(&version) {
        return Verdict::NotTested(format!("{version} was left out"));
    }
    match tls.version(version) {
        Known::Refused => Verdict::Pass,
        Known::Unsettled => Verdict::Unknown(format!("{version}: no conclusive answer")),
        Known::Accepted => {
            let suite = tls
                .suites
                .get(&version)
                .and_then(|suites| suites.first())
                .copied();
            let with = suite.map_or_else(String::new, |suite| format!(" with {suite}"));
            let said = format!("{version} accepted{with}");
            Verdict::fail(&tls.proof(version, None), said)
        }
    }
}

fn ssl2(tls: &TlsFacts) -> Verdict {
    refuses(tls, Version::Ssl2)
}

fn ssl3(tls: &TlsFacts) -> Verdict {
    refuses(tls, Version::Ssl3)
}

fn tls10(tls: &TlsFacts) -> Verdict {
    refuses(tls, Version::Tls10)
}

fn tls11(tls: &TlsFacts) -> Verdict {
    refuses(tls, Version::Tls11)
}

fn current(tls: &TlsFacts) -> Verdict {
    match (tls.version(Version::Tls12), tls.version(Version::Tls13)) {
        (Known::Accepted, _) | (_, Known::Accepted) => Verdict::Pass,
        (Known::Refused, Known::Refused) => Verdict::fail(
            &tls.proof(Version::Tls12, None),
            "TLS 1.2 and TLS 1.3 refused",
        ),
        (Known::Unsettled, _) | (_, Known::Unsettled) => {
            Verdict::Unknown("TLS 1.2 or TLS 1.3: no conclusive answer".to_owned())
        }
    }
}

/// Without TLS 1.2 either, the lack of TLS 1.3 is the same finding again.
fn tls13(tls: &TlsFacts) -> Verdict {
    match (tls.version(Version::Tls13), tls.version(Version::Tls12)) {
        (Known::Accepted, _) => Verdict::Pass,
        (Known::Refused, Known::Accepted) => Verdict::fail(
            &tls.proof(Version::Tls12, None),
            "TLS 1.3 refused, TLS 1.2 accepted",
        ),
        (Known::Refused, Known::Refused | Known::Unsettled) => {
            Verdict::NotApplicable("no current version: tls/no-current-version")
        }
        (Known::Unsettled, _) => Verdict::Unknown("TLS 1.3: no conclusive answer".to_owned()),
    }
}

/// Versions from TLS 1.2 up: those below have rules of their own.
fn above_minimum(tls: &TlsFacts) -> Verdict {
    if tls.min_version <= Version::Tls12.code() {
        return Verdict::NotApplicable("the target's minimum forbids no current version");
    }
    let below = |version: &Version| {
        *version >= Version::Tls12
            && version.code() < tls.min_version
            && tls.version(*version) == Known::Accepted
    };
    let observed = Version::ALL
        .into_iter()
        .filter(below)
        .map(|version| Observed::new(&tls.proof(version, None), format!("{version} accepted")));
    Verdict::unless(observed.collect())
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::facts::tls::TlsFacts;
    use crate::rules::tls::answers;
    use crate::wire::tls::{Known, Version};

    use Known::{Accepted as Y, Refused as N, Unsettled as U};

    /// SSLv2 to TLS 1.3, then what each rule answers, in the order of [`RULES`].
    #[rustfmt::skip]
    const CASES: &[([Known; 6], [&str; 7])] = &[
        ([N, N, N, N, Y, Y], ["pass", "pass", "pass", "pass", "pass", "pass", "n/a"]),
        ([N, N, N, N, N, Y], ["pass", "pass", "pass", "pass", "pass", "pass", "n/a"]),
        ([N, N, N, N, Y, N], ["pass", "pass", "pass", "pass", "pass", "fail", "n/a"]),
        ([N, N, Y, Y, Y, Y], ["pass", "pass", "fail", "fail", "pass", "pass", "n/a"]),
        ([N, N, Y, N, Y, Y], ["pass", "pass", "fail", "pass", "pass", "pass", "n/a"]),
        ([Y, Y, Y, N, N, N], ["fail", "fail", "fail", "pass", "fail", "n/a",  "n/a"]),
        ([U, U, U, U, Y, U], ["unknown", "unknown", "unknown", "unknown", "pass", "unknown", "n/a"]),
        ([N, N, Y, N, U, N], ["pass", "pass", "fail", "pass", "unknown", "n/a", "n/a"]),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (states, expected) in CASES {
            let tls = TlsFacts {
                versions: Version::ALL.into_iter().zip(*states).collect(),
                ..TlsFacts::healthy()
            };
            assert_eq!(answers(RULES, &tls), expected, "{states:?}");
        }
    }

    #[test]
    fn a_stricter_minimum_is_held_and_what_was_not_asked_is_not_tested() {
        let mut tls = TlsFacts {
            min_version: 0x0304,
            ..TlsFacts::healthy()
        };
        tls.versions.remove(&Version::Ssl2);
        let expected = ["not tested", "pass", "pass", "pass", "pass", "pass", "fail"];
        assert_eq!(answers(RULES, &tls), expected);
    }
}
