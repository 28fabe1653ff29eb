//! What was said on an open socket, told from its frames.

use crate::evidence::{Frame as Seen, Response, SocketTrial, with_lines};
use crate::model::{
    Ask, Bytes, Echo, Micros, Reject, SocketAsk, SocketFault, Untrusted, WebSocketContract,
};
use crate::wire::echo;
use crate::wire::leak::{self, Leak};
use crate::wire::websocket::{
    self, Close, CloseCode, FailedBy, Frame, Key, Offer, Opcode, Violation,
};

/// An open socket from its handshake to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Rules the `101` broke, all of them.
    pub violations: Vec<Broken>,
    /// Rules the server's frames broke.
    pub frame_faults: Vec<Untrusted>,
    /// An answer in HTTP among the frames; what follows it is no frame.
    pub http: Option<Untrusted>,
    /// How it ended.
    pub end: End,
    /// Pings sent.
    pub pings: usize,
    /// Ping to pong times of those that were answered.
    pub round_trips_us: Vec<Micros>,
    /// A pong that answers no ping of ours, shown when ours went unanswered.
    pub other_pong: Option<Untrusted>,
    /// What the first message was answered; `None` where no answer is declared.
    pub welcome: Option<Reply>,
    /// What the declared message was answered; `None` when none was sent.
    pub reply: Option<Reply>,
    /// Whether it is served what is declared.
    pub service: Service,
    /// Whether a message over the declared limit was answered as one within it is.
    pub took_oversize: bool,
    /// What messages and close reasons give away, as far as they were kept.
    pub leaks: Vec<Leak>,
    /// How long the first message is of which only the beginning was kept.
    pub kept_in_part: Option<Bytes>,
    /// How long was listened on purpose.
    pub listened_us: Micros,
    /// Whether the server pinged meanwhile.
    pub heartbeats: usize,
    /// Whether a ping of ours was answered.
    pub survived: bool,
    /// How long it was open, until either side closed it.
    pub lived_us: Micros,
    /// Whether the server closed it for having been silent, as a server may where that is declared.
    pub closed_in_silence: bool,
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What was seen.
    pub said: Untrusted,
    /// Where the rule is written.
    pub section: &'static str,
    /// Who must fail the connection over it.
    pub failed_by: FailedBy,
}

/// How a socket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The server closed it before we did, with this code if it gave one.
    ByServer(Option<CloseCode>),
    /// We closed it.
    ByUs {
        /// Whether a close frame came back.
        answered: bool,
    },
    /// Neither did while it was looked at.
    Open,
}

/// Whether a socket is served what is declared: the answer to the first message, or to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// A declared answer came.
    Given,
    /// None came.
    Withheld,
    /// No answer is declared, or nothing was asked.
    Unknown,
}

/// The answers to the declared message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// One of them is as declared.
    AsDeclared,
    /// None is; what does not hold of the last one.
    Other(Untrusted),
    /// None came.
    Nothing,
}

/// Reads a trial that was answered `101`.
pub(super) fn read(
    trial: &SocketTrial,
    response: &Response,
    declared: &WebSocketContract,
) -> Session {
    let (trial, http) = &without_http(trial);
    let received: Vec<&Seen> = trial.frames.iter().filter(|frame| frame.received).collect();
    let frames: Vec<Frame<'_>> = received.iter().map(|seen| as_frame(seen)).collect();
    let opcode = |seen: &Seen| Opcode(seen.first & 0xf);
    let of = |received: bool, wanted: Opcode| {
        let all = trial.frames.iter();
        all.filter(move |seen| seen.received == received && opcode(seen) == wanted)
    };
    let pings = of(false, Opcode::PING).count();
    let answered = |pong: &&&Seen| {
        of(false, Opcode::PING).any(|ping| ping.payload.bytes == pong.payload.bytes)
    };
    let other = of(true, Opcode::PONG).find(|pong| !answered(&pong));
    let end = end(trial);
    let heartbeats = of(true, Opcode::PING).count();
    let first = declared.answered_first();
    let welcome = first.map(|first| held_against(trial, Micros(0), first));
    let reply = reply(trial, declared);
    Session {
        violations: violations(trial, response),
        frame_faults: websocket::faults(&frames)
            .iter()
            .map(websocket::FrameFault::said)
            .collect(),
        http: http.clone(),
        end,
        pings,
        round_trips_us: trial.pings.clone(),
        other_pong: other
            .filter(|_| trial.pings.len() < pings)
            .map(|pong| Untrusted::from_bytes(&pong.payload.bytes.0)),
        service: service(welcome.as_ref(), reply.as_ref()),
        welcome,
        reply,
        took_oversize: took_oversize(trial, declared),
        leaks: leaks(&received),
        kept_in_part: received
            .iter()
            .find(|seen| seen.payload.is_clipped())
            .map(|seen| Bytes(seen.payload.size)),
        listened_us: trial.listened,
        heartbeats,
        survived: of(true, Opcode::PONG).any(|pong| answered(&&pong)),
        lived_us: lived(trial),
        closed_in_silence: is_idle_end(trial, declared, end, heartbeats),
    }
}

/// A frame as it was on the wire, as far as it was kept: of a long payload only the length counts.
fn as_frame(seen: &Seen) -> Frame<'_> {
    let kept = u64::try_from(seen.payload.bytes.0.len()).unwrap_or(u64::MAX);
    let whole = Frame::of_first_byte(seen.first, seen.masked, &seen.payload.bytes.0);
    if kept >= seen.payload.size {
        return whole;
    }
    Frame {
        payload: vec![b' '; usize::try_from(kept).unwrap_or(0)].into(),
        ..whole
    }
}

fn violations(trial: &SocketTrial, response: &Response) -> Vec<Broken> {
    let offer = Offer {
        protocols: offered(trial),
        ..Offer::plain(Key::from_text(&trial.key))
    };
    let found = with_lines(&response.fields, |fields| {
        websocket::violations(&offer, &response.version, fields)
    });
    let ask = &trial.question.ask;
    let bad_key = SocketAsk::Fault(SocketFault::BadKey);
    let keyless = trial.key.is_empty() || *ask == Ask::Socket(bad_key);
    found
        .iter()
        // Without a good key there is nothing to answer: that it was answered at all is judged apart.
        .filter(|violation| !(keyless && matches!(violation, Violation::AcceptWrong(_))))
        .map(|violation| Broken {
            said: violation.said(),
            section: violation.section(),
            failed_by: violation.failed_by(),
        })
        .collect()
}

/// The subprotocols as they went out, a credential among them replaced as it is in the answer.
fn offered(trial: &SocketTrial) -> Vec<String> {
    let sent = trial.request.fields.iter();
    let lists = sent.filter(|field| field.is("sec-websocket-protocol"));
    let text: Vec<String> = lists.map(crate::evidence::Field::text).collect();
    let names = text.iter().flat_map(|list| list.split(','));
    names.map(|name| name.trim().to_owned()).collect()
}

/// Who closed first; an end of the stream without a close frame counts as the server's.
fn end(trial: &SocketTrial) -> End {
    let close = |received: bool| {
        let is_close = |seen: &&Seen| Opcode(seen.first & 0xf) == Opcode::CLOSE;
        let mut closes = trial.frames.iter().filter(is_close);
        closes.find(|seen| seen.received == received)
    };
    match (close(false), close(true), trial.ended) {
        (Some(ours), Some(theirs), _) if theirs.after < ours.after => {
            End::ByServer(code_of(theirs))
        }
        (None, Some(theirs), _) => End::ByServer(code_of(theirs)),
        (Some(ours), None, Some(ended)) if ended < ours.after => End::ByServer(None),
        (None, None, Some(_)) => End::ByServer(None),
        (Some(_), theirs, _) => End::ByUs {
            answered: theirs.is_some(),
        },
        (None, None, None) => End::Open,
    }
}

/// Until the first close frame or the end of the stream; until the last frame where there is none.
fn lived(trial: &SocketTrial) -> Micros {
    let is_close = |seen: &&Seen| Opcode(seen.first & 0xf) == Opcode::CLOSE;
    let closes = trial.frames.iter().filter(is_close);
    let end = closes.map(|seen| seen.after).chain(trial.ended).min();
    let last = trial.frames.iter().map(|seen| seen.after).max();
    end.or(last).unwrap_or(Micros(0))
}

/// A server that closed before the silence began is noticed at once.
const SILENCE: Micros = Micros(10_000);

/// Whoever spoke was let in, and silence may be ended where a time for it is declared, or a
/// heartbeat that did not come. A close with the code of a refusal is one.
fn is_idle_end(
    trial: &SocketTrial,
    declared: &WebSocketContract,
    end: End,
    heartbeats: usize,
) -> bool {
    let End::ByServer(code) = end else {
        return false;
    };
    let waited = trial.listened >= SILENCE;
    let lifeless = declared.heartbeat.is_some() && heartbeats == 0;
    let refuses = match declared.reject {
        Reject::Handshake => false,
        Reject::Close(refusal) => code == Some(CloseCode(refusal)),
    };
    waited && !refuses && (declared.idle.is_some() || lifeless)
}

/// The trial without what is no frame: some servers write an answer in HTTP on the open socket, in
/// front of the close frame or behind it. `H` and `T` make a frame of 84 bytes, which begins with
/// the rest of the status line.
fn without_http(trial: &SocketTrial) -> (SocketTrial, Option<Untrusted>) {
    let is_http = |seen: &Seen| {
        seen.received && seen.first == b'H' && seen.payload.bytes.0.starts_with(b"TP/1.")
    };
    let mut trial = trial.clone();
    let Some(place) = trial.frames.iter().position(is_http) else {
        return (trial, None);
    };
    let said = trial.frames.get(place).map(|seen| {
        let line = seen.payload.bytes.0.split(|byte| *byte == b'\r').next();
        let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
        Untrusted::from(format!("HT{line}"))
    });
    let mut nth = 0;
    trial.frames.retain(|seen| {
        nth += 1;
        nth <= place || !seen.received
    });
    (trial, said)
}

fn leaks(received: &[&Seen]) -> Vec<Leak> {
    let said = received.iter().filter(|seen| {
        matches!(
            Opcode(seen.first & 0xf),
            Opcode::TEXT | Opcode::BINARY | Opcode::CLOSE
        )
    });
    said.flat_map(|seen| leak::scan(&String::from_utf8_lossy(&seen.payload.bytes.0)))
        .collect()
}

fn code_of(seen: &Seen) -> Option<CloseCode> {
    Close::read(&seen.payload.bytes.0).code()
}

const fn is_data(seen: &Seen) -> bool {
    matches!(Opcode(seen.first & 0xf), Opcode::TEXT | Opcode::BINARY)
}

/// The messages that came since, held against what is declared.
fn answers<'t>(
    trial: &'t SocketTrial,
    since: Micros,
    declared: &'t Echo,
) -> impl Iterator<Item = Option<Untrusted>> + 't {
    let later = move |seen: &&Seen| seen.received && is_data(seen) && seen.after >= since;
    let replies = trial.frames.iter().filter(later);
    replies.map(move |seen| echo::miss(&seen.payload.bytes.0, declared))
}

/// The message that was sent, if it was; what is longer begins with it.
fn said<'t>(trial: &'t SocketTrial, declared: &Echo) -> Option<&'t Seen> {
    let begins = |seen: &&Seen| seen.payload.bytes.0.starts_with(declared.send.as_bytes());
    let mut sent = trial
        .frames
        .iter()
        .filter(|seen| !seen.received && is_data(seen));
    sent.find(begins)
}

/// Every message after ours is held against the declaration: a server may say other things too.
fn reply(trial: &SocketTrial, declared: &WebSocketContract) -> Option<Reply> {
    let echo = declared.echo.as_ref()?;
    let sent = said(trial, echo)?;
    Some(held_against(trial, sent.after, echo))
}

fn held_against(trial: &SocketTrial, since: Micros, declared: &Echo) -> Reply {
    let mut reply = Reply::Nothing;
    for miss in answers(trial, since, declared) {
        match miss {
            None => return Reply::AsDeclared,
            Some(said) => reply = Reply::Other(said),
        }
    }
    reply
}

fn service(welcome: Option<&Reply>, reply: Option<&Reply>) -> Service {
    match (welcome, reply) {
        (None, None) => Service::Unknown,
        (Some(Reply::AsDeclared), _) | (_, Some(Reply::AsDeclared)) => Service::Given,
        (_, _) => Service::Withheld,
    }
}

/// An answer as declared, or the very message back.
fn took_oversize(trial: &SocketTrial, declared: &WebSocketContract) -> bool {
    let Some(limit) = declared.max_message else {
        return false;
    };
    let is_over = |seen: &&Seen| is_data(seen) && seen.payload.size > limit.0;
    let mut sent = trial.frames.iter().filter(|seen| !seen.received);
    let Some(sent) = sent.find(is_over) else {
        return false;
    };
    let mut received = trial
        .frames
        .iter()
        .filter(|seen| seen.received && is_data(seen));
    let echo = declared.echo.as_ref();
    received.any(|seen| seen.payload.size == sent.payload.size)
        || echo.is_some_and(|echo| answers(trial, sent.after, echo).any(|miss| miss.is_none()))
}
