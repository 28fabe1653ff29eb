//! Names to addresses: overrides first, then the system, once per name and run.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError};

use super::deadline::Deadline;
use crate::evidence::{Cause, Failure, Stage};
use crate::model::{Host, Micros};
use crate::net::clock;

/// Which addresses may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressFamily {
    /// Both.
    #[default]
    Any,
    /// `-4`.
    V4,
    /// `-6`.
    V6,
}

/// What a resolution gave, and what it cost: nothing when it came from the cache.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// In the resolver's order; never empty.
    pub addresses: Vec<SocketAddr>,
    /// How long the system took.
    pub took: Micros,
}

/// The run's resolver.
#[derive(Debug, Default)]
pub struct Resolver {
    /// `--resolve host:port:ip`.
    pub overrides: BTreeMap<(String, u16), Vec<IpAddr>>,
    /// `-4` or `-6`.
    pub family: AddressFamily,
    cache: Mutex<BTreeMap<String, Vec<IpAddr>>>,
}

impl Resolver {
    /// With the user's overrides and choice of family.
    #[must_use]
    pub fn new(overrides: BTreeMap<(String, u16), Vec<IpAddr>>, family: AddressFamily) -> Self {
        Self {
            overrides,
            family,
            cache: Mutex::default(),
        }
    }

    /// The addresses of a host, from the cache where it was asked before.
    ///
    /// # Errors
    /// [`Stage::Resolve`] when there is none, or the deadline passes first.
    pub fn resolve(&self, host: &Host, port: u16, end: &Deadline) -> Result<Resolved, Failure> {
        self.look_up(host, port, end, true)
    }

    /// The addresses of a host, asked anew: what a cold visitor pays.
    ///
    /// # Errors
    /// As [`Self::resolve`].
    pub fn resolve_anew(
        &self,
        host: &Host,
        port: u16,
        end: &Deadline,
    ) -> Result<Resolved, Failure> {
        self.look_up(host, port, end, false)
    }

    fn look_up(
        &self,
        host: &Host,
        port: u16,
        end: &Deadline,
        cached: bool,
    ) -> Result<Resolved, Failure> {
        let bare = host.bare();
        let (found, took) = match (self.overrides.get(&(bare.clone(), port)), host) {
            (Some(given), _) => (given.clone(), Micros(0)),
            (None, Host::Address(address)) => (vec![*address], Micros(0)),
            (None, Host::Name(name)) => {
                let known = self
                    .cache
                    .lock()
                    .ok()
                    .and_then(|cache| cache.get(name).cloned());
                match known.filter(|_| cached) {
                    Some(known) => (known, Micros(0)),
                    None => self.ask_system(name, end)?,
                }
            }
        };
        let fits = |address: &IpAddr| match self.family {
            AddressFamily::Any => true,
            AddressFamily::V4 => address.is_ipv4(),
            AddressFamily::V6 => address.is_ipv6(),
        };
        let addresses: Vec<_> = found
            .into_iter()
            .filter(fits)
            .map(|address| SocketAddr::new(address, port))
            .collect();
        if addresses.is_empty() {
            let detail = match self.family {
                AddressFamily::Any => "the name has no address",
                AddressFamily::V4 => "no IPv4 address, and -4 was given",
                AddressFamily::V6 => "no IPv6 address, and -6 was given",
            };
            return Err(end.failure(Stage::Resolve, Cause::NoAddress, detail));
        }
        Ok(Resolved { addresses, took })
    }

    /// `getaddrinfo` has no timeout: it runs on a thread that is left behind when it takes longer
    /// than the deadline.
    fn ask_system(&self, name: &str, end: &Deadline) -> Result<(Vec<IpAddr>, Micros), Failure> {
        let (send, receive) = mpsc::channel();
        let asked = name.to_owned();
        let start = clock::now();
        std::thread::spawn(move || {
            let answer = (asked.as_str(), 0)
                .to_socket_addrs()
                .map(|found| found.map(|address| address.ip()).collect::<Vec<_>>());
            // The receiver is gone when the deadline passed: nobody is waiting any more.
            let _ = send.send(answer);
        });
        loop {
            match receive.recv_timeout(end.slice()) {
                Ok(Ok(mut found)) => {
                    let took = clock::since(start);
                    let mut seen = std::collections::BTreeSet::new();
                    found.retain(|address| seen.insert(*address));
                    if let Ok(mut cache) = self.cache.lock() {
                        cache.insert(name.to_owned(), found.clone());
                    }
                    return Ok((found, took));
                }
                Ok(Err(error)) => {
                    return Err(end.failure(Stage::Resolve, Cause::NoAddress, error.to_string()));
                }
                Err(RecvTimeoutError::Timeout) if !end.has_passed() => {}
                Err(_) => return Err(end.failure(Stage::Resolve, Cause::TimedOut, "")),
            }
        }
    }
}
