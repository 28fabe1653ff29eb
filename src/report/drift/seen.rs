//! What a service shows of itself: its answer, certificate, protocols, header fields and speed.

use super::SeenMove;
use crate::facts::latency::{LatencyFacts, Series, Timed};
use crate::model::{Micros, Untrusted};
use crate::report::{FIELDS, TargetReport};
use crate::wire::tls::Known;
use crate::wire::x509::Certificate;

/// A median moved where the intervals lie apart by this, and the medians by [`SHARE`] at least: less
/// is the weather between here and there.
const LEAST: Micros = Micros(20_000);

/// The least part of the earlier median, in percent.
const SHARE: u64 = 25;

pub(super) fn between(then: &TargetReport, now: &TargetReport) -> Vec<SeenMove> {
    let mut moved = Vec::new();
    moved.extend(answer(then, now));
    moved.extend(certificate(then, now));
    moved.extend(versions(then, now));
    moved.extend(fields(then, now));
    moved.extend(timings(then, now));
    moved
}

/// Whether what is timed became slower or faster.
pub(super) fn is_timing_moved(then: &TargetReport, now: &TargetReport) -> bool {
    timings(then, now).next().is_some()
}

fn moved(what: impl Into<String>, was: String, now: String) -> Option<SeenMove> {
    (was != now).then(|| SeenMove {
        what: what.into(),
        was: Untrusted::from(was),
        now: Untrusted::from(now),
    })
}

/// The status and the media type that the target's URL answers.
fn answer(then: &TargetReport, now: &TargetReport) -> Option<SeenMove> {
    let said = |target: &TargetReport| {
        let landing = target.facts.landing.as_ref();
        let answer = landing.and_then(|landing| landing.answer.as_ref());
        answer.map_or_else(
            || "nothing".to_owned(),
            |answer| format!("{} {}", answer.status, answer.media_type.raw()),
        )
    };
    moved("answer", said(then), said(now))
}

/// Another certificate: renewed where the same issuer made it for the same names.
fn certificate(then: &TargetReport, now: &TargetReport) -> Option<SeenMove> {
    let (was, now) = (leaf(then)?, leaf(now)?);
    if was.sha256 == now.sha256 {
        return None;
    }
    let is_renewed = (&was.issuer, &was.san) == (&now.issuer, &now.san);
    let what = if is_renewed {
        "certificate renewed"
    } else {
        "certificate changed"
    };
    let said = |one: &Certificate| {
        let (name, issuer, until) = (one.name.raw(), one.issuer.raw(), one.not_after);
        let sha256 = one.sha256.get(..16).unwrap_or_default();
        format!("{name}, issued by {issuer}, until {until}, SHA-256 {sha256}…")
    };
    moved(what, said(was), said(now))
}

fn leaf(target: &TargetReport) -> Option<&Certificate> {
    let certificate = target.facts.tls.known()?.certificate.as_ref()?;
    certificate.leaf.as_ref()
}

/// Versions of the protocol that are spoken now and were not, and the reverse.
fn versions(then: &TargetReport, now: &TargetReport) -> Vec<SeenMove> {
    let (Some(was), Some(now)) = (then.facts.tls.known(), now.facts.tls.known()) else {
        return Vec::new();
    };
    let word = |known: Known| match known {
        Known::Accepted => Some("accepted".to_owned()),
        Known::Refused => Some("refused".to_owned()),
        Known::Unsettled => None,
    };
    let each = now.versions.iter().filter_map(|(version, known)| {
        let before = word(was.version(*version))?;
        moved(version.name(), before, word(*known)?)
    });
    each.collect()
}

/// Header fields of the page that the report shows.
fn fields(then: &TargetReport, now: &TargetReport) -> Vec<SeenMove> {
    let page = |target: &'_ TargetReport| {
        let headers = target.facts.headers.known()?;
        headers.pages.first().cloned()
    };
    let (Some(was), Some(now)) = (page(then), page(now)) else {
        return Vec::new();
    };
    let value = |page: &crate::facts::headers::Page, name: &str| {
        let values: Vec<String> = page.all(name).map(|(_, value)| value).collect();
        if values.is_empty() {
            return "missing".to_owned();
        }
        without_nonces(&values.join(", "))
    };
    let each = FIELDS.iter();
    each.filter_map(|(name, _)| moved(*name, value(&was, name), value(&now, name)))
        .collect()
}

/// A policy without its nonces, which are new in every answer (CSP Level 3 §7.1).
fn without_nonces(policy: &str) -> String {
    const OPEN: &str = "'nonce-";
    let mut parts = policy.split(OPEN);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let after = part.find('\'').map_or("", |end| part.split_at(end).1);
        out.push_str(&format!("{OPEN}…{after}"));
    }
    out
}

/// Times to first byte that lie apart.
fn timings(then: &TargetReport, now: &TargetReport) -> impl Iterator<Item = SeenMove> {
    let timed = |target: &TargetReport| -> Vec<(String, Series)> {
        let all = target.facts.latency.known();
        let all = all.map_or(&[][..], |latency: &LatencyFacts| &latency.timed);
        let cold = |one: &Timed| Some((one.label.clone(), one.cold.clone()?));
        all.iter().filter_map(cold).collect()
    };
    let before = timed(then);
    timed(now).into_iter().filter_map(move |(label, series)| {
        let (_, was) = before.iter().find(|(known, _)| *known == label)?;
        if !lie_apart(was, &series) {
            return None;
        }
        let said = |one: &Series| format!("{} ({})", one.median.ttfb(), one.confidence());
        moved(format!("first byte of {label}"), said(was), said(&series))
    })
}

fn lie_apart(was: &Series, now: &Series) -> bool {
    let (Some(one), Some(other)) = (&was.interval_us, &now.interval_us) else {
        return false;
    };
    let apart = one.high() < other.low() || other.high() < one.low();
    let (before, after) = (was.median.ttfb(), now.median.ttfb());
    let difference = before.0.abs_diff(after.0);
    apart && difference >= LEAST.0 && difference >= before.0 / 100 * SHARE
}

#[cfg(test)]
mod tests {
    use super::without_nonces;

    #[test]
    fn nonces_are_left_out_and_hashes_stay() {
        #[rustfmt::skip]
        let rows = [
            ("script-src 'nonce-abc' 'self'",                "script-src 'nonce-…' 'self'"),
            ("script-src 'nonce-a'; style-src 'nonce-a' x:", "script-src 'nonce-…'; style-src 'nonce-…' x:"),
            ("script-src 'sha256-abc'",                      "script-src 'sha256-abc'"),
            ("script-src 'nonce-",                           "script-src 'nonce-…"),
        ];
        for (policy, left) in rows {
            assert_eq!(without_nonces(policy), left);
        }
    }
}
