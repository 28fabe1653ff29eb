//! No letter says more than was shown: services with a defect where an auditor looks last, and what
//! the letter says of them.

mod embedded;

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use embedded::{Asked, Told, failed, http, observe, read_request, report, rules, server, tell};
use flate2::Compression;
use flate2::write::GzEncoder;
use seaworthy::grade::Letter;
use seaworthy::model::Family;
use seaworthy::report::{Outcome, TargetReport};
use serde_json::json;

const TOKEN: &str = "canary-51c7f0a9e2";

fn audited(file: &str, only: &[&str]) -> TargetReport {
    report(&observe(file, only, &[], &[("TOKEN", TOKEN)]))
        .targets
        .remove(0)
}

/// Anna's orders.
fn shop(asked: &Asked) -> Told {
    let known = asked.field("authorization") == Some(&format!("Bearer {TOKEN}"));
    match asked.path() {
        "/" => Told::json(200, &json!({"status": "ok"})),
        "/orders" if known => Told::json(200, &json!({"orders": ["anna's"]})),
        "/orders" => Told::json(401, &json!({"detail": "Not authenticated"}))
            .with("WWW-Authenticate", "Bearer")
            .with("Cache-Control", "no-store"),
        _ => Told::json(404, &json!({"detail": "Not Found"})),
    }
}

/// The same service with an answer to anybody that may be long, and comes in some coding.
fn shop_with(catalogue: Vec<u8>, coding: &'static str) -> u16 {
    server(move |mut stream| {
        while let Some(asked) = read_request(&mut stream) {
            let sent = if asked.path() == "/catalogue" {
                let size = catalogue.len();
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n{coding}\r\n");
                let whole = [head.as_bytes(), &catalogue].concat();
                stream.write_all(&whole).ok()
            } else {
                tell(&mut stream, &asked, &shop(&asked))
            };
            if sent.is_none() {
                return;
            }
        }
    })
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap_or_default();
    encoder.finish().unwrap_or_default()
}

/// The orders, as they are declared; and what is open without `expired`.
fn orders(port: u16) -> String {
    format!(
        "[[target]]\nname = \"n\"\nkind = \"api\"\nurl = \"http://127.0.0.1:{port}/\"\n\
         auth = {{ scheme = \"bearer\", token = {{ env = \"TOKEN\" }}, reject = 401 }}\n\
         protected = [\"GET /orders\"]\nendpoint = [{{ get = \"/catalogue\" }}]\n"
    )
}

const KIB: usize = 1024;

/// How long an answer is, in which coding it comes, behind how much of it the credential of a user
/// stands, and what is said: `shown` where nothing is wrong and all was searched.
#[rustfmt::skip]
const LONG: &[(usize, &str, Option<usize>, &str)] = &[
    (KIB,        "",     None,             "shown"),
    (KIB,        "",     Some(10),         "disclosed"),
    (80 * KIB,   "",     None,             "shown"),
    (80 * KIB,   "",     Some(64 * KIB - 5), "disclosed"), // across the end of what is kept
    (80 * KIB,   "",     Some(70 * KIB),   "disclosed"),
    (900 * KIB,  "",     Some(899 * KIB),  "disclosed"),
    (80 * KIB,   "gzip", Some(70 * KIB),   "disclosed"),
    (KIB,        "gzip", Some(10),         "disclosed"),
    (80 * KIB,   "gzip", None,             "shown"),
    (1500 * KIB, "",     Some(10),         "disclosed"), // what was found is shown
    (1500 * KIB, "",     None,             "open"),
    (1500 * KIB, "",     Some(1400 * KIB), "open"),
    (KIB,        "dcz",  None,             "open"),      // nobody can tell what stands in it
];

#[test]
fn a_credential_is_searched_for_in_all_of_an_answer() {
    for (size, coding, at, expected) in LONG {
        let mut text = "lorem ipsum ".repeat(size / 12);
        if let Some(at) = at {
            text.replace_range(at..&(at + TOKEN.len()), TOKEN);
        }
        let port = match *coding {
            "" => shop_with(text.into_bytes(), ""),
            "gzip" => shop_with(gzip(&text), "Content-Encoding: gzip\r\n"),
            _ => shop_with(text.into_bytes(), "Content-Encoding: dcz\r\n"),
        };
        let found = audited(&orders(port), &["auth", "contract"]);
        let blamed = failed(&found).contains(&"auth/secret-disclosed");
        let passed = rules(&found, Outcome::Pass).contains(&"auth/secret-disclosed");
        let open = found
            .coverage
            .open_of(Family::Auth)
            .any(|open| open.question.contains("secrets"));
        let said = match (blamed, passed, open) {
            (true, false, false) => "disclosed",
            (false, true, false) => "shown",
            (false, false, true) => "open",
            other => unreachable!("{other:?}"),
        };
        assert_eq!(said, *expected, "{size} {coding} {at:?}");
    }
}

type Fields = &'static [(&'static str, &'static str)];

/// How a refusal is sent at `/orders`, and what the report says of it; nothing where it is one.
#[rustfmt::skip]
const REFUSALS: &[(&str, u16, Fields, &str, &[&str])] = &[
    ("401 and no more",         401, &[], r#"{"detail":"no"}"#,                     &[]),
    ("401 with the answer",     401, &[], r#"{"orders":["anna's"]}"#,               &["auth/refusal-holds-data"]),
    ("403 with a word, too",    403, &[], r#"{"error":"no","orders":["anna's"]}"#,  &["auth/refusal-holds-data"]),
    ("400 with the answer",     400, &[], r#"{"orders":["anna's"]}"#,               &["auth/refusal-holds-data"]),
    ("a redirect with it",      302, &[("Location", "/login")], r#"{"orders":["anna's"]}"#, &["auth/refusal-holds-data"]),
    ("a redirect",              302, &[("Location", "/login")], "",                 &[]),
    ("the shape of an answer",  401, &[], r#"{"orders":[]}"#,                       &[]),
    ("other data",              401, &[], r#"{"orders":["a sample"]}"#,             &[]),
];

#[test]
fn a_refusal_that_holds_the_data_is_none() {
    for (how, status, fields, body, expected) in REFUSALS {
        let port = http(move |asked| {
            let told = shop(asked);
            if asked.path() != "/orders" || told.status == 200 {
                return told;
            }
            let mut refusal = Told::text(*status, body);
            refusal.fields = told.fields;
            let fields = fields.iter().copied();
            fields.fold(refusal, |told, (name, value)| told.with(name, value))
        });
        let file = orders(port).replace("reject = 401", "reject = [302, 400, 401, 403]");
        let found = audited(&file, &["auth"]);
        assert_eq!(failed(&found), *expected, "{how}");
    }
}

/// A page behind a login, the same page for whoever is not logged in, and a frame that all pages have.
#[test]
fn a_page_is_more_than_its_frame() {
    let frame = |inner: &str| {
        let menu =
            "<a href=/>home</a> <a href=/help>help</a> <a href=/about>about us</a> ".repeat(20);
        format!("<title>Shop</title><nav>{menu}</nav><main>{inner}</main>")
    };
    let account = frame("<h1>Account of Anna Miller</h1><p>Elm Street, pays by card");
    let rows = [
        (account.clone(), true),
        (frame("<h1>Please log in</h1><p>to see your account"), false),
        ("<h1>Moved</h1>".to_owned(), false),
        (String::new(), false),
    ];
    for (refusal, holds) in rows {
        let account = account.clone();
        let port = http(move |asked| {
            let page = |status, body: &str| {
                let mut told = Told::text(status, body);
                told.fields = vec![("Content-Type", "text/html".to_owned())];
                told
            };
            let known = asked.field("cookie") == Some(&format!("sid={TOKEN}"));
            match asked.path() {
                "/" => page(200, "<title>Shop</title>welcome"),
                "/account" if known => page(200, &account),
                "/account" => page(302, &refusal).with("Location", "/login"),
                _ => page(404, "nothing here"),
            }
        });
        let file = format!(
            "[[target]]\nname = \"n\"\nkind = \"web\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             auth = {{ scheme = \"cookie\", cookie = \"sid\", token = {{ env = \"TOKEN\" }}, reject = 302 }}\n\
             protected = [\"GET /account\"]\n"
        );
        let found = audited(&file, &["auth"]);
        let blamed = failed(&found).contains(&"auth/refusal-holds-data");
        assert_eq!(blamed, holds, "{:?}", failed(&found));
    }
}

/// What a gateway does with a request that it dislikes; all of it is shown.
#[test]
fn a_connection_that_is_ended_lets_nobody_in() {
    type Odd = fn(&Asked) -> bool;
    let odd: [(&str, Odd); 4] = [
        ("methods", |asked| {
            matches!(asked.method.as_str(), "TRACE" | "PROPFIND")
        }),
        ("traversal", |asked| {
            asked.target.contains(';') || asked.target.contains("/.")
        }),
        ("bytes", |asked| asked.target.contains('%')),
        ("fields", |asked| asked.field("x-original-url").is_some()),
    ];
    for (what, is_odd) in odd {
        let port = server(move |mut stream| {
            while let Some(asked) = read_request(&mut stream) {
                if is_odd(&asked) || tell(&mut stream, &asked, &shop(&asked)).is_none() {
                    return;
                }
            }
        });
        let found = audited(&orders(port), &["auth"]);
        let open = found.coverage.open_of(Family::Auth);
        let open: Vec<&str> = open.map(|open| open.said.as_str()).collect();
        assert!(
            open.iter().all(|said| said.starts_with("needs")),
            "{what}: {open:?}"
        );
        assert_ne!(
            found.families.of(Family::Auth).grade,
            Letter::NotMeasured,
            "{what}"
        );
    }
}

/// Who checks a user and a password, and how: no more than one wrong one goes out for a user that exists.
#[test]
fn a_name_alone_is_no_credential() {
    type Guard = fn(&str) -> bool;
    const BASIC: &str = "anna:correct-horse-1";
    let rows: [(&str, Guard, &[&str]); 4] = [
        ("both", |sent| sent == BASIC, &[]),
        (
            "the name",
            |sent| sent.starts_with("anna:"),
            &["auth/accepts-garbage"],
        ),
        (
            "any name",
            |sent| sent.contains(':'),
            &["auth/accepts-garbage"],
        ),
        (
            "any field",
            |_| true,
            &["auth/accepts-empty", "auth/accepts-garbage"],
        ),
    ];
    for (what, accepts, expected) in rows {
        let wrong = std::sync::Arc::new(AtomicUsize::new(0));
        let count = std::sync::Arc::clone(&wrong);
        let port = http(move |asked| {
            let sent = asked.field("authorization").unwrap_or_default();
            let sent = sent.strip_prefix("Basic").map(|sent| decoded(sent.trim()));
            let of_anna = sent.as_ref().is_some_and(|sent| sent.starts_with("anna:"));
            if of_anna && sent.as_deref() != Some(BASIC) {
                count.fetch_add(1, Ordering::SeqCst);
            }
            match asked.path() {
                "/" => Told::json(200, &json!({"status": "ok"})),
                "/reports" | "/admin" if sent.as_deref().is_some_and(accepts) => {
                    Told::json(200, &json!({"of": asked.path(), "rows": [1, 2]}))
                }
                "/reports" | "/admin" => Told::json(401, &json!({"detail": "no"}))
                    .with("WWW-Authenticate", "Basic realm=\"x\""),
                _ => Told::json(404, &json!({"detail": "Not Found"})),
            }
        });
        let file = format!(
            "[[target]]\nname = \"n\"\nkind = \"api\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             auth = {{ scheme = \"basic\", token = {{ env = \"BASIC\" }}, reject = 401 }}\n\
             protected = [\"GET /reports\", \"GET /admin\"]\n"
        );
        let evidence = observe(&file, &["auth"], &[], &[("BASIC", BASIC)]);
        let found = report(&evidence).targets.remove(0);
        let blamed: Vec<&str> = failed(&found);
        let blamed: Vec<&str> = blamed
            .into_iter()
            .filter(|id| id.contains("accepts"))
            .collect();
        assert_eq!(blamed, expected, "{what}");
        let mut commands = found
            .findings
            .iter()
            .filter_map(|one| one.reproduce.as_deref());
        let by_name = commands.any(|one| one.contains("-u \"${BASIC%%:*}:seaworthy-wrong"));
        assert_eq!(
            by_name,
            expected.contains(&"auth/accepts-garbage"),
            "{what}"
        );
        assert_eq!(wrong.load(Ordering::SeqCst), 1, "{what}");
        let written = serde_json::to_string(&evidence).unwrap_or_default();
        assert!(!written.contains("correct-horse-1"), "{what}");
    }
}

fn decoded(text: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text);
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}

/// Which answers let in which origins, beside the declared ones everywhere; the second of two
/// endpoints in one directory sets the fields itself.
#[test]
fn every_path_is_read_by_an_attack_origin() {
    type Leak = fn(&Asked, &str) -> bool;
    let rows: [(&str, Leak, bool); 6] = [
        ("none", |_, _| false, false),
        ("reflects", |asked, _| asked.path() == "/bills", true),
        (
            "a suffix",
            |asked, origin| asked.path() == "/bills" && origin.ends_with("example.com"),
            true,
        ),
        (
            "with the credential",
            |asked, _| asked.path() == "/bills" && asked.field("authorization").is_some(),
            true,
        ),
        (
            "reflects, the open one",
            |asked, _| asked.path() == "/news",
            true,
        ),
        (
            "a preflight",
            |asked, _| asked.method == "OPTIONS" && asked.path() == "/bills",
            true,
        ),
    ];
    for (what, leaks, expected) in rows {
        let port = http(move |asked| {
            let known = asked.field("authorization") == Some(&format!("Bearer {TOKEN}"));
            let told = match (asked.method.as_str(), asked.path()) {
                ("OPTIONS", _) => Told::text(204, "")
                    .with("Access-Control-Allow-Methods", "GET, PUT")
                    .with("Access-Control-Allow-Headers", "Authorization"),
                (_, "/" | "/status" | "/news") => Told::json(200, &json!({"path": asked.path()})),
                (_, "/orders" | "/bills") if known => Told::json(200, &json!({"of": asked.path()})),
                (_, "/orders" | "/bills") => Told::json(401, &json!({"detail": "no"})),
                _ => Told::json(404, &json!({"detail": "Not Found"})),
            };
            let told = told.with("Vary", "Origin");
            match asked.field("origin") {
                Some(origin) if origin == "https://app.example.com" || leaks(asked, origin) => told
                    .with("Access-Control-Allow-Origin", origin)
                    .with("Access-Control-Allow-Credentials", "true"),
                _ => told,
            }
        });
        let file = format!(
            "[[target]]\nname = \"n\"\nkind = \"api\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             auth = {{ scheme = \"bearer\", token = {{ env = \"TOKEN\" }}, reject = 401 }}\n\
             cors = {{ origins = [\"https://app.example.com\"], credentials = true, \
             methods = [\"GET\", \"PUT\"], headers = [\"Authorization\"] }}\n\
             protected = [\"GET /orders\", \"GET /bills\", \"PUT /orders\", \"PUT /bills\"]\n\
             endpoint = [\"/status\", \"/news\"]\n"
        );
        let found = audited(&file, &["cors"]);
        let blamed = failed(&found);
        assert_eq!(!blamed.is_empty(), expected, "{what}: {blamed:?}");
    }
}

/// Statuses of an endpoint that pages read, in the order it is asked, whether every question about origins
/// has its answer, and what is found.
#[test]
fn what_is_down_for_everybody_blocks_nobody() {
    type Status = fn(&Asked, usize) -> u16;
    let rows: [(&str, Status, bool, &[&str]); 4] = [
        ("well", |_, _| 200, true, &[]),
        ("down", |_, _| 503, false, &["contract/platform-error"]),
        (
            "down behind a gateway",
            |_, _| 502,
            false,
            &["contract/platform-error"],
        ),
        (
            "fails once for a page",
            |asked, nth| {
                if asked.field("origin").is_some() && nth == 1 {
                    500
                } else {
                    200
                }
            },
            true,
            &["contract/flaky"],
        ),
    ];
    for (what, status, is_well, expected) in rows {
        let count = AtomicUsize::new(0);
        let port = http(move |asked| {
            let status = match asked.path() {
                "/status" if asked.method == "GET" => {
                    let page = asked
                        .field("origin")
                        .filter(|origin| *origin == "https://app.example.com");
                    let nth = page.map(|_| count.fetch_add(1, Ordering::SeqCst) + 1);
                    status(asked, nth.unwrap_or_default())
                }
                "/" | "/status" => 200,
                _ => 404,
            };
            let told = Told::json(status, &json!({"status": status})).with("Vary", "Origin");
            match asked
                .field("origin")
                .filter(|origin| *origin == "https://app.example.com")
            {
                Some(origin) => told.with("Access-Control-Allow-Origin", origin),
                None => told,
            }
        });
        let file = format!(
            "[[target]]\nname = \"n\"\nkind = \"api\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             cors = {{ origins = [\"https://app.example.com\"] }}\nendpoint = [\"/status\"]\n"
        );
        let found = audited(&file, &["cors", "contract"]);
        let (essential, shown) = found.coverage.counts(Family::Cors);
        assert_eq!(essential == shown, is_well, "{what}: {shown}/{essential}");
        assert_ne!(
            found.families.of(Family::Cors).grade,
            Letter::NotMeasured,
            "{what}"
        );
        let blamed = failed(&found);
        assert_eq!(blamed, expected, "{what}");
    }
}
