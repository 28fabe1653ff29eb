//! The target files of `examples/`, each against a replica of the system it describes: everything
//! holds on a good one, and each thing that breaks is found by its own rule.

mod embedded;

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use embedded::{Asked, Told, failed, observe, read_request, report, server_at, tell};
use seaworthy::report::TargetReport;
use serde_json::{Value, json};
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Message, WebSocket};

const SECRETS: &[(&str, &str)] = &[
    ("ASSISTANT_TOKEN", "a.good.token"),
    ("SAFETY_KEY", "a-good-key"),
];

/// One system: its file, the hosts in it, who may read it across origins, and what it answers.
struct System {
    file: &'static str,
    hosts: &'static [&'static str],
    origins: &'static [&'static str],
    answer: fn(&Asked, &str) -> Told,
}

const SYSTEMS: &[System] = &[
    System {
        file: include_str!("../examples/assistant.toml"),
        hosts: &["api.example.com", "collector.example.com"],
        origins: &[
            "http://localhost:8080",
            "https://staging.app.example.com",
            "https://app.example.com",
        ],
        answer: assistant,
    },
    System {
        file: include_str!("../examples/kanban.toml"),
        hosts: &["kanban.example.com"],
        origins: &[
            "http://localhost:3000",
            "http://localhost:5173",
            "http://localhost:15175",
        ],
        answer: kanban,
    },
    System {
        file: include_str!("../examples/safety.toml"),
        hosts: &["safety.example.com"],
        origins: &[],
        answer: safety,
    },
    System {
        file: include_str!("../examples/issues.toml"),
        hosts: &["issues.example.com"],
        origins: &["https://issues-app.example.com"],
        answer: issues,
    },
    System {
        file: include_str!("../examples/pitch.toml"),
        hosts: &[
            "pitch.example.com",
            "worker.example.com",
            "backend.example.com",
        ],
        origins: &["https://pitch.example.com"],
        answer: pitch,
    },
];

fn not_found() -> Told {
    Told::json(404, &json!({"detail": "Not Found"}))
}

fn refused() -> Told {
    Told::json(401, &json!({"detail": "Not authenticated"})).with("WWW-Authenticate", "Bearer")
}

fn many(number: usize) -> Told {
    Told::json(200, &Value::from(vec![json!({"id": 1}); number]))
}

fn assistant(asked: &Asked, defect: &str) -> Told {
    let valid = asked.field("authorization") == Some("Bearer a.good.token");
    match (asked.method.as_str(), asked.path()) {
        ("GET", "/") => Told::json(200, &json!({"name": "assistant"})),
        ("GET", "/health") => Told::json(200, &json!({"status": "healthy"})),
        ("GET", "/api/health") => Told::json(
            if defect == "down" { 500 } else { 200 },
            &json!({
                "version": if defect == "version" { "2.0.3" } else { "2.0.4" },
                "environment": if defect == "environment" { "development" } else { "production" },
                "redis": {"enabled": defect != "redis"},
                "memory": {"percent": if defect == "memory" { 97 } else { 70 }},
            }),
        ),
        ("GET", "/docs") if defect == "docs" => Told::text(200, "<title>Swagger UI</title>"),
        ("GET", "/api/v1/chat") if defect == "wrong method" => Told::json(200, &json!({})),
        ("GET", "/api/v1/chat") => {
            Told::json(405, &json!({"detail": "Method Not Allowed"})).with("Allow", "POST")
        }
        ("POST", "/api/v1/chat") | ("GET", "/api/v1/users/42/settings") if valid => {
            Told::json(200, &json!({}))
        }
        ("POST", "/api/v1/chat" | "/api/auth/login") | ("GET", "/api/v1/users/42/settings") => {
            refused()
        }
        _ => not_found(),
    }
}

fn kanban(asked: &Asked, defect: &str) -> Told {
    let health = r#"{"status":"healthy","database":"connected","pool":"full"}  "#;
    let short = &health[..health.len() - usize::from(defect == "bytes") * 2];
    match (asked.method.as_str(), asked.path()) {
        ("GET", "/") => Told::text(200, "kanban"),
        ("GET", "/health") => Told {
            body: format!(
                "{short:<width$}",
                width = if defect == "bytes" { 0 } else { 60 }
            ),
            ..Told::json(200, &json!({}))
        },
        ("GET", "/docs") if defect != "no docs" => Told::text(200, "<title>Swagger UI</title>"),
        ("GET", "/openapi.json") => {
            let boards = if defect == "undocumented" {
                "/api/other"
            } else {
                "/api/boards"
            };
            let get = json!({"get": {}});
            Told::json(
                200,
                &json!({"openapi": "3.1.0", "paths": {"/health": get, "/docs": get, "/api/tickets": get, boards: get}}),
            )
        }
        ("GET", "/api/tickets") => many(if defect == "tickets" { 220 } else { 221 }),
        ("GET", "/api/boards") => many(18),
        ("GET", "/kanban.db") if defect == "backup" => Told::text(200, "SQLite format 3"),
        _ => not_found(),
    }
}

fn safety(asked: &Asked, defect: &str) -> Told {
    let problem = |status| Told {
        fields: vec![("Content-Type", "application/problem+json".to_owned())],
        ..Told::json(status, &json!({"title": "no", "status": status}))
    };
    let valid = asked.field("x-api-key") == Some("a-good-key");
    match (asked.method.as_str(), asked.path()) {
        ("GET", "/") => Told::text(200, "safety"),
        ("GET", "/health") if defect == "platform" => Told::text(502, "Bad Gateway"),
        ("GET", "/health") => {
            let age = if defect == "cache" {
                "no-cache"
            } else {
                "max-age=300"
            };
            Told::json(
                200,
                &json!({"status": if defect == "unhealthy" { "degraded" } else { "healthy" }}),
            )
            .with("Cache-Control", age)
        }
        ("GET", path) if path.starts_with("/api/files/") => match defect {
            "traversal" => Told::text(200, "root:x:0:0:root:/root:/bin/bash\n"),
            _ => problem(400),
        },
        ("GET", "/no/such/route") if defect == "trace" => Told::text(
            404,
            "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in route\nKeyError: 'x'",
        ),
        (_, path) if path.starts_with("/api/") && !valid => problem(401),
        (_, path) if path.starts_with("/api/") => Told::json(200, &json!({})),
        _ => problem(404),
    }
}

fn issues(asked: &Asked, defect: &str) -> Told {
    match (asked.method.as_str(), asked.path()) {
        ("GET", "/") => Told::text(200, "issues"),
        ("GET", "/api/v1/system/health") => Told::json(
            200,
            &json!({"memory": {"percent": if defect == "memory" { 80 } else { 60 }}, "disk": {"percent": if defect == "disk" { 85 } else { 50 }}}),
        ),
        ("GET", "/api/v1/system/metrics") if defect != "metrics" => Told::json(200, &json!({})),
        ("GET", "/api/v1/system/status") => Told::json(
            200,
            &json!({"status": if defect == "status" { "down" } else { "ok" }}),
        ),
        ("GET", "/api/v1/system/admin/debug") if defect == "debug" => {
            Told::json(200, &json!({"env": {}}))
        }
        _ => not_found(),
    }
}

fn pitch(asked: &Asked, defect: &str) -> Told {
    let host = asked.field("host").unwrap_or_default();
    let backend = defect.starts_with("backend") || host.starts_with("127.0.0.3");
    let login = || {
        let message = if defect == "backend words" && backend {
            "Wrong password"
        } else {
            "Invalid creator credentials"
        };
        let metadata = if defect == "metadata" {
            json!({})
        } else {
            json!({"timestamp": "2025-01-01T00:00:00Z"})
        };
        Told::json(
            401,
            &json!({"error": {"message": message}, "metadata": metadata}),
        )
    };
    match (asked.method.as_str(), asked.path()) {
        ("GET", "/") => Told::text(
            200,
            if defect == "large" {
                PADDING
            } else {
                "<title>Pitch</title>"
            },
        )
        .with(
            "Cache-Control",
            if defect == "cache" {
                "no-cache"
            } else {
                "public, max-age=0, must-revalidate"
            },
        ),
        ("GET", "/api/health") if host.starts_with("127.0.0.2") => {
            Told::text(200, if defect == "worker" { "degraded" } else { "ok" })
        }
        ("GET", "/api/health") => Told::json(
            200,
            &json!({"data": {
                "version": "3.4-redis-cache",
                "environment": if defect == "environment" { "development" } else { "production" },
                "redis": {"enabled": defect != "redis"},
                "telemetry": {"initialized": defect != "telemetry"},
            }}),
        ),
        ("GET", "/api/profile") if defect != "open" => refused(),
        ("GET", "/api/profile") => Told::json(200, &json!({"name": "somebody"})),
        ("POST", "/api/auth/creator/login") => login(),
        _ => not_found(),
    }
}

const PADDING: &str = match std::str::from_utf8(&[b'x'; 5000]) {
    Ok(text) => text,
    Err(_) => "",
};

/// The sockets of all systems: who may open them, and a pong to every message.
fn socket(stream: TcpStream, asked: &Asked, origins: &[&str], defect: &str) -> Option<()> {
    let origin = asked.field("origin").unwrap_or_default();
    let welcome = origins.contains(&origin) || defect == "socket for all" || origins.is_empty();
    let protected = asked.path().starts_with("/api/");
    let token = asked.target.ends_with("token=a.good.token") || defect == "socket without token";
    let mut stream = stream;
    if !welcome || (protected && !token) || defect == "no socket" {
        return tell(&mut stream, asked, &Told::text(403, "no"));
    }
    let accept = derive_accept_key(asked.field("sec-websocket-key")?.as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    std::io::Write::write_all(&mut stream, head.as_bytes()).ok()?;
    let limit = if defect == "oversize" {
        1 << 24
    } else {
        64 << 10
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(limit))
        .max_frame_size(Some(limit));
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, Some(config));
    loop {
        match socket.read() {
            Ok(Message::Text(_)) => socket.send(Message::text(r#"{"type":"pong"}"#)).ok()?,
            Ok(_) => {}
            Err(tungstenite::Error::Capacity(_)) => {
                let close = CloseFrame {
                    code: CloseCode::Size,
                    reason: "".into(),
                };
                socket.close(Some(close)).ok()?;
            }
            Err(_) => return None,
        }
    }
}

fn replica(system: &'static System, defect: &'static str, address: &'static str) -> u16 {
    let limited = Arc::new(AtomicU32::new(0));
    server_at(address, move |mut stream| {
        while let Some(asked) = read_request(&mut stream) {
            if asked.field("upgrade").is_some() {
                let _ = socket(stream, &asked, system.origins, defect);
                return;
            }
            let mut told = (system.answer)(&asked, defect);
            if asked.path() == "/health" && limited.fetch_add(1, Ordering::SeqCst) >= 60 {
                told = Told::json(429, &json!({"error": "slow down"})).with("Retry-After", "60");
            }
            if tell(&mut stream, &asked, &told).is_none() {
                return;
            }
        }
    })
}

/// The file with its hosts replaced by replicas: each on an address of its own, so that a system of
/// several services knows which one is asked.
fn audit(
    system: &'static System,
    defect: &'static str,
    families: &[&str],
    flags: &[&str],
) -> Vec<TargetReport> {
    let addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
    let mut file = system.file.to_owned();
    for (host, address) in system.hosts.iter().zip(addresses) {
        let port = replica(system, defect, address);
        let from = format!("url = \"https://{host}/\"");
        assert!(file.contains(&from), "{host}");
        file = file.replace(&from, &format!("url = \"http://{address}:{port}/\""));
    }
    report(&observe(&file, families, flags, SECRETS)).targets
}

const FAMILIES: &[&str] = &["contract", "websocket"];

#[test]
fn every_claim_holds_on_a_good_replica() {
    for system in SYSTEMS {
        for target in audit(system, "none", FAMILIES, &[]) {
            assert_eq!(failed(&target), [""; 0], "{}", target.name);
        }
    }
}

#[test]
fn each_broken_thing_is_found_by_its_own_rule() {
    #[rustfmt::skip]
    let rows: &[(usize, &'static str, &str)] = &[
        (0, "down",                 "contract/wrong-status"),
        (0, "version",              "contract/wrong-json"),
        (0, "environment",          "contract/wrong-json"),
        (0, "redis",                "contract/wrong-json"),
        (0, "memory",               "contract/wrong-json"),
        (0, "docs",                 "contract/absent-path-answers"),
        (0, "wrong method",         "contract/wrong-method-accepted"),
        (0, "socket for all",       "websocket/accepts-any-origin"),
        (0, "socket without token", "websocket/accepts-no-credentials"),
        (0, "oversize",             "websocket/takes-oversize"),
        (0, "no socket",            "websocket/not-opened"),
        (1, "bytes",                "contract/wrong-size"),
        (1, "no docs",              "contract/wrong-status"),
        (1, "undocumented",         "contract/undocumented"),
        (1, "tickets",              "contract/wrong-json"),
        (1, "backup",               "contract/absent-path-answers"),
        (1, "socket for all",       "websocket/accepts-any-origin"),
        (2, "platform",             "contract/platform-error"),
        (2, "unhealthy",            "contract/wrong-json"),
        (2, "cache",                "contract/wrong-header"),
        (2, "traversal",            "contract/reveals-file"),
        (2, "trace",                "contract/error-leaks"),
        (3, "memory",               "contract/wrong-json"),
        (3, "disk",                 "contract/wrong-json"),
        (3, "metrics",              "contract/wrong-status"),
        (3, "status",               "contract/wrong-json"),
        (3, "debug",                "contract/absent-path-answers"),
        (3, "no socket",            "websocket/not-opened"),
        (4, "cache",                "contract/wrong-header"),
        (4, "large",                "contract/wrong-size"),
        (4, "worker",               "contract/wrong-body"),
        (4, "environment",          "contract/wrong-json"),
        (4, "redis",                "contract/wrong-json"),
        (4, "telemetry",            "contract/wrong-json"),
        (4, "open",                 "contract/wrong-status"),
        (4, "metadata",             "contract/wrong-json"),
        (4, "socket for all",       "websocket/accepts-any-origin"),
    ];
    let running = rows.iter().map(|(system, defect, expected)| {
        std::thread::spawn(move || {
            let targets = audit(&SYSTEMS[*system], defect, FAMILIES, &[]);
            let found: Vec<&str> = targets.iter().flat_map(failed).collect();
            assert!(found.contains(expected), "{defect}: {found:?}");
            let other = found
                .iter()
                .filter(|rule| *rule != expected && !rule.ends_with("-code"));
            assert!(other.count() <= 2, "{defect}: {found:?}");
        })
    });
    for row in running.collect::<Vec<_>>() {
        assert!(row.join().is_ok(), "see above");
    }
}

#[test]
fn the_declared_limit_is_found_with_a_burst() {
    for target in audit(&SYSTEMS[1], "none", &["contract"], &["burst"]) {
        assert_eq!(failed(&target), [""; 0]);
    }
}

#[test]
fn what_cannot_be_seen_is_said() {
    for system in SYSTEMS {
        for target in audit(system, "none", FAMILIES, &[]) {
            let all = target.not_checked.join("\n");
            for hidden in [
                "memory, CPU, disk",
                "databases, caches",
                "logging, alerting",
            ] {
                assert!(all.contains(hidden), "{}: {hidden}", target.name);
            }
        }
    }
}
