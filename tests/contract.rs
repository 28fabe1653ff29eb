//! The contract from the request to the report, against an embedded service that is wrong in one
//! place.

mod embedded;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use embedded::order::in_every_order;
use embedded::{Asked, Told, failed, http, observe, read_request, report, rules, server, tell};
use seaworthy::facts::contract::Standing;
use seaworthy::model::{Ask, Place};
use seaworthy::report::{Outcome, TargetReport};
use serde_json::json;

/// The service, and the one place in which it is wrong.
fn answer(asked: &Asked, defect: &str, count: &AtomicU32) -> Told {
    let forbidden = || Told::json(403, &json!({"detail": "forbidden"}));
    let not_found = || Told::json(404, &json!({"detail": "Not Found"}));
    if defect == "hostile origin refused" && asked.field("origin").is_some() {
        return forbidden();
    }
    if defect == "guarded" && asked.path().starts_with("/internal") {
        return forbidden();
    }
    match (asked.method.as_str(), asked.path()) {
        ("GET", "/") => Told::text(200, "hello"),
        ("GET", "/health") => {
            // The endpoint's own requests are counted, not those of pages of some origin.
            let nth = match asked.field("origin") {
                None => count.fetch_add(1, Ordering::SeqCst),
                Some(_) => u32::MAX,
            };
            match defect {
                "500" => return Told::json(500, &json!({})),
                "502" => return Told::text(502, "Bad Gateway"),
                "flapping" if nth == 0 => return Told::text(503, "starting"),
                "not json" => return Told::text(200, "<h1>ok</h1>"),
                "limited" if nth == 0 => {
                    return Told::text(429, "slow down").with("Retry-After", "1");
                }
                "limited for ever" => {
                    return Told::text(429, "slow down").with("Retry-After", "3600");
                }
                "trace" => {
                    let trace = "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in health\nKeyError: 'x'";
                    return Told::text(500, trace);
                }
                "slow" => std::thread::sleep(Duration::from_millis(250)),
                "slow once" if nth == 0 => std::thread::sleep(Duration::from_millis(250)),
                _ => {}
            }
            let body = json!({
                "status": "healthy",
                "version": if defect == "version" { "2.0.3" } else { "2.0.4" },
                "redis": {"enabled": defect != "redis"},
                "memory": {"percent": if defect == "memory" { 96.5 } else { 70.4 }},
                "padding": if defect == "large" { "x".repeat(5000) } else { String::new() },
            });
            let told = Told::json(200, &body);
            if defect == "no cache-control" {
                told
            } else {
                told.with("Cache-Control", "no-store")
            }
        }
        ("GET", "/stored") => Told::text(200, "\u{1f}x").with("Content-Encoding", "gzip"),
        ("GET", "/odd") => Told::text(200, "x").with("Content-Encoding", "dcz"),
        ("GET", "/big") => {
            let filler = if defect == "beyond" {
                3_000_000
            } else {
                2_000_000
            };
            let size = if defect == "small" { 1_000_000 } else { filler };
            Told::json(200, &json!({"a": 1, "b": "x".repeat(size - 14)}))
        }
        ("GET", "/ping") => Told::text(200, if defect == "body" { "gnop\n" } else { "pong\n" }),
        ("GET", "/openapi.json") if defect == "no openapi" => {
            Told::json(200, &json!({"swagger": true}))
        }
        ("GET", "/openapi.json") => {
            let ping = if defect == "undocumented" {
                "/other"
            } else {
                "/ping"
            };
            let paths =
                json!({"/health": {"get": {}}, ping: {"get": {}}, "/files/{name}": {"get": {}}});
            Told::json(200, &json!({"openapi": "3.1.0", "paths": paths}))
        }
        ("GET", path) if path.starts_with("/files/") && defect == "traversal" => {
            Told::text(200, "root:x:0:0:root:/root:/bin/bash\n")
        }
        ("GET", "/docs") if defect == "docs" => Told::text(200, "<title>Swagger UI</title>"),
        ("GET", "/docs") if defect == "docs refused" => forbidden(),
        ("GET", "/chat") if defect == "get accepted" => Told::json(200, &json!({})),
        ("GET", "/chat") if defect == "get 404" => not_found(),
        ("GET", "/chat") if defect == "no allow" => Told::json(405, &json!({})),
        ("GET", "/chat") => Told::json(405, &json!({})).with("Allow", "POST"),
        ("GET", _) if defect == "soft 404" => Told::text(200, "<!doctype html><div id=root></div>"),
        _ => not_found(),
    }
}

const ENDPOINTS: [&str; 4] = [
    r#"{ get = "/health", status = 200, max_time = "200ms", max_bytes = "4KiB",
         headers = { Cache-Control = { contains = "no-store" } },
         json = { "/version" = "2.0.4", "/redis/enabled" = true, "/memory/percent" = { max = 90 } } }"#,
    r#"{ get = "/ping", body = "pong" }"#,
    r#"{ get = "/openapi.json", documents = true }"#,
    r#"{ get = "/files/..%2f..%2fetc%2fpasswd", status = [400, 404] }"#,
];

fn target(port: u16) -> String {
    file(port, &ENDPOINTS, &["/docs", "/internal/debug"])
}

fn file(port: u16, endpoints: &[&str], absent: &[&str]) -> String {
    format!(
        r#"
        [[target]]
        name = "service"
        url = "http://127.0.0.1:{port}/"
        timeout = "5s"
        cors = {{ origins = ["https://app.example.com"] }}
        absent = {absent:?}
        wrong_method = ["GET /chat"]
        endpoint = [{}]
        "#,
        endpoints.join(", ")
    )
}

/// A defect and the rules that must fail; nothing else may.
#[rustfmt::skip]
const CASES: &[(&str, &[&str])] = &[
    ("none",             &[]),
    ("500",              &["contract/wrong-status"]),
    ("502",              &["contract/platform-error"]),
    ("flapping",         &["contract/platform-error"]),
    ("not json",         &["contract/not-json", "contract/wrong-header"]),
    ("version",          &["contract/wrong-json"]),
    ("redis",            &["contract/wrong-json"]),
    ("memory",           &["contract/wrong-json"]),
    ("large",            &["contract/wrong-size"]),
    ("slow",             &["contract/slow"]),
    ("slow once",        &[]),
    ("no cache-control", &["contract/wrong-header"]),
    ("body",             &["contract/wrong-body"]),
    ("no openapi",       &["contract/document-unreadable"]),
    ("undocumented",     &["contract/undocumented"]),
    ("traversal",        &["contract/reveals-file"]),
    ("trace",            &["contract/error-leaks", "contract/wrong-status"]),
    ("docs",             &["contract/absent-path-answers"]),
    ("docs refused",     &["contract/absent-path-refused"]),
    ("guarded",          &[]),
    ("soft 404",         &["contract/soft-404", "contract/wrong-status"]),
    ("get accepted",     &["contract/wrong-method-accepted"]),
    ("get 404",          &["contract/wrong-method-status"]),
    ("no allow",         &["contract/allow-missing"]),
    ("limited",          &[]),
    ("hostile origin refused", &[]),
];

#[test]
fn one_defect_one_finding_in_any_order() {
    in_every_order(CASES, |&(defect, expected), mut order| {
        let count = AtomicU32::new(0);
        let port = http(move |asked| answer(asked, defect, &count));
        let endpoints = order.shuffled(&ENDPOINTS);
        let absent = order.shuffled(&["/docs", "/internal/debug"]);
        let file = file(port, &endpoints, &absent);
        let report = report(&observe(&file, &["contract", "cors"], &[], &[]));
        let mut found = rules(&report.targets[0], Outcome::Fail);
        found.retain(|rule| rule.starts_with("contract/"));
        rows_agree_with_findings(&report.targets[0], defect);
        (found != *expected).then(|| format!("{defect}: {found:?}"))
    });
}

/// What is told of an endpoint is what was found of it: a row is ✗ where a finding is about it, and
/// nowhere else.
fn rows_agree_with_findings(target: &TargetReport, defect: &str) {
    let of_contract = |rule: &str| rule.starts_with("contract/");
    let failures = target.failures();
    let failures = failures.filter(|finding| of_contract(finding.rule.as_str()));
    let found: BTreeSet<&str> = failures
        .filter_map(|finding| finding.endpoint.as_deref())
        .collect();
    let rows = target.claims.iter();
    let rows = rows.filter(|row| row.whole() == Standing::NotMet);
    let told: BTreeSet<&str> = rows.map(|row| row.request.as_str()).collect();
    assert_eq!(told, found, "{defect}");
    assert_eq!(
        target.claims.len(),
        7,
        "{defect}: one row for each declared request"
    );
}

/// A defect, and what stands on the line of the file that the finding names.
#[rustfmt::skip]
const PLACES: &[(&str, &str)] = &[
    ("500",              "status = 200"),
    ("slow",             "max_time"),
    ("large",            "max_bytes"),
    ("no cache-control", "Cache-Control"),
    ("version",          "\"/version\""),
    ("redis",            "\"/redis/enabled\""),
    ("memory",           "\"/memory/percent\""),
];

#[test]
fn a_finding_names_the_line_of_what_it_is_about() {
    for (defect, written) in PLACES {
        let count = AtomicU32::new(0);
        let port = http(move |asked| answer(asked, defect, &count));
        let file = format!(
            r#"
            [[target]]
            name = "service"
            url = "http://127.0.0.1:{port}/"
            [[target.endpoint]]
            get = "/health"
            status = 200
            max_time = "200ms"
            max_bytes = "4KiB"
            [target.endpoint.headers]
            Cache-Control = {{ contains = "no-store" }}
            [target.endpoint.json]
            "/version" = "2.0.4"
            "/redis/enabled" = true
            "/memory/percent" = {{ max = 90 }}
            "#
        );
        let report = report(&observe(&file, &["contract"], &[], &[]));
        let sources: Vec<_> = report.targets[0]
            .failures()
            .map(|one| one.source.clone())
            .collect();
        let [Some(source)] = sources.as_slice() else {
            unreachable!("{defect}: {sources:?}");
        };
        let line = file
            .lines()
            .nth(source.line as usize - 1)
            .unwrap_or_default();
        assert!(line.contains(written), "{defect}: {source} is {line}");
    }
}

/// What a server that answers everything alike gets wrong, and what stands on the line that the finding
/// names.
#[rustfmt::skip]
const LISTED: &[(&str, &str)] = &[
    ("contract/absent-path-answers", "\"/backup.sql\""),
    ("contract/wrong-method-status", "\"POST /docs\""),
    ("contract/rate-unlimited",      "get = \"/limited\""),
    ("contract/error-rate",          "max_error_rate"),
    ("websocket/not-opened",         "[target.websocket]"),
];

#[test]
fn a_list_and_a_socket_have_lines_of_their_own() {
    let port = http(
        |asked| match (asked.method.as_str(), asked.target.as_str()) {
            (_, "/broken") => Told::text(500, "oops"),
            (_, "/health" | "/limited") => Told::text(200, "aye"),
            (_, "/backup.sql") => Told::text(200, "-- PostgreSQL database dump"),
            _ => Told::text(404, "no"),
        },
    );
    let file = format!(
        r#"
        [[target]]
        name = "service"
        url = "http://127.0.0.1:{port}/health"
        endpoint = [{{ get = "/broken", status = 200 }}]
        max_error_rate = "1%"
        absent = [
          "/docs",
          "/backup.sql",
        ]
        wrong_method = [
          "POST /docs",
        ]
        rate = [
          {{ get = "/limited", limit = "5/s" }},
        ]
        [target.websocket]
        path = "/ws"
        public = true
        "#
    );
    let report = report(&observe(&file, &["contract", "websocket"], &["burst"], &[]));
    for (rule, written) in LISTED {
        let mut failures = report.targets[0].failures();
        let found = failures.find(|one| one.rule.as_str() == *rule);
        let source = found.and_then(|one| one.source.clone());
        let Some(source) = source else {
            unreachable!("{rule}: {:?}", failed(&report.targets[0]));
        };
        let line = file.lines().nth(source.line as usize - 1);
        let line = line.unwrap_or_default();
        assert!(line.contains(written), "{rule}: {source} is {line}");
    }
}

#[test]
fn being_one_too_many_is_no_failure() {
    let port = http(|asked| answer(asked, "limited for ever", &AtomicU32::new(0)));
    let report = report(&observe(&target(port), &["contract"], &[], &[]));
    assert_eq!(failed(&report.targets[0]), [""; 0]);
    // Nothing that rests on the endpoint's answer passes.
    let passed = rules(&report.targets[0], Outcome::Pass);
    let resting = [
        "contract/wrong-status",
        "contract/wrong-json",
        "contract/slow",
    ];
    assert!(
        resting.iter().all(|rule| !passed.contains(rule)),
        "{passed:?}"
    );
    assert!(rules(&report.targets[0], Outcome::Unknown).contains(&"contract/wrong-status"));
}

/// A limiter of sixty requests, and the one place in which it is wrong.
fn limiter(asked: &Asked, defect: &str, count: &AtomicU32) -> Told {
    if asked.path() != "/limited" {
        return Told::text(200, "hello");
    }
    let nth = count.fetch_add(1, Ordering::SeqCst);
    let limit = if defect == "lower" { 20 } else { 60 };
    let forwarded = asked.field("x-forwarded-for").is_some();
    if nth < limit || defect == "none at all" || (defect == "resettable" && forwarded) {
        return Told::json(200, &json!({"ok": true})).with("X-RateLimit-Limit", "60");
    }
    let status = if defect == "503" { 503 } else { 429 };
    let told = match defect {
        "html" => Told::text(status, "slow down"),
        _ => Told::json(status, &json!({"error": "slow down"})),
    };
    match defect {
        "silent" => told,
        "malformed" => told.with("Retry-After", "soon"),
        _ => told.with("Retry-After", "30"),
    }
}

#[test]
fn a_burst_finds_the_limit() {
    #[rustfmt::skip]
    let rows: [(&str, &[&str]); 8] = [
        ("none",        &[]),
        ("none at all", &["contract/rate-unlimited"]),
        ("lower",       &["contract/rate-other"]),
        ("503",         &["contract/rate-status"]),
        ("silent",      &["contract/retry-after-missing"]),
        ("malformed",   &["contract/retry-after-malformed"]),
        ("resettable",  &["contract/rate-resettable"]),
        ("html",        &["contract/rate-body"]),
    ];
    for (defect, expected) in rows {
        let count = AtomicU32::new(0);
        let port = http(move |asked| limiter(asked, defect, &count));
        let file = format!(
            "[[target]]\nname = \"limited\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             rate = [{{ get = \"/limited\", limit = \"60/2s\", retry_after = true }}]\n"
        );
        let evidence = observe(&file, &["contract"], &["burst"], &[]);
        let report = report(&evidence);
        assert_eq!(
            rules(&report.targets[0], Outcome::Fail),
            expected,
            "{defect}"
        );
        let burst = evidence[0]
            .exchanges
            .iter()
            .filter(|exchange| exchange.question == Ask::Burst.at(Place::Rate(0)));
        let most = if defect == "none at all" { 122 } else { 61 };
        assert!(burst.count() <= most, "{defect}");
        let quiet = observe(&file, &["contract"], &[], &[]);
        assert!(quiet[0].exchanges.len() <= 2, "no burst without --burst");
    }
}

/// Such are development servers, and what is small: whoever keeps its connection has it alone.
#[test]
fn a_server_of_one_connection_at_a_time_is_not_blamed_for_the_others() {
    let turn = Mutex::new(());
    let port = server(move |mut stream| {
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(asked) = read_request(&mut stream) {
            if tell(&mut stream, &asked, &Told::text(200, "aye")).is_none() {
                return;
            }
        }
    });
    let endpoints: Vec<String> = (0..12)
        .map(|nth| format!("{{ get = \"/{nth}\" }}"))
        .collect();
    let file = format!(
        "[[target]]\nname = \"n\"\nurl = \"http://127.0.0.1:{port}/\"\ntimeout = \"1s\"\nendpoint = [{}]\n",
        endpoints.join(", ")
    );
    let report = report(&observe(&file, &["contract"], &[], &[]));
    assert_eq!(failed(&report.targets[0]), [""; 0]);
    assert_eq!(rules(&report.targets[0], Outcome::Unknown), [""; 0]);
}

#[test]
fn a_sleeping_service_is_waited_for() {
    for (declared, expected) in [("5s", &[][..]), ("1s", &["contract/slow-wake"][..])] {
        let started = std::sync::OnceLock::new();
        let port = http(move |_| {
            let seen = started
                .get_or_init(AtomicU32::default)
                .fetch_add(1, Ordering::SeqCst);
            if seen < 3 {
                Told::text(503, "waking")
            } else {
                Told::text(200, "awake")
            }
        });
        let file = format!(
            "[[target]]\nname = \"sleeper\"\nurl = \"http://127.0.0.1:{port}/\"\ncold_start = \"{declared}\"\n"
        );
        let report = report(&observe(&file, &["contract"], &[], &[]));
        assert_eq!(failed(&report.targets[0]), expected, "{declared}");
    }
}

/// Every third request is a 502: a rate that is declared or not, and what fails.
#[test]
fn the_error_rate_is_held_against_the_declared_one() {
    for (declared, expected) in [
        ("", &[][..]),
        ("max_error_rate = \"50%\"", &[][..]),
        ("max_error_rate = \"1%\"", &["contract/error-rate"][..]),
    ] {
        let asked = AtomicU32::new(0);
        let port = http(move |_| match asked.fetch_add(1, Ordering::SeqCst) % 3 {
            2 => Told::text(502, "Bad Gateway"),
            _ => Told::text(200, "aye"),
        });
        let file = format!(
            "[[target]]\nname = \"flaky\"\nurl = \"http://127.0.0.1:{port}/\"\n{declared}\n"
        );
        let report = report(&observe(&file, &["contract", "latency"], &[], &[]));
        let failed = failed(&report.targets[0]);
        let of_contract: Vec<_> = failed
            .iter()
            .filter(|id| id.starts_with("contract/"))
            .collect();
        assert!(
            of_contract
                .iter()
                .map(|id| **id)
                .eq(expected.iter().copied()),
            "{declared}: {failed:?}"
        );
    }
}

/// A page's first request meets a 502, once or each time.
#[test]
fn what_fails_now_and_then_is_no_page_s_doing() {
    const PAGE: &str = "https://app.example.com";
    for (broken, expected, said) in [
        (
            1,
            "contract/flaky",
            "1 of 3 requests failed, the first with 502",
        ),
        (
            u32::MAX,
            "cors/declared-origin-error",
            "502 to Origin https://app.example.com, 200 without",
        ),
    ] {
        let pages = AtomicU32::new(0);
        let port = http(move |asked| {
            let page = asked.field("origin") == Some(PAGE);
            if page && asked.path() == "/health" && pages.fetch_add(1, Ordering::SeqCst) < broken {
                return Told::text(502, "Bad Gateway");
            }
            let status = if asked.path() == "/health" { 200 } else { 404 };
            let told = Told::json(status, &json!({})).with("Vary", "Origin");
            if page {
                told.with("Access-Control-Allow-Origin", PAGE)
            } else {
                told
            }
        });
        let file = format!(
            "[[target]]\nname = \"flaky\"\nurl = \"http://127.0.0.1:{port}/health\"\n\
             cors = {{ origins = [\"{PAGE}\"] }}\nendpoint = [{{ get = \"/health\" }}]\n"
        );
        let report = report(&observe(&file, &["contract", "cors"], &[], &[]));
        let found: Vec<_> = report.targets[0]
            .failures()
            .map(|one| (one.rule.as_str(), one.observed.raw().to_owned()))
            .collect();
        assert_eq!(found, [(expected, said.to_owned())]);
    }
}

/// What a health endpoint reports, held against `max = 70, alert = 85`, and a field against its own.
#[test]
fn a_value_beyond_its_bound_is_a_warning_until_its_alert() {
    #[rustfmt::skip]
    let rows: [(f64, &str, &[&str]); 4] = [
        (69.0, "10", &[]),
        (71.5, "10", &["contract/near-alert"]),
        (96.0, "10", &["contract/wrong-json"]),
        (69.0, "90", &["contract/near-alert"]),
    ];
    for (percent, age, expected) in rows {
        let port = http(move |_| Told::json(200, &json!({"memory": percent})).with("Age", age));
        let file = format!(
            "[[target]]\nname = \"warm\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             [[target.endpoint]]\nget = \"/health\"\n\
             headers = {{ Age = {{ max = 60, alert = 600 }} }}\n\
             json = {{ \"/memory\" = {{ max = 70, alert = 85 }} }}\n"
        );
        let report = report(&observe(&file, &["contract"], &[], &[]));
        assert_eq!(failed(&report.targets[0]), expected, "{percent} {age}");
    }
}

/// Answers that are wrong in their form: what is declared, and the finding with its reason.
#[test]
fn an_answer_of_another_form_is_a_finding_with_its_reason() {
    #[rustfmt::skip]
    let rows: [(&str, &str, &str, &str); 6] = [
        ("/text",   "json = { \"/memory\" = { max = 70 } }",  "contract/wrong-json",   "/memory: \"80\", a string"),
        ("/null",   "json = { \"/memory\" = { min = 1 } }",   "contract/wrong-json",   "/memory: null, null"),
        ("/page",   "json = { \"/memory\" = { max = 70 } }",  "contract/not-json",     "not JSON (expected value at line 1 column 1): <h1>ok</h1>"),
        ("/moved",  "status = 200",                           "contract/wrong-status", "answered 301 to /v2/health"),
        ("/away",   "",                                       "contract/wrong-status", "answered 307 to https://login.example/?next=/away"),
        ("/silent", "status = 200",                           "contract/no-answer",    "timed out"),
    ];
    let port = http(|asked| match asked.path() {
        "/text" => Told::json(200, &json!({"memory": "80"})),
        "/null" => Told::json(200, &json!({"memory": null})),
        "/page" => Told::text(200, "<h1>ok</h1>"),
        "/moved" => Told::text(301, "").with("Location", "/v2/health"),
        "/away" => Told::text(307, "").with("Location", "https://login.example/?next=/away"),
        "/silent" => {
            std::thread::sleep(Duration::from_secs(3));
            Told::text(200, "late")
        }
        _ => Told::text(200, "hello"),
    });
    for (path, declared, rule, said) in rows {
        let file = format!(
            "[[target]]\nname = \"form\"\nurl = \"http://127.0.0.1:{port}/\"\ntimeout = \"1s\"\n\
             [[target.endpoint]]\nget = \"{path}\"\n{declared}\n"
        );
        let report = report(&observe(&file, &["contract"], &[], &[]));
        let target = &report.targets[0];
        assert_eq!(failed(target), [rule], "{path}");
        let found = target
            .failures()
            .next()
            .map(|one| one.observed.raw().to_owned());
        assert!(
            found.as_deref().is_some_and(|found| found.contains(said)),
            "{found:?}"
        );
        assert!(
            target.claims.iter().any(|row| row.request.ends_with(path)),
            "{path}"
        );
    }
}

#[test]
fn two_targets_answer_alike() {
    let serve = |message: &'static str| {
        http(move |_| Told::json(401, &json!({"error": {"message": message}, "at": 1})))
    };
    let (worker, same, other) = (serve("Invalid"), serve("Invalid"), serve("Wrong password"));
    for (port, expected) in [(same, &[][..]), (other, &["contract/differs"][..])] {
        let file = format!(
            "[[target]]\nname = \"worker\"\nurl = \"http://127.0.0.1:{worker}/\"\n\
             endpoint = [{{ get = \"/me\", status = 401, same_as = \"backend\" }}]\n\
             [[target]]\nname = \"backend\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             endpoint = [{{ get = \"/me\", status = 401 }}]\n"
        );
        let report = report(&observe(&file, &["contract"], &[], &[]));
        assert_eq!(failed(&report.targets[0]), expected);
    }
}

/// The versions that two targets report, what must be equal, and what is wrong.
#[test]
fn declared_values_are_equal_across_targets() {
    #[rustfmt::skip]
    let rows: [(&str, &str, Option<&str>); 5] = [
        ("2.0.4", r#"["/version"]"#,             None),
        ("2.0.3", "[]",                          None), // the shape alone
        ("2.0.3", r#"["/version"]"#,             Some(r#"/version is "2.0.4", theirs "2.0.3" of backend"#)),
        ("2.0.4", r#"["/version", "/uptime"]"#,  Some("/uptime is 5, theirs 9 of backend")),
        ("2.0.4", r#"["/build"]"#,               Some("/build is nothing, theirs nothing of backend")),
    ];
    for (version, equal, expected) in rows {
        let serve = |version: &'static str, uptime: u32| {
            http(move |_| Told::json(200, &json!({"version": version, "uptime": uptime})))
        };
        let (worker, backend) = (serve("2.0.4", 5), serve(version, 9));
        let file = format!(
            "[[target]]\nname = \"worker\"\nurl = \"http://127.0.0.1:{worker}/\"\n\
             endpoint = [{{ get = \"/health\", same_as = \"backend\", equal = {equal} }}]\n\
             [[target]]\nname = \"backend\"\nurl = \"http://127.0.0.1:{backend}/\"\n\
             endpoint = [\"/health\"]\n"
        );
        let report = report(&observe(&file, &["contract"], &[], &[]));
        let found: Vec<_> = report.targets[0]
            .failures()
            .map(|one| one.observed.raw())
            .collect();
        assert!(found.into_iter().eq(expected), "{version} {equal}");
    }
}

/// Two megabytes of JSON, as declared or not: what is not read is not judged.
#[test]
fn a_large_body_is_read_as_far_as_it_is_declared() {
    const JSON: &str = r#"json = { "/a" = 1 }"#;
    #[rustfmt::skip]
    let rows: [(&str, &str, &[&str], &[&str]); 10] = [
        ("none",   JSON,                                       &[],                      &["contract/not-json"]),
        ("small",  JSON,                                       &[],                      &[]),
        ("none",   r#"max_bytes = "2MB", json = { "/a" = 1 }"#, &[],                     &[]),
        ("none",   r#"max_bytes = "2MB", json = { "/a" = 2 }"#, &["contract/wrong-json"], &[]),
        ("none",   "bytes = 2000000",                          &[],                      &[]),
        ("none",   "bytes = 1999999",                          &["contract/wrong-size"], &[]),
        ("beyond", "bytes = 2000000",                          &["contract/wrong-size"], &[]),
        ("beyond", "max_bytes = \"2MB\"",                      &["contract/wrong-size"], &[]),
        ("none",   r#"body = { contains = "{" }"#,             &[],                      &[]),
        ("none",   "documents = true",                         &[], &["contract/document-unreadable", "contract/undocumented"]),
    ];
    for (defect, declared, fails, open) in rows {
        let port = http(move |asked| answer(asked, defect, &AtomicU32::new(0)));
        let file = format!(
            "[[target]]\nname = \"n\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             endpoint = [{{ get = \"/big\", {declared} }}]\n"
        );
        let report = report(&observe(&file, &["contract"], &[], &[]));
        let found = |outcome| rules(&report.targets[0], outcome);
        assert_eq!(found(Outcome::Fail), fails, "{defect} {declared}");
        assert_eq!(found(Outcome::Unknown), [""; 0], "{defect} {declared}");
        assert_open(&report.targets[0], open, declared);
    }
}

/// These rules, and where there are none no rule about bodies, are open for want of a whole body.
fn assert_open(target: &TargetReport, open: &[&str], declared: &str) {
    const OF_BODIES: [&str; 6] = [
        "contract/document-unreadable",
        "contract/not-json",
        "contract/undocumented",
        "contract/wrong-body",
        "contract/wrong-json",
        "contract/wrong-size",
    ];
    let mut found = rules(target, Outcome::NotTested);
    found.retain(|rule| OF_BODIES.contains(rule));
    assert!(
        open.iter().all(|rule| found.contains(rule)),
        "{declared}: {found:?}"
    );
    assert_eq!(found.is_empty(), open.is_empty(), "{declared}: {found:?}");
}

/// A declared endpoint, the flags, and whether it is sent: by the server's own account.
#[rustfmt::skip]
const SENT: &[(&str, &[&str], bool)] = &[
    (r#"{ post = "/x" }"#,                    &[],                 false),
    (r#"{ post = "/x", status = 201 }"#,      &[],                 false),
    (r#"{ post = "/x", status = 422 }"#,      &[],                 true),
    (r#"{ post = "/x", mutating = false }"#,  &[],                 true),
    (r#"{ post = "/x", mutating = true }"#,   &[],                 false),
    (r#"{ post = "/x", mutating = true }"#,   &["allow-mutation"], true),
    (r#"{ put = "/x" }"#,                     &[],                 false),
    (r#"{ put = "/x", mutating = false }"#,   &[],                 false),
    (r#"{ delete = "/x" }"#,                  &["allow-mutation"], true),
    (r#"{ get = "/x", mutating = true }"#,    &[],                 false),
];

#[test]
fn what_may_change_something_is_sent_on_the_user_s_word_alone() {
    for (endpoint, flags, expected) in SENT {
        let log = std::sync::Arc::new(Mutex::new(Vec::new()));
        let heard = std::sync::Arc::clone(&log);
        let port = http(move |asked| {
            heard.lock().unwrap().push(asked.path().to_owned());
            Told::json(500, &json!({}))
        });
        let file = format!(
            "[[target]]\nname = \"n\"\nurl = \"http://127.0.0.1:{port}/\"\nendpoint = [{endpoint}]\n"
        );
        let report = report(&observe(&file, &["contract"], flags, &[]));
        let sent = log.lock().unwrap().contains(&"/x".to_owned());
        assert_eq!(sent, *expected, "{endpoint} {flags:?}");
        let untested = rules(&report.targets[0], Outcome::NotTested);
        assert_eq!(
            untested.contains(&"contract/wrong-status"),
            !sent,
            "{endpoint} {flags:?}"
        );
    }
}

/// Whoever sends no `Accept-Encoding` accepts every coding: what can be decoded is judged, what
/// cannot is not.
#[test]
fn what_came_compressed_is_decoded_or_not_judged() {
    #[rustfmt::skip]
    let rows: [(&str, &str, &[&str], &[&str]); 12] = [
        ("/packed", r#"json = { "/a" = 1 }"#, &[],                      &[]),
        ("/packed", r#"json = { "/a" = 2 }"#, &["contract/wrong-json"], &[]),
        ("/packed", "bytes = 7",              &[],                      &[]),
        ("/packed", r#"body = "{}""#,         &["contract/wrong-body"], &[]),
        ("/stored", r#"json = { "/a" = 1 }"#, &[],                      &["contract/not-json"]),
        ("/stored", r#"body = "pong""#,       &[],                      &["contract/wrong-body"]),
        ("/stored", "bytes = 7",              &[],                      &["contract/wrong-size"]),
        ("/stored", "max_bytes = 7",          &[],                      &[]),
        ("/odd",    r#"json = { "/a" = 1 }"#, &[],                      &["contract/not-json"]),
        ("/odd",    r#"body = "pong""#,       &[],                      &["contract/wrong-body"]),
        ("/odd",    "bytes = 7",              &[],                      &["contract/wrong-size"]),
        ("/odd",    "documents = true",       &[], &["contract/document-unreadable", "contract/undocumented"]),
    ];
    for (path, declared, fails, unknown) in rows {
        let port = match path {
            "/packed" => packed(),
            _ => http(move |asked| answer(asked, "none", &AtomicU32::new(0))),
        };
        let file = format!(
            "[[target]]\nname = \"n\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             endpoint = [{{ get = \"{path}\", {declared} }}]\n"
        );
        let report = report(&observe(&file, &["contract"], &[], &[]));
        assert_eq!(failed(&report.targets[0]), fails, "{path} {declared}");
        let mut found = rules(&report.targets[0], Outcome::Unknown);
        found.extend(rules(&report.targets[0], Outcome::NotTested));
        let all = unknown.iter().all(|rule| found.contains(rule));
        assert!(all, "{path} {declared}: {found:?}");
    }
}

/// `{"a":1}` in gzip, whatever is asked.
fn packed() -> u16 {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let written = std::io::Write::write_all(&mut encoder, b"{\"a\":1}");
    let body = written.and_then(|()| encoder.finish()).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = [head.into_bytes(), body].concat();
    server(move |mut stream| {
        while read_request(&mut stream).is_some() {
            if std::io::Write::write_all(&mut stream, &answer).is_err() {
                return;
            }
        }
    })
}

/// An answer that breaks off is one to no client; a stream may go on for as long as it likes.
#[test]
fn an_answer_that_breaks_off_is_none() {
    const CHUNKED: &str = "Transfer-Encoding: chunked\r\n\r\n";
    #[rustfmt::skip]
    let rows: [(String, &[&str], &str); 6] = [
        (format!("{CHUNKED}2\r\n{{}}\r\n0\r\n\r\n"),          &[],                     ""),
        (format!("{CHUNKED}10\r\n{{\"a\":\r\n"),                &["contract/no-answer"], "the connection was closed after"),
        (format!("{CHUNKED}2\r\n{{}}\r\n"),                     &["contract/no-answer"], "the connection was closed after 2 bytes"),
        (format!("{CHUNKED}2\r\n{{}}\r\nnonsense\r\n"),         &["contract/no-answer"], "the framing of the body broke off"),
        ("Content-Length: 9\r\n\r\n{}".to_owned(),               &["contract/no-answer"], "the connection was closed after 2 bytes"),
        ("Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}".to_owned(), &["contract/no-answer"], "the framing of the body broke off"),
    ];
    for (rest, fails, said) in rows {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        let answer = format!("{head}{rest}");
        let port = server(move |mut stream| {
            read_request(&mut stream);
            let _ = std::io::Write::write_all(&mut stream, answer.as_bytes());
        });
        let file = format!(
            "[[target]]\nname = \"n\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             endpoint = [{{ get = \"/x\" }}]\n"
        );
        let report = report(&observe(&file, &["contract"], &[], &[]));
        let target = &report.targets[0];
        assert_eq!(failed(target), fails, "{rest}");
        let told = target
            .findings
            .iter()
            .any(|found| found.observed.raw().contains(said));
        assert!(told || said.is_empty(), "{rest}");
    }
}
