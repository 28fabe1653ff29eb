//! Several samples of the same thing, and what they can say together.

use crate::evidence::Sample;
use crate::model::statistics::{Interval, Outliers, Percentile, Quantile, Samples, Standing};
use crate::model::{Micros, Phases};

/// Samples of the time to first byte. Those taken while this machine was late count only where
/// there are no others: they show at most that it was not longer.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// How many were tried.
    pub taken: usize,
    /// How many of them were answered.
    pub answered: usize,
    /// How many of those were taken while this machine was late.
    pub late: usize,
    /// The phases of the sample whose time to first byte is the median: they sum to it.
    pub median: Phases,
    /// The shortest time to first byte, in microseconds.
    pub min_us: Micros,
    /// The longest.
    pub max_us: Micros,
    /// Where the median lies with at least 95 % confidence, in microseconds; `null` below six.
    pub interval_us: Option<Interval>,
    /// Nearest-rank percentiles the number of samples supports, in microseconds.
    pub percentiles_us: Vec<Percentile>,
    /// Samples unlike the rest; they are kept.
    pub outliers: Outliers,
    /// The median sample's index in the evidence.
    pub at: usize,
    /// Of all samples, late ones included.
    all: Samples,
    /// Of those taken on time; `None` when all were late.
    on_time: Option<Samples>,
}

impl Series {
    /// Of samples with their indices, in the order they were taken; `None` without an answer.
    #[must_use]
    pub fn of<'a>(samples: impl Iterator<Item = (usize, &'a Sample)>) -> Option<Self> {
        let samples: Vec<(usize, &Sample)> = samples.collect();
        let answered: Vec<(usize, Phases, bool)> = samples
            .iter()
            .filter_map(|(index, sample)| Some((*index, sample.phases()?, sample.is_late())))
            .collect();
        let first_bytes = |late: bool| -> Vec<Micros> {
            let counted = answered.iter().filter(|(_, _, was_late)| late || !was_late);
            counted.map(|(_, phases, _)| phases.ttfb()).collect()
        };
        let all = Samples::new(first_bytes(true))?;
        let on_time = Samples::new(first_bytes(false));
        let counted = on_time.as_ref().unwrap_or(&all);
        let median = counted.median();
        let of_median = |(_, phases, late): &&(usize, Phases, bool)| {
            phases.ttfb() == median && !(*late && on_time.is_some())
        };
        let (at, phases, _) = answered.iter().find(of_median)?;
        Some(Self {
            taken: samples.len(),
            answered: answered.len(),
            late: answered.iter().filter(|(_, _, late)| *late).count(),
            median: *phases,
            min_us: counted.min(),
            max_us: counted.max(),
            interval_us: counted.interval(),
            percentiles_us: [Quantile::P95, Quantile::P99]
                .into_iter()
                .filter_map(|quantile| counted.percentile(quantile))
                .collect(),
            outliers: Outliers::of(&first_bytes(on_time.is_none())),
            at: *at,
            all: all.clone(),
            on_time,
        })
    }

    /// Where the median stands against a threshold; `None` when this machine was late too often to
    /// tell. Lateness only adds, so that late samples can acquit but never condemn.
    #[must_use]
    pub fn against(&self, threshold: Micros) -> Option<Standing> {
        if self.all.against(threshold) == Standing::Within {
            return Some(Standing::Within);
        }
        if self.late == 0 {
            return Some(self.all.against(threshold));
        }
        let on_time = self.on_time.as_ref()?;
        let standing = on_time.against(threshold);
        let decided = standing != Standing::Straddles || on_time.interval().is_some();
        decided.then_some(standing)
    }

    /// How many samples stand behind the figures.
    #[must_use]
    pub fn counted(&self) -> usize {
        self.on_time.as_ref().unwrap_or(&self.all).len()
    }

    /// `95% 301-340 ms, n=6`, or as much of it as the samples support.
    #[must_use]
    pub fn confidence(&self) -> String {
        let counted = self.counted();
        match &self.interval_us {
            Some(interval) => format!("95% {} to {}, n={counted}", interval.low(), interval.high()),
            None if counted > 1 => format!("{} to {}, n={counted}", self.min_us, self.max_us),
            None => "n=1".to_owned(),
        }
    }
}
