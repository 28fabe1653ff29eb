//! Conditions on a load run: `p95 < 500ms`, `rate(error) < 1%`, `throughput > 20/s`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::statistics::Quantile;
use super::units::Micros;

/// A condition on a load run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// `p95 < 500ms`: on a percentile of the time from the intended start to the last byte.
    Latency(Quantile, Comparison, Micros),
    /// `rate(error) < 1%`: on the share of requests without an answer below 400.
    ErrorRate(Comparison, PartsPerMillion),
    /// `throughput > 20/s`: on answers below 400 in each second.
    Throughput(Comparison, PerThousandSeconds),
}

/// A share, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartsPerMillion(pub u64);

impl PartsPerMillion {
    /// Reads `1%` or `0.05%`, up to `100%`.
    #[must_use]
    pub fn percent(text: &str) -> Option<Self> {
        let number = text.strip_suffix('%')?.trim_end();
        let share = scaled(number, 10_000).filter(|share| *share <= 1_000_000);
        share.map(Self)
    }
}

impl fmt::Display for PartsPerMillion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", shown(self.0, 10_000)))
    }
}

/// A frequency: how often in a thousand seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerThousandSeconds(pub u64);

/// Which side of the bound is fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Whether `found` is on the fine side of `bound`.
    #[must_use]
    pub fn holds<T: PartialOrd + Copy>(self, found: T, bound: T) -> bool {
        match self {
            Self::Below => found < bound,
            Self::AtMost => found <= bound,
            Self::Above => found > bound,
            Self::AtLeast => found >= bound,
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// Why a text is no threshold, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseThresholdError {
    /// The byte at which something else was expected.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for ParseThresholdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for ParseThresholdError {}

impl FromStr for Threshold {
    type Err = ParseThresholdError;

    fn from_str(text: &str) -> Result<Self, ParseThresholdError> {
        let mut rest = Rest { text, at: 0 };
        let metric = rest.take(|b| b.is_ascii_alphanumeric() || b"().".contains(&b));
        let quantile = metric.parse();
        if quantile.is_err() && !matches!(metric, "rate(error)" | "throughput") {
            return Err(rest.expected(metric, METRIC));
        }
        let comparison = rest.comparison()?;
        let found = match (quantile, metric) {
            (Ok(quantile), _) => {
                Self::Latency(quantile, comparison, Micros(rest.bound(DURATION, LATENCY)?))
            }
            (Err(()), "throughput") => {
                let bound = rest.bound(&[("/s", 1_000)], FREQUENCY)?;
                Self::Throughput(comparison, PerThousandSeconds(bound))
            }
            (Err(()), _) => {
                let bound = rest.bound(&[("%", 10_000)], SHARE)?;
                Self::ErrorRate(comparison, PartsPerMillion(bound))
            }
        };
        rest.end()?;
        Ok(found)
    }
}

const METRIC: &str = "`p95` or another percentile, `rate(error)` or `throughput`";
const COMPARISON: &str = "`<`, `<=`, `>` or `>=`";
const LATENCY: &str = "a duration such as `500ms`, `1.5s` or `800us`";
const SHARE: &str = "a share such as `1%`";
const FREQUENCY: &str = "a frequency such as `20/s`";

/// Units of time, in microseconds.
const DURATION: &[(&str, u64)] = &[("us", 1), ("ms", 1_000), ("s", 1_000_000)];

/// What is left of a text, and where it begins.
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    /// Skips blanks, then takes what `wanted` accepts.
    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let blank = self.text.len() - self.text.trim_start_matches([' ', '\t']).len();
        let (_, text) = self.text.split_at(blank);
        let length = text.bytes().take_while(|b| wanted(*b)).count();
        // Only ASCII is ever wanted, so this is a boundary; `split_at` would panic if it were not.
        let (taken, rest) = text.split_at_checked(length).unwrap_or((text, ""));
        self.text = rest;
        self.at += blank + length;
        taken
    }

    /// Something else than what was `taken` last was expected.
    const fn expected(&self, taken: &str, expected: &'static str) -> ParseThresholdError {
        let at = self.at - taken.len();
        ParseThresholdError { at, expected }
    }

    fn comparison(&mut self) -> Result<Comparison, ParseThresholdError> {
        use Comparison::{Above, AtLeast, AtMost, Below};
        let sign = self.take(|b| matches!(b, b'<' | b'>' | b'='));
        [Below, AtMost, Above, AtLeast]
            .into_iter()
            .find(|comparison| comparison.sign() == sign)
            .ok_or_else(|| self.expected(sign, COMPARISON))
    }

    /// A decimal number and one of `units`, as a whole number of the smallest; more places than
    /// that holds are refused, not rounded.
    fn bound(
        &mut self,
        units: &[(&str, u64)],
        expected: &'static str,
    ) -> Result<u64, ParseThresholdError> {
        let number = self.take(|b| b.is_ascii_digit() || b == b'.');
        let fault = self.expected(number, expected);
        let unit = self.take(|b| !b.is_ascii_digit() && !b.is_ascii_whitespace() && b.is_ascii());
        let (_, factor) = units
            .iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(|| self.expected(unit, expected))?;
        scaled(number, *factor).ok_or(fault)
    }

    fn end(&mut self) -> Result<(), ParseThresholdError> {
        self.take(|_| false);
        if self.text.is_empty() {
            return Ok(());
        }
        Err(self.expected("", "the end of the condition"))
    }
}

/// A decimal number times `factor`, if that is whole and fits.
fn scaled(number: &str, factor: u64) -> Option<u64> {
    let (whole, places) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(places) {
        return None;
    }
    let unit = 10_u64.checked_pow(u32::try_from(places.len()).ok()?)?;
    let all = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    let all = all.checked_add(places.parse().ok()?)?.checked_mul(factor)?;
    (all % unit == 0).then_some(all / unit)
}

/// `count` in units of `unit`, without needless places.
#[expect(clippy::cast_precision_loss, reason = "bounds are typed by people")]
fn shown(count: u64, unit: u64) -> f64 {
    count as f64 / unit as f64
}

impl fmt::Display for Threshold {
    /// In the grammar it is parsed from.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency(quantile, comparison, Micros(bound)) => {
                write!(
                    f,
                    "{quantile} {} {}ms",
                    comparison.sign(),
                    shown(*bound, 1_000)
                )
            }
            Self::ErrorRate(comparison, PartsPerMillion(bound)) => {
                write!(
                    f,
                    "rate(error) {} {}%",
                    comparison.sign(),
                    shown(*bound, 10_000)
                )
            }
            Self::Throughput(comparison, PerThousandSeconds(bound)) => {
                write!(
                    f,
                    "throughput {} {}/s",
                    comparison.sign(),
                    shown(*bound, 1_000)
                )
            }
        }
    }
}

impl Serialize for Threshold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Comparison, ParseThresholdError, Threshold};

    /// As written, then in full.
    #[rustfmt::skip]
    const GOOD: &[(&str, &str)] = &[
        ("p95 < 500ms",        "p95 < 500ms"),
        ("p95<0.5s",           "p95 < 500ms"),
        ("  p99.9  <=  1.5s ", "p99.9 <= 1500ms"),
        ("p50 < 800us",        "p50 < 0.8ms"),
        ("p50 < 500 ms",       "p50 < 500ms"),
        ("rate(error) < 1%",   "rate(error) < 1%"),
        ("rate(error)<=0.05%", "rate(error) <= 0.05%"),
        ("throughput > 20/s",  "throughput > 20/s"),
        ("throughput>=0.5/s",  "throughput >= 0.5/s"),
    ];

    #[test]
    fn thresholds_are_read_and_written() {
        for (text, full) in GOOD {
            let threshold: Threshold = text.parse().unwrap();
            assert_eq!(threshold.to_string(), *full);
            assert_eq!(full.parse(), Ok(threshold));
        }
    }

    /// As written, the byte at fault, and a word of what was expected.
    #[rustfmt::skip]
    const BAD: &[(&str, usize, &str)] = &[
        ("",                      0, "p95"),
        ("p100 < 1s",             0, "p95"),
        ("  mean < 1s",           2, "p95"),
        ("rate(ok) > 99%",        0, "p95"),
        ("p95",                   3, "`<`"),
        ("p95 = 500ms",           4, "`<`"),
        ("p95 <> 500ms",          4, "`<`"),
        ("p95 < 500",             9, "duration"),
        ("p95 < 1%",              7, "duration"),
        ("p95 < -1ms",            6, "duration"),
        ("p95 < 1.ms",            6, "duration"),
        ("p95 < 0.0001ms",        6, "duration"), // finer than a microsecond
        ("p95 < 99999999999999999999s", 6, "duration"),
        ("rate(error) < 1",      15, "share"),
        ("throughput > 20",      15, "frequency"),
        ("throughput > 20/s now", 18, "end"),
        ("p95 < 5µs",             7, "duration"),
    ];

    #[test]
    fn faults_are_pointed_at() {
        for (text, at, word) in BAD {
            let fault: ParseThresholdError = text.parse::<Threshold>().unwrap_err();
            assert_eq!(fault.at, *at, "{text}: {fault}");
            assert!(fault.expected.contains(word), "{text}: {fault}");
        }
    }

    #[test]
    fn equal_holds_where_the_sign_says_so() {
        use Comparison::{Above, AtLeast, AtMost, Below};
        for (comparison, holds) in [
            (Below, false),
            (AtMost, true),
            (Above, false),
            (AtLeast, true),
        ] {
            assert_eq!(comparison.holds(1, 1), holds, "{comparison:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), tail in "[p0-9.<>= ms%/()a-z]{0,24}") {
            for text in [&text, &tail, &format!("p95 < {tail}"), &format!("p95{text}")] {
                if let Err(fault) = text.parse::<Threshold>() {
                    assert!(fault.at <= text.len());
                }
            }
        }
    }
}
