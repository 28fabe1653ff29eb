//! Does the chain lead to a trust anchor, and if not, why not? Each cause is a rule of its own.

use super::on_each;
use crate::facts::tls::{CertificateFacts, TlsFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::x509::{Doubt, PathFault};

const OBSERVED: &str = "The chain as sent, validated as RFC 5280 §6 says against the chosen anchors \
                        (Mozilla's, or the system's, and those of `--cacert`), with webpki for a \
                        second opinion. Clients with other anchors, or with the missing certificate in a \
                        cache, fare otherwise.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/self-signed"),
        title: "The certificate is self-signed",
        severity: Severity::Critical,
        rationale: "The server vouches for itself, which everybody in between can do as well. \
                    Clients refuse it.",
        expected: "a chain to a trust anchor",
        remediation: "Have it issued by an authority that the clients trust; for a private one, pass `--cacert`.",
        observed_by: OBSERVED,
        references: &[Reference::Rfc(5280, "6.1"), Reference::Rfc(9110, "4.3.4")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_not_self_signed),
    },
    Rule {
        id: RuleId::new("tls/unknown-ca"),
        title: "The chain ends in an authority nobody here trusts",
        severity: Severity::Critical,
        rationale: "Clients without that authority among their anchors refuse the connection.",
        expected: "a chain to a trust anchor",
        remediation: "Have it issued by a public authority; if this one is yours, pass its certificate with `--cacert`.",
        observed_by: OBSERVED,
        references: &[Reference::Rfc(5280, "6.1"), Reference::Rfc(9110, "4.3.4")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_of_a_known_authority),
    },
    Rule {
        id: RuleId::new("tls/chain-incomplete"),
        title: "An intermediate certificate is missing",
        severity: Severity::High,
        rationale: "Browsers that have seen the intermediate elsewhere get through; command-line \
                    clients, phones on their first visit and webhooks do not.",
        expected: "everything between the server's certificate and the anchor",
        remediation: "Install the full chain as the authority delivers it (`fullchain.pem`).",
        observed_by: "The issuer of the last certificate was neither sent nor is it an anchor, and \
                      the certificate carries signed timestamps or a policy of the CA/Browser \
                      Forum, or the anchors were named with `--cacert`. With the wrong file there, \
                      it is an unknown authority instead.",
        references: &[Reference::Rfc(8446, "4.4.2"), Reference::Rfc(5246, "7.4.2")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_complete),
    },
    Rule {
        id: RuleId::new("tls/chain-bad-signature"),
        title: "A signature in the chain does not verify",
        severity: Severity::Critical,
        rationale: "The certificate was altered, or it was issued by another key than the one \
                    beside it: either way it proves nothing.",
        expected: "each certificate signed with the key of its issuer",
        remediation: "Install certificate and chain from one and the same delivery.",
        observed_by: "Each signature with the key of the certificate, or the anchor, that has the issuer's name.",
        references: &[Reference::Rfc(5280, "6.1.3")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_signed_throughout),
    },
    Rule {
        id: RuleId::new("tls/chain-not-accepted"),
        title: "The chain breaks a rule of path validation",
        severity: Severity::Critical,
        rationale: "An authority signed what it was not allowed to, or the chain asks for something \
                    no client knows; clients refuse it.",
        expected: "a chain that passes path validation",
        remediation: "Have it issued by an authority whose own certificate allows it.",
        observed_by: "basicConstraints, keyUsage, name constraints, path length, policies, critical \
                      extensions and dates along the way; signatures that no client verifies end \
                      it as well. What this program cannot verify, such as Ed448, leaves it open.",
        references: &[Reference::Rfc(5280, "6.1.4"), Reference::Rfc(5280, "4.2")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(passes_validation),
    },
];

/// One cause of distrust: those of its kind, as they were seen.
fn because(
    tls: &TlsFacts,
    said: impl Fn(&CertificateFacts, &PathFault) -> Option<(usize, String)>,
) -> Verdict {
    if tls.certificates().any(|facts| facts.insecure) {
        return Verdict::NotTested("trust was left aside (--insecure)".to_owned());
    }
    on_each(tls, |facts| {
        let causes = facts
            .trust
            .faults
            .iter()
            .filter_map(|fault| said(facts, fault));
        causes
            .map(|(place, said)| Observed::new(&facts.place(place), said))
            .collect()
    })
}

/// The same, where each cause has a rule of its own: what is open is told once, by
/// `tls/chain-not-accepted`.
fn decided(
    tls: &TlsFacts,
    said: impl Fn(&CertificateFacts, &PathFault) -> Option<(usize, String)>,
) -> Verdict {
    let verdict = because(tls, said);
    if verdict == Verdict::Pass && tls.certificates().any(|facts| facts.trust.is_open()) {
        return Verdict::NotApplicable(
            "it is open whether the chain is accepted: tls/chain-not-accepted",
        );
    }
    verdict
}

fn is_not_self_signed(tls: &TlsFacts) -> Verdict {
    decided(tls, |facts, fault| {
        let name = facts
            .leaf
            .as_ref()
            .map(|leaf| leaf.subject.raw().to_owned());
        (*fault == PathFault::SelfSigned)
            .then(|| (0, format!("{} signed itself", name.unwrap_or_default())))
    })
}

fn is_of_a_known_authority(tls: &TlsFacts) -> Verdict {
    decided(tls, |facts, fault| {
        let PathFault::UnknownCa { issuer } = fault else {
            return None;
        };
        Some((last(facts), format!("the chain ends at {}", issuer.raw())))
    })
}

fn is_complete(tls: &TlsFacts) -> Verdict {
    decided(tls, |facts, fault| {
        let PathFault::MissingIntermediate { issuer } = fault else {
            return None;
        };
        let said = format!("{} was not sent and is no anchor", issuer.raw());
        Some((last(facts), said))
    })
}

fn is_signed_throughout(tls: &TlsFacts) -> Verdict {
    decided(tls, |facts, fault| {
        let PathFault::BadSignature { place } = fault else {
            return None;
        };
        let name = name(facts, *place);
        Some((
            *place,
            format!("{name} is not signed with the key of its issuer"),
        ))
    })
}

fn passes_validation(tls: &TlsFacts) -> Verdict {
    let verdict = because(tls, |facts, fault| {
        Some((place(fault)?, breach(facts, fault)?))
    });
    if verdict != Verdict::Pass {
        return verdict;
    }
    let open = tls.certificates().filter(|facts| facts.trust.is_open());
    let doubts = open.flat_map(|facts| facts.trust.doubts.iter().map(move |doubt| (facts, doubt)));
    let mut said = doubts.map(|(facts, doubt)| doubtful(facts, doubt));
    said.next().map_or(Verdict::Pass, Verdict::Unknown)
}

/// Where a rule of path validation was broken; `None` for what other rules are about.
const fn place(fault: &PathFault) -> Option<usize> {
    match fault {
        PathFault::Unverifiable { place }
        | PathFault::IssuerNotAuthority { place }
        | PathFault::NameConstraint { place, .. }
        | PathFault::PathTooLong { place }
        | PathFault::CriticalExtension { place, .. }
        | PathFault::RepeatedExtension { place, .. } => Some(*place),
        PathFault::PolicyMissing | PathFault::DatesNeverMeet => Some(0),
        PathFault::NoLeaf
        | PathFault::SelfSigned
        | PathFault::UnknownCa { .. }
        | PathFault::MissingIntermediate { .. }
        | PathFault::BadSignature { .. }
        | PathFault::WrongPurpose { .. }
        | PathFault::AuthorityAsLeaf => None,
    }
}

/// The broken rule in words.
fn breach(facts: &CertificateFacts, fault: &PathFault) -> Option<String> {
    let who = name(facts, place(fault)?);
    Some(match fault {
        PathFault::Unverifiable { .. } if has_its_own_rule(facts) => return None,
        PathFault::Unverifiable { .. } => format!("nobody verifies the signature on {who}"),
        PathFault::IssuerNotAuthority { .. } => format!("{who} signs certificates and may not"),
        PathFault::NameConstraint { name, .. } => {
            format!("an authority above {who} does not allow {}", name.raw())
        }
        PathFault::PathTooLong { .. } => {
            format!("more authorities stand below {who} than it allows")
        }
        PathFault::CriticalExtension { extension, .. } => {
            format!("{who} has a critical extension that clients do not process: {extension}")
        }
        PathFault::RepeatedExtension { extension, .. } => {
            format!("{who} has an extension twice: {extension}")
        }
        PathFault::PolicyMissing => {
            "an authority demands a certificate policy, and the certificates below share none"
                .to_owned()
        }
        PathFault::DatesNeverMeet => "there is no moment at which all of them are valid".to_owned(),
        PathFault::NoLeaf
        | PathFault::SelfSigned
        | PathFault::UnknownCa { .. }
        | PathFault::MissingIntermediate { .. }
        | PathFault::BadSignature { .. }
        | PathFault::WrongPurpose { .. }
        | PathFault::AuthorityAsLeaf => return None,
    })
}

/// What could not be decided, in words.
fn doubtful(facts: &CertificateFacts, doubt: &Doubt) -> String {
    match doubt {
        Doubt::Signature { place } => {
            let signature = facts
                .sent
                .certificate(*place)
                .map(|read| read.signature.to_string());
            format!(
                "this program does not verify the signature on {} ({})",
                name(facts, *place),
                signature.unwrap_or_default()
            )
        }
        Doubt::Unread { place } => {
            format!(
                "this program does not read all of certificate number {}",
                place + 1
            )
        }
        Doubt::NameForm { place } => format!(
            "an authority restricts a kind of name that {} has, and this program does not judge",
            name(facts, *place)
        ),
        Doubt::Library { because } => {
            format!("webpki refuses the chain for {because}, and RFC 5280 §6 gives no reason to")
        }
    }
}

/// What nobody verifies because of a weak key or a broken digest is reported for that.
fn has_its_own_rule(facts: &CertificateFacts) -> bool {
    !facts.weak_signatures().is_empty() || !facts.weak_keys().is_empty()
}

/// The place at which the way ends.
fn last(facts: &CertificateFacts) -> usize {
    facts.trust.path.last().copied().unwrap_or(0)
}

fn name(facts: &CertificateFacts, place: usize) -> String {
    facts
        .sent
        .certificate(place)
        .map(|read| read.name.raw().to_owned())
        .unwrap_or_default()
}
