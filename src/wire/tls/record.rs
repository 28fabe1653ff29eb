//! The record layer: reassembles handshake messages from any split of records (RFC 8446 §5.1).

use super::alert::Alert;
use super::reader::Reader;

/// The longest fragment a record may announce: 2^14 and the expansion of protected records
/// (RFC 5246 §6.2.3). Anything longer is not TLS.
const MAX_FRAGMENT: u16 = (1 << 14) + 2048;

/// What the plaintext records of a flight hold, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    /// All handshake messages before the first protected record, back to back.
    pub(super) handshake: Vec<u8>,
    /// The alert that says most: a fatal one before a `close_notify` before any other warning.
    pub(super) alert: Option<Alert>,
    /// The version in the first record's header.
    pub(super) version: Option<u16>,
    /// Bytes that do not continue the sequence of records: text of another protocol.
    pub(super) broken: bool,
}

impl Records {
    /// Reads as many whole records as there are.
    ///
    /// Handshake bytes count up to the first ChangeCipherSpec or application data: what follows is
    /// protected. A record cut short contributes what arrived of a handshake message.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut records = Self::default();
        let mut reader = Reader(bytes);
        let mut protected = false;
        while !reader.is_empty() {
            let Some((kind, version, fragment)) = next(&mut reader, &mut records.broken) else {
                break;
            };
            records.version.get_or_insert(version);
            match kind {
                22 if !protected => records.handshake.extend(fragment),
                21 if !protected => records.hear(alert(fragment)),
                20 | 23 => protected = true,
                _ => (),
            }
        }
        records
    }

    /// A warning says little, and the handshake goes on behind it (RFC 5246 §7.2.2).
    fn hear(&mut self, alert: Option<Alert>) {
        let weight = |alert: Alert| {
            let ends = alert.description == Alert::CLOSE_NOTIFY;
            (alert.is_fatal(), ends)
        };
        if self.alert.map(weight) < alert.map(weight) {
            self.alert = alert;
        }
    }

    /// The whole messages among the handshake bytes: type and body.
    pub(super) fn messages(&self) -> impl Iterator<Item = (u8, &[u8])> {
        let mut reader = Reader(&self.handshake);
        std::iter::from_fn(move || Some((reader.u8()?, reader.vec24()?)))
    }
}

/// The next record, cut to what arrived. `None` at the end, or where the bytes stop being records.
fn next<'a>(reader: &mut Reader<'a>, broken: &mut bool) -> Option<(u8, u16, &'a [u8])> {
    let plausible = |bytes: &[u8]| {
        bytes.first().is_none_or(|kind| (20..=24).contains(kind))
            && bytes.get(1).is_none_or(|major| *major == 3)
    };
    if !plausible(reader.0) {
        *broken = true;
        return None;
    }
    let (kind, version, length) = (reader.u8()?, reader.u16()?, reader.u16()?);
    if length > MAX_FRAGMENT {
        *broken = true;
        return None;
    }
    let available = usize::from(length).min(reader.0.len());
    Some((kind, version, reader.take(available)?))
}

fn alert(fragment: &[u8]) -> Option<Alert> {
    let (level, description) = (*fragment.first()?, *fragment.get(1)?);
    Some(Alert { level, description })
}

#[cfg(test)]
mod tests {
    use super::{Alert, Records};

    const MESSAGE: [u8; 7] = [2, 0, 0, 3, 7, 8, 9];

    /// The message in records of `size` bytes each.
    fn split(size: usize) -> Vec<u8> {
        let records = MESSAGE
            .chunks(size)
            .map(|part| [&[22, 3, 3, 0, u8::try_from(part.len()).unwrap()][..], part].concat());
        records.collect::<Vec<_>>().concat()
    }

    #[test]
    fn a_message_is_whole_however_it_was_cut() {
        for size in 1..=MESSAGE.len() {
            let records = Records::read(&split(size));
            assert_eq!(
                records.messages().collect::<Vec<_>>(),
                [(2, &[7, 8, 9][..])]
            );
            assert!(!records.broken);
        }
    }

    #[test]
    fn a_prefix_holds_no_whole_message_and_is_not_broken() {
        let whole = split(3);
        for end in 0..whole.len() {
            let records = Records::read(&whole[..end]);
            assert_eq!(
                (records.messages().count(), records.broken),
                (0, false),
                "{end}"
            );
        }
    }

    #[test]
    fn alerts_are_read_and_protected_bytes_are_not() {
        let cases: [(&[u8], Option<u8>, usize, bool); 8] = [
            (&[21, 3, 1, 0, 2, 2, 70], Some(70), 0, false),
            (
                &[21, 3, 1, 0, 2, 1, 112, 21, 3, 1, 0, 2, 2, 40],
                Some(40),
                0,
                false,
            ),
            (
                &[21, 3, 1, 0, 2, 2, 40, 21, 3, 1, 0, 2, 1, 0],
                Some(40),
                0,
                false,
            ),
            (
                &[21, 3, 1, 0, 2, 1, 112, 21, 3, 1, 0, 2, 1, 0],
                Some(0),
                0,
                false,
            ),
            (&[21, 3, 1, 0, 1, 2], None, 0, false),
            (
                &[20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 4, 2, 0, 0, 0],
                None,
                0,
                false,
            ),
            (b"HTTP/1.1 400 Bad Request\r\n", None, 0, true),
            (&[22, 3, 3, 255, 255, 1], None, 0, true),
        ];
        for (bytes, alert, messages, broken) in cases {
            let records = Records::read(bytes);
            let found = records.alert.map(|alert: Alert| alert.description);
            assert_eq!(found, alert);
            assert_eq!(
                (records.messages().count(), records.broken),
                (messages, broken)
            );
        }
    }
}
