//! The ticket board: open, documented, limited.

use std::time::Duration;

use serde_json::json;

use super::embedded::Told;
use super::embedded::limit::Limit;
use super::embedded::sharing::Sharing;
use super::embedded::socket::Socket;
use super::replica::{Heard, Host, LIMITED, System, many, not_found};

const ORIGINS: &[&str] = &[
    "http://localhost:3000",
    "http://localhost:5173",
    "http://localhost:15175",
];

const SHARING: Sharing = Sharing {
    origins: ORIGINS,
    fixed: false,
    methods: "GET, POST, PUT, DELETE",
    headers: "content-type",
    expose: "",
};

const SOCKET: Socket = Socket {
    path: "/ws/connect",
    origins: ORIGINS,
    token: "",
    heartbeat: None,
};

/// One limit for everything an address asks.
const LIMIT: Limit = Limit {
    name: "limit",
    path: "",
    requests: 60,
};

pub(crate) const SYSTEM: System = System {
    file: include_str!("../../examples/kanban.toml"),
    times: &[
        // On loopback there is no weather, and eight samples tell as much as forty.
        ("alert = \"1s\"", "alert = \"1s\", warm_samples = 0"),
        ("cold_samples = 20", "cold_samples = 8"),
        ("max_over_network = \"10ms\"", "max_over_network = \"2s\""),
        (
            "rtt_over_network = \"10ms\"",
            "rtt_over_network = \"500ms\"",
        ),
    ],
    hosts: &[Host {
        name: "kanban.example.com",
        sharing: &SHARING,
        limits: &[LIMIT],
        socket: Some(&SOCKET),
    }],
    answer,
    #[rustfmt::skip]
    broken: &[
        ("the origins are let in",      "origin dropped",      &["cors/origin-refused"]),
        ("with credentials",            "credentials missing", &["cors/credentials-missing"]),
        ("preflights are active",       "preflight 400",       &["cors/preflight-rejected"]),
        ("for all methods",             "method missing",      &["cors/preflight-method-missing"]),
        ("and no other port",           "any port",            &["cors/allows-any-port"]),
        ("nor anybody else",            "reflects",            &["cors/reflects-any-origin"]),
        ("60 requests a minute",        "limit absent",        &["contract/rate-unlimited"]),
        ("not fewer",                   "limit low",           &["contract/rate-other", "websocket/not-held"]),
        ("by 429",                      "limit 503",           &["contract/rate-status"]),
        ("with Retry-After",            "limit silent",        &["contract/retry-after-missing"]),
        ("that can be read",            "limit unreadable",    &["contract/retry-after-malformed"]),
        ("for each address",            "limit resettable",    &["contract/rate-resettable"]),
        ("Swagger is at /docs",         "no docs",             &["contract/wrong-status"]),
        ("all endpoints are documented", "undocumented",       &["contract/undocumented"]),
        ("/health has 60 bytes",        "bytes",               &["contract/wrong-size"]),
        ("in 5.5 ms",                   "slow health",         &["contract/slow"]),
        ("available all the time",      "errors",              &["latency/answers-unsteadily", "contract/error-rate"]),
        ("221 tickets",                 "tickets",             &["contract/wrong-json"]),
        ("18 boards",                   "boards",              &["contract/wrong-json"]),
        ("backups are not served",      "backup",              &["contract/absent-path-answers"]),
        ("the socket opens",            "no socket",           &["websocket/not-opened"]),
        ("in less than 10 ms",          "slow socket",         &["websocket/slow-round-trip"]),
        ("several at once",             "few sockets",         &["websocket/not-held"]),
        ("for the origins",             "socket for all",      &["websocket/accepts-any-origin"]),
    ],
    needs: &[("limit", LIMITED)],
    hidden: &[
        "secret keys",
        "limits of other environments",
        "request logs",
        "write-ahead logs",
        "indexes",
        "backups",
        "memory",
        "CPU",
        "stress",
        "alerting",
        "broadcast",
    ],
};

fn answer(heard: &Heard<'_>) -> Told {
    match heard.route() {
        ("GET", "/") if heard.defect == "errors" && heard.fails_now() => {
            Told::json(500, &json!({"detail": "error"}))
        }
        ("GET", "/") => Told::text(200, "kanban"),
        ("GET", "/health") => health(heard),
        ("GET", "/docs") if heard.defect != "no docs" => {
            Told::text(200, "<title>Swagger UI</title>")
        }
        ("GET", "/openapi.json") => {
            let boards = heard.unless("undocumented", "/api/boards", "/api/other");
            let get = json!({"get": {}});
            let paths = json!({"/health": get, "/docs": get, "/api/tickets": get, boards: get});
            Told::json(200, &json!({"openapi": "3.1.0", "paths": paths}))
        }
        ("GET", "/api/tickets") => many(heard.unless("tickets", 221, 220)),
        ("GET", "/api/boards") => many(heard.unless("boards", 18, 17)),
        ("GET", "/kanban.db") if heard.defect == "backup" => Told::text(200, "SQLite format 3\0"),
        _ => not_found(),
    }
}

fn health(heard: &Heard<'_>) -> Told {
    let pause = heard.unless("slow health", 0, if heard.again < 12 { 2500 } else { 0 });
    std::thread::sleep(Duration::from_millis(pause));
    let version = heard.unless("bytes", "1.00", "1.0.1");
    let body = format!(r#"{{"status":"healthy","database":"connected","version":"{version}"}}"#);
    Told {
        body,
        ..Told::json(200, &json!({}))
    }
}
