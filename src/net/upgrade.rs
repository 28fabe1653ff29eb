//! Asking for another protocol over a connection of its own (RFC 9110 §7.8).
//!
//! ureq reads a `101` as an interim answer and drops it, so this is done by hand: a request's bytes
//! go out, one head comes back, and the stream is kept with whatever followed the head.

use std::io::{Read as _, Write as _};

use super::deadline::Deadline;
use super::dial::{self, Names};
use super::stream::Stream;
use super::tls::{self, Offer};
use super::{Net, clock};
use crate::evidence::{Cause, Failure, Stage};
use crate::model::{Phases, Url, UrlScheme};
use crate::wire::http::head::{self, Head, MAX_HEAD};

/// A head that answered, and the stream behind it.
#[derive(Debug)]
pub struct Answer {
    /// The final answer: `101`, or any other status; interim ones are skipped.
    pub head: Head,
    /// What followed the head in the same breath.
    pub tail: Vec<u8>,
    /// The rest is to come from here.
    pub stream: Stream,
}

/// What one request for an upgrade took, and what came of it.
#[derive(Debug)]
pub struct Asked {
    /// Where the time went until the head was there.
    pub phases: Phases,
    /// The answer.
    pub answer: Result<Answer, Failure>,
}

/// Connects to the host of `url`, sends `request` as it is, and reads the head of the answer.
#[must_use]
pub fn ask(net: &Net, url: &Url, request: &[u8], end: &Deadline) -> Asked {
    let mut phases = Phases::default();
    let answer = connect(net, url, end, &mut phases)
        .and_then(|stream| exchange(stream, request, end, &mut phases));
    Asked { phases, answer }
}

fn connect(net: &Net, url: &Url, end: &Deadline, phases: &mut Phases) -> Result<Stream, Failure> {
    let dialled = dial::dial(url.into(), &net.resolver, Names::Cached, end)?;
    (phases.dns, phases.tcp) = (dialled.dns, dialled.tcp);
    match url.scheme {
        UrlScheme::Http => Ok(Stream::Plain(dialled.sock)),
        // h2 would leave no way to upgrade: RFC 8441 is another protocol.
        UrlScheme::Https => {
            let (stream, seen) = tls::connect(dialled.sock, &url.host, Offer::Http1, end)?;
            phases.tls = seen.took;
            net.handshakes.note(&url.host, &seen);
            Ok(Stream::Tls(Box::new(stream)))
        }
    }
}

fn exchange(
    mut stream: Stream,
    request: &[u8],
    end: &Deadline,
    phases: &mut Phases,
) -> Result<Answer, Failure> {
    // An answer may lie in the buffer of the system before the clock could be read after sending.
    let sent = clock::now();
    stream
        .write_all(request)
        .and_then(|()| stream.flush())
        .map_err(|error| end.io_failure(Stage::Send, &error))?;
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let amount = stream
            .read(&mut chunk)
            .map_err(|error| end.io_failure(Stage::Head, &error))?;
        if bytes.is_empty() {
            phases.server = clock::since(sent);
        }
        bytes.extend_from_slice(chunk.get(..amount).unwrap_or_default());
        if let Some((head, tail)) = final_head(&mut bytes) {
            phases.transfer = clock::since(sent) - phases.server;
            return Ok(Answer { head, tail, stream });
        }
        if amount == 0 {
            let detail = format!("after {} bytes of a head", bytes.len());
            return Err(end.failure(Stage::Head, Cause::Closed, detail));
        }
        if bytes.len() > MAX_HEAD {
            return Err(end.failure(Stage::Head, Cause::TooLarge, "the head is over 64 KiB"));
        }
    }
}

/// The first head that is not interim, and what follows it.
fn final_head(bytes: &mut Vec<u8>) -> Option<(Head, Vec<u8>)> {
    loop {
        let length = head::length(bytes)?;
        let tail = bytes.split_off(length.min(bytes.len()));
        let head = Head::read(bytes);
        *bytes = tail;
        if !head.is_interim() {
            return Some((head, std::mem::take(bytes)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::final_head;

    #[test]
    fn interim_heads_are_skipped_and_the_tail_is_kept() {
        type Found = Option<(u16, &'static [u8])>;
        #[rustfmt::skip]
        let rows: [(&[u8], Found); 4] = [
            (b"HTTP/1.1 101 S\r\n\r\n\x81\x00",                          Some((101, b"\x81\x00"))),
            (b"HTTP/1.1 103 E\r\nLink: x\r\n\r\nHTTP/1.1 403 F\r\n\r\nno", Some((403, b"no"))),
            (b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200",                      None),
            (b"HTTP/1.1 101 S\r\nUpgrade: w",                            None),
        ];
        for (bytes, expected) in rows {
            let found = final_head(&mut bytes.to_vec());
            let found = found
                .as_ref()
                .map(|(head, tail)| (head.status, tail.as_slice()));
            assert_eq!(found, expected);
        }
    }
}
