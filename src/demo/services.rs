//! What the demo's servers answer: two that are fit to launch, and two that are not.

use std::time::Duration;

use super::TOKEN;
use super::authority::Certificate;
use super::message::{Answer, Reply, Request};
use super::server::Handler;

/// A service as plain data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service {
    /// Its name; its host is `name.example`.
    pub(super) name: &'static str,
    /// Its certificate; `None` serves plain HTTP.
    pub(super) certificate: Option<Certificate>,
    /// What it answers.
    pub(super) handler: Handler,
}

/// All of them.
pub(super) const ALL: [Service; 4] = [
    Service {
        name: "shop",
        certificate: Some(Certificate {
            name: "shop.example",
            days_left: 80,
        }),
        handler: shop,
    },
    Service {
        name: "orders",
        certificate: Some(Certificate {
            name: "orders.example",
            days_left: 80,
        }),
        handler: orders,
    },
    Service {
        name: "legacy",
        certificate: Some(Certificate {
            name: "old.example",
            days_left: -3,
        }),
        handler: legacy,
    },
    Service {
        name: "careless",
        certificate: None,
        handler: careless,
    },
];

/// The origin that may call the APIs.
const FRONT: &str = "https://shop.example";

const HARDENED: &[(&str, &str)] = &[
    (
        "Strict-Transport-Security",
        "max-age=63072000; includeSubDomains; preload",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(), geolocation=(), microphone=()",
    ),
];

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                           connect-src 'self'; base-uri 'none'; form-action 'self'; \
                           frame-ancestors 'none'; require-trusted-types-for 'script'";

/// A web front end as it should be.
fn shop(request: &Request) -> Reply {
    let (status, body) = match (request.method.as_str(), request.path()) {
        ("GET" | "HEAD", "/") => (
            200,
            "<!doctype html><html lang=en><title>Shop</title><p>Open.",
        ),
        ("GET" | "HEAD", _) => (404, "<!doctype html><html lang=en><title>Not found</title>"),
        _ => return refuse_method("GET, HEAD").with_all(HARDENED).into(),
    };
    Answer::new(status, "text/html; charset=utf-8", body)
        .with_all(HARDENED)
        .with("Content-Security-Policy", PAGE_POLICY)
        .with("Cache-Control", "no-cache")
        .into()
}

/// An API as it should be.
fn orders(request: &Request) -> Reply {
    let allowed = request.field("origin") == Some(FRONT);
    if request.method == "OPTIONS" && request.field("access-control-request-method").is_some() {
        return preflight(allowed)
            .with_all(HARDENED)
            .with("Vary", "Origin")
            .into();
    }
    if request.path() == "/ws" {
        return orders_socket(request);
    }
    let answer = match (request.method.as_str(), request.path()) {
        ("GET" | "HEAD", "/") => json(200, r#"{"service":"orders"}"#),
        ("GET" | "HEAD", "/health") => json(200, r#"{"status":"ok","version":"1.4.2"}"#),
        ("GET" | "HEAD", "/orders") if is_authorised(request) => json(200, r#"{"orders":[]}"#),
        ("GET" | "HEAD", "/orders") => unauthorised(),
        (_, "/" | "/health" | "/orders") => refuse_method("GET, HEAD, OPTIONS"),
        _ => json(404, r#"{"error":"not found"}"#),
    };
    let answer = answer.with_all(HARDENED).with("Vary", "Origin").with(
        "Content-Security-Policy",
        "default-src 'none'; frame-ancestors 'none'",
    );
    if allowed {
        allow_front(answer).into()
    } else {
        answer.into()
    }
}

fn orders_socket(request: &Request) -> Reply {
    let is_handshake = request.field("sec-websocket-key").is_some()
        && request
            .field("upgrade")
            .is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
    let origin_fits = matches!(request.field("origin"), Some(FRONT) | None);
    let token_fits = request.target.contains(TOKEN.1) || is_authorised(request);
    if !is_handshake {
        return json(426, r#"{"error":"WebSocket only"}"#)
            .with_all(HARDENED)
            .with("Upgrade", "websocket")
            .into();
    }
    if request.field("sec-websocket-version") != Some("13") {
        return Answer::empty(426)
            .with("Sec-WebSocket-Version", "13")
            .into();
    }
    if !origin_fits {
        return json(403, r#"{"error":"origin not allowed"}"#)
            .with_all(HARDENED)
            .into();
    }
    if !token_fits {
        return unauthorised().with_all(HARDENED).into();
    }
    Reply::Echo
}

fn preflight(allowed: bool) -> Answer {
    let answer = Answer::empty(204);
    if !allowed {
        return answer;
    }
    allow_front(answer)
        .with("Access-Control-Allow-Methods", "GET, PUT")
        .with(
            "Access-Control-Allow-Headers",
            "authorization, content-type",
        )
        .with("Access-Control-Max-Age", "600")
}

fn allow_front(answer: Answer) -> Answer {
    answer
        .with("Access-Control-Allow-Origin", FRONT)
        .with("Access-Control-Allow-Credentials", "true")
}

fn is_authorised(request: &Request) -> bool {
    request
        .field("authorization")
        .and_then(|value| value.strip_prefix("Bearer "))
        == Some(TOKEN.1)
}

fn unauthorised() -> Answer {
    json(401, r#"{"error":"unauthorized"}"#).with("WWW-Authenticate", "Bearer realm=\"orders\"")
}

fn refuse_method(allow: &str) -> Answer {
    json(405, r#"{"error":"method not allowed"}"#).with("Allow", allow)
}

fn json(status: u16, body: &str) -> Answer {
    Answer::new(status, "application/json", body).with("Cache-Control", "no-store")
}

/// A web front end nobody looked after: an expired certificate for another name, no header fields,
/// a session cookie without attributes.
fn legacy(request: &Request) -> Reply {
    let page = "<!doctype html><title>Legacy</title><script>var a=1</script>\
                <form action=http://legacy.example/login></form>";
    let status = if request.path() == "/" { 200 } else { 404 };
    Answer::new(status, "text/html", page)
        .with("Server", "Apache/2.2.15 (CentOS)")
        .with("X-Powered-By", "PHP/5.3.3")
        .with("Set-Cookie", "PHPSESSID=4f2a9c1d77e0b3a8; path=/")
        .into()
}

/// An API that lets everybody in: any origin is reflected, nothing is protected, any socket opens,
/// and it is slow.
fn careless(request: &Request) -> Reply {
    if request.path() == "/ws" && request.field("sec-websocket-key").is_some() {
        return Reply::Echo;
    }
    let answer = match (request.method.as_str(), request.path()) {
        ("OPTIONS", _) => Answer::new(400, "text/plain", "Bad Request"),
        (_, "/health") => json(503, r#"{"status":"degraded","version":"1.4.1"}"#),
        (_, "/admin") => json(200, r#"{"users":["root"]}"#),
        (_, "/") => Answer::new(200, "application/json", r#"{"service":"careless"}"#)
            .after(Duration::from_millis(150)),
        _ => Answer::new(404, "text/html", TRACEBACK),
    };
    match request.field("origin") {
        Some(origin) => answer
            .with("Access-Control-Allow-Origin", origin)
            .with("Access-Control-Allow-Credentials", "true")
            .into(),
        None => answer.into(),
    }
}

const TRACEBACK: &str = "<pre>Traceback (most recent call last):\n  File \"/srv/app/main.py\", line 42, in \
                         handler\nKeyError: 'route'</pre>";
