//! Refusals from the request to the report, against embedded services that are wrong in one place:
//! the second, whatever the order of the lines.

mod embedded;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use embedded::{Asked, Told, failed, http, observe, report, rules};
use seaworthy::evidence::Evidence;
use seaworthy::model::{Ask, Attempt, Bypass, Family};
use seaworthy::plan;
use seaworthy::report::{Outcome, TargetReport};
use serde_json::json;

const TOKEN: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const OLD: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MSJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const OTHER: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3NyJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

const SECRETS: &[(&str, &str)] = &[
    ("TOKEN", TOKEN),
    ("OLD", OLD),
    ("OTHER", OTHER),
    ("KNOWN", "anna@example.com"),
];

fn refused() -> Told {
    Told::json(401, &json!({"detail": "Not authenticated"}))
        .with("WWW-Authenticate", "Bearer")
        .with("Cache-Control", "no-store")
}

/// Two resources that anna alone may read, one of which is guarded wrongly.
fn service(asked: &Asked, wrong: &str, defect: &str) -> Told {
    if asked.path() == "/" {
        return Told::json(200, &json!({"status": "ok"}));
    }
    let (path, query) = (asked.path(), asked.target.contains('?'));
    let here = path == wrong;
    let spelt = path.to_ascii_lowercase();
    let known = ["/users/42", "/users/42/bills"];
    let normal = if defect == "upper case" && spelt == wrong {
        spelt.as_str()
    } else {
        path
    };
    if !known.contains(&normal) {
        return Told::json(404, &json!({"detail": "Not Found"}));
    }
    let data = Told::json(200, &json!({"of": normal, "email": "anna@example.com"}));
    let credential = asked.field("authorization").unwrap_or_default();
    let token = credential.strip_prefix("Bearer ").unwrap_or_default();
    let unsigned = token.ends_with('.');
    let passes = match defect {
        "open" => here,
        "any token" => here && !token.is_empty(),
        "unsigned" => here && unsigned,
        "expired" => here && token == OLD,
        "other" => here && token == OTHER,
        "upper case" => path != normal,
        "any query" => here && query,
        "forwarded" => here && asked.field("x-forwarded-for").is_some(),
        "head" => here && asked.method == "HEAD",
        _ => false,
    };
    match (asked.method.as_str(), token == TOKEN) {
        ("GET", true) if here && defect == "broken" => Told::json(500, &json!({"detail": "oops"})),
        ("GET" | "HEAD", valid) if valid || passes => data,
        ("GET" | "HEAD", _) => refused(),
        _ => Told::json(405, &json!({"detail": "no"})).with("Allow", "GET, HEAD"),
    }
}

fn target(port: u16, protected: &[&str]) -> String {
    let protected: Vec<String> = protected.iter().map(|line| format!("{line:?}")).collect();
    format!(
        "[[target]]\nname = \"n\"\nkind = \"api\"\nurl = \"http://127.0.0.1:{port}/\"\n\
         auth = {{ scheme = \"bearer\", token = {{ env = \"TOKEN\" }}, expired = {{ env = \"OLD\" }}, \
         other = {{ env = \"OTHER\" }}, reject = 401 }}\nprotected = [{}]\n",
        protected.join(", ")
    )
}

fn audited(file: &str, flags: &[&str]) -> (TargetReport, Evidence) {
    let evidence = observe(file, &["auth"], flags, SECRETS);
    let mut targets = report(&evidence).targets;
    let mut evidence = evidence;
    assert_eq!(
        (targets.len(), evidence.len()),
        (1, 1),
        "one target is audited"
    );
    (targets.remove(0), evidence.remove(0))
}

/// What is wrong at one of the places, and the rules that must fail; nothing else may.
#[rustfmt::skip]
const DEFECTS: &[(&str, &[&str])] = &[
    ("none",       &[]),
    ("open",       &["auth/not-refused"]),
    ("any token",  &["auth/accepts-garbage"]),
    ("unsigned",   &["auth/accepts-unsigned"]),
    ("expired",    &["auth/accepts-expired"]),
    ("other",      &["auth/accepts-other-user"]),
    ("broken",     &["auth/valid-refused"]),
    ("upper case", &["auth/path-bypass"]),
    ("any query",  &["auth/path-bypass"]),
    ("forwarded",  &["auth/field-bypass"]),
    ("head",       &["auth/method-bypass"]),
];

#[test]
fn a_defect_is_found_at_every_place_and_in_every_order() {
    let places = ["GET /users/42", "GET /users/42/bills"];
    let orders = [[places[0], places[1]], [places[1], places[0]]];
    let mut tested = Vec::new();
    for (defect, expected) in DEFECTS {
        for wrong in places.map(|line| &line[4..]) {
            for order in orders {
                tested.push(std::thread::spawn(move || {
                    let port = http(move |asked| service(asked, wrong, defect));
                    let (found, _) = audited(&target(port, &order), &[]);
                    assert_eq!(failed(&found), *expected, "{defect} at {wrong}, {order:?}");
                    let (essential, shown) = found.coverage.counts(Family::Auth);
                    let all = *defect == "none";
                    assert!(
                        !all || (essential, shown) == (15, 15),
                        "{shown}/{essential}"
                    );
                }));
            }
        }
    }
    for thread in tested {
        assert!(thread.join().is_ok(), "see above");
    }
}

#[test]
fn what_was_not_supplied_is_counted_and_named() {
    let port = http(|asked| service(asked, "", "none"));
    let file = target(port, &["GET /users/42"]).replace(", other = { env = \"OTHER\" }", "");
    let (found, _) = audited(&file, &[]);
    assert_eq!(found.coverage.counts(Family::Auth), (8, 7));
    let open: Vec<&str> = found
        .coverage
        .open_of(Family::Auth)
        .map(|open| open.said.as_str())
        .collect();
    assert_eq!(open, ["needs a credential as `other`"]);
    assert!(rules(&found, Outcome::NotTested).contains(&"auth/accepts-other-user"));
}

/// Every request that a server gets, in order.
fn recorded(
    answer: impl Fn(&Asked) -> Told + Send + Sync + 'static,
) -> (u16, Arc<Mutex<Vec<String>>>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&log);
    let port = http(move |asked| {
        let token = match asked.field("authorization") {
            None => "none",
            Some(credential) if credential.ends_with(TOKEN) => "valid",
            Some(_) => "bad",
        };
        let body = if asked.body.is_empty() { "" } else { " body" };
        let line = format!("{} {} {token}{body}", asked.method, asked.target);
        heard
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(line);
        answer(asked)
    });
    (port, log)
}

fn lines(log: &Mutex<Vec<String>>) -> Vec<String> {
    log.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .clone()
}

/// What a file says of an endpoint, the flags, and whether it is asked with nothing, with the valid
/// credential, and with its body.
#[rustfmt::skip]
const SENT: &[(&str, &[&str], bool, bool, bool)] = &[
    (r#"{ get = "/x", protected = true }"#,                                       &[],                 true,  true,  false),
    (r#"{ head = "/x", protected = true }"#,                                      &[],                 true,  true,  false),
    (r#"{ post = "/x", protected = true, send = { a = 1 } }"#,                    &[],                 true,  false, false),
    (r#"{ post = "/x", protected = true, send = { a = 1 }, mutating = false }"#,  &[],                 true,  true,  true),
    (r#"{ post = "/x", protected = true, send = { a = 1 }, mutating = true }"#,   &[],                 false, false, false),
    (r#"{ put = "/x", protected = true, send = { a = 1 } }"#,                     &[],                 false, false, false),
    (r#"{ get = "/x", protected = true, mutating = true }"#,                      &[],                 false, false, false),
    (r#"{ post = "/x", protected = true, send = { a = 1 } }"#,                    &["allow-mutation"], true,  true,  true),
    (r#"{ put = "/x", protected = true, send = { a = 1 } }"#,                     &["allow-mutation"], true,  true,  true),
    (r#"{ delete = "/x", protected = true }"#,                                    &["allow-mutation"], true,  true,  false),
];

#[test]
fn what_may_change_something_needs_the_user_s_word_and_is_asked_without_credentials_first() {
    for (endpoint, flags, nothing, valid, body) in SENT {
        let (port, log) = recorded(|asked| match asked.path() {
            "/" => Told::json(200, &json!({})),
            _ if asked
                .field("authorization")
                .is_some_and(|sent| sent.ends_with(TOKEN)) =>
            {
                Told::json(200, &json!({"id": 1}))
            }
            _ => refused(),
        });
        let file = target(port, &[]).replace("protected = []", &format!("endpoint = [{endpoint}]"));
        let (found, _) = audited(&file, flags);
        let sent = lines(&log);
        let at = |who: &str| {
            let own = sent
                .iter()
                .filter(|line| line.split(' ').nth(1) == Some("/x"));
            own.filter(|line| line.contains(who)).count()
        };
        assert_eq!(at(" none") > 0, *nothing, "{endpoint} {flags:?} {sent:?}");
        assert_eq!(at(" valid") > 0, *valid, "{endpoint} {flags:?} {sent:?}");
        assert_eq!(at(" body") > 0, *body, "{endpoint} {flags:?} {sent:?}");
        let first = |who: &str| {
            sent.iter()
                .position(|line| line.contains(&format!(" /x {who}")))
        };
        if flags.contains(&"allow-mutation") {
            assert!(first("none") < first("valid"), "{endpoint} {sent:?}");
        }
        let (essential, shown) = found.coverage.counts(Family::Auth);
        assert_eq!(
            essential == shown,
            *valid,
            "{endpoint} {flags:?}: {shown}/{essential}"
        );
    }
}

#[test]
fn a_valid_credential_goes_to_declared_paths_alone() {
    let (port, log) = recorded(|asked| service(asked, "", "none"));
    let _ = audited(
        &target(port, &["GET /users/42", "GET /users/42/bills"]),
        &[],
    );
    let valid = lines(&log);
    let mut valid: Vec<&String> = valid
        .iter()
        .filter(|line| line.ends_with("valid"))
        .collect();
    valid.sort();
    assert_eq!(valid, ["GET /users/42 valid", "GET /users/42/bills valid"]);
}

/// What firewalls dislike is asked when all else was answered.
#[test]
fn traversals_and_quotes_come_last() {
    let (port, log) = recorded(|asked| match asked.path() {
        "/login" => refused(),
        _ => service(asked, "", "none"),
    });
    let file = target(port, &["GET /users/42"]).replace(
        "url =",
        "connections = 1\nlogin = { post = \"/login\" }\nurl =",
    );
    let _ = audited(&file, &[]);
    let sent = lines(&log);
    let alarming =
        |line: &String| line.contains("..;") || line.contains("%00") || line.contains("%2e");
    let first = sent.iter().position(alarming);
    let calm = sent
        .iter()
        .rposition(|line| line.contains("/users/42 bad") || line.contains("valid"));
    assert!(calm < first, "{sent:?}");
    assert_eq!(
        sent.iter()
            .filter(|line| line.starts_with("POST /login"))
            .count(),
        3
    );
}

/// A gateway's answers to one request: they say nothing of credentials, unless they stay.
#[test]
fn what_a_gateway_answers_says_nothing_of_credentials() {
    #[rustfmt::skip]
    let rows: [(u32, u16, &[&str], &[&str]); 5] = [
        (1,        503, &[],              &[]),
        (u32::MAX, 502, &["auth/breaks"], &[]),
        (u32::MAX, 429, &[],              &["auth/accepts-garbage"]),
        (1,        500, &[],              &[]),  // asked again at once, it was refused
        (u32::MAX, 500, &["auth/breaks"], &[]),
    ];
    for (times, status, fails, unknown) in rows {
        let count = Arc::new(AtomicU32::new(0));
        let port = http(move |asked| {
            let garbage = asked.field("authorization") == Some("Bearer seaworthy-garbage");
            if garbage && count.fetch_add(1, Ordering::SeqCst) < times {
                return Told::text(status, "no");
            }
            service(asked, "", "none")
        });
        let (found, _) = audited(&target(port, &["GET /users/42"]), &[]);
        assert_eq!(failed(&found), fails, "{status} {times} times");
        let open = rules(&found, Outcome::Unknown);
        assert!(
            unknown.iter().all(|rule| open.contains(rule)),
            "{status} {times} times: {open:?}"
        );
        assert!(
            !unknown.is_empty() || open.is_empty(),
            "{status} {times} times: {open:?}"
        );
    }
}

/// Where a secret stands, and whether somebody is blamed.
#[test]
fn a_supplied_secret_in_somebody_else_s_answer() {
    #[rustfmt::skip]
    let rows = [
        ("to everybody",        true),
        ("in a refusal",        true),
        ("another user's",      true),
        ("back to who sent it", false),
        ("its name",            false),
    ];
    for (defect, expected) in rows {
        let port = http(move |asked| {
            let sent = asked.field("authorization").unwrap_or_default().to_owned();
            let valid = sent.ends_with(TOKEN);
            match (asked.path(), defect) {
                ("/", "to everybody") => Told::json(200, &json!({"debug": {"token": TOKEN}})),
                ("/", "its name") => Told::text(200, "curl -H \"Authorization: Bearer $TOKEN\""),
                ("/users/42", "in a refusal") if !valid => {
                    Told::json(401, &json!({"detail": TOKEN}))
                }
                ("/users/42", "another user's") if valid => {
                    Told::json(200, &json!({"team": [OTHER]}))
                }
                ("/users/42", "back to who sent it") if valid => {
                    Told::json(200, &json!({"you": sent}))
                }
                _ => service(asked, "", "none"),
            }
        });
        let (found, evidence) = audited(&target(port, &["GET /users/42"]), &[]);
        let blamed = failed(&found).contains(&"auth/secret-disclosed");
        assert_eq!(blamed, expected, "{defect}: {:?}", failed(&found));
        let written = serde_json::to_string(&evidence).unwrap_or_default();
        assert!(
            !written.contains(TOKEN) && !written.contains(OTHER),
            "{defect}"
        );
    }
}

/// A login, what is declared of it, and what is known of it then.
#[test]
fn a_login_that_is_refused_for_its_form_was_not_tried() {
    let form = "send = \"username={user}&password={password}\", send_type = \"application/x-www-form-urlencoded\"";
    #[rustfmt::skip]
    let rows: [(&str, &str, &[&str], bool); 5] = [
        ("form", "",   &[],                         false),
        ("form", form, &["auth/login-tells-users"], true),
        ("page", form, &[],                         false),
        ("json", "",   &["auth/login-tells-users"], true),
        ("none", "",   &["auth/login-status"],      false),
    ];
    for (kind, declared, fails, shown) in rows {
        let port = http(move |asked| {
            let media_type = asked.field("content-type").unwrap_or_default();
            let body = &asked.body;
            let wanted = if kind == "json" {
                "application/json"
            } else {
                "application/x-www-form-urlencoded"
            };
            match (asked.path(), kind) {
                ("/", _) => Told::text(200, "hello"),
                ("/login", "page") => Told::text(403, "CSRF token missing or incorrect"),
                ("/login", "form" | "json") if media_type != wanted => {
                    Told::json(400, &json!({"error": "username is required"}))
                }
                ("/login", "form" | "json") => {
                    let known = body.contains("anna");
                    let why = if known {
                        "wrong password"
                    } else {
                        "no such user"
                    };
                    Told::json(401, &json!({"detail": why}))
                }
                _ => Told::json(404, &json!({"detail": "Not Found"})),
            }
        });
        let separator = if declared.is_empty() { "" } else { ", " };
        let file = format!(
            "[[target]]\nname = \"n\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             login = {{ post = \"/login\", known_user = {{ env = \"KNOWN\" }}{separator}{declared} }}\n"
        );
        let (found, _) = audited(&file, &[]);
        assert_eq!(failed(&found), fails, "{kind} {declared}");
        let (essential, seen) = found.coverage.counts(Family::Auth);
        assert_eq!(
            essential == seen,
            shown,
            "{kind} {declared}: {seen}/{essential}"
        );
        let passes = rules(&found, Outcome::Pass).contains(&"auth/login-accepts-anybody");
        assert_eq!(passes, shown, "{kind} {declared}");
    }
}

#[test]
fn every_way_past_a_guard_is_tried_at_every_place() {
    let (port, _) = recorded(|asked| service(asked, "", "none"));
    let (_, evidence) = audited(
        &target(port, &["GET /users/42", "GET /users/42/bills"]),
        &[],
    );
    let tried = |place: usize| {
        let all = evidence.exchanges.iter();
        let of_place = all.filter_map(move |exchange| {
            let (endpoint, attempt) = exchange.question.credentials()?;
            (endpoint == place).then_some(attempt)
        });
        let mut all: Vec<&Attempt> = of_place.collect();
        all.sort();
        all
    };
    assert_eq!(tried(0), tried(1));
    assert!(tried(1).contains(&&Attempt::Bypass(Bypass::TokenInQuery)));
    let declared = evidence
        .exchanges
        .iter()
        .filter(|one| one.question.ask == Ask::Declared);
    assert_eq!(declared.count(), 0, "auth alone was asked for");
    for essential in plan::essential(&evidence.target, &evidence.run) {
        let mut all = evidence.exchanges.iter();
        let asked = all.any(|exchange| exchange.question == essential.question);
        assert!(asked || essential.needs.is_some(), "{essential:?}");
    }
}
