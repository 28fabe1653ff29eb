//! Evidence made by hand, for the tables of tests.

use super::{
    Conditions, Evidence, Exchange, Field, Observation, OriginClass, OriginSent, Payload, Request,
    Response, Run, SCHEMA, Skip, SocketTrial,
};
use crate::model::{
    Ask, Method, Micros, Millis, Phases, Place, Question, SocketAsk, Target, Timestamp, Url,
};
use crate::wire::cors::Ruse;

/// The origin of every sample.
pub(crate) const ORIGIN: &str = "https://api.example.com";

/// A target with nothing declared.
pub(crate) fn target() -> Target {
    Target::new("api", ORIGIN.parse::<Url>().unwrap())
}

/// What was seen of it.
pub(crate) fn evidence(target: Target, exchanges: Vec<Exchange>) -> Evidence {
    Evidence {
        schema: SCHEMA,
        target,
        run: Run {
            version: String::new(),
            list: String::new(),
            fail_on: None,
            min_grade: None,
            strict: false,
            only: Vec::new(),
            skip: Vec::new(),
            conditions: Conditions::default(),
        },
        at: Timestamp::from_secs(0),
        took: Millis(0),
        complete: true,
        interrupted: false,
        addresses: Observation::Skipped(Skip::NotNeeded),
        tls: Observation::Skipped(Skip::NotNeeded),
        exchanges,
        sockets: Vec::new(),
        latency: Observation::Skipped(Skip::NotNeeded),
    }
}

/// `METHOD /path` and its answer.
pub(crate) fn exchange(
    question: Question,
    line: &str,
    status: u16,
    fields: &[(&str, &str)],
    body: &str,
) -> Exchange {
    let (method, path) = line.split_once(' ').unwrap();
    Exchange {
        question,
        origin: None,
        request: Request {
            method: Method::of(method),
            url: format!("{ORIGIN}{path}").parse::<Url>().unwrap(),
            fields: Vec::new(),
            body: None,
        },
        at: Timestamp::from_secs(0),
        connection: None,
        phases: Phases::default(),
        response: Observation::Seen(Response {
            version: "1.1".to_owned(),
            status,
            reason: String::new(),
            fields: fields
                .iter()
                .map(|(name, value)| Field::new(name, value))
                .collect(),
            faults: Vec::new(),
            body: Payload::whole(body),
        }),
        disclosed: Vec::new(),
        earlier: Vec::new(),
        onward: None,
    }
}

/// The class that tables of tests call so.
pub(crate) fn origin_class(name: &str) -> OriginClass {
    match name {
        "declared" => OriginClass::Declared,
        "denied" => OriginClass::Denied,
        "control" => OriginClass::Control,
        "any" => OriginClass::Attack(Ruse::Reflection),
        "sub-domain" => OriginClass::Attack(Ruse::Subdomain),
        "plain http" => OriginClass::Attack(Ruse::Plaintext),
        attack => OriginClass::Attack(Ruse::named(attack).expect("an attack")),
    }
}

/// A handshake, its status and fields; a socket that opens stays open.
pub(crate) fn handshake(
    ask: SocketAsk,
    origin: Option<(&str, &str)>,
    path: &str,
    status: u16,
    fields: &[(&str, &str)],
) -> SocketTrial {
    SocketTrial {
        question: Ask::Socket(ask).at(Place::Socket),
        origin: origin.map(|(class, value)| OriginSent {
            value: value.to_owned(),
            class: origin_class(class),
            from: None,
        }),
        request: Request {
            method: Method::get(),
            url: format!("{ORIGIN}{path}").parse::<Url>().unwrap(),
            fields: Vec::new(),
            body: None,
        },
        key: "dGhlIHNhbXBsZSBub25jZQ==".to_owned(), // RFC 6455 §1.3
        at: Timestamp::from_secs(0),
        phases: Phases::default(),
        response: Observation::Seen(Response {
            version: "1.1".to_owned(),
            status,
            reason: String::new(),
            fields: fields
                .iter()
                .map(|(name, value)| Field::new(name, value))
                .collect(),
            faults: Vec::new(),
            body: Payload::default(),
        }),
        frames: Vec::new(),
        pings: Vec::new(),
        listened: Micros(0),
        ended: None,
        fault: None,
    }
}
