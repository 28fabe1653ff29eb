//! Test: strict-transport-security.

use super::javascript::{first, parse_int, trim};
use super::{Preload, Scan};

/// Seconds; a day more than half a year less than it says.
const SIX_MONTHS: f64 = 15_552_000.0;

pub(super) fn test(scan: &Scan, preload: &Preload) -> &'static str {
    let Some(session) = &scan.https else {
        return "hsts-not-implemented-no-https";
    };
    if preload.covers(&scan.hostname) {
        return "hsts-preloaded";
    }
    if !session.verified {
        return "hsts-invalid-cert";
    }
    let value = session
        .last()
        .and_then(|last| last.fields.value("strict-transport-security"));
    value.map_or("hsts-not-implemented", |value| judge(first(&value, 1024)))
}

/// Whether the cookie test counts it as protection.
pub(super) fn passes(result: &str) -> bool {
    matches!(
        result,
        "hsts-preloaded" | "hsts-implemented-max-age-at-least-six-months"
    )
}

/// The last `max-age=` counts; one that is no number is not less than six months.
fn judge(value: &str) -> &'static str {
    let lower = value.to_lowercase();
    let mut ages = lower
        .split(';')
        .filter_map(|parameter| trim(parameter).strip_prefix("max-age="));
    match ages.next_back() {
        Some(_) | None if value.contains(',') => "hsts-header-invalid",
        None => "hsts-header-invalid",
        Some(age) if parse_int(first(age, 120)).is_some_and(|age| age < SIX_MONTHS) => {
            "hsts-implemented-max-age-less-than-six-months"
        }
        Some(_) => "hsts-implemented-max-age-at-least-six-months",
    }
}
