//! Percentiles, where there are enough samples for them.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::CONFIDENCE;
use super::binomial::count;
use crate::model::Micros;

/// A share of all samples, from p0.001 to p99.999, in thousandths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantile(u32);

/// One, in the unit of [`Quantile`].
const WHOLE: u32 = 100_000;

impl Quantile {
    /// The median.
    pub const P50: Self = Self(50_000);
    /// One in twenty is above.
    pub const P95: Self = Self(95_000);
    /// One in a hundred is above.
    pub const P99: Self = Self(99_000);

    /// As a share of one.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// The least number of samples whose nearest-rank percentile is not just the longest of them.
    #[must_use]
    pub fn least_samples(self) -> usize {
        usize::try_from(WHOLE.div_ceil(WHOLE - self.0)).unwrap_or(usize::MAX)
    }

    /// The nearest rank among `n` samples, from 1: the first at or below which this share lies.
    #[must_use]
    pub fn rank(self, n: u64) -> u64 {
        let exact = u128::from(n) * u128::from(self.0);
        u64::try_from(exact.div_ceil(u128::from(WHOLE)))
            .unwrap_or(u64::MAX)
            .clamp(1, n.max(1))
    }
}

impl fmt::Display for Quantile {
    /// `p95`, `p99.9`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("p{}", f64::from(self.0) / 1000.0))
    }
}

impl Serialize for Quantile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Quantile {
    type Err = ();

    /// `p` and a decimal number of percent with at most three places, strictly between 0 and 100.
    fn from_str(text: &str) -> Result<Self, ()> {
        let percent = text.strip_prefix('p').ok_or(())?;
        let (whole, places) = percent.split_once('.').unwrap_or((percent, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(places) || whole.len() > 2 || places.len() > 3 {
            return Err(());
        }
        let thousandths: u32 = format!("{whole}{places:0<3}").parse().map_err(|_| ())?;
        (thousandths > 0).then_some(Self(thousandths)).ok_or(())
    }
}

/// A nearest-rank percentile with enough samples behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Percentile {
    quantile: Quantile,
    value: Micros,
}

impl Percentile {
    /// Of `n` samples, of which `at` gives the one of a rank, from 1. `None` below
    /// [`Quantile::least_samples`].
    #[must_use]
    pub fn of(quantile: Quantile, n: usize, at: impl FnOnce(usize) -> Micros) -> Option<Self> {
        if n < quantile.least_samples() {
            return None;
        }
        let rank = usize::try_from(quantile.rank(u64::try_from(n).ok()?)).ok()?;
        Some(Self {
            quantile,
            value: at(rank),
        })
    }

    /// Which one it is.
    #[must_use]
    pub const fn quantile(&self) -> Quantile {
        self.quantile
    }

    /// What it is.
    #[must_use]
    pub const fn value(&self) -> Micros {
        self.value
    }
}

/// A value that a percentile does not exceed, with at least [`CONFIDENCE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ceiling {
    quantile: Quantile,
    value: Micros,
}

impl Ceiling {
    /// The longest of `n` samples bounds a quantile q from above with confidence 1 - q^n.
    #[must_use]
    pub fn of(quantile: Quantile, n: usize, longest: Micros) -> Option<Self> {
        let missed = (count(n) * quantile.share().ln()).exp();
        (missed <= 1.0 - CONFIDENCE).then_some(Self {
            quantile,
            value: longest,
        })
    }

    /// Which percentile it bounds.
    #[must_use]
    pub const fn quantile(&self) -> Quantile {
        self.quantile
    }

    /// The bound.
    #[must_use]
    pub const fn value(&self) -> Micros {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::{Ceiling, Percentile, Quantile};
    use crate::model::Micros;

    /// As written, then the least samples for it and for a bound on it.
    #[rustfmt::skip]
    const CASES: &[(&str, usize, usize)] = &[
        ("p50",     2,      5),
        ("p75",     4,     11),
        ("p90",    10,     29),
        ("p95",    20,     59),
        ("p99",   100,    299),
        ("p99.9", 1_000, 2_995),
    ];

    #[test]
    fn figures_exist_from_their_count_on() {
        for (text, percentile, ceiling) in CASES {
            let quantile: Quantile = text.parse().unwrap();
            assert_eq!(quantile.to_string(), *text);
            let percentile_of = |n| Percentile::of(quantile, n, |_| Micros(1)).is_some();
            assert!(
                !percentile_of(percentile - 1) && percentile_of(*percentile),
                "{text}"
            );
            let ceiling_of = |n| Ceiling::of(quantile, n, Micros(1)).is_some();
            assert!(
                !ceiling_of(ceiling - 1) && ceiling_of(*ceiling),
                "ceiling of {text}"
            );
        }
    }

    #[test]
    fn ranks_are_the_nearest() {
        for (text, n, rank) in [
            ("p95", 20, 19),
            ("p95", 100, 95),
            ("p99", 101, 100),
            ("p50", 6, 3),
        ] {
            let quantile: Quantile = text.parse().unwrap();
            assert_eq!(quantile.rank(n), rank, "{text} of {n}");
        }
    }

    #[test]
    fn anything_else_is_no_quantile() {
        for text in [
            "", "p", "95", "p0", "p100", "p99.9999", "p-5", "p9 5", "P95", "p95.", "p.5",
        ] {
            assert!(text.parse::<Quantile>().is_err(), "{text}");
        }
    }
}
