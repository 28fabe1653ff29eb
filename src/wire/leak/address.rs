//! Hosts and addresses that nobody outside can reach (RFC 1918, RFC 6761, RFC 8375, ICANN's
//! reserved `.internal`).

use std::net::Ipv4Addr;

use super::{Kind, Leak};
use crate::model::Untrusted;

/// Endings of names that resolve on the inside only.
const SUFFIXES: &[&str] = &[
    ".internal",
    ".local",
    ".localdomain",
    ".lan",
    ".corp",
    ".intranet",
    ".home.arpa",
];

pub(super) fn scan(text: &str) -> Vec<Leak> {
    let mut leaks: Vec<Leak> = Vec::new();
    let hosts = url_hosts(text).chain(private_sockets(text));
    for (at, host) in hosts {
        let new = |leak: &Leak| leak.excerpt.raw() != host;
        if let Some(what) = internal(host)
            && leaks.iter().all(new)
        {
            let excerpt = Untrusted::from(host);
            leaks.push(Leak {
                kind: Kind::InternalAddress,
                what,
                at,
                excerpt,
            });
        }
    }
    leaks
}

/// Hosts behind `//`, user information and port removed.
fn url_hosts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("://").map(|(at, marker)| {
        let start = at + marker.len();
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".-_@:".contains(c)));
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        (at, host.split(':').next().unwrap_or_default())
    })
}

/// Private addresses with a port, which a version number never has.
fn private_sockets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    ["10.", "172.", "192.168."]
        .into_iter()
        .flat_map(move |start| {
            text.match_indices(start).filter_map(move |(at, _)| {
                let (before, rest) = text.split_at(at);
                let glued =
                    before.ends_with(|c: char| c.is_ascii_alphanumeric() || "._-".contains(c));
                let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
                let (address, behind) = rest.split_at(end);
                let port: String = behind
                    .strip_prefix(':')?
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect();
                (!glued && port.parse::<u16>().is_ok()).then_some((at, address))
            })
        })
}

/// What makes the host an inside one.
fn internal(host: &str) -> Option<&'static str> {
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return if address.is_private() || address.is_link_local() {
            Some("private IPv4 address")
        } else {
            address.is_loopback().then_some("loopback address")
        };
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" {
        return Some("loopback address");
    }
    let inside = SUFFIXES.iter().any(|suffix| {
        name.strip_suffix(suffix)
            .is_some_and(|label| !label.is_empty())
    });
    inside.then_some("internal host name")
}
