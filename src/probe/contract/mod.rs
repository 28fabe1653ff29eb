//! The declared endpoints, as declared; paths that must not be there; methods that must be refused.

mod burst;

pub use burst::burst_lines;

use super::carry::{carry, credential};
use super::declared::{made_up_beside, reading, request};
use super::{MayFollow, View};
use crate::evidence::Exchange;
use crate::model::{Ask, Attempt, Endpoint, Family, Method, Micros, Place, Url};
use crate::net::http::{Client, Outgoing};
use crate::plan::auth::acts;
use crate::plan::contract as plan;

/// So many more times a slow answer is timed: the least of three is the server, not the weather.
const RETIMED: usize = 2;

/// What does not depend on any answer: one request for each declared endpoint that may be asked,
/// each path that must be absent, each method that must be refused.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    let target = view.target;
    let declared = target.endpoints.iter().enumerate();
    let mut requests: Vec<Outgoing> = declared
        .filter(|(_, endpoint)| may_ask(view, endpoint) && !comes_later(endpoint))
        .filter_map(|(index, endpoint)| asked(view, index, endpoint))
        .collect();
    requests.extend(target.absent.iter().enumerate().map(|(index, path)| {
        let url = target.url.with_target(path);
        Outgoing::new(Ask::Absent.at(Place::Absent(index)), Method::get(), url)
    }));
    let refused = target.wrong_method.iter().enumerate();
    requests.extend(
        refused
            .filter(|(_, (method, _))| plan::may_try(method, &view.run.conditions))
            .map(|(index, (method, path))| {
                let url = target.url.with_target(path);
                Outgoing::new(
                    Ask::WrongMethod.at(Place::WrongMethod(index)),
                    method.clone(),
                    url,
                )
            }),
    );
    requests
}

fn may_ask(view: &View<'_>, endpoint: &Endpoint) -> bool {
    plan::may_ask(endpoint, &view.run.conditions)
}

/// What the valid credential may change comes when those without one were asked: what it has deleted
/// would refuse nobody.
fn comes_later(endpoint: &Endpoint) -> bool {
    endpoint.protected && acts(endpoint)
}

/// The declared request of an endpoint; `None` where it cannot be sent as declared, or need not be.
/// A protected endpoint is asked with the supplied credential, and only when more is declared of
/// its answer than that it is protected; the refusals are the auth family's business.
pub(in crate::probe) fn asked(
    view: &View<'_>,
    index: usize,
    endpoint: &Endpoint,
) -> Option<Outgoing> {
    let role = Ask::Declared.of_endpoint(index);
    if !endpoint.send_secrets.is_empty() && !view.target.keeps_secrets() {
        return None;
    }
    let request = if endpoint.protected {
        let valid = credential(view.target, view.net, &Attempt::Valid)?;
        if !endpoint.declares_an_answer() {
            return None;
        }
        let carried = carry(&endpoint.path, view.target, Some(&valid));
        carried
            .fields
            .into_iter()
            .fold(request(view, role, endpoint), |request, line| {
                request.with_shown(&line.0, line.1, line.2)
            })
    } else {
        request(view, role, endpoint)
    };
    Some(reading(request, endpoint))
}

/// What the answers call for: a neighbour that nobody made for each path that answered although it
/// must be absent, and another look at what was slow or broken.
#[must_use]
pub fn follow_up(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let later = view.target.endpoints.iter().enumerate();
    let later = later.filter(|(_, endpoint)| may_ask(view, endpoint) && comes_later(endpoint));
    let mut requests: Vec<Outgoing> = later
        .filter_map(|(index, endpoint)| asked(view, index, endpoint))
        .collect();
    for exchange in seen {
        if let Place::Absent(index) = exchange.question.place {
            requests.extend(neighbour(index, exchange));
        }
        if let Some(index) = exchange.question.declared()
            && let Some(endpoint) = view.target.endpoints.get(index)
        {
            let again = asked(view, index, endpoint).map(|mut request| {
                request.question = Ask::Repeat.of_endpoint(index);
                request
            });
            let times = looks(endpoint, exchange, seen);
            requests.extend(std::iter::repeat_n(again, times).flatten());
        }
    }
    requests
}

/// As many as [`follow_up`] and the last look at what was refused for being one too many have at
/// most.
#[must_use]
pub fn may_follow(view: &View<'_>) -> Vec<MayFollow> {
    let target = view.target;
    let declared = target.endpoints.iter().enumerate();
    let asked: Vec<&Endpoint> = declared
        .filter(|(index, endpoint)| {
            may_ask(view, endpoint) && asked(view, *index, endpoint).is_some()
        })
        .map(|(_, endpoint)| endpoint)
        .collect();
    let safe = asked.iter().filter(|endpoint| endpoint.method.is_safe());
    let later = asked.iter().filter(|endpoint| comes_later(endpoint));
    vec![
        MayFollow::new(
            later.count(),
            "protected endpoints that may change something, with the valid credential",
        ),
        MayFollow::new(
            RETIMED * safe.count(),
            "declared endpoints again, where they are slow or broken",
        ),
        MayFollow::new(
            asked.len(),
            "declared endpoints again, where they answer 429",
        ),
        MayFollow::new(
            target.absent.len(),
            "made-up paths beside those that must be absent and answer",
        ),
    ]
}

/// How often an answer is asked for again.
fn looks(endpoint: &Endpoint, exchange: &Exchange, seen: &[Exchange]) -> usize {
    let Some(response) = exchange.response.seen() else {
        return usize::from(endpoint.method.is_safe());
    };
    if response.status >= 500 || response.breaks_off() {
        return usize::from(endpoint.method.is_safe());
    }
    let took = exchange.phases.server + exchange.phases.transfer;
    let network = seen.iter().map(|exchange| exchange.phases.tcp);
    let network = network
        .filter(|tcp| *tcp > Micros(0))
        .min()
        .unwrap_or_default();
    let slow = endpoint
        .max_time
        .is_some_and(|limit| took > Micros::from(limit));
    let far = endpoint.max_over_network;
    let over = far.is_some_and(|limit| took - network > Micros::from(limit));
    if (slow || over) && endpoint.method.is_safe() {
        RETIMED
    } else {
        0
    }
}

/// A made-up path beside the one that must be absent, asked for only where that one answered.
fn neighbour(index: usize, exchange: &Exchange) -> Option<Outgoing> {
    let response = exchange.response.seen()?;
    let told = matches!(response.status, 404 | 410 | 429 | 500..);
    let url = &exchange.request.url;
    let made_up = url.with_target(&made_up_beside(&url.target));
    (!told).then(|| Outgoing::new(Ask::MadeUp.at(Place::Absent(index)), Method::get(), made_up))
}

/// What must come when all else is over: what was refused for being one too many, asked again when
/// the server said, and bursts against declared limits, with `--burst` only.
#[must_use]
pub fn last(view: &View<'_>, client: &Client, seen: &[Exchange]) -> Vec<Exchange> {
    if !view.wants(Family::Contract) {
        return Vec::new();
    }
    let mut later = burst::patiently(view, client, seen);
    let so_far: Vec<Exchange> = seen.iter().chain(&later).cloned().collect();
    later.extend(burst::measure(view, client, &so_far));
    later
}

/// The URL of a path of the target.
fn place(view: &View<'_>, path: &str) -> Url {
    view.target.url.with_target(path)
}
