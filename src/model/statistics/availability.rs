//! How often it answered, and what may be concluded from that.

use serde::Serialize;

use super::CONFIDENCE;
use super::binomial::at_most;

/// So many of so many attempts succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Availability {
    ok: usize,
    of: usize,
}

impl Availability {
    /// `None` without attempts, or with more successes than attempts.
    #[must_use]
    pub fn new(ok: usize, of: usize) -> Option<Self> {
        (of > 0 && ok <= of).then_some(Self { ok, of })
    }

    /// Whether none succeeded.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.ok == 0
    }

    /// The largest share of failures, from 0 to 1, that these attempts are still likely under
    /// (Clopper-Pearson, one-sided): 0 failures in 5 leave up to 0.45, in 100 up to 0.03.
    #[must_use]
    pub fn failures_up_to(&self) -> f64 {
        let failed = self.of - self.ok;
        if failed == self.of {
            return 1.0;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if at_most(failed, self.of, middle) > 1.0 - CONFIDENCE {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// Whether "available at least `share` of the time", `share` from 0 to 1, is shown by them.
    #[must_use]
    pub fn shows(&self, share: f64) -> bool {
        1.0 - self.failures_up_to() >= share
    }
}

impl std::fmt::Display for Availability {
    /// `13/13`: a ratio of counts, never a percentage of few.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}/{}", self.ok, self.of))
    }
}

#[cfg(test)]
mod tests {
    use super::Availability;

    /// Successes, attempts, the largest likely share of failures.
    #[rustfmt::skip]
    const CASES: &[(usize, usize, f64)] = &[
        (5,     5,     0.4507),
        (20,    20,    0.1391),
        (100,   100,   0.0295),
        (598,   598,   0.0050),
        (2_995, 2_995, 0.0010),
        (9,     10,    0.3942),
        (0,     3,     1.0),
    ];

    #[test]
    fn failures_are_bounded_exactly() {
        for (ok, of, expected) in CASES {
            let found = Availability::new(*ok, *of).unwrap().failures_up_to();
            assert!((found - expected).abs() < 1e-4, "{ok}/{of}: {found}");
        }
    }

    #[test]
    fn three_nines_take_three_thousand_attempts() {
        assert!(!Availability::new(13, 13).unwrap().shows(0.999));
        assert!(!Availability::new(2_900, 2_900).unwrap().shows(0.999));
        assert!(Availability::new(3_000, 3_000).unwrap().shows(0.999));
    }

    #[test]
    fn impossible_counts_are_refused() {
        assert_eq!(Availability::new(0, 0), None);
        assert_eq!(Availability::new(2, 1), None);
    }
}
