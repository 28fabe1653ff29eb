//! What is said on an open socket, and what is made of it.

use super::Came::ClosedBy;
use super::{APP, Declared, LEGITIMATE, OPEN, came, evidence, failing, known, word};
use crate::evidence::{Frame, Payload, sample};
use crate::model::{Attempt, Bytes, Echo, Micros, SocketAsk, SocketFault};

/// A text frame and a time in milliseconds: what the client sent, and what it got.
fn text(received: bool, text: &str, after: u64) -> Frame {
    Frame {
        received,
        first: 0x81,
        masked: !received,
        payload: Payload::whole(text.as_bytes().to_vec()),
        after: Micros(after * 1000),
    }
}

const PING: &str = r#"{"type":"ping"}"#;
const PONG: &str = r#"{"type":"pong"}"#;

fn pinged() -> Echo {
    let json = serde_json::json!({"/type": {"equals": "pong"}});
    Echo {
        send: PING.to_owned(),
        json: serde_json::from_value(json).unwrap(),
    }
}

/// What a client without credentials got where a message brings them: whether the legitimate one is
/// served, the answers, whether an echo is declared, and the outcome.
#[rustfmt::skip]
const WAITING: &[(bool, &[&str], bool, &str)] = &[
    (true,  &[PONG],                            true,  "fail"),
    (true,  &[],                                true,  "pass"),
    (true,  &[r#"{"error":"who are you?"}"#],   true,  "pass"),
    (false, &[],                                true,  "not tested"), // nobody is served
    (true,  &[],                                false, "not tested"), // nothing tells
];

#[test]
fn an_open_socket_is_somebody_s_who_is_served_on_it() {
    for (served, answers, declared, expected) in WAITING {
        let mut evidence = evidence(Declared::ClosesStrangers, &[]);
        let contract = evidence.target.websocket.as_mut().unwrap();
        contract.first = Some(Echo {
            send: r#"{"token":"{token}"}"#.to_owned(),
            json: std::collections::BTreeMap::new(),
        });
        contract.echo = declared.then(pinged);
        let mut legitimate = came(SocketAsk::Legitimate, ClosedBy(None, 3000));
        let mut nobody = came(
            SocketAsk::Credentials(Attempt::Nothing),
            ClosedBy(None, 3000),
        );
        if *declared {
            legitimate.frames.insert(0, text(false, PING, 1));
            nobody.frames.insert(0, text(false, PING, 1));
        }
        if *served {
            legitimate.frames.insert(1, text(true, PONG, 2));
        }
        nobody
            .frames
            .extend(answers.iter().map(|answer| text(true, answer, 2)));
        evidence.sockets = vec![legitimate, nobody];
        let outcome = word(&known(&evidence), "websocket/accepts-no-credentials");
        assert_eq!(outcome, *expected, "{served} {answers:?} {declared}");
    }
}

/// What came of a message over the limit: the frames from the server, whether it ponged, whether a
/// message is declared whose answer tells; then the outcomes of `takes-oversize`, `oversize-code`.
type Oversize = (&'static [Said], bool, bool, &'static str, &'static str);

#[derive(Clone, Copy, Debug)]
enum Said {
    Text(&'static str),
    Close(u16),
}

#[rustfmt::skip]
const OVERSIZE: &[Oversize] = &[
    (&[Said::Close(1009)],  false, true,  "pass",       "pass"),
    (&[Said::Close(1008)],  false, true,  "pass",       "fail"),
    (&[Said::Text(PONG)],   true,  true,  "fail",       "n/a"),
    (&[Said::Text(PONG), Said::Close(1009)], true, true, "fail", "n/a"),
    // Dropped without a word, or with one: it is not held.
    (&[],                   true,  true,  "pass",       "fail"),
    (&[Said::Text(r#"{"error":"too large"}"#)], true, true, "pass", "fail"),
    // Without a message whose answer tells, nobody knows.
    (&[],                   true,  false, "not tested", "not tested"),
];

#[test]
fn a_message_over_the_limit_is_taken_where_it_is_answered() {
    for (said, pong, declared, taken, code) in OVERSIZE {
        let mut evidence = evidence(Declared::HeaderAndList, &[]);
        let contract = evidence.target.websocket.as_mut().unwrap();
        contract.max_message = Some(Bytes(16));
        contract.echo = declared.then(pinged);
        let mut legitimate = came(SocketAsk::Legitimate, ClosedBy(None, 1000));
        legitimate.frames.insert(0, text(false, PING, 1));
        legitimate.frames.insert(1, text(true, PONG, 2));
        let oversize = SocketAsk::Fault(SocketFault::Oversize);
        let mut trial = sample::handshake(oversize, Some(APP), "/ws", 101, OPEN);
        trial.frames.push(text(false, &format!("{PING}  "), 1));
        trial.frames.extend(said.iter().map(|said| match said {
            Said::Text(said) => text(true, said, 2),
            Said::Close(code) => Frame {
                first: 0x88,
                payload: Payload::whole(code.to_be_bytes().to_vec()),
                ..text(true, "", 3)
            },
        }));
        if *pong {
            let sent = Frame {
                first: 0x89,
                ..text(false, "p", 1)
            };
            let heard = Frame {
                first: 0x8a,
                ..text(true, "p", 2)
            };
            trial.frames.extend([sent, heard]);
        }
        evidence.sockets = vec![legitimate, trial];
        let facts = known(&evidence);
        let found = [
            word(&facts, "websocket/takes-oversize"),
            word(&facts, "websocket/oversize-code"),
        ];
        assert_eq!(found, [*taken, *code], "{said:?} {pong} {declared}");
    }
}

/// What a server did about an unmasked frame: whether it closed, whether it ponged, how long was
/// waited, and the outcome.
#[rustfmt::skip]
const UNMASKED: &[(bool, bool, u64, &str)] = &[
    (true,  false, 10,   "pass"),
    (false, true,  1000, "fail"),
    (false, false, 4000, "fail"),    // §5.1: the server MUST close
    (false, false, 200,  "unknown"), // the run ended
];

#[test]
fn a_server_must_close_on_an_unmasked_frame() {
    for (closes, pongs, waited, expected) in UNMASKED {
        let mut evidence = evidence(Declared::HeaderAndList, &[LEGITIMATE]);
        let unmasked = SocketAsk::Fault(SocketFault::Unmasked);
        let closed = closes.then_some(ClosedBy(Some(1002), 5));
        let mut trial = match closed {
            Some(closed) => came(unmasked, closed),
            None => sample::handshake(unmasked, Some(APP), "/ws", 101, OPEN),
        };
        if *pongs {
            let sent = Frame {
                first: 0x89,
                ..text(false, "p", 1)
            };
            let heard = Frame {
                first: 0x8a,
                ..text(true, "p", 2)
            };
            trial.frames.extend([sent, heard]);
        }
        trial.listened = Micros(waited * 1000);
        evidence.sockets.push(trial);
        let outcome = word(&known(&evidence), "websocket/takes-unmasked");
        assert_eq!(outcome, *expected, "{closes} {pongs} {waited}");
    }
}

/// Frames behind the declared message, as bytes of the first byte and the payload; the rules that
/// fail.
type Frames = (&'static [(u8, &'static [u8])], &'static [&'static str]);

/// An answer in HTTP, as some servers write one on the open socket: `HT` makes a frame of 84 bytes.
const HTTP: (u8, &[u8]) = (b'H', b"TP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
const CLOSE: (u8, &[u8]) = (0x88, b"\x03\xe8");

#[rustfmt::skip]
const FRAMES: &[Frames] = &[
    (&[CLOSE],                                &[]),
    (&[CLOSE, (0x8a, b"owed")],               &[]), // §5.5.2
    (&[CLOSE, (0x81, b"late")],               &["websocket/frame-violation"]),
    (&[CLOSE, HTTP],                          &["websocket/http-on-socket"]),
    (&[HTTP, CLOSE],                          &["websocket/http-on-socket"]),
    (&[(0xc1, b"reserved"), CLOSE],           &["websocket/frame-violation"]),
];

#[test]
fn what_comes_around_the_close_frame() {
    for (frames, expected) in FRAMES {
        let mut evidence = evidence(Declared::HeaderAndList, &[LEGITIMATE]);
        let ours = Frame {
            first: 0x88,
            ..text(false, "", 1)
        };
        let theirs = frames
            .iter()
            .zip(2..)
            .map(|((first, payload), after)| Frame {
                first: *first,
                payload: Payload::whole(payload.to_vec()),
                ..text(true, "", after)
            });
        evidence.sockets[0].frames = std::iter::once(ours).chain(theirs).collect();
        let found: Vec<&str> = failing(&known(&evidence))
            .into_iter()
            .filter(|rule| *rule != "websocket/no-close-frame")
            .collect();
        assert_eq!(found, *expected, "{frames:?}");
    }
}
