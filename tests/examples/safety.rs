//! The document service behind an API key.

use std::time::Duration;

use serde_json::json;

use super::embedded::Told;
use super::embedded::limit::Limit;
use super::embedded::sharing::NOBODY;
use super::embedded::socket::TRACE;
use super::replica::{Heard, Host, LIMITED, System};

const LIMITS: &[Limit] = &[
    Limit {
        name: "limit",
        path: "/health",
        requests: 60,
    },
    Limit {
        name: "AI limit",
        path: "/api/ai",
        requests: 10,
    },
];

pub(crate) const SYSTEM: System = System {
    file: include_str!("../../examples/safety.toml"),
    times: &[
        // On loopback there is no weather, and six samples tell as much as forty.
        ("alert = \"1s\"", "alert = \"1s\", warm_samples = 0"),
        ("cold_samples = 20", "cold_samples = 6"),
    ],
    hosts: &[Host {
        name: "safety.example.com",
        sharing: &NOBODY,
        limits: LIMITS,
        socket: None,
    }],
    answer,
    #[rustfmt::skip]
    broken: &[
        ("/health tells all",           "unhealthy",           &["contract/wrong-json"]),
        ("also of what is behind",      "database",            &["contract/wrong-json"]),
        ("it is deployed",              "platform",            &["contract/platform-error"]),
        ("all the time",                "errors",              &["latency/answers-unsteadily"]),
        ("within 500 ms",               "slow",                &["latency/cold-over-target"]),
        ("60 requests a minute",        "limit absent",        &["contract/rate-unlimited"]),
        ("10 to the AI",                "AI limit absent",     &["contract/rate-unlimited"]),
        ("with Retry-After",            "AI limit silent",     &["contract/retry-after-missing"]),
        ("jobs need the key",           "open jobs",           &["auth/not-refused"]),
        ("the AI too",                  "open ai",             &["auth/not-refused"]),
        ("a right one",                 "takes garbage",       &["auth/accepts-garbage"]),
        ("an empty one is none",        "takes empty",         &["auth/accepts-empty"]),
        ("who has it is let in",        "refuses the key",     &["auth/valid-refused", "contract/wrong-status"]),
        ("refusals are problems",       "other error",         &["auth/error-body"]),
        ("well-formed ones",            "wrong problem",       &["auth/problem-malformed"]),
        ("without secrets",             "401 shows secret",    &["auth/error-shows-secret"]),
        ("files stay in their place",   "traversal",           &["contract/reveals-file"]),
        ("errors hide the inside",      "trace",               &["contract/error-leaks"]),
        ("also those of bad JSON",      "bad JSON",            &["contract/error-leaks"]),
        ("caches keep it 5 minutes",    "cache",               &["contract/wrong-header"]),
        ("sessions last 24 hours",      "session",             &["contract/wrong-header"]),
        ("no token is in any answer",   "secret in health",    &["headers/secret-in-body"]),
    ],
    needs: &[("limit", LIMITED), ("AI limit", LIMITED)],
    hidden: &[
        "many users",
        "memory",
        "queues",
        "generated documents",
        "background jobs",
    ],
};

fn problem(status: u16) -> Told {
    Told {
        fields: vec![("Content-Type", "application/problem+json".to_owned())],
        ..Told::json(status, &json!({"title": "no", "status": status}))
    }
}

fn answer(heard: &Heard<'_>) -> Told {
    let (method, path) = heard.route();
    if heard.defect == "slow" && path == "/" {
        std::thread::sleep(Duration::from_millis(650));
    }
    let public = !path.starts_with("/api/") || ["/api/feedback", "/api/ai/health"].contains(&path);
    let open = match heard.defect {
        "open jobs" => path == "/api/jobs",
        "open ai" => path == "/api/ai/chat",
        _ => false,
    };
    match (method, path) {
        ("GET", "/") if heard.defect == "errors" && heard.fails_now() => problem(500),
        ("GET", "/") => Told::text(200, "safety"),
        ("GET", "/health") => health(heard),
        ("POST", "/api/feedback") if heard.defect == "bad JSON" => Told::text(400, TRACE),
        ("POST", "/api/feedback") => problem(400),
        ("GET", "/api/ai/health") => Told::json(200, &json!({"status": "healthy"})),
        ("GET", path) if path.starts_with("/api/files/") => heard.unless(
            "traversal",
            problem(400),
            Told::text(200, "root:x:0:0:root:/root:/bin/bash\n"),
        ),
        ("GET", "/no/such/route") if heard.defect == "trace" => Told::text(404, TRACE),
        _ if public => problem(404),
        _ if !open && !has_key(heard) => refusal(heard),
        ("GET", "/api/sessions/abc") => {
            let age = heard.unless("session", 86400, 315_360_000);
            let cookie =
                format!("session=x; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age={age}");
            Told::json(200, &json!({"id": "abc"})).with("Set-Cookie", &cookie)
        }
        (
            "GET",
            "/api/jobs" | "/api/files" | "/api/monitoring/logs" | "/api/performance/optimize",
        )
        | ("POST", "/api/ai/chat") => Told::json(200, &json!({"items": ["one"]})),
        _ => problem(404),
    }
}

fn has_key(heard: &Heard<'_>) -> bool {
    let key = heard.asked.field("x-api-key");
    match heard.defect {
        "takes empty" => matches!(key, Some("" | "a-good-key")),
        "takes garbage" => key.is_some_and(|key| !key.is_empty()),
        "refuses the key" => false,
        _ => key == Some("a-good-key"),
    }
}

fn refusal(heard: &Heard<'_>) -> Told {
    match heard.defect {
        "other error" => Told::json(401, &json!({"error": "no"})),
        "wrong problem" => Told {
            body: json!({"title": "no", "status": 200}).to_string(),
            ..problem(401)
        },
        "401 shows secret" => Told {
            body: json!({"title": "no", "status": 401, "detail": SECRET}).to_string(),
            ..problem(401)
        },
        _ => problem(401),
    }
}

/// Of the shape that a connection string has.
const SECRET: &str = "postgresql://app:tr0ub4dor-and-3@db.internal:5432/app";

fn health(heard: &Heard<'_>) -> Told {
    if heard.defect == "platform" {
        return Told::text(502, "Bad Gateway");
    }
    let database = heard.unless("database", "healthy", "down");
    let note = heard.unless("secret in health", "", SECRET);
    let age = heard.unless("cache", "max-age=300", "no-cache");
    let body = json!({
        "status": heard.unless("unhealthy", "healthy", "degraded"),
        "services": {"database": database, "ai": "healthy", "note": note},
    });
    Told::json(200, &body).with("Cache-Control", age)
}
