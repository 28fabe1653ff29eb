//! The binomial distribution: how many of `n` samples fall below a quantile.

/// P(X <= `k`) for X ~ Bin(`n`, `p`), `p` strictly between 0 and 1.
///
/// Summed in logarithms, term after term, because 0.5 to the power of 1,100 is zero in binary
/// floating point while the sum around the median is not.
pub(super) fn at_most(k: usize, n: usize, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    let odds = (p / (1.0 - p)).ln();
    let (mut term, mut sum) = (count(n) * (1.0 - p).ln(), 0.0);
    for i in 0..=k {
        sum += term.exp();
        term += (count(n - i) / count(i + 1)).ln() + odds;
    }
    sum.min(1.0)
}

/// A number of samples, as a factor.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 samples")]
pub(super) fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::at_most;

    /// (k, n, p, P(X <= k)), from the definition.
    #[rustfmt::skip]
    const CASES: &[(usize, usize, f64, f64)] = &[
        (0,     1,    0.5,  0.5),
        (0,     6,    0.5,  1.0 / 64.0),
        (1,     10,   0.5,  11.0 / 1024.0),
        (5,     20,   0.5,  0.020_694_732_7),
        (39,    100,  0.5,  0.017_600_100_1),
        (4_899, 10_000, 0.5, 0.022_213_1),
        (0,     59,   0.05, 0.048_494_5),
        (6,     6,    0.5,  1.0),
    ];

    #[test]
    fn the_distribution_is_exact() {
        for (k, n, p, expected) in CASES {
            let found = at_most(*k, *n, *p);
            assert!(
                (found - expected).abs() < 1e-6,
                "P(X <= {k}), n={n}: {found}"
            );
        }
    }
}
