//! TLS: raw hellos that ask one question each, beside the first exchange's full handshake.
//!
//! One wave settles a healthy server: nine hellos and one handshake, all at once. What dies is
//! asked once more, alone. Only what the answers leave open is asked after that.

mod addresses;
mod anchors;
mod drill;
mod questions;
mod wave;

use std::net::SocketAddr;

use super::View;
use crate::evidence::{Failure, Handshake, HelloSent, Observation, Question, Skip, TlsEvidence};
use crate::model::{Family, Host, UrlScheme};
use crate::net::Deadline;
use crate::net::dial::{self, Names};
use crate::net::http::Client;
use crate::net::tls::{self, Offer};
use crate::wire::tls::{Reply, Version};
use questions::{Ask, Depth};
use wave::Asker;

/// Rounds of follow-up hellos: the longest list of suites a server could have yields one a round
/// in each of its parts.
const ROUNDS: usize = 24;

/// How often the control is repeated when two answers contradict each other.
const REPEATS: usize = 8;

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
    let mut evidence = TlsEvidence {
        server_name,
        handshake: Observation::Skipped(Skip::NotNeeded),
        hellos: Vec::new(),
        connections: 0,
        system_anchors: Vec::new(),
        more: Vec::new(),
    };
    match address(view) {
        Ok(address) => {
            let asker = Asker::new(address, view.end, view.target.timeout.into());
            let name = evidence.server_name.as_deref();
            evidence.hellos = interview(&asker, name, depth(view), view.end);
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
    if view.run.conditions.has(crate::evidence::Flag::AllAddresses) {
        let seen = tls.handshake.seen().map(|seen| seen.address.clone());
        let others = addresses::others(view, seen.as_deref());
        tls.connections = tls
            .connections
            .saturating_add(u32::try_from(others.len()).unwrap_or(0));
        tls.more.extend(others);
    }
    if hides_its_protocol(tls) {
        tls.connections += 1;
        tls.more.push(("alpn".to_owned(), as_browser(view).into()));
    }
    let invited = tls.handshake.seen().map(|seen| seen.early_data_bytes > 0);
    if invited.is_some_and(|invited| invited || depth(view).every_suite) {
        tls.connections += 1;
        tls.more
            .push(("resumption".to_owned(), resume(view, client).into()));
    }
    tls.system_anchors = anchors::used(view, tls);
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

/// TLS 1.3 encrypts what ALPN chose (RFC 8446 §4.3.1): where no ServerHello of a lower version
/// shows it, only a handshake that offers h2 does, and the first exchange's cannot.
fn hides_its_protocol(tls: &TlsEvidence) -> bool {
    let in_the_clear = |hello: &HelloSent| {
        let reply = hello.reply.seen().map(|reply| Reply::read(&reply.bytes.0));
        let version = reply.and_then(|reply| reply.flight()?.hello.version());
        version.is_some_and(|version| version < Version::Tls13)
    };
    tls.handshake.seen().is_some() && !tls.hellos.iter().any(in_the_clear)
}

fn as_browser(view: &View<'_>) -> Result<Handshake, Failure> {
    let (url, end) = (&view.target.url, view.exchange_end());
    let dialled = dial::dial(&url.host, url.port, &view.net.resolver, Names::Cached, &end)?;
    tls::connect(dialled.sock, &url.host, Offer::Browser, &end).map(|(_, handshake)| handshake)
}

fn resume(view: &View<'_>, client: &Client) -> Result<Handshake, Failure> {
    let (url, end) = (&view.target.url, view.exchange_end());
    let dialled = dial::dial(&url.host, url.port, &view.net.resolver, Names::Cached, &end)?;
    tls::resume(dialled.sock, &url.host, client.sessions(), &end)
}

fn depth(view: &View<'_>) -> Depth {
    let conditions = &view.run.conditions;
    Depth {
        every_suite: conditions.has(crate::evidence::Flag::Ciphers),
        no_legacy: conditions.has(crate::evidence::Flag::NoLegacy),
    }
}

/// All hellos go to one address: several servers must not look like one that cannot decide.
fn address(view: &View<'_>) -> Result<SocketAddr, Failure> {
    let url = &view.target.url;
    let found = view.net.resolver.resolve(&url.host, url.port, view.end)?;
    match found.addresses.as_slice() {
        [only] => Ok(*only),
        several => dial::dial_any(several, &view.exchange_end()).map(|dialled| dialled.address),
    }
}

fn interview(
    asker: &Asker<'_>,
    name: Option<&str>,
    depth: Depth,
    end: &Deadline,
) -> Vec<HelloSent> {
    let mut answers = asker.all(&questions::first_wave(name, depth));
    asker.revive(&mut answers);
    answers.extend(asker.tolerance(&answers));
    answers.extend(control(asker, &answers));
    for _ in 0..ROUNDS {
        let asks = drill::next(name, depth, &answers);
        if asks.is_empty() || end.has_passed() {
            break;
        }
        let mut round = asker.all(&asks);
        asker.revive(&mut round);
        let silent = round.iter().all(wave::is_dead);
        answers.extend(round);
        if silent {
            break;
        }
    }
    if !drill::ledger(name, &answers).contradictions().is_empty() {
        answers.extend(repeat(asker, &answers));
    }
    answers
}

/// A server that knows no SSLv2 may have no words to refuse it with, and close. That it answers the
/// control right behind tells this from a rate limit.
fn control(asker: &Asker<'_>, answers: &[HelloSent]) -> Option<HelloSent> {
    let silent = |answer: &&HelloSent| {
        answer.offer.version == Version::Ssl2 && answer.attempt > 1 && wave::is_dead(answer)
    };
    answers.iter().find(silent)?;
    let lives = |answer: &&HelloSent| answer.question == Question::Modern && !wave::is_dead(answer);
    let ask = Ask {
        question: Question::Control,
        offer: answers.iter().find(lives)?.offer.clone(),
    };
    Some(asker.one(&ask, 1))
}

/// The control several times over, to show how the answers are split.
fn repeat(asker: &Asker<'_>, answers: &[HelloSent]) -> Vec<HelloSent> {
    let control = answers
        .iter()
        .find(|answer| answer.question == Question::Modern);
    let ask = control.map(|answer| Ask {
        question: Question::Repeat,
        offer: answer.offer.clone(),
    });
    let asks: Vec<Ask> = ask.into_iter().cycle().take(REPEATS).collect();
    asker.all(&asks)
}
