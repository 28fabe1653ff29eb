//! A load run, summed up.

use std::collections::BTreeMap;
use std::fmt;

use crate::evidence::LoadEvidence;
use crate::model::statistics::{Percentile, Quantile};
use crate::model::{
    LoadThreshold, Micros, Millis, PartsPerMillion, PerThousandSeconds, Schedule, Threshold,
};

/// The class of what a rate limit refuses.
const LIMITED: &str = "status 429";

/// Percentiles of fewer answers than this would rest on a handful.
const ENOUGH: usize = 100;

/// What a load run came to. Latency counts from the moment a request was due.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadFacts {
    /// Users.
    pub users: u32,
    /// How long requests were due, in milliseconds.
    pub duration_ms: Millis,
    /// Requests that were due.
    pub intended: u64,
    /// Requests begun while the run lasted: less than were due when the server was slower than the
    /// schedule.
    pub started: u64,
    /// Answered below 400.
    pub succeeded: u64,
    /// All others by class, but for those that a rate limit refused.
    pub errors: BTreeMap<String, u64>,
    /// Refused with 429 (RFC 6585 §4): the limiter's answers, which say nothing of what stands behind.
    pub limited: u64,
    /// The known limit that the run asks beyond, in words.
    pub beyond: Option<String>,
    /// Requests due in each second.
    pub intended_per_s: f64,
    /// Answers below 400 in each second of the run.
    pub throughput_per_s: f64,
    /// Of answers below 400, where there are enough: p50, p95, p99, in microseconds.
    pub percentiles_us: Vec<Percentile>,
    /// The declared conditions.
    pub thresholds: Vec<ThresholdFacts>,
}

/// One declared condition, and what it was held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThresholdFacts {
    /// As declared.
    pub condition: String,
    /// What was found, in words.
    pub found: String,
    /// Whether it holds; `null` when there were too few answers to tell.
    pub holds: Option<bool>,
}

impl LoadFacts {
    /// Reads a run and holds the declared conditions against it.
    #[must_use]
    pub fn read(load: &LoadEvidence, declared: &[LoadThreshold], limits: &[Limit]) -> Self {
        let mut errors = load.errors.clone();
        let limited = errors.remove(LIMITED).unwrap_or_default();
        let figures = Figures { load, limited };
        let beyond = limits.iter().find(|limit| limit.is_exceeded_by(load));
        let quantiles = [Quantile::P50, Quantile::P95, Quantile::P99];
        Self {
            users: load.users,
            duration_ms: load.duration,
            intended: load.intended,
            started: load.started,
            succeeded: load.succeeded,
            errors,
            limited,
            beyond: beyond.map(Limit::to_string),
            intended_per_s: figures.per_second(load.intended),
            throughput_per_s: figures.per_second(load.succeeded),
            percentiles_us: quantiles
                .into_iter()
                .filter_map(|q| figures.percentile(q))
                .collect(),
            thresholds: declared
                .iter()
                .map(|declared| figures.hold(&declared.0))
                .collect(),
        }
    }
}

/// A limit on the requests that the load sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Whether the target file or an answer says so.
    pub declared: bool,
    /// So many requests.
    pub requests: u64,
    /// In this window.
    pub window: Millis,
}

impl Limit {
    fn is_exceeded_by(&self, load: &LoadEvidence) -> bool {
        let schedule = Schedule::new(load.users, load.duration);
        schedule.is_some_and(|schedule| schedule.in_window(self.window) > self.requests)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.declared {
            "declared"
        } else {
            "advertised"
        };
        let seconds = Micros::from(self.window).as_millis_f64() / 1000.0;
        f.pad(&format!("the {how} {} in {seconds} s", self.requests))
    }
}

struct Figures<'a> {
    load: &'a LoadEvidence,
    limited: u64,
}

impl Figures<'_> {
    /// The run's own length is what counts: or its end, where answers came later than that.
    fn seconds(&self) -> f64 {
        let run = self.load.took.0.max(self.load.duration.0).max(1);
        Micros(run.saturating_mul(1000)).as_millis_f64() / 1000.0
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "requests are counted, not dated"
    )]
    fn per_second(&self, count: u64) -> f64 {
        (count as f64 / self.seconds() * 1000.0).round() / 1000.0
    }

    fn percentile(&self, quantile: Quantile) -> Option<Percentile> {
        let counts = || self.load.histogram.iter().map(|(_, count)| *count);
        let answers = usize::try_from(counts().sum::<u64>()).ok()?;
        if answers < ENOUGH {
            return None;
        }
        Percentile::of(quantile, answers, |rank| {
            let mut below = 0;
            let mut buckets = self.load.histogram.iter();
            let found = buckets.find(|(_, count)| {
                below += usize::try_from(*count).unwrap_or(usize::MAX);
                below >= rank
            });
            Micros(found.map_or(0, |(value, _)| *value))
        })
    }

    /// Whether all but one in a hundred of the requests due were answered: then the server did not
    /// bound the throughput, the schedule did.
    const fn kept_up(&self) -> bool {
        self.load.succeeded.saturating_mul(100) >= self.load.intended.saturating_mul(99)
    }

    fn hold(&self, condition: &str) -> ThresholdFacts {
        let (found, holds) = match condition.parse() {
            Ok(threshold) => self.spared(threshold, self.held(threshold)),
            Err(fault) => (format!("{fault}"), None),
        };
        ThresholdFacts {
            condition: condition.to_owned(),
            found,
            holds,
        }
    }

    /// What a rate limit refused never reached the service: of a load that it was spared nothing is
    /// shown to be good, and that there was little throughput is the limiter's doing.
    fn spared(
        &self,
        threshold: Threshold,
        (found, holds): (String, Option<bool>),
    ) -> (String, Option<bool>) {
        let of_limiter = matches!(threshold, Threshold::Throughput(..));
        if self.limited.saturating_mul(100) <= self.load.intended {
            return (found, holds);
        }
        let (limited, intended) = (self.limited, self.load.intended);
        let said = format!("{found}; a rate limit refused {limited} of {intended} requests (429)");
        let surely = holds == Some(false) && !of_limiter;
        (said, surely.then_some(false))
    }

    fn held(&self, threshold: Threshold) -> (String, Option<bool>) {
        match threshold {
            Threshold::Latency(quantile, comparison, bound) => match self.percentile(quantile) {
                Some(found) => {
                    let said = format!("{quantile} is {}", found.value());
                    (said, Some(comparison.holds(found.value(), bound)))
                }
                None => (
                    format!("{} answers are too few for {quantile}", self.load.succeeded),
                    None,
                ),
            },
            Threshold::ErrorRate(comparison, bound) => {
                let errors: u64 = self.load.errors.values().sum::<u64>() - self.limited;
                let all = self.load.succeeded.saturating_add(errors);
                let rate = PartsPerMillion(ratio(errors, all, 1_000_000));
                let said = format!("{errors} of {all} requests failed");
                (said, (all > 0).then(|| comparison.holds(rate, bound)))
            }
            Threshold::Throughput(comparison, bound) => {
                let run = self.load.took.0.max(self.load.duration.0);
                let rate = PerThousandSeconds(ratio(self.load.succeeded, run, 1_000_000));
                let said = format!("{:.1}/s", self.per_second(self.load.succeeded));
                let asked =
                    PerThousandSeconds(ratio(self.load.intended, self.load.duration.0, 1_000_000));
                if self.kept_up() && !comparison.holds(asked, bound) {
                    let said =
                        format!("{said}, all that was asked for: it takes more users (--load)");
                    return (said, None);
                }
                (said, Some(comparison.holds(rate, bound)))
            }
        }
    }
}

/// `part` of `whole` in units of one `unit`th, rounded down.
fn ratio(part: u64, whole: u64, unit: u64) -> u64 {
    let exact = u128::from(part) * u128::from(unit) / u128::from(whole.max(1));
    u64::try_from(exact).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Limit, LoadFacts};
    use crate::evidence::LoadEvidence;
    use crate::model::{LoadThreshold, Millis};

    /// 1,000 requests in 10 s: 900 took 5 ms, 90 took 500 ms, `failed` failed.
    fn run(failed: u64) -> LoadEvidence {
        LoadEvidence {
            users: 20,
            duration: Millis(10_000),
            took: Millis(10_000),
            intended: 1_000,
            started: 1_000,
            succeeded: 990,
            errors: [("status 503".to_owned(), failed)].into(),
            histogram: vec![(5_000, 900), (500_000, 90)],
        }
    }

    /// A condition, and whether it holds with ten failures among a thousand requests.
    #[rustfmt::skip]
    const CASES: &[(&str, Option<bool>)] = &[
        ("p50 < 6ms",          Some(true)),
        ("p90 < 6ms",          Some(true)),  // rank 891 of 990
        ("p91 < 6ms",          Some(false)), // rank 901
        ("p95 < 500ms",        Some(false)), // equal is not below
        ("p95 <= 500ms",       Some(true)),
        ("p99.9 < 1s",         None),        // takes a thousand answers
        ("rate(error) < 1%",   Some(false)), // ten of a thousand is 1 %
        ("rate(error) <= 1%",  Some(true)),
        ("throughput > 98/s",  Some(true)),
        ("throughput > 99/s",  Some(false)),
        ("throughput > 100/s", None),        // no more than that was asked for
        ("nonsense",           None),
    ];

    #[test]
    fn conditions_are_held_against_the_run() {
        for (condition, holds) in CASES {
            let declared = [LoadThreshold((*condition).to_owned())];
            let facts = LoadFacts::read(&run(10), &declared, &[]);
            assert_eq!(facts.thresholds[0].holds, *holds, "{:?}", facts.thresholds);
        }
    }

    /// Requests that a rate limit refused of a thousand, a condition, and whether it holds.
    #[rustfmt::skip]
    const LIMITED_RUNS: &[(u64, &str, Option<bool>)] = &[
        (10,  "rate(error) < 1%",   Some(true)), // they are no errors
        (10,  "p50 < 6ms",          Some(true)), // so few change nothing
        (400, "rate(error) < 1%",   None),       // the service was spared the load
        (400, "p50 < 6ms",          None),
        (400, "p50 < 2ms",          Some(false)), // slow even so
        (400, "throughput > 90/s",  None),
    ];

    #[test]
    fn what_a_rate_limit_refuses_is_the_limiter_s() {
        for (limited, condition, holds) in LIMITED_RUNS {
            let mut load = run(0);
            load.succeeded = 1_000 - limited;
            load.histogram = vec![(5_000, 1_000 - limited)];
            load.errors = [("status 429".to_owned(), *limited)].into();
            let declared = [LoadThreshold((*condition).to_owned())];
            let facts = LoadFacts::read(&load, &declared, &[]);
            assert_eq!((facts.limited, facts.errors.len()), (*limited, 0));
            assert_eq!(facts.thresholds[0].holds, *holds, "{:?}", facts.thresholds);
        }
    }

    /// A limit, and what is said where a thousand requests in ten seconds go beyond it.
    #[rustfmt::skip]
    const LIMITS: &[(bool, u64, u64, Option<&str>)] = &[
        (true,  60,    60_000, Some("the declared 60 in 60 s")),
        (false, 90,     1_000, Some("the advertised 90 in 1 s")),
        (true,  100,    1_000, None),
        (true,  1_000, 60_000, None), // all of them fit into one window
    ];

    #[test]
    fn a_run_beyond_a_limit_says_so() {
        for (declared, requests, window, expected) in LIMITS {
            let limit = Limit {
                declared: *declared,
                requests: *requests,
                window: Millis(*window),
            };
            let facts = LoadFacts::read(&run(0), &[], &[limit]);
            assert_eq!(facts.beyond.as_deref(), *expected);
        }
    }

    #[test]
    fn few_answers_have_no_percentiles() {
        let mut few = run(0);
        few.histogram = vec![(5_000, 99)];
        assert_eq!(LoadFacts::read(&few, &[], &[]).percentiles_us, []);
        few.histogram = vec![(5_000, 100)];
        assert_eq!(LoadFacts::read(&few, &[], &[]).percentiles_us.len(), 3);
    }
}
