//! One attempt, and what it was answered.

use crate::evidence::{Evidence, Exchange, Response};
use crate::model::{Attempt, AuthError, Pointer};
use crate::wire::http::Fault;
use crate::wire::http::cache_control::{self, Directive};
use crate::wire::http::challenge::{Challenge, challenges};
use crate::wire::http::problem::{ProblemFault, problem};
use crate::wire::leak::{self, Kind, Leak};
use crate::wire::refusal::{Answer, Reply};

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
    /// What of the request the body repeats.
    pub echo: Echo,
    /// Whether a path nobody made, or the front page, is answered alike.
    pub like_nowhere: bool,
    /// Whether the answer could have had a body, and had none.
    pub empty: bool,
    /// Whether the valid credential is answered with the same data; `None` when that is not known.
    pub like_valid: Option<bool>,
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
        let answer = answer(method, response);
        let error = evidence
            .target
            .auth
            .as_ref()
            .and_then(|scheme| scheme.error.as_ref());
        let content = response.content();
        let text = content.text();
        Self {
            at: at.clone(),
            label: format!("{method} {}", exchange.request.url.target),
            endpoint,
            attempt: attempt.clone(),
            status: response.status,
            answer,
            challenge: challenge(response),
            cached: is_cached(response),
            body_fault: error.and_then(|error| body_fault(error, response)),
            problem: problem_fault(response),
            leaks: given_away(&text),
            echo: Echo::in_body(&text),
            like_nowhere: false,
            empty: method != "HEAD" && content.whole().is_ok_and(<[u8]>::is_empty),
            like_valid: None,
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

    /// A way round the door that leads to nothing: a field that makes `OPTIONS` of it is answered as
    /// a preflight is. Whoever may come in is answered with nothing, too, where there is nothing yet.
    fn is_empty_handed(&self) -> bool {
        matches!(self.attempt, Attempt::Bypass(_)) && self.empty && self.like_valid != Some(true)
    }
}

/// What kind of answer a response is.
pub(super) fn answer(method: &str, response: &Response) -> Answer {
    let (location, media_type) = (response.value("location"), response.value("content-type"));
    let content = response.content();
    // A body of which nothing could be read may be a refusal as well as data.
    if (200..300).contains(&response.status) && content.is_unseen() {
        return Answer::Strange;
    }
    Answer::of(&Reply {
        method,
        status: response.status,
        location: location.as_deref(),
        media_type: media_type.as_deref(),
        body: content.bytes(),
    })
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

fn body_fault(error: &AuthError, response: &Response) -> Option<String> {
    let found = response.media_type();
    if let Some(wanted) = error.media_type.as_ref().filter(|wanted| **wanted != found) {
        return Some(format!("{found:?} instead of {wanted}"));
    }
    if error.exists.is_empty() {
        return None;
    }
    let content = response.content();
    if let Some(unread) = content.unread() {
        return Some(unread.to_string());
    }
    let Some(body) = content.json::<serde_json::Value>() else {
        return Some("the body is not JSON".to_owned());
    };
    let missing = error
        .exists
        .iter()
        .find(|pointer| body.pointer(pointer).is_none())?;
    Some(format!("{missing} is not in the body"))
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
