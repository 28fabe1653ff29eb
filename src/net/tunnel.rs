//! A connected proxy made a way to somebody else: HTTP CONNECT and SOCKS 5.
//!
//! Both are spoken by hand, in two messages each: what crates there are open sockets of their own,
//! and none ends at a deadline.

use std::io::{Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::deadline::Deadline;
use super::proxy::{Credentials, Kind, Proxy};
use super::sock::DeadlineSock;
use crate::evidence::{Cause, Failure, Stage};
use crate::model::Host;
use crate::wire::http::head::{self, Head};
use crate::wire::socks::{self, Fault, Method, To};

/// A proxy has no more than this to say before it lets through, in bytes.
const LONGEST: usize = 8 * 1024;

/// Asks the proxy at the other end of `sock` for a connection to `host`.
///
/// # Errors
/// [`Stage::Proxy`], naming the proxy and what it says: nothing of it is the target's.
pub(super) fn open(
    sock: &mut DeadlineSock,
    proxy: &Proxy,
    host: &Host,
    port: u16,
    end: &Deadline,
) -> Result<(), Failure> {
    let asked = Asked { proxy, end };
    match proxy.kind {
        Kind::Http => asked.connect(sock, host, port),
        Kind::SocksByName | Kind::SocksByAddress => asked.socks(sock, host, port),
    }
}

struct Asked<'a> {
    proxy: &'a Proxy,
    end: &'a Deadline,
}

impl Asked<'_> {
    fn fault(&self, cause: Cause, said: &str) -> Failure {
        let detail = format!("{}: {said}", self.proxy);
        self.end.failure(Stage::Proxy, cause, detail)
    }

    fn broken(&self, error: &std::io::Error) -> Failure {
        if error.kind() == std::io::ErrorKind::UnexpectedEof {
            return self.fault(Cause::Closed, "it closes the connection");
        }
        let failure = self.end.io_failure(Stage::Proxy, error);
        Failure {
            detail: self.proxy.to_string(),
            ..failure
        }
    }

    fn connect(&self, sock: &mut DeadlineSock, host: &Host, port: u16) -> Result<(), Failure> {
        let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some(Credentials { user, password }) = &self.proxy.credentials {
            let pair = STANDARD.encode(format!("{}:{}", user.expose(), password.expose()));
            request.push_str(&format!("Proxy-Authorization: Basic {pair}\r\n"));
        }
        request.push_str("\r\n");
        sock.write_all(request.as_bytes())
            .and_then(|()| sock.flush())
            .map_err(|error| self.broken(&error))?;
        let head = self.final_head(sock)?;
        match head.status {
            200..=299 => Ok(()),
            0 => Err(self.fault(Cause::Garbage, "what it says is no HTTP")),
            407 if self.proxy.credentials.is_some() => Err(self.fault(
                Cause::Refused,
                "407, it does not take the name and password",
            )),
            407 => Err(self.fault(
                Cause::Refused,
                "407, it asks for a name and a password: http://USER:PASSWORD@HOST:PORT",
            )),
            status @ (502..=504) => {
                let said = format!("{status} to CONNECT, it does not reach {host}:{port}");
                Err(self.fault(Cause::Unreachable, &said))
            }
            status => {
                let said = format!("{status} to CONNECT, it does not let through to {host}:{port}");
                Err(self.fault(Cause::Refused, &said))
            }
        }
    }

    /// The head of its answer, read a byte at a time: what comes behind it is the target's.
    fn final_head(&self, sock: &mut DeadlineSock) -> Result<Head, Failure> {
        let (mut bytes, mut byte) = (Vec::new(), [0]);
        loop {
            sock.read_exact(&mut byte)
                .map_err(|error| self.broken(&error))?;
            bytes.extend(byte);
            if byte == *b"\n" && head::length(&bytes).is_some() {
                let head = Head::read(&std::mem::take(&mut bytes));
                if !head.is_interim() {
                    return Ok(head);
                }
            }
            let is_http = b"HTTP/".starts_with(bytes.get(..5).unwrap_or(&bytes));
            if !is_http || bytes.len() > LONGEST {
                return Err(self.fault(Cause::Garbage, "what it says is no HTTP"));
            }
        }
    }

    fn socks(&self, sock: &mut DeadlineSock, host: &Host, port: u16) -> Result<(), Failure> {
        let refused = |fault: Fault| {
            let cause = match fault {
                Fault::NotSocks => Cause::Garbage,
                Fault::Reply(3..=6) => Cause::Unreachable,
                Fault::NoMethod | Fault::BadPassword | Fault::Reply(_) => Cause::Refused,
            };
            self.fault(cause, &fault.said())
        };
        let too_long = || self.fault(Cause::Refused, "a name or password is empty or too long");
        let known = self.proxy.credentials.as_ref();
        self.send(sock, &socks::greeting(known.is_some()))?;
        let method = socks::chosen(self.receive(sock)?).map_err(refused)?;
        if method == Method::Password {
            let known = known.ok_or_else(|| refused(Fault::NoMethod))?;
            let message = socks::password(known.user.expose(), known.password.expose());
            self.send(sock, &message.ok_or_else(too_long)?)?;
            socks::taken(self.receive(sock)?).map_err(refused)?;
        }
        let to = match host {
            Host::Name(name) => To::Name(name),
            Host::Address(address) => To::Address(*address),
        };
        self.send(sock, &socks::connect(to, port).ok_or_else(too_long)?)?;
        let rest = socks::rest(self.receive(sock)?).map_err(refused)?;
        let mut bound = vec![0; rest];
        sock.read_exact(&mut bound)
            .map_err(|error| self.broken(&error))
    }

    fn send(&self, sock: &mut DeadlineSock, message: &[u8]) -> Result<(), Failure> {
        sock.write_all(message)
            .and_then(|()| sock.flush())
            .map_err(|error| self.broken(&error))
    }

    fn receive<const N: usize>(&self, sock: &mut DeadlineSock) -> Result<[u8; N], Failure> {
        let mut bytes = [0; N];
        sock.read_exact(&mut bytes)
            .map_err(|error| self.broken(&error))?;
        Ok(bytes)
    }
}
