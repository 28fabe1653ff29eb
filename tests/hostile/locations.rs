//! Redirects that lead nowhere, inside, or round and round.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::peers::{self, GOOD, Must, PAGE, Peer};
use crate::server::{answer, read_head};

/// A `Location` for every request, and what is to be said of it.
#[rustfmt::skip]
const LOCATIONS: &[(&str, Must)] = &[
    ("",                                     Must::Unknown("which is no web address")),
    ("javascript:alert(1)",                  Must::Unknown("which is no web address")),
    ("JaVaScRiPt:alert(1)",                  Must::Unknown("which is no web address")),
    ("data:text/html,hello",                 Must::Unknown("which is no web address")),
    ("file:///etc/passwd",                   Must::Unknown("which is no web address")),
    ("ftp://127.0.0.1/",                     Must::Unknown("which is no web address")),
    ("ws://127.0.0.1/",                      Must::Unknown("which is no web address")),
    ("gopher://127.0.0.1/",                  Must::Unknown("which is no web address")),
    ("mailto:a@b.example",                   Must::Unknown("which is no web address")),
    ("about:blank",                          Must::Unknown("which is no web address")),
    ("intent://x#Intent;end",                Must::Unknown("which is no web address")),
    ("http://",                              Must::Unknown("which is no web address")),
    ("http:///",                             Must::Unknown("which is no web address")),
    ("http://[",                             Must::Unknown("which is no web address")),
    ("http://[::g]/",                        Must::Unknown("which is no web address")),
    ("http://a b/",                          Must::Unknown("which is no web address")),
    ("http://a..b/",                         Must::Unknown("which is no web address")),
    ("http://a^b/",                          Must::Unknown("which is no web address")),
    ("http://1.2.3.4.5/",                    Must::Unknown("which is no web address")),
    ("http://256.1.1.1/",                    Must::Unknown("which is no web address")),
    ("http://127.0.0.1:99999/",              Must::Unknown("which is no web address")),
    ("http://127.0.0.1:0/",                  Must::Unknown("which is no web address")),
    ("http://127.0.0.1:x/",                  Must::Unknown("which is no web address")),
    ("http://%00/",                          Must::Unknown("which is no web address")),
    ("http://127.0.0.1:1/",                  Must::Unknown("refused")),
    ("//127.0.0.1:1/",                       Must::Unknown("refused")),
    ("http:\\\\127.0.0.1:1\\",               Must::Unknown("refused")),
    ("http://2130706433:1/",                 Must::Unknown("refused")),
    ("http://0x7f.1:1/",                     Must::Unknown("refused")),
    ("http://127.1:1/",                      Must::Unknown("refused")),
    ("http://user:pass@127.0.0.1:1/",        Must::Unknown("refused")),
    ("http://127.0.0.1:1/\u{1b}[2J",         Must::Unknown("refused")),
    ("http://169.254.169.254/latest/",       Must::Unknown("metadata")),
    ("http://[::ffff:169.254.169.254]/",     Must::Unknown("metadata")),
    ("http://[64:ff9b::a9fe:a9fe]/",         Must::Unknown("metadata")),
    ("http://100.100.100.200/",              Must::Unknown("metadata")),
    ("http://2852039166/",                   Must::Unknown("metadata")),
    // To itself, written in ways that made a request that could not be sent.
    ("/",                                    Must::Fail("headers/redirect-loop")),
    ("?",                                    Must::Fail("headers/redirect-loop")),
    ("#top",                                 Must::Fail("headers/redirect-loop")),
    (".",                                    Must::Fail("headers/redirect-loop")),
    ("/a b",                                 Must::Fail("headers/redirect-loop")),
    ("/a\tb",                                Must::Fail("headers/redirect-loop")),
    ("/<a>",                                 Must::Fail("headers/redirect-loop")),
    ("/`a`",                                 Must::Fail("headers/redirect-loop")),
    ("/\"a\"",                               Must::Fail("headers/redirect-loop")),
    ("/{a}|^",                               Must::Fail("headers/redirect-loop")),
    ("/\\127.0.0.1:1/a",                     Must::Unknown("refused")),
    ("/%",                                   Must::Fail("headers/redirect-loop")),
    ("/%zz",                                 Must::Fail("headers/redirect-loop")),
    ("/%00",                                 Must::Fail("headers/redirect-loop")),
    ("/\u{e9}\u{202e}",                      Must::Fail("headers/redirect-loop")),
    ("/\u{1}\u{7f}",                         Must::Fail("headers/redirect-loop")),
    ("?a b<>`\"'",                           Must::Fail("headers/redirect-loop")),
    ("?\u{e9}#\u{e9} <",                     Must::Fail("headers/redirect-loop")),
    ("/../../../..",                         Must::Fail("headers/redirect-loop")),
    ("/a/./b/%2e%2E/c",                      Must::Fail("headers/redirect-loop")),
    ("http:x",                               Must::Fail("headers/redirect-loop")),
    ("//",                                   Must::Unknown("which is no web address")),
    ("///",                                  Must::Unknown("which is no web address")),
];

pub(crate) fn all() -> Vec<Peer> {
    let mut peers: Vec<Peer> = Vec::new();
    for (nth, (location, must)) in LOCATIONS.iter().enumerate() {
        let status = [
            "301 Moved",
            "302 Found",
            "303 See",
            "307 Temporary",
            "308 Permanent",
        ];
        let status = status[nth % status.len()];
        let answer = answer(status, &format!("{GOOD}Location: {location}\r\n"), PAGE);
        peers.push(Peer::answering(format!("to {location:?}"), answer, *must));
    }
    // A new place each time.
    let count = AtomicUsize::new(0);
    let endless = move |mut stream: std::net::TcpStream| {
        while read_head(&mut stream).is_some() {
            let nth = count.fetch_add(1, Ordering::SeqCst);
            let next = answer("302 Found", &format!("Location: /{nth}\r\n"), "");
            if stream.write_all(&next).is_err() {
                return;
            }
        }
    };
    peers.push(Peer::treating(
        "to a new place each time",
        endless,
        Must::Unknown("redirected to"),
    ));
    let two = answer(
        "302 Found",
        "Location: /a\r\nLocation: javascript:x\r\n",
        "",
    );
    peers.push(Peer::answering(
        "to two places",
        two,
        Must::Fail("headers/redirect-loop"),
    ));
    let none = answer("302 Found", "", "");
    peers.push(Peer::answering(
        "to nowhere",
        none,
        Must::Unknown("which is no web address"),
    ));
    let long = answer(
        "302 Found",
        &format!("Location: /{}\r\n", "a".repeat(16_000)),
        "",
    );
    peers.push(Peer::answering(
        "to a very long place",
        long,
        Must::Fail("headers/redirect-loop"),
    ));
    peers
}

#[test]
fn every_redirect_has_its_verdict() {
    peers::audit(all());
}
