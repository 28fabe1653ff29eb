//! A stream that remembers what went over it.

use std::io::{self, Read, Write};
use std::time::Instant;

use crate::evidence::{Frame, Payload, WireBytes};
use crate::model::Micros;
use crate::net::clock;
use crate::net::scrub::Scrub;
use crate::wire::websocket::{self, Reader, Whole};

/// So much of each direction is remembered; what a flood sends beyond is not.
const REMEMBERED: usize = 256 * 1024;

/// So much of one payload is remembered: a credential that begins in what is kept ends in it.
const READ: usize = 16 * 1024;

/// So much of one payload goes into the evidence.
const KEPT: usize = 4 * 1024;

/// What a frame costs beside its payload.
const FRAME: usize = size_of::<Noted>();

/// A stream and the two directions of what was said, with the moment of each piece.
#[derive(Debug)]
pub(super) struct Tape<S> {
    stream: S,
    start: Instant,
    received: Track,
    sent: Track,
    ended: Option<Micros>,
}

/// One direction.
#[derive(Debug)]
struct Track {
    reader: Reader,
    frames: Vec<Noted>,
    room: usize,
}

/// A frame, and when it was whole.
#[derive(Debug)]
struct Noted {
    whole: Whole,
    at: Micros,
}

impl Noted {
    fn payload(&self) -> &[u8] {
        &self.whole.frame.payload
    }

    /// The highest bit of the opcode (RFC 6455 §5.5).
    fn is_control(&self) -> bool {
        self.whole.frame.first_byte() & 0x08 != 0
    }
}

impl Track {
    const fn new() -> Self {
        Self {
            reader: Reader::keeping(READ),
            frames: Vec::new(),
            room: REMEMBERED,
        }
    }

    fn add(&mut self, bytes: &[u8], at: Micros) {
        for whole in self.reader.read(bytes) {
            let cost = FRAME.saturating_add(whole.frame.payload.len());
            if let Some(room) = self.room.checked_sub(cost) {
                self.room = room;
                self.frames.push(Noted { whole, at });
            }
        }
    }

    /// With secrets replaced, also those that are split over frames: control frames may come between
    /// (RFC 6455 §5.4), so each kind is read in one.
    fn frames(&self, received: bool, scrub: &Scrub) -> Vec<Frame> {
        let payloads = |control: bool| {
            let of_kind = self
                .frames
                .iter()
                .filter(move |noted| noted.is_control() == control);
            let payloads: Vec<&[u8]> = of_kind.map(Noted::payload).collect();
            scrub.pieces(&payloads).into_iter()
        };
        let (mut data, mut control) = (payloads(false), payloads(true));
        let frame = |noted: &Noted| {
            let clean = if noted.is_control() {
                control.next()
            } else {
                data.next()
            };
            Frame {
                received,
                first: noted.whole.frame.first_byte(),
                masked: noted.whole.frame.mask.is_some(),
                payload: kept(&clean.unwrap_or_default(), noted.whole.length),
                after: noted.at,
            }
        };
        self.frames.iter().map(frame).collect()
    }
}

fn kept(payload: &[u8], size: u64) -> Payload {
    Payload {
        bytes: WireBytes(payload.iter().take(KEPT).copied().collect()),
        size,
        complete: true,
        ..Payload::default()
    }
}

impl<S> Tape<S> {
    /// Starts now, with the bytes that came with the head.
    pub(super) fn new(stream: S, tail: &[u8]) -> Self {
        let mut tape = Self {
            stream,
            start: clock::now(),
            received: Track::new(),
            sent: Track::new(),
            ended: None,
        };
        if !tail.is_empty() {
            tape.received.add(tail, Micros(0));
        }
        tape
    }

    /// The stream below.
    pub(super) fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    /// When the peer ended the stream, if it did.
    pub(super) fn ended(&self) -> Option<Micros> {
        self.ended
    }

    /// The frames the peer sent so far.
    pub(super) fn received(&self) -> impl Iterator<Item = &websocket::Frame<'static>> {
        self.received.frames.iter().map(|noted| &noted.whole.frame)
    }

    /// Every whole frame of both directions, in the order they were complete.
    pub(super) fn frames(&self, scrub: &Scrub) -> Vec<Frame> {
        let mut frames = self.sent.frames(false, scrub);
        frames.extend(self.received.frames(true, scrub));
        frames.sort_by_key(|frame| frame.after);
        frames
    }
}

impl<S: Read> Read for Tape<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.stream.read(buffer);
        let at = clock::since(self.start);
        match &result {
            Ok(0) => self.ended = self.ended.or(Some(at)),
            Ok(amount) => {
                let bytes = buffer.get(..*amount).unwrap_or_default();
                self.received.add(bytes, at);
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
            Err(_) => self.ended = self.ended.or(Some(at)),
        }
        result
    }
}

impl<S: Write> Write for Tape<S> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.stream.write(buffer)?;
        let bytes = buffer.get(..written).unwrap_or_default();
        self.sent.add(bytes, clock::since(self.start));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _, Write as _};

    use super::{FRAME, KEPT, REMEMBERED, Tape};
    use crate::net::scrub::Scrub;
    use crate::wire::websocket::{Frame, Opcode};

    /// A server that says everything back: the ping and the pong behind the message are seen.
    #[test]
    fn a_message_longer_than_all_that_is_remembered_hides_nothing() {
        let long = Frame::from_client(Opcode::TEXT, &vec![b'x'; 2 * REMEMBERED], [1; 4]).encode();
        let ping = Frame::from_client(Opcode::PING, b"after", [1; 4]).encode();
        let said = [long, ping].concat();
        let mut tape = Tape::new(Cursor::new(Vec::new()), &said);
        tape.write_all(&said).unwrap();
        let frames = tape.frames(&Scrub::default());
        let seen: Vec<(bool, u64, usize)> = frames
            .iter()
            .map(|frame| {
                let payload = &frame.payload;
                (frame.received, payload.size, payload.bytes.0.len())
            })
            .collect();
        let size = u64::try_from(2 * REMEMBERED).unwrap();
        // What came with the head was there first.
        let expected = [true, false].map(|received| [(received, size, KEPT), (received, 5, 5)]);
        assert_eq!(seen, expected.concat());
    }

    #[test]
    fn a_flood_is_forgotten() {
        let tape = Tape::new(Cursor::new(Vec::<u8>::new()), &[0x8a, 0].repeat(REMEMBERED));
        let seen = tape.received().count();
        assert_eq!(seen, REMEMBERED / FRAME);
    }

    #[test]
    fn a_tape_tells_frames_from_bytes() {
        let mut tape = Tape::new(Cursor::new(b"lo\x88\x00\x8a".to_vec()), b"\x81\x05Hel");
        let mut read = Vec::new();
        tape.read_to_end(&mut read).unwrap();
        let frames = tape.frames(&Scrub::default());
        let seen: Vec<(u8, &[u8])> = frames
            .iter()
            .map(|frame| (frame.first, frame.payload.bytes.0.as_slice()))
            .collect();
        assert_eq!(seen, [(0x81, &b"Hello"[..]), (0x88, b"")]);
        assert!(tape.ended().is_some());
    }
}
