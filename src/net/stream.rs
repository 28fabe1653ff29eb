//! A connection, in clear or under TLS, as one type.

use std::io::{self, Read, Write};

use super::sock::DeadlineSock;
use super::tls::TlsStream;

/// A connected byte stream under a deadline.
#[derive(Debug)]
pub enum Stream {
    /// In clear.
    Plain(DeadlineSock),
    /// Under TLS.
    Tls(Box<TlsStream>),
}

impl Stream {
    /// The socket below.
    pub fn sock(&mut self) -> &mut DeadlineSock {
        match self {
            Self::Plain(sock) => sock,
            Self::Tls(tls) => &mut tls.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(sock) => sock.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(sock) => sock.write(buffer),
            Self::Tls(tls) => tls.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(sock) => sock.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}
