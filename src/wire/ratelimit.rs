//! Rate limits as servers advertise them, in four dialects, and `Retry-After` in both forms.
//!
//! The IETF document (draft-ietf-httpapi-ratelimit-headers) is still a draft and changed its shape
//! twice, so all of these are met:
//!
//! | dialect | example |
//! |---|---|
//! | draft 08 and later | `RateLimit: "default";r=59;t=60` and `RateLimit-Policy: "default";q=60;w=60` |
//! | draft 07 | `RateLimit: limit=60, remaining=59, reset=60` |
//! | draft 06 and before | `RateLimit-Limit: 60`, `RateLimit-Remaining: 59`, `RateLimit-Reset: 60` |
//! | vendors' | `X-RateLimit-Limit: 60`, …, `X-RateLimit-Reset: 1735689600` |

use crate::model::{Seconds, Timestamp};
use crate::wire::http::date::http_date;
use crate::wire::http::structured::{self, Bare, Dictionary, Item, Member};

/// Which fields a quota was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// `RateLimit` and `RateLimit-Policy` as lists of named items.
    Items,
    /// `RateLimit` as a dictionary.
    Dictionary,
    /// `RateLimit-Limit`, `-Remaining`, `-Reset`.
    Separate,
    /// `X-RateLimit-…` or `X-Rate-Limit-…`.
    Vendor,
}

/// One advertised limit, as far as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Where it was read.
    pub dialect: Dialect,
    /// Requests allowed in a window.
    pub limit: Option<u64>,
    /// Requests left.
    pub remaining: Option<u64>,
    /// Until more are allowed, from the moment of the answer.
    pub reset: Option<Seconds>,
    /// How long the window is.
    pub window: Option<Seconds>,
}

/// Whether a status, after `first` to the same request, says that it was one too many: 429, or an
/// error that the first answer was not.
#[must_use]
pub fn is_one_too_many(first: Option<u16>, status: u16) -> bool {
    status == 429 || (status >= 400 && first.is_some_and(|first| first != status))
}

/// When to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// After this long.
    Delay(Seconds),
    /// At this moment.
    At(Timestamp),
}

impl RetryAfter {
    /// `10` or an HTTP-date (RFC 9110 §10.2.3); `None` for anything else, such as `1.5` or `-1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let delay = whole(text).map(|seconds| Self::Delay(Seconds(seconds)));
        delay.or_else(|| http_date(text).map(Self::At))
    }

    /// How long to wait when it was read at `now`; a moment that has passed is no wait.
    #[must_use]
    pub fn from(self, now: Timestamp) -> Seconds {
        match self {
            Self::Delay(delay) => delay,
            Self::At(moment) => until(moment.millis(), now),
        }
    }
}

/// Every limit that the fields of an answer advertise, read at `now`.
///
/// Several dialects side by side are several quotas, and so are several named items. Fields that
/// cannot be read say nothing.
#[must_use]
pub fn quotas(fields: &[(&str, &str)], now: Timestamp) -> Vec<Quota> {
    let mut found = items(fields);
    found.extend(dictionary(fields));
    found.extend(separate(fields, Dialect::Separate, &["ratelimit-"], now));
    let vendor = ["x-ratelimit-", "x-rate-limit-"];
    found.extend(separate(fields, Dialect::Vendor, &vendor, now));
    found
}

impl Quota {
    const fn of(dialect: Dialect) -> Self {
        Self {
            dialect,
            limit: None,
            remaining: None,
            reset: None,
            window: None,
        }
    }

    const fn says_something(&self) -> bool {
        self.limit.is_some() || self.remaining.is_some()
    }
}

/// Items of both fields belong together by name.
fn items(fields: &[(&str, &str)]) -> Vec<Quota> {
    let states = named_items(fields, "ratelimit");
    let policies = named_items(fields, "ratelimit-policy");
    let only = |item: &&Item| !states.iter().any(|state| state.value == item.value);
    let quotas = states
        .iter()
        .chain(policies.iter().filter(only))
        .map(|item| {
            let policy = policies.iter().find(|policy| policy.value == item.value);
            let told = |key| parameter(item, key).or_else(|| parameter(policy?, key));
            Quota {
                limit: told("q"),
                remaining: told("r"),
                reset: told("t").map(Seconds),
                window: told("w").map(Seconds),
                ..Quota::of(Dialect::Items)
            }
        });
    quotas.filter(Quota::says_something).collect()
}

fn named_items(fields: &[(&str, &str)], name: &str) -> Vec<Item> {
    let members = structured::list(&combined(fields, name)).unwrap_or_default();
    let items = members.into_iter().filter_map(|member| match member {
        Member::Item(item) => Some(item),
        Member::InnerList(..) => None,
    });
    items.filter(|item| item.value.string().is_some()).collect()
}

fn parameter(item: &Item, key: &str) -> Option<u64> {
    let (_, value) = item.parameters.iter().find(|(name, _)| name == key)?;
    integer(value)
}

fn integer(value: &Bare) -> Option<u64> {
    if let Bare::Integer(number) = value {
        u64::try_from(*number).ok()
    } else {
        None
    }
}

fn dictionary(fields: &[(&str, &str)]) -> Option<Quota> {
    let found = structured::dictionary(&combined(fields, "ratelimit")).ok()?;
    let policy = structured::list(&combined(fields, "ratelimit-policy")).unwrap_or_default();
    let window = policy.iter().find_map(|member| match member {
        Member::Item(item) => parameter(item, "w"),
        Member::InnerList(..) => None,
    });
    let quota = Quota {
        limit: entry(&found, "limit"),
        remaining: entry(&found, "remaining"),
        reset: entry(&found, "reset").map(Seconds),
        window: window.map(Seconds),
        ..Quota::of(Dialect::Dictionary)
    };
    quota.says_something().then_some(quota)
}

fn entry(dictionary: &Dictionary, key: &str) -> Option<u64> {
    match dictionary.find(key)? {
        Member::Item(item) => integer(&item.value),
        Member::InnerList(..) => None,
    }
}

/// One field each. Until draft 06 the limit may carry policies: `60, 60;w=60`.
fn separate(
    fields: &[(&str, &str)],
    dialect: Dialect,
    prefixes: &[&str],
    now: Timestamp,
) -> Option<Quota> {
    let told = |what: &str| {
        let names = prefixes.iter().map(|prefix| format!("{prefix}{what}"));
        let mut values = names.filter_map(|name| first(fields, &name));
        values.next()
    };
    let limit = told("limit");
    let quota = Quota {
        limit: limit.and_then(|text| whole(text.split([',', ';']).next()?)),
        remaining: told("remaining").and_then(whole),
        reset: told("reset").and_then(|text| reset(text, now)),
        window: limit.and_then(window),
        ..Quota::of(dialect)
    };
    quota.says_something().then_some(quota)
}

/// `60, 60;w=60`: the window of the first policy.
fn window(limit: &str) -> Option<Seconds> {
    let mut parameters = limit.split([',', ';']).map(str::trim);
    parameters
        .find_map(|parameter| whole(parameter.strip_prefix("w=")?))
        .map(Seconds)
}

/// Seconds from now, or since 1970, whole or with a fraction, or milliseconds since 1970, or a
/// date: no vendor says which, but the ranges do not meet.
fn reset(text: &str, now: Timestamp) -> Option<Seconds> {
    let text = text.trim();
    let moment = match whole(text.split('.').next()?) {
        Some(delta @ ..1_000_000_000) => return Some(Seconds(delta)),
        Some(seconds @ ..1_000_000_000_000) => seconds.saturating_mul(1000),
        Some(millis) => millis,
        None => {
            let date = http_date(text).or_else(|| Timestamp::parse(text))?;
            return Some(until(date.millis(), now));
        }
    };
    Some(until(i64::try_from(moment).ok()?, now))
}

/// Whole seconds from `now` to a moment in milliseconds, rounded up, never negative.
fn until(moment: i64, now: Timestamp) -> Seconds {
    let millis = u64::try_from(moment.saturating_sub(now.millis())).unwrap_or(0);
    Seconds(millis.div_ceil(1000))
}

/// Digits only.
fn whole(text: &str) -> Option<u64> {
    let text = text.trim_matches([' ', '\t']);
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn first<'a>(fields: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    let mut values = values(fields, name);
    values.next()
}

fn combined(fields: &[(&str, &str)], name: &str) -> String {
    values(fields, name).collect::<Vec<_>>().join(", ")
}

fn values<'a>(fields: &[(&str, &'a str)], name: &str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
        .map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{RetryAfter, quotas};
    use crate::model::Timestamp;

    /// 2025-01-01T00:00:00Z
    const NOW: Timestamp = Timestamp::from_secs(1_735_689_600);

    type Numbers = [Option<u64>; 4];
    type Fields = [(&'static str, &'static str)];

    /// Fields, then limit, remaining, reset and window of each quota.
    #[rustfmt::skip]
    const CASES: &[(&Fields, &[Numbers])] = &[
        (&[("RateLimit", "\"60-in-1min\"; r=59; t=60"), ("RateLimit-Policy", "\"60-in-1min\"; q=60; w=60; pk=:NzZm:")],
            &[[Some(60), Some(59), Some(60), Some(60)]]),
        (&[("ratelimit", "\"a\";r=5;t=1, \"b\";r=900"), ("ratelimit-policy", "\"b\";q=1000;w=3600")],
            &[[None, Some(5), Some(1), None], [Some(1000), Some(900), None, Some(3600)]]),
        (&[("RateLimit-Policy", "\"a\";q=10;w=1")],
            &[[Some(10), None, None, Some(1)]]),
        (&[("RateLimit", "limit=100, remaining=50, reset=30"), ("RateLimit-Policy", "100;w=60")],
            &[[Some(100), Some(50), Some(30), Some(60)]]),
        (&[("RateLimit-Limit", "60, 60;w=60"), ("RateLimit-Remaining", "59"), ("RateLimit-Reset", "9")],
            &[[Some(60), Some(59), Some(9), Some(60)]]),
        (&[("X-RateLimit-Limit", "60"), ("X-RateLimit-Remaining", "59"), ("X-RateLimit-Reset", "1735689660.25")],
            &[[Some(60), Some(59), Some(60), None]]),
        (&[("X-Rate-Limit-Remaining", "7"), ("X-Rate-Limit-Reset", "1735689601500")],
            &[[None, Some(7), Some(2), None]]),
        (&[("X-RateLimit-Limit", "60"), ("X-RateLimit-Reset", "2025-01-01T00:01:00Z")],
            &[[Some(60), None, Some(60), None]]),
        (&[("X-RateLimit-Limit", "60"), ("X-RateLimit-Reset", "1")],
            &[[Some(60), None, Some(1), None]]),
        (&[("X-RateLimit-Limit", "sixty")],     &[]),
        (&[("X-RateLimit-Reset", "5")],         &[]),
        (&[("RateLimit", "\"a\";r=")],          &[]),
        (&[("X-RateLimit-Limit", "-1")],        &[]),
    ];

    #[test]
    fn every_dialect_is_read() {
        for (fields, expected) in CASES {
            let found: Vec<Numbers> = quotas(fields, NOW)
                .into_iter()
                .map(|quota| {
                    [
                        quota.limit,
                        quota.remaining,
                        quota.reset.map(|s| s.0),
                        quota.window.map(|s| s.0),
                    ]
                })
                .collect();
            assert_eq!(&found, expected, "{fields:?}");
        }
    }

    #[test]
    fn both_forms_of_retry_after() {
        #[rustfmt::skip]
        let rows = [
            ("120",                           Some(120)),
            ("0",                           Some(0)),
            ("Wed, 01 Jan 2025 00:02:00 GMT", Some(120)),
            ("Tue, 31 Dec 2024 00:00:00 GMT", Some(0)),
            ("1.5",                           None),
            ("-1",                            None),
            ("soon",                          None),
            ("",                              None),
            ("99999999999999999999",          None),
        ];
        for (text, seconds) in rows {
            let wait = RetryAfter::parse(text).map(|after| after.from(NOW).0);
            assert_eq!(wait, seconds, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_fields_are_read(values in prop::collection::vec("[\"a-z0-9;=,. :-]{0,24}", 8), at in any::<i64>()) {
            let names = ["ratelimit", "ratelimit-policy", "ratelimit-limit", "ratelimit-reset",
                         "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-rate-limit-limit"];
            let fields: Vec<(&str, &str)> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
            let now = Timestamp::from_millis(at);
            let found = quotas(&fields, now);
            prop_assert!(found.iter().all(super::Quota::says_something));
            let after = RetryAfter::parse(&values[0]);
            prop_assert!(after.is_none_or(|after| after.from(now).0 < u64::MAX));
        }
    }
}
