//! TLS: one full handshake that records, and raw hellos that ask one question each.

use super::View;
use crate::evidence::{Observation, Skip, TlsEvidence};
use crate::model::{Family, Host, UrlScheme};
use crate::net::dial::{self, Names};
use crate::net::tls::{self, Offer};

/// Looks at TLS.
#[must_use]
pub fn observe(view: &View<'_>) -> Observation<TlsEvidence> {
    let url = &view.target.url;
    if url.scheme == UrlScheme::Http {
        return Observation::Skipped(Skip::NotApplicable);
    }
    if !view.wants(Family::Tls) {
        return Observation::Skipped(Skip::NotSelected);
    }
    let end = view.exchange_end();
    let handshake = dial::dial(&url.host, url.port, &view.net.resolver, Names::Cached, &end)
        .and_then(|dialled| tls::connect(dialled.sock, &url.host, Offer::Browser, &end))
        .map(|(_, handshake)| handshake);
    let server_name = match &url.host {
        Host::Name(name) => Some(name.clone()),
        Host::Address(_) => None,
    };
    Observation::Seen(TlsEvidence {
        server_name,
        handshake: handshake.into(),
        hellos: Vec::new(),
        connections: 1,
        system_anchors: Vec::new(),
        more: Vec::new(),
    })
}
