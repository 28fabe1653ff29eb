//! Revocation as the server itself shows it: the stapled OCSP response.

use super::on_each;
use crate::facts::tls::{CertificateFacts, Signed, Staple, Stapled, TlsFacts};
use crate::model::{Grade, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::x509::ocsp::Status;

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/certificate-revoked"),
        title: "The certificate has been revoked",
        severity: Severity::Critical,
        rationale: "Its authority has withdrawn it, mostly because the key is no longer its \
                    owner's alone; the server says so itself in every handshake.",
        expected: "a response with the status good",
        remediation: "Have a new certificate issued for a new key, and replace this one.",
        observed_by: "The stapled OCSP response, its signature verified with the issuer's key where \
                      that was seen. Nothing is fetched: a revocation that is not stapled is not seen.",
        references: &[Reference::Rfc(6960, "2.2"), Reference::Rfc(5280, "6.3")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_not_revoked),
    },
    Rule {
        id: RuleId::new("tls/must-staple"),
        title: "The certificate demands a stapled response, and there is none that serves",
        severity: Severity::High,
        rationale: "Its owner asked for it to be refused without one; Firefox does refuse it.",
        expected: "a current, good response in every handshake",
        remediation: "Turn stapling on; where the authority has no OCSP responder any more, have a certificate issued without the TLS feature extension.",
        observed_by: "The extension in the certificate, and a handshake that asked for a staple. \
                      Some servers fetch the response only after the first handshake: run it again.",
        references: &[Reference::Rfc(7633, "4")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(keeps_its_promise),
    },
    Rule {
        id: RuleId::new("tls/staple-invalid"),
        title: "The stapled response is of no use",
        severity: Severity::Medium,
        rationale: "Clients that look at it fail or ask the authority themselves, which is slow and \
                    tells it who visits.",
        expected: "a response about this certificate, within its dates, signed for its issuer",
        remediation: "Let the server refresh what it staples, and look for errors from the responder in its log.",
        observed_by: "The stapled OCSP response against the leaf and the time of this run, its \
                      signature with the issuer's key where that was seen.",
        references: &[Reference::Rfc(6960, "3.2"), Reference::Rfc(6066, "8")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(staples_something_useful),
    },
];

fn is_not_revoked(tls: &TlsFacts) -> Verdict {
    if !tls
        .certificates()
        .any(|facts| facts.staple.present().is_some())
    {
        return Verdict::NotApplicable("nothing about it was stapled");
    }
    on_each(tls, |facts| {
        match (facts.is_revoked(), facts.staple.present()) {
            (
                true,
                Some(Stapled {
                    status: Status::Revoked { at, reason },
                    ..
                }),
            ) => {
                let reason =
                    reason.map_or(String::new(), |code| format!(", {}", reason_name(code)));
                seen(facts, format!("revoked at {at}{reason}"))
            }
            (_, Some(_) | None) => Vec::new(),
        }
    })
}

fn keeps_its_promise(tls: &TlsFacts) -> Verdict {
    let demanding =
        |facts: &CertificateFacts| facts.leaf.as_ref().is_some_and(|leaf| leaf.must_staple);
    if !tls.certificates().any(demanding) {
        return Verdict::NotApplicable("the certificate does not ask for it");
    }
    on_each(tls, |facts| {
        let lacking = facts.lacks_staple() && !facts.is_revoked();
        if !lacking {
            return Vec::new();
        }
        // Without a responder there is nothing to staple: Let's Encrypt has had none since 2025.
        let responder = facts.leaf.as_ref().is_some_and(|leaf| leaf.pointers.ocsp);
        let why = if responder {
            words(&facts.staple)
        } else {
            "nothing can be stapled, since it names no responder".to_owned()
        };
        seen(facts, format!("the certificate says must-staple: {why}"))
    })
}

fn staples_something_useful(tls: &TlsFacts) -> Verdict {
    if tls
        .certificates()
        .all(|facts| matches!(facts.staple, Staple::Absent | Staple::NotAsked))
    {
        return Verdict::NotApplicable("nothing was stapled");
    }
    on_each(tls, |facts| {
        if facts.has_bad_staple() {
            seen(facts, words(&facts.staple))
        } else {
            Vec::new()
        }
    })
}

fn seen(facts: &CertificateFacts, said: String) -> Vec<Observed> {
    vec![Observed::new(&facts.at, said)]
}

fn words(staple: &Staple) -> String {
    match staple {
        Staple::Absent | Staple::NotAsked => "nothing is stapled".to_owned(),
        Staple::Malformed => "what is stapled is no OCSP response".to_owned(),
        Staple::Refused { status } => {
            format!("the responder refused to answer (status {status}), and that is stapled")
        }
        Staple::OfAnother => "the response is about another certificate".to_owned(),
        Staple::Present(stapled) => fault(stapled),
    }
}

fn fault(stapled: &Stapled) -> String {
    if stapled.signature == Signed::Invalid {
        return "its signature is not the issuer's".to_owned();
    }
    match (stapled.current, stapled.next_update, &stapled.status) {
        (false, Some(end), _) => format!("held from {} until {end}", stapled.this_update),
        (false, None, _) => format!("holds from {} only", stapled.this_update),
        (true, _, Status::Unknown) => "the responder does not know the certificate".to_owned(),
        (true, _, Status::Good | Status::Revoked { .. }) => "good".to_owned(),
    }
}

/// CRLReason (RFC 5280 §5.3.1).
const fn reason_name(code: u8) -> &'static str {
    match code {
        1 => "key compromised",
        2 => "authority compromised",
        3 => "affiliation changed",
        4 => "superseded",
        5 => "operation ceased",
        6 => "on hold",
        9 => "privilege withdrawn",
        10 => "attribute authority compromised",
        _ => "no reason given",
    }
}
