//! Calls that cannot be interrupted, made on threads of their own.
//!
//! On a busy machine a thread that is started for the occasion waits its turn behind whatever is
//! running; one that was asleep goes first. So a thread stands by once its first errand is done:
//! what the next one times is the network's, not the scheduler's.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, SendError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

use super::clock;
use crate::model::Micros;

type Errand = Box<dyn FnOnce() + Send>;

/// At most so many threads stand by.
const STANDING_BY: usize = 16;

static IDLE: Mutex<Vec<Sender<Errand>>> = Mutex::new(Vec::new());

thread_local! {
    /// Microseconds for which this thread's errands waited to begin, so far.
    static WAITED: Arc<AtomicU64> = Arc::default();
}

/// How long the errands of the calling thread have waited for a processor before they began, so far.
pub(super) fn waited() -> Micros {
    WAITED.with(|waited| Micros(waited.load(Ordering::Relaxed)))
}

/// Runs `errand` on a thread that stands by, or on a new one. Nobody waits for it: it outlives its
/// caller's deadline where it must, and the process does not outlive `main` for it.
///
/// # Errors
/// Where the machine has no more threads to give.
pub(super) fn run(errand: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let (waited, sent) = (WAITED.with(Arc::clone), clock::now());
    let mut errand: Errand = Box::new(move || {
        waited.fetch_add(clock::since(sent).0, Ordering::Relaxed);
        errand();
    });
    loop {
        let Some(idle) = idle().pop() else { break };
        match idle.send(errand) {
            Ok(()) => return Ok(()),
            Err(SendError(back)) => errand = back,
        }
    }
    let started = Builder::new().spawn(move || stand_by(errand));
    started.map(drop).map_err(no_thread)
}

/// What the system calls "try again" is no time-out of the peer's.
fn no_thread(error: io::Error) -> io::Error {
    io::Error::new(io::ErrorKind::OutOfMemory, error)
}

fn stand_by(mut errand: Errand) {
    let (send, receive) = mpsc::channel();
    loop {
        errand();
        let mut idle = idle();
        if idle.len() >= STANDING_BY {
            return;
        }
        idle.push(send.clone());
        drop(idle);
        match receive.recv() {
            Ok(next) => errand = next,
            Err(_) => return,
        }
    }
}

/// A list of senders is whole whatever panicked beside it.
fn idle() -> MutexGuard<'static, Vec<Sender<Errand>>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    /// Many at once, then one after another: each is run once, none waits for another.
    #[test]
    fn every_errand_is_run_even_while_others_hang() {
        let (done, results) = mpsc::channel();
        let (release, held) = mpsc::channel::<()>();
        super::run(move || {
            let _ = held.recv();
        })
        .unwrap();
        for round in 0..50 {
            let done = done.clone();
            super::run(move || done.send(round).unwrap()).unwrap();
            assert_eq!(results.recv(), Ok(round));
        }
        drop(release);
    }
}
