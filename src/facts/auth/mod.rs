//! Who is turned away, how, and whether those who may come in are let in.

mod data;
mod disclosed;
mod login;
mod owned;
mod query;
mod reached;
mod tried;
mod words;

pub use disclosed::Disclosed;
pub use login::{LoginFacts, LoginTried};
pub use query::{InQuery, Taken};
pub use tried::{Challenged, Echo, Tried};
pub use words::{differ, steady};

use super::{State, exchanges};
use crate::evidence::{Cause, Evidence, Exchange, Observation, are_alike};
use crate::model::{
    Ask, Attempt, Control, Identity, Kind, Pointer, Question, SchemeKind, StatusSet,
};
use crate::plan::auth::acts;
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
    /// Protected endpoints that are one user's own, by their place in the target file: the file says
    /// so (`shared = false`), or the path names a person.
    pub owned: Vec<usize>,
    /// What the user supplied to test with.
    pub supplied: Supplied,
    /// Every attempt that was answered.
    pub attempts: Vec<Tried>,
    /// Refusals whose body holds what the valid credential is handed, and nobody else is.
    pub holding_data: Vec<Pointer>,
    /// Attempts that got no usable answer, and why.
    pub unseen: Vec<Unseen>,
    /// Attempts that were left out to spare the target, by label.
    pub left_out: Vec<Attempt>,
    /// What a token in the URL is taken for, wherever one was sent.
    pub in_query: Vec<InQuery>,
    /// Supplied secrets in answers to requests that did not carry them.
    pub disclosed: Vec<Disclosed>,
    /// The first answer that was not read to its end, and why: secrets may stand in the rest.
    pub unsearched: Option<String>,
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
    /// The declared endpoint's place in the target file, from 0.
    pub endpoint: usize,
    /// What was tried.
    pub attempt: Attempt,
    /// Whether something else answered: a limiter, or a gateway.
    pub blocked: bool,
    /// Whether the connection was ended instead of an answer: nobody was let in.
    pub dropped: bool,
    /// Why.
    pub why: String,
}

impl Unseen {
    /// Whether that is a refusal, too: many a firewall ends the connection on a method or a spelling
    /// that it dislikes. Of what every client sends it is none.
    #[must_use]
    pub const fn is_turned_away(&self) -> bool {
        self.dropped && matches!(self.attempt, Attempt::Bypass(_))
    }
}

/// Reads refusals.
#[must_use]
pub fn read(evidence: &Evidence) -> State<AuthFacts> {
    let target = &evidence.target;
    let protected = target.endpoints.iter().any(|endpoint| endpoint.protected);
    let disclosed = disclosed::read(evidence);
    if !protected && target.login.is_none() && disclosed.is_empty() {
        return State::NotConfigured("no endpoint is declared protected");
    }
    let mut facts = declared(evidence);
    facts.login = login::read(evidence);
    facts.disclosed = disclosed;
    facts.unsearched = disclosed::unsearched(evidence);
    for asked in asked(evidence) {
        facts.add(evidence, &asked);
    }
    facts.keep_what_speaks();
    facts.compare_with_valid(evidence);
    facts.pages = pages(evidence);
    facts.in_query = query::read(evidence, &facts);
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

/// One thing tried at one endpoint, and the exchanges that did: more than one where it was repeated.
struct Asked<'e> {
    endpoint: usize,
    attempt: Attempt,
    exchanges: Vec<(usize, &'e Exchange)>,
}

fn asked(evidence: &Evidence) -> Vec<Asked<'_>> {
    let mut all: Vec<Asked<'_>> = Vec::new();
    for (index, exchange) in evidence.exchanges.iter().enumerate() {
        let Some((endpoint, attempt)) = credential(evidence, exchange) else {
            continue;
        };
        let same = |asked: &&mut Asked<'_>| asked.endpoint == endpoint && asked.attempt == attempt;
        match all.iter_mut().find(same) {
            Some(asked) => asked.exchanges.push((index, exchange)),
            None => all.push(Asked {
                endpoint,
                attempt,
                exchanges: vec![(index, exchange)],
            }),
        }
    }
    all
}

/// What an exchange tries at which endpoint. The declared answer of a protected endpoint that may
/// change something is asked for once, with the valid credential.
fn credential(evidence: &Evidence, exchange: &Exchange) -> Option<(usize, Attempt)> {
    if let Some((endpoint, attempt)) = exchange.question.credentials() {
        return Some((endpoint, attempt.clone()));
    }
    let index = exchange.question.declared()?;
    let endpoint = evidence.target.endpoints.get(index)?;
    (endpoint.protected && acts(endpoint)).then_some((index, Attempt::Valid))
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
        owned: owned::owned(&evidence.target),
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
    /// The last answer that speaks of credentials, if there is one: not that of a limiter, nor of a
    /// gateway that did not reach the service.
    fn add(&mut self, evidence: &Evidence, asked: &Asked<'_>) {
        let seen = asked.exchanges.iter().rev();
        let mut seen = seen
            .filter_map(|(index, exchange)| Some((*index, *exchange, exchange.response.seen()?)));
        let found = seen
            .clone()
            .find(|(_, _, response)| !is_in_the_way(response.status))
            .or_else(|| seen.next());
        if let Some((index, exchange, response)) = found {
            let at = Pointer::exchange(index);
            let (endpoint, attempt) = (asked.endpoint, &asked.attempt);
            let mut tried = Tried::new(&at, exchange, response, endpoint, attempt, evidence);
            tried.like_nowhere = is_like_nowhere(evidence, exchange, endpoint);
            tried.times = asked.exchanges.len();
            self.attempts.push(tried);
            return;
        }
        for (index, exchange) in &asked.exchanges {
            match &exchange.response {
                Observation::Failed(failure) => {
                    return self.unseen.push(Unseen {
                        at: Pointer::exchange(*index),
                        endpoint: asked.endpoint,
                        attempt: asked.attempt.clone(),
                        blocked: false,
                        dropped: matches!(failure.cause, Cause::Closed | Cause::Reset),
                        why: failure.sentence(),
                    });
                }
                Observation::Seen(_) | Observation::Skipped(_) => {}
            }
        }
        self.left_out.push(asked.attempt.clone());
    }

    /// Takes away what says nothing: 429, and what a gateway answers in the service's place, unless
    /// that repeats while the requests around it are answered well.
    fn keep_what_speaks(&mut self) {
        let all = std::mem::take(&mut self.attempts);
        let (blocked, mut kept): (Vec<Tried>, Vec<Tried>) = all
            .into_iter()
            .partition(|tried| is_in_the_way(tried.status));
        for tried in blocked {
            let around = kept.iter().any(|other| {
                let valid = tried.attempt == Attempt::Valid;
                let well = if valid {
                    other.status < 500
                } else {
                    other.admitted == Some(true)
                };
                other.endpoint == tried.endpoint && well
            });
            if tried.status != 429 && tried.times > 1 && around {
                kept.push(tried);
                continue;
            }
            let why = match tried.status {
                429 => "rate limited (429)".to_owned(),
                status => format!("{status}, which a gateway sends in the service's place"),
            };
            self.unseen.push(Unseen {
                at: tried.at,
                endpoint: tried.endpoint,
                attempt: tried.attempt,
                blocked: true,
                dropped: false,
                why,
            });
        }
        kept.sort_by_key(|tried| tried.at.exchange_index());
        self.attempts = kept;
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
            // A page for every name is alike but for the name; the owner's very data is the owner's.
            let the_owner_s = |other: &Exchange| data::is_same(valid, other);
            if tried.like_nowhere && the_owner_s(found) {
                tried.like_nowhere = nowhere(evidence, tried.endpoint).any(the_owner_s);
            }
            // Another user may have none of what the owner has, and another method may answer with
            // nothing.
            let varied = matches!(tried.attempt, Attempt::Bypass(_) | Attempt::Control(_));
            let may_have_none = matches!(tried.attempt, Attempt::Valid | Attempt::OtherUser)
                || (varied && tried.bare);
            if tried.answer == Answer::Served && !may_have_none && is_withheld(valid, found) {
                tried.answer = Answer::SoftRefusal("data");
            }
        }
        self.search_refusals(evidence, &valid);
        // Whoever may come in and is answered in the very words of a refusal was not let in.
        let refused = self.of(&Attempt::Nothing).filter(|tried| !tried.got_in());
        let alike = refused.filter(|tried| tried.like_valid == Some(true));
        let alike: Vec<usize> = alike.map(|tried| tried.endpoint).collect();
        for tried in &mut self.attempts {
            let says_no = matches!(tried.answer, Answer::SoftRefusal(_) | Answer::LoginPage);
            if tried.attempt == Attempt::Valid && says_no && alike.contains(&tried.endpoint) {
                tried.admitted = Some(false);
            }
        }
    }

    /// A handler that goes on behind its refusal sends the data with it. What the front page and made-up
    /// paths are answered with is no data.
    fn search_refusals(&mut self, evidence: &Evidence, valid: &[(usize, &Exchange)]) {
        let admitted: Vec<usize> = self
            .of(&Attempt::Valid)
            .filter(|tried| tried.admitted == Some(true) && tried.answer == Answer::Served)
            .map(|tried| tried.endpoint)
            .collect();
        let page = Ask::Page.of_target();
        let holds = |tried: &&Tried| {
            let found = evidence.exchanges.get(tried.at.exchange_index()?)?;
            let own = |(endpoint, _): &&(usize, &Exchange)| *endpoint == tried.endpoint;
            let (endpoint, valid) = valid.iter().find(own)?;
            let front = exchanges(evidence, page.clone()).map(|(_, other)| other);
            let mut everybody_s = nowhere(evidence, *endpoint)
                .chain(front.filter(|page| page.request.url.target != valid.request.url.target));
            let refused = tried.attempt != Attempt::Valid && tried.answer != Answer::Served;
            let holds = refused
                && admitted.contains(endpoint)
                && data::holds(found, valid)
                && !everybody_s.any(|other| data::holds(other, valid));
            Some(holds)
        };
        let holding = self
            .attempts
            .iter()
            .filter(|tried| holds(tried) == Some(true));
        self.holding_data = holding.map(|tried| tried.at.clone()).collect();
    }

    /// What one attempt at an endpoint was answered.
    #[must_use]
    pub fn at(&self, endpoint: usize, attempt: &Attempt) -> Option<&Tried> {
        self.of(attempt).find(|tried| tried.endpoint == endpoint)
    }

    /// Why an attempt at an endpoint says nothing, if it was made.
    #[must_use]
    pub fn unseen_at(&self, endpoint: usize, attempt: &Attempt) -> Option<&Unseen> {
        let mut all = self.unseen.iter();
        all.find(|unseen| unseen.endpoint == endpoint && unseen.attempt == *attempt)
    }

    /// Attempts of one kind.
    pub fn of(&self, attempt: &Attempt) -> impl Iterator<Item = &Tried> {
        self.attempts
            .iter()
            .filter(move |tried| tried.attempt == *attempt)
    }

    /// Whether the valid credential is let in at an endpoint; `None` when that is not known.
    #[must_use]
    pub fn admits(&self, endpoint: usize) -> Option<bool> {
        self.at(endpoint, &Attempt::Valid)?.admitted
    }
}

/// Whether a limiter or a gateway answered: 502, 503 and 504 say that the service was not reached
/// (RFC 9110 §15.6.3 to §15.6.5).
pub(super) const fn is_in_the_way(status: u16) -> bool {
    matches!(status, 429 | 502..=504)
}

fn is_withheld(valid: &Exchange, found: &Exchange) -> bool {
    if found.request.method.as_str() == "HEAD" {
        return false;
    }
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
    let varied = matches!(attempt, Attempt::Bypass(_) | Attempt::Control(_));
    let may_vary = varied && is_page(found);
    let same = || data::is_same(valid, found) || (may_vary && are_alike(valid, found));
    (found.request.method.as_str() != "HEAD").then(same)
}

/// Whether a made-up path, or the front page, is answered alike: then nothing was handed out. The
/// front page may be protected itself.
fn is_like_nowhere(evidence: &Evidence, exchange: &Exchange, endpoint: usize) -> bool {
    if exchange.question == made_up_beside(endpoint) {
        return false;
    }
    let mut nowhere = nowhere(evidence, endpoint);
    if exchange.request.method.as_str() == "HEAD" {
        return nowhere.any(|other| are_alike_by_fields(exchange, other));
    }
    let front = exchanges(evidence, Ask::Page.of_target()).map(|(_, other)| other);
    let mut front = front.filter(|page| page.request.url.target != exchange.request.url.target);
    nowhere.any(|other| are_alike(exchange, other)) || front.any(|page| are_alike(exchange, page))
}

/// What paths that nobody has are answered with, at the root and beside an endpoint.
fn nowhere(evidence: &Evidence, endpoint: usize) -> impl Iterator<Item = &Exchange> {
    let root = exchanges(evidence, Ask::NotFound.of_target());
    let beside = exchanges(evidence, made_up_beside(endpoint));
    root.chain(beside).map(|(_, exchange)| exchange)
}

fn made_up_beside(endpoint: usize) -> Question {
    Ask::Credentials(Attempt::Control(Control::MadeUpPath)).of_endpoint(endpoint)
}

/// Without a body there is no more to compare. It does not tell one answer of an API from another,
/// but one of an API from the page that answers for everything else.
fn are_alike_by_fields(a: &Exchange, b: &Exchange) -> bool {
    let seen = a.response.seen().zip(b.response.seen());
    seen.is_some_and(|(a, b)| a.status == b.status && a.media_type() == b.media_type())
}
