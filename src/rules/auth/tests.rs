//! A server's answers to those who must not get in, then every rule that fails on them.

mod declared;

use crate::evidence::{Evidence, Exchange, Field, Observation, sample};
use crate::facts::State;
use crate::facts::auth::{AuthFacts, read};
use crate::model::{
    Ask, Assertion, Attempt, AuthError, Body, Bypass, Control, Endpoint, Identity, Kind, Login,
    Method, Place, ProxyField, Scheme, SchemeKind, SecretRef, StatusSet,
};
use crate::rules::{Check, Verdict};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const CHALLENGE: (&str, &str) = ("WWW-Authenticate", "Bearer realm=\"api\"");
const REFUSAL: &[(&str, &str)] = &[JSON, CHALLENGE, ("Cache-Control", "no-store")];
const HTML: &[(&str, &str)] = &[("Content-Type", "text/html")];
const NO: &str = r#"{"detail":"Not authenticated"}"#;
const BAD: &str = r#"{"detail":"Unknown token"}"#;
const DATA: &str = r#"{"user":"anna","email":"a@example.com"}"#;

const ACCOUNT: &str =
    "<h1>Your account</h1><input name=csrf value=8f14e45fceea167a5a36dedd4bea2543>";
const ACCOUNT_AGAIN: &str =
    "<h1>Your account</h1><input name=csrf value=c9f0f895fb98ab9159f51fd0297e236d>";

/// What was tried; the status, fields and body of the answer.
type Seen = (
    &'static str,
    u16,
    &'static [(&'static str, &'static str)],
    &'static str,
);

fn attempt(name: &str) -> Attempt {
    match name {
        "nothing" => Attempt::Nothing,
        "empty" => Attempt::Empty,
        "garbage" => Attempt::Garbage,
        "malformed" => Attempt::Malformed,
        "wrong signature" => Attempt::WrongSignature,
        "alg none" => Attempt::AlgNone,
        "expired" => Attempt::Expired,
        "other" => Attempt::OtherUser,
        "valid" => Attempt::Valid,
        "unknown user" => Attempt::UnknownUser,
        "wrong password" => Attempt::WrongPassword,
        "alg None" => Attempt::AlgNoneCapital,
        "signature left away" => Attempt::NoSignature,
        "a quote in the user name" => Attempt::QuoteInName,
        "query" => Attempt::Bypass(Bypass::TokenInQuery),
        "any query" => Attempt::Control(Control::Query),
        "made-up path" => Attempt::Control(Control::MadeUpPath),
        "plain" => Attempt::Control(Control::Plain),
        "field: X-Original-URL" => Attempt::Bypass(Bypass::Field(ProxyField::Path)),
        other => Attempt::Bypass(bypass(other)),
    }
}

fn bypass(name: &str) -> Bypass {
    match name.split_once(' ').unwrap() {
        ("method", method) => Bypass::Method(Method::of(method)),
        ("path:", spelling) => {
            Bypass::Path(serde_json::from_value(spelling.replace(' ', "-").into()).unwrap())
        }
        ("field:", _) => Bypass::Field(ProxyField::Sender),
        _ => panic!("no attempt is called {name}"),
    }
}

fn identity(name: &str) -> Identity {
    Identity::new(SecretRef::Env(name.to_owned()))
}

fn scheme() -> Scheme {
    Scheme {
        kind: SchemeKind::Bearer,
        token: Some(identity("T")),
        expired: Some(identity("OLD")),
        other: Some(identity("OTHER")),
        reject: StatusSet::of(&["401"]),
        challenge: true,
        error: Some(AuthError {
            media_type: Some("application/json".to_owned()),
            exists: vec!["/detail".to_owned()],
        }),
    }
}

fn login() -> Login {
    Login {
        path: "/login".to_owned(),
        body: Body {
            media_type: "application/json".to_owned(),
            text: "{}".to_owned(),
        },
        known_user: Some(identity("USER")),
        status: StatusSet::of(&["401"]),
        uniform: true,
        json: [(
            "/detail".to_owned(),
            Assertion {
                equals: Some("Wrong login".into()),
                ..Assertion::default()
            },
        )]
        .into(),
        same_as: None,
        lines: std::collections::BTreeMap::new(),
    }
}

fn exchange((tried, status, fields, body): &Seen) -> Exchange {
    if let Some(tried) = tried.strip_prefix("login ") {
        return sample::exchange(
            Ask::Login(attempt(tried)).at(Place::Login),
            "POST /login",
            *status,
            fields,
            body,
        );
    }
    let role = match *tried {
        "not found" => Ask::NotFound.of_target(),
        tried => Ask::Credentials(attempt(tried)).of_endpoint(0),
    };
    let (method, path) = match *tried {
        "not found" | "field: X-Original-URL" => ("GET", "/nowhere"),
        "made-up path" => ("GET", "/users/nobody"),
        "method OPTIONS" => ("OPTIONS", "/users/42"),
        "method HEAD" => ("HEAD", "/users/42"),
        _ => ("GET", "/users/42"),
    };
    sample::exchange(role, &format!("{method} {path}"), *status, fields, body)
}

fn evidence(seen: &[Seen]) -> Evidence {
    let mut target = sample::target();
    target.auth = Some(scheme());
    target.login = Some(login());
    target.endpoints = vec![Endpoint {
        protected: true,
        ..Endpoint::new(Method::get(), "/users/42")
    }];
    sample::evidence(target, seen.iter().map(exchange).collect())
}

fn facts(evidence: &Evidence) -> AuthFacts {
    match read(evidence) {
        State::Known(facts) => facts,
        State::Unseen(failure) => panic!("{failure:?}"),
        State::NotConfigured(why) => panic!("{why}"),
    }
}

fn verdicts(facts: &AuthFacts) -> Vec<(&'static str, Verdict)> {
    let rules = super::RULES.iter().flat_map(|rules| rules.iter());
    rules
        .filter_map(|rule| {
            if let Check::Auth(check) = rule.check {
                Some((rule.id.as_str(), check(facts)))
            } else {
                None
            }
        })
        .collect()
}

fn by_word(facts: &AuthFacts, word: &str) -> Vec<&'static str> {
    let answers = verdicts(facts);
    answers
        .iter()
        .filter(|(_, verdict)| verdict.word() == word)
        .map(|(id, _)| *id)
        .collect()
}

/// A good server; a case replaces the answers to what it names, or adds them.
const GOOD: &[Seen] = &[
    ("nothing", 401, REFUSAL, NO),
    ("empty", 401, REFUSAL, NO),
    ("garbage", 401, REFUSAL, BAD),
    ("query", 401, REFUSAL, NO),
    ("malformed", 400, REFUSAL, NO),
    ("wrong signature", 401, REFUSAL, NO),
    ("alg none", 401, REFUSAL, NO),
    ("alg None", 401, REFUSAL, NO),
    ("signature left away", 401, REFUSAL, NO),
    ("expired", 401, REFUSAL, NO),
    ("other", 403, REFUSAL, NO),
    ("valid", 200, &[JSON], DATA),
    ("not found", 404, &[JSON], r#"{"detail":"Not Found"}"#),
    ("method HEAD", 401, REFUSAL, ""),
    ("any query", 401, REFUSAL, NO),
    ("made-up path", 404, &[JSON], NO),
    ("plain", 401, REFUSAL, NO),
    ("method OPTIONS", 200, HTML, "GET,HEAD"),
    ("method PROPFIND", 405, &[JSON], NO),
    ("method TRACE", 405, &[JSON], NO),
    ("path: upper case", 404, &[JSON], NO),
    ("field: X-Original-URL", 404, &[JSON], NO),
    (
        "login unknown user",
        401,
        &[JSON],
        r#"{"detail":"Wrong login","at":"2026-01-01"}"#,
    ),
    ("login wrong password", 401, &[JSON], WRONG),
    ("login a quote in the user name", 401, REFUSAL, NO),
];

const TRACE: &str =
    "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in f\nKeyError: 'x'";

const WRONG: &str = r#"{"detail":"Wrong login","at":"2027-02-02"}"#;

/// Answers to put in the place of good ones (or to add), and the rules that fail then.
type Case = (&'static [Seen], &'static [&'static str]);

#[rustfmt::skip]
const CASES: &[Case] = &[
    (&[], &[]),
    // Who is let in; what follows from a wider hole is left out.
    (&[("nothing", 200, &[JSON], DATA), ("garbage", 200, &[JSON], DATA), ("alg none", 200, &[JSON], DATA)], &["auth/not-refused"]),
    (&[("empty", 200, &[JSON], DATA)],                                  &["auth/accepts-empty"]),
    (&[("garbage", 200, &[JSON], DATA), ("wrong signature", 200, &[JSON], DATA)], &["auth/accepts-garbage"]),
    (&[("wrong signature", 200, &[JSON], DATA), ("alg none", 200, &[JSON], DATA)], &["auth/accepts-wrong-signature"]),
    (&[("alg none", 200, &[JSON], DATA)],                               &["auth/accepts-unsigned"]),
    (&[("alg None", 200, &[JSON], DATA)],                               &["auth/accepts-unsigned"]),
    (&[("signature left away", 200, &[JSON], DATA)],                    &["auth/accepts-unsigned"]),
    (&[("expired", 200, &[JSON], DATA)],                                &["auth/accepts-expired"]),
    (&[("other", 200, &[JSON], DATA)],                                  &["auth/accepts-other-user"]),
    (&[("other", 200, &[JSON], r#"{"email":"a@example.com", "at":"1970-01-01T00:00:00Z", "user":"anna"}"#)], &["auth/accepts-other-user"]),
    (&[("other", 200, &[JSON], r#"{"user":"bert"}"#)],                  &[]), // the caller's own data
    // How they are turned away.
    (&[("nothing", 200, &[JSON], r#"{"success":false}"#)],              &["auth/soft-refusal"]),
    (&[("nothing", 200, &[("Content-Type", "text/html")], "<input type=password>")], &["auth/soft-refusal"]),
    (&[("nothing", 200, &[JSON], r#"{"code":40101,"msg":"token missing","data":null}"#)], &["auth/soft-refusal"]),
    (&[("nothing", 200, &[JSON], r#"{"code":7,"msg":"?","data":null}"#), ("valid", 200, &[JSON], r#"{"code":0,"data":[1]}"#)], &["auth/soft-refusal"]),
    (&[("nothing", 200, &[JSON], r#"{"code":7,"msg":"?","data":null}"#)], &["auth/not-refused"]), // who knows
    (&[("nothing", 302, &[("Location", "/login")], "")],                &["auth/login-redirect"]),
    (&[("nothing", 403, REFUSAL, NO)],                                  &["auth/refusal-status"]),
    (&[("nothing", 404, REFUSAL, NO)],                                  &["auth/refusal-status"]),
    (&[("garbage", 422, REFUSAL, NO)],                                  &["auth/refusal-status"]),
    (&[("garbage", 500, &[JSON], "{}")],                                &["auth/breaks"]),
    (&[("malformed", 500, &[JSON], TRACE)],                             &["auth/breaks", "auth/error-shows-code"]),
    (&[("nothing", 401, &[JSON], NO)],                                  &["auth/challenge-missing"]),
    (&[("nothing", 401, &[JSON, ("WWW-Authenticate", "realm=x")], NO)], &["auth/challenge-malformed"]),
    (&[("nothing", 401, &[JSON, CHALLENGE, ("Cache-Control", "public, max-age=60")], NO)], &["auth/refusal-cached"]),
    (&[("nothing", 401, &[("Content-Type", "text/plain"), CHALLENGE], "no")], &["auth/error-body"]),
    (&[("nothing", 401, REFUSAL, "{}")],                                &["auth/error-body"]),
    (&[("garbage", 401, REFUSAL, r#"{"detail":"bad token seaworthy-garbage"}"#)], &["auth/echoes-credential"]),
    (&[("nothing", 401, REFUSAL, r#"{"detail":"postgres://app:s3cr3tpass@db.internal:5432/app"}"#)], &["auth/error-shows-secret"]),
    // What the challenge asks for.
    (&[("nothing", 401, &[JSON, ("WWW-Authenticate", "Basic realm=\"api\"")], NO)], &["auth/challenge-scheme"]),
    (&[("nothing", 401, &[JSON, ("WWW-Authenticate", "Basic realm=\"api\", bearer realm=\"api\"")], NO)], &[]),
    (&[("nothing", 401, &[JSON, ("WWW-Authenticate", "DPoP algs=\"ES256\"")], NO)], &[]), // RFC 9449 §7.1
    (&[("nothing", 401, &[JSON, ("WWW-Authenticate", "Bearer realm=a, realm=b")], NO)], &["auth/challenge-malformed"]),
    (&[("nothing", 401, &[JSON, ("WWW-Authenticate", "Bearer realm=a, Bearer realm=b")], NO)], &[]),
    (&[("nothing", 401, &[JSON, ("WWW-Authenticate", "Bearer error=\"invalid_token\"")], NO)], &["auth/challenge-error"]),
    (&[("garbage", 401, &[JSON, ("WWW-Authenticate", "Bearer error=\"invalid_token\"")], NO)], &[]),
    (&[("garbage", 401, &[JSON, ("WWW-Authenticate", "Bearer error=\"insufficient_scope\"")], NO)], &["auth/challenge-error"]),
    (&[("garbage", 401, &[JSON, ("WWW-Authenticate", "Bearer error=\"use_dpop_nonce\"")], NO)], &[]), // another document's
    (&[("other", 403, &[JSON, ("WWW-Authenticate", "Bearer error=\"insufficient_scope\"")], NO)], &[]),
    // A token in the URL.
    (&[("query", 401, REFUSAL, BAD)],                            &["auth/query-token"]),
    (&[("query", 200, &[JSON], DATA)],                           &["auth/accepts-garbage"]),
    (&[("query", 200, &[JSON], r#"{"error":"Unknown token"}"#)], &["auth/soft-refusal"]),
    (&[("query", 422, REFUSAL, BAD)],                            &[]), // unknown parameters are refused
    (&[("query", 401, REFUSAL, r#"{"detail":"no", "path":"/users/42?token=seaworthy-garbage"}"#)], &[]),
    (&[("garbage", 401, REFUSAL, NO)],                                  &[]), // nothing to tell them apart by
    // An empty answer is not open to anybody by itself; nor is it a refusal.
    (&[("nothing", 200, &[JSON], "[]")],                                &["auth/soft-refusal"]), // others get data
    (&[("nothing", 200, &[JSON], "[]"), ("valid", 200, &[JSON], "[]")], &["auth/refusal-status"]),
    (&[("nothing", 200, &[JSON], r#"{"data":null}"#), ("valid", 200, &[JSON], r#"{"data":{"id":7}}"#)], &["auth/soft-refusal"]),
    (&[("garbage", 200, &[JSON], "{}"), ("valid", 200, &[JSON], "{}")], &["auth/accepts-garbage"]), // none is refused
    // Any query passes: it is not the token in it.
    (&[("query", 200, &[JSON], DATA), ("any query", 200, &[JSON], DATA)], &["auth/path-bypass"]),
    (&[("query", 401, REFUSAL, BAD), ("any query", 401, REFUSAL, BAD)],  &[]),
    // By now a plain request is let in: nothing was bypassed.
    (&[("plain", 200, &[JSON], DATA), ("path: upper case", 200, &[JSON], DATA)], &["auth/not-refused"]),
    (&[("method OPTIONS", 200, &[JSON], DATA)],                         &["auth/method-bypass"]),
    // What a gateway says once is not the service's.
    (&[("garbage", 503, HTML, "<h1>503")],                              &[]),
    (&[("valid", 502, HTML, "<h1>502")],                                &[]),
    // Ways round.
    (&[("path: upper case", 200, &[JSON], DATA)],                       &["auth/path-bypass"]),
    (&[("field: X-Original-URL", 200, &[JSON], DATA)],                  &["auth/field-bypass"]),
    (&[("method HEAD", 200, &[JSON], "")],                              &["auth/method-bypass"]),
    (&[("method PROPFIND", 200, &[JSON], DATA)],                        &["auth/method-bypass"]),
    (&[("method TRACE", 200, &[("Content-Type", "message/http")], "TRACE /users/42 HTTP/1.1")], &["auth/trace-echoes"]),
    (&[("method PROPFIND", 207, &[("Content-Type", "application/xml")], "<multistatus/>")], &["auth/method-bypass"]),
    (&[("path: upper case", 200, HTML, ACCOUNT), ("valid", 200, HTML, ACCOUNT_AGAIN)], &["auth/path-bypass"]),
    (&[("path: upper case", 200, &[("Content-Type", "text/html")], "<p>app"), ("not found", 200, &[("Content-Type", "text/html")], "<p>app")], &[]),
    (&[("field: X-Original-URL", 200, HTML, "<p>app"), ("not found", 200, HTML, "<p>app"), ("method HEAD", 200, HTML, "")], &[]),
    // One page for every name, and the owner's own data among them.
    (&[("path: upper case", 200, &[JSON], r#"{"name":"42.json"}"#), ("made-up path", 200, &[JSON], r#"{"name":"nobody"}"#)], &[]),
    (&[("path: upper case", 200, &[JSON], r#"{"name":"42"}"#), ("valid", 200, &[JSON], r#"{"name":"42"}"#), ("made-up path", 200, &[JSON], r#"{"name":"nobody"}"#)], &["auth/path-bypass"]),
    (&[("field: X-Original-URL", 200, &[JSON], DATA), ("not found", 200, HTML, "<p>app"), ("method HEAD", 200, &[JSON], "")], &["auth/field-bypass", "auth/method-bypass"]),
    (&[("field: X-HTTP-Method-Override", 204, &[], ""), ("method PROPFIND", 200, &[], "")], &[]), // nothing was handed out
    (&[("field: X-HTTP-Method-Override", 204, &[], ""), ("valid", 204, &[], "")], &["auth/field-bypass"]), // nor is there anything yet
    // The control.
    (&[("valid", 401, REFUSAL, NO)],                                    &["auth/valid-refused"]),
    // The login.
    (&[("login unknown user", 200, &[JSON], r#"{"token":"x"}"#), ("login wrong password", 200, &[JSON], r#"{"token":"x"}"#)], &["auth/login-accepts-anybody"]),
    (&[("login unknown user", 422, REFUSAL, NO), ("login wrong password", 422, REFUSAL, NO)], &["auth/login-status"]),
    (&[("login wrong password", 401, REFUSAL, r#"{"detail":"Wrong login","hint":"password"}"#)], &["auth/login-tells-users"]),
    (&[("login wrong password", 401, &[JSON, ("Set-Cookie", "sessionid=x")], WRONG)], &["auth/login-tells-users"]),
    (&[("login wrong password", 401, &[JSON, ("Set-Cookie", "AWSALB=x")], WRONG)], &[]), // a load balancer's
    (&[("login wrong password", 401, &[("Content-Type", "text/html")], WRONG)], &["auth/login-tells-users"]),
    (&[("login wrong password", 401, &[JSON, ("Location", "/locked?user=x")], WRONG)], &["auth/login-tells-users"]),
    (&[("login unknown user", 401, &[JSON], r#"{"detail":"Wrong login","left":5}"#), ("login a quote in the user name", 401, &[JSON], r#"{"detail":"Wrong login","left":4}"#), ("login wrong password", 401, &[JSON], r#"{"detail":"Wrong login","left":3}"#)], &[]),
    (&[("login unknown user", 401, &[JSON], r#"{"detail":"Wrong login","left":5}"#), ("login a quote in the user name", 401, &[JSON], r#"{"detail":"Wrong login","left":5}"#), ("login wrong password", 401, &[JSON], r#"{"detail":"Wrong login","left":4}"#)], &["auth/login-tells-users"]),
    (&[("login unknown user", 401, &[JSON], r#"{"detail":"Wrong login","token":"Zx+q"}"#), ("login a quote in the user name", 422, &[JSON], r#"{"errors":[1]}"#), ("login wrong password", 401, &[JSON], r#"{"detail":"Wrong login"}"#)], &["auth/login-tells-users"]),
    (&[("login unknown user", 401, &[JSON], r#"{"detail":"Wrong login","user":"seaworthy-nobody"}"#), ("login wrong password", 401, &[JSON], r#"{"detail":"Wrong login","user":"$USER"}"#)], &[]),
    (&[("login unknown user", 401, &[JSON], r#"{"detail":"Wrong"}"#), ("login wrong password", 401, &[JSON], r#"{"detail":"Wrong"}"#)], &["auth/login-body"]),
    (&[("login unknown user", 401, &[JSON], "no"), ("login wrong password", 401, &[JSON], "no")], &["auth/login-body"]),
    (&[("login a quote in the user name", 500, &[JSON], "{}")],         &["auth/login-breaks"]),
    (&[("login a quote in the user name", 400, &[JSON], TRACE)],        &["auth/login-shows-code"]),
];

fn with_changes(changes: &[Seen]) -> Vec<Seen> {
    let kept = GOOD
        .iter()
        .filter(|(tried, ..)| changes.iter().all(|(changed, ..)| changed != tried));
    kept.chain(changes).copied().collect()
}

#[test]
fn each_defect_fails_its_own_rule() {
    for (changes, expected) in CASES {
        let facts = facts(&evidence(&with_changes(changes)));
        assert_eq!(by_word(&facts, "fail"), *expected, "{changes:?}");
    }
}

#[test]
fn a_login_that_names_the_user_from_a_file_names_both() {
    let named = r#"{"detail":"Wrong login","user":"$(cat known user.txt)"}"#;
    let nobody = r#"{"detail":"Wrong login","user":"seaworthy-nobody"}"#;
    let mut evidence = evidence(&with_changes(&[
        ("login unknown user", 401, &[JSON], nobody),
        ("login wrong password", 401, &[JSON], named),
    ]));
    let from = SecretRef::File("known user.txt".to_owned());
    if let Some(login) = &mut evidence.target.login {
        login.known_user = Some(Identity::new(from));
    }
    assert_eq!(by_word(&facts(&evidence), "fail"), Vec::<&str>::new());
}

#[test]
fn a_page_leads_to_the_login_and_an_api_does_not() {
    let to_login: Seen = ("nothing", 302, &[("Location", "/login")], "");
    #[rustfmt::skip]
    let rows = [
        // What the valid cookie is answered with, the declared kind, whether the redirect is wrong.
        (("valid", 200, HTML, "<h1>Hi"),       None,            false),
        (("valid", 200, HTML, "<h1>Hi"),       Some(Kind::Api), false),
        (("valid", 200, &[JSON][..], DATA),    Some(Kind::Web), true),
        (("valid", 429, &[][..], ""),          Some(Kind::Web), false),
        (("valid", 429, &[][..], ""),          None,            true),
    ];
    for (valid, kind, wrong) in rows {
        let mut evidence = evidence(&with_changes(&[to_login, valid]));
        evidence.target.kind = kind;
        if let Some(scheme) = &mut evidence.target.auth {
            let name = "sid".to_owned();
            scheme.kind = SchemeKind::Cookie { name };
        }
        let failing = by_word(&facts(&evidence), "fail");
        assert_eq!(
            failing.contains(&"auth/login-redirect"),
            wrong,
            "{valid:?} {kind:?}"
        );
    }
}

#[rustfmt::skip]
const UNDECIDED: &[Case] = &[
    (&[("path: extension", 200, &[JSON], r#"{"name":"42.json"}"#)],     &["auth/path-bypass"]), // of a user of that name
    (&[("field: X-HTTP-Method-Override", 200, &[JSON], "GET,HEAD")],    &["auth/field-bypass"]), // what OPTIONS is answered
    (&[("method PROPFIND", 200, &[JSON], r#"{"id":1}"#)],               &["auth/method-bypass"]),
];

#[test]
fn what_may_be_somebody_else_s_is_unknown() {
    for (changes, expected) in UNDECIDED {
        let facts = facts(&evidence(&with_changes(changes)));
        assert_eq!(by_word(&facts, "unknown"), *expected, "{changes:?}");
    }
}

#[test]
fn a_good_server_is_known_to_be_good() {
    let facts = facts(&evidence(GOOD));
    assert_eq!(by_word(&facts, "unknown"), Vec::<&str>::new());
    assert_eq!(by_word(&facts, "not tested"), Vec::<&str>::new());
}

#[test]
fn what_was_not_supplied_is_not_tested() {
    let supplied = ["valid", "expired", "other"];
    let kept = GOOD.iter().filter(|(tried, ..)| !supplied.contains(tried));
    let mut evidence = evidence(&kept.copied().collect::<Vec<_>>());
    if let Some(scheme) = &mut evidence.target.auth {
        (scheme.token, scheme.expired, scheme.other) = (None, None, None);
    }
    let facts = facts(&evidence);
    let untested = by_word(&facts, verdict_word());
    for id in [
        "auth/accepts-expired",
        "auth/accepts-other-user",
        "auth/accepts-wrong-signature",
        "auth/valid-refused",
    ] {
        assert!(untested.contains(&id), "{id}");
    }
}

/// A field of an answer, how much of its body was read, and whose answer it is; and which rules say
/// nothing for it.
#[rustfmt::skip]
const UNREAD: &[(&str, bool, &str, &[&str])] = &[
    ("",     true,  "nothing", &[]),
    ("",     false, "nothing", &["auth/error-shows-code", "auth/error-shows-secret", "auth/secret-disclosed", "auth/echoes-credential"]),
    ("",     false, "garbage", &["auth/error-shows-code", "auth/error-shows-secret", "auth/secret-disclosed", "auth/echoes-credential"]),
    ("dcz",  true,  "nothing", &["auth/error-shows-code", "auth/error-shows-secret", "auth/secret-disclosed", "auth/echoes-credential"]),
    ("gzip", true,  "empty",   &["auth/error-shows-code", "auth/error-shows-secret", "auth/secret-disclosed", "auth/echoes-credential"]),
    ("",     false, "valid",   &["auth/secret-disclosed"]), // what it is let in to read is no refusal
];

#[test]
fn a_body_that_was_not_read_keeps_nothing_quiet() {
    for (coding, complete, tried, expected) in UNREAD {
        let mut evidence = evidence(GOOD);
        let place = GOOD.iter().position(|(name, ..)| name == tried).unwrap();
        let Observation::Seen(response) = &mut evidence.exchanges[place].response else {
            panic!("{tried} was answered");
        };
        if !coding.is_empty() {
            response.fields.push(Field::new("Content-Encoding", coding));
        }
        response.body.complete = *complete;
        let facts = facts(&evidence);
        let mut open = by_word(&facts, verdict_word());
        open.retain(|id| id.contains("shows") || id.contains("disclosed") || id.contains("echoes"));
        assert_eq!(open, *expected, "{tried}: {coding} {complete}");
    }
}

fn verdict_word() -> &'static str {
    Verdict::NotTested(String::new()).word()
}

#[test]
fn a_rate_limit_is_no_refusal() {
    let facts = facts(&evidence(&with_changes(&[("nothing", 429, &[], "")])));
    assert!(by_word(&facts, "unknown").contains(&"auth/not-refused"));
}
