//! What the target's URL answers, when it is not the service that was meant: one cause, and no letter
//! that the service has not earned.

mod embedded;

use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

use embedded::{Asked, Told, failed, http, observe, read_request, report, rules, server, tell};
use seaworthy::facts::contract::Standing;
use seaworthy::grade::Letter;
use seaworthy::model::Family;
use seaworthy::report::{Outcome, TargetReport};

/// A page with all that a page should have: what is wrong is only that it is not the service's.
fn well_kept(status: u16, title: &str) -> Told {
    let mut told = Told::text(status, &format!("<!doctype html><title>{title}</title>"));
    told.fields = vec![("Content-Type", "text/html; charset=utf-8".to_owned())];
    [
        ("X-Content-Type-Options", "nosniff"),
        (
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=()"),
        ("Cache-Control", "no-store"),
    ]
    .into_iter()
    .fold(told, |told, (name, value)| told.with(name, value))
}

fn audited(port: u16, scheme: &str, declared: &str) -> TargetReport {
    let file = format!(
        "[[target]]\nname = \"site\"\nkind = \"web\"\ntimeout = \"3s\"\nurl = \"{scheme}://127.0.0.1:{port}/\"\n{declared}"
    );
    let evidence = observe(&file, &["headers", "contract"], &[], &[]);
    report(&evidence).targets.remove(0)
}

fn said(target: &TargetReport) -> String {
    let unknown = target
        .unknowns()
        .map(|finding| finding.observed.raw().to_owned());
    unknown.collect::<Vec<_>>().join("; ")
}

/// What the URL answers, and the words that name it.
#[rustfmt::skip]
const GATES: &[(u16, &str, &str, &str)] = &[
    (401, "Unauthorized",         "",                        "somebody is to log in first"),
    (403, "403 Forbidden",        "",                        "somebody is to log in first"),
    (404, "Not Found",            "",                        "an error page"),
    (200, "Down for maintenance", "",                        "a maintenance page"),
    (200, "Welcome to nginx!",    "",                        "the welcome page of nginx"),
    (403, "Just a moment...",     "",                        "a challenge for robots"),
    (304, "",                     "",                        "which was not asked for"),
    (302, "",                     "javascript:alert(1)",     "which is no web address"),
    (302, "",                     "http://127.0.0.2:1/",     "a redirect to"),
    (302, "",                     "http://127.0.0.1:1/",     "refused"),
];

#[test]
fn what_stands_in_front_is_named_and_not_graded() {
    for (status, title, location, words) in GATES {
        let port = http(|_: &Asked| {
            let told = well_kept(*status, title);
            if location.is_empty() {
                told
            } else {
                told.with("Location", location)
            }
        });
        let target = audited(port, "http", "");
        assert_eq!(
            target.grade,
            Letter::NotMeasured,
            "{status} {title} {location}"
        );
        assert_eq!(
            failed(&target),
            Vec::<&str>::new(),
            "{status} {title} {location}"
        );
        let said = said(&target);
        assert!(said.contains(words), "{status} {title} {location}: {said}");
        assert_eq!(
            rules(&target, Outcome::Unknown).len(),
            1,
            "one cause: {said}"
        );
    }
}

/// Whoever answers so in place of a service, nobody is served.
#[test]
fn an_outage_is_one_finding_and_nothing_is_graded() {
    for (status, title) in [(502, "502 Bad Gateway"), (503, "Be right back"), (504, "")] {
        let port = http(move |_: &Asked| well_kept(status, title));
        let target = audited(port, "http", "endpoint = [\"/health\", \"/version\"]\n");
        let told = (failed(&target), rules(&target, Outcome::Unknown));
        assert_eq!(
            told,
            (vec!["contract/no-application"], Vec::new()),
            "{status}"
        );
        assert_eq!(target.grade, Letter::NotMeasured, "{status}");
        let rows = target.claims.iter().map(|row| row.standing);
        assert!(
            rows.eq([Standing::NotMet; 2]),
            "{status}: {:?}",
            target.claims
        );
    }
}

#[test]
fn what_is_declared_is_graded() {
    for (status, title) in [(401, "Log in"), (404, "Nothing here"), (503, "Closed")] {
        let port = http(move |_: &Asked| well_kept(status, title));
        let declared = format!("endpoint = [{{ get = \"/\", status = {status} }}]\n");
        let target = audited(port, "http", &declared);
        assert!(
            matches!(target.families.of(Family::Headers).grade, Letter::Graded(_)),
            "{status}: {}",
            said(&target)
        );
    }
}

#[test]
fn an_api_without_a_root_is_graded_by_its_endpoints() {
    let port = http(|asked: &Asked| match asked.path() {
        "/health" => well_kept(200, "ok"),
        "/" if asked.method == "GET" => well_kept(404, "Not Found").with("Set-Cookie", "session=1"),
        _ => well_kept(404, "Not Found"),
    });
    let target = audited(
        port,
        "http",
        "endpoint = [{ get = \"/health\", status = 200 }]\n",
    );
    assert_eq!(failed(&target), Vec::<&str>::new());
    assert!(matches!(
        target.families.of(Family::Headers).grade,
        Letter::Graded(_)
    ));
}

/// Where `/` and `/in` lead, whether a cookie is set, and the finding.
#[rustfmt::skip]
const CIRCLES: &[(&str, &str, bool, &[&str])] = &[
    ("/",   "/",    false, &["headers/redirect-loop"]),
    ("/in", "/",    false, &["headers/redirect-loop"]),
    ("/in", "/in?", false, &["headers/redirect-loop"]),
    ("/in", "more", false, &["headers/redirect-loop"]), // one after the other, without an end
    ("/in", "/",    true,  &[]),                        // a browser may get in
];

#[test]
fn redirects_without_an_end_are_a_finding() {
    for (first, second, cookie, expected) in CIRCLES {
        let count = AtomicUsize::new(0);
        let port = http(move |asked: &Asked| {
            let nth = count.fetch_add(1, Ordering::SeqCst);
            let to = match asked.target.as_str() {
                "/" => (*first).to_owned(),
                _ if *second == "more" => format!("/in?{nth}"),
                _ => (*second).to_owned(),
            };
            let told = Told::text(302, "").with("Location", &to);
            if *cookie {
                told.with("Set-Cookie", "seen=1; HttpOnly; SameSite=Lax")
            } else {
                told
            }
        });
        let target = audited(port, "http", "");
        assert_eq!(failed(&target), *expected, "{first} {second} {cookie}");
        assert_eq!(
            target.grade,
            Letter::NotMeasured,
            "{first} {second} {cookie}"
        );
    }
}

/// How a port that speaks TLS, or none, ends a conversation in the other protocol.
#[test]
fn the_wrong_scheme_is_the_one_cause() {
    let says = |body: &'static str| http(move |_: &Asked| Told::text(400, body));
    let words = says("<html><center>The plain HTTP request was sent to HTTPS port</center></html>");
    let go = says("Client sent an HTTP request to an HTTPS server.\n");
    for port in [words, go] {
        let target = audited(port, "http", "endpoint = [\"/a\", \"/b\"]\n");
        let said = said(&target);
        assert!(
            said.starts_with("this port speaks TLS: write https://"),
            "{said}"
        );
        assert_eq!(rules(&target, Outcome::Unknown).len(), 1, "{said}");
        assert_eq!(failed(&target), Vec::<&str>::new());
    }
    let plain = http(|_: &Asked| Told::text(200, "hello"));
    let target = audited(plain, "https", "endpoint = [\"/a\"]\n");
    let said = said(&target);
    assert!(
        said.starts_with("this port speaks plain HTTP: write http://"),
        "{said}"
    );
    assert_eq!(failed(&target), Vec::<&str>::new());
}

/// The first connections end before an answer: so many of them, and the finding.
#[test]
fn a_reset_of_the_first_connection_is_tried_again_and_reported() {
    for (resets, expected) in [(0, vec![]), (1, vec!["headers/connection-reset"])] {
        let count = AtomicUsize::new(0);
        let port = server(move |mut stream: TcpStream| {
            // A request that is left unread when its socket is closed resets the connection.
            let arrived = stream.peek(&mut [0]).is_ok_and(|bytes| bytes > 0);
            if !arrived || count.fetch_add(1, Ordering::SeqCst) < resets {
                return;
            }
            while let Some(asked) = read_request(&mut stream) {
                if tell(&mut stream, &asked, &well_kept(200, "Shop")).is_none() {
                    return;
                }
            }
        });
        let target = audited(port, "http", "");
        let all = rules(&target, Outcome::Fail);
        let told: Vec<&str> = all
            .into_iter()
            .filter(|id| id.ends_with("-reset"))
            .collect();
        assert_eq!(told, expected, "{resets}");
        assert!(
            matches!(target.grade, Letter::Graded(_)),
            "{}",
            said(&target)
        );
    }
}
