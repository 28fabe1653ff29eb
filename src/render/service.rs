//! What is worth knowing of a service at a glance, for every report that people read.

use super::certificate::issuer;
use crate::facts::contract::Standing;
use crate::model::Untrusted;
use crate::report::TargetReport;

/// So many values a service says of itself.
const VALUES: usize = 3;

/// A longer value is cut.
const VALUE: usize = 24;

/// How many of the declared requests were answered as declared in every part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// So many were.
    pub met: usize,
    /// Of so many.
    pub all: usize,
    /// The worst of them.
    pub standing: Standing,
}

/// `None` where nothing is declared.
#[must_use]
pub fn declared(target: &TargetReport) -> Option<Declared> {
    let count = |standing: Standing| {
        let rows = target.claims.iter();
        rows.filter(|row| row.whole() == standing).count()
    };
    let unmet = [Standing::NotMet, Standing::NearAlert, Standing::Open];
    let worst = unmet.into_iter().find(|standing| count(*standing) > 0);
    let declared = Declared {
        met: count(Standing::Met),
        all: target.claims.len(),
        standing: worst.unwrap_or(Standing::Met),
    };
    (declared.all > 0).then_some(declared)
}

/// A declared value, as the service reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<'r> {
    /// Its JSON Pointer, without the first slash.
    pub name: &'r str,
    /// What was found, cut and without quotes.
    pub found: Untrusted,
    /// Whether it is as declared.
    pub standing: Standing,
}

/// What a service says of itself: declared values, those that are not as declared first; and how many
/// more there are.
#[must_use]
pub fn says(target: &TargetReport) -> (Vec<Value<'_>>, usize) {
    // What a login says is of the one who asks, not of the service.
    let rows = target.claims.iter();
    let rows = rows.filter(|row| row.request.starts_with("GET "));
    let parts = rows.flat_map(|row| &row.parts);
    let mut values: Vec<_> = parts
        .filter(|part| part.name.starts_with('/') && part.standing != Standing::Open)
        .collect();
    values.sort_by_key(|part| part.standing != Standing::NotMet);
    let more = values.len().saturating_sub(VALUES);
    let shown = values.into_iter().take(VALUES).map(|part| {
        let found = part.got.terminal_within(VALUE);
        Value {
            name: part.name.trim_start_matches('/'),
            found: found.trim_matches('"').into(),
            standing: part.standing,
        }
    });
    (shown.collect(), more)
}

/// Who issued the certificate and how long it is good for; `None` without one.
#[must_use]
pub fn certificate(target: &TargetReport) -> Option<(Untrusted, Standing)> {
    let tls = target.facts.tls.known()?;
    let certificate = tls.certificate.as_ref()?;
    let standing = target.standing(|finding| finding.rule.as_str().starts_with("tls/certificate"));
    let issuer = issuer(certificate).unwrap_or_else(|| "unread".to_owned());
    let said = match certificate.days_left {
        Some(days) if days < 0 => format!("{issuer}, ended {} days ago", days.unsigned_abs()),
        Some(1) => format!("{issuer}, 1 day"),
        Some(days) => format!("{issuer}, {days} days"),
        None => issuer,
    };
    Some((said.into(), standing))
}

/// The status and the media type of what the address answers.
#[must_use]
pub fn answers(target: &TargetReport) -> Option<Untrusted> {
    let answer = target.facts.landing.as_ref()?.answer.as_ref()?;
    let said = format!("{} {}", answer.status, answer.media_type.raw());
    Some(said.trim_end().into())
}
