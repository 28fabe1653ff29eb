//! CORS from end to end: every declared place is read, an error by an error, and each defect has one
//! cause, whatever the order of the target file.

mod embedded;

use std::sync::atomic::{AtomicU32, Ordering};

use embedded::order::{Order, in_every_order};
use embedded::{Asked, Told, http, observe, report};
use seaworthy::grade::Letter;
use seaworthy::model::{Family, Grade};
use seaworthy::report::{Outcome, TargetReport};
use serde_json::json;

const PAGES: [&str; 2] = ["https://reader.example", "https://desk.example"];

/// A library: what it answers, and the one thing that is wrong with it.
fn library(asked: &Asked, defect: &str) -> Told {
    if asked.method == "OPTIONS" {
        return leave(asked, defect);
    }
    let known = asked.field("authorization") == Some("Bearer member-token");
    let told = match (asked.method.as_str(), asked.path()) {
        (_, "/books/breaks") if defect == "breaks for pages" && asked.field("origin").is_some() => {
            Told::text(503, "no")
        }
        ("GET", "/books" | "/books/breaks" | "/catalogue") => {
            Told::json(200, &json!({"books": []}))
        }
        ("GET", "/shelf" | "/loans/7") if known => Told::json(200, &json!({"loans": []})),
        ("GET" | "PUT", "/shelf" | "/loans/7") => {
            Told::json(401, &json!({"detail": "who?"})).with("WWW-Authenticate", "Bearer")
        }
        ("POST", "/scan") => Told::text(413, "too large"),
        ("GET", "/crash") => Told::text(500, "as declared"),
        _ => Told::json(404, &json!({"detail": "nothing here"})),
    };
    let told = if asked.path() == "/catalogue" {
        told.with("X-Total-Count", "0")
    } else {
        told
    };
    let bare = match defect.split_once(" at ") {
        Some(("nothing shared" | "declared error", path)) => path == asked.path(),
        Some(("refusal", path)) => path == asked.path() && told.status == 401,
        Some(("member", path)) => path == asked.path() && told.status == 200,
        Some(("missing", _)) => told.status == 404,
        _ => false,
    };
    if bare {
        told
    } else {
        share(asked, told, defect)
    }
}

fn share(asked: &Asked, told: Told, defect: &str) -> Told {
    let told = told.with("Vary", "Origin");
    let origin = asked.field("origin").unwrap_or_default();
    let reflects = defect.strip_prefix("reflects at ") == Some(asked.path()) && told.status == 200;
    let admitted = PAGES.contains(&origin) || (reflects && !origin.is_empty());
    if !admitted {
        return told;
    }
    let told = told
        .with("Access-Control-Allow-Origin", origin)
        .with("Access-Control-Allow-Credentials", "true");
    if defect == "hidden at /catalogue" {
        return told;
    }
    told.with("Access-Control-Expose-Headers", "X-Total-Count")
}

fn leave(asked: &Asked, defect: &str) -> Told {
    let told = Told::text(204, "")
        .with("Access-Control-Allow-Methods", "GET, POST, PUT")
        .with(
            "Access-Control-Allow-Headers",
            "authorization, content-type",
        )
        .with("Access-Control-Max-Age", "600");
    match defect.strip_prefix("no leave at ") {
        Some(path) if path == asked.path() => Told::text(405, ""),
        _ if defect.strip_prefix("nothing shared at ") == Some(asked.path()) => Told::text(405, ""),
        _ if defect == "star" => told.with("Access-Control-Allow-Origin", "*"),
        _ => share(asked, told, defect),
    }
}

const ENDPOINTS: [&str; 8] = [
    r#"{ get = "/books" }"#,
    r#"{ get = "/shelf", protected = true }"#,
    r#"{ get = "/catalogue", status = 200 }"#,
    r#"{ put = "/shelf", protected = true }"#,
    r#"{ get = "/crash", status = 500 }"#,
    r#"{ get = "/loans/7", protected = true, status = 200 }"#,
    r#"{ post = "/scan", send = "xxxx", mutating = false, status = 413 }"#,
    r#"{ get = "/books/breaks" }"#,
];

/// The file, its lists in this order.
fn file(port: u16, mut order: Order) -> String {
    let endpoints = order.shuffled(&ENDPOINTS);
    let pages = order.shuffled(&PAGES);
    let methods = order.shuffled(&["GET", "POST", "PUT"]);
    let headers = order.shuffled(&["Content-Type", "Authorization"]);
    format!(
        r#"
        [[target]]
        name = "library"
        kind = "api"
        url = "http://127.0.0.1:{port}/"
        auth = {{ scheme = "bearer", token = {{ env = "MEMBER" }} }}
        cors = {{ origins = {pages:?}, credentials = true, methods = {methods:?}, headers = {headers:?}, expose = ["X-Total-Count"] }}
        endpoint = [{}]
        "#,
        endpoints.join(", ")
    )
}

fn audited(text: &str, flags: &[&str]) -> TargetReport {
    let secrets = [("MEMBER", "member-token")];
    report(&observe(text, &["cors"], flags, &secrets))
        .targets
        .remove(0)
}

/// Rules that fail above info, and where.
fn failures(target: &TargetReport) -> Vec<(&'static str, String)> {
    let grave = target
        .failures()
        .filter(|finding| finding.severity > seaworthy::model::Severity::Info);
    let mut found: Vec<(&str, String)> = grave
        .map(|finding| {
            (
                finding.rule.as_str(),
                finding.endpoint.clone().unwrap_or_default(),
            )
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// A defect at one place, and every failure it must bring about.
#[rustfmt::skip]
const DEFECTS: &[(&str, &[(&str, &str)])] = &[
    ("none", &[]),
    ("nothing shared at /books",      &[("cors/answer-unreadable", "GET /books")]),
    ("nothing shared at /catalogue",  &[("cors/answer-unreadable", "GET /catalogue")]),
    ("refusal at /shelf",             &[("cors/error-unreadable", "GET /shelf")]),
    ("refusal at /loans/7",           &[("cors/error-unreadable", "GET /loans/7")]),
    ("member at /shelf",              &[("cors/answer-unreadable", "GET /shelf")]),
    ("member at /loans/7",            &[("cors/answer-unreadable", "GET /loans/7")]),
    ("missing at every path",         &[("cors/error-unreadable", "GET /books/seaworthy-7d1f0c53"), ("cors/error-unreadable", "GET /loans/seaworthy-7d1f0c53"), ("cors/error-unreadable", "GET /seaworthy-7d1f0c53")]),
    ("declared error at /crash",      &[("cors/error-unreadable", "GET /crash")]),
    ("declared error at /scan",       &[("cors/error-unreadable", "POST /scan")]),
    ("no leave at /loans/7",          &[("cors/preflight-not-routed", "GET /loans/7")]),
    ("no leave at /scan",             &[("cors/preflight-not-routed", "POST /scan")]),
    ("hidden at /catalogue",          &[("cors/expose-missing", "GET /catalogue")]),
    ("breaks for pages",              &[("cors/declared-origin-error", "GET /books/breaks")]),
    ("reflects at /loans/7",          &[("cors/reflects-any-origin", "GET /loans/7")]),
    ("reflects at /books/breaks",     &[("cors/reflects-any-origin", "GET /books/breaks")]),
];

#[test]
fn a_defect_at_any_place_is_found_in_any_order() {
    in_every_order(DEFECTS, |&(defect, expected), order| {
        let port = http(move |asked| library(asked, defect));
        let found = failures(&audited(&file(port, order), &[]));
        let expected = expected.iter().map(|(rule, at)| (*rule, (*at).to_owned()));
        let expected: Vec<(&str, String)> = expected.collect();
        (found != expected).then(|| format!("{defect}: {found:?}"))
    });
}

#[test]
fn all_is_shown_of_a_good_service() {
    for turn in 0..3 {
        let port = http(|asked| library(asked, "none"));
        let target = audited(&file(port, Order::of(turn)), &["allow-mutation"]);
        let open: Vec<_> = target.coverage.open_of(Family::Cors).collect();
        assert!(open.is_empty(), "{open:?}");
        let (essential, shown) = target.coverage.counts(Family::Cors);
        assert_eq!(essential, shown);
        assert!(essential > 30, "{essential}");
        assert_eq!(
            target.families.of(Family::Cors).grade,
            Letter::Graded(Grade::APlus)
        );
        let undecided = [Outcome::Unknown, Outcome::NotTested];
        let undecided: Vec<_> = target
            .findings
            .iter()
            .filter(|one| undecided.contains(&one.outcome) && one.family == Family::Cors)
            .collect();
        assert!(undecided.is_empty(), "{undecided:?}");
    }
}

#[test]
fn without_a_secret_or_consent_the_questions_stay_open() {
    let port = http(|asked| library(asked, "none"));
    let text = file(port, Order::of(0)).replace("auth = {", "# auth = {");
    let target = audited(&text, &[]);
    let needs: Vec<_> = target
        .coverage
        .open_of(Family::Cors)
        .map(|open| (open.place.as_str(), open.needs.as_deref()))
        .collect();
    let token = Some("a credential as `token`");
    assert!(needs.contains(&("GET /shelf", token)), "{needs:?}");
    assert!(
        needs.contains(&("PUT /shelf", Some("--allow-mutation"))),
        "{needs:?}"
    );
    assert_eq!(
        target.families.of(Family::Cors).grade,
        Letter::Graded(Grade::A)
    );
}

/// How a layer answers a call that is not allowed: (preflight, request).
#[rustfmt::skip]
const DIALECTS: &[(&str, u16, bool, u16)] = &[
    // Status of the refused preflight, whether it still sends its lists, status of the refused answer.
    ("400 with the lists",      400, true,  200),
    ("400, the answer too",     400, false, 400),
    ("403, the answer too",     403, false, 403),
    ("204 with the lists",      204, true,  200),
    ("200 without any field",   200, false, 200),
    ("204 with Allow alone",    204, false, 200),
    ("throws",                  500, false, 500),
];

/// What is off the list of a layer, and the one rule for it.
#[rustfmt::skip]
const OFF_THE_LIST: &[(&str, &str)] = &[
    ("nothing", ""),
    ("origin",  "cors/origin-refused"),
    ("method",  "cors/preflight-method-missing"),
    ("header",  "cors/preflight-header-missing"),
];

fn layer(asked: &Asked, off: &str, (_, preflight, lists, answer): (&str, u16, bool, u16)) -> Told {
    let origin = asked.field("origin").unwrap_or_default();
    let allowed = origin == PAGES[0] && off != "origin";
    let allow = |told: Told| {
        told.with("Access-Control-Allow-Origin", origin)
            .with("Access-Control-Allow-Credentials", "true")
    };
    let status = |status| Told::json(status, &json!({})).with("Vary", "Origin");
    if asked.method != "OPTIONS" {
        return match (origin, allowed) {
            ("", _) => status(200),
            (_, true) => allow(status(200)),
            (_, false) => status(answer),
        };
    }
    let listed = |told: Told| {
        let methods = if off == "method" { "GET" } else { "GET, PUT" };
        let headers = if off == "header" {
            "x-one"
        } else {
            "x-one, x-two"
        };
        told.with("Access-Control-Allow-Methods", methods)
            .with("Access-Control-Allow-Headers", headers)
    };
    let wanted = asked
        .field("access-control-request-headers")
        .unwrap_or_default();
    let method = asked
        .field("access-control-request-method")
        .unwrap_or_default();
    let refused = (off == "method" && method == "PUT")
        || (off == "header" && wanted.contains("x-two"))
        || wanted.contains("x-seaworthy")
        || !["GET", "PUT"].contains(&method);
    match (allowed && !refused, allowed && lists) {
        (true, _) => allow(listed(status(204))).with("Access-Control-Max-Age", "60"),
        (false, true) => allow(listed(status(preflight))).with("Access-Control-Max-Age", "60"),
        (false, false) if lists => listed(status(preflight)).with("Access-Control-Max-Age", "60"),
        (false, false) => status(preflight).with("Allow", "GET, PUT"),
    }
}

#[test]
fn one_cause_one_finding() {
    let tested = DIALECTS
        .iter()
        .flat_map(|dialect| OFF_THE_LIST.iter().map(move |row| (*dialect, *row)));
    let threads: Vec<_> = tested
        .map(|(dialect, (off, rule))| {
            std::thread::spawn(move || {
                let port = http(move |asked| layer(asked, off, dialect));
                let page = PAGES[0];
                let target = audited(&format!(
                    r#"
                    [[target]]
                    name = "layer"
                    url = "http://127.0.0.1:{port}/"
                    cors = {{ origins = ["{page}"], credentials = true, methods = ["GET", "PUT"], headers = ["X-One", "X-Two"] }}
                    endpoint = ["/things", {{ put = "/things/1" }}]
                    "#
                ), &[]);
                let mut found: Vec<&str> = failures(&target).into_iter().map(|(rule, _)| rule).collect();
                found.dedup();
                // A layer that throws does so for origins nobody declared, too.
                found.retain(|found| *found != "cors/foreign-origin-error" || dialect.1 != 500);
                let expected: Vec<&str> = [rule].into_iter().filter(|rule| !rule.is_empty()).collect();
                assert_eq!(found, expected, "{dialect:?}, {off}");
            })
        })
        .collect();
    for thread in threads {
        assert!(thread.join().is_ok(), "see above");
    }
}

/// CORS on `/api` only; what is declared beside the contract, the rules that fail, and whether all was
/// shown.
#[rustfmt::skip]
const ON_A_PREFIX: &[(&str, &[&str], bool)] = &[
    (r#"protected = ["GET /api/shelf"]"#,                          &[], true),
    (r#"endpoint = ["/api/books"]"#,                               &[], true),
    (r#"endpoint = ["/", "/api/books"]"#,                          &[], false),
    (r#"endpoint = ["/api/books", "/"]"#,                          &[], false),
    (r#"endpoint = [{ get = "/", cors = false }, "/api/books"]"#,  &[], true),
    (r#"endpoint = ["/api/books", "/metrics"]"#,                   &["cors/answer-unreadable"], true),
    (r#"endpoint = ["/metrics", "/api/books"]"#,                   &["cors/answer-unreadable"], true),
    (r#"endpoint = ["/api/books", { get = "/metrics", cors = false }]"#, &[], true),
    ("probe",                                                      &[], true),
];

#[test]
fn cors_on_a_prefix_is_read_where_it_is_promised() {
    for (declared, expected, all) in ON_A_PREFIX {
        let port = http(|asked| {
            let told = match asked.path() {
                "/" => Told::text(200, "a page"),
                "/metrics" => Told::text(200, "books 7"),
                "/api/books" => Told::json(200, &json!([])),
                "/api/shelf" if asked.field("authorization") == Some("Bearer member-token") => {
                    Told::json(200, &json!([]))
                }
                "/api/shelf" => Told::json(401, &json!({})),
                _ => Told::json(404, &json!({})),
            };
            if asked.path().starts_with("/api/") {
                share(asked, told, "none")
            } else {
                told
            }
        });
        let (probe, declared) = match *declared {
            "probe" => (r#", probe = ["GET /api/books"]"#, ""),
            declared => ("", declared),
        };
        let target = audited(
            &format!(
                r#"
                [[target]]
                name = "prefix"
                url = "http://127.0.0.1:{port}/"
                auth = {{ scheme = "bearer", token = {{ env = "MEMBER" }} }}
                cors = {{ origins = {PAGES:?}, credentials = true{probe} }}
                {declared}
                "#
            ),
            &[],
        );
        let found: Vec<&str> = failures(&target)
            .into_iter()
            .map(|(rule, _)| rule)
            .collect();
        assert_eq!(found, *expected, "{declared}{probe}");
        let open: Vec<_> = target.coverage.open_of(Family::Cors).collect();
        assert_eq!(open.is_empty(), *all, "{declared}{probe}: {open:?}");
    }
}

#[test]
fn a_429_must_be_readable_too() {
    for readable in [true, false] {
        let count = AtomicU32::new(0);
        let port = http(move |asked| {
            let told = Told::json(200, &json!({}));
            if asked.path() != "/limited" || asked.method == "OPTIONS" {
                return share(asked, told, "none");
            }
            if count.fetch_add(1, Ordering::SeqCst) < 60 {
                return share(asked, told, "none");
            }
            let told = Told::json(429, &json!({})).with("Retry-After", "60");
            if readable {
                share(asked, told, "none")
            } else {
                told
            }
        });
        let page = PAGES[0];
        let text = format!(
            r#"
            [[target]]
            name = "limited"
            url = "http://127.0.0.1:{port}/"
            cors = {{ origins = ["{page}"] }}
            endpoint = ["/limited"]
            rate = [{{ get = "/limited", limit = "60/2s" }}]
            "#
        );
        let evidence = observe(&text, &["cors", "contract"], &["burst"], &[]);
        let found = failures(&report(&evidence).targets[0]);
        let unreadable = found
            .iter()
            .any(|(rule, _)| *rule == "cors/error-unreadable");
        assert_eq!(unreadable, !readable, "{found:?}");
    }
}

#[test]
fn a_bare_url_has_been_tried() {
    let grades = [("clean", Grade::APlus), ("reflects", Grade::F)].map(|(kind, grade)| {
        let port = http(move |asked| {
            let told = Told::text(200, "hello");
            match asked.field("origin") {
                Some(origin) if kind == "reflects" => told
                    .with("Access-Control-Allow-Origin", origin)
                    .with("Access-Control-Allow-Credentials", "true"),
                _ => told,
            }
        });
        let text = format!("[[target]]\nurl = \"http://127.0.0.1:{port}/\"");
        (audited(&text, &[]).families.of(Family::Cors).grade, grade)
    });
    for (found, expected) in grades {
        assert_eq!(found, Letter::Graded(expected));
    }
}
