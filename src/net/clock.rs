//! The one place that reads time.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::model::{Micros, Timestamp};

/// A wall clock read once and a monotonic clock from there on: moments of a run never go backwards.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
    at: Timestamp,
}

impl Clock {
    /// Starts at the system's idea of now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    pub fn start() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let at = Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        Self {
            started: Instant::now(),
            at,
        }
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at
            .plus(now().saturating_duration_since(self.started).into())
    }
}

/// The monotonic clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place")]
pub fn now() -> Instant {
    Instant::now()
}

/// Since `start`, in microseconds.
#[must_use]
pub fn since(start: Instant) -> Micros {
    now().saturating_duration_since(start).into()
}
