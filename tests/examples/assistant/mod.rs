//! The personal assistant: production, staging, and a collector that sleeps.

mod service;

use std::time::Duration;

use super::embedded::limit::Limit;
use super::embedded::sharing::{NOBODY, Sharing};
use super::embedded::socket::Socket;
use super::replica::{GOOD, Host, LIMITED, System};

const ORIGINS: &[&str] = &[
    "http://localhost:8080",
    "https://staging.app.example.com",
    "https://app.example.com",
];

const SHARING: Sharing = Sharing {
    origins: ORIGINS,
    fixed: false,
    methods: "GET, POST, PUT",
    headers: "authorization, content-type",
    expose: "X-Request-ID, X-Rate-Limit-Remaining",
};

const SOCKET: Socket = Socket {
    path: "/api/v1/ws/42",
    origins: ORIGINS,
    token: GOOD,
    heartbeat: Some(Duration::from_millis(400)),
};

const LIMITS: &[Limit] = &[
    Limit {
        name: "limit",
        path: "/health",
        requests: 60,
    },
    Limit {
        name: "login limit",
        path: "/api/auth/login",
        requests: 10,
    },
];

/// Whatever is shown for a token opens the socket; the first must be found.
const ANY_TOKEN: &[&str] = &[
    "websocket/accepts-invalid-token",
    "websocket/accepts-no-credentials",
    "websocket/accepts-forged-token",
    "websocket/accepts-expired-token",
    "websocket/accepts-other-user",
];

pub(crate) const SYSTEM: System = System {
    file: include_str!("../../../examples/assistant.toml"),
    times: &[
        // On loopback there is no weather, and six samples tell as much as forty.
        ("alert = \"1s\"", "alert = \"1s\", warm_samples = 0"),
        ("max_over_network = \"10ms\"", "max_over_network = \"2s\""),
        (
            "rtt_over_network = \"10ms\"",
            "rtt_over_network = \"500ms\"",
        ),
        ("heartbeat = \"30s\"", "heartbeat = \"1s\""),
        (
            "cold_start = \"90s\"",
            "cold_start = \"6s\"\ntimeout = \"3s\"",
        ),
    ],
    hosts: &[
        Host {
            name: "api.example.com",
            sharing: &SHARING,
            limits: LIMITS,
            socket: Some(&SOCKET),
        },
        Host {
            name: "staging-api.example.com",
            sharing: &SHARING,
            limits: &[],
            socket: None,
        },
        Host {
            name: "collector.example.com",
            sharing: &NOBODY,
            limits: &[],
            socket: None,
        },
    ],
    answer: service::answer,
    #[rustfmt::skip]
    broken: &[
        ("two targets are healthy",        "down",                 &["contract/wrong-status", "contract/differs"]),
        ("production is version 2.0.4",    "version",              &["contract/wrong-json", "contract/differs"]),
        ("and staging too",                "staging version",      &["contract/differs"]),
        ("it is production",               "environment",          &["contract/wrong-json"]),
        ("Redis is connected",             "redis",                &["contract/wrong-json"]),
        ("memory below 90 %",              "memory",               &["contract/wrong-json"]),
        ("and no more than 80 % for long", "memory fills",         &["contract/near-alert"]),
        ("CPU below 80 %",                 "cpu",                  &["contract/wrong-json"]),
        ("disk below 90 %",                "disk",                 &["contract/wrong-json"]),
        ("fewer than 100 connections",     "connections",          &["contract/wrong-json"]),
        ("/health answers at once",        "slow health",          &["contract/slow"]),
        ("first byte within 500 ms",       "slow",                 &["latency/cold-over-target"]),
        ("no errors",                      "errors",               &["latency/answers-unsteadily"]),
        ("the collector wakes in time",    "asleep",               &["contract/no-application"]),
        ("/api/v1/health answers",         "no api health",        &["contract/wrong-status"]),
        ("caches tell their age",          "no age",               &["contract/wrong-header"]),
        ("chat is for users",              "open chat",            &["auth/not-refused"]),
        ("settings are for users",         "open settings",        &["auth/not-refused"]),
        ("an empty token is none",         "takes empty",          &["auth/accepts-empty"]),
        ("nor is a made-up one",           "takes garbage",        &["auth/accepts-garbage"]),
        ("signatures are verified",        "takes any signature",  &["auth/accepts-wrong-signature"]),
        ("by the algorithm in use",        "takes unsigned",       &["auth/accepts-unsigned"]),
        ("tokens expire",                  "takes expired",        &["auth/accepts-expired"]),
        ("settings are their user's",      "takes another's",      &["auth/accepts-other-user"]),
        ("every refusal is a 401",         "chat 403",             &["auth/refusal-status"]),
        ("with one body",                  "chat body",            &["auth/error-body"]),
        ("with a challenge",               "no challenge",         &["auth/challenge-missing"]),
        ("also of a malformed token",      "breaks on garbage",    &["auth/breaks"]),
        ("as a refusal",                   "soft",                 &["auth/soft-refusal"]),
        ("and nothing leaks",              "401 shows trace",      &["auth/error-shows-code"]),
        ("405 for wrong methods",          "wrong method",         &["contract/wrong-method-accepted"]),
        ("405 says what is allowed",       "no allow",             &["contract/allow-missing"]),
        ("the origins are let in",         "origin dropped",       &["cors/origin-refused"]),
        ("with credentials",               "credentials missing",  &["cors/credentials-missing"]),
        ("spelt as browsers want it",      "credentials misspelt", &["cors/credentials-misspelt"]),
        ("their own origin comes back",    "slash",                &["cors/allow-origin-misspelt"]),
        ("once",                           "doubled",              &["cors/allow-origin-list"]),
        ("PUT is allowed",                 "method missing",       &["cors/preflight-method-missing"]),
        ("Authorization is allowed",       "header missing",       &["cors/preflight-header-missing"]),
        ("request ids are exposed",        "nothing exposed",      &["cors/expose-missing"]),
        ("preflights are answered 200",    "preflight 204",        &["cors/preflight-status"]),
        ("a 401 can be read",              "errors unreadable",    &["cors/error-unreadable"]),
        ("caches keep origins apart",      "vary missing",         &["cors/vary-missing"]),
        ("origins are validated",          "reflects",             &["cors/reflects-any-origin"]),
        ("not by `*`",                     "wildcard",             &["cors/wildcard", "cors/wildcard-with-credentials"]),
        ("null is no origin",              "null",                 &["cors/allows-null"]),
        ("nor by how they begin",          "prefix",               &["cors/allows-prefix"]),
        ("nor by how they end",            "suffix",               &["cors/allows-suffix"]),
        ("nor by what is in them",         "substring",            &["cors/allows-substring"]),
        ("nor by a pattern",               "dot",                  &["cors/allows-unescaped-dot"]),
        ("nor over http",                  "plain http",           &["cors/allows-plain-http"]),
        ("nor at another port",            "any port",             &["cors/allows-any-port"]),
        ("/docs is off",                   "docs",                 &["contract/absent-path-answers"]),
        ("test routes are off",            "test route",           &["contract/absent-path-answers"]),
        ("login is configured",            "no login",             &["auth/login-status"]),
        ("it refuses",                     "login for all",        &["auth/login-accepts-anybody"]),
        ("it does not tell users",         "tells users",          &["auth/login-tells-users"]),
        ("it does not break",              "login breaks",         &["auth/login-breaks"]),
        ("signup is configured",           "no signup",            &["contract/wrong-status"]),
        ("60 requests a minute",           "limit absent",         &["contract/rate-unlimited"]),
        ("10 logins a minute",             "login limit absent",   &["contract/rate-unlimited"]),
        ("the socket opens",               "no socket",            &["websocket/not-opened"]),
        ("as the RFC has it",              "wrong accept",         &["websocket/handshake-violation"]),
        ("for users",                      "socket without token", ANY_TOKEN),
        ("with a token",                   "socket takes garbage", ANY_TOKEN),
        ("of their own",                   "socket takes another's", &["websocket/accepts-other-user"]),
        ("from the origins",               "socket for all",       &["websocket/accepts-any-origin"]),
        ("not from null",                  "socket for null",      &["websocket/accepts-null-origin"]),
        ("it is kept alive",               "no heartbeat",         &["websocket/no-heartbeat"]),
        ("it is prompt",                   "slow socket",          &["websocket/slow-round-trip"]),
        ("it answers",                     "no pong",              &["websocket/other-reply"]),
        ("messages up to 64 KiB",          "oversize",             &["websocket/takes-oversize"]),
        ("what is no JSON is refused",     "socket breaks",        &["websocket/message-breaks"]),
        ("in plain words",                 "socket shows trace",   &["websocket/message-leaks"]),
    ],
    needs: &[
        ("prefix", &["thorough"]),
        ("suffix", &["thorough"]),
        ("substring", &["thorough"]),
        ("socket breaks", &["thorough"]),
        ("socket shows trace", &["thorough"]),
        ("limit", LIMITED),
        ("login limit", LIMITED),
    ],
    // A made-up token is refused like none: that one in the URL is too tells nothing.
    hidden: &[
        "memory",
        "CPU",
        "disk",
        "open connections",
        "uptime",
        "error rates",
        "firewalls",
        "security monitoring",
        "garbage collection",
        "libraries",
        "pools",
        "caches",
    ],
};
