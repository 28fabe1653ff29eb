//! `send_headers` of a target: a service behind a gate is audited like one without, and what opens
//! the gate goes to nobody else and into no report.

#![expect(
    clippy::unwrap_used,
    reason = "a lock is never poisoned but by a failure"
)]

mod embedded;

use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use embedded::socket::Socket;
use embedded::{Asked, Told, failed, observe, read_request, report, rules, server, tell};
use seaworthy::evidence::Evidence;
use seaworthy::grade::Letter;
use seaworthy::render::{json, markdown};
use seaworthy::report::Outcome;

const GATE_KEY: &str = "Z2F0ZS1rZXktNDcxMQ";
const GATE_COOKIE: &str = "preview=Y29va2llLTA4MTU";
const SESSION: &str = "c2Vzc2lvbi0xMjM0";
const ORIGIN: &str = "https://app.example";

const SECRETS: &[(&str, &str)] = &[
    ("GATE_KEY", GATE_KEY),
    ("GATE_COOKIE", GATE_COOKIE),
    ("SESSION", SESSION),
];

const FAMILIES: &[&str] = &["contract", "auth", "cors", "websocket", "latency"];

/// Every request a server was asked, in order.
type Log = Arc<Mutex<Vec<Asked>>>;

fn entered(log: &Log, stream: &mut TcpStream) -> Option<Asked> {
    let asked = read_request(stream)?;
    log.lock().unwrap().push(asked.clone());
    Some(asked)
}

/// Asks for both fields, and serves an API, a socket and a redirect to another host behind them.
fn gated(log: &Log, elsewhere: Option<u16>) -> u16 {
    const SOCKET: Socket = Socket {
        path: "/ws",
        origins: &[ORIGIN],
        token: "",
        heartbeat: None,
    };
    let (log, open) = (Arc::clone(log), Arc::new(()));
    server(move |mut stream| {
        while let Some(asked) = entered(&log, &mut stream) {
            let key = asked.field("x-gate") == Some(GATE_KEY);
            let cookies = asked.field("cookie").unwrap_or_default();
            if !key || !cookies.split("; ").any(|cookie| cookie == GATE_COOKIE) {
                let told = Told::text(403, "<title>Access denied</title>");
                if tell(&mut stream, &asked, &told).is_none() {
                    return;
                }
                continue;
            }
            if asked.path() == SOCKET.path {
                SOCKET.serve(stream, &asked, "", &open);
                return;
            }
            if tell(&mut stream, &asked, &service(&asked, elsewhere)).is_none() {
                return;
            }
        }
    })
}

fn service(asked: &Asked, elsewhere: Option<u16>) -> Told {
    let session = format!("session={SESSION}");
    let cookies = asked.field("cookie").unwrap_or_default();
    let told = match asked.path() {
        "/" => match elsewhere {
            Some(port) => {
                Told::text(302, "").with("Location", &format!("http://127.0.0.2:{port}/"))
            }
            // It names a nonce, so it is asked for once more.
            None => Told::json(200, &serde_json::json!({ "name": "api" })).with(
                "Content-Security-Policy",
                "script-src 'nonce-YWJjZGVmZ2hpamts'",
            ),
        },
        "/health" => Told::json(200, &serde_json::json!({ "status": "ok" })),
        "/me" if cookies.split("; ").any(|cookie| cookie == session) => {
            Told::json(200, &serde_json::json!({ "name": "Ada" }))
        }
        "/me" => Told::json(401, &serde_json::json!({ "error": "who are you?" })),
        _ => Told::json(404, &serde_json::json!({ "error": "not found" })),
    };
    let told = match asked.field("origin") {
        Some(ORIGIN) if asked.method == "OPTIONS" => Told::text(204, "")
            .with("Access-Control-Allow-Methods", "GET")
            .with("Access-Control-Allow-Origin", ORIGIN)
            .with("Access-Control-Allow-Credentials", "true"),
        Some(ORIGIN) => told
            .with("Access-Control-Allow-Origin", ORIGIN)
            .with("Access-Control-Allow-Credentials", "true"),
        _ => told,
    };
    told.with("Vary", "Origin")
        .with("Cache-Control", "no-store")
}

fn declared(port: u16, gate: &str) -> String {
    format!(
        "[[target]]
name = \"behind\"
kind = \"api\"
url = \"http://127.0.0.1:{port}/\"
{gate}
auth = {{ scheme = \"cookie\", cookie = \"session\", token = {{ env = \"SESSION\" }} }}
protected = [\"GET /me\"]
endpoint = [{{ get = \"/health\", status = 200, json = {{ \"/status\" = \"ok\" }} }}]
cors = {{ origins = [\"{ORIGIN}\"], credentials = true }}
websocket = {{ path = \"/ws\", public = true, origins = [\"{ORIGIN}\"] }}
latency = {{ cold_samples = 2, warm_samples = 2 }}
"
    )
}

const GATE: &str =
    "send_headers = { X-Gate = { env = \"GATE_KEY\" }, Cookie = { env = \"GATE_COOKIE\" } }";

/// Another host, to which the page of a gated service may redirect.
fn another_host(log: &Log) -> u16 {
    let log = Arc::clone(log);
    embedded::server_at("127.0.0.2", move |mut stream| {
        while let Some(asked) = entered(&log, &mut stream) {
            if tell(&mut stream, &asked, &Told::text(200, "elsewhere")).is_none() {
                return;
            }
        }
    })
}

/// What was observed, and what the gated server was asked.
fn audited(gate: &str, elsewhere: Option<u16>) -> (Vec<Evidence>, Vec<Asked>) {
    let log = Log::default();
    let port = gated(&log, elsewhere);
    let evidence = observe(&declared(port, gate), FAMILIES, &[], SECRETS);
    let asked = log.lock().unwrap().clone();
    (evidence, asked)
}

#[test]
fn a_service_behind_a_gate_is_audited_like_any_other() {
    let (evidence, asked) = audited(GATE, None);
    let report = report(&evidence);
    let target = &report.targets[0];
    assert!(failed(target).is_empty(), "{:?}", failed(target));
    for rule in [
        "contract/wrong-json",
        "auth/valid-refused",
        "auth/not-refused",
        "cors/origin-refused",
        "websocket/not-opened",
    ] {
        assert!(rules(target, Outcome::Pass).contains(&rule), "{rule}");
    }
    assert!(asked.len() > 20);
    for one in &asked {
        let cookies: Vec<_> = one
            .fields
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("cookie"))
            .collect();
        assert_eq!(cookies.len(), 1, "{one:?}");
        assert_eq!(one.field("x-gate"), Some(GATE_KEY), "{one:?}");
        assert!(cookies[0].1.contains(GATE_COOKIE), "{one:?}");
    }
}

#[test]
fn without_its_key_the_gate_is_what_is_seen() {
    let (evidence, _) = audited("", None);
    let report = report(&evidence);
    let target = &report.targets[0];
    assert_eq!(target.grade, Letter::NotMeasured);
    assert!(!rules(target, Outcome::Pass).contains(&"auth/valid-refused"));
}

#[test]
fn what_opens_the_gate_goes_to_no_other_host_and_into_no_report() {
    let other = Log::default();
    let (evidence, _) = audited(GATE, Some(another_host(&other)));
    let other = other.lock().unwrap();
    assert!(!other.is_empty(), "the redirect was followed");
    for one in other.iter() {
        assert_eq!((one.field("x-gate"), one.field("cookie")), (None, None));
    }
    let report = report(&evidence);
    let recorded = serde_json::to_string(&evidence).unwrap();
    let outputs = [
        recorded.clone(),
        json::render(&report).unwrap(),
        markdown::render(&report),
    ];
    for output in &outputs {
        for (_, secret) in SECRETS {
            assert!(!output.contains(secret), "{secret}");
        }
    }
    assert!(recorded.contains("$GATE_KEY") && recorded.contains("$GATE_COOKIE; "));
}
