//! One handshake, and what is said behind it.

use std::io::Read as _;
use std::time::Duration;

use super::random;
use super::talk::{MASK, Talk, patience};
use crate::evidence::{
    Field, Flag, Observation, Payload, Request, Response, Skip, SocketTrial, WireBytes,
};
use crate::model::{
    Ask, Attempt, Echo, Method, Micros, Millis, Place, SocketAsk, SocketFault, Url, UrlScheme,
    WebSocketContract,
};
use crate::net::line::Line;
use crate::net::scrub::Scrub;
use crate::net::upgrade::{self, Answer};
use crate::net::{Deadline, Net};
use crate::plan::websocket::Handshake;
use crate::probe::View;
use crate::probe::admission;
use crate::probe::carry::{Carried, carry, credential, introduce, is_offered, offer};
use crate::wire::websocket::{self, Frame, Key, Offer, Opcode};

/// So much of a refusal is read.
const REFUSAL: usize = 4 * 1024;

/// A version nobody has. 8 would prove nothing: its frames are those of 13, and good servers take
/// both (RFC 6455 §4.4).
const NO_VERSION: &str = "99";

/// Nine bytes in Base64, where sixteen are a key (RFC 6455 §4.1, item 7).
const BAD_KEY: &str = "c2Vhd29ydGh5";

/// A refusal whose end does not come is not waited for.
const REFUSAL_WAIT: Duration = Duration::from_millis(500);

/// A credential may take some time to be looked up.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// Ping to pong times of a legitimate socket: the least of five is the network and little else.
const PINGS: u8 = 5;

/// Where no round trip is declared, pings show that they are answered, at a round trip each.
const PINGS_UNTIMED: u8 = 2;

/// Runs one trial from connect to close. A legitimate socket is kept for as long as `stay`.
pub(super) fn run(
    view: &View<'_>,
    contract: &WebSocketContract,
    one: &Handshake,
    stay: Duration,
) -> SocketTrial {
    let (mut seen, talk) = open(view, contract, one, stay);
    if let Some(mut talk) = talk {
        converse(view, contract, &one.ask, stay, &mut talk);
        keep(&mut seen, talk, &view.net.scrub);
    }
    seen
}

/// The handshake of a trial, and the socket, if one opened, on which the credential was given where
/// a message brings it.
pub(super) fn open(
    view: &View<'_>,
    contract: &WebSocketContract,
    one: &Handshake,
    stay: Duration,
) -> (SocketTrial, Option<Talk>) {
    let key = key_of(&one.ask);
    let travels = travels(view, contract, &one.ask);
    let url = place(view, &one.ask, &travels.carried);
    let fields = fields(view, contract, one, &travels, &key);
    let leave = view.allowance.take(&Method::get(), &url, view.end);
    let end = view.exchange_end();
    let asked = leave.then(|| upgrade::ask(view.net, &url, &bytes(&url, &fields), &end));
    let mut seen = SocketTrial {
        question: Ask::Socket(one.ask.clone()).at(Place::Socket),
        origin: one.origin.clone(),
        request: as_evidence(view.net, &url, &fields),
        key: if is_keyless(&one.ask) {
            String::new()
        } else {
            key.as_str().to_owned()
        },
        at: view.net.clock.now(),
        phases: asked.as_ref().map(|asked| asked.phases).unwrap_or_default(),
        response: Observation::Skipped(Skip::NeedsFlag(Flag::Burst)),
        frames: Vec::new(),
        pings: Vec::new(),
        listened: Micros(0),
        ended: None,
        fault: None,
    };
    let mut talk = match asked.map(|asked| asked.answer) {
        None => None,
        Some(Ok(answer)) => {
            let end = open_until(view, contract, &one.ask, stay);
            behind(view, answer, &end, &mut seen)
        }
        Some(Err(failure)) => {
            seen.response = Observation::Failed(failure);
            None
        }
    };
    if let (Some(talk), Some(first)) = (&mut talk, &travels.first) {
        talk.say(first);
    }
    (seen, talk)
}

/// A key, malformed where that is the fault.
fn key_of(ask: &SocketAsk) -> Key {
    if *ask == SocketAsk::Fault(SocketFault::BadKey) {
        return Key::from_text(BAD_KEY);
    }
    Key::from_bytes(random())
}

/// Writes down what was said on a socket.
pub(super) fn keep(seen: &mut SocketTrial, talk: Talk, scrub: &Scrub) {
    seen.frames = talk.tape().frames(scrub);
    seen.ended = talk.tape().ended();
    (seen.pings, seen.listened) = (talk.pings, talk.listened);
    seen.fault = talk.fault;
}

/// The time of one exchange, and as much again for what is declared or waited for to take longer.
fn open_until(
    view: &View<'_>,
    contract: &WebSocketContract,
    ask: &SocketAsk,
    stay: Duration,
) -> Deadline {
    let listens = *ask == SocketAsk::Legitimate;
    let listening = listening(view, contract).filter(|_| listens);
    let listening = listening.unwrap_or_default();
    let watched = stay.max(contract.patience().into());
    let usual = Duration::from(view.target.timeout);
    view.end.sooner(usual + listening + watched)
}

/// How long to listen for a heartbeat or to stay idle: only where that is short, or asked for.
fn listening(view: &View<'_>, contract: &WebSocketContract) -> Option<Duration> {
    let time = |declared: Option<Millis>| declared.map(Duration::from);
    let wanted = patience(time(contract.heartbeat), time(contract.idle))?;
    let affordable = wanted <= Duration::from(view.target.timeout);
    (affordable || view.run.conditions.has(Flag::Thorough)).then_some(wanted)
}

/// How the credential of a trial travels, and the subprotocols that are offered.
struct Travels {
    carried: Carried,
    /// Each with what the evidence shows instead.
    protocols: Vec<(String, String)>,
    /// The message that brings it.
    first: Option<String>,
}

fn travels(view: &View<'_>, contract: &WebSocketContract, ask: &SocketAsk) -> Travels {
    let attempt = match ask {
        SocketAsk::Credentials(attempt) => attempt.clone(),
        // Nothing secret goes over a connection in clear, and nothing where nothing is wanted.
        SocketAsk::Plain => Attempt::Nothing,
        _ if contract.public => Attempt::Nothing,
        SocketAsk::Legitimate
        | SocketAsk::Control
        | SocketAsk::Held
        | SocketAsk::Origin
        | SocketAsk::Fault(_) => Attempt::Valid,
    };
    let shown = credential(view.target, view.net, &attempt);
    let mut carried = carry(&contract.path, view.target, shown.as_ref());
    if is_offered(&contract.protocols) || contract.first.is_some() {
        carried.fields.clear();
    }
    let first = contract.first.as_ref().zip(shown.as_ref());
    Travels {
        carried,
        protocols: offer(&contract.protocols, shown.as_ref()),
        first: first.map(|(first, credential)| introduce(&first.send, credential)),
    }
}

fn place(view: &View<'_>, ask: &SocketAsk, carried: &Carried) -> Url {
    let url = view.target.url.with_target(&carried.target);
    if *ask == SocketAsk::Plain {
        return url.with_scheme(UrlScheme::Http, UrlScheme::Http.default_port());
    }
    url
}

fn fields(
    view: &View<'_>,
    contract: &WebSocketContract,
    one: &Handshake,
    Travels {
        carried, protocols, ..
    }: &Travels,
    key: &Key,
) -> Vec<Line> {
    let (sent, shown): (Vec<String>, Vec<String>) = protocols.iter().cloned().unzip();
    let offer = Offer {
        protocols: sent,
        ..Offer::plain(key.clone())
    };
    let line = |name: &str, value: &str| {
        let shown = match name {
            "Sec-WebSocket-Protocol" => shown.join(", "),
            _ => value.to_owned(),
        };
        Line::shown_as(name, value, shown)
    };
    let mut lines: Vec<Line> = websocket::fields(&offer)
        .iter()
        .filter(|(name, _)| !(is_keyless(&one.ask) && *name == "Sec-WebSocket-Key"))
        .filter(|_| one.ask != SocketAsk::Fault(SocketFault::NoUpgrade))
        .map(|(name, value)| line(name, value))
        .collect();
    if one.ask == SocketAsk::Fault(SocketFault::Version) {
        for found in &mut lines {
            if found.name == "Sec-WebSocket-Version" {
                *found = line("Sec-WebSocket-Version", NO_VERSION);
            }
        }
    }
    if let Some(origin) = &one.origin {
        lines.push(line("Origin", &origin.value));
    }
    lines.push(line("User-Agent", &view.net.user_agent));
    let declared = contract.send_headers.iter();
    lines.extend(declared.map(|(name, value)| line(name, value)));
    if one.ask != SocketAsk::Plain && view.target.keeps_secrets() {
        lines.extend(secret_lines(view, contract));
    }
    let carried = carried.fields.iter();
    lines.extend(carried.map(|(name, value, shown)| Line::shown_as(name, value, shown)));
    // A gate's cookie is not sent in the clear.
    if one.ask != SocketAsk::Plain {
        for line in admission::fields(view) {
            line.join(&mut lines);
        }
    }
    lines
}

fn secret_lines(view: &View<'_>, contract: &WebSocketContract) -> Vec<Line> {
    let declared = contract.send_secrets.iter();
    let kept = declared.filter_map(|(name, identity)| {
        let secret = view.net.secrets.get(&identity.from)?;
        let shown = identity.from.placeholder();
        Some(Line::shown_as(name, secret.expose(), shown))
    });
    kept.collect()
}

const fn is_keyless(ask: &SocketAsk) -> bool {
    matches!(
        ask,
        SocketAsk::Fault(SocketFault::NoKey | SocketFault::NoUpgrade)
    )
}

fn bytes(url: &Url, fields: &[Line]) -> Vec<u8> {
    let lines: Vec<(&str, &str)> = fields
        .iter()
        .map(|line| (line.name.as_str(), line.value.as_str()))
        .collect();
    websocket::request(&url.target, &url.authority(), &lines)
}

fn as_evidence(net: &Net, url: &Url, fields: &[Line]) -> Request {
    let shown = |line: &Line| Field::new(&line.name, &net.scrub.text(line.shown()));
    Request {
        method: Method::get(),
        url: net.scrub.url(url),
        fields: fields.iter().map(shown).collect(),
        body: None,
    }
}

/// What follows the head: a refusal's body, or a socket to talk on.
fn behind(view: &View<'_>, answer: Answer, end: &Deadline, seen: &mut SocketTrial) -> Option<Talk> {
    let open = answer.head.status == 101;
    let scrub = &view.net.scrub;
    let fields = answer.head.fields.iter();
    let mut response = Response {
        version: scrub.text(&answer.head.version),
        status: answer.head.status,
        reason: scrub.text(&String::from_utf8_lossy(&answer.head.reason)),
        fields: fields
            .map(|(name, value)| scrub.field(name, value))
            .collect(),
        faults: answer
            .head
            .faults
            .iter()
            .map(|fault| scrub.text(fault))
            .collect(),
        body: Payload::default(),
    };
    let talk = if open {
        Some(Talk::over(answer.stream, answer.tail, end))
    } else {
        response.body = refusal(answer, end, view.net);
        None
    };
    seen.response = Observation::Seen(response);
    talk
}

fn converse(
    view: &View<'_>,
    contract: &WebSocketContract,
    ask: &SocketAsk,
    stay: Duration,
    talk: &mut Talk,
) {
    match ask {
        SocketAsk::Legitimate => {
            if let Some(first) = contract.answered_first() {
                talk.hear(first, ANSWER_WAIT);
            }
            let timed = contract.rtt_over_network.is_some();
            talk.ping(if timed { PINGS } else { PINGS_UNTIMED });
            if let Some(echo) = &contract.echo {
                talk.echo(&echo.send);
            }
            if let Some(time) = listening(view, contract) {
                talk.listen(time);
            }
            talk.stay(stay);
        }
        SocketAsk::Control => talk.stay(stay),
        // What is said on sockets that are held together is said by who holds them.
        SocketAsk::Held => return,
        SocketAsk::Fault(SocketFault::NotJson) => talk.misspeak(),
        SocketAsk::Fault(fault) => {
            if let Some(frame) = provocation(*fault, contract) {
                return talk.provoke(&frame);
            }
        }
        SocketAsk::Origin | SocketAsk::Credentials(_) => {
            let closed = talk.await_close(contract.patience().into());
            if let Some(echo) = spoken(contract, ask).filter(|_| !closed) {
                talk.ask(&echo.send);
            }
        }
        SocketAsk::Plain => {}
    }
    talk.close();
}

/// The declared message, where its answer tells whether somebody is served who was not closed on: a
/// server may wait for a message that brings a credential.
pub(super) fn spoken<'c>(contract: &'c WebSocketContract, ask: &SocketAsk) -> Option<&'c Echo> {
    let tells = match ask {
        SocketAsk::Credentials(_) => true,
        SocketAsk::Origin => contract.first.is_some(),
        SocketAsk::Legitimate
        | SocketAsk::Control
        | SocketAsk::Held
        | SocketAsk::Plain
        | SocketAsk::Fault(_) => false,
    };
    contract.echo.as_ref().filter(|_| tells)
}

/// What no server may take; nothing where the handshake itself was the fault.
fn provocation(fault: SocketFault, contract: &WebSocketContract) -> Option<Frame<'static>> {
    let text = |payload: &'static [u8]| Frame::from_client(Opcode::TEXT, payload, MASK);
    match fault {
        SocketFault::Version
        | SocketFault::NoKey
        | SocketFault::BadKey
        | SocketFault::NoUpgrade
        | SocketFault::NoOrigin
        | SocketFault::NotJson => None,
        SocketFault::Oversize => Some(Frame {
            payload: oversize(contract)?.into(),
            ..text(b"")
        }),
        SocketFault::Unmasked => Some(Frame {
            mask: None,
            ..text(b"{}")
        }),
        SocketFault::NotUtf8 => Some(text(b"\xff\xfe")),
        SocketFault::Reserved => Some(Frame {
            rsv: 4,
            ..text(b"{}")
        }),
    }
}

/// One byte over the declared limit: the declared message where that is JSON, which may end in
/// spaces, so that its answer shows whether it was taken.
fn oversize(contract: &WebSocketContract) -> Option<Vec<u8>> {
    let size = usize::try_from(contract.max_message?.0).ok()?;
    let size = size.saturating_add(1);
    let json = contract.echo.as_ref().filter(|_| contract.speaks_json());
    let said = json.map(|echo| echo.send.as_bytes());
    let (said, filler) = match said.filter(|said| said.len() < size) {
        Some(said) => (said, b' '),
        None => (&b""[..], b'x'),
    };
    let mut payload = said.to_vec();
    payload.resize(size, filler);
    Some(payload)
}

/// The start of a refusal's body: what came with the head, and what follows soon.
fn refusal(mut answer: Answer, end: &Deadline, net: &Net) -> Payload {
    let limit = end.sooner(REFUSAL_WAIT);
    answer.stream.sock().set_deadline(limit);
    let announced = answer.head.values("content-length").next();
    let announced = announced.and_then(|value| std::str::from_utf8(value).ok()?.parse().ok());
    let wanted = announced.unwrap_or(REFUSAL).min(REFUSAL);
    let (mut body, mut chunk) = (std::mem::take(&mut answer.tail), [0; 1024]);
    let mut complete = announced.is_some_and(|length| length <= REFUSAL);
    while body.len() < wanted {
        match answer.stream.read(&mut chunk) {
            Ok(amount @ 1..) => body.extend_from_slice(chunk.get(..amount).unwrap_or_default()),
            Ok(0) => {
                complete = announced.is_none();
                break;
            }
            Err(_) => {
                complete = false;
                break;
            }
        }
    }
    body.truncate(REFUSAL);
    Payload {
        bytes: WireBytes(net.scrub.beginning(&body)),
        complete,
        ..Payload::whole(body)
    }
}
