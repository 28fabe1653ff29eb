//! Sockets, a row each: who is let in, and how the socket behaves.

use super::endpoints::mark;
use super::{by_service, code, prose, titled};
use crate::facts::websocket::{Outcome, Tried, WebSocketFacts};
use crate::model::{Family, SocketAsk};
use crate::report::{Report, TargetReport};

pub(super) fn section(report: &Report) -> String {
    let known = report.targets.iter();
    let known = known.filter_map(|target| Some((target, target.facts.websocket.known()?)));
    let rows = known.map(|(target, socket)| row(target, socket));
    let head = [
        "",
        "Service",
        "Path",
        "Legitimate clients",
        "Foreign origins",
        "Wrong credentials",
        "Round trip",
        "Server pings",
        "Held at once",
        "Largest message",
    ];
    titled("WebSocket", &by_service(report, &head, rows.collect()))
}

fn row(target: &TargetReport, socket: &WebSocketFacts) -> Vec<String> {
    let session = socket.session().map(|(_, session)| session);
    let round_trip = session.and_then(|session| session.round_trips_us.iter().min());
    let pings = session.map(|session| session.heartbeats);
    let declared = &socket.declared;
    let held = socket.crowd.as_ref();
    let held = held.map(|crowd| {
        format!(
            "{} of {}",
            crowd.size - crowd.lost.len().min(crowd.size),
            crowd.size
        )
    });
    let pings = match (declared.heartbeat, pings) {
        (Some(every), Some(seen)) => format!("{seen} seen, every {every} declared"),
        (None, Some(seen @ 1..)) => format!("{seen} seen"),
        (None, Some(0)) | (_, None) => "-".to_owned(),
    };
    let most = declared.max_message;
    vec![
        mark(target.standing_of(Family::Websocket)).to_owned(),
        prose(&target.name),
        code(&declared.path),
        opened(socket),
        refused(socket, |ask| *ask == SocketAsk::Origin),
        refused(socket, |ask| matches!(ask, SocketAsk::Credentials(_))),
        round_trip.map_or_else(|| "-".to_owned(), ToString::to_string),
        pings,
        held.unwrap_or_else(|| "-".to_owned()),
        most.map_or_else(|| "-".to_owned(), |most| format!("{} B declared", most.0)),
    ]
}

fn opened(socket: &WebSocketFacts) -> String {
    let all: Vec<&Tried> = socket.legitimate().collect();
    let opened = all.iter().filter(|tried| tried.got_in()).count();
    if all.is_empty() {
        return "not tested".to_owned();
    }
    format!("{opened} of {} let in", all.len())
}

fn refused(socket: &WebSocketFacts, of: impl Fn(&SocketAsk) -> bool) -> String {
    let tried: Vec<&Tried> = socket
        .trials
        .iter()
        .filter(|tried| of(&tried.ask))
        .collect();
    if tried.is_empty() {
        return "not tested".to_owned();
    }
    let count = |wanted: fn(&Outcome) -> bool| {
        let outcomes = tried.iter().map(|tried| socket.outcome(tried));
        outcomes.filter(wanted).count()
    };
    let refused = count(|outcome| *outcome == Outcome::TurnedAway);
    let open = count(|outcome| matches!(outcome, Outcome::Open(_)));
    let open = match open {
        0 => String::new(),
        open => format!(", {open} open"),
    };
    format!("{refused} of {} refused{open}", tried.len())
}
