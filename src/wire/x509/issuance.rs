//! What publicly trusted authorities have bound themselves to, by the day of issue.
//!
//! None of it concerns private authorities.

use super::certificate::Certificate;
use crate::model::{Seconds, Timestamp};

const DAY: u64 = 86_400;

/// The longest validity period, in days, for certificates issued from a day on: CA/Browser Forum
/// ballots 193, SC-31 and SC-081v3, now Baseline Requirements §6.3.2. Latest first.
#[rustfmt::skip]
const LONGEST: &[(&str, u64)] = &[
    ("2029-03-15",  47),
    ("2027-03-15", 100),
    ("2026-03-15", 200),
    ("2020-09-01", 398),
    ("2018-03-01", 825),
];

/// From which day on a certificate of at most so many days needs no revocation pointer: Baseline
/// Requirements §1.6.1, "Short-lived Subscriber Certificate". Latest first.
const SHORT_LIVED: &[(&str, u64)] = &[("2026-03-15", 7), ("2024-03-15", 10)];

/// The longest it may live, judged by its first day; `None` if it is from before March 2018.
#[must_use]
pub fn longest_life(not_before: Timestamp) -> Option<Seconds> {
    in_force(LONGEST, not_before).map(|days| Seconds(days * DAY))
}

/// Short enough to need neither OCSP nor a revocation list.
#[must_use]
pub fn is_short_lived(certificate: &Certificate) -> bool {
    in_force(SHORT_LIVED, certificate.not_before)
        .is_some_and(|days| certificate.lifetime_seconds() <= days * DAY)
}

/// How many signed certificate timestamps browsers ask for: two up to 180 days of life, three
/// beyond (Chrome and Apple Certificate Transparency policies; Firefox 135 follows them).
#[must_use]
pub fn scts_needed(certificate: &Certificate) -> usize {
    if certificate.lifetime_seconds() <= 180 * DAY + 1 {
        2
    } else {
        3
    }
}

/// How many different logs they must come from.
pub const LOGS_NEEDED: usize = 2;

fn in_force(rules: &[(&str, u64)], day: Timestamp) -> Option<u64> {
    let rule = rules
        .iter()
        .find(|(since, _)| Timestamp::parse(since).is_some_and(|since| day >= since));
    rule.map(|(_, days)| *days)
}

#[cfg(test)]
mod tests {
    use super::longest_life;
    use crate::model::{Seconds, Timestamp};

    #[rustfmt::skip]
    const CASES: &[(&str, Option<u64>)] = &[
        ("2018-02-28T23:59:59Z", None),
        ("2018-03-01T00:00:00Z", Some(825)),
        ("2020-08-31T23:59:59Z", Some(825)),
        ("2020-09-01T00:00:00Z", Some(398)),
        ("2026-03-14T23:59:59Z", Some(398)),
        ("2026-03-15T00:00:00Z", Some(200)),
        ("2027-03-14T23:59:59Z", Some(200)),
        ("2027-03-15T00:00:00Z", Some(100)),
        ("2029-03-14T23:59:59Z", Some(100)),
        ("2029-03-15T00:00:00Z", Some(47)),
    ];

    #[test]
    fn limits_change_at_midnight() {
        for (day, days) in CASES {
            let day = Timestamp::parse(day).expect("a moment");
            assert_eq!(
                longest_life(day),
                days.map(|days| Seconds(days * 86_400)),
                "{day}"
            );
        }
    }
}
