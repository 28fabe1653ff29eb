//! Frames as bytes (RFC 6455 §5): building deviant ones, reading whatever came back.

use std::borrow::Cow;

use super::Close;
use crate::model::Untrusted;

/// The four bits that say what a frame is (§5.2, §11.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opcode(pub u8);

impl Opcode {
    /// More of the message that came before.
    pub const CONTINUATION: Self = Self(0x0);
    /// UTF-8.
    pub const TEXT: Self = Self(0x1);
    /// Bytes.
    pub const BINARY: Self = Self(0x2);
    /// The last frame of this direction.
    pub const CLOSE: Self = Self(0x8);
    /// Asks for a pong with the same payload.
    pub const PING: Self = Self(0x9);
    /// Answers a ping, or just shows life.
    pub const PONG: Self = Self(0xa);

    /// Control frames are short and whole (§5.5).
    #[must_use]
    pub const fn is_control(self) -> bool {
        self.0 & 0x8 != 0
    }

    /// Whether the registry gives it a meaning.
    #[must_use]
    pub const fn is_known(self) -> bool {
        matches!(self.0, 0x0..=0x2 | 0x8..=0xa)
    }
}

/// One frame. The payload is always in clear: masked on the way out, unmasked on the way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The last of its message.
    pub fin: bool,
    /// RSV1 to RSV3 in the low three bits: 4, 2, 1.
    pub rsv: u8,
    /// What it is.
    pub opcode: Opcode,
    /// What the payload is masked with; every client frame is, no server frame is (§5.1).
    pub mask: Option<[u8; 4]>,
    /// The application's bytes.
    pub payload: Cow<'a, [u8]>,
}

impl<'a> Frame<'a> {
    /// A whole message, masked as a client must.
    #[must_use]
    pub const fn from_client(opcode: Opcode, payload: &'a [u8], mask: [u8; 4]) -> Self {
        Self {
            fin: true,
            rsv: 0,
            opcode,
            mask: Some(mask),
            payload: Cow::Borrowed(payload),
        }
    }

    /// The close frame's content, if it is one.
    #[must_use]
    pub fn close(&self) -> Option<Close> {
        (self.opcode == Opcode::CLOSE).then(|| Close::read(&self.payload))
    }

    /// FIN, the reserved bits and the opcode as one byte (§5.2).
    #[must_use]
    pub const fn first_byte(&self) -> u8 {
        let fin = if self.fin { 0x80 } else { 0 };
        fin | (self.rsv & 7) << 4 | self.opcode.0 & 0xf
    }

    /// With its first byte and whether it is masked, as kept in evidence.
    #[must_use]
    pub const fn of_first_byte(first: u8, masked: bool, payload: &'a [u8]) -> Self {
        Self {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 7,
            opcode: Opcode(first & 0xf),
            mask: if masked { Some([0; 4]) } else { None },
            payload: Cow::Borrowed(payload),
        }
    }

    /// The bytes on the wire, with the shortest form of the length (§5.2).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let masked = if self.mask.is_some() { 0x80 } else { 0 };
        let mut out = vec![self.first_byte()];
        let length = self.payload.len();
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short @ ..126), _) => out.push(masked | short),
            (_, Ok(middle)) => {
                out.push(masked | 0x7e);
                out.extend_from_slice(&middle.to_be_bytes());
            }
            (_, Err(_)) => {
                out.push(masked | 0x7f);
                let long = u64::try_from(length).unwrap_or(u64::MAX);
                out.extend_from_slice(&long.to_be_bytes());
            }
        }
        out.extend(self.mask.iter().flatten());
        out.extend(masking(&self.payload, self.mask));
        out
    }
}

/// Masks or unmasks, which is the same (§5.3).
pub(super) fn masking(payload: &[u8], mask: Option<[u8; 4]>) -> impl Iterator<Item = u8> {
    let mask = mask.unwrap_or_default();
    payload
        .iter()
        .zip(mask.into_iter().cycle())
        .map(|(byte, key)| byte ^ key)
}

/// What is wrong with frames that a server sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameFault {
    /// Masked, which only a client does (§5.1).
    Masked,
    /// A reserved bit without an extension that gives it a meaning (§5.2).
    Reserved(u8),
    /// An opcode without a meaning (§5.2).
    UnknownOpcode(u8),
    /// A control frame in pieces (§5.5).
    FragmentedControl,
    /// A control frame of more than 125 bytes (§5.5).
    LongControl(usize),
    /// A continuation of nothing, or a new message inside another (§5.4).
    OutOfSequence,
    /// A text message that is not UTF-8 (§8.1).
    NotUtf8,
    /// A close code that may not be sent, or a malformed close payload (§7.4, §5.5.1).
    BadClose(Untrusted),
    /// Data after the close frame (§5.5.1).
    AfterClose,
}

/// Everything wrong with the frames of a server on a connection without extensions, in order.
#[must_use]
pub fn faults(frames: &[Frame<'_>]) -> Vec<FrameFault> {
    let mut found = Vec::new();
    let (mut message, mut closed) = (None::<Message>, false);
    for frame in frames {
        if closed {
            // Only data is forbidden then (§5.5.1), and a ping must still be answered by an endpoint
            // that has received no close (§5.5.2). Clients read no further.
            if frame.opcode.is_control() {
                continue;
            }
            found.push(FrameFault::AfterClose);
            break;
        }
        found.extend(header_faults(frame));
        if frame.opcode.is_control() {
            found.extend(close_fault(frame));
            closed = frame.opcode == Opcode::CLOSE;
        } else {
            let (next, fault) = step(message, frame);
            message = next;
            found.extend(fault);
        }
    }
    found
}

/// A message of which more is to come.
struct Message {
    text: bool,
    bytes: Vec<u8>,
}

fn header_faults(frame: &Frame<'_>) -> Vec<FrameFault> {
    let control = frame.opcode.is_control();
    let length = frame.payload.len();
    let checks = [
        (frame.mask.is_some(), FrameFault::Masked),
        (frame.rsv != 0, FrameFault::Reserved(frame.rsv)),
        (
            !frame.opcode.is_known(),
            FrameFault::UnknownOpcode(frame.opcode.0),
        ),
        (control && !frame.fin, FrameFault::FragmentedControl),
        (control && length > 125, FrameFault::LongControl(length)),
    ];
    checks
        .into_iter()
        .filter_map(|(broken, fault)| broken.then_some(fault))
        .collect()
}

fn close_fault(frame: &Frame<'_>) -> Option<FrameFault> {
    match frame.close()? {
        Close::Empty => None,
        Close::Reason(code, _) if code.may_be_sent() => None,
        Close::Reason(code, _) => Some(FrameFault::BadClose(Untrusted::from(code.words()))),
        Close::Malformed => Some(FrameFault::BadClose(Untrusted::from("a malformed payload"))),
    }
}

/// Adds a data frame to the message under way, and checks the message it ends.
fn step(message: Option<Message>, frame: &Frame<'_>) -> (Option<Message>, Option<FrameFault>) {
    let continues = frame.opcode == Opcode::CONTINUATION;
    let fault = (message.is_some() != continues).then_some(FrameFault::OutOfSequence);
    let mut message = match message {
        Some(message) if continues => message,
        _ => Message {
            text: frame.opcode == Opcode::TEXT,
            bytes: Vec::new(),
        },
    };
    message.bytes.extend_from_slice(&frame.payload);
    if !frame.fin {
        return (Some(message), fault);
    }
    let broken = message.text && std::str::from_utf8(&message.bytes).is_err();
    (None, fault.or(broken.then_some(FrameFault::NotUtf8)))
}

impl FrameFault {
    /// What was seen, in words.
    #[must_use]
    pub fn said(&self) -> Untrusted {
        Untrusted::from(match self {
            Self::Masked => "a masked frame from the server".to_owned(),
            Self::Reserved(bits) => format!("reserved bits {bits:03b} without an extension"),
            Self::UnknownOpcode(opcode) => format!("a frame of the unknown opcode {opcode:#x}"),
            Self::FragmentedControl => "a control frame in pieces".to_owned(),
            Self::LongControl(length) => format!("a control frame of {length} bytes"),
            Self::OutOfSequence => "a fragment out of sequence".to_owned(),
            Self::NotUtf8 => "a text message that is not UTF-8".to_owned(),
            Self::BadClose(what) => format!("a close frame with {}", what.raw()),
            Self::AfterClose => "data after the close frame".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::super::Reader;
    use super::{Frame, Opcode, faults};

    fn frames(bytes: &[u8]) -> Vec<Frame<'static>> {
        let whole = Reader::keeping(usize::MAX).read(bytes).into_iter();
        whole.map(|whole| whole.frame).collect()
    }

    /// The examples of §5.7, as bytes.
    #[test]
    fn the_examples_of_the_rfc() {
        #[rustfmt::skip]
        let rows: [(&[u8], &[u8], bool); 5] = [
            (b"\x81\x05Hello",                             b"Hello", false),
            (b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", b"Hello", true),
            (b"\x89\x05Hello",                             b"Hello", false),
            (b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", b"Hello", true),
            (b"\x01\x03Hel",                               b"Hel",   false),
        ];
        for (bytes, payload, masked) in rows {
            let read = frames(bytes);
            let [frame] = read.as_slice() else {
                panic!("{bytes:?}")
            };
            assert_eq!((&*frame.payload, frame.mask.is_some()), (payload, masked));
            assert_eq!(frame.encode(), bytes);
        }
    }

    #[test]
    fn faults_are_told_from_bytes() {
        #[rustfmt::skip]
        let rows: [(&[u8], &[&str]); 19] = [
            (b"\x81\x02hi\x8a\x00",            &[]),
            (b"\x01\x01\xc3\x89\x00\x80\x01\xa9", &[]), // a character split over fragments, a ping between
            (b"\x88\x02\x03\xe8",              &[]),
            (b"\x88\x00",                      &[]),
            (b"\x88\x02\x11\x31",              &[]), // 4401
            (b"\x81\x80\x00\x00\x00\x00",      &["a masked frame from the server"]),
            (b"\xc1\x00",                      &["reserved bits 100 without an extension"]),
            (b"\x83\x00",                      &["a frame of the unknown opcode 0x3"]),
            (b"\x09\x00",                      &["a control frame in pieces"]),
            (b"\x80\x00",                      &["a fragment out of sequence"]),
            (b"\x01\x00\x81\x00",              &["a fragment out of sequence"]),
            (b"\x81\x01\xff",                  &["a text message that is not UTF-8"]),
            (b"\x88\x02\x03\xee",              &["a close frame with 1006 (abnormal closure)"]),
            (b"\x88\x01\x03",                  &["a close frame with a malformed payload"]),
            (b"\x88\x00\x81\x00",              &["data after the close frame"]),
            (b"\x88\x00\x8a\x02hi",            &[]), // the pong that a ping is owed
            (b"\x88\x00\x8a\x00\x89\x00\x88\x00", &[]),
            (b"\x88\x00\x8a\x00\x82\x00",      &["data after the close frame"]),
            (b"\x81\x05Hel",                   &[]), // cut off: not a frame yet
        ];
        for (bytes, expected) in rows {
            let found = faults(&frames(bytes));
            let said: Vec<String> = found
                .iter()
                .map(|fault| fault.said().raw().to_owned())
                .collect();
            assert_eq!(said, expected, "{bytes:x?}");
        }
    }

    #[test]
    fn a_long_ping_is_a_fault() {
        let ping = Frame {
            mask: None,
            ..Frame::from_client(Opcode::PING, &[0; 126], [0; 4])
        };
        let found = faults(&[ping]);
        assert_eq!(
            found.first().unwrap().said().raw(),
            "a control frame of 126 bytes"
        );
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(fin: bool, rsv in 0..8_u8, opcode in 0..16_u8, mask: Option<[u8; 4]>, length in prop_oneof![0..300_usize, Just(65_535), Just(65_536)], tail: Vec<u8>) {
            let payload = vec![0x5a; length];
            let frame = Frame { fin, rsv, opcode: Opcode(opcode), mask, payload: Cow::Owned(payload) };
            let mut bytes = frame.encode();
            let whole = bytes.len();
            bytes.extend_from_slice(&tail);
            let read = frames(&bytes);
            prop_assert_eq!(read.first(), Some(&frame));
            prop_assert_eq!(frames(&bytes[..whole - 1]).len(), 0);
        }

        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let read = frames(&bytes);
            prop_assert!(2 * read.len() <= bytes.len());
            prop_assert!(faults(&read).len() <= 8 * read.len());
        }
    }
}
