//! What a target's URL answers, case by case.

use super::{Gate, Landing, of_the_service, read};
use crate::evidence::{
    Cause, Evidence, Exchange, Failure, Handshake, Observation, Stage, TlsEvidence, sample,
};
use crate::model::{Ask, Endpoint, Method, Millis, Question, StatusSet};

const HTML: (&str, &str) = ("Content-Type", "text/html");

fn answer(question: Question, at: &str, status: u16, location: &str, body: &str) -> Exchange {
    let fields = match location {
        "" => vec![HTML],
        to => vec![HTML, ("Location", to)],
    };
    let mut exchange = sample::exchange(question, "GET /", status, &fields, body);
    exchange.request.url = at.parse().unwrap();
    exchange
}

fn page(status: u16, location: &str, body: &str) -> Exchange {
    let at = format!("{}/", sample::ORIGIN);
    answer(Ask::Page.of_target(), &at, status, location, body)
}

fn failure(stage: Stage, cause: Cause, detail: &str) -> Observation<crate::evidence::Response> {
    Observation::Failed(Failure {
        stage,
        cause,
        detail: detail.to_owned(),
        after: Millis(1),
    })
}

fn told(exchanges: Vec<Exchange>) -> String {
    let landing = read(&sample::evidence(sample::target(), exchanges)).expect("a page");
    landing
        .gate
        .map_or_else(String::new, |gate| gate.to_string())
}

/// The alert that ended the page's exchange, whether the server had asked for a certificate, and what
/// stands there.
const ALERTS: &[(u8, bool, &str)] = &[
    (116, false, "a client certificate is needed"), // certificate_required, behind the handshake
    (116, true, "a client certificate is needed"),
    (40, true, "a client certificate is needed"), // handshake_failure: OpenSSL, GnuTLS at TLS 1.2
    (40, false, ""),
    (42, true, "a client certificate is needed"), // bad_certificate: JSSE, Go
    (42, false, ""),
    (80, true, ""), // internal_error: for another reason
];

#[test]
fn an_alert_for_want_of_a_certificate_is_told_from_others() {
    for (description, asked, expected) in ALERTS {
        let mut page = page(200, "", "");
        page.response = failure(Stage::Handshake, Cause::Alert(*description), "");
        let mut evidence = sample::evidence(sample::target(), vec![page]);
        evidence.tls = Observation::Seen(TlsEvidence {
            handshake: Observation::Seen(Handshake {
                client_certificate: *asked,
                ..Handshake::default()
            }),
            ..TlsEvidence::unasked(None)
        });
        let gate = read(&evidence).expect("a page").gate;
        let found = gate.map_or_else(String::new, |gate| gate.to_string());
        assert_eq!(found, *expected, "alert {description}, asked: {asked}");
    }
}

/// Status, `Location` and body of the page, and what stands there; nothing for the service itself.
#[rustfmt::skip]
const PAGES: &[(u16, &str, &str, &str)] = &[
    (200, "", "<title>Shop</title>",              ""),
    (204, "", "",                                 ""),
    (401, "", "",                                 "401: somebody is to log in first"),
    (403, "", "<title>403 Forbidden</title>",     "403: somebody is to log in first"),
    (407, "", "",                                 "407: somebody is to log in first"),
    (404, "", "Not Found",                        "404: an error page"),
    (500, "", "oops",                             "500: an error page"),
    (503, "", "<title>Maintenance</title>",       "a maintenance page"),
    (200, "", "<title>Shop is down for maintenance</title>", "a maintenance page"),
    (403, "", "<title>Just a moment...</title>",  "a challenge for robots"),
    (200, "", "<title>Just a moment...</title>",  "a challenge for robots"),
    (200, "", "<title>Welcome to nginx!</title>", "the welcome page of nginx"),
    (101, "", "",                                 "101, which was not asked for"),
    (206, "", "",                                 "206, which was not asked for"),
    (226, "", "",                                 "226, which was not asked for"),
    (304, "", "",                                 "304, which was not asked for"),
    (400, "", "<center>No required SSL certificate was sent</center>", "a client certificate is needed"),
    (302, "", "",                                 "a redirect to \"\", which is no web address"),
    (302, "file:///etc/passwd", "",               "a redirect to \"file:///etc/passwd\", which is no web address"),
    (302, "javascript:alert(1)", "",              "a redirect to \"javascript:alert(1)\", which is no web address"),
    (302, "http://api.example.com/", "",          "a redirect from TLS to http://api.example.com/, which is not followed"),
    (301, "https://api.example.com/", "",         "redirects without an end, at https://api.example.com/"),
    (302, "https://id.example.net/login", "",     "a redirect to another host, https://id.example.net/login"),
];

#[test]
fn a_page_is_the_service_or_stands_in_its_place() {
    for (status, location, body, expected) in PAGES {
        let found = told(vec![page(*status, location, body)]);
        assert_eq!(found, *expected, "{status} {location} {body}");
    }
}

fn hop(nth: u8, at: &str, status: u16, location: &str) -> Exchange {
    answer(Ask::Hop(nth).of_target(), at, status, location, "")
}

#[test]
fn the_end_of_the_way_counts() {
    let (a, b) = ("https://api.example.com/a", "https://api.example.com/b");
    assert_eq!(told(vec![page(302, a, ""), hop(1, a, 200, "")]), "");
    let login = told(vec![page(302, a, ""), hop(1, a, 403, "")]);
    assert_eq!(login, "403: somebody is to log in first");
    let circle = vec![page(302, a, ""), hop(1, a, 302, b), hop(2, b, 302, a)];
    assert_eq!(told(circle), format!("redirects without an end, at {a}"));
    let mut closed = hop(1, "https://api.example.com:81/", 200, "");
    closed.response = failure(Stage::Connect, Cause::Refused, "");
    assert_eq!(
        told(vec![page(302, "https://api.example.com:81/", ""), closed]),
        "a redirect to https://api.example.com:81/, where connect: refused after 1 ms"
    );
    let sign_on = "https://sso.example.net/";
    assert_eq!(
        told(vec![page(302, sign_on, ""), hop(1, sign_on, 200, "")]),
        format!("a redirect to another host, {sign_on}")
    );
}

/// A browser sends cookies back and may get in: then nobody can say that none does.
#[test]
fn redirects_without_an_end_keep_everybody_out_unless_they_set_cookies() {
    for (name, out) in [("X-Other", true), ("Set-Cookie", false)] {
        let fields = [("Location", "/"), (name, "seen=1")];
        let page = sample::exchange(Ask::Page.of_target(), "GET /", 302, &fields, "");
        let landing = read(&sample::evidence(sample::target(), vec![page])).unwrap();
        assert_eq!(landing.gate.unwrap().keeps_everybody_out(), out, "{name}");
    }
    let step = |nth: u8| format!("https://api.example.com/{nth}");
    let mut chain = vec![page(302, &step(1), "")];
    chain.extend((1..=20).map(|nth| hop(nth, &step(nth), 302, &step(nth + 1))));
    let landing = read(&sample::evidence(sample::target(), chain.clone())).unwrap();
    assert!(landing.gate.unwrap().keeps_everybody_out());
    chain.truncate(20);
    let landing = read(&sample::evidence(sample::target(), chain)).unwrap();
    assert_eq!(landing.gate, None, "a browser follows that many");
}

/// The target's URL, its page (no status: it failed), whether the other scheme answers.
#[test]
fn the_scheme_may_be_the_wrong_one() {
    #[rustfmt::skip]
    let rows = [
        ("http://api.example.com:8443/", Some("<center>The plain HTTP request was sent to HTTPS port</center>"), false, Some(Gate::SpeaksTls)),
        ("http://api.example.com:8443/", Some("Client sent an HTTP request to an HTTPS server."), false, Some(Gate::SpeaksTls)),
        ("http://api.example.com:8443/", Some("no"), true,  Some(Gate::SpeaksTls)),
        ("http://api.example.com:8443/", None,       true,  Some(Gate::SpeaksTls)),
        ("http://api.example.com:8443/", None,       false, None),
        ("http://api.example.com:8443/", Some("no"), false, Some(Gate::Error(400))),
        ("https://api.example.com:8080/", None,      true,  Some(Gate::SpeaksPlainHttp)),
        ("https://api.example.com:8080/", None,      false, None),
    ];
    for (url, body, other, expected) in rows {
        let mut page = answer(
            Ask::Page.of_target(),
            url,
            400,
            "",
            body.unwrap_or_default(),
        );
        if body.is_none() {
            page.response = failure(Stage::Head, Cause::Closed, "");
        }
        let mut twin = answer(Ask::OtherScheme.of_target(), url, 200, "", "");
        if !other {
            twin.response = failure(Stage::Handshake, Cause::Closed, "");
        }
        let mut target = sample::target();
        target.url = url.parse().unwrap();
        let landing = read(&sample::evidence(target, vec![page, twin])).unwrap();
        assert_eq!(landing.gate, expected, "{url} {body:?} {other}");
    }
}

fn declaring(endpoints: Vec<Endpoint>, exchanges: Vec<Exchange>) -> Evidence {
    let mut target = sample::target();
    target.endpoints = endpoints;
    sample::evidence(target, exchanges)
}

fn endpoint(path: &str, status: &str) -> Endpoint {
    Endpoint {
        status: Some(StatusSet::of(&[status])),
        ..Endpoint::new(Method::get(), path)
    }
}

fn landing(evidence: &Evidence) -> Landing {
    read(evidence).expect("a page")
}

#[test]
fn what_is_declared_is_what_was_meant() {
    let evidence = declaring(vec![endpoint("/", "404")], vec![page(404, "", "")]);
    assert_eq!(landing(&evidence).gate, None);
    let evidence = declaring(vec![endpoint("/other", "404")], vec![page(404, "", "")]);
    assert_eq!(landing(&evidence).gate, Some(Gate::Error(404)));
    let mut protected = Endpoint::new(Method::get(), "/");
    protected.protected = true;
    let evidence = declaring(vec![protected], vec![page(401, "", "")]);
    assert_eq!(landing(&evidence).gate, None);
}

#[test]
fn a_declared_endpoint_answers_for_the_service() {
    let health = |status| {
        let question = Ask::Declared.of_endpoint(0);
        sample::exchange(question, "GET /health", status, &[], "")
    };
    for (status, expected) in [(200, Some("/health")), (500, None)] {
        let exchanges = vec![page(404, "", ""), health(status)];
        let evidence = declaring(vec![endpoint("/health", "200")], exchanges);
        let judged = of_the_service(&evidence, &landing(&evidence));
        let judged = judged.map(|judged| {
            let mut pages = crate::facts::exchanges(&judged, Ask::Page.of_target());
            pages
                .next()
                .map(|(_, page)| page.request.url.target.clone())
        });
        assert_eq!(judged.flatten().as_deref(), expected, "{status}");
    }
}
