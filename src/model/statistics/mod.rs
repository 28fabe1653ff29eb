//! What a few samples can honestly say.
//!
//! Everything here is distribution-free: a median, its exact order-statistic interval, nearest-rank
//! percentiles. There is no mean and no standard deviation: one slow sample among five moves a mean
//! by more than most defects do. A figure that the number of samples cannot support has no
//! constructor that returns it.
//!
//! | samples | what may be said |
//! |--:|---|
//! | 1 | the value |
//! | 2 | the lower median, the range |
//! | 6 | [`Interval`]: the median lies in it with at least 95 % confidence |
//! | 8 | [`Samples::floor`]: the median lies above it with at least 99.5 % confidence |
//! | 20 | [`Percentile`] p95, the first count at which it is not just the largest |
//! | 59 | [`Ceiling`] of p95 |
//! | 100 | [`Percentile`] p99 |
//! | 299 | [`Ceiling`] of p99 |

mod availability;
mod binomial;
mod quantile;
mod samples;

pub use availability::Availability;
pub use quantile::{Ceiling, Percentile, Quantile};
pub use samples::{Interval, Outliers, Samples, Standing, still_needed};

/// The least confidence of anything printed.
pub const CONFIDENCE: f64 = 0.95;

/// The least confidence at which a grade is lowered or a run is failed: at a true median that lies
/// exactly on a threshold, two runs in a row disagree less than once in a hundred times.
pub const FIRM: f64 = 0.995;
