//! The login endpoint, asked by people who must not get in.

use super::tried::{answer, given_away};
use super::words::{NOBODY, texts};
use crate::evidence::{Evidence, Observation, Response};
use crate::facts::contract::{Missed, json_misses};
use crate::model::{Ask, Attempt, Login, Pointer, StatusSet};
use crate::wire::http::challenge::challenges;
use crate::wire::http::cookie::{Meaning, meaning};
use crate::wire::leak::Leak;
use crate::wire::refusal::Answer;

/// What the login endpoint showed.
#[derive(Clone, Debug, PartialEq)]
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
    /// Attempts that were not made, to stay within the budget or a rate limit.
    pub left_out: Vec<Attempt>,
}

/// A login that must fail, and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct LoginTried {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// Who tried.
    pub attempt: Attempt,
    /// The status.
    pub status: u16,
    /// What kind of answer it is.
    pub answer: Answer,
    /// Fields in which one user's answer could differ from another's.
    pub fields: Vec<(&'static str, String)>,
    /// Its texts by JSON Pointer, or the whole text, every user's name made one.
    pub words: Vec<(String, String)>,
    /// What is declared of the body and does not hold. Only of a wrong login with a declared status:
    /// another one is another document.
    pub missed: Vec<Missed>,
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
        left_out: Vec::new(),
    };
    for (index, exchange) in evidence.exchanges.iter().enumerate() {
        let Ask::Login(attempt) = &exchange.question.ask else {
            continue;
        };
        match &exchange.response {
            Observation::Seen(response) if response.status == 429 => {
                facts.unseen = Some("rate limited (429)".to_owned());
            }
            // Of an answer that was not read to its end, what differs from another's is not known.
            Observation::Seen(response) if response.content().unread().is_some() => {
                facts.unseen = response.content().unread().map(ToString::to_string);
            }
            Observation::Seen(response) => facts.tried.push(LoginTried {
                at: Pointer::exchange(index),
                attempt: attempt.clone(),
                status: response.status,
                answer: answer("POST", response),
                fields: fields(response),
                words: texts(&without_name(login, &response.content().text())),
                missed: missed(login, attempt, response),
                leaks: given_away(&response.content().text()),
            }),
            Observation::Failed(failure) => facts.unseen = Some(failure.sentence()),
            Observation::Skipped(_) => facts.left_out.push(attempt.clone()),
        }
    }
    Some(facts)
}

/// The user who exists goes by the name of the one who does not.
fn without_name(login: &Login, body: &str) -> String {
    match &login.known_user {
        Some(known) => body.replace(&known.from.placeholder(), NOBODY),
        None => body.to_owned(),
    }
}

fn missed(login: &Login, attempt: &Attempt, response: &Response) -> Vec<Missed> {
    let wrong = matches!(attempt, Attempt::UnknownUser | Attempt::WrongPassword);
    if wrong && login.status.contains(response.status) {
        json_misses(&login.json, response)
    } else {
        Vec::new()
    }
}

/// The media type, the place a redirect leads to, the schemes a challenge names, and the session
/// cookies: what proxies and load balancers add to one answer and not to the next is none of them.
fn fields(response: &Response) -> Vec<(&'static str, String)> {
    let location = response.value("location").unwrap_or_default();
    let place = location.split(['?', '#']).next().unwrap_or_default();
    let challenge = response.combined("www-authenticate").unwrap_or_default();
    let asked = challenges(&challenge).unwrap_or_default();
    let mut schemes: Vec<String> = asked.into_iter().map(|asked| asked.scheme).collect();
    schemes.sort_unstable();
    let mut cookies: Vec<String> = response
        .values("set-cookie")
        .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
        .filter(|name| meaning(name) == Meaning::Session)
        .collect();
    cookies.sort_unstable();
    cookies.dedup();
    vec![
        ("Content-Type", response.media_type()),
        ("Location", place.to_owned()),
        ("WWW-Authenticate", schemes.join(", ")),
        ("Set-Cookie", cookies.join(", ")),
    ]
}
