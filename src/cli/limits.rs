//! What the machine lets this process have: no more is begun than that.

use super::output::complain;

/// File descriptors that one target takes at most: connections for requests, hellos and WebSockets
/// at once, and their spares.
const OF_A_TARGET: u64 = 16;

/// File descriptors that the rest takes: streams, reports, DNS, certificates.
const OF_THE_RUN: u64 = 32;

/// Targets at a time, where nobody says how many.
const JOBS: u16 = 16;

/// How many targets there can be at a time; a word about it where that is fewer than were asked for.
pub(super) fn jobs(asked: Option<u16>) -> usize {
    let asked = usize::from(asked.unwrap_or(JOBS));
    let Some(limit) = descriptors(asked) else {
        return asked;
    };
    let fitting = fitting(asked, limit);
    if fitting < asked {
        complain(&format!(
            "note: {fitting} targets at a time instead of {asked}: this process may open {limit} files \
             (ulimit -n)\n"
        ));
    }
    fitting
}

/// At least one, whatever becomes of it.
fn fitting(asked: usize, limit: u64) -> usize {
    let room = limit.saturating_sub(OF_THE_RUN) / OF_A_TARGET;
    usize::try_from(room)
        .unwrap_or(usize::MAX)
        .clamp(1, asked.max(1))
}

/// How many files may be open at once, raised as far as this run wants and the machine allows: what
/// is set at first is kept low for programs that use `select`.
#[cfg(unix)]
fn descriptors(jobs: usize) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current?;
    let wanted = OF_THE_RUN + OF_A_TARGET * u64::try_from(jobs).ok()?;
    let wanted = limit.maximum.map_or(wanted, |most| most.min(wanted));
    if current >= wanted {
        return Some(current);
    }
    let raised = Rlimit {
        current: Some(wanted),
        ..limit
    };
    let raised = setrlimit(Resource::Nofile, raised);
    Some(raised.map_or(current, |()| wanted))
}

/// Sockets are not counted there.
#[cfg(not(unix))]
fn descriptors(_: usize) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn no_more_is_begun_than_there_is_room_for() {
        for (asked, limit, expected) in [
            (16, 1024, 16),
            (64, 1024, 62),
            (16, 256, 14),
            (16, 64, 2),
            (16, 40, 1),
            (16, 0, 1),
            (1024, 1_048_576, 1024),
        ] {
            assert_eq!(fitting(asked, limit), expected, "{asked} of {limit}");
        }
    }
}
