//! Why a preflight was refused: asked, and not guessed.
//!
//! Some layers answer a refused origin, a refused method and a refused header alike, without a field
//! that tells which it was. Asking again with the method alone, with each header alone and for another
//! page does.

use super::request;
use crate::evidence::{Exchange, OriginClass, OriginSent, with_lines};
use crate::model::{Ask, Method, Question, Target};
use crate::net::http::Outgoing;
use crate::plan::cors::origins;
use crate::probe::{MayFollow, View};
use crate::wire::cors::{Call, PreflightFault, Reply, names_no_cause, preflight_faults};

/// So many kinds of refusals are looked into: one for each origin, method and status.
const KINDS: usize = 8;

/// The comparisons for each kind of refusal that names no cause.
pub(super) fn follow_up(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let mut kinds: Vec<(&OriginSent, &Method, u16)> = Vec::new();
    let mut requests = Vec::new();
    for exchange in seen.iter().filter(|one| is_unexplained(view.target, one)) {
        let (Ask::Preflight { method, headers }, Some(origin), Some(response)) = (
            &exchange.question.ask,
            &exchange.origin,
            exchange.response.seen(),
        ) else {
            continue;
        };
        let kind = (origin, method, response.status);
        if kinds.contains(&kind) || kinds.len() == KINDS {
            continue;
        }
        kinds.push(kind);
        let own = comparisons(view.target, &exchange.request.url.target, method, headers);
        requests.extend(own.into_iter().filter_map(|(method, headers)| {
            let question = Ask::Preflight { method, headers }.at(exchange.question.place);
            request::of(view, &question, &origins::control(origin))
        }));
        requests.extend(other_page(view, seen, &exchange.question, origin));
    }
    requests
}

/// As many as [`follow_up`] has at most.
pub(super) fn may_follow(view: &View<'_>, first: &[Outgoing]) -> MayFollow {
    let mut kinds: Vec<(&OriginSent, &Method)> = Vec::new();
    let mut most = 0;
    for request in first {
        let (Ask::Preflight { method, headers }, Some(origin)) =
            (&request.question.ask, &request.origin)
        else {
            continue;
        };
        let known = kinds.contains(&(origin, method));
        if origin.class == OriginClass::Declared && !known && kinds.len() < KINDS {
            kinds.push((origin, method));
            let own = comparisons(view.target, &request.url.target, method, headers);
            most += own.len() + 1;
        }
    }
    MayFollow::new(
        most,
        "preflights for less, where one was refused and nothing says why",
    )
}

/// The method alone, nothing special at all, and each header alone: with GET where that is called, for
/// a router may know no other method here.
fn comparisons(
    target: &Target,
    path: &str,
    method: &Method,
    headers: &[String],
) -> Vec<(Method, Vec<String>)> {
    let get = Method::get();
    let with = if target.calls(&get, path) {
        get.clone()
    } else {
        method.clone()
    };
    let asked = (method.clone(), headers.to_vec());
    let mut all = vec![(method.clone(), Vec::new()), (get, Vec::new())];
    all.extend(
        headers
            .iter()
            .map(|name| (with.clone(), vec![name.clone()])),
    );
    all.dedup();
    all.retain(|one| *one != asked);
    all
}

/// The same call of another declared page, where none asked for it there.
fn other_page(
    view: &View<'_>,
    seen: &[Exchange],
    question: &Question,
    origin: &OriginSent,
) -> Option<Outgoing> {
    let mut asked = seen.iter().filter(|one| one.question == *question);
    let declared = |sent: &OriginSent| sent.class == OriginClass::Declared && sent != origin;
    if asked.any(|one| one.origin.as_ref().is_some_and(declared)) {
        return None;
    }
    let readers = origins::declared(view.target.cors.as_ref()?);
    let other = readers.iter().find(|other| other.value != origin.value)?;
    request::of(view, question, &origins::control(other))
}

/// A declared call whose refusal names no cause.
fn is_unexplained(target: &Target, exchange: &Exchange) -> bool {
    let declared = exchange
        .origin
        .as_ref()
        .is_some_and(|sent| sent.class == OriginClass::Declared);
    let Ask::Preflight { method, .. } = &exchange.question.ask else {
        return false;
    };
    declared
        && target.calls(method, &exchange.request.url.target)
        && judged(target, exchange, names_no_cause) == Some(true)
}

/// Whether a preflight was allowed.
pub(super) fn is_allowed(target: &Target, exchange: &Exchange) -> bool {
    judged(target, exchange, |faults, _| faults.is_empty()) == Some(true)
}

fn judged(
    target: &Target,
    exchange: &Exchange,
    judge: impl Fn(&[PreflightFault], &Reply<'_>) -> bool,
) -> Option<bool> {
    let (Ask::Preflight { method, headers }, Some(origin)) =
        (&exchange.question.ask, &exchange.origin)
    else {
        return None;
    };
    let response = exchange.response.seen()?;
    let asked = Call::usual_headers(headers);
    let call = Call {
        origin: &origin.value,
        method: method.as_str(),
        headers: &asked,
        credentials: target.cors.as_ref().is_some_and(|cors| cors.credentials),
    };
    with_lines(&response.fields, |fields| {
        let reply = Reply {
            status: response.status,
            fields,
        };
        Some(judge(&preflight_faults(&call, &reply), &reply))
    })
}
