//! TLS: raw hellos that ask one question each, beside the first exchange's full handshake.
//!
//! Nine hellos and one handshake, all at once, settle a healthy server. Only what the answers leave
//! open is asked after that, and what was not answered once more, alone.

mod addresses;
mod anchors;
mod asker;
mod drill;
mod interview;
mod questions;
mod redact;
mod tolerance;

use super::View;
use crate::evidence::{
    Cause, Failure, Flag, Further, Handshake, HelloSent, Observation, Purpose, Skip, Stage,
    TlsEvidence,
};
use crate::model::{Family, Host, UrlScheme};
use crate::net::Deadline;
use crate::net::dial::{self, Dialled, Names, Peer};
use crate::net::http::Client;
use crate::net::tls::{self, Offer};
use crate::wire::tls::Version;
use asker::Asker;
use questions::{Ask, Depth};
pub use redact::redact;

/// Asks everything that needs no handshake.
#[must_use]
pub fn hellos(view: &View<'_>) -> Observation<TlsEvidence> {
    let url = &view.target.url;
    if url.scheme == UrlScheme::Http {
        return Observation::Skipped(Skip::NotApplicable);
    }
    if !view.wants(Family::Tls) {
        return Observation::Skipped(Skip::NotSelected);
    }
    let server_name = match &url.host {
        Host::Name(name) => Some(name.clone()),
        Host::Address(_) => None,
    };
    let mut evidence = TlsEvidence::unasked(server_name);
    match peer(view) {
        Ok(peer) => {
            evidence.address = match &peer {
                Peer::Address(address) => Some(address.to_string()),
                Peer::Tunnel(_) => None,
            };
            let asker = Asker::new(peer, view.end, view.target.timeout.into());
            let name = evidence.server_name.as_deref();
            evidence.hellos = interview::hold(&asker, name, depth(view));
            evidence.connections = asker.connections();
        }
        Err(failure) => return Observation::Failed(failure),
    }
    Observation::Seen(evidence)
}

/// Adds the handshake of the first exchange, and what follows from it.
pub fn complete(
    view: &View<'_>,
    client: &Client,
    failed: Option<Failure>,
    tls: &mut Observation<TlsEvidence>,
) {
    let Observation::Seen(tls) = tls else {
        return;
    };
    tls.connections += 1;
    tls.handshake = match (client.sessions().handshake(), failed) {
        (Some(handshake), _) => Observation::Seen(handshake),
        (None, Some(failure)) => Observation::Failed(failure),
        (None, None) => Observation::Skipped(Skip::NotNeeded),
    };
    if tls.handshake.failure().is_some_and(is_about_the_hello) {
        find_the_reason(view, tls);
    }
    if view.run.conditions.has(Flag::AllAddresses) {
        let seen = tls.handshake.seen().map(|seen| seen.address.clone());
        let others = addresses::others(view, seen.as_deref());
        tls.connections = tls
            .connections
            .saturating_add(u32::try_from(others.len()).unwrap_or(0));
        tls.more.extend(others);
    }
    if hides_its_protocol(tls) {
        tls.connections += 1;
        tls.more.push(Further {
            purpose: Purpose::Alpn,
            handshake: offering(view, Offer::Browser).into(),
        });
    }
    let invited = tls.handshake.seen().map(|seen| seen.early_data_bytes > 0);
    if invited.is_some_and(|invited| invited || depth(view).every_suite) {
        tls.connections += 1;
        tls.more.push(Further {
            purpose: Purpose::Resumption,
            handshake: resume(view, client).into(),
        });
    }
    tls.system_anchors = anchors::used(view, tls);
}

/// Adds what connections made for something else were shown and no handshake before: another
/// version or certificate, at this address or another.
pub fn add_others(view: &View<'_>, tls: &mut Observation<TlsEvidence>) {
    let Observation::Seen(tls) = tls else {
        return;
    };
    let (host, port) = (&view.target.url.host, view.target.url.port);
    let before = tls.more.len();
    for handshake in view.net.handshakes.with(host, port) {
        let known = tls.handshakes().any(|seen| seen.shows_the_same(&handshake));
        if !known {
            tls.more.push(Further {
                purpose: Purpose::Exchange,
                handshake: Observation::Seen(handshake),
            });
        }
    }
    if tls.more.len() > before {
        tls.system_anchors = anchors::used(view, tls);
    }
}

/// The connections that do not depend on any answer, a line each.
#[must_use]
pub fn plan(view: &View<'_>) -> Vec<String> {
    let url = &view.target.url;
    let name = match &url.host {
        Host::Name(name) => Some(name.as_str()),
        Host::Address(_) => None,
    };
    let asks = questions::first_wave(name, depth(view));
    let line = |ask: &Ask| format!("{}:{}  hello: {}", url.host, url.port, ask.question.words());
    asks.iter().map(line).collect()
}

/// Of a failed handshake, where there was anything to hold it against: what the server cannot take.
fn find_the_reason(view: &View<'_>, tls: &mut TlsEvidence) {
    let Ok(peer) = peer(view) else {
        return;
    };
    if !tls.hellos.iter().any(HelloSent::is_taken) {
        return;
    }
    let asker = Asker::new(peer, view.end, view.target.timeout.into());
    let (name, hellos) = (tls.server_name.as_deref(), std::mem::take(&mut tls.hellos));
    tls.hellos = interview::after_failed_handshake(&asker, name, depth(view), hellos);
    tls.connections += asker.connections();
    for (purpose, offer) in [
        (Purpose::Again, Offer::Http1),
        (Purpose::WithoutAlpn, Offer::NoProtocol),
    ] {
        let handshake = offering(view, offer);
        let fails = handshake.is_err();
        tls.connections += 1;
        tls.more.push(Further {
            purpose,
            handshake: handshake.into(),
        });
        if !fails {
            return;
        }
    }
}

/// Whether the peer ended the handshake, or left it unanswered.
fn is_about_the_hello(failure: &Failure) -> bool {
    let by_the_peer = matches!(
        failure.cause,
        Cause::Alert(_) | Cause::Closed | Cause::Reset | Cause::TimedOut
    );
    failure.stage == Stage::Handshake && by_the_peer
}

/// TLS 1.3 encrypts what ALPN chose (RFC 8446 §4.3.1): where no ServerHello of a lower version
/// shows it, only a handshake that offers h2 does, and the first exchange's cannot.
fn hides_its_protocol(tls: &TlsEvidence) -> bool {
    let in_the_clear = |hello: &HelloSent| {
        let reply = hello.read_reply();
        let version = reply.flight().and_then(|flight| flight.hello.version());
        version.is_some_and(|version| version < Version::Tls13)
    };
    tls.handshake.seen().is_some() && !tls.hellos.iter().any(in_the_clear)
}

fn offering(view: &View<'_>, offer: Offer) -> Result<Handshake, Failure> {
    let (url, end) = (&view.target.url, view.exchange_end());
    let dialled = dialled(view, &end)?;
    tls::connect(dialled.sock, &url.host, offer, &end).map(|(_, handshake)| handshake)
}

fn resume(view: &View<'_>, client: &Client) -> Result<Handshake, Failure> {
    let (url, end) = (&view.target.url, view.exchange_end());
    let dialled = dialled(view, &end)?;
    tls::resume(dialled.sock, &url.host, client.sessions(), &end)
}

fn depth(view: &View<'_>) -> Depth {
    let conditions = &view.run.conditions;
    Depth {
        every_suite: conditions.has(Flag::Ciphers),
        groups: conditions.has(Flag::Ciphers) || view.target.tls.profile.is_some(),
        no_legacy: conditions.has(Flag::NoLegacy),
    }
}

/// All hellos go to one address: several servers must not look like one that cannot decide.
fn peer(view: &View<'_>) -> Result<Peer, Failure> {
    let (url, resolver) = (&view.target.url, &view.net.resolver);
    if let Some(tunnel) = resolver.tunnel(url.into(), &view.exchange_end())? {
        return Ok(Peer::Tunnel(tunnel));
    }
    let found = resolver.resolve(&url.host, url.port, &view.exchange_end())?;
    let address = match found.addresses.as_slice() {
        [only] => *only,
        several => dial::dial_any(several, &view.exchange_end())?.address,
    };
    Ok(Peer::Address(address))
}

fn dialled(view: &View<'_>, end: &Deadline) -> Result<Dialled, Failure> {
    let url = &view.target.url;
    dial::dial(url.into(), &view.net.resolver, Names::Cached, end)
}
