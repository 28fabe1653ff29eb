//! The quiet lane: how many timed exchanges may run at once, and whether this machine was awake
//! while they did.
//!
//! Auditing many targets at once must not change what any of them is measured as. Concurrency does
//! no harm as long as the processors are idle in between; saturation does, and shows in a thread
//! that asked to sleep for a millisecond and was woken late.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock;
use super::deadline::Deadline;
use crate::model::Micros;

/// How long the lag probe sleeps at a time.
const NAP: Duration = Duration::from_millis(1);

/// Waking later than this is written down; less is the timer's own slack.
const SLACK: Duration = Duration::from_micros(200);

/// So many late wakings are remembered: far more than one exchange can meet.
const REMEMBERED: usize = 4096;

/// The probe ends after so many naps with nobody in the lane.
const IDLE: u32 = 100;

/// Shared by all timed exchanges of a run.
#[derive(Clone, Debug)]
pub struct Quiet(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    lane: Mutex<Lane>,
    freed: Condvar,
}

#[derive(Debug)]
struct Lane {
    width: usize,
    inside: usize,
    probing: bool,
    /// When the probe last fell asleep.
    asleep: Instant,
    /// When it was woken late, and by how much.
    late: VecDeque<(Instant, Duration)>,
}

impl Quiet {
    /// Lets `width` timed exchanges run at once, until the machine proves too slow for that.
    #[must_use]
    pub fn new(width: usize) -> Self {
        let lane = Lane {
            width: width.max(1),
            inside: 0,
            probing: false,
            asleep: clock::now(),
            late: VecDeque::new(),
        };
        Self(Arc::new(Shared {
            lane: Mutex::new(lane),
            freed: Condvar::new(),
        }))
    }

    /// Waits for room; `None` when the deadline passes first.
    #[must_use]
    pub fn enter(&self, end: &Deadline) -> Option<Timed> {
        let mut lane = self.0.lock();
        while lane.inside >= lane.width {
            if end.has_passed() {
                return None;
            }
            let waited = self.0.freed.wait_timeout(lane, end.slice());
            lane = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        lane.inside += 1;
        if !lane.probing {
            lane.probing = true;
            lane.asleep = clock::now();
            let shared = Arc::clone(&self.0);
            std::thread::spawn(move || shared.probe());
        }
        drop(lane);
        Some(Timed {
            shared: Arc::clone(&self.0),
            since: clock::now(),
        })
    }

    /// Halves the width, because an exchange was timed while the machine was late.
    pub fn narrow(&self) {
        let mut lane = self.0.lock();
        lane.width = (lane.width / 2).max(1);
    }
}

impl Shared {
    /// A thread that panicked while it held the lane left plain numbers behind.
    fn lock(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Naps until the lane has been empty for a while.
    fn probe(&self) {
        let mut idle = 0;
        while idle < IDLE {
            std::thread::sleep(NAP);
            let mut lane = self.lock();
            let woken = clock::now();
            let over = woken.saturating_duration_since(lane.asleep + NAP);
            if over > SLACK {
                lane.late.push_back((woken, over));
                if lane.late.len() > REMEMBERED {
                    lane.late.pop_front();
                }
            }
            idle = if lane.inside == 0 { idle + 1 } else { 0 };
            lane.probing = idle < IDLE;
            lane.asleep = clock::now();
        }
    }
}

/// A place in the lane, given back when dropped.
#[derive(Debug)]
pub struct Timed {
    shared: Arc<Shared>,
    since: Instant,
}

impl Timed {
    /// By how much this machine was late at the worst since the place was taken.
    #[must_use]
    pub fn lag(&self) -> Micros {
        let lane = self.shared.lock();
        // The probe may be oversleeping right now.
        let asleep = clock::now().saturating_duration_since(lane.asleep);
        let current = asleep.saturating_sub(NAP);
        let past = lane
            .late
            .iter()
            .rev()
            .take_while(|(woken, _)| *woken >= self.since);
        past.map(|(_, over)| *over)
            .max()
            .unwrap_or_default()
            .max(current)
            .into()
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.shared.lock().inside -= 1;
        self.shared.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Quiet;
    use crate::net::{Deadline, Stop};

    fn end(millis: u64) -> Deadline {
        Deadline::within(Duration::from_millis(millis), &Stop::default())
    }

    #[test]
    fn the_lane_is_as_wide_as_it_says() {
        let quiet = Quiet::new(2);
        let (first, second) = (quiet.enter(&end(1_000)), quiet.enter(&end(1_000)));
        assert!(first.is_some() && second.is_some());
        assert!(quiet.enter(&end(0)).is_none());
        drop(first);
        assert!(quiet.enter(&end(1_000)).is_some());
    }

    #[test]
    fn narrowing_halves_down_to_one() {
        let quiet = Quiet::new(3);
        quiet.narrow();
        let only = quiet.enter(&end(1_000));
        assert!(only.is_some() && quiet.enter(&end(0)).is_none());
        quiet.narrow();
        drop(only);
        assert!(quiet.enter(&end(1_000)).is_some());
    }

    #[test]
    fn whoever_waits_gets_the_place_that_is_given_back() {
        let quiet = Quiet::new(1);
        let held = quiet.enter(&end(1_000));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| quiet.enter(&end(60_000)).is_some());
            drop(held);
            assert!(waiting.join().unwrap());
        });
    }
}
