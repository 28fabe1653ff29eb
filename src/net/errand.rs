//! Calls that cannot be interrupted, made on threads of their own.
//!
//! On a busy machine a thread that is started for the occasion waits its turn behind whatever is
//! running; one that was asleep goes first. So a thread stands by once its first errand is done:
//! what the next one times is the network's, not the scheduler's.

use std::sync::mpsc::{self, SendError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};

type Errand = Box<dyn FnOnce() + Send>;

/// At most so many threads stand by.
const STANDING_BY: usize = 16;

static IDLE: Mutex<Vec<Sender<Errand>>> = Mutex::new(Vec::new());

/// Runs `errand` on a thread that stands by, or on a new one. Nobody waits for it: it outlives its
/// caller's deadline where it must, and the process does not outlive `main` for it.
pub(super) fn run(errand: impl FnOnce() + Send + 'static) {
    let mut errand: Errand = Box::new(errand);
    loop {
        let Some(idle) = idle().pop() else { break };
        match idle.send(errand) {
            Ok(()) => return,
            Err(SendError(back)) => errand = back,
        }
    }
    std::thread::spawn(move || stand_by(errand));
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
        });
        for round in 0..50 {
            let done = done.clone();
            super::run(move || done.send(round).unwrap());
            assert_eq!(results.recv(), Ok(round));
        }
        drop(release);
    }
}
