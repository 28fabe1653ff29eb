//! A load run, summed up.

use std::collections::BTreeMap;

use crate::evidence::LoadEvidence;
use crate::model::statistics::{Percentile, Quantile};
use crate::model::{LoadThreshold, Micros, Millis, PartsPerMillion, PerThousandSeconds, Threshold};

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
    /// All others by class.
    pub errors: BTreeMap<String, u64>,
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
    pub fn read(load: &LoadEvidence, declared: &[LoadThreshold]) -> Self {
        let figures = Figures { load };
        let quantiles = [Quantile::P50, Quantile::P95, Quantile::P99];
        Self {
            users: load.users,
            duration_ms: load.duration,
            intended: load.intended,
            started: load.started,
            succeeded: load.succeeded,
            errors: load.errors.clone(),
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

struct Figures<'a> {
    load: &'a LoadEvidence,
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
            Ok(threshold) => self.held(threshold),
            Err(fault) => (format!("{fault}"), None),
        };
        ThresholdFacts {
            condition: condition.to_owned(),
            found,
            holds,
        }
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
                let errors: u64 = self.load.errors.values().sum();
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
    use super::LoadFacts;
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
            let facts = LoadFacts::read(&run(10), &declared);
            assert_eq!(facts.thresholds[0].holds, *holds, "{:?}", facts.thresholds);
        }
    }

    #[test]
    fn few_answers_have_no_percentiles() {
        let mut few = run(0);
        few.histogram = vec![(5_000, 99)];
        assert_eq!(LoadFacts::read(&few, &[]).percentiles_us, []);
        few.histogram = vec![(5_000, 100)];
        assert_eq!(LoadFacts::read(&few, &[]).percentiles_us.len(), 3);
    }
}
