//! One attempt, and what it was answered.

use crate::evidence::{Evidence, Exchange, Response};
use crate::model::{Attempt, Bypass, Pointer, Scheme};
use crate::wire::http::Fault;
use crate::wire::http::cache_control::{self, Directive};
use crate::wire::http::challenge::{Challenge, challenges};
use crate::wire::http::problem::{ProblemFault, is_bare, problem};
use crate::wire::leak::{self, Kind, Leak};
use crate::wire::refusal::{Answer, Reply, error_fault};

/// `WWW-Authenticate`, all fields combined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenged {
    /// Not sent, or empty.
    Absent,
    /// Sent, and no list of challenges.
    Malformed(Fault),
    /// What it asks for.
    Present(Vec<Challenge>),
}

/// What a body repeats of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// Nothing of note.
    Nothing,
    /// The made-up credential.
    Credential,
    /// The whole request, as TRACE does.
    Request,
}

impl Echo {
    fn in_body(text: &str) -> Self {
        let made_up = ["seaworthy-garbage", "seaworthy.mal.formed"];
        match () {
            () if text.trim_start().starts_with("TRACE /") => Self::Request,
            () if made_up.iter().any(|sent| text.contains(sent)) => Self::Credential,
            () => Self::Nothing,
        }
    }
}

/// An attempt and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`, as it was sent.
    pub label: String,
    /// The declared endpoint's place in the target file, from 0.
    pub endpoint: usize,
    /// The credentials tried.
    pub attempt: Attempt,
    /// The status.
    pub status: u16,
    /// What kind of answer it is.
    pub answer: Answer,
    /// What a 401 asks for.
    pub challenge: Challenged,
    /// Whether shared caches are told to keep it.
    pub cached: bool,
    /// How the body differs from the declared error, if it does.
    pub body_fault: Option<String>,
    /// What is wrong with it as a problem document (RFC 9457), if it claims to be one.
    pub problem: Option<ProblemFault>,
    /// What the body gives away.
    pub leaks: Vec<Leak>,
    /// Why not all of the body was read, if so: what is not found may stand in the rest.
    pub unread: Option<String>,
    /// What of the request the body repeats.
    pub echo: Echo,
    /// Whether a path nobody made, or the front page, is answered alike.
    pub like_nowhere: bool,
    /// Whether the answer could have had a body, and hands nothing out: `[]`, `{}`, no byte at all.
    pub bare: bool,
    /// Whether the valid credential is answered with the same data; `None` when that is not known.
    pub like_valid: Option<bool>,
    /// Whether whoever may come in came in: with the declared status, else with 2xx, and not with
    /// the declared refusal. `None` for everybody else.
    pub admitted: Option<bool>,
    /// How often it was asked.
    pub times: usize,
}

impl Tried {
    /// From an exchange that was answered.
    #[must_use]
    pub fn new(
        at: &Pointer,
        exchange: &Exchange,
        response: &Response,
        endpoint: usize,
        attempt: &Attempt,
        evidence: &Evidence,
    ) -> Self {
        let method = exchange.request.method.as_str();
        let scheme = evidence.target.auth.as_ref();
        let answered = answer(method, response, scheme);
        let error = scheme.and_then(|scheme| scheme.error.as_ref());
        let content = response.content();
        let text = content.text();
        Self {
            at: at.clone(),
            label: format!("{method} {}", exchange.request.url.target),
            endpoint,
            attempt: attempt.clone(),
            status: response.status,
            answer: answered,
            challenge: challenge(response),
            cached: is_cached(response),
            body_fault: error.and_then(|error| {
                let media_type = response.value("content-type");
                error_fault(error, media_type.as_deref(), content.bytes())
            }),
            problem: problem_fault(response),
            leaks: given_away(&text),
            unread: content.unread().map(ToString::to_string),
            echo: Echo::in_body(&text),
            like_nowhere: false,
            bare: method != "HEAD" && content.whole().is_ok_and(is_bare),
            like_valid: None,
            admitted: (*attempt == Attempt::Valid)
                .then(|| is_admitted(evidence, endpoint, response, answered)),
            times: 1,
        }
    }

    /// The credential that was tried, in words.
    #[must_use]
    pub fn credential(&self) -> String {
        self.attempt.to_string()
    }

    /// Whether the request got what it had no right to.
    #[must_use]
    pub fn got_in(&self) -> bool {
        self.answer.let_in() && !self.like_nowhere && !self.is_empty_handed()
    }

    /// Whether a 2xx handed nothing out. An empty list may be all there is for whoever may come in,
    /// too: then it counts where those without credentials were answered otherwise. What changes
    /// something is carried out, whatever it answers; and `OPTIONS` is answered to everybody, unless
    /// it is with the data.
    fn is_empty_handed(&self) -> bool {
        let like_valid = self.like_valid == Some(true);
        if let Attempt::Bypass(Bypass::Method(method)) = &self.attempt
            && method.as_str() == "OPTIONS"
        {
            return self.bare || !like_valid;
        }
        let varied = matches!(self.attempt, Attempt::Bypass(_) | Attempt::Control(_));
        let reads = varied || self.label.starts_with("GET ");
        self.bare && reads && (self.attempt == Attempt::Nothing || !like_valid)
    }
}

/// What kind of answer a response is, where refusals are declared like this.
pub(super) fn answer(method: &str, response: &Response, scheme: Option<&Scheme>) -> Answer {
    let (location, media_type) = (response.value("location"), response.value("content-type"));
    let content = response.content();
    // A body of which nothing could be read may be a refusal as well as data.
    if (200..300).contains(&response.status) && content.is_unseen() {
        return Answer::Strange;
    }
    let reply = Reply {
        method,
        status: response.status,
        location: location.as_deref(),
        media_type: media_type.as_deref(),
        body: content.bytes(),
    };
    Answer::under(&reply, scheme)
}

fn is_admitted(evidence: &Evidence, endpoint: usize, response: &Response, answer: Answer) -> bool {
    let endpoint = evidence.target.endpoints.get(endpoint);
    let declared = endpoint.and_then(|endpoint| endpoint.status.as_ref());
    let (status, success) = (response.status, matches!(response.status, 200..=299));
    let wanted = declared.map_or(success, |declared| declared.contains(status));
    wanted && !(success && answer == Answer::Refused)
}

fn challenge(response: &Response) -> Challenged {
    let value = response.combined("www-authenticate").unwrap_or_default();
    match challenges(&value) {
        Ok(list) if list.is_empty() => Challenged::Absent,
        Ok(list) => Challenged::Present(list),
        Err(fault) => Challenged::Malformed(fault),
    }
}

fn is_cached(response: &Response) -> bool {
    let control = cache_control::parse(&response.combined("cache-control").unwrap_or_default());
    let lives = [control.max_age, control.s_maxage]
        .into_iter()
        .flatten()
        .any(|age| age.0 > 0);
    !control.has(Directive::NoStore)
        && !control.has(Directive::Private)
        && (control.has(Directive::Public) || lives)
}

fn problem_fault(response: &Response) -> Option<ProblemFault> {
    let claims = response.media_type() == "application/problem+json";
    claims
        .then(|| problem(response.content().bytes(), response.status).err())
        .flatten()
}

/// What an error should keep to itself. Versions and inside addresses are the headers family's.
pub(super) fn given_away(text: &str) -> Vec<Leak> {
    let mut leaks = leak::scan(text);
    leaks.retain(|leak| {
        matches!(
            leak.kind,
            Kind::StackTrace | Kind::DebugPage | Kind::DatabaseError | Kind::Secret
        )
    });
    leaks
}
