//! Every address of the name: does each answer, and alike?

use crate::facts::tls::TlsFacts;
use crate::model::{Grade, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/address-fails"),
        title: "An address of the name does not complete a handshake",
        severity: Severity::Medium,
        rationale: "Clients that are given this address first wait for it, or fail where they do \
                    not try another.",
        expected: "a handshake at every address of the name",
        remediation: "Take the address out of the DNS, or mend the server behind it.",
        observed_by: "One handshake at each address the resolver gave (`--all-addresses`). An \
                      address family that the network here does not route fails, too.",
        references: &[Reference::Rfc(8305, "1")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(every_address_answers),
    },
    Rule {
        id: RuleId::new("tls/addresses-differ"),
        title: "The addresses of the name do not show the same",
        severity: Severity::Low,
        rationale: "Which server a visitor meets is chance: a renewal or a setting has reached some \
                    of them only.",
        expected: "one certificate, version and suite at every address",
        remediation: "Roll certificate and configuration out to all of them.",
        observed_by: "One handshake at each address (`--all-addresses`), all with the same offer. A \
                      deployment in progress shows the same.",
        references: &[Reference::Rfc(8446, "4.4.2")],
        cap: Some(Grade::A),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(addresses_agree),
    },
];

/// Why the question does not arise, if it does not.
fn unasked(tls: &TlsFacts) -> Option<Verdict> {
    if tls.addresses.known < 2 {
        return Some(Verdict::NotApplicable("the name has one address"));
    }
    if tls.addresses.seen.len() < 2 {
        let why = format!(
            "the name has {} addresses; --all-addresses looks at each",
            tls.addresses.known
        );
        return Some(Verdict::NotTested(why));
    }
    None
}

fn every_address_answers(tls: &TlsFacts) -> Verdict {
    unasked(tls).unwrap_or_else(|| {
        let seen = tls.addresses.seen.iter();
        let failed = seen.filter_map(|one| {
            let failure = one.failure.as_ref()?;
            Some(Observed::new(
                &one.at,
                format!("{}: {failure}", one.address),
            ))
        });
        Verdict::unless(failed.collect())
    })
}

fn addresses_agree(tls: &TlsFacts) -> Verdict {
    unasked(tls).unwrap_or_else(|| {
        let mut answered = tls
            .addresses
            .seen
            .iter()
            .filter(|one| one.failure.is_none());
        let Some(first) = answered.next() else {
            return Verdict::NotApplicable("none of them answers");
        };
        let odd = answered.filter_map(|one| {
            let mut what = Vec::new();
            if one.certificate != first.certificate {
                what.push("another certificate");
            }
            if (one.version, &one.suite) != (first.version, &first.suite) {
                what.push("another version or suite");
            }
            (!what.is_empty()).then(|| {
                let said = format!(
                    "{} shows {} than {}",
                    one.address,
                    what.join(" and "),
                    first.address
                );
                Observed::new(&one.at, said)
            })
        });
        Verdict::unless(odd.collect())
    })
}
