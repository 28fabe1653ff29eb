//! What a peer does with its connections.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::peers::{self, GOOD, Must, PAGE, Peer};
use crate::server::{answer, read_head};

/// The head of a page that ends with its connection.
const HTML: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";

/// Longer than anybody waits for it, and yet it ends with the test.
const LONG: Duration = Duration::from_secs(120);

/// Writes these bytes one by one, with a pause after each.
fn drip(stream: &mut TcpStream, bytes: &[u8], pause: Duration) {
    for byte in bytes {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        std::thread::sleep(pause);
    }
}

/// Writes the same again until nobody listens any more.
fn flood(stream: &mut TcpStream, bytes: &[u8]) {
    while stream.write_all(bytes).is_ok() {}
}

fn hold(stream: TcpStream) {
    std::thread::sleep(LONG);
    drop(stream);
}

/// Peers that do nothing, or not enough.
fn slow() -> Vec<Peer> {
    let pause = Duration::from_millis(300);
    let slow = answer("200 OK", GOOD, PAGE);
    vec![
        Peer::treating("silence", hold, Must::Unknown("timed out")),
        Peer::treating(
            "a close at once",
            drop,
            Must::Fail("headers/connection-reset"),
        ),
        Peer::treating(
            "silence after the request",
            |mut stream| {
                read_head(&mut stream);
                hold(stream);
            },
            Must::Unknown("timed out"),
        ),
        Peer::treating(
            "half a head, then silence",
            |mut stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ");
                hold(stream);
            },
            Must::Unknown("timed out"),
        ),
        Peer::treating(
            "a head, then silence",
            |mut stream| {
                read_head(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
                hold(stream);
            },
            Must::Unknown("the time was up"),
        ),
        Peer::treating(
            "a head byte by byte",
            move |mut stream| drip(&mut stream, &slow, pause),
            Must::Unknown("timed out"),
        ),
        Peer::treating(
            "a body byte by byte",
            move |mut stream| {
                read_head(&mut stream);
                let _ = stream.write_all(HTML);
                drip(&mut stream, &[b'a'; 400], pause);
            },
            Must::Unknown("the time was up"),
        ),
    ]
}

/// Peers that never end.
fn endless() -> Vec<Peer> {
    let chunk = format!("4000\r\n{}\r\n", "a".repeat(0x4000)).into_bytes();
    vec![
        Peer::treating(
            "an endless head",
            |mut stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
                flood(&mut stream, b"X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
            },
            Must::Unknown("too large"),
        ),
        Peer::treating(
            "an endless line",
            |mut stream| flood(&mut stream, b"HTTP/1.1 200 OK"),
            Must::Unknown("too large"),
        ),
        Peer::treating(
            "an endless body",
            move |mut stream| {
                read_head(&mut stream);
                let _ = stream.write_all(HTML);
                flood(&mut stream, &[b'a'; 16 * 1024]);
            },
            Must::Fail("headers/csp-missing"),
        ),
        Peer::treating(
            "endless chunks",
            move |mut stream| {
                read_head(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                flood(&mut stream, &chunk);
            },
            Must::Fail("headers/content-type-missing"),
        ),
        Peer::treating(
            "a chunk extension without an end",
            |mut stream| {
                read_head(&mut stream);
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=");
                flood(&mut stream, &[b'a'; 1024]);
            },
            Must::Unknown("the framing of the body broke off"),
        ),
        Peer::treating(
            "endless trailers",
            |mut stream| {
                read_head(&mut stream);
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
                flood(&mut stream, b"X: a\r\n");
            },
            Must::Unknown("the time was up"),
        ),
    ]
}

/// Peers that end too soon, or do not listen.
fn careless() -> Vec<Peer> {
    vec![
        Peer::treating(
            "half a connection",
            |stream| {
                let _ = stream.shutdown(Shutdown::Write);
                hold(stream);
            },
            Must::Fail("headers/connection-reset"),
        ),
        Peer::treating(
            "a request that is never read",
            |stream| {
                let _ = stream.shutdown(Shutdown::Read);
                hold(stream);
            },
            Must::Unknown("timed out"),
        ),
        Peer::treating(
            "a reset for every request",
            |stream| {
                // What is left unread when its socket is closed resets the connection.
                let _ = stream.peek(&mut [0]);
            },
            Must::Fail("headers/connection-reset"),
        ),
        Peer::treating(
            "an echo",
            |mut stream| {
                while let Some(head) = read_head(&mut stream) {
                    let _ = stream.write_all(head.as_bytes());
                }
            },
            Must::Unknown("not the protocol"),
        ),
    ]
}

pub(crate) fn all() -> Vec<Peer> {
    let all = slow().into_iter().chain(endless()).chain(careless());
    all.collect()
}

#[test]
fn every_behaviour_has_its_verdict() {
    peers::audit(all());
}
