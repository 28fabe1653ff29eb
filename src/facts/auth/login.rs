//! The login endpoint, asked by people who must not get in.

use super::is_in_the_way;
use super::reached::unreached;
use super::tried::{answer, given_away};
use super::words::{NOBODY, texts};
use crate::evidence::are_alike;
use crate::evidence::{Evidence, Exchange, Response};
use crate::facts::contract::{Checked, Standing, checked_json};
use crate::facts::exchanges;
use crate::model::{Ask, Attempt, Login, Place, Pointer, StatusSet};
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
    /// Why it says nothing of the password, if so.
    pub unreached: Option<&'static str>,
    /// Fields in which one user's answer could differ from another's.
    pub fields: Vec<(&'static str, String)>,
    /// Its texts by JSON Pointer, or the whole text, every user's name made one.
    pub words: Vec<(String, String)>,
    /// What is declared of the body, held against it. Only of a wrong login with a declared status:
    /// another one is another document.
    pub checked: Vec<Checked>,
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
    for attempt in [
        Attempt::UnknownUser,
        Attempt::WrongPassword,
        Attempt::QuoteInName,
        Attempt::OtherBody,
    ] {
        facts.add(evidence, login, attempt);
    }
    facts.tried.sort_by_key(|tried| tried.at.exchange_index());
    Some(facts)
}

impl LoginFacts {
    /// The last answer of the login itself, if there is one: what a gateway sends in its place counts
    /// where it repeats while the page is answered.
    fn add(&mut self, evidence: &Evidence, login: &Login, attempt: Attempt) {
        let question = Ask::Login(attempt.clone()).at(Place::Login);
        let asked: Vec<(usize, &Exchange)> = exchanges(evidence, question).collect();
        let seen = asked.iter().rev();
        let seen: Vec<(usize, &Exchange, &Response)> = seen
            .filter_map(|(index, exchange)| Some((*index, *exchange, exchange.response.seen()?)))
            .collect();
        let mut page = exchanges(evidence, Ask::Page.of_target());
        let page_answers = page.any(|(_, page)| {
            let response = page.response.seen();
            response.is_some_and(|response| !is_in_the_way(response.status))
        });
        let repeats = asked.len() > 1 && page_answers;
        let speaks = |response: &Response| match response.status {
            429 => false,
            status => repeats || !is_in_the_way(status),
        };
        let own = seen
            .iter()
            .find(|(_, _, response)| !is_in_the_way(response.status));
        let own = own.or_else(|| seen.first().filter(|(_, _, response)| speaks(response)));
        if let Some((index, exchange, response)) = own {
            // Of an answer that was not read to its end, what differs from another's is not known.
            if let Some(unread) = response.content().unread() {
                self.unseen = Some(unread.to_string());
            } else {
                let one = tried(evidence, login, attempt, *index, exchange, response);
                self.tried.push(one);
            }
        } else if let Some((_, _, response)) = seen.first() {
            self.unseen = Some(match response.status {
                429 => "rate limited (429)".to_owned(),
                status => format!("{status}, which a gateway sends in the service's place"),
            });
        } else if let Some(failure) = asked.iter().find_map(|(_, one)| one.response.failure()) {
            self.unseen = Some(failure.sentence());
        } else if !asked.is_empty() {
            self.left_out.push(attempt);
        }
    }
}

fn tried(
    evidence: &Evidence,
    login: &Login,
    attempt: Attempt,
    index: usize,
    exchange: &Exchange,
    response: &Response,
) -> LoginTried {
    let answer = answer("POST", response, None);
    let mut nowhere = exchanges(evidence, Ask::NotFound.of_target());
    let nowhere = nowhere.any(|(_, other)| are_alike(exchange, other));
    let checked = checked(login, &attempt, response);
    let kept = !login.json.is_empty()
        && login.status.contains(response.status)
        && checked_json(&login.json, response)
            .iter()
            .all(|checked| checked.standing == Standing::Met);
    LoginTried {
        at: Pointer::exchange(index),
        status: response.status,
        answer,
        unreached: unreached(login, response, answer, kept, nowhere),
        fields: fields(response),
        words: texts(&without_name(login, &response.content().text())),
        checked,
        leaks: given_away(&response.content().text()),
        attempt,
    }
}

/// The user who exists goes by the name of the one who does not.
fn without_name(login: &Login, body: &str) -> String {
    match &login.known_user {
        Some(known) => body.replace(&known.from.placeholder(), NOBODY),
        None => body.to_owned(),
    }
}

fn checked(login: &Login, attempt: &Attempt, response: &Response) -> Vec<Checked> {
    let wrong = matches!(attempt, Attempt::UnknownUser | Attempt::WrongPassword);
    if wrong && login.status.contains(response.status) {
        checked_json(&login.json, response)
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
