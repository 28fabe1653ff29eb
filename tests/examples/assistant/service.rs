//! What the assistant answers.

use std::time::Duration;

use serde_json::json;

use crate::embedded::socket::TRACE;
use crate::embedded::{Asked, Told};
use crate::replica::{EXPIRED, GOOD, Heard, OTHER, not_found, refused};

pub(super) fn answer(heard: &Heard<'_>) -> Told {
    if heard.host == "collector.example.com" {
        return collector(heard);
    }
    if heard.defect == "slow" && heard.route() == ("GET", "/") {
        std::thread::sleep(Duration::from_millis(650));
    }
    let valid = is_valid(heard.asked, heard.defect);
    match heard.route() {
        ("GET", "/") if heard.defect == "errors" && heard.fails_now() => {
            Told::json(500, &json!({"detail": "error"}))
        }
        ("GET", "/") => Told::json(200, &json!({"name": "assistant"})),
        ("GET", "/health") => {
            let pause = heard.unless("slow health", 0, if heard.again < 5 { 2500 } else { 0 });
            std::thread::sleep(Duration::from_millis(pause));
            Told::json(200, &json!({"status": "healthy"}))
        }
        ("GET", "/api/health") => health(heard),
        ("GET", "/api/v1/health") if heard.defect != "no api health" => {
            Told::json(200, &json!({"status": "healthy"}))
        }
        ("GET", "/api/v1/news") => {
            let told = Told::json(200, &json!([])).with("Cache-Control", "max-age=300");
            if heard.defect == "no age" {
                told
            } else {
                told.with("Age", "17")
            }
        }
        ("GET", "/docs") if heard.defect == "docs" => Told::text(200, "<title>Swagger UI</title>"),
        ("GET", "/api/v1/auth/test") if heard.defect == "test route" => {
            Told::json(200, &json!({"user": "test"}))
        }
        ("GET", "/api/v1/chat") => wrong_method(heard),
        ("POST", "/api/v1/chat") if valid || heard.defect == "open chat" => {
            Told::json(200, &json!({"answer": "yes"}))
        }
        ("GET", "/api/v1/users/42/settings") if valid || heard.defect == "open settings" => {
            Told::json(200, &json!({"theme": "dark"}))
        }
        ("POST", "/api/v1/chat") => chat_refusal(heard),
        ("GET", "/api/v1/users/42/settings") => refusal(heard),
        ("POST", "/api/auth/login") => login(heard),
        ("POST", "/api/auth/signup") if heard.defect != "no signup" => {
            Told::json(422, &json!({"detail": "email is required"}))
        }
        _ => not_found(),
    }
}

/// Awake at the second request, as a platform wakes what it put to sleep.
fn collector(heard: &Heard<'_>) -> Told {
    if heard.before == 0 || heard.defect == "asleep" {
        return Told::text(503, "starting");
    }
    Told::json(200, &json!({"status": "collecting"}))
}

fn health(heard: &Heard<'_>) -> Told {
    let staging = heard.host == "staging-api.example.com";
    let version = match (staging, heard.defect) {
        (false, "version") | (true, "staging version") => "2.0.3",
        _ => "2.0.4",
    };
    let memory = match heard.defect {
        "memory" => 97.0,
        "memory fills" => 86.5,
        _ => 70.4,
    };
    let environment = if staging { "staging" } else { "production" };
    let status = if staging {
        200
    } else {
        heard.unless("down", 200, 500)
    };
    Told::json(
        status,
        &json!({
            "version": version,
            "environment": heard.unless("environment", environment, "development"),
            "redis": {"enabled": heard.unless("redis", true, false)},
            "memory": {"percent": memory},
            "cpu": {"percent": heard.unless("cpu", 40, 99)},
            "disk": {"percent": heard.unless("disk", 81, 96)},
            "connections": heard.unless("connections", 71, 900),
        }),
    )
}

fn wrong_method(heard: &Heard<'_>) -> Told {
    let told = Told::json(405, &json!({"detail": "Method Not Allowed"}));
    match heard.defect {
        "wrong method" => Told::json(200, &json!({})),
        "no allow" => told,
        _ => told.with("Allow", "POST"),
    }
}

/// Whether the bearer token lets user 42 in.
fn is_valid(asked: &Asked, defect: &str) -> bool {
    let Some(token) = asked
        .field("authorization")
        .and_then(|field| field.strip_prefix("Bearer"))
    else {
        return false;
    };
    let token = token.trim();
    let claims = |token: &str| token.split('.').take(2).collect::<Vec<_>>().join(".");
    let signature = token.rsplit('.').next().unwrap_or_default();
    match defect {
        "takes empty" if token.is_empty() => true,
        "takes garbage" => !token.is_empty(),
        "takes any signature" if claims(token) == claims(GOOD) => true,
        "takes unsigned" if token.split('.').count() == 3 && signature.is_empty() => true,
        "takes expired" if token == EXPIRED => true,
        "takes another's" if token == OTHER => true,
        _ => token == GOOD,
    }
}

fn refusal(heard: &Heard<'_>) -> Told {
    let credential = heard.asked.field("authorization");
    match heard.defect {
        "no challenge" => Told::json(401, &json!({"detail": "Not authenticated"})),
        "breaks on garbage" if credential.is_some() => Told::json(500, &json!({"detail": "error"})),
        "soft" => Told::json(
            200,
            &json!({"success": false, "error": "Not authenticated"}),
        ),
        "401 shows trace" if credential.is_some() => {
            Told::json(401, &json!({"detail": TRACE})).with("WWW-Authenticate", "Bearer")
        }
        _ => refused(),
    }
}

fn chat_refusal(heard: &Heard<'_>) -> Told {
    match heard.defect {
        "chat 403" => Told::json(403, &json!({"detail": "Forbidden"})),
        "chat body" => {
            Told::json(401, &json!({"message": "no"})).with("WWW-Authenticate", "Bearer")
        }
        _ => refusal(heard),
    }
}

fn login(heard: &Heard<'_>) -> Told {
    let body = &heard.asked.body;
    let known = body.contains("somebody@example.com");
    match heard.defect {
        "no login" => not_found(),
        "login for all" => Told::json(200, &json!({"access_token": "x", "token_type": "bearer"})),
        "tells users" if known => refused_login("Wrong password"),
        "login breaks" if body.contains('\'') => Told::json(500, &json!({"detail": "error"})),
        _ if !body.ends_with('}') => Told::json(422, &json!({"detail": "not JSON"})),
        _ => refused_login("Invalid credentials"),
    }
}

fn refused_login(detail: &str) -> Told {
    Told::json(401, &json!({"detail": detail})).with("WWW-Authenticate", "Bearer")
}
