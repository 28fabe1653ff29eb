//! Answers that stand in for the service: whatever they look like, they are not it.

use crate::peers::{self, GOOD, Must, PAGE, Peer};
use crate::server::answer;

/// A status line, and what is to be said where every request is answered by it.
#[rustfmt::skip]
const STATUSES: &[(&str, Must)] = &[
    ("200 OK",                              Must::Read),
    ("101 Switching Protocols",             Must::Unknown("which was not asked for")),
    ("204 No Content",                      Must::Read),
    ("206 Partial Content",                 Must::Unknown("which was not asked for")),
    ("226 IM Used",                         Must::Unknown("which was not asked for")),
    ("299 Odd",                             Must::Read),
    ("300 Multiple Choices",                Must::Read),
    ("304 Not Modified",                    Must::Unknown("which was not asked for")),
    ("400 Bad Request",                     Must::Unknown("an error page")),
    ("401 Unauthorized",                    Must::Unknown("log in first")),
    ("402 Payment Required",                Must::Unknown("an error page")),
    ("403 Forbidden",                       Must::Unknown("log in first")),
    ("404 Not Found",                       Must::Unknown("an error page")),
    ("405 Method Not Allowed",              Must::Unknown("an error page")),
    ("406 Not Acceptable",                  Must::Unknown("an error page")),
    ("407 Proxy Authentication Required",   Must::Unknown("log in first")),
    ("408 Request Timeout",                 Must::Unknown("an error page")),
    ("409 Conflict",                        Must::Unknown("an error page")),
    ("410 Gone",                            Must::Unknown("an error page")),
    ("411 Length Required",                 Must::Unknown("an error page")),
    ("412 Precondition Failed",             Must::Unknown("an error page")),
    ("413 Content Too Large",               Must::Unknown("an error page")),
    ("414 URI Too Long",                    Must::Unknown("an error page")),
    ("415 Unsupported Media Type",          Must::Unknown("an error page")),
    ("417 Expectation Failed",              Must::Unknown("an error page")),
    ("418 I'm a teapot",                    Must::Unknown("an error page")),
    ("421 Misdirected Request",             Must::Unknown("an error page")),
    ("422 Unprocessable Content",           Must::Unknown("an error page")),
    ("423 Locked",                          Must::Unknown("an error page")),
    ("425 Too Early",                       Must::Unknown("an error page")),
    ("426 Upgrade Required",                Must::Unknown("an error page")),
    ("428 Precondition Required",           Must::Unknown("an error page")),
    ("429 Too Many Requests",               Must::Unknown("an error page")),
    ("431 Request Header Fields Too Large", Must::Unknown("an error page")),
    ("451 Unavailable For Legal Reasons",   Must::Unknown("an error page")),
    ("499 Client Closed Request",           Must::Unknown("an error page")),
    ("500 Internal Server Error",           Must::Unknown("an error page")),
    ("501 Not Implemented",                 Must::Unknown("an error page")),
    ("502 Bad Gateway",                     Must::Fail("contract/no-application")),
    ("503 Service Unavailable",             Must::Fail("contract/no-application")),
    ("504 Gateway Timeout",                 Must::Fail("contract/no-application")),
    ("505 HTTP Version Not Supported",      Must::Unknown("an error page")),
    ("507 Insufficient Storage",            Must::Unknown("an error page")),
    ("508 Loop Detected",                   Must::Unknown("an error page")),
    ("511 Network Authentication Required", Must::Unknown("an error page")),
    ("521 Web Server Is Down",              Must::Fail("contract/no-application")),
    ("530 Odd",                             Must::Fail("contract/no-application")),
    ("599 Odd",                             Must::Unknown("an error page")),
    ("600 Odd",                             Must::Unknown("an error page")),
    ("700 Odd",                             Must::Unknown("an error page")),
    ("999 Request denied",                  Must::Unknown("an error page")),
];

/// How the end of an answer is marked: by its length, by chunks, or by the end of the connection.
#[derive(Clone, Copy)]
enum Framing {
    Length,
    Chunks,
    Close,
}

fn peer(status: &str, framing: Framing, body: &str, must: Must) -> Peer {
    let head = format!("HTTP/1.1 {status}\r\n{GOOD}");
    match framing {
        Framing::Length => Peer::answering(
            format!("{status}, by length, {body:?}"),
            answer(status, GOOD, body),
            must,
        ),
        Framing::Chunks => {
            let chunk = if body.is_empty() {
                String::new()
            } else {
                format!("{:x}\r\n{body}\r\n", body.len())
            };
            let bytes = format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n");
            Peer::answering(format!("{status}, in chunks, {body:?}"), bytes, must)
        }
        Framing::Close => {
            let bytes = format!("{head}Connection: close\r\n\r\n{body}");
            Peer::ending(format!("{status}, to the end, {body:?}"), bytes, must)
        }
    }
}

pub(crate) fn all() -> Vec<Peer> {
    let mut peers = Vec::new();
    for (status, must) in STATUSES {
        for framing in [Framing::Length, Framing::Chunks, Framing::Close] {
            // No content follows these (RFC 9112 §6.3).
            let is_bare =
                status.starts_with('1') || status.starts_with("204") || status.starts_with("304");
            let bodies: &[&str] = if is_bare { &[""] } else { &["", PAGE] };
            peers.extend(bodies.iter().map(|body| peer(status, framing, body, *must)));
        }
    }
    peers
}

#[test]
fn every_status_has_its_verdict() {
    peers::audit(all());
}
