//! Who is turned away, how, and whether those who may come in are let in.

mod data;
mod login;
mod query;
mod tried;
mod words;

pub use login::{LoginFacts, LoginTried};
pub use query::{InQuery, Taken};
pub use tried::{Challenged, Echo, Tried};
pub use words::{differ, steady};

use super::{State, exchanges};
use crate::evidence::{Evidence, Exchange, Observation, are_alike};
use crate::model::{Ask, Attempt, Bypass, Identity, Kind, Pointer, SchemeKind, StatusSet};
use crate::wire::http::problem::withholds_data;
use crate::wire::refusal::Answer;

/// Refusals of one target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuthFacts {
    /// `bearer`, `basic`, `api-key` or `cookie`; `bearer` is assumed when nothing is declared.
    pub scheme: String,
    /// Statuses that count as a refusal.
    pub wanted: StatusSet,
    /// Whether a 401 must name the scheme it wants.
    pub challenged: bool,
    /// Protected endpoints that are pages for people with a cookie, by their place in the target file:
    /// a login is where they are sent.
    pub pages: Vec<usize>,
    /// What the user supplied to test with.
    pub supplied: Supplied,
    /// Every attempt that was answered.
    pub attempts: Vec<Tried>,
    /// Attempts that got no usable answer, and why.
    pub unseen: Vec<Unseen>,
    /// Attempts that were left out to spare the target, by label.
    pub left_out: Vec<Attempt>,
    /// What a token in the URL is taken for, if one was sent.
    pub in_query: Option<InQuery>,
    /// The login endpoint, if declared.
    pub login: Option<LoginFacts>,
}

/// Which credentials were there to test with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Supplied {
    /// A valid one.
    pub token: bool,
    /// One that was valid once.
    pub expired: bool,
    /// Another user's.
    pub other: bool,
}

/// An attempt of which nothing can be said.
#[derive(Clone, Debug, PartialEq)]
pub struct Unseen {
    /// The exchange.
    pub at: Pointer,
    /// What was tried.
    pub attempt: Attempt,
    /// Why.
    pub why: String,
}

/// Reads refusals.
#[must_use]
pub fn read(evidence: &Evidence) -> State<AuthFacts> {
    let target = &evidence.target;
    let protected = target.endpoints.iter().any(|endpoint| endpoint.protected);
    if !protected && target.login.is_none() {
        return State::NotConfigured("no endpoint is declared protected");
    }
    let mut facts = declared(evidence);
    facts.login = login::read(evidence);
    for (index, exchange) in evidence.exchanges.iter().enumerate() {
        if let Some((endpoint, attempt)) = exchange.question.credentials() {
            facts.add(evidence, index, endpoint, attempt);
        }
    }
    facts.compare_with_valid(evidence);
    facts.pages = pages(evidence);
    facts.in_query = query::read(evidence, &facts.attempts);
    let login_seen = facts
        .login
        .as_ref()
        .is_some_and(|login| !login.tried.is_empty());
    let failure = evidence
        .exchanges
        .iter()
        .filter(|exchange| matches!(exchange.question.ask, Ask::Credentials(_) | Ask::Login(_)))
        .find_map(|exchange| exchange.response.failure());
    match failure {
        Some(failure) if facts.attempts.is_empty() && !login_seen => State::Unseen(failure.clone()),
        Some(_) | None => State::Known(facts),
    }
}

fn declared(evidence: &Evidence) -> AuthFacts {
    let scheme = evidence.target.auth.as_ref();
    let has =
        |identity: &Option<Identity>| identity.as_ref().is_some_and(|identity| identity.available);
    AuthFacts {
        scheme: scheme
            .map_or("bearer", |scheme| name(&scheme.kind))
            .to_owned(),
        wanted: scheme.map_or_else(
            || StatusSet::of(&["401", "403"]),
            |scheme| scheme.reject.clone(),
        ),
        challenged: scheme.is_some_and(|scheme| scheme.challenge),
        supplied: scheme.map_or_else(Supplied::default, |scheme| Supplied {
            token: has(&scheme.token),
            expired: has(&scheme.expired),
            other: has(&scheme.other),
        }),
        ..AuthFacts::default()
    }
}

const fn name(kind: &SchemeKind) -> &'static str {
    match kind {
        SchemeKind::Bearer => "bearer",
        SchemeKind::Basic => "basic",
        SchemeKind::ApiKey { .. } => "api-key",
        SchemeKind::Cookie { .. } => "cookie",
    }
}

impl AuthFacts {
    fn add(&mut self, evidence: &Evidence, index: usize, endpoint: usize, attempt: &Attempt) {
        let Some(exchange) = evidence.exchanges.get(index) else {
            return;
        };
        let at = Pointer::exchange(index);
        match &exchange.response {
            Observation::Seen(response) if response.status == 429 => {
                let why = "rate limited (429)".to_owned();
                self.unseen.push(Unseen {
                    at,
                    attempt: attempt.clone(),
                    why,
                });
            }
            Observation::Seen(response) => {
                let mut tried = Tried::new(&at, exchange, response, endpoint, attempt, evidence);
                tried.like_nowhere = is_like_nowhere(evidence, exchange);
                self.attempts.push(tried);
            }
            Observation::Failed(failure) => {
                let why = failure.sentence();
                self.unseen.push(Unseen {
                    at,
                    attempt: attempt.clone(),
                    why,
                });
            }
            Observation::Skipped(_) => self.left_out.push(attempt.clone()),
        }
    }

    /// The same answer as the owner's is the proof that somebody got at what is the owner's.
    fn compare_with_valid(&mut self, evidence: &Evidence) {
        let exchange = |tried: &Tried| evidence.exchanges.get(tried.at.exchange_index()?);
        let valid: Vec<(usize, &Exchange)> = self
            .of(&Attempt::Valid)
            .filter_map(|tried| Some((tried.endpoint, exchange(tried)?)))
            .collect();
        for tried in &mut self.attempts {
            let own = valid
                .iter()
                .find(|(endpoint, _)| *endpoint == tried.endpoint);
            let Some(((_, valid), found)) = own.zip(exchange(tried)) else {
                continue;
            };
            tried.like_valid = is_like_valid(&tried.attempt, valid, found);
            // Another user may have none of what the owner has.
            let may_have_none = matches!(tried.attempt, Attempt::Valid | Attempt::OtherUser);
            if tried.answer == Answer::Served && !may_have_none && is_withheld(valid, found) {
                tried.answer = Answer::SoftRefusal("data");
            }
        }
    }

    /// Attempts of one kind.
    pub fn of(&self, attempt: &Attempt) -> impl Iterator<Item = &Tried> {
        self.attempts
            .iter()
            .filter(move |tried| tried.attempt == *attempt)
    }

    /// Attempts to get past the guard, of one kind.
    pub fn bypasses(&self, of: fn(&Bypass) -> bool) -> impl Iterator<Item = &Tried> {
        self.attempts
            .iter()
            .filter(move |tried| matches!(&tried.attempt, Attempt::Bypass(bypass) if of(bypass)))
    }

    /// Whether the valid credential is let in; `None` when it was not tried.
    #[must_use]
    pub fn admits(&self) -> Option<bool> {
        self.of(&Attempt::Valid)
            .map(|tried| (200..300).contains(&tried.status))
            .next()
    }
}

fn is_withheld(valid: &Exchange, found: &Exchange) -> bool {
    let seen = found.response.seen().zip(valid.response.seen());
    seen.is_some_and(|(found, valid)| {
        withholds_data(found.content().bytes(), valid.content().bytes())
    })
}

/// By what the valid cookie is answered with; where that is not known, by what the target is for.
fn pages(evidence: &Evidence) -> Vec<usize> {
    let target = &evidence.target;
    let scheme = target.auth.as_ref().map(|scheme| &scheme.kind);
    if !matches!(scheme, Some(SchemeKind::Cookie { .. })) {
        return Vec::new();
    }
    let is_page = |index: &usize| {
        let role = Ask::Credentials(Attempt::Valid).of_endpoint(*index);
        let mut valid = exchanges(evidence, role).filter_map(|(_, valid)| valid.response.seen());
        let valid = valid.find(|valid| (200..300).contains(&valid.status));
        valid.map_or(target.kind == Some(Kind::Web), |valid| {
            valid.media_type() == "text/html"
        })
    };
    let protected = |index: &usize| {
        let endpoint = target.endpoints.get(*index);
        endpoint.is_some_and(|endpoint| endpoint.protected)
    };
    let all = (0..target.endpoints.len()).filter(protected);
    all.filter(is_page).collect()
}

/// A page found by a way round the door is the same page however its tokens differ: it is no other
/// user's. `HEAD` has nothing to compare.
fn is_like_valid(attempt: &Attempt, valid: &Exchange, found: &Exchange) -> Option<bool> {
    let is_page = |exchange: &Exchange| {
        let response = exchange.response.seen();
        response.is_some_and(|response| response.media_type() == "text/html")
    };
    let may_vary = matches!(attempt, Attempt::Bypass(_)) && is_page(found);
    let same = || data::is_same(valid, found) || (may_vary && are_alike(valid, found));
    (found.request.method.as_str() != "HEAD").then(same)
}

/// Whether a made-up path, or the front page, is answered alike: then nothing was handed out. The
/// front page may be protected itself.
fn is_like_nowhere(evidence: &Evidence, exchange: &Exchange) -> bool {
    let mut nowhere = exchanges(evidence, Ask::NotFound.of_target()).map(|(_, other)| other);
    if exchange.request.method.as_str() == "HEAD" {
        return nowhere.any(|other| are_alike_by_fields(exchange, other));
    }
    let front = exchanges(evidence, Ask::Page.of_target()).map(|(_, other)| other);
    let mut front = front.filter(|page| page.request.url.target != exchange.request.url.target);
    nowhere.any(|other| are_alike(exchange, other)) || front.any(|page| are_alike(exchange, page))
}

/// Without a body there is no more to compare. It does not tell one answer of an API from another,
/// but one of an API from the page that answers for everything else.
fn are_alike_by_fields(a: &Exchange, b: &Exchange) -> bool {
    let seen = a.response.seen().zip(b.response.seen());
    seen.is_some_and(|(a, b)| a.status == b.status && a.media_type() == b.media_type())
}
