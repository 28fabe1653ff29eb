//! What was tried at protected endpoints and the login, and what stays open then.

use crate::evidence::{Evidence, Flag, Observation, Skip, sample};
use crate::facts::Facts;
use crate::model::{
    Ask, Attempt, Body, Endpoint, Identity, Login, Method, Place, Scheme, SchemeKind, SecretRef,
    StatusSet, Topic,
};
use crate::plan::{self, auth::attempts};
use crate::report::coverage::Coverage;

const DATA: &str = r#"{"user":"anna"}"#;
const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];

fn identity(name: &str) -> Identity {
    let from = SecretRef::Env(name.to_owned());
    Identity {
        is_jwt: true,
        ..Identity::new(from)
    }
}

fn scheme() -> Scheme {
    Scheme {
        kind: SchemeKind::Bearer,
        token: Some(identity("T")),
        expired: Some(identity("OLD")),
        other: Some(identity("OTHER")),
        reject: StatusSet::of(&["401"]),
        challenge: false,
        error: None,
    }
}

/// Everything that is tried is refused, but for the valid credential; `changed` answers otherwise.
fn evidence(
    endpoints: &[Endpoint],
    changed: &[(usize, Attempt, u16, &str)],
    unsent: &[(usize, Attempt)],
) -> Evidence {
    let mut target = sample::target();
    target.auth = Some(scheme());
    target.endpoints = endpoints.to_vec();
    let mut exchanges = Vec::new();
    for (index, endpoint) in plan::auth::protected(&target) {
        let topics = [
            Topic::Refusal,
            Topic::BadCredential,
            Topic::ForgedToken,
            Topic::ExpiredToken,
            Topic::OtherUser,
            Topic::ValidCredential,
            Topic::Bypass,
        ];
        let all = topics
            .into_iter()
            .flat_map(|topic| attempts(&target, endpoint, topic));
        for attempt in all.filter(|attempt| !unsent.contains(&(index, attempt.clone()))) {
            let mut changed = changed.iter();
            let other = changed.find(|(at, tried, ..)| *at == index && *tried == attempt);
            let (status, body) = match other {
                Some((_, _, status, body)) => (*status, *body),
                None if attempt == Attempt::Valid => (200, DATA),
                None => (401, "{}"),
            };
            let question = Ask::Credentials(attempt).of_endpoint(index);
            let line = endpoint.label();
            exchanges.push(sample::exchange(question, &line, status, JSON, body));
        }
    }
    sample::evidence(target, exchanges)
}

fn protected(line: &str) -> Endpoint {
    let (method, path) = line.split_once(' ').unwrap();
    Endpoint {
        protected: true,
        ..Endpoint::new(Method::of(method), path)
    }
}

/// What is answered otherwise, and what is open then.
type Row = (
    &'static [(usize, Attempt, u16, &'static str)],
    &'static [&'static str],
);

/// The open questions, each as `place: topic: why`.
fn open(evidence: &Evidence) -> Vec<String> {
    let coverage = Coverage::of(evidence, &Facts::read(evidence));
    let all = coverage.open().iter();
    let auth = all.filter(|open| open.topic.family() == crate::model::Family::Auth);
    auth.map(|open| format!("{}: {:?}: {}", open.place, open.topic, open.why.name()))
        .collect()
}

#[test]
fn every_place_is_shown_by_itself() {
    let places = [protected("GET /me"), protected("GET /users/42")];
    assert_eq!(open(&evidence(&places, &[], &[])), Vec::<String>::new());
    #[rustfmt::skip]
    let rows: &[Row] = &[
        // A hole is shown, whatever else is not.
        (&[(1, Attempt::Nothing, 200, DATA)], &[]),
        (&[(1, Attempt::Expired, 200, DATA)], &[]),
        (&[(0, Attempt::Garbage, 503, "")],   &["GET /me: BadCredential: blocked"]),
        (&[(1, Attempt::Expired, 429, "")],   &["GET /users/42: ExpiredToken: blocked"]),
        (&[(1, Attempt::Nothing, 200, "[]"), (1, Attempt::Valid, 200, "[]")],
            &["GET /users/42: Refusal: not_reached", "GET /users/42: Bypass: not_reached"]),
    ];
    for (changed, expected) in rows {
        assert_eq!(
            open(&evidence(&places, changed, &[])),
            *expected,
            "{changed:?}"
        );
    }
}

#[test]
fn where_the_valid_credential_is_turned_away_no_refusal_counts() {
    let places = [protected("GET /me"), protected("GET /users/42")];
    for status in [401, 403, 404, 500] {
        let changed = [(1, Attempt::Valid, status, "{}")];
        let found = open(&evidence(&places, &changed, &[]));
        assert_eq!(found.len(), 6, "{found:?}");
        let failed =
            |line: &String| line.starts_with("GET /users/42") && line.ends_with("control_failed");
        assert!(found.iter().all(failed), "{found:?}");
    }
}

/// Why the valid credential has no answer, and why the questions that rest on it are open then.
#[test]
fn a_valid_credential_that_was_sent_is_not_called_unsent() {
    let rows = [
        (
            Observation::Skipped(Skip::Blocked("blocked".to_owned())),
            "blocked",
        ),
        (
            Observation::Skipped(Skip::NeedsFlag(Flag::Burst)),
            "needs_consent",
        ),
    ];
    for (response, why) in rows {
        let mut evidence = evidence(&[protected("GET /me")], &[], &[]);
        let valid = Ask::Credentials(Attempt::Valid).of_endpoint(0);
        for exchange in &mut evidence.exchanges {
            if exchange.question == valid {
                exchange.response = response.clone();
            }
        }
        let found = open(&evidence);
        assert!(!found.is_empty());
        assert!(found.iter().all(|line| line.ends_with(why)), "{found:?}");
    }
}

#[test]
fn without_a_valid_credential_nothing_is_held_against_anything() {
    let mut evidence = evidence(&[protected("GET /me")], &[], &[(0, Attempt::Valid)]);
    if let Some(scheme) = &mut evidence.target.auth {
        scheme.token = None;
    }
    let found = open(&evidence);
    #[rustfmt::skip]
    let expected = [
        "GET /me: Refusal: no_control",
        "GET /me: BadCredential: no_control",
        "GET /me: ForgedToken: no_secret",
        "GET /me: ExpiredToken: no_control",
        "GET /me: ValidCredential: no_control",
        "GET /me: Bypass: no_control",
    ];
    assert_eq!(found, expected);
}

/// A POST that the file says nothing more of, and the answer to it without credentials.
#[test]
fn what_was_refused_for_its_form_says_nothing_of_credentials() {
    #[rustfmt::skip]
    let rows = [
        (422, "not_reached"),
        (400, "not_reached"),
        (415, "not_reached"),
        (404, "not_reached"),
        (405, "not_reached"),
        (500, "not_reached"),
        (401, "needs_consent"),
        (403, "needs_consent"),
        (429, "blocked"),
        (504, "blocked"),
    ];
    for (status, why) in rows {
        let changed = [(0, Attempt::Nothing, status, "{}")];
        let found = open(&evidence(
            &[protected("POST /orders")],
            &changed,
            &[(0, Attempt::Valid)],
        ));
        let expected = format!("POST /orders: Refusal: {why}");
        assert_eq!(found.first(), Some(&expected), "{status}");
        assert!(found.contains(&"POST /orders: ValidCredential: needs_consent".to_owned()));
    }
}

#[test]
fn what_changes_something_needs_the_user_s_word() {
    let mut evidence = evidence(&[protected("DELETE /orders/7")], &[], &[]);
    let found = open(&evidence);
    assert!(
        found.iter().all(|line| line.ends_with("needs_consent")),
        "{found:?}"
    );
    assert!(found.contains(&"DELETE /orders/7: Refusal: needs_consent".to_owned()));
    evidence.run.conditions.flags.push(Flag::AllowMutation);
    assert_eq!(open(&evidence), Vec::<String>::new());
}

#[test]
fn another_user_s_answer_is_open_where_nobody_says_whose_it_is() {
    let changed = [(0, Attempt::OtherUser, 200, DATA)];
    #[rustfmt::skip]
    let rows: [(&str, Option<bool>, &[&str]); 4] = [
        ("GET /products/42", None,        &["GET /products/42: OtherUser: not_reached"]),
        ("GET /products/42", Some(true),  &[]),
        ("GET /products/42", Some(false), &[]), // a finding
        ("GET /users/42",    None,        &[]), // a finding
    ];
    for (line, shared, expected) in rows {
        let endpoint = Endpoint {
            shared,
            ..protected(line)
        };
        assert_eq!(
            open(&evidence(&[endpoint], &changed, &[])),
            expected,
            "{line} {shared:?}"
        );
    }
}

#[test]
fn a_login_is_shown_where_the_password_was_reached() {
    #[rustfmt::skip]
    let rows: [(u16, &str, &[&str]); 4] = [
        (401, "{}",                                             &[]),
        (422, r#"{"detail":[{"type":"missing"}]}"#,             &["POST /login: Login: not_reached", "POST /login: WrongPassword: not_reached"]),
        (403, "CSRF verification failed",                       &["POST /login: Login: not_reached", "POST /login: WrongPassword: not_reached"]),
        (503, "",                                               &["POST /login: Login: blocked", "POST /login: LoginInput: blocked", "POST /login: WrongPassword: blocked"]),
    ];
    for (status, body, expected) in rows {
        let mut target = sample::target();
        target.login = Some(Login {
            path: "/login".to_owned(),
            body: Body {
                media_type: "application/json".to_owned(),
                text: String::new(),
            },
            known_user: Some(identity("USER")),
            status: StatusSet::of(&Login::USUAL_STATUS),
            uniform: true,
            json: std::collections::BTreeMap::new(),
            same_as: None,
            lines: std::collections::BTreeMap::new(),
        });
        let tried = [
            Attempt::UnknownUser,
            Attempt::WrongPassword,
            Attempt::QuoteInName,
            Attempt::OtherBody,
        ];
        let exchanges = tried.map(|attempt| {
            let question = Ask::Login(attempt).at(Place::Login);
            sample::exchange(question, "POST /login", status, JSON, body)
        });
        let evidence = sample::evidence(target, exchanges.to_vec());
        assert_eq!(open(&evidence), expected, "{status}");
    }
}
