//! Whether a server answers alike each time, and takes every hello a browser may send.

use crate::facts::tls::TlsFacts;
use crate::model::{Grade, Pointer, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/answers-differ"),
        title: "The same hello is answered differently each time",
        severity: Severity::Medium,
        rationale: "Several servers with different settings share one name. Visitors get the \
                    weakest by chance, and no finding here holds for all of them.",
        expected: "one configuration on every server behind the name",
        remediation: "Bring all servers behind the balancer to the same configuration.",
        observed_by: "Every ServerHello and handshake at one address is held against the others: \
                      certificates with keys of one kind, versions, and what one library always \
                      or never sends. Where a suite or version was chosen and refused, the control \
                      hello is repeated eight times. A rate limit that answers with alerts looks \
                      the same.",
        references: &[],
        cap: Some(Grade::B),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(alike),
    },
    Rule {
        id: RuleId::new("tls/hello-intolerance"),
        title: "Valid hellos are not answered",
        severity: Severity::Medium,
        rationale: "Browsers send reserved values and post-quantum key shares in every hello; \
                    what dies of them fails for some visitors and not for others.",
        expected: "every well-formed hello answered",
        remediation: "Update whatever terminates TLS, and the firewall or middlebox before it.",
        observed_by: "A hello was closed, left unanswered or refused each time, and the same hello \
                      without one thing was taken. A network between here and the target can be the cause, too.",
        references: &[Reference::Rfc(8701, "1"), Reference::Rfc(8446, "4.1.2")],
        cap: Some(Grade::B),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(tolerant),
    },
];

fn alike(tls: &TlsFacts) -> Verdict {
    let versions = &tls.stability.contradictions;
    let split = tls
        .stability
        .split
        .iter()
        .map(|(said, times)| format!("{times} × {said}"));
    let split = split.collect::<Vec<_>>().join(", ");
    let observed = versions.iter().map(|version| {
        let said = format!("{version} chosen and refused; repeated: {split}");
        Observed::new(&Pointer("/tls/seen/hellos".to_owned()), said)
    });
    let differences = tls.stability.differences.iter();
    let differences = differences.map(|found| Observed::new(&found.at, found.what.clone()));
    Verdict::unless(observed.chain(differences).collect())
}

fn tolerant(tls: &TlsFacts) -> Verdict {
    let found = &tls.stability.intolerances;
    let observed = found
        .iter()
        .map(|it| Observed::new(&it.at, format!("dies of {}", it.to)));
    Verdict::unless(observed.collect())
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::facts::tls::{Difference, Intolerance, Stability, TlsFacts};
    use crate::model::Pointer;
    use crate::rules::tls::answers;
    use crate::wire::tls::Version;

    #[test]
    fn contradiction_and_intolerance_fail_apart() {
        let intolerance = Intolerance {
            to: "big hellos",
            at: Pointer::default(),
        };
        let cases = [
            (Stability::default(), ["pass", "pass"]),
            (
                Stability {
                    contradictions: vec![Version::Tls12],
                    ..Stability::default()
                },
                ["fail", "pass"],
            ),
            (
                Stability {
                    differences: vec![Difference {
                        what: "two certificates".to_owned(),
                        at: Pointer::default(),
                    }],
                    ..Stability::default()
                },
                ["fail", "pass"],
            ),
            (
                Stability {
                    intolerances: vec![intolerance],
                    ..Stability::default()
                },
                ["pass", "fail"],
            ),
        ];
        for (stability, expected) in cases {
            let tls = TlsFacts {
                stability,
                ..TlsFacts::healthy()
            };
            assert_eq!(answers(RULES, &tls), expected);
        }
    }
}
