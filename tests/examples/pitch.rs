//! A static frontend, a worker at the edge, and the backend behind it.

use std::time::Duration;

use serde_json::json;

use super::embedded::Told;
use super::embedded::sharing::Sharing;
use super::embedded::socket::{Socket, TRACE};
use super::replica::{GOOD, Heard, Host, System, not_found, refused};

/// A bucket of files: everybody reads.
const EVERYBODY: Sharing = Sharing {
    origins: &[],
    fixed: false,
    methods: "GET",
    headers: "",
    expose: "",
};

/// A constant in the worker's code.
const FIXED: Sharing = Sharing {
    origins: &["https://pitch.example.com"],
    fixed: true,
    methods: "GET, POST, PUT, DELETE",
    headers: "Authorization, Content-Type",
    expose: "",
};

const SOCKET: Socket = Socket {
    path: "/ws",
    origins: &["https://pitch.example.com"],
    token: "",
    heartbeat: None,
};

const WORKER: &str = "worker.example.com";
const BACKEND: &str = "backend.example.com";

pub(crate) const SYSTEM: System = System {
    file: include_str!("../../examples/pitch.toml"),
    times: &[
        // On loopback there is no weather, and six samples tell as much as forty.
        ("alert = \"1s\"", "alert = \"1s\", warm_samples = 0"),
        ("alert = \"500ms\"", "alert = \"500ms\", warm_samples = 0"),
    ],
    hosts: &[
        Host {
            name: "pitch.example.com",
            sharing: &EVERYBODY,
            limits: &[],
            socket: None,
        },
        Host {
            name: WORKER,
            sharing: &FIXED,
            limits: &[],
            socket: None,
        },
        Host {
            name: BACKEND,
            sharing: &FIXED,
            limits: &[],
            socket: Some(&SOCKET),
        },
    ],
    answer,
    #[rustfmt::skip]
    broken: &[
        ("the frontend answers",         "no frontend",             &["contract/wrong-status"]),
        ("in few bytes",                 "large",                   &["contract/wrong-size"]),
        ("soon",                         "slow frontend",           &["latency/cold-over-target"]),
        ("to everybody's pages",         "closed",                  &["cors/public-unreadable"]),
        ("without credentials",          "public with credentials", &["cors/wildcard-contradiction"]),
        ("caches ask again",             "cache",                   &["contract/wrong-header"]),
        ("the worker is ok",             "worker",                  &["contract/wrong-body"]),
        ("it may be slower, not slow",   "slow worker",             &["latency/cold-over-target"]),
        ("the backend is 3.4",           "version",                 &["contract/wrong-json"]),
        ("it is production",             "environment",             &["contract/wrong-json"]),
        ("Redis is on",                  "redis",                   &["contract/wrong-json"]),
        ("telemetry is on",              "telemetry",               &["contract/wrong-json"]),
        ("health has its size",          "health size",             &["contract/wrong-size"]),
        ("wrong logins are refused",     "login for all",           &["auth/login-accepts-anybody"]),
        ("with 401",                     "login status",            &["auth/login-status"]),
        ("in these words",               "login words",             &["auth/login-body"]),
        ("with a time",                  "no metadata",             &["auth/login-body"]),
        ("by both alike",                "backend shape",           &["contract/differs"]),
        ("and nothing leaks",            "login trace",             &["auth/login-shows-code"]),
        ("one origin may read",          "reflects",                &["cors/reflects-any-origin"]),
        ("with credentials",             "credentials missing",     &["cors/credentials-missing"]),
        ("by these methods",             "method missing",          &["cors/preflight-method-missing"]),
        ("profiles are for users",       "open",                    &["auth/not-refused"]),
        ("the socket opens",             "no socket",               &["websocket/not-opened"]),
        ("for the frontend",             "socket for all",          &["websocket/accepts-any-origin"]),
    ],
    needs: &[],
    hidden: &["regions and edges", "ways between services", "databases"],
};

fn answer(heard: &Heard<'_>) -> Told {
    let defect = heard.defect;
    let frontend = heard.host == "pitch.example.com";
    let slow = (defect == "slow frontend" && frontend)
        || (defect == "slow worker" && heard.host == WORKER);
    match heard.route() {
        ("GET", "/") if frontend => {
            std::thread::sleep(Duration::from_millis(if slow { 400 } else { 0 }));
            page(defect)
        }
        ("GET", "/") => {
            std::thread::sleep(Duration::from_millis(if slow { 700 } else { 0 }));
            Told::json(200, &json!({"name": heard.host}))
        }
        ("GET", "/api/health") if heard.host == WORKER => {
            Told::text(200, heard.unless("worker", "ok", "degraded"))
        }
        ("GET", "/api/health") if heard.host == BACKEND => health(heard),
        ("GET", "/api/profile") if (has_token(heard) || defect == "open") && !frontend => {
            Told::json(200, &json!({"name": "somebody"}))
        }
        ("GET", "/api/profile") if !frontend => refused(),
        ("POST", "/api/auth/creator/login") if !frontend => login(heard),
        _ => not_found(),
    }
}

fn has_token(heard: &Heard<'_>) -> bool {
    heard.asked.field("authorization") == Some(&format!("Bearer {GOOD}"))
}

fn page(defect: &str) -> Told {
    let body = if defect == "large" {
        "x".repeat(5000)
    } else {
        "<title>Pitch</title>".to_owned()
    };
    let status = if defect == "no frontend" { 404 } else { 200 };
    let age = if defect == "cache" {
        "no-cache"
    } else {
        "public, max-age=0, must-revalidate"
    };
    Told::text(status, &body).with("Cache-Control", age)
}

fn health(heard: &Heard<'_>) -> Told {
    let body = json!({"data": {
        "version": heard.unless("version", "3.4-redis-cache", "3.3-redis-cache"),
        "environment": heard.unless("environment", "production", "developing"),
        "redis": {"enabled": heard.unless("redis", true, false)},
        "telemetry": {"initialized": heard.unless("telemetry", true, false)},
    }});
    let told = Told::json(200, &body);
    let width = heard.unless("health size", 125, 126);
    Told {
        body: format!("{:width$}", told.body),
        ..told
    }
}

fn login(heard: &Heard<'_>) -> Told {
    let backend = heard.host == BACKEND;
    let message = match heard.defect {
        "login words" => "Wrong password",
        _ => "Invalid creator credentials",
    };
    let metadata = heard.unless(
        "no metadata",
        json!({"timestamp": "2025-01-01T00:00:00Z"}),
        json!({}),
    );
    let error = json!({"message": message});
    let body = match heard.defect {
        "login trace" => json!({"error": error, "metadata": metadata, "debug": TRACE}),
        "backend shape" if backend => json!({"error": error, "metadata": metadata, "id": "7"}),
        _ => json!({"error": error, "metadata": metadata}),
    };
    let status = match heard.defect {
        "login for all" => return Told::json(200, &json!({"token": "x"})),
        "login status" => 403,
        _ => 401,
    };
    Told::json(status, &body).with("WWW-Authenticate", "Bearer")
}
