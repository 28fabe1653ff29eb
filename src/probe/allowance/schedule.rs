//! When the next request may be sent, so that no window of any limit holds more than half of it.
//!
//! Pure: the moment is passed in. Windows slide, because where a fixed window of the server begins
//! is not known: what fits every sliding window fits every fixed one.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::scope::Scope;
use crate::model::Method;

/// The limits that are known, and what was sent so far.
#[derive(Default)]
pub(super) struct Schedule {
    /// The most that may be sent in each window; of a limit without a window, in the run.
    limits: BTreeMap<(Scope, Option<Duration>), usize>,
    /// What an answer said is left, until when.
    rests: BTreeMap<Scope, Rest>,
    sent: Vec<Sent>,
}

/// So many more may be sent until then, of those sent so far.
struct Rest {
    sent: usize,
    more: usize,
    until: Instant,
}

struct Sent {
    method: Method,
    path: String,
    when: Instant,
}

/// When a request may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// After this long; zero for now.
    After(Duration),
    /// Not in this run: a limit whose window nobody knows is used up by half.
    Never,
}

/// Half of a limit is left to others; one request is always in it, since half of one is none.
pub(super) fn half(limit: u64) -> usize {
    usize::try_from(limit / 2).unwrap_or(usize::MAX).max(1)
}

impl Schedule {
    /// Whether a limit of this size is known with its window: a server that advertises the number
    /// alone means that one.
    pub(super) fn knows(&self, scope: &Scope, most: usize) -> bool {
        let mut known = self.limits.iter();
        known.any(|((of, window), held)| of == scope && window.is_some() && *held == most)
    }

    /// Adds a limit; of several over the same window the tighter one holds.
    pub(super) fn bound(&mut self, scope: Scope, most: usize, window: Option<Duration>) {
        let held = self.limits.entry((scope, window)).or_insert(most);
        *held = (*held).min(most);
    }

    /// Notes that `remaining` were left at `now`, until `reset` later.
    pub(super) fn remain(&mut self, scope: Scope, remaining: u64, now: Instant, reset: Duration) {
        let sent = self.in_scope(&scope).count();
        let more = usize::try_from(remaining / 2).unwrap_or(usize::MAX);
        let until = now + reset;
        self.rests.insert(scope, Rest { sent, more, until });
    }

    /// Notes a request.
    pub(super) fn note(&mut self, method: &Method, path: &str, when: Instant) {
        self.sent.push(Sent {
            method: method.clone(),
            path: path.to_owned(),
            when,
        });
    }

    /// When a request of this method and path may be sent.
    pub(super) fn when(&self, method: &Method, path: &str, now: Instant) -> When {
        let mut wait = Duration::ZERO;
        for ((scope, window), most) in &self.limits {
            if !scope.counts(method, path) {
                continue;
            }
            let Some(window) = window else {
                if self.in_scope(scope).count() >= *most {
                    return When::Never;
                }
                continue;
            };
            wait = wait.max(self.until_room(scope, *most, *window, now));
        }
        let rests = self
            .rests
            .iter()
            .filter(|(scope, _)| scope.counts(method, path));
        for (scope, rest) in rests {
            let since = self.in_scope(scope).count().saturating_sub(rest.sent);
            if since >= rest.more {
                wait = wait.max(rest.until.saturating_duration_since(now));
            }
        }
        When::After(wait)
    }

    /// How long `requests` more of everything take under the limits of everything.
    pub(super) fn estimate(&self, requests: usize) -> Option<Pace> {
        let of_everything = self.limits.iter().filter_map(|((scope, window), most)| {
            let window = window.filter(|_| *scope == Scope::Everything)?;
            let windows = requests.saturating_sub(1) / most;
            let windows = u32::try_from(windows).unwrap_or(u32::MAX);
            Some(Pace {
                requests: *most,
                window,
                about: window.saturating_mul(windows),
            })
        });
        let slowest = of_everything.max_by_key(|pace| pace.about);
        slowest.filter(|pace| !pace.about.is_zero())
    }

    /// Until the oldest request of a full window has left it.
    fn until_room(&self, scope: &Scope, most: usize, window: Duration, now: Instant) -> Duration {
        let moments = self.in_scope(scope).map(|sent| sent.when);
        let recent: Vec<Instant> = moments.filter(|when| now < *when + window).collect();
        let leaves = recent
            .len()
            .checked_sub(most)
            .and_then(|nth| recent.get(nth));
        leaves.map_or(Duration::ZERO, |when| {
            (*when + window).saturating_duration_since(now)
        })
    }

    /// Until the last request of a window has left it.
    pub(super) fn until_empty(&self, scope: &Scope, window: Duration, now: Instant) -> Duration {
        let last = self.in_scope(scope).map(|sent| sent.when).max();
        last.map_or(Duration::ZERO, |when| {
            (when + window).saturating_duration_since(now)
        })
    }

    fn in_scope<'s>(&'s self, scope: &'s Scope) -> impl Iterator<Item = &'s Sent> {
        self.sent
            .iter()
            .filter(|sent| scope.counts(&sent.method, &sent.path))
    }
}

/// How fast an audit may ask, and how long that takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// So many requests.
    pub requests: usize,
    /// In each such window.
    pub window: Duration,
    /// How long what is planned takes for that.
    pub about: Duration,
}

impl Pace {
    /// `paced at 30 in 60 s: about 7 minutes`.
    #[must_use]
    pub fn said(&self) -> String {
        let minutes = self.about.as_secs().div_ceil(60);
        let about = if self.about < Duration::from_secs(90) {
            format!("{} seconds", self.about.as_secs().max(1))
        } else {
            format!("{minutes} minutes")
        };
        let (requests, window) = (self.requests, self.window.as_secs_f64());
        format!("paced at {requests} in {window} s: about {about}")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Schedule, When, half};
    use crate::model::Method;
    use crate::net::clock;
    use crate::probe::allowance::scope::Scope;

    const SECOND: Duration = Duration::from_secs(1);

    /// Sends as fast as the schedule allows; the moments, in milliseconds, `None` for never.
    fn run(schedule: &mut Schedule, paths: &[&str]) -> Vec<Option<u128>> {
        let start = clock::now();
        let mut now = start;
        let mut moments = Vec::new();
        for path in paths {
            match schedule.when(&Method::get(), path, now) {
                When::Never => moments.push(None),
                When::After(wait) => {
                    now += wait;
                    schedule.note(&Method::get(), path, now);
                    moments.push(Some((now - start).as_millis()));
                }
            }
        }
        moments
    }

    #[test]
    fn half_of_a_window_is_used_and_then_waited_for() {
        let mut schedule = Schedule::default();
        schedule.bound(Scope::Everything, half(6), Some(6 * SECOND));
        let moments = run(&mut schedule, &["/"; 7]);
        let expected = [0, 0, 0, 6000, 6000, 6000, 12000].map(Some);
        assert_eq!(moments, expected);
    }

    #[test]
    fn no_window_of_either_limit_holds_more_than_half() {
        let mut schedule = Schedule::default();
        schedule.bound(Scope::Everything, half(20), Some(10 * SECOND));
        schedule.bound(Scope::Path("/a".to_owned()), half(4), Some(SECOND));
        let paths: Vec<&str> = ["/a", "/a", "/b", "/a"].repeat(10);
        let moments: Vec<u128> = run(&mut schedule, &paths).into_iter().flatten().collect();
        assert_eq!(moments.len(), paths.len(), "nothing is given up");
        for (first, start) in moments.iter().enumerate() {
            let within = |length: u128| {
                let end = start + length;
                moments.iter().skip(first).filter(|at| **at < end).count()
            };
            assert!(within(10_000) <= 10, "{moments:?}");
        }
    }

    #[test]
    fn what_is_left_holds_until_it_is_reset() {
        let mut schedule = Schedule::default();
        schedule.remain(Scope::Everything, 5, clock::now(), 30 * SECOND);
        let moments = run(&mut schedule, &["/"; 3]);
        assert_eq!(moments.first(), Some(&Some(0)));
        assert_eq!(moments.get(1), Some(&Some(0)));
        assert!(moments.get(2).unwrap().is_some_and(|at| at > 29_000));
    }

    #[test]
    fn without_a_window_half_is_all() {
        let mut schedule = Schedule::default();
        schedule.bound(Scope::Everything, half(4), None);
        assert_eq!(run(&mut schedule, &["/"; 3]), [Some(0), Some(0), None]);
    }

    /// What was sent of a scope, by its age in seconds, and how long a window of ten is not empty.
    #[test]
    fn a_window_is_empty_once_the_last_request_has_left_it() {
        let rows: [(&[(&str, u64)], u64); 4] = [
            (&[], 0),
            (&[("/a", 12)], 0),
            (&[("/a", 12), ("/a", 3)], 7),
            (&[("/b", 1), ("/a", 8)], 2),
        ];
        let now = clock::now() + 60 * SECOND;
        for (sent, left) in rows {
            let mut schedule = Schedule::default();
            for (path, age) in sent {
                let when = now.checked_sub(Duration::from_secs(*age)).unwrap();
                schedule.note(&Method::get(), path, when);
            }
            let scope = Scope::Path("/a".to_owned());
            let wait = schedule.until_empty(&scope, 10 * SECOND, now);
            assert_eq!(wait, Duration::from_secs(left), "{sent:?}");
        }
    }

    #[test]
    fn one_request_is_always_allowed() {
        assert_eq!([0, 1, 2, 3, 60].map(half), [1, 1, 1, 1, 30]);
    }

    #[test]
    fn an_estimate_counts_whole_windows() {
        let mut schedule = Schedule::default();
        assert_eq!(schedule.estimate(100), None);
        schedule.bound(Scope::Everything, half(60), Some(60 * SECOND));
        assert_eq!(schedule.estimate(30), None);
        let pace = schedule.estimate(200).unwrap();
        assert_eq!(pace.said(), "paced at 30 in 60 s: about 6 minutes");
    }
}
