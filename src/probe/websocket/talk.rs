//! Speaking on an open socket.
//!
//! tungstenite speaks; what was said is read from the [`Tape`] below it, because a library drops
//! what it refuses and rewrites close codes it does not like.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocket, WebSocketConfig};
use tungstenite::{Bytes, Error, Message};

use super::tape::Tape;
use crate::evidence::{Cause, Failure, Stage};
use crate::model::{Echo, Micros};
use crate::net::stream::Stream;
use crate::net::{Deadline, clock};
use crate::wire::echo;
use crate::wire::websocket::{Frame, NOT_JSON, Opcode};

/// An answer to a ping that takes longer is none: no network is so slow.
const PONG_WAIT: Duration = Duration::from_secs(3);

/// A library refuses a frame at once; the application behind it may close a moment later.
const CLOSE_WAIT: Duration = Duration::from_secs(1);

/// An application may think about an answer.
const ECHO_WAIT: Duration = Duration::from_secs(5);

/// What is no business of the application is answered at once or not at all.
const REPLY_WAIT: Duration = Duration::from_secs(1);

/// The payload of the ping after a provocation.
const PROBE: &[u8] = b"seaworthy";

/// Any mask will do: it hides nothing here (RFC 6455 §10.3 is about proxies).
pub(super) const MASK: [u8; 4] = [0x5e, 0xaf, 0x00, 0xd1];

/// An open socket.
pub(super) struct Talk {
    socket: WebSocket<Tape<Stream>>,
    start: Instant,
    end: Deadline,
    /// Ping to pong times.
    pub(super) pings: Vec<Micros>,
    /// How long was listened on purpose, or waited for what a provocation calls for.
    pub(super) listened: Micros,
    /// Why it ended before it was done.
    pub(super) fault: Option<Failure>,
}

impl Talk {
    /// Over a stream on which a handshake was just answered; `tail` followed its head.
    pub(super) fn over(stream: Stream, tail: Vec<u8>, end: &Deadline) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(4 << 10)
            .max_frame_size(Some(256 << 10))
            .max_message_size(Some(256 << 10));
        let tape = Tape::new(stream, &tail);
        Self {
            socket: WebSocket::from_partially_read(tape, tail, Role::Client, Some(config)),
            start: clock::now(),
            end: end.clone(),
            pings: Vec::new(),
            listened: Micros(0),
            fault: None,
        }
    }

    /// What was said.
    pub(super) fn tape(&self) -> &Tape<Stream> {
        self.socket.get_ref()
    }

    /// Pings until `count` were answered or one was not.
    pub(super) fn ping(&mut self, count: u8) {
        for nth in 0..count {
            let payload = Bytes::from(format!("seaworthy {nth}"));
            let sent = clock::now();
            self.send(Message::Ping(payload.clone()));
            let answered = self.until(
                PONG_WAIT,
                |message| matches!(message, Message::Pong(found) if *found == payload),
            );
            if !answered {
                return;
            }
            self.pings.push(clock::since(sent));
        }
    }

    /// Sends a text and waits for one back; what it says is judged later.
    pub(super) fn echo(&mut self, text: &str) {
        self.send(Message::text(text));
        self.until(ECHO_WAIT, |message| {
            matches!(message, Message::Text(_) | Message::Binary(_))
        });
    }

    /// Says a text, and waits for nothing.
    pub(super) fn say(&mut self, text: &str) {
        self.send(Message::text(text));
    }

    /// Sends what no parser of JSON takes, and waits for what comes of it; silence is an answer too.
    pub(super) fn misspeak(&mut self) {
        self.say(NOT_JSON);
        self.until(REPLY_WAIT, |message| {
            matches!(message, Message::Text(_) | Message::Binary(_))
        });
    }

    /// Listens for the declared message.
    pub(super) fn hear(&mut self, declared: &Echo, time: Duration) {
        self.until(time, |message| match message {
            Message::Text(text) => echo::miss(text.as_bytes(), declared).is_none(),
            Message::Binary(bytes) => echo::miss(bytes, declared).is_none(),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => false,
        });
    }

    /// Says nothing for so long; pings are answered.
    pub(super) fn listen(&mut self, time: Duration) {
        let start = clock::now();
        self.until(time, |_| false);
        self.listened = clock::since(start);
    }

    /// Says nothing until the socket has been open for so long.
    pub(super) fn stay(&mut self, time: Duration) {
        let open = clock::now().saturating_duration_since(self.start);
        let left = time.saturating_sub(open);
        if !left.is_zero() {
            self.until(left, |_| false);
        }
    }

    /// Waits whether the server closes on its own; tells whether it did.
    pub(super) fn await_close(&mut self, time: Duration) -> bool {
        self.drain(time, 0, |frame| frame.opcode == Opcode::CLOSE);
        let mut received = self.tape().received();
        received.any(|frame| frame.opcode == Opcode::CLOSE) || self.tape().ended().is_some()
    }

    /// Says the declared message to a server that waits for one, perhaps, and waits for what comes.
    pub(super) fn ask(&mut self, text: &str) {
        let before = self.tape().received().count();
        self.say(text);
        self.drain(REPLY_WAIT, before, |frame| !frame.opcode.is_control());
    }

    /// Sends a frame as it is, then a ping, and waits for either answer: a close, or the pong that
    /// shows that the frame was let pass. An application may close a moment after its library has
    /// answered the ping.
    pub(super) fn provoke(&mut self, frame: &Frame<'_>) {
        let ping = Frame::from_client(Opcode::PING, PROBE, MASK);
        let start = clock::now();
        let tape = self.socket.get_mut();
        // A server may close before it has read all: what it said is there to be read then.
        let _ = tape.write_all(&frame.encode());
        let _ = tape.write_all(&ping.encode());
        let _ = tape.flush();
        let ends = [Opcode::CLOSE, Opcode::PONG];
        self.drain(PONG_WAIT, 0, |frame| ends.contains(&frame.opcode));
        self.await_close(CLOSE_WAIT);
        self.listened = clock::since(start);
    }

    /// Reads past tungstenite until a frame is there behind so many others, the stream ends, or the
    /// time is over.
    fn drain(&mut self, time: Duration, behind: usize, wanted: impl Fn(&Frame<'_>) -> bool) {
        let limit = self.end.sooner(time);
        let whole = self.end.clone();
        let tape = self.socket.get_mut();
        tape.stream().sock().set_deadline(limit.clone());
        let mut scratch = [0; 4096];
        while !limit.has_passed() && tape.ended().is_none() {
            if tape.received().skip(behind).any(&wanted) {
                break;
            }
            // The tape keeps what is read and notes the end.
            let _ = tape.read(&mut scratch);
        }
        tape.stream().sock().set_deadline(whole);
    }

    /// Closes as §7.1.1 wants it, and waits for the server's own close frame.
    pub(super) fn close(&mut self) {
        let close = CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        };
        let closing = self
            .socket
            .close(Some(close))
            .and_then(|()| self.socket.flush());
        if closing.is_ok() {
            self.until(PONG_WAIT, |_| false);
        }
    }

    fn send(&mut self, message: Message) {
        if let Err(error) = self.socket.send(message) {
            self.note(&error);
        }
    }

    /// Reads until a message is the wanted one, the socket ends, or the time is over; tells whether
    /// it came. A flood of others does not stretch the time.
    fn until(&mut self, time: Duration, wanted: impl Fn(&Message) -> bool) -> bool {
        let limit = self.end.sooner(time);
        self.socket
            .get_mut()
            .stream()
            .sock()
            .set_deadline(limit.clone());
        let found = loop {
            if limit.has_passed() {
                break false;
            }
            match self.socket.read() {
                Ok(message) if wanted(&message) => break true,
                Ok(_) => {}
                Err(error) => {
                    self.note(&error);
                    break false;
                }
            }
        };
        let whole = self.end.clone();
        self.socket.get_mut().stream().sock().set_deadline(whole);
        found
    }

    /// An end that is no fault: closed, or simply quiet for as long as was waited.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the enum is open")]
    fn note(&mut self, error: &Error) {
        let fault = match error {
            Error::ConnectionClosed | Error::AlreadyClosed => None,
            Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => self
                .end
                .has_passed()
                .then(|| self.end.failure(Stage::Frames, Cause::TimedOut, "")),
            Error::Io(error) => Some(self.end.io_failure(Stage::Frames, error)),
            other => Some(
                self.end
                    .failure(Stage::Frames, Cause::Garbage, other.to_string()),
            ),
        };
        self.fault = self.fault.take().or(fault);
    }
}

/// How long to listen: one and a half of the declared heartbeat, or the declared idle time.
pub(super) fn patience(heartbeat: Option<Duration>, idle: Option<Duration>) -> Option<Duration> {
    let heartbeat = heartbeat.map(|interval| interval.mul_f32(1.5));
    heartbeat.max(idle)
}
