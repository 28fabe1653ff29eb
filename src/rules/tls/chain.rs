//! What is sent along with the certificate: in order, once, and nothing besides.

use super::on_each;
use crate::facts::tls::{CertificateFacts, TlsFacts};
use crate::model::{Grade, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

const OBSERVED: &str = "The Certificate message as sent, linked by names and signatures. Of a chain of \
                        more than sixteen certificates the rest is not read.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/chain-order"),
        title: "The chain is out of order",
        severity: Severity::Low,
        rationale: "TLS 1.2 asks for each certificate to certify the one before it; small clients \
                    that read it that way fail.",
        expected: "the server's certificate first, each followed by its issuer",
        remediation: "Concatenate the files in that order.",
        observed_by: OBSERVED,
        references: &[Reference::Rfc(5246, "7.4.2"), Reference::Rfc(8446, "4.4.2")],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_in_order),
    },
    Rule {
        id: RuleId::new("tls/chain-duplicate"),
        title: "A certificate is sent twice",
        severity: Severity::Low,
        rationale: "Every full handshake carries it again for nothing.",
        expected: "each certificate once",
        remediation: "Remove the copy from the chain file.",
        observed_by: OBSERVED,
        references: &[Reference::Rfc(5246, "7.4.2")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(has_no_duplicates),
    },
    Rule {
        id: RuleId::new("tls/chain-root-sent"),
        title: "The root certificate is sent along",
        severity: Severity::Low,
        rationale: "A client has it already, or does not trust it: either way the bytes are wasted \
                    in every full handshake.",
        expected: "no self-signed certificate above the server's own",
        remediation: "Remove the root from the chain file.",
        observed_by: OBSERVED,
        references: &[Reference::Rfc(5246, "7.4.2"), Reference::Rfc(8446, "4.4.2")],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(has_no_root),
    },
    Rule {
        id: RuleId::new("tls/chain-unrelated"),
        title: "A certificate is sent that is part of no chain",
        severity: Severity::Low,
        rationale: "It certifies nothing that was sent, so it is a left-over of another installation.",
        expected: "only what leads from the server's certificate to an anchor",
        remediation: "Remove it from the chain file.",
        observed_by: OBSERVED,
        references: &[Reference::Rfc(8446, "4.4.2")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(has_nothing_besides),
    },
];

fn is_in_order(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        places(
            facts,
            &facts.sent.misplaced(),
            "stands before what it certifies",
        )
    })
}

fn has_no_duplicates(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        places(facts, &facts.sent.duplicates(), "was sent before")
    })
}

fn has_no_root(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        let repeated = facts.sent.duplicates();
        let strangers = facts.sent.unrelated();
        let once: Vec<usize> = facts
            .sent
            .roots()
            .into_iter()
            .filter(|place| !repeated.contains(place) && !strangers.contains(place))
            .collect();
        places(facts, &once, "is self-signed")
    })
}

fn has_nothing_besides(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        places(
            facts,
            &facts.sent.unrelated(),
            "certifies nothing that was sent",
        )
    })
}

fn places(facts: &CertificateFacts, places: &[usize], said: &str) -> Vec<Observed> {
    let named = places.iter().map(|place| {
        let name = facts
            .sent
            .certificate(*place)
            .map(|read| read.name.raw())
            .unwrap_or_default();
        let size = facts.sent.sent.get(*place).map_or(0, |sent| sent.der.len());
        Observed::new(
            &facts.place(*place),
            format!("number {}, {name}, {said} ({size} bytes)", place + 1),
        )
    });
    named.collect()
}
