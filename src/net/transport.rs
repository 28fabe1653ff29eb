//! ureq over our own sockets: the same dial, deadline and TLS as everything else, with the head of
//! the response read here and every phase stamped.
//!
//! ureq never sees the head that was sent: its parser takes no more than 128 field lines, no folded
//! one and no control character, which browsers all read. It is handed one of our own in its place
//! that tells where the content ends, and nothing else; so an odd line costs neither the rest of the
//! head nor the content.
//!
//! ureq runs connector and transport on the calling thread, so a thread-local [`Record`] joins a
//! request to what happened below it. This file holds all that depends on ureq's unversioned API.

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver as UreqResolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::clock;
use super::deadline::Deadline;
use super::dial::{self, Names};
use super::resolve::{Destination, Resolver};
use super::sessions::Sessions;
use super::spares::Spares;
use super::stream::Stream;
use super::tls;
use crate::evidence::{Cause, Failure, PassedOver, Stage};
use crate::model::{Host, Micros, UrlScheme};
use crate::wire::http::framing::{self, Framing};
use crate::wire::http::head::{self, Head, MAX_HEAD};

/// ureq is never handed more than this at once.
const MAX_BUFFER: usize = 128 * 1024;

/// Read at once: with the largest head, what follows it still fits the buffer.
const CHUNK: usize = 16 * 1024;

/// What happened below one request.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) deadline: Option<Deadline>,
    /// The method of the request, which tells whether content may follow.
    pub(super) method: String,
    pub(super) address: Option<SocketAddr>,
    pub(super) reused: bool,
    pub(super) fallback: Micros,
    pub(super) passed_over: Vec<PassedOver>,
    /// When connecting began; `None` on a kept connection.
    pub(super) began: Option<Instant>,
    pub(super) dns: Micros,
    pub(super) tcp: Micros,
    pub(super) tls: Micros,
    /// When the connection was ready for the request, or a kept one was given it.
    pub(super) ready: Option<Instant>,
    /// When the last byte of the request was handed over.
    pub(super) sent: Option<Instant>,
    /// When the first byte of the response arrived.
    pub(super) first: Option<Instant>,
    /// When the last byte so far arrived.
    pub(super) last: Option<Instant>,
    /// The response's head, interim heads left out, until it is complete.
    pub(super) head: Vec<u8>,
    pub(super) head_complete: bool,
    /// Whether the peer ended the connection.
    pub(super) ended: bool,
    /// Why it failed below ureq.
    pub(super) failure: Option<Failure>,
}

thread_local! {
    static RECORD: RefCell<Record> = RefCell::default();
}

/// Starts a new record on this thread.
pub(super) fn begin(deadline: &Deadline, method: &str) {
    RECORD.set(Record {
        deadline: Some(deadline.clone()),
        method: method.to_owned(),
        ..Record::default()
    });
}

/// Takes the record of this thread.
pub(super) fn finish() -> Record {
    RECORD.take()
}

fn note<T>(act: impl FnOnce(&mut Record) -> T) -> T {
    RECORD.with_borrow_mut(act)
}

/// Names are resolved in [`Dialler`], once and timed.
#[derive(Debug)]
pub(super) struct NoResolver;

impl UreqResolver for NoResolver {
    fn resolve(
        &self,
        _: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

/// Opens connections to one host.
#[derive(Debug)]
pub(super) struct Dialler {
    pub(super) scheme: UrlScheme,
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) resolver: Arc<Resolver>,
    pub(super) names: Names,
    /// What the first connection shows and is given.
    pub(super) sessions: Arc<Sessions>,
    /// Connect here instead of to the name's own addresses.
    pub(super) address: Option<SocketAddr>,
    /// Connections that stand and carry nothing yet.
    pub(super) spares: Arc<Spares<(Stream, SocketAddr)>>,
}

impl Connector<()> for Dialler {
    type Out = Wire;

    fn connect(&self, _: &ConnectionDetails, _: Option<()>) -> Result<Option<Wire>, ureq::Error> {
        let Some(deadline) = note(|record| record.deadline.clone()) else {
            return Ok(None);
        };
        self.open(&deadline).map(Some).map_err(|failure| {
            note(|record| record.failure = Some(failure));
            ureq::Error::ConnectionFailed
        })
    }
}

impl Dialler {
    /// A connection that stands already counts as a kept one: it may have been closed since.
    fn open(&self, deadline: &Deadline) -> Result<Wire, Failure> {
        if let Some((stream, address)) = self.spares.take() {
            return Ok(Wire {
                stream,
                address,
                used: true,
                buffers: GrowBuffers::default(),
            });
        }
        let dialled = if let Some(address) = self.address {
            dial::dial_any(&[address], deadline)?
        } else {
            let to = Destination {
                scheme: self.scheme,
                host: &self.host,
                port: self.port,
            };
            dial::dial(to, &self.resolver, self.names, deadline)?
        };
        self.spares.begin();
        let setup = dialled.dns + dialled.tcp;
        note(|record| {
            record.address = Some(dialled.address);
            record.began = Some(dialled.began);
            record.dns = dialled.dns;
            record.tcp = dialled.tcp;
            record.fallback = dialled.fallback;
            record.passed_over = dialled.passed_over;
        });
        let stream = match self.scheme {
            UrlScheme::Http => Stream::Plain(dialled.sock),
            UrlScheme::Https => {
                let (stream, _) =
                    tls::connect_first(dialled.sock, &self.host, &self.sessions, deadline)?;
                // Counted from the end of the phase before, so that no time falls between them.
                note(|record| record.tls = clock::since(dialled.began) - setup);
                Stream::Tls(Box::new(stream))
            }
        };
        note(|record| record.ready = Some(clock::now()));
        Ok(Wire {
            stream,
            address: dialled.address,
            used: false,
            buffers: GrowBuffers::default(),
        })
    }
}

/// One connection under ureq.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    address: SocketAddr,
    used: bool,
    buffers: GrowBuffers,
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        let deadline = note(|record| {
            record.ready.get_or_insert_with(clock::now);
            record.reused = self.used;
            record.address = Some(self.address);
            record.deadline.clone()
        });
        if let Some(deadline) = deadline {
            self.stream.sock().set_deadline(deadline);
        }
        let bytes = self.buffers.output.get(..amount).unwrap_or_default();
        let sent = self
            .stream
            .write_all(bytes)
            .and_then(|()| self.stream.flush());
        note(|record| record.sent = Some(clock::now()));
        sent.map_err(|error| failed(Stage::Send, error))
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        if note(|record| record.head_complete) {
            return self.read_content();
        }
        self.read_head()
    }

    /// A kept connection is usable when the peer has neither closed it nor sent anything but TLS's
    /// own late messages, such as session tickets.
    fn is_open(&mut self) -> bool {
        let tcp = self.stream.sock().stream();
        if tcp.set_nonblocking(true).is_err() {
            return false;
        }
        let quiet = match &mut self.stream {
            Stream::Plain(sock) => is_quiet(sock.stream().peek(&mut [0])),
            Stream::Tls(tls) => {
                let mut raw = tls.sock.stream();
                match tls.conn.read_tls(&mut raw) {
                    Ok(0) => false,
                    Ok(_) => tls.conn.process_new_packets().is_ok_and(|state| {
                        state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed()
                    }),
                    Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
                }
            }
        };
        // What is left of the answer before would be taken for the next one.
        let used_up = self.buffers.input().is_empty();
        quiet && used_up && self.stream.sock().stream().set_nonblocking(false).is_ok()
    }

    fn is_tls(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }
}

impl Wire {
    /// Reads until the head is there, and hands ureq one of ours, with what came behind.
    fn read_head(&mut self) -> Result<bool, ureq::Error> {
        let mut chunk = [0; CHUNK];
        loop {
            let amount = self
                .stream
                .read(&mut chunk)
                .map_err(|error| failed(Stage::Head, error))?;
            self.used = true;
            if amount == 0 {
                note(|record| record.ended = true);
                return Ok(false);
            }
            let arrived = chunk.get(..amount).unwrap_or_default();
            let answer = note(|record| {
                let behind = record.head_arrived(arrived)?;
                Ok(behind.map(|behind| [record.stand_in().into_bytes(), behind].concat()))
            });
            if let Some(answer) = answer.map_err(refused)? {
                self.buffers.put(&answer);
                return Ok(true);
            }
        }
    }

    fn read_content(&mut self) -> Result<bool, ureq::Error> {
        let room = self.buffers.input_append_buf();
        if room.is_empty() {
            // The line that starts a chunk, or a trailer, is longer than any buffer.
            return Err(ureq::Error::BodyStalled);
        }
        let amount = self
            .stream
            .read(room)
            .map_err(|error| failed(Stage::Body, error))?;
        note(|record| {
            record.ended |= amount == 0;
            record.stamp();
        });
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }
}

/// What came is no head of a response.
fn refused((cause, detail): (Cause, String)) -> ureq::Error {
    note(|record| {
        if let Some(deadline) = &record.deadline {
            record.failure = Some(deadline.failure(Stage::Head, cause, detail));
        }
    });
    ureq::Error::ConnectionFailed
}

fn is_quiet(peeked: std::io::Result<usize>) -> bool {
    peeked.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

/// A broken TLS record after the handshake is the peer's nonsense, not the network's.
fn failed(stage: Stage, error: std::io::Error) -> ureq::Error {
    note(|record| {
        if let Some(deadline) = &record.deadline {
            record.failure = Some(deadline.io_failure(stage, &error));
        }
    });
    ureq::Error::Io(error)
}

impl Record {
    /// Something arrived.
    fn stamp(&mut self) {
        let at = clock::now();
        self.first.get_or_insert(at);
        self.last = Some(at);
    }

    /// Why the content is not all there: what happened to the connection, or else the peer's framing.
    pub(super) fn why_it_broke(&self) -> Cause {
        match &self.failure {
            Some(failure) => failure.cause,
            None if self.ended => Cause::Closed,
            None => Cause::Garbage,
        }
    }

    /// Keeps the head aside; once it is complete, what came behind it.
    fn head_arrived(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, (Cause, String)> {
        self.stamp();
        self.head.extend_from_slice(bytes);
        while let Some(length) = head::length(&self.head) {
            let behind = self.head.split_off(length);
            let head = Head::read(&self.head);
            if head.is_interim() {
                self.head = behind;
                // An early hint is not the answer: its first byte is still to come.
                self.first = self.first.filter(|_| !self.head.is_empty());
                continue;
            }
            if head.status == 0 {
                return Err((Cause::Garbage, head.faults.join("; ")));
            }
            self.head_complete = true;
            return Ok(Some(behind));
        }
        if self.head.len() > MAX_HEAD {
            let limit = format!("the head is over {} KiB", MAX_HEAD / 1024);
            return Err((Cause::TooLarge, limit));
        }
        Ok(None)
    }

    /// A head that says of the content what the one that was sent says.
    fn stand_in(&self) -> String {
        let head = Head::read(&self.head);
        let framing = match Framing::of(&head, &self.method) {
            Framing::Nothing | Framing::Contradictory => "Content-Length: 0\r\n".to_owned(),
            Framing::Chunked => "Transfer-Encoding: chunked\r\n".to_owned(),
            Framing::Length(length) => format!("Content-Length: {length}\r\n"),
            Framing::UntilClose => String::new(),
        };
        let contradicts = Framing::of(&head, &self.method) == Framing::Contradictory;
        let kept = framing::is_kept_alive(&head) && !contradicts && head.status != 101;
        let connection = if kept { "" } else { "Connection: close\r\n" };
        format!("HTTP/1.1 200 OK\r\n{framing}{connection}\r\n")
    }
}

/// Buffers that start small and grow: ureq's own take 256 KiB a connection.
#[derive(Debug, Default)]
struct GrowBuffers {
    output: Vec<u8>,
    input: Vec<u8>,
    used: usize,
    filled: usize,
    progress: bool,
}

const FIRST_INPUT: usize = 8 * 1024;
const OUTPUT: usize = 72 * 1024;
/// What ureq wants to have free for reading a request body into.
const SPARE: usize = 10 * 1024;

impl GrowBuffers {
    fn make_room(&mut self, least: usize) {
        if self.used > 0 {
            self.input.copy_within(self.used..self.filled, 0);
            self.filled -= self.used;
            self.used = 0;
        }
        if self.input.len() < self.filled + least {
            let double = (self.input.len() * 2).clamp(FIRST_INPUT, MAX_BUFFER);
            self.input
                .resize(double.max((self.filled + least).min(MAX_BUFFER)), 0);
        }
    }

    /// Appends what was read elsewhere.
    fn put(&mut self, bytes: &[u8]) {
        self.make_room(bytes.len());
        if let Some(room) = self
            .input
            .get_mut(self.filled..)
            .and_then(|free| free.get_mut(..bytes.len()))
        {
            room.copy_from_slice(bytes);
            self.filled += bytes.len();
        }
    }

    fn allocate_output(&mut self) {
        if self.output.is_empty() {
            self.output.resize(OUTPUT, 0);
        }
    }
}

impl Buffers for GrowBuffers {
    fn output(&mut self) -> &mut [u8] {
        self.allocate_output();
        &mut self.output
    }

    fn input(&self) -> &[u8] {
        self.input.get(self.used..self.filled).unwrap_or_default()
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.make_room(1);
        self.input.get_mut(self.filled..).unwrap_or_default()
    }

    fn input_appended(&mut self, amount: usize) {
        self.filled = (self.filled + amount).min(self.input.len());
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.used = (self.used + amount).min(self.filled);
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.make_room(SPARE);
        self.allocate_output();
        (
            self.input.get_mut(self.filled..).unwrap_or_default(),
            &mut self.output,
        )
    }

    fn can_use_input(&self) -> bool {
        self.used < self.filled && self.progress
    }
}
