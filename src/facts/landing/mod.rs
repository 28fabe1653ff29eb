//! What the target's URL answers: the service that was meant, or something in front of it.
//!
//! A login of the proxy, an error page and a server's welcome page have header fields, too. They are
//! not the service's: where one of them answers, that is the one cause of all that cannot be seen.

mod gate;
pub mod platform;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

pub use gate::Gate;

use crate::evidence::{
    Cause, Evidence, Exchange, Failure, HelloSent, Look, Observation, Response, Stage, TlsEvidence,
};
use crate::model::{Ask, Attempt, Millis, Pointer, Scheme, Untrusted, Url, UrlScheme};
use crate::wire::tls::Alert;
use crate::wire::url::resolve;
use crate::wire::{gate_page, html};

/// Browsers give up after so many redirects (Fetch §4.4, "redirect count is 20").
const MOST_HOPS: usize = 20;

/// What a visitor who asks for the target's URL is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// The exchange that tells.
    pub at: Pointer,
    /// The last answer on the way, redirects followed; `None` where there was none.
    pub answer: Option<Answered>,
    /// What stands there in place of the service, if anything.
    pub gate: Option<Gate>,
    /// Why the first connection came to nothing, where the request was sent again.
    pub sent_again: Option<String>,
    /// The first request that the server failed to answer, and answered when it was sent again.
    pub failed_once: Option<FailedOnce>,
}

/// A request that failed, and worked at once afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedOnce {
    /// The exchange that worked.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// What it was answered first.
    pub first: String,
    /// The status of the second answer.
    pub then: u16,
}

/// An answer in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Where it was given.
    pub url: String,
    /// The status code.
    pub status: u16,
    /// The media type's essence.
    pub media_type: Untrusted,
    /// The title, of a page.
    pub title: Option<Untrusted>,
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered {}", self.url, self.status)?;
        if !self.media_type.raw().is_empty() {
            write!(f, ", {}", self.media_type.raw())?;
        }
        match &self.title {
            Some(title) => write!(f, ", {:?}", title.raw()),
            None => Ok(()),
        }
    }
}

impl Landing {
    /// Why the target was not seen, as one failure for all that depends on it.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        let gate = self.gate.as_ref()?;
        Some(Failure {
            stage: Stage::Head,
            cause: Cause::NotMeant,
            detail: self.said(gate),
            after: Millis(0),
        })
    }

    fn said(&self, gate: &Gate) -> String {
        let Some(answer) = self.answer.as_ref().filter(|_| !gate.is_other_scheme()) else {
            return gate.to_string();
        };
        let said = format!("{answer}: {gate}");
        if let Gate::Refused(status) | Gate::Error(status) = gate {
            return format!(
                "{said}; where that is meant, declare it as an endpoint with status = {status}"
            );
        }
        said
    }
}

/// Reads what the target's URL answered; `None` where it was not even asked.
#[must_use]
pub fn read(evidence: &Evidence) -> Option<Landing> {
    let way = way(evidence);
    let (first, (at, last)) = (way.first()?.1, *way.last()?);
    let answer = way
        .iter()
        .rev()
        .find_map(|(_, exchange)| answered(exchange));
    let gate = if is_declared(evidence, last) {
        None
    } else {
        other_scheme(evidence, first).or_else(|| gate(evidence, &way, last))
    };
    let sent_again = first.earlier.iter().find_map(Observation::failure);
    Some(Landing {
        at: Pointer::exchange(at),
        answer,
        gate,
        sent_again: sent_again.map(Failure::sentence),
        failed_once: failed_once(evidence),
    })
}

/// Of the page itself, [`Landing::sent_again`] tells.
fn failed_once(evidence: &Evidence) -> Option<FailedOnce> {
    let exchanges = evidence.exchanges.iter().enumerate();
    let mut others = exchanges.filter(|(_, exchange)| exchange.question.ask != Ask::Page);
    others.find_map(|(index, exchange)| {
        let then = exchange.response.seen()?.status;
        let first = match exchange.earlier.first()? {
            Observation::Seen(status @ 500..) => format!("answered {status}"),
            Observation::Failed(failure) => failure.sentence(),
            Observation::Seen(_) | Observation::Skipped(_) => return None,
        };
        let (method, target) = (&exchange.request.method, &exchange.request.url.target);
        (then < 500).then(|| FailedOnce {
            at: Pointer::exchange(index),
            label: format!("{method} {target}"),
            first,
            then,
        })
    })
}

/// The page and the redirects from it.
fn way(evidence: &Evidence) -> Vec<(usize, &Exchange)> {
    let all = evidence.exchanges.iter().enumerate();
    all.filter(|(_, exchange)| matches!(exchange.question.ask, Ask::Page | Ask::Hop(_)))
        .collect()
}

fn answered(exchange: &Exchange) -> Option<Answered> {
    let response = exchange.response.seen()?;
    Some(Answered {
        url: exchange.request.url.to_string(),
        status: response.status,
        media_type: response.media_type().into(),
        title: title(response).map(Untrusted::from),
    })
}

fn title(response: &Response) -> Option<String> {
    let html = response.media_type() == "text/html";
    html.then(|| html::title(&response.content().text()))
        .flatten()
}

/// Whether somebody declared that this URL answers so.
fn is_declared(evidence: &Evidence, exchange: &Exchange) -> bool {
    let Some(status) = exchange.response.seen().map(|response| response.status) else {
        return false;
    };
    let target = &evidence.target;
    let refused = |status| match &target.auth {
        Some(scheme) => scheme.reject.contains(status),
        None => matches!(status, 401 | 403),
    };
    exchange.request.url.origin() == target.url.origin()
        && target.endpoints.iter().any(|endpoint| {
            let here =
                endpoint.method.as_str() == "GET" && endpoint.path == exchange.request.url.target;
            let declared = endpoint.status.as_ref();
            let as_declared = declared.is_some_and(|statuses| statuses.contains(status));
            here && (as_declared || (endpoint.protected && refused(status)))
        })
}

/// What the other scheme was answered with tells, and so do the words of the server.
fn other_scheme(evidence: &Evidence, page: &Exchange) -> Option<Gate> {
    let asked = |exchange: &&Exchange| exchange.question.ask == Ask::OtherScheme;
    let other = evidence.exchanges.iter().find(asked);
    let answers = other.is_some_and(|other| other.response.seen().is_some());
    let wants_tls = |exchange: &Exchange| {
        exchange.response.seen().is_some_and(|response| {
            response.status == 400 && gate_page::wants_tls(&response.content().text())
        })
    };
    // A page that no hello of ours gets, of a server that is asked in other ones, is behind TLS.
    let speaks_tls = other.is_some_and(wants_tls)
        || evidence.tls.seen().is_some_and(|tls| {
            let mut hellos = tls.hellos.iter();
            hellos.any(HelloSent::is_answered)
        });
    match evidence.target.url.scheme {
        UrlScheme::Http => (answers || wants_tls(page)).then_some(Gate::SpeaksTls),
        UrlScheme::Https => (answers && !speaks_tls).then_some(Gate::SpeaksPlainHttp),
    }
}

fn gate(evidence: &Evidence, way: &[(usize, &Exchange)], last: &Exchange) -> Option<Gate> {
    let url = || Untrusted::from(last.request.url.to_string());
    let response = match &last.response {
        Observation::Seen(response) => response,
        Observation::Failed(failure) if is_for_want_of_a_certificate(evidence, failure) => {
            return Some(Gate::ClientCertificate);
        }
        Observation::Failed(failure) if last.question.ask != Ask::Page => {
            return Some(Gate::DeadEnd(url(), failure.sentence()));
        }
        Observation::Failed(_) | Observation::Skipped(_) => return None,
    };
    if !super::headers::is_ours(evidence, last) {
        return Some(Gate::OtherHost(url()));
    }
    match response.status {
        status @ (101 | 206 | 226 | 304) => Some(Gate::Unasked(status)),
        301 | 302 | 303 | 307 | 308 => redirected(way, last, response),
        _ => stands_in(response),
    }
}

/// TLS 1.3 has an alert for it. Before that it is `handshake_failure` (RFC 5246 §7.4.6), and JSSE and
/// Go send `bad_certificate`: both have other reasons as well, so a certificate must have been asked
/// for.
fn is_for_want_of_a_certificate(evidence: &Evidence, failure: &Failure) -> bool {
    let Cause::Alert(description) = failure.cause else {
        return false;
    };
    let tls = evidence.tls.seen();
    match description {
        Alert::CERTIFICATE_REQUIRED => true,
        Alert::HANDSHAKE_FAILURE | Alert::BAD_CERTIFICATE => {
            tls.is_some_and(TlsEvidence::asks_for_certificate)
        }
        _ => false,
    }
}

/// A redirect that was not followed.
fn redirected(way: &[(usize, &Exchange)], last: &Exchange, response: &Response) -> Option<Gate> {
    let location = response.value("location").unwrap_or_default();
    let resolved = resolve(&last.request.url, &location);
    let Some(to) = resolved.as_ref().filter(|_| !location.is_empty()) else {
        return Some(Gate::NoUrl(location.into()));
    };
    let visited = |url: &Url| way.iter().any(|(_, exchange)| exchange.request.url == *url);
    let named = || Untrusted::from(to.to_string());
    if visited(to) || way.len() > MOST_HOPS {
        let sets = |(_, exchange): &(usize, &Exchange)| {
            let seen = exchange.response.seen();
            seen.is_some_and(|response| response.position("set-cookie").is_some())
        };
        let cookies = way.iter().any(sets);
        return Some(Gate::Endless {
            to: named(),
            cookies,
        });
    }
    let downgrade = last.request.url.scheme == UrlScheme::Https && to.scheme == UrlScheme::Http;
    if downgrade {
        return Some(Gate::Downgrade(named()));
    }
    (to.host != last.request.url.host).then(|| Gate::OtherHost(named()))
}

/// An answer of somebody else, by its status or by its words.
fn stands_in(response: &Response) -> Option<Gate> {
    let title = title(response);
    let is = |told: fn(&str) -> bool| title.as_deref().is_some_and(told);
    let content = response.content();
    let body = content.text();
    if let Some(said) = platform::says(response) {
        return Some(Gate::NoApplication(said));
    }
    match response.status {
        _ if is(gate_page::is_challenge) => Some(Gate::Challenge),
        400.. if gate_page::wants_certificate(&body) => Some(Gate::ClientCertificate),
        status @ (401 | 403 | 407) => Some(Gate::Refused(status)),
        503 => Some(Gate::Maintenance),
        status @ 400.. => Some(Gate::Error(status)),
        _ if is(gate_page::is_maintenance) => Some(Gate::Maintenance),
        _ => gate_page::welcome(title.as_deref(), &body).map(Gate::Welcome),
    }
}

/// The evidence whose header fields are the service's: as it is where the target's URL answers for
/// it; else with the first declared endpoint that was answered as declared in the place of what
/// stands there. `None` where there is no such endpoint.
#[must_use]
pub fn of_the_service<'e>(evidence: &'e Evidence, landing: &Landing) -> Option<Cow<'e, Evidence>> {
    if landing.gate.is_none() {
        return Some(Cow::Borrowed(evidence));
    }
    let good = evidence
        .exchanges
        .iter()
        .position(|exchange| is_as_declared(evidence, exchange))?;
    let mut evidence = evidence.clone();
    for exchange in &mut evidence.exchanges {
        if matches!(
            exchange.question.ask,
            Ask::Page | Ask::Hop(_) | Ask::Head | Ask::Again
        ) {
            exchange.question.ask = Ask::Control;
        }
    }
    if let Some(exchange) = evidence.exchanges.get_mut(good) {
        exchange.question = Ask::Page.of_target();
    }
    Some(Cow::Owned(evidence))
}

/// An answer of the service itself: a declared one, the one for its owner, or the declared refusal.
fn is_as_declared(evidence: &Evidence, exchange: &Exchange) -> bool {
    let target = &evidence.target;
    let endpoint = exchange
        .question
        .endpoint()
        .and_then(|index| target.endpoints.get(index));
    let (Some(endpoint), Some(look)) = (endpoint, Look::at(exchange)) else {
        return false;
    };
    let status = look.page().status;
    let declared = endpoint.status.as_ref();
    let good = declared.map_or((200..300).contains(&status), |all| all.contains(status));
    let ask = &exchange.question.ask;
    if matches!(ask, Ask::Declared | Ask::Credentials(Attempt::Valid)) {
        return good && status < 400;
    }
    // A proxy in front refuses with 403, too.
    let refusal = |scheme: &Scheme| scheme.reject.contains(status) && status != 403;
    *ask == Ask::Credentials(Attempt::Nothing) && target.auth.as_ref().is_some_and(refusal)
}
