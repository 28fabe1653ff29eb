//! `NO_PROXY`: who is reached without a proxy.

use std::convert::Infallible;
use std::net::IpAddr;
use std::str::FromStr;

use crate::model::Host;

/// Names, addresses and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bypass {
    everybody: bool,
    /// In lower case, without dots at either end.
    names: Vec<String>,
    networks: Vec<(IpAddr, u8)>,
}

impl FromStr for Bypass {
    type Err = Infallible;

    /// Separated by commas or spaces, as curl reads them: `*` alone is everybody, a name stands for
    /// itself and all below it, a number behind a slash counts the bits of a network.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let mut bypass = Self::default();
        let entries = text
            .split([',', ' ', '\t'])
            .filter(|entry| !entry.is_empty());
        for entry in entries {
            match network(entry) {
                _ if entry == "*" => bypass.everybody = true,
                Some(network) => bypass.networks.push(network),
                None => bypass
                    .names
                    .push(entry.trim_matches('.').to_ascii_lowercase()),
            }
        }
        Ok(bypass)
    }
}

/// An address, or as many of its first bits as say a network.
fn network(entry: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match entry.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
        None => (entry, None),
    };
    let bare = address
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address: IpAddr = bare.unwrap_or(address).parse().ok()?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    Some((address, bits.unwrap_or(all))).filter(|(_, bits)| *bits <= all)
}

impl Bypass {
    /// Whether a host is reached without a proxy.
    #[must_use]
    pub fn covers(&self, host: &Host) -> bool {
        let holds = |known: &String| match host {
            Host::Name(name) => {
                let name = name.trim_end_matches('.');
                let below = name.strip_suffix(known.as_str());
                below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
            }
            Host::Address(_) => false,
        };
        let lies_in = |network: &(IpAddr, u8)| match host {
            Host::Address(address) => is_within(*address, *network),
            Host::Name(_) => false,
        };
        self.everybody || self.names.iter().any(holds) || self.networks.iter().any(lies_in)
    }
}

fn is_within(address: IpAddr, (network, bits): (IpAddr, u8)) -> bool {
    let shift = |all: u32| all - u32::from(bits);
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let differ = address.to_bits() ^ network.to_bits();
            differ.checked_shr(shift(32)).unwrap_or(0) == 0
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let differ = address.to_bits() ^ network.to_bits();
            differ.checked_shr(shift(128)).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Bypass;
    use crate::model::Host;

    /// A list, a host, and whether it is on it.
    #[rustfmt::skip]
    const LISTS: &[(&str, &str, bool)] = &[
        ("",                          "a.example",       false),
        ("*",                         "a.example",       true),
        ("*.example",                 "a.example",       false), // curl knows no patterns
        ("a.example",                 "a.example",       true),
        ("A.Example",                 "a.example",       true),
        ("a.example",                 "b.a.example",     true),
        (".a.example",                "a.example",       true),
        ("a.example.",                "a.example",       true),
        ("a.example",                 "xa.example",      false),
        ("b.example , a.example",     "a.example",       true),
        ("b.example a.example",       "a.example",       true),
        ("192.0.2.7",                 "192.0.2.7",       true),
        ("192.0.2.7",                 "192.0.2.70",      false),
        ("192.0.2.0/24",              "192.0.2.200",     true),
        ("192.0.2.0/24",              "192.0.3.1",       false),
        ("0.0.0.0/0",                 "203.0.113.9",     true),
        ("192.0.2.0/33",              "192.0.2.1",       false),
        ("10.0.0.0/8",                "a.example",       false),
        ("2001:db8::/32",             "[2001:db8:1::1]", true),
        ("[2001:db8::1]",             "[2001:db8::1]",   true),
        ("2001:db8::/32",             "[2001:db9::1]",   false),
        ("2001:db8::/0",              "192.0.2.1",       false),
    ];

    #[test]
    fn the_list_is_read_as_curl_reads_it() {
        for (list, host, expected) in LISTS {
            let bypass: Bypass = list.parse().unwrap();
            let host: Host = host.parse().unwrap();
            assert_eq!(bypass.covers(&host), *expected, "{list:?} {host}");
        }
    }
}
