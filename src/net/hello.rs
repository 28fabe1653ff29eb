//! One raw ClientHello, and the bytes that answer it.

use std::io::{ErrorKind, Read as _, Write as _};

use super::clock;
use super::deadline::Deadline;
use super::dial::{self, Peer};
use super::sock::DeadlineSock;
use super::tls::provider;
use crate::evidence::{Cause, Failure, HelloReply, Stage, WireBytes};
use crate::wire::tls::{Offer, Reply};

/// More than any first flight; what a peer sends beyond is left unread.
const LIMIT: usize = 64 * 1024;

/// Connects, sends the offer as a hello, and reads until the answer is complete, the peer ends it
/// or the deadline does. An answer cut short is still an answer.
///
/// # Errors
/// [`Stage::Connect`], [`Stage::Proxy`], or [`Stage::Handshake`] when not a byte came back.
pub fn ask(peer: &Peer, offer: &Offer, end: &Deadline) -> Result<HelloReply, Failure> {
    let mut random = [0; 32];
    provider()
        .secure_random
        .fill(&mut random)
        .map_err(|_| end.failure(Stage::Handshake, Cause::Bug, "no randomness"))?;
    let mut sock = dial::reach(peer, end)?.sock;
    let start = clock::now();
    sock.write_all(&offer.encode(random))
        .map_err(|error| end.io_failure(Stage::Handshake, &error))?;
    let (bytes, ended) = read(&mut sock);
    let took = clock::since(start);
    let timed_out = match ended {
        Ended::Broken(error) if bytes.is_empty() => {
            return Err(end.io_failure(Stage::Handshake, &error));
        }
        Ended::Closed if bytes.is_empty() => {
            return Err(end.failure(Stage::Handshake, Cause::Closed, "no answer to the hello"));
        }
        Ended::Broken(ref error) => error.kind() == ErrorKind::TimedOut,
        Ended::Complete | Ended::Closed => false,
    };
    Ok(HelloReply {
        closed: !timed_out && !matches!(ended, Ended::Complete),
        timed_out,
        bytes: WireBytes(bytes),
        took,
    })
}

enum Ended {
    Complete,
    Closed,
    Broken(std::io::Error),
}

fn read(sock: &mut DeadlineSock) -> (Vec<u8>, Ended) {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 8192]);
    loop {
        match sock.read(&mut chunk) {
            Ok(0) => return (bytes, Ended::Closed),
            Ok(count) => bytes.extend(chunk.get(..count).unwrap_or_default()),
            Err(error) => return (bytes, Ended::Broken(error)),
        }
        if bytes.len() >= LIMIT || Reply::read(&bytes).is_complete() {
            return (bytes, Ended::Complete);
        }
    }
}
