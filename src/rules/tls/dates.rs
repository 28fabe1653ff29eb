//! A certificate's dates: not yet, no longer, and how soon no longer.

use super::on_each;
use crate::facts::tls::{CertificateFacts, TlsFacts};
use crate::model::{Grade, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::x509::Certificate;

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/certificate-expired"),
        title: "A certificate has expired",
        severity: Severity::Critical,
        rationale: "Clients refuse it, and those that can be talked into going on cannot tell the \
                    server from anybody in between.",
        expected: "every certificate on the way to the anchor within its dates",
        remediation: "Renew it now, then find out why the renewal did not happen by itself.",
        observed_by: "The last second of each certificate on the way to the anchor, against the \
                      time of this run. A wrong clock here would make it wrong.",
        references: &[
            Reference::Rfc(5280, "4.1.2.5"),
            Reference::Rfc(5280, "6.1.3"),
        ],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_not_expired),
    },
    Rule {
        id: RuleId::new("tls/certificate-not-yet-valid"),
        title: "A certificate is not valid yet",
        severity: Severity::Critical,
        rationale: "Clients refuse a certificate before its first second as they do after its last.",
        expected: "every certificate on the way to the anchor within its dates",
        remediation: "Wait with installing it, or have it issued anew; check the clock of the issuing system.",
        observed_by: "The first second of each certificate on the way to the anchor, against the \
                      time of this run. A wrong clock here would make it wrong.",
        references: &[
            Reference::Rfc(5280, "4.1.2.5"),
            Reference::Rfc(5280, "6.1.3"),
        ],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_valid_already),
    },
    Rule {
        id: RuleId::new("tls/certificate-expires-soon"),
        title: "The certificate is about to expire",
        severity: Severity::Medium,
        rationale: "Renewal that works has long happened by now: at a third of the life left, or \
                    half of it for short-lived certificates. What is left is little time to notice.",
        expected: "a tenth of the life left and, of a life of more than three days, at least a day; or as many days as the target asks for",
        remediation: "Renew it now, and look into why automatic renewal has not.",
        observed_by: "The time left as a share of the certificate's own life, so that a certificate \
                      of six days, or of twelve hours, is not always red. With `days_left` in the target, by that alone.",
        references: &[Reference::Rfc(5280, "4.1.2.5")],
        cap: Some(Grade::C),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_not_about_to_expire),
    },
    Rule {
        id: RuleId::new("tls/certificate-renewal-due"),
        title: "The certificate should have been renewed by now",
        severity: Severity::Low,
        rationale: "Automatic renewal is usually set to a third of the life left. One that is late \
                    is either not automatic or not working.",
        expected: "a third of the life left",
        remediation: "Check that renewal runs, and that the server loads what it fetched.",
        observed_by: "The time left as a share of the certificate's own life. A server that keeps \
                      an old certificate loaded after a renewal shows the same.",
        references: &[Reference::Standard(
            "Let's Encrypt integration guide, When to renew",
            "https://letsencrypt.org/docs/integration-guide/#when-to-renew",
        )],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_renewed_in_time),
    },
];

/// Less than this share of its life, and it is about to end.
const SOON: f64 = 0.10;
/// Less than this share, and renewal is due.
const DUE: f64 = 0.33;
/// Below a day there is no time left to notice, unless the whole life is counted in hours: then
/// renewal is, too, and only the share counts. Of three days a day is the third that
/// [`DUE`] asks for; the last second is part of a life.
const A_DAY: i64 = 86_400;
const HOURLY: u64 = 3 * 86_400 + 1;

fn is_not_expired(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        let expired = facts.expired().into_iter();
        expired
            .map(|(place, read)| {
                let said = format!("{} expired at {}", read.name.raw(), read.not_after);
                Observed::new(&facts.place(place), said)
            })
            .collect()
    })
}

fn is_valid_already(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        let early = facts.not_yet_valid().into_iter();
        early
            .map(|(place, read)| {
                let said = format!("{} begins at {}", read.name.raw(), read.not_before);
                Observed::new(&facts.place(place), said)
            })
            .collect()
    })
}

fn is_not_about_to_expire(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| left(facts, is_soon))
}

/// What is about to end has been reported for that.
fn is_renewed_in_time(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        left(facts, |facts, share| {
            share < DUE && facts.days_wanted.is_none() && !is_soon(facts, share)
        })
    })
}

fn is_soon(facts: &CertificateFacts, share: f64) -> bool {
    let lives = facts.leaf.as_ref().map_or(0, Certificate::lifetime_seconds);
    let no_time = lives > HOURLY && facts.seconds_left().is_some_and(|left| left < A_DAY);
    match facts.days_wanted {
        Some(days) => facts.days_left.is_some_and(|left| left < i64::from(days)),
        None => share < SOON || no_time,
    }
}

/// A finding where the time that is left is `too_little`; none outside of the dates.
fn left(
    facts: &CertificateFacts,
    too_little: impl Fn(&CertificateFacts, f64) -> bool,
) -> Vec<Observed> {
    let (Some(share), Some(leaf)) = (facts.share_left(), &facts.leaf) else {
        return Vec::new();
    };
    if !too_little(facts, share) {
        return Vec::new();
    }
    let Some((left, life, unit)) = facts.left_of_life() else {
        return Vec::new();
    };
    let said = format!(
        "ends at {}: {left} of {life} {unit} left, {:.0} %",
        leaf.not_after,
        share * 100.0
    );
    let seen = Observed::new(&facts.place(0), said);
    vec![match facts.days_wanted {
        Some(wanted) => seen.wanted(format!("at least {wanted} days left")),
        None => seen,
    }]
}
