//! The login endpoint, asked by people who must not get in.

use serde::Serialize;
use serde_json::Value;

use super::tried::{answer, given_away};
use crate::evidence::{Attempt, Evidence, Observation, Response, Role};
use crate::model::{Pointer, StatusSet};
use crate::wire::leak::Leak;
use crate::wire::refusal::Answer;

/// What the login endpoint showed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoginFacts {
    /// `POST /path`.
    pub label: String,
    /// Expected status of a wrong login.
    pub wanted: StatusSet,
    /// Whether known and unknown users must be answered alike.
    pub uniform: bool,
    /// Whether an account that exists was named.
    pub known_user: bool,
    /// Every attempt that was answered.
    pub tried: Vec<LoginTried>,
    /// Why one was not, if so.
    pub unseen: Option<String>,
}

/// A login that must fail, and its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoginTried {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// Who tried.
    pub attempt: Attempt,
    /// The status.
    pub status: u16,
    /// What kind of answer it is.
    pub answer: Answer,
    /// Its texts by JSON Pointer, or the whole text, without what changes from one answer to the
    /// next by itself.
    pub words: Vec<(String, String)>,
    /// What the body gives away.
    pub leaks: Vec<Leak>,
}

/// Reads the login endpoint; `None` when none is declared.
pub(super) fn read(evidence: &Evidence) -> Option<LoginFacts> {
    let login = evidence.target.login.as_ref()?;
    let mut facts = LoginFacts {
        label: format!("POST {}", login.path),
        wanted: login.status.clone(),
        uniform: login.uniform,
        known_user: login
            .known_user
            .as_ref()
            .is_some_and(|identity| identity.available),
        tried: Vec::new(),
        unseen: None,
    };
    for (index, exchange) in evidence.exchanges.iter().enumerate() {
        let Role::Login(attempt) = &exchange.role else {
            continue;
        };
        match &exchange.response {
            Observation::Seen(response) if response.status == 429 => {
                facts.unseen = Some("rate limited (429)".to_owned());
            }
            Observation::Seen(response) => facts.tried.push(LoginTried {
                at: Pointer::exchange(index),
                attempt: attempt.clone(),
                status: response.status,
                answer: answer("POST", response),
                words: words(response),
                leaks: given_away(&response.body.text()),
            }),
            Observation::Failed(failure) => facts.unseen = Some(failure.sentence()),
            Observation::Skipped(_) => {}
        }
    }
    Some(facts)
}

fn words(response: &Response) -> Vec<(String, String)> {
    let mut words = Vec::new();
    match serde_json::from_slice::<Value>(&response.body.bytes.0) {
        Ok(value) => collect("", &value, &mut words),
        Err(_) => words.push((String::new(), steady(&response.body.text()))),
    }
    words
}

fn collect(at: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !is_volatile(name)) {
                collect(&format!("{at}/{name}"), value, into);
            }
        }
        Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                collect(&format!("{at}/{index}"), value, into);
            }
        }
        Value::String(text) => into.push((at.to_owned(), steady(text))),
        Value::Null | Value::Bool(_) => into.push((at.to_owned(), value.to_string())),
        Value::Number(_) => into.push((at.to_owned(), steady(&value.to_string()))),
    }
}

/// Members that differ between any two answers.
fn is_volatile(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "time",
        "stamp",
        "date",
        "trace",
        "request",
        "correlation",
        "instance",
        "nonce",
    ]
    .iter()
    .any(|part| name.contains(part))
        || name == "id"
}

/// Without the user's own name, and with long numbers and identifiers blotted out.
fn steady(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let named = word.contains("seaworthy-nobody") || word.contains('$');
        if named || digits >= 4 { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{collect, steady};

    #[test]
    fn what_changes_by_itself_is_no_difference() {
        let read = |text: &str| {
            let mut words = Vec::new();
            collect("", &serde_json::from_str(text).unwrap(), &mut words);
            words
        };
        let one = r#"{"error":"Invalid credentials","timestamp":"2026-01-01","request_id":"a1"}"#;
        let two = r#"{"error":"Invalid credentials","timestamp":"2026-01-02","request_id":"b2"}"#;
        assert_eq!(read(one), read(two));
        assert_ne!(read(one), read(r#"{"error":"User not found"}"#));
        assert_eq!(
            steady("No user seaworthy-nobody@example.com."),
            steady("No user $PAM_USER.")
        );
    }
}
