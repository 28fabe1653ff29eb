//! What a declared endpoint answered, held against what is declared of it.

use std::collections::BTreeMap;

use super::network;
use crate::evidence::{Cause, Content, Evidence, Exchange, Response, Unread};
use crate::model::{Ask, Assertion, Endpoint, Micros, Pointer, StatusSet, Untrusted};
use crate::wire::json::{Assertion as Pointed, Expect, Miss, text_misses};
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
    /// Everything declared of the answer that does not hold. Only of an answer with the declared
    /// status: another one is another document.
    pub missed: Vec<Missed>,
    /// From the request to the last byte, the least of all looks.
    pub took_us: Micros,
    /// Whether a further look was due and left out, to spare the target's rate limit.
    pub not_looked_again: bool,
    /// A system file whose content came back.
    pub file: Option<&'static str>,
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

/// Something declared that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Of what.
    pub part: Part,
    /// What was found.
    pub found: Untrusted,
    /// What is declared.
    pub wanted: String,
    /// Whether it may hold for all that: what it depends on was not seen.
    pub untold: bool,
}

/// The parts of an answer that something can be declared of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A header field.
    Header,
    /// The body, read as JSON at all.
    NotJson,
    /// A place in the JSON.
    Json,
    /// The body as text.
    Body,
    /// How long the body is.
    Size,
    /// How long the answer took.
    Time,
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
    let mut missed = as_declared.map_or_else(Vec::new, |response| misses(endpoint, response));
    if as_declared.is_some() {
        missed.extend(late(evidence, endpoint, took_us));
    }
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
        missed,
        took_us,
        not_looked_again: !left_out.is_empty(),
        file: content.and_then(|content| traversal::leaked_file(&content.text())),
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

fn took(exchange: &Exchange) -> Micros {
    exchange.phases.server + exchange.phases.transfer
}

fn misses(endpoint: &Endpoint, response: &Response) -> Vec<Missed> {
    let mut missed = header_misses(&endpoint.headers, response);
    missed.extend(json_misses(&endpoint.json, response));
    missed.extend(body_misses(endpoint.body.as_ref(), response));
    missed.extend(size_misses(endpoint, response));
    missed
}

fn of(part: Part, name: &str) -> impl Fn(Miss) -> Missed {
    move |miss| {
        let place = format!("{name}{}", miss.pointer);
        Missed {
            part,
            found: Untrusted::from(format!("{place}: {}", miss.found.raw())),
            wanted: format!("{place}: {}", miss.wanted),
            untold: false,
        }
    }
}

/// A field that was sent several times holds when one line holds, or all of them together do.
fn header_misses(declared: &BTreeMap<String, Assertion>, response: &Response) -> Vec<Missed> {
    declared
        .iter()
        .filter_map(|(name, assertion)| {
            let expects = Expect::all_of(assertion).ok()?;
            let sent: Vec<String> = response.values(name).collect();
            let lines: Vec<&str> = sent.iter().map(String::as_str).collect();
            let absent = expects.iter().all(Expect::allows_absence);
            let miss = match (lines.as_slice(), absent) {
                ([], true) => return None,
                ([], false) => {
                    let wanted: Vec<String> = expects.iter().map(Expect::wanted).collect();
                    Miss {
                        pointer: String::new(),
                        wanted: wanted.join(", "),
                        found: Untrusted::from("not sent"),
                    }
                }
                (lines, _) => {
                    let joined = lines.join(", ");
                    let texts = lines.iter().copied().chain([joined.as_str()]);
                    let mut each = texts.map(|text| text_misses(&expects, text));
                    let all: Option<Vec<Vec<Miss>>> = each
                        .by_ref()
                        .map(|misses| (!misses.is_empty()).then_some(misses))
                        .collect();
                    all?.into_iter().next_back()?.into_iter().next()?
                }
            };
            Some(of(Part::Header, name)(miss))
        })
        .collect()
}

/// What a body that could be read would tell.
fn untold(part: Part, why: &Unread, wanted: String) -> Missed {
    Missed {
        part,
        found: Untrusted::from(why.to_string()),
        wanted,
        untold: true,
    }
}

/// What does not hold of a JSON body.
pub(in crate::facts) fn json_misses(
    declared: &BTreeMap<String, Assertion>,
    response: &Response,
) -> Vec<Missed> {
    if declared.is_empty() {
        return Vec::new();
    }
    let wanted = "a JSON document (RFC 8259)".to_owned();
    let content = response.content();
    if let Some(why) = content.unread() {
        return vec![untold(Part::NotJson, why, wanted)];
    }
    let text = content.text();
    let document = match serde_json::from_str(&text) {
        Ok(document) => document,
        Err(error) => {
            let start: String = text.chars().take(60).collect();
            return vec![Missed {
                part: Part::NotJson,
                found: Untrusted::from(format!("not JSON ({error}): {start}")),
                wanted,
                untold: false,
            }];
        }
    };
    let asserted = declared
        .iter()
        .filter_map(|(at, wanted)| Pointed::of(at, wanted).ok());
    let misses = asserted.flat_map(|assertion| assertion.misses(&document));
    misses.map(of(Part::Json, "")).collect()
}

/// A declared text without a line end also fits one that ends in it: editors and `echo` add it,
/// and nobody means it.
fn body_misses(declared: Option<&Assertion>, response: &Response) -> Vec<Missed> {
    let Some(expects) = declared.and_then(|declared| Expect::all_of(declared).ok()) else {
        return Vec::new();
    };
    let content = response.content();
    let text = content.text();
    let trimmed = text.trim_end_matches(['\r', '\n']);
    let misses = text_misses(&expects, &text);
    let holds = misses.is_empty() || text_misses(&expects, trimmed).is_empty();
    if let Some(why) = content.unread() {
        let wanted: Vec<String> = expects.iter().map(Expect::wanted).collect();
        let wanted = format!("body: {}", wanted.join(", "));
        let told = holds && expects.iter().all(Expect::holds_whatever_follows);
        let untold = (!told).then(|| untold(Part::Body, why, wanted));
        return untold.into_iter().collect();
    }
    if holds {
        return Vec::new();
    }
    misses.into_iter().map(of(Part::Body, "body")).collect()
}

fn size_misses(endpoint: &Endpoint, response: &Response) -> Option<Missed> {
    let content = response.content();
    let (size, whole) = (content.size(), content.is_measured());
    let coded = matches!(content.unread(), Some(Unread::Undecoded(_)));
    let other = endpoint
        .bytes
        .filter(|exact| !whole || coded || exact.0 != size);
    let over = endpoint.max_bytes.filter(|most| !whole || most.0 < size);
    let (wanted, most) = match (other, over) {
        (Some(exact), _) => (format!("exactly {} bytes", exact.0), exact),
        (None, Some(most)) => (format!("at most {} bytes", most.0), most),
        (None, None) => return None,
    };
    let too_many = !whole && size > most.0;
    if let Some(why) = content.unread().filter(|_| (!whole && !too_many) || coded) {
        return Some(untold(Part::Size, why, wanted));
    }
    let at_least = if whole { "" } else { "at least " };
    Some(Missed {
        part: Part::Size,
        found: Untrusted::from(format!("{at_least}{size} bytes")),
        wanted,
        untold: false,
    })
}

fn late(evidence: &Evidence, endpoint: &Endpoint, took: Micros) -> Option<Missed> {
    let network = network(evidence);
    let over = endpoint
        .max_over_network
        .filter(|limit| took - network > Micros::from(*limit));
    let slow = endpoint
        .max_time
        .filter(|limit| took > Micros::from(*limit));
    let (found, wanted) = match (slow, over) {
        (Some(limit), _) => (format!("{took}"), format!("at most {limit}")),
        (None, Some(limit)) => (
            format!("{} beyond the network's {network}", took - network),
            format!("at most {limit} beyond the network"),
        ),
        (None, None) => return None,
    };
    Some(Missed {
        part: Part::Time,
        found: Untrusted::from(found),
        wanted,
        untold: false,
    })
}
