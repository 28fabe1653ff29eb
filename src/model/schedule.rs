//! When the requests of a load run are due.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::units::{Micros, Millis};

/// An open-model schedule: requests are due at fixed moments, whatever became of earlier ones.
///
/// A closed model waits for an answer before it asks again, so it asks least while the server is
/// slowest and leaves out the very requests that would have waited ("coordinated omission").
/// Here latency counts from the moment a request was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    users: u32,
    length: Millis,
}

impl Schedule {
    /// Between two requests of one user: five a second each, so that twenty users stay below what
    /// any public service is used to, and ten seconds of one user are enough for a p95.
    pub const GAP: Micros = Micros(200_000);

    /// So many users for so long; `None` without users or time.
    #[must_use]
    pub fn new(users: u32, length: Millis) -> Option<Self> {
        (users > 0 && length.0 > 0).then_some(Self { users, length })
    }

    /// How many users there are; never zero.
    #[must_use]
    pub const fn users(&self) -> u32 {
        self.users
    }

    /// How long requests are due; never zero.
    #[must_use]
    pub const fn length(&self) -> Millis {
        self.length
    }

    /// When the `nth` request of `user` (both from 0) is due after the start; `None` once the run is
    /// over. Users are spread evenly over one gap, so that requests are due one by one.
    #[must_use]
    pub fn due(&self, user: u32, nth: u64) -> Option<Duration> {
        let spread = Self::GAP.0 * u64::from(user) / u64::from(self.users.max(1));
        let at = Self::GAP.0.checked_mul(nth)?.checked_add(spread)?;
        (user < self.users && at < Micros::from(self.length).0).then(|| Micros(at).into())
    }

    /// How many requests are due in a window of this length, and at most in the whole run.
    #[must_use]
    pub fn in_window(&self, window: Millis) -> u64 {
        let length = self.length.0.max(1);
        let exact = u128::from(self.intended()) * u128::from(window.0.min(length));
        u64::try_from(exact / u128::from(length)).unwrap_or(u64::MAX)
    }

    /// How many requests all users are to send.
    #[must_use]
    pub fn intended(&self) -> u64 {
        let of_user = |user: u32| {
            let spread = Self::GAP.0 * u64::from(user) / u64::from(self.users.max(1));
            Micros::from(self.length)
                .0
                .saturating_sub(spread)
                .div_ceil(Self::GAP.0)
        };
        (0..self.users).map(of_user).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;
    use crate::model::Millis;

    /// Users, milliseconds, requests in all.
    #[rustfmt::skip]
    const CASES: &[(u32, u64, u64)] = &[
        (1,  10_000, 50),
        (20, 10_000, 1_000),
        (1,  200,    1),
        (1,  201,    2),
        (4,  100,    2),  // two of four are not due before the end
        (3,  1,      1),
    ];

    #[test]
    fn every_intended_request_is_due_once() {
        for (users, length, intended) in CASES {
            let schedule = Schedule::new(*users, Millis(*length)).unwrap();
            let due =
                (0..*users).flat_map(|user| (0..).map_while(move |nth| schedule.due(user, nth)));
            let mut due: Vec<_> = due.collect();
            assert_eq!(
                u64::try_from(due.len()),
                Ok(*intended),
                "{users} for {length} ms"
            );
            assert_eq!(schedule.intended(), *intended);
            due.sort();
            due.dedup();
            assert_eq!(u64::try_from(due.len()), Ok(*intended), "two at one moment");
        }
    }

    #[test]
    fn a_window_holds_its_share() {
        let schedule = Schedule::new(20, Millis(10_000)).unwrap(); // 100 a second
        for (window, expected) in [(1_000, 100), (10_000, 1_000), (60_000, 1_000), (5, 0)] {
            assert_eq!(schedule.in_window(Millis(window)), expected, "{window} ms");
        }
    }

    #[test]
    fn nobody_and_no_time_are_no_schedule() {
        assert_eq!(Schedule::new(0, Millis(1)), None);
        assert_eq!(Schedule::new(1, Millis(0)), None);
        assert_eq!(Schedule::new(2, Millis(1_000)).unwrap().due(2, 0), None);
    }
}
