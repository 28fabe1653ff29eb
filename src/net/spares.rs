//! Connections that are made while a first answer is waited for, for the requests behind it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::deadline::Deadline;

/// Connections of one client that stand and carry nothing yet, the oldest first.
#[derive(Debug)]
pub(super) struct Spares<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    /// Whether the first connection stands; `None` while that is open.
    begun: Option<bool>,
    ready: Vec<T>,
}

impl<T> Default for Spares<T> {
    fn default() -> Self {
        let state = State {
            begun: None,
            ready: Vec::new(),
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }
}

impl<T> Spares<T> {
    /// The first connection stands: a server that takes one at a time has taken that one.
    pub(super) fn begin(&self) {
        self.settle(true);
    }

    /// The first exchange is over: where no connection came of it, none is waited for any more.
    pub(super) fn give_up(&self) {
        self.settle(false);
    }

    fn settle(&self, begun: bool) {
        self.state().begun.get_or_insert(begun);
        self.changed.notify_all();
    }

    /// Waits for the first connection; false when the deadline comes before it.
    pub(super) fn has_begun(&self, end: &Deadline) -> bool {
        let mut state = self.state();
        loop {
            if let Some(begun) = state.begun {
                return begun;
            }
            if end.has_passed() {
                return false;
            }
            let waited = self.changed.wait_timeout(state, end.slice());
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Puts one by.
    pub(super) fn put(&self, made: T) {
        self.state().ready.push(made);
    }

    /// The one that stands longest.
    pub(super) fn take(&self) -> Option<T> {
        let ready = &mut self.state().ready;
        (!ready.is_empty()).then(|| ready.remove(0))
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Spares;
    use crate::net::{Deadline, Stop};

    fn end(millis: u64) -> Deadline {
        Deadline::within(Duration::from_millis(millis), &Stop::default())
    }

    #[test]
    fn the_oldest_goes_first() {
        let spares = Spares::default();
        assert_eq!(spares.take(), None);
        spares.put("one");
        spares.put("other");
        assert_eq!(
            [spares.take(), spares.take(), spares.take()],
            [Some("one"), Some("other"), None]
        );
    }

    #[test]
    fn what_came_of_the_first_connection_is_said_once() {
        let (stands, failed, open) = (
            Spares::<()>::default(),
            Spares::<()>::default(),
            Spares::<()>::default(),
        );
        stands.begin();
        stands.give_up();
        failed.give_up();
        failed.begin();
        assert!(stands.has_begun(&end(60_000)));
        assert!(!failed.has_begun(&end(60_000)));
        assert!(!open.has_begun(&end(0)));
    }

    #[test]
    fn whoever_waits_is_told() {
        let spares = Spares::<()>::default();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| spares.has_begun(&end(60_000)));
            spares.begin();
            assert!(waiting.join().unwrap());
        });
    }
}
