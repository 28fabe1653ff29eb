//! A server's whole answer to one ClientHello, read from its bytes.

use super::alert::Alert;
use super::group::Group;
use super::key_exchange::Ephemeral;
use super::reader::Reader;
use super::record::Records;
use super::server_hello::ServerHello;
use super::ssl2::Ssl2Reply;
use super::suite::CipherSuite;
use crate::model::Untrusted;

/// How much of an answer in another protocol is kept to show.
const PREAMBLE: usize = 80;

/// What came back. Reading is total: any bytes are one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Not a byte.
    Nothing,
    /// A ServerHello, and what followed it in the clear.
    Flight(Box<Flight>),
    /// An alert instead of a ServerHello.
    Alert(Alert),
    /// An answer in SSLv2.
    Ssl2(Ssl2Reply),
    /// Another protocol's words: a web server that says 400 in plain text, an SSH banner.
    NotTls(Untrusted),
    /// TLS records, but no whole ServerHello in them.
    Incomplete,
}

/// A ServerHello and the plaintext messages behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flight {
    /// The choice.
    pub hello: ServerHello,
    /// The chain as sent, DER, leaf first. In the clear up to TLS 1.2 only.
    pub certificates: Vec<Vec<u8>>,
    /// The stapled OCSP response, DER (RFC 6066 §8).
    pub staple: Option<Vec<u8>>,
    /// The ephemeral parameters.
    pub ephemeral: Option<Ephemeral>,
    /// The server asks for a client certificate; whether it insists shows only later.
    pub certificate_request: bool,
    /// ServerHelloDone arrived: the flight is whole.
    pub done: bool,
    /// An alert after the ServerHello.
    pub alert: Option<Alert>,
}

impl Reply {
    /// Reads everything a server sent in answer to one hello.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Nothing;
        }
        if let Some(reply) = Ssl2Reply::read(bytes) {
            return Self::Ssl2(reply);
        }
        let records = Records::read(bytes);
        let mut flight: Option<Flight> = None;
        for (kind, body) in records.messages() {
            match (&mut flight, kind) {
                (None, 2) => flight = ServerHello::read(body).map(Flight::new),
                (Some(flight), _) => flight.take(kind, body),
                (None, _) => (),
            }
        }
        match (flight, records.alert) {
            (Some(flight), alert) => Self::Flight(Box::new(Flight { alert, ..flight })),
            (None, Some(alert)) => Self::Alert(alert),
            (None, None) if records.broken && records.version.is_none() => {
                Self::NotTls(preamble(bytes))
            }
            (None, None) => Self::Incomplete,
        }
    }

    /// True once more bytes cannot change what the answer says: reading may stop.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        match self {
            Self::Nothing | Self::Incomplete => false,
            Self::Flight(flight) => flight.is_complete(),
            Self::Alert(alert) => alert.is_fatal(),
            Self::Ssl2(_) => true,
            Self::NotTls(said) => said.raw().len() >= PREAMBLE,
        }
    }

    /// Whether this says anything about the hello. A warning alone does not: the handshake was to go
    /// on behind it.
    #[must_use]
    pub const fn is_answer(&self) -> bool {
        match self {
            Self::Nothing | Self::Incomplete => false,
            Self::Alert(alert) => alert.is_fatal() || alert.refuses_the_offer(),
            Self::Flight(_) | Self::Ssl2(_) | Self::NotTls(_) => true,
        }
    }

    /// The flight, if the hello was accepted.
    #[must_use]
    pub fn flight(&self) -> Option<&Flight> {
        match self {
            Self::Flight(flight) => Some(flight),
            Self::Nothing | Self::Alert(_) | Self::Ssl2(_) | Self::NotTls(_) | Self::Incomplete => {
                None
            }
        }
    }
}

fn preamble(bytes: &[u8]) -> Untrusted {
    Untrusted::from_bytes(bytes.get(..PREAMBLE).unwrap_or(bytes))
}

impl Flight {
    /// The group the keys are agreed in: TLS 1.3 names it in an extension, earlier versions in
    /// ServerKeyExchange.
    #[must_use]
    pub fn group(&self) -> Option<Group> {
        let curve = match &self.ephemeral {
            Some(Ephemeral::Curve(group)) => Some(*group),
            Some(Ephemeral::Dh { .. } | Ephemeral::ExplicitCurve | Ephemeral::ExportRsa { .. })
            | None => None,
        };
        self.hello.group().or(curve)
    }

    fn new(hello: ServerHello) -> Self {
        Self {
            hello,
            certificates: Vec::new(),
            staple: None,
            ephemeral: None,
            certificate_request: false,
            done: false,
            alert: None,
        }
    }

    /// Takes in one message behind the ServerHello.
    fn take(&mut self, kind: u8, body: &[u8]) {
        match kind {
            11 => self.certificates = certificates(body).unwrap_or_default(),
            12 => {
                self.ephemeral = CipherSuite::by_id(self.hello.suite)
                    .and_then(|suite| Ephemeral::read(suite, body));
            }
            13 => self.certificate_request = true,
            14 => self.done = true,
            22 => self.staple = staple(body),
            _ => (),
        }
    }

    /// Up to TLS 1.2 the flight ends with ServerHelloDone; in TLS 1.3 all behind the ServerHello
    /// is protected.
    fn is_complete(&self) -> bool {
        let protected = self
            .hello
            .version()
            .is_none_or(|v| v > super::Version::Tls12);
        let broken_off = self.alert.is_some_and(Alert::is_fatal);
        self.done || broken_off || self.hello.is_retry() || protected
    }
}

/// RFC 5246 §7.4.2. An unreadable list is no list.
fn certificates(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Reader(Reader(body).vec24()?);
    let mut chain = Vec::new();
    while !list.is_empty() {
        chain.push(list.vec24()?.to_vec());
    }
    Some(chain)
}

/// CertificateStatus: type 1 is an OCSP response (RFC 6066 §8).
fn staple(body: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader(body);
    if reader.u8()? != 1 {
        return None;
    }
    reader.vec24().map(<[u8]>::to_vec)
}
