//! The one pool of threads: a job for each item, a bounded number at a time, results in order.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `job` for every item on at most `width` threads, and gives the results in the items' order.
/// Where a job panics, so does this, once all threads are done.
pub fn in_order<T: Sync, R: Send>(
    items: &[T],
    width: usize,
    job: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..width.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                while let Some((index, item)) = take(&next, items) {
                    let result = job(item);
                    if let Ok(mut results) = results.lock() {
                        results.push((index, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn take<'t, T>(next: &AtomicUsize, items: &'t [T]) -> Option<(usize, &'t T)> {
    let index = next.fetch_add(1, Ordering::SeqCst);
    items.get(index).map(|item| (index, item))
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_are_in_order_whatever_the_width() {
        let items: Vec<u32> = (0..50).collect();
        for width in [0, 1, 3, 64] {
            assert_eq!(
                in_order(&items, width, |item| item * 2),
                (0..100).step_by(2).collect::<Vec<_>>()
            );
        }
        assert!(in_order(&[0; 0], 4, |item: &u32| *item).is_empty());
    }
}
