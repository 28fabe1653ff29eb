//! Blocking work on a few threads at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does `work` for every item on at most `width` threads; the results are in the order of the items.
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
        let workers: Vec<_> = (0..width).map(|_| scope.spawn(worker)).collect();
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::in_order;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for (width, items) in [(0, 3), (1, 0), (1, 5), (3, 3), (4, 100), (100, 4)] {
            let items: Vec<usize> = (0..items).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(in_order(width, &items, |item| item * 2), doubled);
        }
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
