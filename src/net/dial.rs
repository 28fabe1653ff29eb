//! The one way to a connected socket: resolve, then race the addresses.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::clock;
use super::deadline::Deadline;
use super::resolve::Resolver;
use super::sock::DeadlineSock;
use crate::evidence::{Failure, Stage};
use crate::model::{Host, Micros};

/// RFC 8305 §5: the recommended Connection Attempt Delay.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// At most so many addresses are tried.
const ATTEMPTS: usize = 6;

/// A connected socket and what it cost.
#[derive(Debug)]
pub struct Dialled {
    /// Connected, under the deadline it was dialled with.
    pub sock: DeadlineSock,
    /// The peer.
    pub address: SocketAddr,
    /// Name resolution; zero when cached or not needed.
    pub dns: Micros,
    /// From the first attempt to the established connection.
    pub tcp: Micros,
    /// The part of `tcp` that passed before the winning attempt began.
    pub fallback: Micros,
}

/// Whether a name is asked for anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// From the run's cache where possible.
    Cached,
    /// From the system, as a cold visitor would.
    Anew,
}

/// Resolves and connects.
///
/// # Errors
/// [`Stage::Resolve`] or [`Stage::Connect`] with the cause.
pub fn dial(
    host: &Host,
    port: u16,
    resolver: &Resolver,
    names: Names,
    end: &Deadline,
) -> Result<Dialled, Failure> {
    let found = match names {
        Names::Cached => resolver.resolve(host, port, end)?,
        Names::Anew => resolver.resolve_anew(host, port, end)?,
    };
    let mut dialled = dial_any(&found.addresses, end)?;
    dialled.dns = found.took;
    Ok(dialled)
}

/// Connects to the first of `addresses` that answers (RFC 8305): attempts are staggered, families
/// interleaved, and the losers are dropped. Attempts run on threads of their own even when there is
/// only one, so that an interruption need not wait for a silent address.
///
/// # Errors
/// [`Stage::Connect`] with the cause of the last attempt.
pub fn dial_any(addresses: &[SocketAddr], end: &Deadline) -> Result<Dialled, Failure> {
    let start = clock::now();
    let (stream, address, fallback) = race(&interleaved(addresses), end)
        .map_err(|error| end.io_failure(Stage::Connect, &error))?;
    let tcp = clock::since(start);
    // Small requests must not wait for the peer's delayed acknowledgement. Not fatal where refused.
    let _ = stream.set_nodelay(true);
    let sock = DeadlineSock::new(stream, end.clone());
    Ok(Dialled {
        sock,
        address,
        dns: Micros(0),
        tcp,
        fallback,
    })
}

/// RFC 8305 §4: one of each family in turn, starting with the resolver's first.
fn interleaved(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for address in addresses {
        if address.is_ipv6() == first_is_v6 {
            ours.push(*address);
        } else {
            theirs.push(*address);
        }
    }
    let mut theirs = theirs.into_iter();
    let mut mixed = Vec::new();
    for address in ours {
        mixed.push(address);
        mixed.extend(theirs.next());
    }
    mixed.extend(theirs);
    mixed.truncate(ATTEMPTS);
    mixed
}

type Attempted = (io::Result<TcpStream>, SocketAddr, Micros);

fn race(addresses: &[SocketAddr], end: &Deadline) -> io::Result<(TcpStream, SocketAddr, Micros)> {
    let (send, receive) = mpsc::channel::<Attempted>();
    let start = clock::now();
    let mut queue = addresses.iter().copied();
    let (mut running, mut waiting) = (0, addresses.len());
    let mut last: io::Error = io::ErrorKind::AddrNotAvailable.into();
    let mut next_at = start;
    loop {
        if clock::now() >= next_at
            && let Some(address) = queue.next()
        {
            let (send, left, offset) = (send.clone(), end.left(), clock::since(start));
            std::thread::spawn(move || {
                // The receiver is gone once another address has won.
                let _ = send.send((connect(address, left), address, offset));
            });
            running += 1;
            waiting -= 1;
            next_at = clock::now() + ATTEMPT_DELAY;
        }
        if running == 0 && waiting == 0 {
            return Err(last);
        }
        let pause = if waiting > 0 {
            next_at
                .saturating_duration_since(clock::now())
                .min(end.slice())
        } else {
            end.slice()
        };
        match receive.recv_timeout(pause) {
            Ok((Ok(stream), address, offset)) => return Ok((stream, address, offset)),
            Ok((Err(error), _, _)) => {
                last = error;
                running -= 1;
                // A refusal frees the next attempt at once (RFC 8305 §5).
                next_at = clock::now();
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                if end.has_passed() {
                    return Err(io::ErrorKind::TimedOut.into());
                }
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place sockets are opened"
)]
fn connect(address: SocketAddr, left: Duration) -> io::Result<TcpStream> {
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    TcpStream::connect_timeout(&address, left)
}
