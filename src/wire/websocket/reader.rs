//! Frames out of a stream that comes in pieces (RFC 6455 §5.2).

use std::borrow::Cow;

use super::frame::masking;
use super::{Frame, Opcode};

/// Reads one direction of a socket. Any bytes are frames: what is wrong with them is told by
/// [`faults`](super::faults). Of a long payload the start is kept, and the length counted.
#[derive(Debug)]
pub struct Reader {
    /// So many bytes of each payload are kept.
    keep: usize,
    /// What came of a head that is not whole.
    start: Vec<u8>,
    under_way: Option<UnderWay>,
}

/// A frame that became whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The frame, of whose payload the start may be all there is.
    pub frame: Frame<'static>,
    /// How long the payload was, in bytes.
    pub length: u64,
}

/// A frame whose payload is still coming.
#[derive(Debug)]
struct UnderWay {
    first: u8,
    mask: Option<[u8; 4]>,
    length: u64,
    left: u64,
    kept: Vec<u8>,
}

impl Reader {
    /// Keeps so many bytes of each payload.
    #[must_use]
    pub const fn keeping(keep: usize) -> Self {
        Self {
            keep,
            start: Vec::new(),
            under_way: None,
        }
    }

    /// Takes the next piece, and tells the frames that it makes whole.
    pub fn read(&mut self, mut bytes: &[u8]) -> Vec<Whole> {
        let mut whole = Vec::new();
        loop {
            if let Some(under_way) = &mut self.under_way {
                bytes = under_way.take(bytes, self.keep);
                if under_way.left > 0 {
                    return whole;
                }
                whole.extend(self.under_way.take().map(UnderWay::whole));
            }
            let Some((byte, rest)) = bytes.split_first() else {
                return whole;
            };
            self.start.push(*byte);
            bytes = rest;
            self.under_way = head(&self.start);
            if self.under_way.is_some() {
                self.start.clear();
            }
        }
    }
}

impl UnderWay {
    /// Takes what is of this frame, and gives back the rest.
    fn take<'a>(&mut self, bytes: &'a [u8], keep: usize) -> &'a [u8] {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let (ours, rest) = bytes.split_at(left.min(bytes.len()));
        let room = keep.saturating_sub(self.kept.len()).min(ours.len());
        self.kept
            .extend_from_slice(ours.get(..room).unwrap_or_default());
        self.left -= u64::try_from(ours.len()).unwrap_or(self.left);
        rest
    }

    fn whole(self) -> Whole {
        let payload = masking(&self.kept, self.mask).collect();
        Whole {
            frame: Frame {
                fin: self.first & 0x80 != 0,
                rsv: self.first >> 4 & 7,
                opcode: Opcode(self.first & 0xf),
                mask: self.mask,
                payload: Cow::Owned(payload),
            },
            length: self.length,
        }
    }
}

/// A frame's head: two bytes, the longer forms of the length, the mask; `None` if it is not whole.
fn head(bytes: &[u8]) -> Option<UnderWay> {
    let ([first, second], rest) = bytes.split_first_chunk::<2>()?;
    let (length, rest) = match second & 0x7f {
        0x7e => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (u64::from(u16::from_be_bytes(*length)), rest)
        }
        0x7f => {
            let (length, rest) = rest.split_first_chunk::<8>()?;
            (u64::from_be_bytes(*length), rest)
        }
        short => (u64::from(short), rest),
    };
    let mask = if second & 0x80 == 0 {
        None
    } else {
        Some(*rest.first_chunk::<4>()?)
    };
    Some(UnderWay {
        first: *first,
        mask,
        length,
        left: length,
        kept: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Frame, Opcode, Reader};

    #[test]
    fn of_a_long_payload_the_start_is_kept() {
        let long = Frame::from_client(Opcode::TEXT, &vec![b'x'; 70_000], [1, 2, 3, 4]).encode();
        let ping = Frame::from_client(Opcode::PING, b"after", [1, 2, 3, 4]).encode();
        let mut reader = Reader::keeping(5);
        let mut seen = reader.read(&long);
        seen.extend(reader.read(&ping));
        let seen: Vec<(&[u8], u64)> = seen
            .iter()
            .map(|whole| (&*whole.frame.payload, whole.length))
            .collect();
        assert_eq!(seen, [(&b"xxxxx"[..], 70_000), (b"after", 5)]);
    }

    proptest! {
        #[test]
        fn pieces_make_the_same_frames(bytes: Vec<u8>, piece in 1..9_usize, keep in 0..9_usize) {
            let whole = Reader::keeping(keep).read(&bytes);
            let mut reader = Reader::keeping(keep);
            let pieces: Vec<_> = bytes.chunks(piece).flat_map(|some| reader.read(some)).collect();
            prop_assert_eq!(whole, pieces);
        }
    }
}
