//! WebSocket from the handshake to the report, against an embedded server that is wrong in one
//! place.

#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up has failed"
)]

mod embedded;

use std::net::TcpStream;

use std::collections::BTreeSet;
use std::time::Duration;

use embedded::order::in_every_order;
use embedded::{failed, observe, report, rules, server};
use seaworthy::evidence::{Conditions, Evidence, Run};
use seaworthy::model::{Ask, Family, SocketAsk, Topic};
use seaworthy::plan::websocket::claim;
use seaworthy::plan::{Essential, essential};
use seaworthy::report::{Outcome, TargetReport};
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::http::{HeaderValue, StatusCode};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Message, accept_hdr_with_config};

const ORIGIN: &str = "https://app.example.com";
const SECOND: &str = "https://shop.pages.dev";

/// A JSON Web Token, and the part of it that is signed: another would not be forged.
const GOOD: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";
const SIGNED: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.";

const OLD: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIiwiZXhwIjoxfQ.b2xk";
const OTHER: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2ln";
const TOKENS: &[(&str, &str)] = &[("TOKEN", GOOD), ("OLD", OLD), ("OTHER", OTHER)];

/// What the endpoint should do, and the one place in which it does not.
fn origin_ok(origin: Option<&str>, defect: &str) -> bool {
    let Some(origin) = origin else { return true };
    let declared = [ORIGIN, SECOND].contains(&origin);
    match defect {
        "any origin" => true,
        "null" => origin == "null" || declared,
        "prefix" => declared || origin.starts_with(ORIGIN),
        "suffix" => declared || origin.ends_with("app.example.com"),
        "substring" => declared || origin.contains("app.example.com"),
        "sub-domain" => declared || origin.ends_with(".app.example.com"),
        "dot" => declared || origin == "https://appxexample.com",
        "underscore" => declared || origin.starts_with("https://app.example.com_."),
        "plain http" => declared || origin.ends_with("://app.example.com"),
        "sibling of the second" => declared || origin.ends_with(".pages.dev"),
        "prefix of the second" => declared || origin.starts_with(SECOND),
        "declared refused" => false,
        "second refused" => origin == ORIGIN,
        "first refused" => origin == SECOND,
        _ => declared,
    }
}

fn token_ok(query: &str, defect: &str) -> bool {
    let token = query.strip_prefix("token=");
    match (defect, token) {
        ("no token", None)
        | ("any token", Some(_))
        | (_, Some(GOOD))
        | ("empty token", Some(""))
        | ("expired", Some(OLD))
        | ("another user", Some(OTHER)) => true,
        ("unsigned", Some(token)) => token.starts_with(SIGNED),
        (_, _) => false,
    }
}

#[expect(clippy::result_large_err, reason = "tungstenite's own type")]
fn serve(stream: TcpStream, defect: &str) {
    let closes = defect.starts_with("closes") || defect.starts_with("drops");
    let (mut welcome, mut pause) = (true, Duration::ZERO);
    let judge = |request: &Request, response: Response| {
        let origin = request
            .headers()
            .get("origin")
            .map(|value| value.to_str().unwrap_or_default());
        let query = request.uri().query().unwrap_or_default();
        let known = token_ok(query, defect);
        // Looking a token up takes time; an origin is refused at once.
        pause = if known && !defect.starts_with("drops") {
            Duration::ZERO
        } else {
            delay(defect)
        };
        welcome = origin_ok(origin, defect) && known;
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
    if !welcome || defect.starts_with("drops") {
        std::thread::sleep(pause);
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

/// How long a server takes until it closes on somebody.
fn delay(defect: &str) -> Duration {
    let seconds = defect
        .split_whitespace()
        .find_map(|word| word.strip_suffix('s')?.parse().ok());
    Duration::from_secs_f32(seconds.unwrap_or(0.0))
}

fn target(port: u16, more: &str) -> String {
    format!(
        r#"
        [[target]]
        name = "socket"
        url = "http://127.0.0.1:{port}/"
        timeout = "4s"
        auth = {{ scheme = "bearer", token = {{ env = "TOKEN" }}, expired = {{ env = "OLD" }}, other = {{ env = "OTHER" }} }}
        [target.websocket]
        path = "/ws/42?token={{token}}"
        origins = ["{ORIGIN}", "{SECOND}"]
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
    ("sub-domain",       "",                       &["websocket/accepts-lookalike-origin"]),
    ("dot",              "",                       &["websocket/accepts-lookalike-origin"]),
    ("underscore",       "",                       &["websocket/accepts-lookalike-origin"]),
    ("plain http",       "",                       &["websocket/accepts-lookalike-origin"]),
    // Every declared origin counts, wherever it stands in the file.
    ("sibling of the second", "",                  &["websocket/accepts-lookalike-origin"]),
    ("prefix of the second",  "",                  &["websocket/accepts-lookalike-origin"]),
    ("second refused",   "",                       &["websocket/not-opened"]),
    ("first refused",    "",                       &["websocket/not-opened"]),
    ("declared refused", "",                       &["websocket/not-opened"]),
    ("no token",         "",                       &["websocket/accepts-no-credentials"]),
    ("empty token",      "",                       &["websocket/accepts-no-credentials"]),
    ("any token",        "",                       &["websocket/accepts-expired-token", "websocket/accepts-forged-token", "websocket/accepts-invalid-token", "websocket/accepts-no-credentials", "websocket/accepts-other-user"]),
    ("unsigned",         "",                       &["websocket/accepts-forged-token"]),
    ("expired",          "",                       &["websocket/accepts-expired-token"]),
    ("another user",     "",                       &["websocket/accepts-other-user"]),
    ("another user",     "shared = true",          &[]),
    ("closes",           "reject = \"close:4401\"", &[]),
    ("closes 0.7s",      "reject = \"close:4401\"", &[]),
    ("closes 1.6s",      "reject = \"close:4401\"", &[]),
    ("closes 1008",      "reject = \"close:4401\"", &["websocket/other-refusal"]),
    ("closes",           "",                       &["websocket/other-refusal"]),
    ("none",             "reject = \"close:4401\"", &["websocket/other-refusal"]),
    ("error",            "",                       &["websocket/refusal-is-error"]),
    ("drops",            "",                       &["websocket/drops-clients"]),
    ("drops",            "reject = \"close:4401\"", &["websocket/drops-clients"]),
    ("drops 0.4s",       "reject = \"close:4401\"", &["websocket/drops-clients"]),
    ("drops 0.8s",       "reject = \"close:4402\"", &["websocket/drops-clients"]),
    ("drops 2s",         "reject = \"close:4401\"", &["websocket/drops-clients"]),
    ("reply",            "",                       &["websocket/other-reply"]),
    ("oversize",         "",                       &["websocket/takes-oversize"]),
    ("none",             "heartbeat = \"200ms\"",  &["websocket/no-heartbeat"]),
    ("none",             "idle = \"300ms\"",       &[]),
    ("none",             "rtt_over_network = \"1s\"", &[]),
];

/// In an ordinary run; with `--thorough`, and the origins in another order, no other.
#[test]
fn one_defect_one_finding() {
    let tested = CASES.iter().map(|(defect, more, expected)| {
        std::thread::spawn(move || {
            let port = server(move |stream| serve(stream, defect));
            let file = target(port, more);
            let list = format!("[\"{ORIGIN}\", \"{SECOND}\"]");
            let turned = file.replace(&list, &format!("[\"{SECOND}\", \"{ORIGIN}\"]"));
            // Waiting for late refusals once is enough.
            let runs = if delay(defect).is_zero() { 2 } else { 1 };
            let flagged = [(&file, &[][..]), (&turned, &["thorough"])];
            for (file, flags) in flagged.into_iter().take(runs) {
                let evidence = observe(file, &["websocket"], flags, TOKENS);
                let report = report(&evidence);
                let target = &report.targets[0];
                assert_eq!(failed(target), *expected, "{defect} {more} {flags:?}");
                assert_eq!(rules(target, Outcome::Unknown), [""; 0], "{defect} {more}");
                // Where everybody is dropped, there is no point in asking more.
                if !expected.contains(&"websocket/drops-clients") {
                    assert_eq!(unasked(&evidence[0]), [""; 0], "{defect} {more} {flags:?}");
                }
            }
        })
    });
    for thread in tested.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
}

/// Essential questions that could be asked and were not. Where any page gets in, one that resembles
/// a declared one need not try.
fn unasked(evidence: &Evidence) -> Vec<String> {
    let told = failed(&report(std::slice::from_ref(evidence)).targets[0])
        .contains(&"websocket/accepts-any-origin");
    let asked = |one: &Essential| {
        evidence.sockets.iter().any(|trial| {
            let Ask::Socket(ask) = &trial.question.ask else {
                return false;
            };
            let origin = claim(ask, trial.origin.as_ref());
            trial.question == one.question && origin == one.origin
        })
    };
    let open = essential(&evidence.target, &evidence.run).into_iter();
    open.filter(|one| one.needs.is_none() && !asked(one))
        .filter(|one| !(told && one.topic == Topic::SocketOrigin))
        .map(|one| format!("{one:?}"))
        .collect()
}

/// The lines of the table and its origins in any order.
#[test]
fn no_order_of_the_file_changes_a_verdict() {
    let quick: Vec<_> = CASES
        .iter()
        .filter(|(defect, ..)| delay(defect).is_zero())
        .collect();
    in_every_order(&quick, |&&(defect, more, expected), mut order| {
        let port = server(move |stream| serve(stream, defect));
        let file = target(port, more);
        let (head, table) = file.split_once("[target.websocket]\n").unwrap();
        let lines: Vec<&str> = table.lines().collect();
        let table = order.shuffled(&lines).join("\n");
        let origins = order.shuffled(&[ORIGIN, SECOND]);
        let declared = format!("{:?}", [ORIGIN, SECOND]);
        let table = table.replace(&declared, &format!("{origins:?}"));
        let file = format!("{head}[target.websocket]\n{table}\n");
        let report = report(&observe(&file, &["websocket"], &[], TOKENS));
        let found = failed(&report.targets[0]);
        (found != *expected).then(|| format!("{defect} {more}: {found:?}"))
    });
}

/// What is left open of a target's socket: what is asked, and why it is open.
fn open(target: &TargetReport) -> Vec<(String, &'static str)> {
    let open = target.coverage.open_of(Family::Websocket);
    open.map(|open| (open.question.clone(), open.why.name()))
        .collect()
}

/// A topic, how many essential questions of it there are, and of these how many need something.
type Count = (Topic, usize, usize);

/// The plan as a table: what is declared, and what is asked for it.
#[rustfmt::skip]
const PLANS: &[(&str, &[Count])] = &[
    ("path = \"/ws\"", &[(Topic::SocketOpens, 1, 0)]),
    ("path = \"/ws\"\norigins = [\"https://a.example\"]", &[(Topic::SocketOpens, 1, 0), (Topic::SocketOrigin, 7, 0)]),
    ("path = \"/ws\"\norigins = [\"https://a.example\", \"https://b.example\"]", &[(Topic::SocketOpens, 2, 0), (Topic::SocketOrigin, 12, 0)]),
    ("path = \"/ws\"\nmax_message = \"64KiB\"\nhold = 4", &[(Topic::SocketOpens, 1, 0), (Topic::SocketLimit, 1, 0), (Topic::SocketsAtOnce, 1, 0)]),
    ("path = \"/ws\"\nmax_message = \"64MiB\"", &[(Topic::SocketOpens, 1, 0)]),
    // A text that nobody declared may reach others.
    ("path = \"/ws\"\necho = { send = \"{}\" }", &[(Topic::SocketOpens, 1, 0), (Topic::SocketError, 1, 1)]),
    ("path = \"/ws\"\necho = { send = \"hello\" }", &[(Topic::SocketOpens, 1, 0)]),
];

#[test]
fn every_declaration_has_its_questions() {
    for (declared, expected) in PLANS {
        let file =
            format!("[[target]]\nurl = \"http://127.0.0.1:1/\"\n[target.websocket]\n{declared}");
        let mut counts: Vec<Count> = Vec::new();
        for one in planned(&file) {
            let needs = usize::from(one.needs.is_some());
            match counts.iter_mut().find(|(topic, ..)| *topic == one.topic) {
                Some((_, all, needing)) => (*all, *needing) = (*all + 1, *needing + needs),
                None => counts.push((one.topic, 1, needs)),
            }
        }
        assert_eq!(counts, *expected, "{declared}");
    }
}

/// The essential questions of the one target of a file.
fn planned(file: &str) -> Vec<Essential> {
    let file = seaworthy::config::parse(file, "targets.toml", &[])
        .unwrap_or_else(|faults| panic!("{}", faults.render(false)));
    let run = Run {
        version: String::new(),
        list: String::new(),
        fail_on: None,
        min_grade: None,
        strict: false,
        only: vec!["websocket".to_owned()],
        skip: Vec::new(),
        conditions: Conditions::default(),
    };
    essential(&file.targets[0], &run)
}

/// Linear in the origins, with stated constants.
#[test]
fn each_origin_adds_at_most_nine_questions() {
    let count = |origins: usize| {
        let origins: Vec<String> = (0..origins)
            .map(|nth| format!("\"https://app{nth}.my-{nth}.pages.dev\""))
            .collect();
        let declared = format!("path = \"/ws\"\norigins = [{}]", origins.join(", "));
        planned(&format!(
            "[[target]]\nurl = \"http://127.0.0.1:1/\"\n[target.websocket]\n{declared}"
        ))
        .len()
    };
    let counts: Vec<usize> = (1..8).map(count).collect();
    assert!(
        counts.windows(2).all(|pair| pair[1] - pair[0] <= 9),
        "{counts:?}"
    );
    assert!(counts[0] <= 9 + 14, "{counts:?}");
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
        let evidence = observe(&file, &["websocket"], &[], TOKENS);
        let report = report(&evidence);
        assert_eq!(failed(&report.targets[0]), expected, "{defect}");
        assert_eq!(
            rules(&report.targets[0], Outcome::Unknown),
            [""; 0],
            "{defect}"
        );
    }
}

/// One after the other, with a control at least every ten and at the end; nothing is said that
/// nobody declared.
#[test]
fn an_ordinary_run_asks_what_matters_and_says_what_is_declared() {
    let open = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let most = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (now, peak) = (open.clone(), most.clone());
    let port = server(move |stream| {
        use std::sync::atomic::Ordering::SeqCst;
        peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
        serve(stream, "none");
        now.fetch_sub(1, SeqCst);
    });
    let evidence = observe(&target(port, ""), &["websocket"], &[], TOKENS);
    let trials = &evidence[0].sockets;
    let asks: Vec<&Ask> = trials.iter().map(|trial| &trial.question.ask).collect();
    let is_control =
        |ask: &&Ask| matches!(ask, Ask::Socket(SocketAsk::Legitimate | SocketAsk::Control));
    let runs = asks.split(|ask| is_control(ask)).map(<[_]>::len);
    assert!(runs.max() <= Some(10), "{asks:?}");
    let last = asks.iter().rfind(|ask| is_control(ask)).unwrap();
    assert_eq!(**last, Ask::Socket(SocketAsk::Control));
    // One more may be accepted before the thread of the last has seen its end.
    assert!(most.load(std::sync::atomic::Ordering::SeqCst) <= 3);
    let frames = trials.iter().flat_map(|trial| &trial.frames);
    let texts = frames.filter(|frame| !frame.received && frame.first == 0x81);
    let said: BTreeSet<(u64, String)> = texts
        .map(|frame| {
            (
                frame.payload.size,
                String::from_utf8_lossy(&frame.payload.bytes.0)
                    .trim_end()
                    .to_owned(),
            )
        })
        .collect();
    let ping = r#"{"type":"ping"}"#.to_owned();
    assert_eq!(said, [(15, ping.clone()), (4097, ping)].into());
    let report = report(&evidence);
    assert_eq!(failed(&report.targets[0]), [""; 0]);
    // What nobody declared is open, and says what it takes.
    let text = "a message that is no JSON".to_owned();
    assert_eq!(self::open(&report.targets[0]), [(text, "needs_consent")]);
}

/// What is supplied, the outcome of a rule, and why its question is open.
type Supplied = (
    &'static [(&'static str, &'static str)],
    &'static str,
    Outcome,
    Option<&'static str>,
);

#[rustfmt::skip]
const SUPPLIED: &[Supplied] = &[
    (TOKENS,                              "websocket/accepts-expired-token",  Outcome::Pass,      None),
    (&[("TOKEN", GOOD), ("OTHER", OTHER)], "websocket/accepts-expired-token", Outcome::NotTested, Some("no_secret")),
    (&[("TOKEN", GOOD), ("OLD", OLD)],    "websocket/accepts-other-user",     Outcome::NotTested, Some("no_secret")),
    // Without a legitimate client a refusal proves nothing.
    (&[("OLD", OLD)],                     "websocket/accepts-no-credentials", Outcome::NotTested, Some("no_control")),
    (&[],                                 "websocket/accepts-any-origin",     Outcome::NotTested, Some("no_control")),
    (&[],                                 "websocket/not-opened",             Outcome::NotTested, Some("no_control")),
];

#[test]
fn what_is_not_supplied_is_open() {
    for (supplied, rule, outcome, why) in SUPPLIED {
        let port = server(|stream| serve(stream, "none"));
        let evidence = observe(&target(port, ""), &["websocket"], &["thorough"], supplied);
        let report = report(&evidence);
        let target = &report.targets[0];
        assert_eq!(failed(target), [""; 0], "{supplied:?}");
        assert!(
            rules(target, *outcome).contains(rule),
            "{supplied:?} {rule}"
        );
        let whys: Vec<&str> = open(target).into_iter().map(|(_, why)| why).collect();
        assert!(
            why.is_none_or(|why| whys.contains(&why)),
            "{supplied:?} {whys:?}"
        );
        let best = if whys.contains(&"no_control") {
            "B"
        } else {
            "A"
        };
        let letter = target.families.of(Family::Websocket).grade.shown();
        assert!(why.is_none() || letter == best, "{supplied:?} {letter}");
    }
}

/// A firewall that has had enough after so many handshakes, and what it does then.
const BLOCKS: &[(usize, &str)] = &[
    (6, "403"),
    (9, "drop"),
    (14, "503"),
    (20, "429"),
    (4, "silence"),
];

#[test]
fn what_a_firewall_refuses_is_open() {
    let tested = BLOCKS.iter().map(|(after, what)| {
        std::thread::spawn(move || {
            let made = std::sync::atomic::AtomicUsize::new(0);
            let port = server(move |stream| {
                if made.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < *after {
                    return serve(stream, "none");
                }
                block(stream, what);
            });
            let file = target(port, "").replace("\"4s\"", "\"1s\"");
            let evidence = observe(&file, &["websocket"], &[], TOKENS);
            let report = report(&evidence);
            let target = &report.targets[0];
            assert_eq!(failed(target), [""; 0], "{after} {what}");
            let blocked = open(target)
                .into_iter()
                .filter(|(_, why)| *why == "blocked");
            assert!(blocked.count() > 5, "{after} {what}: {:?}", open(target));
            let lookalikes = rules(target, Outcome::Unknown);
            assert!(
                lookalikes.contains(&"websocket/accepts-lookalike-origin"),
                "{lookalikes:?}"
            );
            assert_eq!(
                target.families.of(Family::Websocket).grade.shown(),
                "?",
                "{what}"
            );
        })
    });
    for thread in tested.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
}

fn block(mut stream: TcpStream, what: &str) {
    use std::io::{Read as _, Write as _};
    let _ = stream.read(&mut [0; 4096]);
    if what == "silence" {
        std::thread::sleep(Duration::from_secs(30));
    }
    if let Ok(status) = what.parse::<u16>() {
        let head = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        let _ = stream.write_all(head.as_bytes());
    }
}

/// An upgrade that nobody answers is as bad as a GET that nobody answers, and is not waited for
/// again and again.
#[test]
fn an_upgrade_that_nobody_answers_is_a_finding() {
    let port = server(|stream| block(stream, "silence"));
    let file = target(port, "").replace("\"4s\"", "\"1s\"");
    let evidence = observe(&file, &["websocket"], &[], TOKENS);
    assert_eq!(evidence[0].sockets.len(), 1);
    let report = report(&evidence);
    assert_eq!(failed(&report.targets[0]), ["websocket/not-opened"]);
    assert_eq!(rules(&report.targets[0], Outcome::Unknown), [""; 0]);
}

/// What is declared of the answer to the first message, what the server does, and the rules that
/// must fail.
#[rustfmt::skip]
const FIRST: &[(&str, &str, &[&str])] = &[
    ("",      "none",      &[]),
    (WELCOME, "none",      &[]),
    ("",      "silent",    &["websocket/other-refusal"]),
    (WELCOME, "silent",    &["websocket/other-refusal"]),
    ("",      "any token", ANY_TOKEN),
    (WELCOME, "any token", ANY_TOKEN),
    ("",      "no token",  &["websocket/accepts-no-credentials"]),
    ("",      "unsigned",  &["websocket/accepts-forged-token"]),
    (WELCOME, "curt",      &["websocket/other-reply"]),
    ("",      "nobody",    &["websocket/drops-clients"]),
];
const WELCOME: &str = ", json = { \"/type\" = \"welcome\" }";
const ANY_TOKEN: &[&str] = &[
    "websocket/accepts-expired-token",
    "websocket/accepts-forged-token",
    "websocket/accepts-invalid-token",
    "websocket/accepts-no-credentials",
];

/// A socket that opens to everybody and serves whoever's first message brings the token. Others it
/// closes on, and who says nothing it waits for.
fn serve_by_message(stream: TcpStream, defect: &str) {
    let Ok(mut socket) = tungstenite::accept(stream) else {
        return;
    };
    let mut served = defect == "no token";
    while let Ok(message) = socket.read() {
        let Message::Text(text) = message else {
            continue;
        };
        let said: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let Some(token) = said.get("token").and_then(serde_json::Value::as_str) else {
            if served {
                let _ = socket.send(Message::text(r#"{"type":"pong"}"#));
            }
            continue;
        };
        served = match defect {
            "any token" => true,
            "unsigned" => token.starts_with(SIGNED),
            "nobody" => false,
            _ => token == GOOD,
        };
        if served {
            let kind = if defect == "curt" { "ok" } else { "welcome" };
            let _ = socket.send(Message::text(format!(r#"{{"type":"{kind}"}}"#)));
        } else if defect != "silent" {
            let code = CloseCode::from(4401);
            let reason = "".into();
            let _ = socket.close(Some(CloseFrame { code, reason }));
        }
    }
}

#[test]
fn a_credential_may_travel_in_the_first_message() {
    let tested = FIRST.iter().map(|(answer, defect, expected)| {
        std::thread::spawn(move || {
            let port = server(move |stream| serve_by_message(stream, defect));
            let file = target(port, "reject = \"close:4401\"")
                .replace("/ws/42?token={token}", "/ws")
                .replace(
                    "origins = [\"https://app.example.com\", \"https://shop.pages.dev\"]",
                    "origins = \"any\"",
                )
                .replace(
                    "max_message = \"4KiB\"",
                    &format!("first = {{ send = '{{\"token\":\"{{token}}\"}}'{answer} }}"),
                );
            let evidence = observe(&file, &["websocket"], &[], TOKENS);
            let report = report(&evidence);
            assert_eq!(failed(&report.targets[0]), *expected, "{answer} {defect}");
            let line = serde_json::to_string(&evidence[0]).unwrap();
            assert!(!line.contains(GOOD) && !line.contains(OLD), "{line}");
            let passed = rules(&report.targets[0], Outcome::Pass);
            let refuses = !["any token", "nobody"].contains(defect);
            let shown = passed.contains(&"websocket/accepts-invalid-token");
            assert_eq!(shown, refuses, "{answer} {defect}");
        })
    });
    for thread in tested.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
}

#[test]
fn no_token_reaches_the_evidence() {
    let port = server(|stream| serve(stream, "none"));
    let evidence = observe(&target(port, ""), &["websocket"], &["thorough"], TOKENS);
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
