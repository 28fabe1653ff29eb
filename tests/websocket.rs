//! WebSocket from the handshake to the report, against an embedded server that is wrong in one
//! place.

mod embedded;

use std::net::TcpStream;

use embedded::{failed, observe, report, rules, server};
use seaworthy::report::Outcome;
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::http::{HeaderValue, StatusCode};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Message, accept_hdr_with_config};

const ORIGIN: &str = "https://app.example.com";

/// A JSON Web Token, and the part of it that is signed: another would not be forged.
const GOOD: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";
const SIGNED: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.";

/// What the endpoint should do, and the one place in which it does not.
fn origin_ok(origin: Option<&str>, defect: &str) -> bool {
    let Some(origin) = origin else { return true };
    match defect {
        "any origin" => true,
        "null" => origin == "null" || origin == ORIGIN,
        "prefix" => origin.starts_with(ORIGIN),
        "suffix" => origin.ends_with("app.example.com"),
        "substring" => origin.contains("app.example.com"),
        "plain http" => origin.ends_with("://app.example.com"),
        "declared refused" => false,
        _ => origin == ORIGIN,
    }
}

fn token_ok(query: &str, defect: &str) -> bool {
    let token = query.strip_prefix("token=");
    match (defect, token) {
        ("no token", None) | ("any token", Some(_)) | (_, Some(GOOD)) => true,
        ("unsigned", Some(token)) => token.starts_with(SIGNED),
        (_, _) => false,
    }
}

#[expect(clippy::result_large_err, reason = "tungstenite's own type")]
fn serve(stream: TcpStream, defect: &str) {
    let closes = defect.starts_with("closes");
    let mut welcome = true;
    let judge = |request: &Request, response: Response| {
        let origin = request
            .headers()
            .get("origin")
            .map(|value| value.to_str().unwrap_or_default());
        let query = request.uri().query().unwrap_or_default();
        welcome = origin_ok(origin, defect) && token_ok(query, defect);
        if welcome || closes {
            return Ok(response);
        }
        let status = if defect == "error" {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::FORBIDDEN
        };
        let mut refusal = ErrorResponse::new(Some("no".to_owned()));
        *refusal.status_mut() = status;
        Err(refusal)
    };
    let limit = if defect == "oversize" { 1 << 24 } else { 4096 };
    let config = WebSocketConfig::default()
        .max_message_size(Some(limit))
        .max_frame_size(Some(limit));
    let Ok(mut socket) = accept_hdr_with_config(stream, judge, Some(config)) else {
        return;
    };
    if !welcome || defect == "drops" {
        let code = if defect == "closes 1008" {
            CloseCode::Policy
        } else {
            CloseCode::from(4401)
        };
        let _ = socket.close(Some(CloseFrame {
            code,
            reason: "".into(),
        }));
    }
    loop {
        match socket.read() {
            Ok(Message::Text(_)) => {
                let reply = if defect == "reply" {
                    r#"{"type":"nack"}"#
                } else {
                    r#"{"type":"pong"}"#
                };
                let _ = socket.send(Message::text(reply));
            }
            Ok(_) => {}
            Err(tungstenite::Error::Capacity(_)) => {
                let _ = socket.close(Some(CloseFrame {
                    code: CloseCode::Size,
                    reason: "".into(),
                }));
                let _ = socket.flush();
            }
            Err(_) => return,
        }
    }
}

fn target(port: u16, more: &str) -> String {
    format!(
        r#"
        [[target]]
        name = "socket"
        url = "http://127.0.0.1:{port}/"
        timeout = "4s"
        auth = {{ scheme = "bearer", token = {{ env = "TOKEN" }} }}
        [target.websocket]
        path = "/ws?token={{token}}"
        origins = ["{ORIGIN}"]
        max_message = "4KiB"
        echo = {{ send = '{{"type":"ping"}}', json = {{ "/type" = "pong" }} }}
        {more}
        "#
    )
}

/// A defect, what else is declared, and the rules that must fail; nothing else may.
#[rustfmt::skip]
const CASES: &[(&str, &str, &[&str])] = &[
    ("none",             "",                       &[]),
    ("any origin",       "",                       &["websocket/accepts-any-origin"]),
    ("null",             "",                       &["websocket/accepts-null-origin"]),
    ("prefix",           "",                       &["websocket/accepts-lookalike-origin"]),
    ("suffix",           "",                       &["websocket/accepts-lookalike-origin"]),
    ("substring",        "",                       &["websocket/accepts-lookalike-origin"]),
    ("plain http",       "",                       &["websocket/accepts-lookalike-origin"]),
    ("declared refused", "",                       &["websocket/not-opened"]),
    ("no token",         "",                       &["websocket/accepts-no-credentials"]),
    ("any token",        "",                       &["websocket/accepts-forged-token", "websocket/accepts-invalid-token", "websocket/accepts-no-credentials"]),
    ("unsigned",         "",                       &["websocket/accepts-forged-token"]),
    ("closes",           "reject = \"close:4401\"", &[]),
    ("closes 1008",      "reject = \"close:4401\"", &["websocket/other-refusal"]),
    ("closes",           "",                       &["websocket/other-refusal"]),
    ("none",             "reject = \"close:4401\"", &["websocket/other-refusal"]),
    ("error",            "",                       &["websocket/refusal-is-error"]),
    ("drops",            "",                       &["websocket/drops-clients"]),
    ("reply",            "",                       &["websocket/other-reply"]),
    ("oversize",         "",                       &["websocket/takes-oversize"]),
    ("none",             "heartbeat = \"200ms\"",  &["websocket/no-heartbeat"]),
    ("none",             "idle = \"300ms\"",       &[]),
    ("none",             "rtt_over_network = \"1s\"", &[]),
];

#[test]
fn one_defect_one_finding() {
    let tested = CASES.iter().map(|(defect, more, expected)| {
        std::thread::spawn(move || {
            let port = server(move |stream| serve(stream, defect));
            let file = target(port, more);
            let evidence = observe(&file, &["websocket"], &["thorough"], &[("TOKEN", GOOD)]);
            let report = report(&evidence);
            let target = &report.targets[0];
            assert_eq!(failed(target), *expected, "{defect} {more}");
            assert_eq!(rules(target, Outcome::Unknown), [""; 0], "{defect} {more}");
        })
    });
    for thread in tested.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
}

/// A limit beyond what is remembered of a socket, and the message that is longer still.
#[test]
fn a_large_message_is_taken_or_refused() {
    for (defect, expected) in [
        ("oversize", &["websocket/takes-oversize"][..]),
        ("none", &[]),
    ] {
        let port = server(move |stream| serve(stream, defect));
        let file = target(port, "").replace("4KiB", "300KiB");
        let evidence = observe(&file, &["websocket"], &[], &[("TOKEN", GOOD)]);
        let report = report(&evidence);
        assert_eq!(failed(&report.targets[0]), expected, "{defect}");
        assert_eq!(
            rules(&report.targets[0], Outcome::Unknown),
            [""; 0],
            "{defect}"
        );
    }
}

#[test]
fn an_ordinary_run_takes_six_handshakes() {
    let port = server(|stream| serve(stream, "none"));
    let evidence = observe(&target(port, ""), &["websocket"], &[], &[("TOKEN", GOOD)]);
    assert_eq!(evidence[0].sockets.len(), 6);
    let trials = evidence[0].sockets.iter();
    let frames = trials.flat_map(|trial| &trial.frames);
    let texts = frames.filter(|frame| !frame.received && frame.first == 0x81);
    let mut said: Vec<u64> = texts.map(|frame| frame.payload.size).collect();
    said.sort_unstable();
    // The declared message, and the one over the declared limit: nobody declared another.
    assert_eq!(said, [15, 4097]);
    assert_eq!(failed(&report(&evidence).targets[0]), [""; 0]);
}

#[test]
fn without_a_token_refusals_are_tested_and_the_rest_says_so() {
    let port = server(|stream| serve(stream, "none"));
    let evidence = observe(&target(port, ""), &["websocket"], &[], &[]);
    let report = report(&evidence);
    assert_eq!(failed(&report.targets[0]), [""; 0]);
    let untested = rules(&report.targets[0], Outcome::NotTested);
    assert!(untested.contains(&"websocket/not-opened"), "{untested:?}");
    assert!(
        untested.contains(&"websocket/accepts-any-origin"),
        "{untested:?}"
    );
    assert!(rules(&report.targets[0], Outcome::Pass).contains(&"websocket/accepts-no-credentials"));
}

#[test]
fn no_token_reaches_the_evidence() {
    let port = server(|stream| serve(stream, "none"));
    let evidence = observe(
        &target(port, ""),
        &["websocket"],
        &["thorough"],
        &[("TOKEN", GOOD)],
    );
    let line = serde_json::to_string(&evidence[0]).unwrap();
    assert!(line.contains("$TOKEN") && !line.contains(GOOD), "{line}");
}

/// A socket whose credential travels as a subprotocol beside the one that is chosen.
#[expect(clippy::result_large_err, reason = "tungstenite's own type")]
fn serve_by_protocol(stream: TcpStream, looks: bool) {
    let judge = |request: &Request, mut response: Response| {
        let field = |name: &str| {
            let value = request.headers().get(name);
            value.and_then(|value| value.to_str().ok())
        };
        let offered: Vec<&str> = field("sec-websocket-protocol")
            .unwrap_or_default()
            .split(", ")
            .collect();
        let knows = !looks || offered == ["bearer", GOOD];
        if knows && field("origin") == Some(ORIGIN) && field("authorization").is_none() {
            let chosen = HeaderValue::from_static("bearer");
            response
                .headers_mut()
                .insert("sec-websocket-protocol", chosen);
            return Ok(response);
        }
        let mut refusal = ErrorResponse::new(None);
        *refusal.status_mut() = StatusCode::UNAUTHORIZED;
        Err(refusal)
    };
    if let Ok(mut socket) = accept_hdr_with_config(stream, judge, None) {
        while socket.read().is_ok() {}
    }
}

#[test]
fn a_credential_may_travel_as_a_subprotocol() {
    let anybody = &[
        "websocket/accepts-forged-token",
        "websocket/accepts-invalid-token",
        "websocket/accepts-no-credentials",
    ][..];
    for (looks, expected) in [(true, &[][..]), (false, anybody)] {
        let port = server(move |stream| serve_by_protocol(stream, looks));
        let file = format!(
            r#"
            [[target]]
            url = "http://127.0.0.1:{port}/"
            auth = {{ scheme = "bearer", token = {{ env = "TOKEN" }} }}
            [target.websocket]
            path = "/ws"
            protocols = ["bearer", "{{token}}"]
            origins = ["{ORIGIN}"]
            "#
        );
        let evidence = observe(&file, &["websocket"], &[], &[("TOKEN", GOOD)]);
        assert_eq!(failed(&report(&evidence).targets[0]), expected);
        let line = serde_json::to_string(&evidence[0]).unwrap();
        assert!(
            line.contains("bearer, $TOKEN") && !line.contains(GOOD),
            "{line}"
        );
    }
}
