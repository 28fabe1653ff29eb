use super::{Outliers, Samples, Standing, still_needed};
use crate::model::Micros;

fn ascending(n: u64) -> Samples {
    Samples::new((1..=n).map(Micros).collect()).unwrap()
}

/// Samples, then the ranks of the interval's ends, its confidence in percent, and the rank of the
/// floor; zero where there is none.
#[rustfmt::skip]
const RANKS: &[(u64, u64, u64, f64, u64)] = &[
    (1,   0,  0,  0.0,    0),
    (3,   0,  0,  0.0,    0),
    (5,   0,  0,  0.0,    0), // [x1, x5] covers 93.75 %
    (6,   1,  6,  96.875, 0),
    (7,   1,  7,  98.438, 0),
    (8,   1,  8,  99.219, 1),
    (9,   2,  8,  96.094, 1),
    (10,  2,  9,  97.852, 1),
    (20,  6,  15, 95.861, 4),
    (100, 40, 61, 96.480, 37),
];

#[test]
fn ranks_are_those_of_the_binomial() {
    for (n, low, high, confidence, floor) in RANKS {
        let samples = ascending(*n);
        let (found_low, found_high, sure) = samples.interval().map_or((0, 0, 0.0), |i| {
            (i.low().0, i.high().0, i.confidence() * 100.0)
        });
        assert_eq!((found_low, found_high), (*low, *high), "n={n}");
        assert!((sure - confidence).abs() < 0.001, "n={n}: {sure}");
        assert_eq!(samples.floor().map_or(0, |found| found.0), *floor, "n={n}");
    }
}

#[test]
fn the_median_is_a_sample() {
    for (taken, median) in [
        (vec![7], 7),
        (vec![9, 1], 1),
        (vec![3, 1, 2], 2),
        (vec![4, 1, 3, 2], 2),
    ] {
        let samples = Samples::new(taken.into_iter().map(Micros).collect()).unwrap();
        assert_eq!(samples.median(), Micros(median));
    }
    assert_eq!(Samples::new(Vec::new()), None);
}

/// Samples, the threshold, and where the median stands.
#[rustfmt::skip]
const STANDINGS: &[(&[u64], u64, Standing)] = &[
    (&[1, 2, 3, 4, 5, 6],          6, Standing::Within),     // equal is within
    (&[1, 2, 3, 4, 5, 6],          5, Standing::Straddles),
    (&[9, 9, 9, 9, 9, 9],          5, Standing::Straddles),  // six cannot condemn
    (&[9, 9, 9, 9, 9, 9, 9, 9],    5, Standing::Beyond),
    (&[9, 9, 9, 9, 9, 9, 9, 9],    9, Standing::Within),
    (&[5, 9, 9, 9, 9, 9, 9, 9],    5, Standing::Straddles),
    (&[1],                        99, Standing::Straddles),  // nor can one acquit
];

#[test]
fn a_threshold_is_crossed_only_when_noise_cannot_explain_it() {
    for (taken, threshold, expected) in STANDINGS {
        let samples = Samples::new(taken.iter().copied().map(Micros).collect()).unwrap();
        assert_eq!(
            samples.against(Micros(*threshold)),
            *expected,
            "{taken:?} {threshold}"
        );
    }
}

#[test]
fn two_more_are_needed_only_to_condemn() {
    #[rustfmt::skip]
    let cases: &[(&[u64], usize)] = &[
        (&[],                    0),
        (&[9, 9, 9, 9, 9, 9],    2),
        (&[9, 9, 9, 9, 9, 9, 9], 1),
        (&[9; 8],                0),
        (&[9; 20],               0),
        (&[9, 9, 9, 9, 9, 5],    0),
        (&[9],                   7),
    ];
    for (taken, more) in cases {
        let taken: Vec<Micros> = taken.iter().copied().map(Micros).collect();
        assert_eq!(still_needed(&taken, Micros(5)), *more, "{taken:?}");
    }
}

#[test]
fn outliers_are_told_of() {
    #[rustfmt::skip]
    let cases: &[(&[u64], bool, usize)] = &[
        (&[10, 10, 10, 10], false, 0),
        (&[25, 10, 10, 10], true,  0),
        (&[40, 10, 10, 10], true,  1),
        (&[10, 31, 10, 40], false, 2),
        (&[25, 10, 10, 26], false, 0), // slow, but not the slowest
        (&[],               false, 0),
    ];
    for (taken, first, far) in cases {
        let taken: Vec<Micros> = taken.iter().copied().map(Micros).collect();
        assert_eq!(
            Outliers::of(&taken),
            Outliers {
                first: *first,
                far: *far
            },
            "{taken:?}"
        );
    }
}

/// SplitMix64: the same numbers on every machine and in every year.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap()) / f64::from(u32::MAX)
    }

    /// A latency around `scale`: lognormal with sigma 0.35, and three in a hundred six times as long.
    fn latency(&mut self, scale: f64) -> Micros {
        let radius = (-2.0 * self.uniform().max(1e-12).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.uniform()).cos();
        let far = if self.uniform() < 0.03 { 6.0 } else { 1.0 };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive"
        )]
        Micros((scale * (0.35 * normal).exp() * far) as u64)
    }

    fn latencies(&mut self, n: usize) -> Vec<Micros> {
        (0..n).map(|_| self.latency(500_000.0)).collect()
    }
}

/// The median of what [`Random::latency`] draws around 500,000: the m at which
/// 0.97 Phi(ln m / 0.35) + 0.03 Phi(ln (m / 6) / 0.35) is one half.
const TRUE_MEDIAN: Micros = Micros(506_831);

const RUNS: usize = 10_000;

#[test]
fn printed_intervals_hold_the_median_in_95_of_100_runs() {
    for n in [6, 7, 8, 9, 10, 16, 20, 40, 100] {
        let mut random = Random(u64::try_from(n).unwrap());
        let held = (0..RUNS)
            .filter(|_| {
                let interval = Samples::new(random.latencies(n))
                    .unwrap()
                    .interval()
                    .unwrap();
                interval.low() <= TRUE_MEDIAN && TRUE_MEDIAN <= interval.high()
            })
            .count();
        assert!(held * 100 >= RUNS * 95, "n={n}: {held} of {RUNS}");
    }
}

/// What an audit does: so many samples, and some more when all of them lie beyond the threshold.
fn audit(random: &mut Random, n: usize, threshold: Micros) -> Standing {
    let mut taken = random.latencies(n);
    while still_needed(&taken, threshold) > 0 {
        taken.push(random.latency(500_000.0));
    }
    Samples::new(taken).unwrap().against(threshold)
}

#[test]
fn two_audits_at_a_threshold_disagree_less_than_once_in_a_hundred() {
    for n in [1, 3, 6, 8, 10, 12, 20, 40, 100] {
        let mut random = Random(u64::try_from(n).unwrap() << 8);
        let mut condemned = || audit(&mut random, n, TRUE_MEDIAN) == Standing::Beyond;
        let flaps = (0..RUNS).filter(|_| condemned() != condemned()).count();
        assert!(flaps * 100 < RUNS, "n={n}: {flaps} of {RUNS}");
    }
}

#[test]
fn a_slow_service_is_still_condemned() {
    let threshold = Micros(TRUE_MEDIAN.0 / 2);
    let mut random = Random(3);
    let condemned = (0..RUNS)
        .filter(|_| audit(&mut random, 6, threshold) == Standing::Beyond)
        .count();
    assert!(condemned * 10 > RUNS * 8, "{condemned} of {RUNS}");
}
