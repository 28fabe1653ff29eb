//! A server's answers, then every rule that fails on them.

mod faults;

use crate::evidence::{Exchange, OriginSent, sample};
use crate::facts::State;
use crate::facts::cors::{CorsFacts, read};
use crate::model::{Ask, CorsContract, CorsExpectation, Endpoint, Method};
use crate::rules::{Check, Verdict};

const A: &str = "https://app.example.com";
const B: &str = "https://b.example.com";

/// `METHOD /path`, or `? METHOD /path` for the preflight of that; the class of the origin (`-` for
/// none) and the origin; the status; the fields, where `O` stands for the origin.
type Seen = (
    &'static str,
    &'static str,
    &'static str,
    u16,
    &'static [(&'static str, &'static str)],
);

const ACAO: &str = "Access-Control-Allow-Origin";
const ACAC: &str = "Access-Control-Allow-Credentials";
const ACAM: &str = "Access-Control-Allow-Methods";
const ACAH: &str = "Access-Control-Allow-Headers";

const ALLOWED: &[(&str, &str)] = &[(ACAO, "O"), (ACAC, "true"), ("Vary", "Origin")];
const REFUSED: &[(&str, &str)] = &[(ACAC, "true"), ("Vary", "Origin")];
const LEAVE: &[(&str, &str)] = &[
    (ACAO, "O"),
    (ACAC, "true"),
    (ACAM, "GET, PUT"),
    (ACAH, "authorization, content-type"),
    ("Access-Control-Max-Age", "600"),
];

fn contract() -> CorsContract {
    CorsContract {
        expectation: CorsExpectation::AllowList,
        origins: vec![A.to_owned(), B.to_owned()],
        denied: Vec::new(),
        credentials: true,
        methods: vec![Method::get(), Method::of("PUT")],
        headers: vec!["Authorization".to_owned(), "Content-Type".to_owned()],
        expose: Vec::new(),
        preflight_status: None,
        probe: vec![(Method::of("PUT"), "/me".to_owned())],
    }
}

fn exchange((what, class, origin, status, fields): &Seen) -> Exchange {
    let place = what.trim_start_matches("? ");
    let (method, path) = place.split_once(' ').unwrap();
    let role = if *what == place {
        Ask::Read.of_endpoint(usize::from(path == "/me"))
    } else {
        let headers = contract().headers;
        let method = Method::of(method);
        Ask::Preflight { method, headers }.of_endpoint(0)
    };
    let from =
        (!matches!(*class, "declared" | "denied" | "null" | "reflection")).then(|| A.to_owned());
    let origin = (*class != "-").then(|| OriginSent {
        value: (*origin).to_owned(),
        class: sample::origin_class(class),
        from,
    });
    let own = origin
        .as_ref()
        .map_or("", |sent| sent.value.as_str())
        .to_owned();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, if *value == "O" { own.as_str() } else { value }))
        .collect();
    let line = if *what == place {
        place.to_owned()
    } else {
        format!("OPTIONS {path}")
    };
    Exchange {
        origin,
        ..sample::exchange(role, &line, *status, &fields, "")
    }
}

fn facts(contract: Option<CorsContract>, seen: &[Seen]) -> CorsFacts {
    let mut target = sample::target();
    target.cors = contract;
    target.endpoints = ["/x", "/me"]
        .map(|path| Endpoint::new(Method::get(), path))
        .to_vec();
    let evidence = sample::evidence(target, seen.iter().map(exchange).collect());
    match read(&evidence) {
        State::Known(facts) => facts,
        State::Unseen(_) | State::NotConfigured(_) => CorsFacts::default(),
    }
}

fn failing(facts: &CorsFacts) -> Vec<&'static str> {
    super::RULES
        .iter()
        .flat_map(|rules| rules.iter())
        .filter(|rule| matches!(rule.check, Check::Cors(check) if matches!(check(facts), Verdict::Fail(_))))
        .map(|rule| rule.id.as_str())
        .collect()
}

/// Answers to put in the place of good ones (or to add), and the rules that fail then.
type Case = (&'static [(usize, Seen)], &'static [&'static str]);

/// What a good server answers; a case replaces its `n`th answer, or adds one.
const GOOD: [Seen; 8] = [
    ("? PUT /me", "declared", A, 204, LEAVE),
    ("? PUT /me", "declared", B, 204, LEAVE),
    ("GET /x", "declared", A, 200, ALLOWED),
    ("GET /x", "declared", B, 200, ALLOWED),
    ("GET /x", "reflection", "https://sw1.example", 200, REFUSED),
    ("GET /x", "-", "", 200, REFUSED),
    ("GET /me", "declared", A, 401, ALLOWED),
    (
        "? PUT /me",
        "reflection",
        "https://sw1.example",
        400,
        &[(ACAM, "GET, PUT")],
    ),
];

/// To a preflight for PATCH.
const NO_PATCH: &[(&str, &str)] = &[
    (ACAO, "O"),
    (ACAC, "true"),
    (ACAM, "PUT"),
    (ACAH, "authorization,content-type"),
    ("Access-Control-Max-Age", "1"),
];

const H: &str = "https://app.example.com.sw1-app.example.com.sw1.app.example.com";

#[rustfmt::skip]
const CASES: &[Case] = &[
    (&[], &[]),
    // Strangers.
    (&[(4, ("GET /x", "reflection", "https://sw1.example", 200, ALLOWED))], &["cors/reflects-any-origin"]),
    (&[(4, ("GET /x", "reflection", "https://sw1.example", 200, ALLOWED)), (99, ("GET /x", "null", "null", 200, ALLOWED)), (99, ("GET /x", "dot", "https://appxexample.com", 200, ALLOWED))], &["cors/reflects-any-origin"]),
    (&[(4, ("GET /x", "reflection", "https://sw1.example", 200, &[(ACAO, "O"), ("Vary", "Origin")]))], &["cors/open-without-credentials"]),
    (&[(99, ("GET /x", "null", "null", 200, ALLOWED))], &["cors/allows-null"]),
    (&[(99, ("GET /x", "prefix", "https://app.example.com.sw1.example", 200, ALLOWED)), (99, ("GET /x", "underscore", "https://app.example.com_.sw1.example", 200, ALLOWED))], &["cors/allows-prefix"]),
    (&[(99, ("GET /x", "composite", H, 200, ALLOWED)), (99, ("GET /x", "suffix", "https://sw1app.example.com", 200, ALLOWED)), (99, ("GET /x", "subdomain", "https://sw1.app.example.com", 200, ALLOWED))], &["cors/allows-suffix"]),
    (&[(99, ("GET /x", "substring", "https://sw1-app.example.com.sw1.example", 200, ALLOWED)), (99, ("GET /x", "suffix", "https://sw1app.example.com", 200, ALLOWED)), (99, ("GET /x", "prefix", "https://app.example.com.sw1.example", 200, ALLOWED))], &["cors/allows-substring"]),
    (&[(99, ("GET /x", "dot", "https://appxexample.com", 200, ALLOWED))], &["cors/allows-unescaped-dot"]),
    (&[(99, ("GET /x", "suffix", "https://sw1b.example.com", 200, ALLOWED)), (99, ("GET /x", "dot", "https://appxb.example.com", 200, ALLOWED))], &["cors/allows-suffix"]), // a dot replaced in another origin
    (&[(99, ("GET /x", "sibling", "https://sw1.pages.dev", 200, ALLOWED))], &["cors/allows-shared-suffix"]),
    (&[(99, ("GET /x", "plaintext", "http://app.example.com", 200, ALLOWED))], &["cors/allows-plain-http"]),
    (&[(99, ("GET /x", "subdomain", "https://sw1.app.example.com", 200, ALLOWED))], &["cors/allows-subdomain"]),
    (&[(99, ("GET /x", "composite", H, 200, ALLOWED)), (99, ("GET /x", "substring", "https://sw1-app.example.com.sw1.example", 200, REFUSED))], &["cors/allows-subdomain"]),
    (&[(99, ("GET /x", "composite", H, 200, ALLOWED))], &["cors/allows-lookalike"]),
    (&[(99, ("GET /x", "port", "http://localhost:30001", 200, ALLOWED))], &["cors/allows-any-port"]),
    (&[(99, ("GET /x", "denied", "https://old.example.com", 200, ALLOWED))], &["cors/denied-origin-allowed"]),
    (&[(4, ("GET /x", "reflection", "https://sw1.example", 500, REFUSED))], &["cors/foreign-origin-error"]),
    (&[(4, ("GET /x", "reflection", "https://sw1.example", 403, REFUSED))], &[]),
    // The declared ones.
    (&[(3, ("GET /x", "declared", B, 200, REFUSED)), (1, ("? PUT /me", "declared", B, 204, &[(ACAM, "PUT"), (ACAH, "authorization,content-type")]))], &["cors/origin-refused"]),
    (&[(3, ("GET /x", "declared", B, 200, REFUSED)), (1, ("? PUT /me", "declared", B, 400, &[]))], &["cors/origin-refused"]), // as Starlette does
    (&[(1, ("? PUT /me", "declared", B, 400, &[]))], &["cors/preflight-origin-refused"]), // the other is allowed
    (&[(3, ("GET /x", "declared", B, 200, REFUSED))], &["cors/answer-unreadable"]),
    (&[(6, ("GET /me", "declared", A, 401, REFUSED))], &["cors/error-unreadable"]),
    (&[(2, ("GET /x", "declared", A, 200, &[(ACAO, "O"), (ACAO, "O"), (ACAC, "true"), ("Vary", "Origin")]))], &["cors/allow-origin-doubled"]),
    (&[(2, ("GET /x", "declared", A, 200, &[(ACAO, "https://app.example.com, https://b.example.com"), (ACAC, "true"), ("Vary", "Origin")]))], &["cors/allow-origin-list"]),
    (&[(2, ("GET /x", "declared", A, 200, &[(ACAO, "https://app.example.com/"), (ACAC, "true"), ("Vary", "Origin")]))], &["cors/allow-origin-misspelt"]),
    (&[(2, ("GET /x", "declared", A, 200, &[(ACAO, "O"), ("Vary", "Origin")]))], &["cors/credentials-missing"]),
    (&[(2, ("GET /x", "declared", A, 200, &[(ACAO, "O"), (ACAC, "True"), ("Vary", "Origin")]))], &["cors/credentials-misspelt"]),
    (&[(2, ("GET /x", "declared", A, 200, &[(ACAO, "*"), ("Vary", "Origin")]))], &["cors/wildcard", "cors/wildcard-with-credentials"]),
    // Preflights.
    (&[(0, ("? PUT /me", "declared", A, 401, &[]))], &["cors/preflight-unauthorized"]),
    (&[(0, ("? PUT /me", "declared", A, 403, &[])), (1, ("? PUT /me", "declared", B, 403, &[]))], &["cors/preflight-forbidden"]),
    (&[(0, ("? PUT /me", "declared", A, 405, &[]))], &["cors/preflight-not-routed"]),
    (&[(0, ("? PUT /me", "declared", A, 422, &[])), (1, ("? PUT /me", "declared", B, 422, &[]))], &["cors/preflight-rejected"]),
    (&[(0, ("? PUT /me", "declared", A, 307, LEAVE))], &["cors/preflight-redirected"]),
    (&[(0, ("? PUT /me", "declared", A, 429, LEAVE))], &["cors/preflight-throttled"]),
    (&[(0, ("? PUT /me", "declared", A, 429, LEAVE)), (2, ("GET /x", "declared", A, 429, ALLOWED))], &[]), // the audit ran into a limit
    (&[(99, ("GET /x", "declared", A, 429, &[]))], &["cors/error-unreadable"]), // the limiter is outside the CORS layer
    (&[(0, ("? PUT /me", "declared", A, 500, LEAVE)), (1, ("? PUT /me", "declared", B, 500, LEAVE))], &["cors/preflight-error"]),
    (&[(0, ("? PUT /me", "declared", A, 204, &[(ACAM, "PUT"), (ACAH, "authorization,content-type"), ("Access-Control-Max-Age", "1")]))], &["cors/preflight-origin-refused"]),
    (&[(0, ("? PUT /me", "declared", A, 204, &[(ACAO, "O"), (ACAC, "true"), (ACAM, "GET"), (ACAH, "content-type"), ("Access-Control-Max-Age", "1")]))], &["cors/preflight-method-missing", "cors/preflight-header-missing"]),
    (&[(0, ("? PUT /me", "declared", A, 204, &[(ACAO, "O"), (ACAC, "true"), (ACAM, "PUT GET"), (ACAH, "authorization,content-type"), ("Access-Control-Max-Age", "1")]))], &["cors/preflight-list-malformed"]),
    (&[(0, ("? PUT /me", "declared", A, 204, &[(ACAO, "O"), (ACAC, "true"), (ACAM, "PUT"), (ACAH, "*"), ("Access-Control-Max-Age", "1")]))], &["cors/preflight-wildcard-literal"]),
    (&[(0, ("? PUT /me", "declared", A, 204, &[(ACAO, "*"), (ACAM, "PUT"), (ACAH, "authorization, content-type"), ("Access-Control-Max-Age", "1")]))], &["cors/wildcard-with-credentials"]), // Chromium never sends the call
    (&[(0, ("? PUT /me", "declared", A, 204, &[(ACAO, "O"), (ACAC, "true"), (ACAM, "PUT"), (ACAH, "authorization,content-type"), ("Access-Control-Max-Age", "1h")]))], &["cors/max-age-malformed"]),
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 204, &[(ACAH, "x-seaworthy")]))], &["cors/mirrors-request"]),
    // A method that is declared, and not where.
    (&[(99, ("? PATCH /me", "declared", A, 204, NO_PATCH))], &[]),
    (&[(99, ("? PATCH /me", "declared", A, 204, NO_PATCH)), (99, ("? PATCH /nobody", "control", A, 404, &[]))], &[]),
    (&[(99, ("? PATCH /me", "declared", A, 204, NO_PATCH)), (99, ("? PATCH /nobody", "control", A, 204, NO_PATCH))], &["cors/preflight-method-missing"]),
    (&[(99, ("? PATCH /me", "declared", A, 405, &[])), (99, ("? PATCH /nobody", "control", A, 404, &[]))], &[]),
    (&[(99, ("? PATCH /me", "declared", A, 401, &[])), (99, ("? PATCH /nobody", "control", A, 401, &[]))], &["cors/preflight-unauthorized"]),
    // What a stranger may send and not read.
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 204, LEAVE))], &["cors/preflight-allows-strangers"]),
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 204, &[(ACAO, "O"), (ACAC, "true"), (ACAM, "PUT")]))], &["cors/preflight-allows-strangers"]),
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 204, LEAVE)), (4, ("GET /x", "reflection", "https://sw1.example", 200, ALLOWED))], &["cors/reflects-any-origin"]),
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 403, LEAVE))], &[]),
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 204, &[(ACAM, "PUT"), (ACAC, "true")]))], &[]), // Express answers so
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 204, &[(ACAO, A), (ACAM, "PUT"), (ACAC, "true")]))], &[]), // one fixed origin
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 204, &[(ACAO, "O"), (ACAM, "PUT")]))], &[]), // no cookie goes along
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 204, &[(ACAO, "*"), (ACAC, "true"), (ACAM, "PUT")]))], &[]),
    (&[(7, ("? PUT /me", "reflection", "https://sw1.example", 204, &[(ACAO, "O"), (ACAC, "true"), (ACAM, "GET")]))], &[]),
    (&[(7, ("? GET /me", "reflection", "https://sw1.example", 204, LEAVE))], &[]), // a link could do as much
    // Caches.
    (&[(2, ("GET /x", "declared", A, 200, &[(ACAO, "O"), (ACAC, "true")]))], &["cors/vary-missing"]),
    (&[(2, ("GET /x", "declared", A, 200, &[(ACAO, "O"), (ACAC, "true"), ("Cache-Control", "no-store")]))], &[]),
    (&[(5, ("GET /x", "-", "", 200, &[]))], &["cors/vary-missing-when-refused"]),
    (&[(4, ("GET /x", "reflection", "https://sw1.example", 200, &[]))], &["cors/vary-missing-when-refused"]),
];

#[test]
fn each_defect_fails_its_own_rule() {
    for (changes, expected) in CASES {
        let mut seen = GOOD.to_vec();
        for (at, change) in *changes {
            if let Some(place) = seen.get_mut(*at) {
                *place = *change;
            } else {
                seen.push(*change);
            }
        }
        assert_eq!(
            failing(&facts(Some(contract()), &seen)),
            *expected,
            "{changes:?}"
        );
    }
}

#[test]
fn one_fixed_origin_is_safe_and_needs_no_vary() {
    const FIXED: &[(&str, &str)] = &[(ACAO, A), (ACAC, "true")];
    let only = CorsContract {
        origins: vec![A.to_owned()],
        ..contract()
    };
    let seen: [Seen; 4] = [
        ("? PUT /me", "declared", A, 204, LEAVE),
        ("GET /x", "declared", A, 200, FIXED),
        ("GET /x", "reflection", "https://sw1.example", 200, FIXED),
        ("GET /x", "-", "", 200, FIXED),
    ];
    assert_eq!(failing(&facts(Some(only), &seen)), Vec::<&str>::new());
}

#[test]
fn a_public_service_answers_everybody() {
    let public = CorsContract {
        expectation: CorsExpectation::Public,
        origins: Vec::new(),
        credentials: false,
        ..contract()
    };
    let answer = |fields| {
        facts(
            Some(public.clone()),
            &[("GET /x", "reflection", "https://sw1.example", 200, fields)],
        )
    };
    assert_eq!(failing(&answer(&[(ACAO, "*")])), Vec::<&str>::new());
    assert_eq!(failing(&answer(&[(ACAO, "O")])), Vec::<&str>::new());
    assert_eq!(failing(&answer(&[])), ["cors/public-unreadable"]);
    assert_eq!(
        failing(&answer(&[(ACAO, "*"), (ACAC, "true")])),
        ["cors/wildcard-contradiction"]
    );
    assert_eq!(
        failing(&answer(&[(ACAO, "O"), (ACAC, "true")])),
        ["cors/reflects-any-origin"]
    );
}

#[test]
fn without_a_contract_only_open_doors_are_found() {
    let found = facts(
        None,
        &[("GET /", "reflection", "https://sw1.example", 200, ALLOWED)],
    );
    assert_eq!(failing(&found), ["cors/reflects-any-origin"]);
    let harmless = facts(
        None,
        &[(
            "GET /",
            "reflection",
            "https://sw1.example",
            200,
            &[(ACAO, "*")],
        )],
    );
    assert_eq!(failing(&harmless), Vec::<&str>::new());
}

fn word(facts: &CorsFacts, id: &str) -> &'static str {
    let mut rules = super::RULES.iter().flat_map(|rules| rules.iter());
    let rule = rules.find(|rule| rule.id.as_str() == id).unwrap();
    if let Check::Cors(check) = rule.check {
        return check(facts).word();
    }
    panic!("{id} is no rule over these facts")
}

#[test]
fn a_guess_is_neither_a_fault_nor_a_pass() {
    let guess = ("? PATCH /me", "declared", A, 204, NO_PATCH);
    let read = ("GET /x", "declared", A, 200, ALLOWED);
    let leave = ("? PUT /me", "declared", A, 204, LEAVE);
    // What was seen; of a missing method and of a missing header.
    let rows: [(&[Seen], [&str; 2]); 4] = [
        (&[read, guess], ["not tested", "not tested"]),
        (&[read, leave, guess], ["not tested", "pass"]),
        (&[read, leave], ["pass", "pass"]),
        (&[read], ["n/a", "n/a"]),
    ];
    for (seen, expected) in rows {
        let facts = facts(Some(contract()), seen);
        let said = [
            "cors/preflight-method-missing",
            "cors/preflight-header-missing",
        ]
        .map(|id| word(&facts, id));
        assert_eq!(said, expected);
    }
}

#[test]
fn what_was_not_answered_is_unknown() {
    let mut none = facts(Some(contract()), &[("GET /x", "declared", A, 429, &[])]);
    none.preflights.clear();
    for rules in super::RULES {
        for rule in *rules {
            if let Check::Cors(check) = rule.check {
                assert_ne!(check(&none).word(), "pass", "{}", rule.id);
            }
        }
    }
}
