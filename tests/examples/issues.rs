//! The issue tracker whose preflights failed.

use std::time::Duration;

use serde_json::json;

use super::embedded::Told;
use super::embedded::sharing::Sharing;
use super::embedded::socket::Socket;
use super::replica::{GOOD, Heard, Host, System, audit, not_found, refused};

const ORIGINS: &[&str] = &["https://issues-app.example.com"];

const SHARING: Sharing = Sharing {
    origins: ORIGINS,
    fixed: false,
    methods: "GET, POST, PUT",
    headers: "authorization, content-type",
    expose: "",
};

const SOCKET: Socket = Socket {
    path: "/ws",
    origins: ORIGINS,
    token: "",
    heartbeat: Some(Duration::from_millis(400)),
};

pub(crate) const SYSTEM: System = System {
    file: include_str!("../../examples/issues.toml"),
    times: &[
        // On loopback there is no weather, and six samples tell as much as forty.
        ("alert = \"1s\"", "alert = \"1s\", warm_samples = 0"),
        ("cold_samples = 20", "cold_samples = 6"),
        ("heartbeat = \"20s\"", "heartbeat = \"1s\""),
        ("idle = \"60s\"", "idle = \"2s\""),
        ("over_network = \"250ms\"", "over_network = \"500ms\""),
    ],
    hosts: &[Host {
        name: "issues.example.com",
        sharing: &SHARING,
        limits: &[],
        socket: Some(&SOCKET),
    }],
    answer,
    #[rustfmt::skip]
    broken: &[
        ("preflights are answered",      "preflight 400",              &["cors/preflight-rejected"]),
        ("with 200",                     "preflight 204",              &["cors/preflight-status"]),
        ("for all endpoints",            "preflight 401 in one part",  &["cors/preflight-unauthorized"]),
        ("each of them",                 "preflight 404 in one part",  &["cors/preflight-not-routed"]),
        ("with Authorization",           "header missing",             &["cors/preflight-header-missing"]),
        ("by its name",                  "header wildcard",            &["cors/preflight-wildcard-literal"]),
        ("from the one origin",          "reflects",                   &["cors/reflects-any-origin"]),
        ("the socket beats",             "no heartbeat",               &["websocket/no-heartbeat"]),
        ("and stays",                    "closes idle",                &["websocket/closes-idle"]),
        ("promptly",                     "slow socket",                &["websocket/slow-round-trip"]),
        ("for its pages",                "socket for all",             &["websocket/accepts-any-origin"]),
        ("metrics answer",               "metrics",                    &["contract/wrong-status"]),
        ("the status is known",          "status",                     &["contract/wrong-json"]),
        ("debugging is for admins",      "open debug",                 &["auth/not-refused"]),
        ("so is the history",            "open history",               &["auth/not-refused"]),
        ("memory below 70 %",            "memory",                     &["contract/wrong-json"]),
        ("disk below 80 %",              "disk",                       &["contract/wrong-json"]),
        ("CPU too",                      "cpu",                        &["contract/wrong-json"]),
        ("answers within 500 ms",        "slow",                       &["latency/cold-over-target"]),
        ("alarm at 1 s",                 "very slow",                  &["latency/cold-over-alert"]),
        ("fewer than 1 % errors",        "errors",                     &["latency/answers-unsteadily"]),
    ],
    needs: &[],
    hidden: &[
        "uptime",
        "row-level",
        "speech",
        "memory",
        "CPU",
        "disk",
        "rotation",
        "caches",
        "error rates",
    ],
};

fn answer(heard: &Heard<'_>) -> Told {
    let admin = heard.asked.field("authorization") == Some(&format!("Bearer {GOOD}"));
    let known = json!({"entries": ["restarted"]});
    match heard.route() {
        ("GET", "/") => Told::text(200, "issues"),
        ("GET", "/api/v1/system/health") => {
            let (memory, disk) = (heard.unless("memory", 60, 80), heard.unless("disk", 50, 85));
            let cpu = heard.unless("cpu", 20, 95);
            let body = json!({"memory": {"percent": memory}, "disk": {"percent": disk}, "cpu": {"percent": cpu}});
            Told::json(200, &body)
        }
        ("GET", "/api/v1/system/metrics") if heard.defect != "metrics" => {
            Told::json(200, &json!({}))
        }
        ("GET", "/api/v1/system/status") => {
            let pause = heard.unless("slow", 0, 650) + heard.unless("very slow", 0, 1300);
            std::thread::sleep(Duration::from_millis(pause));
            match heard.defect {
                "errors" if heard.fails_now() => Told::json(500, &json!({"detail": "error"})),
                _ => Told::json(
                    200,
                    &json!({"status": heard.unless("status", "ok", "down")}),
                ),
            }
        }
        ("GET", "/api/v1/system/admin/debug") if admin || heard.defect == "open debug" => {
            Told::json(200, &known)
        }
        ("GET", "/api/v1/system/recovery/history") if admin || heard.defect == "open history" => {
            Told::json(200, &known)
        }
        ("GET", "/api/v1/system/admin/debug" | "/api/v1/system/recovery/history") => refused(),
        _ => not_found(),
    }
}

#[test]
fn what_clears_and_optimises_is_never_asked_to() {
    let families = ["contract", "cors", "auth", "websocket"];
    let (_, log) = audit(&SYSTEM, "none", &families, &["thorough", "burst"]);
    let log = log.lock().unwrap();
    assert!(log.len() > 20, "{log:?}");
    let changing = log.iter().filter(|(_, line)| {
        !["GET", "HEAD", "OPTIONS", "PROPFIND", "TRACE"].contains(&line.split(' ').next().unwrap())
    });
    assert_eq!(changing.count(), 0, "{log:?}");
}
