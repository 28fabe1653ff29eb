//! Conformance to the profile of Mozilla's Server Side TLS that the target asks for.

use crate::facts::rating::mozilla::{Conformance, Direction};
use crate::facts::tls::TlsFacts;
use crate::model::{Pointer, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("tls/mozilla-profile"),
    title: "The server deviates from the profile it is meant to follow",
    severity: Severity::Medium,
    rationale: "The target says that it follows one of Mozilla's configurations; whoever relies on \
                that gets something else.",
    expected: "no deviation in either direction from the newest edition that has the profile",
    remediation: "Take the configuration from the Mozilla SSL Configuration Generator, or declare another profile.",
    observed_by: "Versions, suites, groups, certificate, HSTS and stapling against the \
                  machine-readable guidelines. Without `--ciphers` what is missing from the lists \
                  is not looked for. A staple is asked for only where the certificate names a responder.",
    references: &[Reference::Standard(
        "Mozilla Server Side TLS 6.0",
        "https://ssl-config.mozilla.org/guidelines/6.0.json",
    )],
    cap: None,
    rests_on: &[Topic::Handshake],
    check: Check::Tls(follows_its_profile),
}];

fn follows_its_profile(tls: &TlsFacts) -> Verdict {
    let Some(profile) = tls.profile else {
        return Verdict::NotApplicable("no profile is asked for");
    };
    let Some(held) = tls.mozilla.newest(profile) else {
        return Verdict::NotApplicable("no edition has this profile");
    };
    match held.conforms {
        Some(true) => Verdict::Pass,
        Some(false) => Verdict::Fail(deviations(held)),
        // Nothing deviates as far as was looked: the rest was left out by choice, or died.
        None if tls.inconclusive.is_empty() => {
            Verdict::NotTested(format!("not looked at: {}", held.unseen.join(", ")))
        }
        None => Verdict::Unknown(tls.inconclusive.join(", ")),
    }
}

fn deviations(held: &Conformance) -> Vec<Observed> {
    let at = Pointer("/tls".to_owned());
    let deviations = held.deviations.iter();
    deviations
        .map(|deviation| {
            let way = match deviation.kind {
                Direction::Offered => "should not be there",
                Direction::Missing => "is missing",
            };
            let said = format!("{}: {} {way}", held.version, deviation.what);
            Observed::new(&at, said)
        })
        .collect()
}
