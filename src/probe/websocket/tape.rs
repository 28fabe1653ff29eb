//! A stream that remembers what went over it.

use std::io::{self, Read, Write};
use std::time::Instant;

use crate::evidence::{Frame, Payload, WireBytes};
use crate::model::Micros;
use crate::net::clock;
use crate::net::scrub::Scrub;
use crate::wire::websocket;

/// So much of each direction is remembered.
const REMEMBERED: usize = 256 * 1024;

/// So much of one payload goes into the evidence.
const KEPT: usize = 4 * 1024;

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
#[derive(Debug, Default)]
struct Track {
    bytes: Vec<u8>,
    /// How long the track was after each piece, and when that was.
    marks: Vec<(usize, Micros)>,
}

impl Track {
    fn add(&mut self, bytes: &[u8], at: Micros) {
        let room = REMEMBERED.saturating_sub(self.bytes.len());
        let kept = bytes.get(..bytes.len().min(room)).unwrap_or_default();
        self.bytes.extend_from_slice(kept);
        self.marks.push((self.bytes.len(), at));
    }

    /// When the byte before `end` was there.
    fn moment(&self, end: usize) -> Micros {
        let mark = self.marks.iter().find(|(length, _)| *length >= end);
        mark.map(|(_, at)| *at).unwrap_or_default()
    }

    fn frames(&self, received: bool, scrub: &Scrub) -> Vec<Frame> {
        let read = websocket::frames(&self.bytes);
        read.whole
            .iter()
            .zip(read.ends)
            .map(|(frame, end)| {
                let payload = scrub.bytes(&frame.payload);
                Frame {
                    received,
                    first: frame.first_byte(),
                    masked: frame.mask.is_some(),
                    payload: kept(&payload, frame.payload.len()),
                    after: self.moment(end),
                }
            })
            .collect()
    }
}

fn kept(payload: &[u8], size: usize) -> Payload {
    Payload {
        bytes: WireBytes(payload.iter().take(KEPT).copied().collect()),
        size: u64::try_from(size).unwrap_or(u64::MAX),
        complete: true,
    }
}

impl<S> Tape<S> {
    /// Starts now, with the bytes that came with the head.
    pub(super) fn new(stream: S, tail: &[u8]) -> Self {
        let mut tape = Self {
            stream,
            start: clock::now(),
            received: Track::default(),
            sent: Track::default(),
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

    /// What the peer sent so far.
    pub(super) fn received(&self) -> &[u8] {
        &self.received.bytes
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
    use std::io::{Cursor, Read as _};

    use super::Tape;
    use crate::net::scrub::Scrub;

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
