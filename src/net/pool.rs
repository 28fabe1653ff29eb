//! Blocking work on a few threads at once.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does `work` for every item on at most `width` threads; the results are in the order of the items.
/// Where the machine has fewer threads to give, it is done on fewer, or by the caller alone.
///
/// The threads are gone on return. A panic in `work` goes on in the caller.
pub fn in_order<T: Sync, R: Send>(
    width: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return done;
            };
            done.push((index, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let width = width.clamp(1, items.len().max(1));
        let workers: Vec<_> = (0..width)
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, worker).ok())
            .collect();
        if workers.is_empty() {
            return worker();
        }
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Does `own` while another thread does `beside`; where the machine has no thread to give, one after
/// the other. The second is an error where it panicked.
pub fn both<A, B: Send>(
    own: impl FnOnce() -> A,
    beside: impl FnOnce() -> B + Send,
) -> (A, thread::Result<B>) {
    // A thread that is not to be had takes what it was to do with it, unless that stays here.
    let beside = Mutex::new(Some(beside));
    let take = || {
        let mut beside = beside.lock().unwrap_or_else(PoisonError::into_inner);
        beside.take()
    };
    thread::scope(|scope| {
        let other = thread::Builder::new().spawn_scoped(scope, || take().map(|beside| beside()));
        let done = own();
        let other = match other {
            Ok(other) => other.join(),
            Err(_) => std::panic::catch_unwind(AssertUnwindSafe(|| take().map(|beside| beside()))),
        };
        let nothing = || Err(Box::new("nothing was done") as Box<dyn Any + Send>);
        (done, other.and_then(|done| done.map_or_else(nothing, Ok)))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{both, in_order};

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for (width, items) in [(0, 3), (1, 0), (1, 5), (3, 3), (4, 100), (100, 4)] {
            let items: Vec<usize> = (0..items).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(in_order(width, &items, |item| item * 2), doubled);
        }
    }

    #[test]
    fn both_are_done_and_a_panic_stays_beside() {
        assert!(matches!(both(|| 1, || 2), (1, Ok(2))));
        assert!(matches!(
            both(|| 1, || -> u8 { panic!("planted") }),
            (1, Err(_))
        ));
    }

    #[test]
    fn never_more_than_the_width_at_once() {
        let (busy, most) = (AtomicUsize::new(0), Mutex::new(0));
        in_order(3, &[(); 64], |()| {
            let now = busy.fetch_add(1, Ordering::SeqCst) + 1;
            let mut most = most.lock().unwrap();
            *most = now.max(*most);
            drop(most);
            busy.fetch_sub(1, Ordering::SeqCst);
        });
        assert!((1..=3).contains(&most.into_inner().unwrap()));
    }
}
