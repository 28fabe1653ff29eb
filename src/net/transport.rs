//! ureq over our own sockets: the same dial, deadline and TLS as everything else, with the raw head
//! of the response kept aside and every phase stamped.
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
use super::resolve::Resolver;
use super::sessions::Sessions;
use super::spares::Spares;
use super::stream::Stream;
use super::tls;
use crate::evidence::{Failure, PassedOver, Stage};
use crate::model::{Host, Micros, UrlScheme};
use crate::wire::http::head;

/// Larger heads than this are cut off, which fails the exchange as too large.
const MAX_BUFFER: usize = 128 * 1024;

/// What happened below one request.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) deadline: Option<Deadline>,
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
    /// Why it failed below ureq.
    pub(super) failure: Option<Failure>,
}

thread_local! {
    static RECORD: RefCell<Record> = RefCell::default();
}

/// Starts a new record on this thread.
pub(super) fn begin(deadline: &Deadline) {
    RECORD.set(Record {
        deadline: Some(deadline.clone()),
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
        let dialled = match self.address {
            Some(address) => dial::dial_any(&[address], deadline)?,
            None => dial::dial(&self.host, self.port, &self.resolver, self.names, deadline)?,
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
        let room = self.buffers.input_append_buf();
        if room.is_empty() {
            return Err(ureq::Error::LargeResponseHeader(MAX_BUFFER, MAX_BUFFER));
        }
        let stage = note(|record| {
            if record.head_complete {
                Stage::Body
            } else {
                Stage::Head
            }
        });
        let amount = self
            .stream
            .read(room)
            .map_err(|error| failed(stage, error))?;
        let arrived = room.get(..amount).unwrap_or_default();
        note(|record| record.arrived(arrived));
        self.used = true;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
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
        quiet && self.stream.sock().stream().set_nonblocking(false).is_ok()
    }

    fn is_tls(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }
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
    /// Keeps the head aside until it is complete.
    fn arrived(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let at = clock::now();
        self.first.get_or_insert(at);
        self.last = Some(at);
        if self.head_complete {
            return;
        }
        self.head.extend_from_slice(bytes);
        while let Some(length) = head::length(&self.head) {
            let complete = self.head.get(..length).unwrap_or_default();
            if head::Head::read(complete).is_interim() {
                self.head.drain(..length);
                // An early hint is not the answer: its first byte is still to come.
                self.first = self.first.filter(|_| !self.head.is_empty());
            } else {
                self.head.truncate(length);
                self.head_complete = true;
                return;
            }
        }
        self.head.truncate(MAX_BUFFER);
    }
}

/// Buffers that start small and grow as far as a head may: ureq's own take 256 KiB a connection,
/// and merely shrinking those ends a large head as a closed connection.
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
