//! What hostile servers are made of.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// Listens on a port of its own and treats every connection like this, on a thread of its own.
pub(crate) fn listen(treat: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let treat = Arc::new(treat);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let treat = Arc::clone(&treat);
            std::thread::spawn(move || treat(stream));
        }
    });
    port
}

/// The request up to its empty line; `None` where the connection ended before.
pub(crate) fn read_head(stream: &mut TcpStream) -> Option<String> {
    let (mut seen, mut byte) = (Vec::new(), [0]);
    while !seen.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) if seen.len() < 16 * 1024 => seen.extend_from_slice(&byte),
            Ok(_) | Err(_) => return None,
        }
    }
    Some(String::from_utf8_lossy(&seen).into_owned())
}

/// Answers each request of a connection.
pub(crate) fn answer_each(mut stream: TcpStream, answer: impl Fn(&str) -> Vec<u8>) {
    while let Some(head) = read_head(&mut stream) {
        if stream.write_all(&answer(&head)).is_err() {
            return;
        }
    }
}

/// An answer with this status, these field lines, and a body of the right length.
pub(crate) fn answer(status: &str, fields: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}
