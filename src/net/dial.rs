//! The one way to a connected socket: resolve, then race the addresses.

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::clock;
use super::deadline::Deadline;
use super::errand;
use super::resolve::{Destination, Resolver, Tunnel};
use super::sock::DeadlineSock;
use super::tunnel;
use crate::evidence::{Cause, Failure, PassedOver, Stage};
use crate::model::Micros;

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
    /// When it began; the phases below are counted from here without a gap.
    pub began: Instant,
    /// Name resolution; zero when cached or not needed.
    pub dns: Micros,
    /// From the first attempt to the established connection.
    pub tcp: Micros,
    /// The part of `tcp` that passed before the winning attempt began.
    pub fallback: Micros,
    /// The addresses that were tried before the winner and had not answered when it did.
    pub passed_over: Vec<PassedOver>,
}

/// Whether a name is asked for anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// From the run's cache where possible.
    Cached,
    /// From the system, as a cold visitor would.
    Anew,
}

/// Resolves and connects, or has a proxy do both.
///
/// # Errors
/// [`Stage::Resolve`], [`Stage::Connect`] or [`Stage::Proxy`] with the cause.
pub fn dial(
    to: Destination<'_>,
    resolver: &Resolver,
    names: Names,
    end: &Deadline,
) -> Result<Dialled, Failure> {
    if let Some(tunnel) = resolver.tunnel(to, end)? {
        return through(&tunnel, end);
    }
    let began = clock::now();
    let found = match names {
        Names::Cached => resolver.resolve(to.host, to.port, end)?,
        Names::Anew => resolver.resolve_anew(to.host, to.port, end)?,
    };
    // Looking into the cache is no name resolution.
    let asked = (found.took > Micros(0)).then_some(began);
    connect_any(&found.addresses, asked, end)
}

/// Where connections go that must not lead to one server and then to another.
#[derive(Clone, Debug)]
pub enum Peer {
    /// To one address.
    Address(SocketAddr),
    /// To wherever a proxy leads.
    Tunnel(Tunnel),
}

/// Connects there.
///
/// # Errors
/// [`Stage::Connect`] or [`Stage::Proxy`] with the cause.
pub fn reach(peer: &Peer, end: &Deadline) -> Result<Dialled, Failure> {
    match peer {
        Peer::Address(address) => dial_any(&[*address], end),
        Peer::Tunnel(tunnel) => through(tunnel, end),
    }
}

/// What the proxy takes to resolve and to connect cannot be told apart, and its own addresses are
/// not the target's: it is one phase, and nothing was passed over.
fn through(tunnel: &Tunnel, end: &Deadline) -> Result<Dialled, Failure> {
    let mut dialled = dial_any(&tunnel.at, end).map_err(|failure| Failure {
        stage: Stage::Proxy,
        detail: tunnel.proxy.to_string(),
        ..failure
    })?;
    let sock = &mut dialled.sock;
    tunnel::open(sock, &tunnel.proxy, &tunnel.host, tunnel.port, end)?;
    Ok(Dialled {
        dns: Micros(0),
        tcp: clock::since(dialled.began),
        fallback: Micros(0),
        passed_over: Vec::new(),
        ..dialled
    })
}

/// Connects to the first of `addresses` that answers (RFC 8305): attempts are staggered, families
/// interleaved, and the losers are dropped. Attempts run on threads of their own even when there is
/// only one, so that an interruption need not wait for a silent address.
///
/// # Errors
/// [`Stage::Connect`] with the cause of the last attempt.
pub fn dial_any(addresses: &[SocketAddr], end: &Deadline) -> Result<Dialled, Failure> {
    connect_any(addresses, None, end)
}

fn connect_any(
    addresses: &[SocketAddr],
    asked: Option<Instant>,
    end: &Deadline,
) -> Result<Dialled, Failure> {
    let race = Race::new(interleaved(addresses), end);
    let resolved = race.start;
    let began = asked.unwrap_or(resolved);
    let won = race
        .run()
        .map_err(|error| end.io_failure(Stage::Connect, &error))?;
    // Small requests must not wait for the peer's delayed acknowledgement. Not fatal where refused.
    let _ = won.stream.set_nodelay(true);
    let since = |mark: Instant| Micros::from(mark.saturating_duration_since(began));
    Ok(Dialled {
        sock: DeadlineSock::new(won.stream, end.clone()),
        address: won.attempt.address,
        began,
        dns: since(resolved),
        tcp: since(won.connected) - since(resolved),
        fallback: if won.passed_over.is_empty() {
            Micros(0)
        } else {
            since(won.attempt.began) - since(resolved)
        },
        passed_over: won.passed_over,
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

/// One address being tried.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    address: SocketAddr,
    began: Instant,
}

/// What an attempt came to, and when: stamped on its own thread, so that a late wake-up of the one
/// that waits is not counted as the network's.
struct Ended {
    attempt: Attempt,
    at: Instant,
    result: io::Result<TcpStream>,
}

struct Won {
    attempt: Attempt,
    stream: TcpStream,
    connected: Instant,
    passed_over: Vec<PassedOver>,
}

/// Attempts on several addresses, each on a thread of its own, the next one begun when the last has
/// failed or has been silent for [`ATTEMPT_DELAY`].
struct Race<'a> {
    end: &'a Deadline,
    start: Instant,
    waiting: VecDeque<SocketAddr>,
    running: Vec<Attempt>,
    failed: Vec<(Attempt, io::Error)>,
    next_at: Instant,
    send: Sender<Ended>,
    receive: Receiver<Ended>,
}

impl<'a> Race<'a> {
    fn new(addresses: Vec<SocketAddr>, end: &'a Deadline) -> Self {
        let (send, receive) = mpsc::channel();
        let start = clock::now();
        Self {
            end,
            start,
            waiting: addresses.into(),
            running: Vec::new(),
            failed: Vec::new(),
            next_at: start,
            send,
            receive,
        }
    }

    fn run(mut self) -> io::Result<Won> {
        loop {
            self.begin_next();
            if self.running.is_empty() && self.waiting.is_empty() {
                let last = self.failed.pop().map(|(_, error)| error);
                return Err(last.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()));
            }
            match self.receive.recv_timeout(self.pause()) {
                Ok(Ended {
                    attempt,
                    at,
                    result: Ok(stream),
                }) => {
                    return Ok(self.won(attempt, stream, at));
                }
                Ok(Ended {
                    attempt,
                    result: Err(error),
                    ..
                }) => self.lost(attempt, error),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    if self.end.has_passed() {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
            }
        }
    }

    /// Begins the next attempt, if its time has come.
    fn begin_next(&mut self) {
        let now = clock::now();
        if now < self.next_at {
            return;
        }
        let Some(address) = self.waiting.pop_front() else {
            return;
        };
        let (attempt, left) = (
            Attempt {
                address,
                began: now,
            },
            self.end.left(),
        );
        let send = self.send.clone();
        let begun = errand::run(move || {
            let result = connect(address, left);
            let at = clock::now();
            // The receiver is gone once another address has won.
            let _ = send.send(Ended {
                attempt,
                at,
                result,
            });
        });
        match begun {
            Ok(()) => self.running.push(attempt),
            Err(error) => self.failed.push((attempt, error)),
        }
        self.next_at = now + ATTEMPT_DELAY;
    }

    /// How long nothing needs to be done.
    fn pause(&self) -> Duration {
        if self.waiting.is_empty() {
            return self.end.slice();
        }
        let until_next = self.next_at.saturating_duration_since(clock::now());
        until_next.min(self.end.slice())
    }

    /// A refusal frees the next attempt at once (RFC 8305 §5).
    fn lost(&mut self, attempt: Attempt, error: io::Error) {
        self.running
            .retain(|other| other.address != attempt.address);
        self.failed.push((attempt, error));
        self.next_at = clock::now();
    }

    fn won(self, attempt: Attempt, stream: TcpStream, connected: Instant) -> Won {
        let failed = self.failed.iter().map(|(other, error)| PassedOver {
            address: other.address.to_string(),
            cause: self.end.io_failure(Stage::Connect, error).cause,
        });
        let silent = self
            .running
            .iter()
            .filter(|other| other.began < attempt.began);
        let silent = silent.map(|other| PassedOver {
            address: other.address.to_string(),
            cause: Cause::TimedOut,
        });
        let passed_over = failed.chain(silent).collect();
        Won {
            attempt,
            stream,
            connected,
            passed_over,
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

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
    use std::time::Duration;

    use super::{dial_any, interleaved};
    use crate::model::Micros;
    use crate::net::{Deadline, Stop};

    fn end() -> Deadline {
        Deadline::within(Duration::from_secs(10), &Stop::default())
    }

    fn addresses(of: &[u8]) -> Vec<SocketAddr> {
        let address = |last: &u8| match last {
            ..100 => IpAddr::from(Ipv4Addr::new(192, 0, 2, *last)),
            _ => IpAddr::from(Ipv6Addr::new(
                0x2001,
                0xdb8,
                0,
                0,
                0,
                0,
                0,
                u16::from(*last),
            )),
        };
        of.iter()
            .map(|last| SocketAddr::new(address(last), 443))
            .collect()
    }

    /// As resolved, then in the order they are tried; below 100 is IPv4.
    #[rustfmt::skip]
    const ORDERS: &[(&[u8], &[u8])] = &[
        (&[1],                         &[1]),
        (&[100, 101, 1, 2],            &[100, 1, 101, 2]),
        (&[1, 2, 3, 100],              &[1, 100, 2, 3]),
        (&[100, 101, 102],             &[100, 101, 102]),
        (&[1, 2, 3, 4, 100, 101, 102], &[1, 100, 2, 101, 3, 102]), // six at most
        (&[],                          &[]),
    ];

    #[test]
    fn families_take_turns() {
        for (resolved, tried) in ORDERS {
            assert_eq!(interleaved(&addresses(resolved)), addresses(tried));
        }
    }

    #[test]
    fn an_address_that_refuses_is_passed_over_and_named() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let alive = listener.local_addr().unwrap();
        let dead = SocketAddr::new(IpAddr::from(Ipv6Addr::LOCALHOST), alive.port());
        let dialled = dial_any(&[dead, alive], &end()).unwrap();
        assert_eq!(dialled.address, alive);
        assert_eq!(dialled.passed_over.len(), 1);
        assert_eq!(dialled.passed_over[0].address, dead.to_string());
        assert!(dialled.fallback <= dialled.tcp);
    }

    #[test]
    fn the_first_address_costs_no_fallback() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let dialled = dial_any(&[listener.local_addr().unwrap()], &end()).unwrap();
        assert_eq!(dialled.fallback, Micros(0));
        assert_eq!(dialled.passed_over, []);
    }

    #[test]
    fn no_address_is_a_failure() {
        assert!(dial_any(&[], &end()).is_err());
    }
}
