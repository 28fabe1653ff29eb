//! The quiet lane: how many timed exchanges may run at once, and whether this machine was awake
//! while they did.
//!
//! Auditing many targets at once must not change what any of them is measured as. Concurrency does
//! no harm as long as the processors are idle in between; saturation does. It shows in three ways: a
//! thread that asked to sleep for a millisecond is woken late; the one that times was ready to run
//! and waited for a processor (which Linux counts); and what it had others do began late.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock;
use super::deadline::Deadline;
use super::errand;
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
    most: usize,
    width: usize,
    inside: usize,
    /// When it was last made narrower.
    narrowed: Instant,
    /// Exchanges timed well since the width last changed.
    well: usize,
    probing: bool,
    /// When the probe last fell asleep.
    asleep: Instant,
    /// When it was woken late, and by how much.
    late: VecDeque<(Instant, Duration)>,
}

impl Quiet {
    /// Lets `width` timed exchanges run at once, fewer while the machine is too slow for that.
    #[must_use]
    pub fn new(width: usize) -> Self {
        let now = clock::now();
        let lane = Lane {
            most: width.max(1),
            width: width.max(1),
            inside: 0,
            narrowed: now,
            well: 0,
            probing: false,
            asleep: now,
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
            lane.asleep = clock::now();
            let shared = Arc::clone(&self.0);
            // Without a thread to probe with, nothing is known to be late.
            let probe = std::thread::Builder::new().spawn(move || shared.probe());
            lane.probing = probe.is_ok();
        }
        drop(lane);
        Some(Timed {
            shared: Arc::clone(&self.0),
            waited: waited(),
            since: clock::now(),
        })
    }
}

impl Lane {
    /// Halves the width because of an exchange that began at `since` and was timed while the machine
    /// was late. Those that began before the last halving say nothing of the width since.
    fn narrow(&mut self, since: Instant) {
        if since >= self.narrowed {
            self.width = (self.width / 2).max(1);
            self.narrowed = clock::now();
            self.well = 0;
        }
    }

    /// One more after as many exchanges timed well as it is wide: the width finds what the machine
    /// can do, as TCP's congestion window does (RFC 5681 §3.1).
    fn widen(&mut self) {
        self.well += 1;
        if self.well >= self.width && self.width < self.most {
            self.width += 1;
            self.well = 0;
        }
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

/// How long the calling thread has been ready to run and was not, and its errands, so far: without
/// the thread itself where the system does not say. The second number of Linux's `schedstat`, in
/// nanoseconds.
fn waited() -> Micros {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let waited = counted.split(' ').nth(1).and_then(|word| word.parse().ok());
    Micros::from(Duration::from_nanos(waited.unwrap_or_default())) + errand::waited()
}

/// A place in the lane, given back when dropped.
#[derive(Debug)]
pub struct Timed {
    shared: Arc<Shared>,
    waited: Micros,
    since: Instant,
}

impl Timed {
    /// By how much this machine was late at the worst since the place was taken, by whom it was
    /// taken.
    #[must_use]
    pub fn lag(&self) -> Micros {
        let own = waited() - self.waited;
        let lane = self.shared.lock();
        // The probe may be oversleeping right now.
        let asleep = clock::now().saturating_duration_since(lane.asleep);
        let current = asleep.saturating_sub(NAP);
        let past = lane
            .late
            .iter()
            .rev()
            .take_while(|(woken, _)| *woken >= self.since);
        let probed = past.map(|(_, over)| *over).max().unwrap_or_default();
        Micros::from(probed.max(current)).max(own)
    }
}

impl Timed {
    /// Gives the place back, and says whether what was timed in it can be used.
    pub fn settle(self, well: bool) {
        let mut lane = self.shared.lock();
        if well {
            lane.widen();
        } else {
            lane.narrow(self.since);
        }
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.shared.lock().inside -= 1;
        self.shared.freed.notify_all();
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

    /// How many places there are.
    fn width(quiet: &Quiet) -> usize {
        std::iter::from_fn(|| quiet.enter(&end(0)))
            .collect::<Vec<_>>()
            .len()
    }

    #[test]
    fn the_width_halves_once_a_round_and_comes_back() {
        let quiet = Quiet::new(8);
        let round: Vec<_> = (0..8).filter_map(|_| quiet.enter(&end(0))).collect();
        for late in round {
            late.settle(false);
        }
        assert_eq!(width(&quiet), 4);
        for expected in [(3, 4), (1, 5), (5, 6), (6, 7), (7, 8), (20, 8)] {
            for _ in 0..expected.0 {
                quiet.enter(&end(0)).unwrap().settle(true);
            }
            assert_eq!(width(&quiet), expected.1);
        }
        for expected in [4, 2, 1, 1] {
            quiet.enter(&end(0)).unwrap().settle(false);
            assert_eq!(width(&quiet), expected);
        }
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
