//! What a declared endpoint answered, held against what is declared of it.

use std::fmt;

use super::checked::{self, Checked};
use crate::evidence::{Cause, Content, Evidence, Exchange, Response, Unread};
use crate::facts::landing::platform;
use crate::model::{Ask, Bytes, Endpoint, Micros, Pointer, StatusSet, Untrusted};
use crate::wire::traversal;

/// An endpoint and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// The declared endpoint's place in the target file, from 0.
    pub endpoint: usize,
    /// `GET /path`.
    pub label: String,
    /// What came.
    pub answer: Answer,
    /// The declared statuses.
    pub wanted: StatusSet,
    /// Statuses of further looks, in order; empty when one was enough.
    pub again: Vec<u16>,
    /// Everything declared of the answer, held against it. Of an answer with another status all of it
    /// is open: that is another document.
    pub checked: Vec<Checked>,
    /// The media type, where something was answered.
    pub media_type: Option<Untrusted>,
    /// Where a redirect leads (RFC 9110 §15.4), as the answer says it.
    pub moved_to: Option<Untrusted>,
    /// How long the body is, where it was read to its end.
    pub size_bytes: Option<Bytes>,
    /// From the request to the last byte, the least of all looks.
    pub took_us: Micros,
    /// Whether a platform answers in place of the application.
    pub by_platform: bool,
    /// A system file whose content came back.
    pub file: Option<&'static str>,
    /// Why not all of the body was read, if so.
    pub unread: Option<String>,
}

/// What an endpoint answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This status.
    Status(u16),
    /// 429, and again after a wait where one was affordable: not to be told.
    Limited,
    /// Nothing, and why.
    Failed(String),
}

/// In words.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "answered {status}"),
            Self::Limited => f.write_str("rate limited (429)"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// Every endpoint that was asked.
pub(super) fn read(evidence: &Evidence) -> Vec<Answered> {
    let all = evidence.exchanges.iter().enumerate();
    all.filter_map(|(index, exchange)| {
        let declared = exchange.question.declared()?;
        let endpoint = evidence.target.endpoints.get(declared)?;
        if exchange.was_left_out() {
            return None;
        }
        Some(answered(evidence, endpoint, index, exchange))
    })
    .collect()
}

/// Endpoints nobody asked, and why not.
pub(super) fn unasked(evidence: &Evidence) -> Vec<(String, &'static str)> {
    // That it refuses strangers says nothing of what it answers to others.
    let looks = |index: usize, endpoint: &Endpoint| {
        let refusals = !endpoint.declares_an_answer();
        evidence.exchanges.iter().filter(move |exchange| {
            exchange.question.endpoint() == Some(index)
                && (exchange.question.ask == Ask::Declared
                    || (refusals && exchange.question.credentials().is_some()))
        })
    };
    let asked = |index: usize, endpoint: &Endpoint| {
        looks(index, endpoint).any(|exchange| !exchange.was_left_out())
    };
    let declared = evidence.target.endpoints.iter().enumerate();
    declared
        .filter(|(index, endpoint)| !asked(*index, endpoint))
        .map(|(index, endpoint)| {
            let readable = endpoint.protected && !endpoint.is_mutating() && endpoint.method.is_safe();
            let needs_secret = readable || !endpoint.send_secrets.is_empty();
            let why = if looks(index, endpoint).next().is_some() {
                "half of the rate limit is used up: --burst"
            } else if needs_secret && !evidence.target.keeps_secrets() {
                "no credential is sent in the clear"
            } else if readable {
                "it is protected and no credential is supplied"
            } else {
                "it may change something: mutating = false on a POST that does not, or --allow-mutation"
            };
            (endpoint.label(), why)
        })
        .collect()
}

/// A repeat counts where the first request was one too many.
fn answered(evidence: &Evidence, endpoint: &Endpoint, index: usize, first: &Exchange) -> Answered {
    let wanted = endpoint
        .status
        .clone()
        .unwrap_or_else(|| StatusSet::of(&["2xx"]));
    let (left_out, repeats): (Vec<(usize, &Exchange)>, Vec<_>) =
        super::super::exchanges(evidence, Ask::Repeat.at(first.question.place))
            .partition(|(_, repeat)| repeat.was_left_out());
    let limited = status(first) == Some(429);
    let (index, judged) = match repeats.last() {
        Some(repeat) if limited => *repeat,
        Some(_) | None => (index, first),
    };
    let content = judged.response.seen().map(Response::content);
    let cut = content.as_ref().and_then(cut_by_peer);
    let answer = match (judged.response.seen(), &cut) {
        (_, Some(cut)) => Answer::Failed(cut.to_string()),
        (Some(response), None) if response.status == 429 && !wanted.contains(429) => {
            Answer::Limited
        }
        (Some(response), None) => Answer::Status(response.status),
        (None, None) => Answer::Failed(failure(judged)),
    };
    let looks = repeats
        .iter()
        .map(|(_, exchange)| *exchange)
        .chain([judged]);
    let took_us = looks.map(took).min().unwrap_or_default();
    let as_declared = judged
        .response
        .seen()
        .filter(|response| wanted.contains(response.status) && cut.is_none());
    let looked_again = left_out.is_empty();
    let checked = match as_declared {
        Some(response) => {
            let mut checked = checked::of_response(endpoint, response);
            checked.extend(checked::of_time(evidence, endpoint, took_us, looked_again));
            checked
        }
        None => checked::unseen(endpoint, &answer.to_string()),
    };
    let size = content.as_ref().filter(|content| content.is_measured());
    Answered {
        at: Pointer::exchange(index),
        endpoint: first.question.endpoint().unwrap_or_default(),
        label: endpoint.label(),
        answer,
        wanted,
        again: if limited {
            Vec::new()
        } else {
            repeats
                .iter()
                .filter_map(|(_, exchange)| status(exchange))
                .collect()
        },
        checked,
        media_type: judged
            .response
            .seen()
            .map(|response| response.media_type().into()),
        moved_to: judged.response.seen().and_then(moved_to),
        size_bytes: size.map(|content| Bytes(content.size())),
        took_us,
        by_platform: judged.response.seen().is_some_and(platform::is_platforms),
        file: content
            .as_ref()
            .and_then(|content| traversal::leaked_file(&content.text())),
        unread: content.and_then(|content| content.unread().map(ToString::to_string)),
    }
}

/// An answer that the peer broke off is one to no client, whatever its head said (RFC 9112 §8). One
/// that the deadline ended may be meant to go on for as long as anybody listens.
fn cut_by_peer<'c>(content: &'c Content<'_>) -> Option<&'c Unread> {
    let by_peer = |unread: &&Unread| {
        matches!(
            unread,
            Unread::Cut {
                cause: Cause::Closed | Cause::Reset | Cause::Garbage,
                ..
            }
        )
    };
    content.unread().filter(by_peer)
}

fn status(exchange: &Exchange) -> Option<u16> {
    exchange.response.seen().map(|response| response.status)
}

fn failure(exchange: &Exchange) -> String {
    let failure = exchange.response.failure();
    failure.map_or_else(
        || "not asked".to_owned(),
        crate::evidence::Failure::sentence,
    )
}

fn moved_to(response: &Response) -> Option<Untrusted> {
    let redirects = (300..400).contains(&response.status);
    let place = response.value("location").filter(|_| redirects);
    place.map(Untrusted::from)
}

fn took(exchange: &Exchange) -> Micros {
    exchange.phases.server + exchange.phases.transfer
}
