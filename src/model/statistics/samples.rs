//! Durations in order, and what their middle can be known to be.

use serde::Serialize;

use super::binomial::at_most;
use super::quantile::{Ceiling, Percentile, Quantile};
use super::{CONFIDENCE, FIRM};
use crate::model::Micros;

/// At least one duration, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples(Vec<Micros>);

impl Samples {
    /// Sorts; `None` of nothing.
    #[must_use]
    pub fn new(mut taken: Vec<Micros>) -> Option<Self> {
        taken.sort_unstable();
        (!taken.is_empty()).then_some(Self(taken))
    }

    /// How many there are; never zero.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty by construction")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The shortest.
    #[must_use]
    pub fn min(&self) -> Micros {
        self.rank(1)
    }

    /// The longest.
    #[must_use]
    pub fn max(&self) -> Micros {
        self.rank(self.len())
    }

    /// The middle one; of an even number, the lower of the two in the middle. It is always a sample
    /// that was taken, so its phases can be shown, and they sum to it.
    #[must_use]
    pub fn median(&self) -> Micros {
        self.rank(self.len().div_ceil(2))
    }

    /// The narrowest pair of equally ranked samples from either end that holds the median with at
    /// least [`CONFIDENCE`]; there is none below six samples.
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        let tail = (1.0 - CONFIDENCE) / 2.0;
        let rank = lowest_rank(self.len(), tail)?;
        Some(Interval {
            low: self.rank(rank),
            high: self.rank(self.len() + 1 - rank),
            confidence: 1.0 - 2.0 * at_most(rank - 1, self.len(), 0.5),
        })
    }

    /// What the median exceeds with at least [`FIRM`] confidence; there is none below eight samples.
    #[must_use]
    pub fn floor(&self) -> Option<Micros> {
        lowest_rank(self.len(), 1.0 - FIRM).map(|rank| self.rank(rank))
    }

    /// Where the median stands against a threshold, so far as the samples can tell.
    #[must_use]
    pub fn against(&self, threshold: Micros) -> Standing {
        if self.floor().is_some_and(|floor| floor > threshold) {
            return Standing::Beyond;
        }
        match self.interval() {
            Some(interval) if interval.high <= threshold => Standing::Within,
            Some(_) | None => Standing::Straddles,
        }
    }

    /// The nearest-rank percentile; `None` while it could only be the longest sample.
    #[must_use]
    pub fn percentile(&self, quantile: Quantile) -> Option<Percentile> {
        Percentile::of(quantile, self.len(), |rank| self.rank(rank))
    }

    /// A bound on a percentile; `None` while the longest sample may well lie below it.
    #[must_use]
    pub fn ceiling(&self, quantile: Quantile) -> Option<Ceiling> {
        Ceiling::of(quantile, self.len(), self.max())
    }

    /// The sample of this rank, from 1.
    fn rank(&self, rank: usize) -> Micros {
        let index = rank.clamp(1, self.len()) - 1;
        self.0.get(index).copied().unwrap_or_default()
    }
}

/// The highest rank from below whose sample the median falls short of with a probability of at most
/// `tail`: the number of samples below the median is binomial with p = 1/2, whatever they measure.
fn lowest_rank(n: usize, tail: f64) -> Option<usize> {
    // `at_most` grows with the rank, and the answer lies below the middle.
    (1..=n.div_ceil(2))
        .take_while(|rank| at_most(rank - 1, n, 0.5) <= tail)
        .last()
}

/// Where the median lies with at least [`CONFIDENCE`]. Made by [`Samples::interval`] only.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    low: Micros,
    high: Micros,
    confidence: f64,
}

impl Interval {
    /// Its lower end.
    #[must_use]
    pub const fn low(&self) -> Micros {
        self.low
    }

    /// Its upper end.
    #[must_use]
    pub const fn high(&self) -> Micros {
        self.high
    }

    /// The exact confidence, from 0.95 to 1: ranks are whole, so it is rarely 95 % sharp.
    #[must_use]
    pub const fn confidence(&self) -> f64 {
        self.confidence
    }
}

/// A median against a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// At or below it, and noise cannot explain that.
    Within,
    /// The samples fit either side: the benefit of the doubt is given, and shown as `~`.
    Straddles,
    /// Above it, and noise cannot explain that.
    Beyond,
}

/// The least number of samples that have a [`Samples::floor`]: half to its power is below 0.5 %.
const FLOOR_FROM: usize = 8;

/// How many samples must still be taken, given those `taken`, until the median can stand
/// [`Standing::Beyond`] `threshold`: two after the usual six, and only when all of them lie above.
#[must_use]
pub fn still_needed(taken: &[Micros], threshold: Micros) -> usize {
    if taken.is_empty() || taken.iter().any(|sample| *sample <= threshold) {
        return 0;
    }
    FLOOR_FROM.saturating_sub(taken.len())
}

/// Samples that are unlike the rest. They are told of, and kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outliers {
    /// Whether the first sample was the slowest of all, and more than twice the median: something
    /// had to wake up.
    pub first: bool,
    /// How many were more than three times the median.
    pub far: usize,
}

impl Outliers {
    /// Of durations in the order they were taken.
    #[must_use]
    pub fn of(taken: &[Micros]) -> Self {
        let Some(samples) = Samples::new(taken.to_vec()) else {
            return Self::default();
        };
        let times = |factor: u64| Micros(samples.median().0.saturating_mul(factor));
        let first = taken.first().copied().unwrap_or_default();
        Self {
            first: first == samples.max() && first > times(2),
            far: taken.iter().filter(|sample| **sample > times(3)).count(),
        }
    }
}

#[cfg(test)]
mod tests;
