//! What the words of a target come to mean.

use super::{RULES, one, parse, targets};
use crate::model::{
    Bytes, CorsExpectation, Kind, Method, Millis, Reject, SchemeKind, WebSocketOrigins,
};

#[test]
fn durations_and_sizes() {
    let target =
        one("timeout = \"1.5s\"\nendpoint = [{ get = \"/\", bytes = 60, max_bytes = \"4KiB\" }]");
    assert_eq!(target.timeout, Millis(1500));
    assert_eq!(target.endpoints[0].bytes, Some(Bytes(60)));
    assert_eq!(target.endpoints[0].max_bytes, Some(Bytes(4096)));
}

#[rustfmt::skip]
const LIMITS: &[(&str, u32, u64)] = &[
    ("60/min", 60, 60_000), ("100/15min", 100, 900_000), ("6/6s", 6, 6_000), ("10 / 2 hours", 10, 7_200_000), ("5/s", 5, 1_000), ("100 / hour", 100, 3_600_000), ("1000/d", 1_000, 86_400_000),
];

#[test]
fn limits() {
    for (text, requests, window) in LIMITS {
        let target = one(&format!("rate = [{{ get = \"/\", limit = \"{text}\" }}]"));
        let rate = &target.rate[0];
        assert_eq!(
            (rate.requests, rate.window),
            (*requests, Millis(*window)),
            "{text}"
        );
    }
}

#[rustfmt::skip]
const STATUSES: &[(&str, u16, bool)] = &[
    ("200", 200, true), ("200", 204, false), ("[200, 204]", 204, true), ("\"2xx\"", 299, true),
    ("\"2xx\"", 300, false), ("[404, \"2xx\"]", 404, true),
];

#[test]
fn statuses() {
    for (text, status, holds) in STATUSES {
        let target = one(&format!("endpoint = [{{ get = \"/\", status = {text} }}]"));
        let set = target.endpoints[0].status.as_ref().unwrap();
        assert_eq!(set.contains(*status), *holds, "{text} and {status}");
    }
}

#[test]
fn a_target_of_which_nothing_is_said() {
    let target = one("");
    let expected = crate::model::Target::new("a.example", target.url.clone());
    assert_eq!(
        crate::model::Target {
            source: None,
            ..target
        },
        expected
    );
}

/// The latency target and alert as written, then in effect.
#[rustfmt::skip]
const LATENCIES: &[(&str, u64, u64)] = &[
    ("",                                    500, 1000),
    ("target = \"300ms\"",                  300, 1000),
    ("target = \"2s\"",                     2000, 4000),
    ("alert = \"400ms\"",                   400, 400),
    ("target = \"1s\", alert = \"3s\"",     1000, 3000),
];

#[test]
fn an_alert_is_never_below_its_target() {
    for (written, target, alert) in LATENCIES {
        let latency = one(&format!("latency = {{ {written} }}")).latency;
        assert_eq!(
            (latency.target, latency.alert),
            (Millis(*target), Millis(*alert)),
            "{written}"
        );
    }
}

#[test]
fn protected_requests_are_endpoints() {
    let target = one(
        "protected = [\"POST /a\", \"/b\", \"DELETE /c\"]\nendpoint = [{ get = \"/b\", status = 200 }]",
    );
    let seen: Vec<(String, bool, bool)> = target
        .endpoints
        .iter()
        .map(|endpoint| (endpoint.label(), endpoint.protected, endpoint.is_mutating()))
        .collect();
    let row = |label: &str, mutating| (label.to_owned(), true, mutating);
    assert_eq!(
        seen,
        [
            row("GET /b", false),
            row("POST /a", false),
            row("DELETE /c", true)
        ]
    );
    assert!(target.endpoints[0].status.is_some());
}

/// What is declared twice of one request, and of how many endpoints one line says that they are
/// protected.
#[test]
fn a_protected_request_is_protected_however_often_it_is_declared() {
    let rows = [
        (
            "{ get = \"/a\", status = 200 }, { get = \"/a\", send_headers = { X-V = \"2\" } }",
            2,
        ),
        (
            "{ get = \"/a\" }, { get = \"/b\" }, { get = \"/a\", status = 200 }",
            2,
        ),
        (
            "{ get = \"/a\" }, { post = \"/a\" }, { get = \"/a?x=1\" }",
            1,
        ),
        ("{ get = \"/b\" }", 1),
    ];
    for (endpoints, expected) in rows {
        let target = one(&format!(
            "protected = [\"GET /a\"]\nendpoint = [{endpoints}]"
        ));
        let protected = target
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.protected);
        assert_eq!(protected.count(), expected, "{endpoints}");
    }
}

/// Who may connect to a socket, when `origins` says so or says nothing.
#[rustfmt::skip]
const ORIGINS: &[(&str, &str, Option<&[&str]>)] = &[
    ("",                                            "",                                 None), // public without `auth`
    ("",                                            ", public = true",                  None),
    ("",                                            ", public = false",                 Some(&["https://a.example"])),
    ("",                                            ", origins = \"any\"",              None),
    (BEARER,                                        "",                                 Some(&["https://a.example"])),
    (BEARER,                                        ", public = true",                  None),
    ("cors = { origins = [\"https://b.example\"] }", "",                                Some(&["https://b.example"])),
    ("cors = { origins = [\"https://b.example\"] }", ", origins = \"cors\"",            Some(&["https://b.example"])),
    ("cors = { origins = [\"https://b.example\"] }", ", origins = \"any\"",             None),
    ("cors = { origins = [\"https://b.example\"] }", ", origins = [\"https://c.example\"]", Some(&["https://c.example"])),
    ("cors = { public = true }",                    ", origins = \"cors\"",            None),
    ("cors = { public = true }",                    ", public = false",                 None),
    ("cors = { origins = [] }",                     "",                                 Some(&["https://a.example"])),
    ("cors = { origins = [] }",                     ", origins = \"cors\"",            Some(&["https://a.example"])),
];

const BEARER: &str = "auth = { scheme = \"bearer\", token = { env = \"T\" } }";

#[test]
fn socket_origins() {
    for (cors, said, expected) in ORIGINS {
        let target = one(&format!("{cors}\nwebsocket = {{ path = \"/ws\"{said} }}"));
        let found = target.websocket.unwrap().origins;
        let expected = match expected {
            None => WebSocketOrigins::Any,
            Some(origins) => {
                WebSocketOrigins::Only(origins.iter().map(|o| (*o).to_owned()).collect())
            }
        };
        assert_eq!(found, expected, "{cors} {said}");
    }
}

/// The path of a socket, what is said of it, and whether every user may open it.
const SHARED: &[(&str, &str, bool)] = &[
    ("/ws", "", true),
    ("/api/v1/ws?room=7", "", true),
    ("/ws/42", "", false),
    ("/users/7f3a-11/live", "", false),
    ("/rooms/12/ws", ", shared = true", true),
    ("/ws/ann", ", shared = false", false),
];

#[test]
fn sockets_that_every_user_may_open() {
    for (path, said, expected) in SHARED {
        let target = one(&format!("websocket = {{ path = \"{path}\"{said} }}"));
        assert_eq!(target.websocket.unwrap().shared, *expected, "{path} {said}");
    }
}

#[test]
fn what_the_example_means() {
    let [shop, api, eu, office] = targets(super::EXAMPLE).try_into().unwrap();
    assert_eq!(shop.kind, Some(Kind::Web));
    assert_eq!(shop.cors.unwrap().expectation, CorsExpectation::Public);
    let cors = api.cors.unwrap();
    assert_eq!(
        cors.probe,
        [(Method::of("PUT"), "/api/users/42/settings".to_owned())]
    );
    assert!(api.auth.unwrap().challenge);
    let socket = api.websocket.unwrap();
    assert_eq!(
        (socket.path.as_str(), socket.reject),
        ("/ws/42?token={token}", Reject::Close(4401))
    );
    assert_eq!(socket.origins, WebSocketOrigins::Only(cors.origins));
    assert_eq!(eu.endpoints.len(), 6);
    assert!(eu.endpoints[3].is_mutating() && eu.endpoints[4].is_mutating());
    assert!(!office.production);
    let cookie = SchemeKind::Cookie {
        name: "staff_session".to_owned(),
    };
    assert_eq!(office.auth.unwrap().kind, cookie);
}

/// `send` as written, then its type and text.
#[rustfmt::skip]
const BODIES: &[(&str, &str, &str)] = &[
    ("send = { b = 1, a = [true, 1.5] }",                    "application/json",          "{\"b\":1,\"a\":[true,1.5]}"),
    ("send = \"x\"",                                         "text/plain",                "x"),
    ("send = \"a=1\", send_type = \"application/x-www-form-urlencoded\"", "application/x-www-form-urlencoded", "a=1"),
];

#[test]
fn bodies() {
    for (written, media_type, text) in BODIES {
        let target = one(&format!("endpoint = [{{ post = \"/\", {written} }}]"));
        let body = target.endpoints[0].send.as_ref().unwrap();
        assert_eq!(
            (body.media_type.as_str(), body.text.as_str()),
            (*media_type, *text)
        );
    }
}

#[test]
fn settings_of_two_files_add_up_unless_they_differ() {
    let run = |lines: &str| {
        let text = format!("[run]\n{lines}\n[[target]]\nurl = \"https://a.example\"");
        parse(&text, "targets.toml", RULES).unwrap().run
    };
    let jobs = run("jobs = 4");
    assert_eq!(
        jobs.clone().and(run("strict = true")),
        Ok(run("jobs = 4\nstrict = true"))
    );
    assert_eq!(jobs.clone().and(run("jobs = 4")), Ok(run("jobs = 4")));
    assert_eq!(jobs.and(run("jobs = 5")), Err("jobs"));
}
