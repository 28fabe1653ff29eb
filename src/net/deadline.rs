//! An absolute end, and a way to bring it forward.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock;
use crate::evidence::{Cause, Failure, Stage};
use crate::model::Millis;
use crate::wire::tls::Alert;

/// How long a blocking call may go without looking whether the run was interrupted.
const SLICE: Duration = Duration::from_millis(200);

/// Raised once, for the whole run, when the user interrupts it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks everything to end.
    pub fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether everything was asked to end.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// When an attempt must be over, whatever the peer does meanwhile: a byte a second does not
/// stretch it.
#[derive(Clone, Debug)]
pub struct Deadline {
    started: Instant,
    end: Instant,
    /// The end that no pause puts off: that of the whole run.
    latest: Instant,
    paused: Arc<Mutex<Paused>>,
    stop: Stop,
}

/// How long an attempt was held up on purpose.
#[derive(Debug, Default)]
struct Paused {
    /// In all; pauses of several threads at once count once.
    time: Duration,
    /// The end of the last of them.
    until: Option<Instant>,
}

/// An audit is held up by rate limits for no longer than this in all.
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 60);

impl Deadline {
    /// `within` from now.
    #[must_use]
    pub fn within(within: Duration, stop: &Stop) -> Self {
        let started = clock::now();
        // An hour stands for "no limit": Instant + Duration::MAX would overflow.
        let end = started + within.min(Duration::from_secs(3600));
        Self {
            started,
            end,
            latest: end,
            paused: Arc::default(),
            stop: stop.clone(),
        }
    }

    /// The same attempt, ending at the earlier of its own end and `within` from now.
    #[must_use]
    pub fn sooner(&self, within: Duration) -> Self {
        let own = Self::within(within, &self.stop);
        Self {
            end: own.end.min(self.put_off()),
            latest: self.latest,
            ..own
        }
    }

    /// Time left; zero when it has passed or the run was interrupted.
    #[must_use]
    pub fn left(&self) -> Duration {
        if self.stop.is_raised() {
            return Duration::ZERO;
        }
        self.put_off().saturating_duration_since(clock::now())
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.left().is_zero()
    }

    /// Whether it ended because the run was interrupted.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.stop.is_raised()
    }

    /// The longest one blocking call may wait before it must look again.
    #[must_use]
    pub fn slice(&self) -> Duration {
        self.left().min(SLICE)
    }

    /// Since the attempt began.
    #[must_use]
    pub fn spent(&self) -> Millis {
        clock::now().saturating_duration_since(self.started).into()
    }

    /// Sleeps on purpose: the end is put off by as much. False, and at once, where that would be too
    /// long, or past the end of the run.
    #[must_use]
    pub fn pause(&self, time: Duration) -> bool {
        let now = clock::now();
        let until = now + time;
        if until > self.latest {
            return false;
        }
        {
            let mut paused = self.paused();
            let from = paused.until.map_or(now, |known| known.max(now));
            let longer = until.saturating_duration_since(from);
            if paused.time + longer > LONGEST_PAUSE {
                return false;
            }
            paused.time += longer;
            paused.until = Some(from.max(until));
        }
        self.sleep(time)
    }

    /// The end, put off by the pauses so far.
    fn put_off(&self) -> Instant {
        (self.end + self.paused().time).min(self.latest.max(self.end))
    }

    fn paused(&self) -> MutexGuard<'_, Paused> {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps, but not past the end nor through an interruption. True when the whole time passed.
    #[must_use]
    pub fn sleep(&self, time: Duration) -> bool {
        let until = clock::now() + time;
        loop {
            let rest = until.saturating_duration_since(clock::now());
            if rest.is_zero() {
                return true;
            }
            if self.has_passed() {
                return false;
            }
            std::thread::sleep(rest.min(self.slice()));
        }
    }

    /// A failure at `stage`, now. A cause of timing out becomes interruption when that is why.
    #[must_use]
    pub fn failure(&self, stage: Stage, cause: Cause, detail: impl Into<String>) -> Failure {
        let cause = if self.interrupted() {
            Cause::Interrupted
        } else {
            cause
        };
        Failure {
            stage,
            cause,
            detail: detail.into(),
            after: self.spent(),
        }
    }

    /// The failure an I/O error stands for, an alert of TLS among them.
    #[must_use]
    pub fn io_failure(&self, stage: Stage, error: &std::io::Error) -> Failure {
        use std::io::ErrorKind as Kind;
        if let Some(lack) = lack(error) {
            return self.failure(stage, Cause::OutOfResources, lack);
        }
        if let Some(alert) = alert(error) {
            let cause = Cause::Alert(alert.description);
            return self.failure(stage, cause, alert.to_string());
        }
        #[expect(clippy::wildcard_enum_match_arm, reason = "the enum is open and large")]
        let cause = match error.kind() {
            Kind::TimedOut | Kind::WouldBlock => Cause::TimedOut,
            Kind::ConnectionRefused => Cause::Refused,
            Kind::ConnectionReset | Kind::BrokenPipe | Kind::ConnectionAborted => Cause::Reset,
            Kind::UnexpectedEof => Cause::Closed,
            Kind::InvalidData => Cause::Garbage,
            Kind::AddrNotAvailable => Cause::NoAddress,
            _ => Cause::Unreachable,
        };
        let detail = match cause {
            Cause::TimedOut | Cause::Closed | Cause::Refused | Cause::Reset => String::new(),
            Cause::NoAddress
            | Cause::Unreachable
            | Cause::Alert(_)
            | Cause::Garbage
            | Cause::TooLarge
            | Cause::Interrupted
            | Cause::OutOfResources
            | Cause::NotTried
            | Cause::NotMeant
            | Cause::Bug => error.to_string(),
        };
        self.failure(stage, cause, detail)
    }
}

/// The alert by which the peer ended a TLS connection: in the handshake, or behind it.
fn alert(error: &std::io::Error) -> Option<Alert> {
    let tls = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    let rustls::Error::AlertReceived(description) = tls else {
        return None;
    };
    Some(Alert::fatal(u8::from(*description)))
}

/// What this machine lacks, where that is why a call failed. Numbers as in `errno.h` of Linux, macOS
/// and the BSDs, and in `winsock2.h`; the standard library has no kind for most of them.
fn lack(error: &std::io::Error) -> Option<&'static str> {
    const FILES: &str = "file descriptors; raise `ulimit -n`, or try fewer --jobs";
    const MEMORY: &str = "threads or memory; try fewer --jobs";
    match error.raw_os_error() {
        // EMFILE, ENFILE, WSAEMFILE.
        Some(23 | 24 | 10024) => Some(FILES),
        // ENOBUFS of Linux and of the BSDs, WSAENOBUFS.
        Some(105) if cfg!(target_os = "linux") => Some(MEMORY),
        Some(55) if cfg!(unix) && !cfg!(target_os = "linux") => Some(MEMORY),
        Some(10055) => Some(MEMORY),
        _ => (error.kind() == std::io::ErrorKind::OutOfMemory).then_some(MEMORY),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};
    use std::time::Duration;

    use super::{Deadline, Stop};
    use crate::evidence::{Cause, Stage};

    /// What this machine has run out of is never the peer's fault.
    #[cfg(target_os = "linux")]
    #[test]
    fn our_lack_has_our_name_on_it() {
        let end = Deadline::within(Duration::from_secs(10), &Stop::default());
        for (error, cause) in [
            (Error::from_raw_os_error(24), Cause::OutOfResources), // EMFILE
            (Error::from_raw_os_error(23), Cause::OutOfResources), // ENFILE
            (Error::from_raw_os_error(12), Cause::OutOfResources), // ENOMEM
            (Error::from_raw_os_error(105), Cause::OutOfResources), // ENOBUFS
            (ErrorKind::OutOfMemory.into(), Cause::OutOfResources),
            (Error::from_raw_os_error(11), Cause::TimedOut), // EAGAIN of a socket
            (Error::from_raw_os_error(111), Cause::Refused),
            (Error::from_raw_os_error(113), Cause::Unreachable),
        ] {
            assert_eq!(
                end.io_failure(Stage::Connect, &error).cause,
                cause,
                "{error}"
            );
        }
    }
}
