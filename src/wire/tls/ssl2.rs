//! SSLv2: its CLIENT-HELLO and SERVER-HELLO ("The SSL Protocol", version 2, 1995, section 2.5).
//!
//! Spoken only to find servers that still answer: RFC 6176 prohibits it, and one server that
//! accepts it exposes every server with the same RSA key (DROWN).

use super::reader::Reader;
use super::registry;
use super::writer::{u16, vec16};

/// An answer in SSLv2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ssl2Reply {
    /// SERVER-HELLO: the version is accepted.
    Hello {
        /// The certificate, DER.
        certificate: Vec<u8>,
        /// The cipher kinds both sides have, three bytes each.
        kinds: Vec<u32>,
    },
    /// ERROR, with its code.
    Error(u16),
}

impl Ssl2Reply {
    /// Reads one whole record with a header of two bytes. (The three-byte header is for padding,
    /// which an unencrypted message has no use for, and its top bit would be ambiguous with TLS.)
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let head = reader.u16()?;
        if head & 0x8000 == 0 {
            return None;
        }
        let mut message = Reader(reader.take(usize::from(head & 0x7fff))?);
        match message.u8()? {
            0 => Some(Self::Error(message.u16()?)),
            4 => hello(&mut message),
            _ => None,
        }
    }
}

fn hello(message: &mut Reader<'_>) -> Option<Ssl2Reply> {
    let (_session_hit, _certificate_type) = (message.u8()?, message.u8()?);
    if message.u16()? != 0x0002 {
        return None;
    }
    let (certificate, kinds) = (message.u16()?, message.u16()?);
    let _connection_id = message.u16()?;
    let certificate = message.take(usize::from(certificate))?.to_vec();
    let mut kinds = Reader(message.take(usize::from(kinds))?);
    let kinds = std::iter::from_fn(|| kinds.u24()).collect();
    Some(Ssl2Reply::Hello { certificate, kinds })
}

/// The name of a cipher kind, or its number in hex.
#[must_use]
pub fn kind_name(kind: u32) -> String {
    registry::SSL2_KINDS
        .iter()
        .find(|(id, _)| *id == kind)
        .map_or_else(|| format!("0x{kind:06X}"), |(_, name)| (*name).to_owned())
}

/// A CLIENT-HELLO with every kind and 16 bytes of challenge.
pub(super) fn client_hello(random: [u8; 32]) -> Vec<u8> {
    let challenge = random.get(..16).unwrap_or_default();
    let mut kinds = Vec::new();
    for (kind, _) in registry::SSL2_KINDS {
        kinds.extend(kind.to_be_bytes().into_iter().skip(1));
    }
    let mut message = vec![1, 0, 2];
    u16(&mut message, u16::try_from(kinds.len()).unwrap_or(u16::MAX));
    u16(&mut message, 0);
    u16(&mut message, 16);
    message.extend(kinds);
    message.extend(challenge);
    let mut record = Vec::new();
    vec16(&mut record, |out| out.extend(message));
    if let Some(first) = record.first_mut() {
        *first |= 0x80;
    }
    record
}

#[cfg(test)]
mod tests {
    use super::{Ssl2Reply, client_hello, kind_name};

    /// A SERVER-HELLO with a two-byte "certificate", RC4 and 3DES.
    const HELLO: &[u8] = &[
        0x80, 0x15, 4, 0, 1, 0, 2, 0, 2, 0, 6, 0, 2, 0x30, 0x82, 1, 0, 0x80, 7, 0, 0xc0, 9, 9,
    ];

    #[test]
    fn a_server_hello_tells_certificate_and_kinds() {
        let kinds = vec![0x01_0080, 0x07_00c0];
        let names: Vec<_> = kinds.iter().map(|kind| kind_name(*kind)).collect();
        let certificate = vec![0x30, 0x82];
        assert_eq!(
            Ssl2Reply::read(HELLO),
            Some(Ssl2Reply::Hello { certificate, kinds })
        );
        assert_eq!(
            names,
            [
                "SSL_CK_RC4_128_WITH_MD5",
                "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"
            ]
        );
    }

    #[test]
    fn anything_shorter_is_nothing() {
        assert!((0..HELLO.len()).all(|end| Ssl2Reply::read(&HELLO[..end]).is_none()));
        assert_eq!(
            Ssl2Reply::read(&[0x80, 3, 0, 0, 1]),
            Some(Ssl2Reply::Error(1))
        );
        assert_eq!(Ssl2Reply::read(&[21, 3, 1, 0, 2, 2, 70]), None);
    }

    #[test]
    fn a_client_hello_says_its_own_length() {
        let hello = client_hello([7; 32]);
        let length = usize::from(u16::from_be_bytes([hello[0] & 0x7f, hello[1]]));
        assert_eq!((hello[0] & 0x80, length), (0x80, hello.len() - 2));
        assert_eq!(&hello[2..5], [1, 0, 2]);
        assert_eq!(hello.len(), 2 + 9 + 12 * 3 + 16);
    }
}
