//! Names to addresses: overrides first, then the system, once per name and run.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};

use super::deadline::Deadline;
use super::errand;
use super::proxy::{Kind, Proxies, Proxy};
use crate::evidence::{Cause, Failure, Stage};
use crate::model::{Host, Micros, Url, UrlScheme, is_global, is_metadata_address};
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
    /// Hosts that may be a cloud's metadata service, because the target file says so.
    metadata: BTreeSet<Host>,
    /// Who resolves names in its place, and connects.
    proxies: Proxies,
    cache: Mutex<BTreeMap<String, Vec<IpAddr>>>,
}

/// Where a connection is to lead, and what will be spoken there.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    /// What will be spoken.
    pub scheme: UrlScheme,
    /// The host.
    pub host: &'a Host,
    /// The port.
    pub port: u16,
}

impl<'a> From<&'a Url> for Destination<'a> {
    fn from(url: &'a Url) -> Self {
        Self {
            scheme: url.scheme,
            host: &url.host,
            port: url.port,
        }
    }
}

/// A way to a host through a proxy.
#[derive(Clone, Debug)]
pub struct Tunnel {
    /// The proxy.
    pub proxy: Arc<Proxy>,
    /// Its addresses.
    pub at: Vec<SocketAddr>,
    /// Where it leads: a name that the proxy resolves, or an address.
    pub host: Host,
    /// On which port.
    pub port: u16,
}

impl Resolver {
    /// With the user's overrides and choice of family.
    #[must_use]
    pub fn new(overrides: BTreeMap<(String, u16), Vec<IpAddr>>, family: AddressFamily) -> Self {
        Self {
            overrides,
            family,
            metadata: BTreeSet::new(),
            proxies: Proxies::default(),
            cache: Mutex::default(),
        }
    }

    /// The same, for targets that declare `allow_metadata`.
    #[must_use]
    pub fn allowing_metadata(mut self, hosts: impl IntoIterator<Item = Host>) -> Self {
        self.metadata.extend(hosts);
        self
    }

    /// The same, through these.
    #[must_use]
    pub fn through(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// The proxy through which a host is reached, if any. What `--resolve` sends to this machine is
    /// reached without one.
    #[must_use]
    pub fn proxy(&self, to: Destination<'_>) -> Option<&Arc<Proxy>> {
        let given = self.overrides.get(&(to.host.bare(), to.port));
        let stays = given.is_some_and(|given| given.iter().any(IpAddr::is_loopback));
        self.proxies.of(to.scheme, to.host).filter(|_| !stays)
    }

    /// The way to a host through its proxy; `None` where there is none.
    ///
    /// # Errors
    /// [`Stage::Proxy`] when the proxy's own name has no address; [`Stage::Resolve`] when the target is
    /// a metadata service, or its name has no address and this machine is to resolve it.
    pub fn tunnel(&self, to: Destination<'_>, end: &Deadline) -> Result<Option<Tunnel>, Failure> {
        let Some(proxy) = self.proxy(to) else {
            return Ok(None);
        };
        let (host, port) = (to.host, to.port);
        let given = self.overrides.contains_key(&(host.bare(), port));
        let resolves = given || proxy.kind == Kind::SocksByAddress;
        let leads_to = if resolves || host.is_metadata() {
            let found = self.resolve(host, port, end)?;
            let first = found.addresses.first();
            first.map_or_else(|| host.clone(), |address| Host::Address(address.ip()))
        } else {
            host.clone()
        };
        let at = self.resolve(&proxy.host, proxy.port, end);
        let at = at.map_err(|failure| Failure {
            stage: Stage::Proxy,
            detail: format!("{proxy}: {}", failure.detail),
            ..failure
        })?;
        Ok(Some(Tunnel {
            proxy: Arc::clone(proxy),
            at: at.addresses,
            host: leads_to,
            port,
        }))
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
        if addresses
            .iter()
            .any(|address| self.is_off_limits(host, address.ip()))
        {
            let detail = "a cloud's metadata service, and the target has no allow_metadata";
            return Err(end.failure(Stage::Resolve, Cause::Unreachable, detail));
        }
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

    /// Names and redirects lead where the target file did not look: what hands out credentials is
    /// asked only when the file says so.
    fn is_off_limits(&self, host: &Host, address: IpAddr) -> bool {
        is_metadata_address(address) && !self.metadata.contains(host)
    }

    /// `getaddrinfo` has no timeout: it runs on a thread that is left behind when it takes longer
    /// than the deadline.
    fn ask_system(&self, name: &str, end: &Deadline) -> Result<(Vec<IpAddr>, Micros), Failure> {
        let (send, receive) = mpsc::channel();
        let asked = name.to_owned();
        let start = clock::now();
        let begun = errand::run(move || {
            let answer = (asked.as_str(), 0)
                .to_socket_addrs()
                .map(|found| found.map(|address| address.ip()).collect::<Vec<_>>());
            // The receiver is gone when the deadline passed: nobody is waiting any more.
            let _ = send.send(answer);
        });
        begun.map_err(|error| end.io_failure(Stage::Resolve, &error))?;
        loop {
            match receive.recv_timeout(end.slice()) {
                Ok(Ok(mut found)) => {
                    let took = clock::since(start);
                    let mut seen = std::collections::BTreeSet::new();
                    found.retain(|address| seen.insert(*address));
                    if let Ok(mut cache) = self.cache.lock() {
                        let before = cache
                            .entry(name.to_owned())
                            .or_insert_with(|| found.clone());
                        if let Some(inside) = rebound(before, &found) {
                            let detail = format!(
                                "the name led to a public address before and leads to {inside} now, as in \
                                 DNS rebinding"
                            );
                            return Err(end.failure(Stage::Resolve, Cause::Unreachable, detail));
                        }
                        before.clone_from(&found);
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

/// An address inside, where a name that led outside leads now: whoever answers for the name would
/// have this machine ask its own network.
fn rebound(before: &[IpAddr], now: &[IpAddr]) -> Option<IpAddr> {
    let was_public = !before.is_empty() && before.iter().all(|address| is_global(*address));
    let inside = now.iter().find(|address| !is_global(**address));
    inside.copied().filter(|_| was_public)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::IpAddr;
    use std::time::Duration;

    use super::{AddressFamily, Resolver, rebound};
    use crate::model::Host;
    use crate::net::{Deadline, Stop};

    /// A host, where an override sends it, whether the file allows it, and whether it is looked up.
    #[rustfmt::skip]
    const CASES: &[(&str, Option<&str>, bool, bool)] = &[
        ("127.0.0.1",                None,                    false, true),
        ("169.254.169.254",          None,                    false, false),
        ("169.254.169.254",          None,                    true,  true),
        ("[::ffff:169.254.169.254]", None,                    false, false),
        ("[fd00:ec2::254]",          None,                    false, false),
        ("shop.example",             Some("127.0.0.1"),       false, true),
        ("shop.example",             Some("169.254.169.254"), false, false),
        ("shop.example",             Some("169.254.169.254"), true,  true),
    ];

    /// What a name led to, what it leads to now, and whether that is followed.
    #[rustfmt::skip]
    const AGAIN: &[(&[&str], &[&str], bool)] = &[
        (&["1.1.1.1"],              &["1.0.0.1"],             true),
        (&["1.1.1.1"],              &["10.0.0.1"],            false),
        (&["1.1.1.1"],              &["1.0.0.1", "127.0.0.1"], false),
        (&["2606:4700::1111"],      &["64:ff9b::a00:1"],      false),
        (&["1.1.1.1"],              &["100.64.0.1"],          false),
        (&["1.1.1.1", "10.0.0.1"],  &["10.0.0.1"],            true), // split-horizon DNS
        (&["10.0.0.1"],             &["10.0.0.2"],            true),
        (&["10.0.0.1"],             &["1.1.1.1"],             true),
    ];

    #[test]
    fn a_public_name_that_turns_inside_is_not_followed() {
        for (before, now, followed) in AGAIN {
            let read = |texts: &[&str]| {
                texts
                    .iter()
                    .map(|ip| ip.parse().unwrap())
                    .collect::<Vec<_>>()
            };
            let found = rebound(&read(before), &read(now));
            assert_eq!(found.is_none(), *followed, "{before:?} {now:?}");
        }
    }

    #[test]
    fn metadata_services_are_asked_only_when_the_file_says_so() {
        for (host, leads_to, allowed, found) in CASES {
            let host: Host = host.parse().unwrap();
            let given = leads_to
                .iter()
                .map(|ip| ((host.bare(), 80), vec![ip.parse::<IpAddr>().unwrap()]));
            let overrides: BTreeMap<_, _> = given.collect();
            let hosts = allowed.then(|| host.clone());
            let resolver = Resolver::new(overrides, AddressFamily::Any).allowing_metadata(hosts);
            let end = Deadline::within(Duration::from_secs(10), &Stop::default());
            assert_eq!(
                resolver.resolve(&host, 80, &end).is_ok(),
                *found,
                "{host} {leads_to:?}"
            );
        }
    }
}
