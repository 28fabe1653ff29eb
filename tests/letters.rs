//! No letter says more than was shown: services with a defect where an auditor looks last, and what
//! the letter says of them.

mod embedded;

use std::io::Write as _;

use embedded::{Asked, Told, failed, observe, read_request, report, rules, server, tell};
use flate2::Compression;
use flate2::write::GzEncoder;
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
