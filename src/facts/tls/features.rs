//! What a server does beside versions and suites.

use super::answers::{Answer, Answers};
use crate::evidence::{
    Cause, CompressedChain, Evidence, Handshake, Purpose, Question, TlsEvidence,
};
use crate::facts::exchanges;
use crate::model::Ask;
use crate::wire::tls::{Alert, Flight, Known, Reply, Version, extension};

/// Each is `None` where it does not arise or could not be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// Renegotiation is bound to the first handshake (RFC 5746). Up to TLS 1.2.
    pub renegotiation: Option<bool>,
    /// Keys are bound to the handshake (RFC 7627). Up to TLS 1.2.
    pub ems: Option<bool>,
    /// DEFLATE was chosen.
    pub compression: Option<bool>,
    /// The heartbeat extension was echoed.
    pub heartbeat: Option<bool>,
    /// `TLS_FALLBACK_SCSV` is honoured (RFC 7507).
    pub scsv: Option<bool>,
    /// The protocol chosen from h2 and http/1.1.
    pub alpn: Option<String>,
    /// Whether a server of TLS 1.3 alone was asked, in a handshake that shows its choice.
    pub alpn_asked: bool,
    /// Whether a client certificate is asked for.
    pub client_certificate: ClientCertificate,
    /// Session tickets are issued.
    pub tickets: Option<bool>,
    /// A session was resumed.
    pub resumption: Option<bool>,
    /// Tickets invite early data; whether it was taken where that was tried.
    pub early_data: Option<bool>,
    /// An OCSP response was stapled.
    pub staple: Option<bool>,
    /// How the chain came compressed (RFC 8879): the algorithm, or `none`. TLS 1.3 alone.
    pub certificate_compression: Option<String>,
    /// Without the name, the server answers; `false`: it refuses, `None`: no name, or not asked
    /// (`--ciphers`), or not seen.
    pub answers_without_name: Option<bool>,
}

impl Features {
    /// What a server with nothing to complain of shows.
    #[cfg(test)]
    pub(crate) fn healthy() -> Self {
        Self {
            renegotiation: Some(true),
            ems: Some(true),
            compression: Some(false),
            heartbeat: Some(false),
            scsv: Some(true),
            alpn: Some("h2".to_owned()),
            tickets: Some(true),
            early_data: Some(false),
            staple: Some(false),
            ..Self::default()
        }
    }
}

/// Whether a client must show a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientCertificate {
    /// Not asked for.
    #[default]
    None,
    /// Asked for, and one can do without.
    Requested,
    /// Without one there is no service.
    Required,
}

pub(super) fn read(evidence: &Evidence, tls: &TlsEvidence, answers: &Answers) -> Features {
    let old: Vec<&Flight> = clear_flights(answers);
    let echoed = |kind: u16, from: Version| {
        let able: Vec<_> = old
            .iter()
            .filter(|f| f.hello.version() >= Some(from))
            .collect();
        let all = able
            .iter()
            .all(|flight| flight.hello.extension(kind).is_some());
        (!able.is_empty()).then_some(all)
    };
    let any = |test: fn(&Flight) -> bool| (!old.is_empty()).then(|| old.iter().any(|f| test(f)));
    let handshake = tls.handshake.seen();
    let tickets = handshake.is_some_and(|seen| seen.tickets > 0);
    let resumed = tls.further(&Purpose::Resumption);
    let asked_for_alpn = tls.further(&Purpose::Alpn);
    Features {
        renegotiation: echoed(extension::RENEGOTIATION_INFO, Version::Ssl3),
        ems: echoed(extension::EXTENDED_MASTER_SECRET, Version::Tls10),
        compression: any(|flight| flight.hello.compression != 0).or(handshake.map(|_| false)),
        heartbeat: any(|flight| flight.hello.extension(extension::HEARTBEAT).is_some()),
        scsv: scsv(answers),
        alpn: alpn(answers).or_else(|| asked_for_alpn?.alpn.clone()),
        alpn_asked: asked_for_alpn.is_some(),
        client_certificate: client_certificate(evidence, tls),
        tickets: any(|flight| flight.hello.extension(extension::SESSION_TICKET).is_some())
            .map_or_else(
                || handshake.map(|_| tickets),
                |clear| Some(clear || tickets),
            ),
        resumption: resumed.map(|seen| seen.kind == "resumed"),
        early_data: resumed
            .and_then(|seen| seen.early_data)
            .or_else(|| handshake.map(|seen| seen.early_data_bytes > 0)),
        staple: staple(tls, answers),
        certificate_compression: handshake.and_then(certificate_compression),
        answers_without_name: without_name(answers),
    }
}

/// Flights of TLS 1.2 and below, whose extensions are in the clear.
fn clear_flights(answers: &Answers) -> Vec<&Flight> {
    let flights = answers.flights().map(|(_, flight)| flight);
    flights
        .filter(|flight| flight.hello.version() < Some(Version::Tls13))
        .collect()
}

/// The fallback signal matters only to a server that speaks something newer than was asked for. It
/// is honoured if every version below the best one honours it.
fn scsv(answers: &Answers) -> Option<bool> {
    let newer_than = |version: Version| {
        let newer = |v: &Version| *v > version && answers.version(*v) == Known::Accepted;
        Version::ALL.iter().any(newer)
    };
    let read = |answer: &Answer| match &answer.reply {
        Reply::Alert(alert) => (alert.description == Alert::INAPPROPRIATE_FALLBACK).then_some(true),
        Reply::Flight(flight) => newer_than(flight.hello.version()?).then_some(false),
        Reply::Nothing | Reply::Incomplete if answer.closed => {
            let lower = answer.sent.offer.version;
            let spoken = answers.version(lower) == Known::Accepted;
            (spoken && newer_than(lower)).then_some(true)
        }
        Reply::Nothing | Reply::Ssl2(_) | Reply::NotTls(_) | Reply::Incomplete => None,
    };
    answers.to(Question::Fallback).filter_map(read).min()
}

fn alpn(answers: &Answers) -> Option<String> {
    let chosen = answers
        .flights()
        .find_map(|(_, flight)| flight.hello.alpn());
    chosen.map(|name| String::from_utf8_lossy(name).into_owned())
}

/// A server that insists breaks off a handshake, or the first exchange behind it, with an alert, or
/// answers that the request is bad.
fn client_certificate(evidence: &Evidence, tls: &TlsEvidence) -> ClientCertificate {
    if !tls.asks_for_certificate() {
        return ClientCertificate::None;
    }
    let page = exchanges(evidence, Ask::Page.of_target()).next();
    let page = page.map(|(_, page)| &page.response);
    let broken = tls.handshake.failure().or_else(|| page?.failure());
    let broken_off = broken.is_some_and(|failure| {
        matches!(
            failure.cause,
            Cause::Alert(_) | Cause::Garbage | Cause::Closed | Cause::Reset
        )
    });
    // nginx finishes the handshake and says so in HTTP (`ssl_verify_client on`).
    let turned_away = page
        .and_then(|page| page.seen())
        .is_some_and(|page| page.status == 400);
    if broken_off || turned_away {
        ClientCertificate::Required
    } else {
        ClientCertificate::Requested
    }
}

fn staple(tls: &TlsEvidence, answers: &Answers) -> Option<bool> {
    let asked: Vec<_> = answers
        .flights()
        .filter(|(answer, _)| answer.sent.offer.staple)
        .collect();
    let clear = asked.iter().any(|(_, flight)| flight.staple.is_some());
    match tls.handshake.seen() {
        Some(seen) => Some(clear || !seen.staple.0.is_empty()),
        None => (!asked.is_empty()).then_some(clear),
    }
}

fn certificate_compression(seen: &Handshake) -> Option<String> {
    let name = || {
        seen.compressed
            .map_or_else(|| "none".to_owned(), CompressedChain::name)
    };
    (seen.version == Version::Tls13.code()).then(name)
}

/// The hello is one that was taken with the name.
fn without_name(answers: &Answers) -> Option<bool> {
    answers
        .to(Question::NoName)
        .find_map(|answer| match &answer.reply {
            Reply::Flight(_) => Some(true),
            Reply::Alert(_) => Some(false),
            Reply::Nothing | Reply::Incomplete => answer.closed.then_some(false),
            Reply::Ssl2(_) | Reply::NotTls(_) => None,
        })
}
