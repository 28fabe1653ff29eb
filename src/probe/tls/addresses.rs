//! The other addresses of the name: one handshake each, to see whether they show the same
//! certificate.

use std::net::SocketAddr;

use crate::evidence::{Further, Handshake, Observation, Purpose};
use crate::net::tls::{self, Offer};
use crate::net::{dial, pool};
use crate::probe::View;

/// A name may have any number of addresses.
const WIDTH: usize = 16;

/// Handshakes at every address but the one that was looked at already, by address.
pub(super) fn others(view: &View<'_>, seen: Option<&str>) -> Vec<Further> {
    let url = &view.target.url;
    if view.net.resolver.proxy(url.into()).is_some() {
        return Vec::new();
    }
    let end = view.exchange_end();
    let Ok(found) = view.net.resolver.resolve(&url.host, url.port, &end) else {
        return Vec::new();
    };
    let others: Vec<SocketAddr> = found
        .addresses
        .into_iter()
        .filter(|address| seen != Some(address.to_string().as_str()))
        .collect();
    pool::in_order(WIDTH, &others, |address| Further {
        purpose: Purpose::Address(address.to_string()),
        handshake: at(view, *address),
    })
}

fn at(view: &View<'_>, address: SocketAddr) -> Observation<Handshake> {
    let end = view.exchange_end();
    let host = &view.target.url.host;
    dial::dial_any(&[address], &end)
        .and_then(|dialled| tls::connect(dialled.sock, host, Offer::Http1, &end))
        .map(|(_, handshake)| handshake)
        .into()
}
