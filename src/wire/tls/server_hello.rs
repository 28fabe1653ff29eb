//! ServerHello and HelloRetryRequest (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3).

use super::client_hello::extension;
use super::group::Group;
use super::reader::Reader;
use super::version::Version;

/// SHA-256 of "HelloRetryRequest": the random that makes a ServerHello one (RFC 8446 §4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// The last eight bytes of the random of a server that could have done better (RFC 8446 §4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sentinel {
    /// `DOWNGRD\x01`: it speaks TLS 1.3.
    Tls13,
    /// `DOWNGRD\x00`: it speaks TLS 1.2 at least.
    Tls12,
}

/// The server's choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    /// The version field: TLS 1.2 for TLS 1.3. Use [`Self::version`].
    pub legacy_version: u16,
    /// The server's random.
    pub random: [u8; 32],
    /// The length of the session id: not empty if the session could be resumed by it.
    pub session_id_length: usize,
    /// The suite.
    pub suite: u16,
    /// The compression method: 0 is none.
    pub compression: u8,
    /// Extensions, in order.
    pub extensions: Vec<(u16, Vec<u8>)>,
}

impl ServerHello {
    /// Reads the body of a message of type 2. `None` if it is not one from end to end.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let legacy_version = reader.u16()?;
        let random = reader.take(32)?.try_into().ok()?;
        let session_id_length = reader.vec8()?.len();
        let (suite, compression) = (reader.u16()?, reader.u8()?);
        let extensions = if reader.is_empty() {
            Vec::new()
        } else {
            extensions(reader.vec16()?)?
        };
        Some(Self {
            legacy_version,
            random,
            session_id_length,
            suite,
            compression,
            extensions,
        })
    }

    /// The version chosen, if it is one that exists.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        let chosen = self
            .extension(extension::SUPPORTED_VERSIONS)
            .and_then(|body| Reader(body).u16());
        Version::from_code(chosen.unwrap_or(self.legacy_version))
    }

    /// True for a HelloRetryRequest: version, suite and group are chosen, only a share is missing.
    #[must_use]
    pub fn is_retry(&self) -> bool {
        self.random == RETRY
    }

    /// True for a HelloRetryRequest that asks for nothing, neither a group nor a cookie. A client
    /// must give up on it (RFC 8446 §4.1.4): the server shares no group with what was offered.
    #[must_use]
    pub fn changes_nothing(&self) -> bool {
        let asks = |kind| self.extension(kind).is_some();
        self.is_retry() && !asks(extension::KEY_SHARE) && !asks(extension::COOKIE)
    }

    /// The group chosen in TLS 1.3, by a HelloRetryRequest or a share.
    #[must_use]
    pub fn group(&self) -> Option<Group> {
        Reader(self.extension(extension::KEY_SHARE)?)
            .u16()
            .map(Group)
    }

    /// The mark of a server that speaks something newer.
    #[must_use]
    pub fn sentinel(&self) -> Option<Sentinel> {
        match self.random.get(24..)? {
            b"DOWNGRD\x01" => Some(Sentinel::Tls13),
            b"DOWNGRD\x00" => Some(Sentinel::Tls12),
            _ => None,
        }
    }

    /// The body of an extension, if the server sent it.
    #[must_use]
    pub fn extension(&self, kind: u16) -> Option<&[u8]> {
        self.extensions
            .iter()
            .find(|(found, _)| *found == kind)
            .map(|(_, body)| body.as_slice())
    }

    /// The protocol chosen by ALPN (RFC 7301 §3.1), in versions that send it in the clear.
    #[must_use]
    pub fn alpn(&self) -> Option<&[u8]> {
        Reader(Reader(self.extension(extension::ALPN)?).vec16()?).vec8()
    }
}

fn extensions(bytes: &[u8]) -> Option<Vec<(u16, Vec<u8>)>> {
    let (mut reader, mut found) = (Reader(bytes), Vec::new());
    while !reader.is_empty() {
        found.push((reader.u16()?, reader.vec16()?.to_vec()));
    }
    Some(found)
}
