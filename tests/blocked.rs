//! A firewall, a limiter or a maintenance page begins to answer in the middle of an audit: nothing is
//! found and nothing passes by its answers.

mod embedded;

use std::sync::atomic::{AtomicUsize, Ordering};

use embedded::{Asked, Told, failed, http, observe, report, rules};
use seaworthy::evidence::{Evidence, Observation, Skip};
use seaworthy::grade::Letter;
use seaworthy::model::{Ask, Family};
use seaworthy::plan;
use seaworthy::report::{Outcome, TargetReport};
use serde_json::json;

/// What answers from some request on.
type Block = fn() -> Told;

/// A service with a hole that is asked for late: `/me/` is open. Behind `limit` requests the block
/// answers, for `length` of them.
fn service(limit: usize, length: usize, block: Block) -> u16 {
    let count = AtomicUsize::new(0);
    http(move |asked: &Asked| {
        let nth = count.fetch_add(1, Ordering::SeqCst);
        if (limit..limit.saturating_add(length)).contains(&nth) {
            return block();
        }
        answer(asked)
    })
}

/// What it answers where nobody is in its place.
fn answer(asked: &Asked) -> Told {
    match (asked.path(), asked.field("authorization")) {
        ("/" | "/health", _) => Told::json(200, &json!({"status": "ok"})),
        ("/me", Some("Bearer good")) | ("/me/", _) => {
            Told::json(200, &json!({"id": 7, "email": "ann@mail.example"}))
        }
        ("/me", _) => Told::json(401, &json!({"detail": "no"})).with("WWW-Authenticate", "Bearer"),
        _ => Told::json(404, &json!({"detail": "none"})),
    }
}

fn target(port: u16) -> String {
    format!(
        r#"
        [[target]]
        name = "service"
        kind = "api"
        url = "http://127.0.0.1:{port}/"
        auth = {{ scheme = "bearer", token = {{ env = "TOKEN" }} }}
        protected = ["GET /me"]
        endpoint = ["/health"]
        absent = ["/docs", "/.env"]
        cors = {{ origins = ["https://app.example.com"] }}
        "#
    )
}

fn audited(port: u16) -> (Evidence, TargetReport) {
    let mut evidence = observe(&target(port), &[], &[], &[("TOKEN", "good")]);
    let target = report(&evidence).targets.remove(0);
    (evidence.remove(0), target)
}

/// Who blocks, and how the report tells it.
#[rustfmt::skip]
const BLOCKS: &[(&str, Block, &str)] = &[
    ("a firewall",  || Told::text(403, "blocked"),  "the control answered 403 where it had answered 200"),
    ("a limiter",   || Told::text(429, "slow down").with("Retry-After", "600"), "the control answered 429 where it had answered 200"),
    ("nginx's limiter", || Told::text(503, "busy").with("Retry-After", "600"), "the control answered 503 where it had answered 200"),
    ("maintenance", || Told::text(502, "down").with("Retry-After", "600"), "the control answered 502 where it had answered 200"),
    ("a challenge", || Told::text(200, "<title>Just a moment...</title>").with("Retry-After", "600"),
                    "the control answered with \"text/plain\" where it had answered with \"application/json\""),
    ("a soft limit", || Told::json(200, &json!({"success": false})).with("Retry-After", "600"), "the control answered JSON that says no, by \"success\""),
];

#[test]
fn nothing_is_judged_behind_a_block() {
    let clean = audited(service(usize::MAX, 0, || Told::text(500, ""))).1;
    assert!(
        failed(&clean).contains(&"auth/path-bypass"),
        "the hole is there"
    );
    for (who, block, words) in BLOCKS {
        for limit in [12, 20, 25] {
            let (evidence, target) = audited(service(limit, usize::MAX, *block));
            let new: Vec<&str> = failed(&target)
                .into_iter()
                .filter(|id| !failed(&clean).contains(id))
                .collect();
            assert_eq!(new, Vec::<&str>::new(), "{who} after {limit}");
            assert!(
                !rules(&target, Outcome::Pass).contains(&"auth/path-bypass"),
                "{who} after {limit}"
            );
            assert_eq!(
                target.families.of(Family::Auth).grade,
                Letter::NotMeasured,
                "{who} after {limit}"
            );
            let summary = report(&[evidence]).summary;
            assert!(
                summary.reason.contains("blocked after"),
                "{who}: {}",
                summary.reason
            );
            assert!(summary.reason.contains(words), "{who}: {}", summary.reason);
        }
    }
}

/// What is blocked for a few requests is asked again behind the block.
#[test]
fn a_short_block_leaves_nothing_open() {
    let (evidence, target) = audited(service(15, 3, || {
        Told::text(503, "busy").with("Retry-After", "0")
    }));
    assert!(
        failed(&target).contains(&"auth/path-bypass"),
        "{:?}",
        failed(&target)
    );
    let blocked = evidence
        .exchanges
        .iter()
        .filter(|exchange| matches!(exchange.response, Observation::Skipped(Skip::Blocked(_))));
    assert_eq!(blocked.count(), 0, "everything was sent");
    assert_eq!(target.blocked, None);
    let open: Vec<String> = target
        .coverage
        .open()
        .iter()
        .map(|open| open.said.clone())
        .collect();
    assert!(
        !open.iter().any(|said| said.contains("blocked")),
        "{open:?}"
    );
}

/// The service fails at one of the times that `/` is asked for: a control, for all but the first are.
fn unsteady(fails_at: usize, status: u16) -> u16 {
    let count = AtomicUsize::new(0);
    http(move |asked: &Asked| {
        let is_control = asked.method == "GET" && asked.path() == "/";
        let is_control = is_control && asked.field("origin").is_none();
        if is_control && count.fetch_add(1, Ordering::SeqCst) == fails_at {
            return Told::text(status, "oops");
        }
        answer(asked)
    })
}

/// Which control fails, and how. Asked again at once it is answered well: that is told, and no block.
#[test]
fn a_control_that_fails_once_is_no_block() {
    for (fails_at, status) in [(1, 500), (2, 500), (2, 502), (3, 504), (4, 500)] {
        let (evidence, target) = audited(unsteady(fails_at, status));
        let at = format!("control {fails_at} answered {status}");
        assert_eq!(target.blocked, None, "{at}");
        assert!(failed(&target).contains(&"auth/path-bypass"), "{at}");
        let told = rules(&target, Outcome::Fail);
        assert!(told.contains(&"headers/fails-once"), "{at}");
        let left_out = |exchange: &&seaworthy::evidence::Exchange| exchange.was_left_out();
        assert_eq!(
            evidence.exchanges.iter().filter(left_out).count(),
            0,
            "{at}"
        );
    }
}

#[test]
fn a_control_stands_before_between_and_behind() {
    let (evidence, _) = audited(service(usize::MAX, 0, || Told::text(500, "")));
    let asks: Vec<&Ask> = evidence
        .exchanges
        .iter()
        .map(|exchange| &exchange.question.ask)
        .collect();
    assert_eq!(
        asks.first(),
        Some(&&Ask::Page),
        "the page is the first control"
    );
    assert_eq!(asks.last(), Some(&&Ask::Control));
    let between = asks.split(|ask| matches!(ask, Ask::Page | Ask::Control));
    for some in between {
        let questions = some.iter().filter(|ask| !matches!(ask, Ask::Hop(_)));
        assert!(questions.count() <= 10, "{some:?}");
    }
}

/// Each essential question that needs nothing from the user was asked.
#[test]
fn the_plan_is_what_is_sent() {
    let (evidence, _) = audited(service(usize::MAX, 0, || Told::text(500, "")));
    let essential = plan::essential(&evidence.target, &evidence.run);
    let of_contract = essential
        .iter()
        .filter(|one| one.topic.family() == Family::Contract);
    for question in of_contract.filter(|one| one.needs.is_none()) {
        let asked =
            |exchange: &&seaworthy::evidence::Exchange| exchange.question == question.question;
        assert!(
            evidence.exchanges.iter().any(|one| asked(&one)),
            "{question:?}"
        );
    }
}

/// The whole service is down: neither credentials nor anything in a body made it so.
#[test]
fn maintenance_says_nothing_of_credentials() {
    for status in [502, 503, 504] {
        let port = http(move |_: &Asked| Told::text(status, "down").with("Retry-After", "600"));
        let (_, target) = audited(port);
        let failed = failed(&target);
        let blamed = failed.iter().filter(|id| id.starts_with("auth/"));
        assert_eq!(blamed.count(), 0, "{status}: {failed:?}");
        let auth = target.families.of(Family::Auth).grade;
        assert_eq!(auth, Letter::NotMeasured, "{status}");
    }
}
