//! What was said on an open socket, told from its frames.

use crate::evidence::{Frame as Seen, Response, SocketTrial, with_lines};
use crate::model::{Micros, Untrusted, WebSocketContract};
use crate::wire::echo;
use crate::wire::leak::{self, Leak};
use crate::wire::websocket::{
    self, Close, CloseCode, FailedBy, Frame, Key, NOT_JSON, Offer, Opcode, Violation,
};

/// An open socket from its handshake to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Rules the `101` broke, all of them.
    pub violations: Vec<Broken>,
    /// Rules the server's frames broke.
    pub frame_faults: Vec<Untrusted>,
    /// How it ended.
    pub end: End,
    /// Pings sent.
    pub pings: usize,
    /// Ping to pong times of those that were answered.
    pub round_trips_us: Vec<Micros>,
    /// A pong that answers no ping of ours, shown when ours went unanswered.
    pub other_pong: Option<Untrusted>,
    /// What the declared message was answered; `None` when none was sent.
    pub reply: Option<Reply>,
    /// What came of a message that is no JSON, the last thing said; `None` when none was sent.
    pub nonsense: Option<Spoken>,
    /// What messages and close reasons give away.
    pub leaks: Vec<Leak>,
    /// How long was listened on purpose.
    pub listened_us: Micros,
    /// Whether the server pinged meanwhile.
    pub heartbeats: usize,
    /// Whether a ping after a provocation was answered, which shows that it was let pass.
    pub survived: bool,
}

/// A server that closed before the silence began is noticed at once.
const SILENCE: Micros = Micros(10_000);

impl Session {
    /// Whether the server closed it, and not before it had been silent for a while: whoever spoke
    /// was let in.
    #[must_use]
    pub fn was_closed_in_silence(&self) -> bool {
        matches!(self.end, End::ByServer(_)) && self.listened_us >= SILENCE
    }
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
    /// We closed it, or were closed on for saying what had to be refused.
    ByUs {
        /// Whether a close frame came back.
        answered: bool,
    },
    /// Neither did while it was looked at.
    Open,
}

/// What a server did with nonsense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// It answered, or took no notice.
    On,
    /// It ended the socket, with this code if it gave one.
    Ended(Option<CloseCode>),
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
    Session {
        violations: violations(trial, response),
        frame_faults: websocket::faults(&frames)
            .iter()
            .map(websocket::FrameFault::said)
            .collect(),
        end: end(trial),
        pings,
        round_trips_us: trial.pings.clone(),
        other_pong: other
            .filter(|_| trial.pings.len() < pings)
            .map(|pong| Untrusted::from_bytes(&pong.payload.bytes.0)),
        reply: reply(trial, declared),
        nonsense: nonsense(trial),
        leaks: leaks(&received),
        listened_us: trial.listened,
        heartbeats: of(true, Opcode::PING).count(),
        survived: of(true, Opcode::PONG).any(|pong| answered(&&pong)),
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
    let keyless = trial.key.is_empty();
    found
        .iter()
        // Without a key there is nothing to answer: that it was answered at all is judged apart.
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
        (_, Some(theirs), _) if said_nonsense(trial).is_some_and(|at| theirs.after >= at) => {
            End::ByUs { answered: true }
        }
        (ours, None, Some(ended)) if ended_over_nonsense(trial, ended, ours) => End::Open,
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

/// Whether the stream ended after the message that is no JSON, and before our close.
fn ended_over_nonsense(trial: &SocketTrial, ended: Micros, ours: Option<&Seen>) -> bool {
    said_nonsense(trial).is_some_and(|at| ended >= at) && ours.is_none_or(|ours| ended < ours.after)
}

/// When the message was sent that is no JSON.
fn said_nonsense(trial: &SocketTrial) -> Option<Micros> {
    let is_nonsense = |seen: &&Seen| !seen.received && seen.payload.bytes.0 == NOT_JSON.as_bytes();
    trial.frames.iter().find(is_nonsense).map(|seen| seen.after)
}

/// A close of the server's that answers none of ours.
fn nonsense(trial: &SocketTrial) -> Option<Spoken> {
    let at = said_nonsense(trial)?;
    let is_close = |seen: &&Seen| Opcode(seen.first & 0xf) == Opcode::CLOSE;
    let closes = || trial.frames.iter().filter(is_close);
    let ours = closes().find(|seen| !seen.received).map(|seen| seen.after);
    let first = |after: Micros| after >= at && ours.is_none_or(|ours| after <= ours);
    if let Some(theirs) = closes().find(|seen| seen.received) {
        let ended = Spoken::Ended(code_of(theirs));
        return Some(if first(theirs.after) {
            ended
        } else {
            Spoken::On
        });
    }
    let ended = trial.ended.is_some_and(first);
    Some(if ended {
        Spoken::Ended(None)
    } else {
        Spoken::On
    })
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

/// Every message after ours is held against the declaration: a server may say other things too.
fn reply(trial: &SocketTrial, declared: &WebSocketContract) -> Option<Reply> {
    let echo = declared.echo.as_ref()?;
    let is_data = |seen: &&Seen| matches!(Opcode(seen.first & 0xf), Opcode::TEXT | Opcode::BINARY);
    let sent = trial
        .frames
        .iter()
        .find(|seen| !seen.received && is_data(seen))?;
    let replies = trial
        .frames
        .iter()
        .filter(|seen| seen.received && is_data(seen));
    let mut reply = Reply::Nothing;
    let ours = |seen: &&Seen| {
        let nonsense = said_nonsense(trial);
        seen.after >= sent.after && nonsense.is_none_or(|nonsense| seen.after < nonsense)
    };
    for seen in replies.filter(ours) {
        match echo::miss(&seen.payload.bytes.0, echo) {
            None => return Some(Reply::AsDeclared),
            Some(said) => reply = Reply::Other(said),
        }
    }
    Some(reply)
}
