//! What the file declares, and what the rules make of it.

use super::{DATA, GOOD, HTML, JSON, Seen, by_word, evidence, facts, with_changes};
use crate::evidence::sample;
use crate::model::{Ask, Attempt, AuthError, Body, Endpoint, Method, SecretRef, StatusSet};

/// What is sent with 200 as declared, and what fails then.
#[test]
fn a_refusal_with_200_is_told_by_its_declared_error() {
    const GRAPH: &str = r#"{"errors":[{"message":"Not authenticated"}],"data":null}"#;
    const ALL: [&str; 10] = [
        "nothing",
        "empty",
        "garbage",
        "malformed",
        "wrong signature",
        "alg none",
        "alg None",
        "signature left away",
        "expired",
        "other",
    ];
    #[rustfmt::skip]
    let rows: [(Option<&str>, &str, &[&str]); 5] = [
        (Some("/errors/0/message"), GRAPH,                &[]),
        (None,                      GRAPH,                &[]),
        (Some("/denied"),           r#"{"denied":true}"#, &[]),
        (Some("/denied"),           GRAPH,                &["auth/error-body"]),
        (Some("/denied"),           DATA,                 &["auth/not-refused"]),
    ];
    for (exists, body, expected) in rows {
        let answers = ALL.map(|tried| (tried, 200, &[JSON][..], body));
        let mut evidence = evidence(&with_changes(&answers));
        if let Some(scheme) = &mut evidence.target.auth {
            scheme.reject = StatusSet::of(&["200"]);
            scheme.challenge = false;
            scheme.error = exists.map(|pointer| AuthError {
                media_type: None,
                exists: vec![pointer.to_owned()],
            });
        }
        evidence.target.login = None;
        let failing = by_word(&facts(&evidence), "fail");
        assert_eq!(failing, expected, "{exists:?} {body}");
    }
}

/// The path, what the file says of it, and what the same answer to another user comes to.
#[test]
fn whose_data_it_is_the_path_or_the_file_says() {
    #[rustfmt::skip]
    let rows = [
        ("/users/42",             None,        "fail"),
        ("/api/accounts/7f/plan", None,        "fail"),
        ("/products/42",          None,        "not tested"),
        ("/orders/17",            None,        "not tested"),
        ("/orders/17",            Some(false), "fail"),
        ("/me",                   Some(false), "fail"),
    ];
    for (path, shared, expected) in rows {
        let mut evidence = evidence(&with_changes(&[("other", 200, &[JSON], DATA)]));
        if let Some(endpoint) = evidence.target.endpoints.first_mut() {
            (endpoint.path, endpoint.shared) = (path.to_owned(), shared);
        }
        let found = by_word(&facts(&evidence), expected);
        assert!(
            found.contains(&"auth/accepts-other-user"),
            "{path} {shared:?}"
        );
    }
}

#[test]
fn what_a_gateway_repeats_is_the_service_s_own_answer() {
    #[rustfmt::skip]
    let rows: [(&str, &[&str]); 2] = [
        ("garbage", &["auth/breaks"]),
        ("valid",   &["auth/valid-refused"]),
    ];
    for (tried, expected) in rows {
        let bad: Seen = (tried, 502, HTML, "<h1>502");
        let facts = facts(&evidence(&with_changes(&[bad, bad])));
        assert_eq!(by_word(&facts, "fail"), expected, "{tried}");
    }
}

#[test]
fn a_supplied_secret_in_an_answer_is_somebody_s() {
    let send = |text: &str| Body {
        media_type: "application/json".to_owned(),
        text: text.to_owned(),
    };
    #[rustfmt::skip]
    let rows = [
        (Ask::Page.of_target(),                              None,                          true),
        (Ask::Credentials(Attempt::Nothing).of_endpoint(0),  None,                          true),
        (Ask::Declared.of_endpoint(0),                       Some(send("{}")),              true),
        (Ask::Declared.of_endpoint(0),                       Some(send(r#"{"password":1}"#)), false), // it was issued
    ];
    for (question, body, expected) in rows {
        let mut evidence = evidence(GOOD);
        let mut told = sample::exchange(question, "POST /session", 200, &[JSON], r#"{"key":"$T"}"#);
        told.disclosed = vec![SecretRef::Env("T".to_owned())];
        evidence.exchanges.push(told);
        evidence.target.endpoints = vec![Endpoint {
            send: body.clone(),
            ..Endpoint::new(Method::of("POST"), "/session")
        }];
        let failing = by_word(&facts(&evidence), "fail");
        assert_eq!(
            failing.contains(&"auth/secret-disclosed"),
            expected,
            "{body:?}"
        );
    }
}
