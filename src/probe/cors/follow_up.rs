//! What the answers call for: how a composite got in, and whether a bad answer is the origin's doing.

use std::collections::BTreeMap;

use super::{causes, request};
use crate::evidence::{Exchange, Flag, OriginClass, OriginSent};
use crate::model::{Ask, Method, Question, Target};
use crate::net::http::Outgoing;
use crate::plan::cors::origins;
use crate::probe::declared::made_up_beside;
use crate::probe::{MayFollow, View};
use crate::wire::cors::{Hostile, Ruse};

/// The parts of every composite that was allowed; what a page may read whose preflight was allowed;
/// and what settles the cause of a refusal.
#[must_use]
pub fn follow_up(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let mut requests: Vec<Outgoing> = Vec::new();
    let mut resembled: Vec<&str> = Vec::new();
    for exchange in seen.iter().filter(|exchange| is_let_in(exchange)) {
        let Some(sent) = &exchange.origin else {
            continue;
        };
        let from = sent.from.as_deref().unwrap_or_default();
        if !resembled.contains(&from) {
            resembled.push(from);
            let parts = parts(sent).into_iter();
            requests.extend(parts.filter_map(|part| request::of(view, &exchange.question, &part)));
        }
    }
    requests.extend(behind_preflights(view, seen));
    requests.extend(elsewhere(view, seen));
    requests.extend(beside_guesses(view, seen));
    requests.extend(causes::follow_up(view, seen));
    requests
}

/// As many as [`follow_up`] has at most.
#[must_use]
pub fn may_follow(view: &View<'_>, first: &[Outgoing]) -> Vec<MayFollow> {
    let mut composites: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    let origins = || first.iter().filter_map(|request| request.origin.as_ref());
    for sent in origins().filter(|sent| sent.class == OriginClass::Attack(Ruse::Composite)) {
        composites.insert(sent.from.as_deref(), parts(sent).len());
    }
    let is_asking = |request: &&Outgoing| matches!(request.question.ask, Ask::Preflight { .. });
    let attacks = first
        .iter()
        .filter(is_asking)
        .filter(|request| request.origin.as_ref().is_some_and(is_attack));
    let guessed = first.iter().filter(is_asking).filter(|request| {
        let origin = request.origin.as_ref().map(|sent| sent.class);
        origin == Some(OriginClass::Declared)
            && is_guess(view.target, &request.question, &request.url.target)
    });
    let mut distinct: Vec<&OriginSent> = origins().collect();
    distinct.sort();
    distinct.dedup();
    let burst = view.run.conditions.has(Flag::Burst) && view.target.cors.is_some();
    vec![
        MayFollow::new(
            if burst { view.target.rate.len() } else { 0 },
            "requests of a declared origin, where a burst was refused",
        ),
        MayFollow::new(
            composites.into_values().sum(),
            "hostile origins one by one, where a composite of them was allowed",
        ),
        MayFollow::new(
            attacks.count(),
            "calls behind an attack origin's preflight, where that was allowed",
        ),
        MayFollow::new(
            distinct.len(),
            "origins at another place, where the first has no CORS",
        ),
        MayFollow::new(
            guessed.count(),
            "preflights at a made-up path, where one was refused at a place that is not declared",
        ),
        causes::may_follow(view, first),
    ]
}

/// Where an attack origin's preflight names it, its call follows: whether the page may read the answer
/// is then known, and not concluded.
fn behind_preflights(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let asked = |preflight: &Exchange| {
        seen.iter().any(|other| {
            !is_preflight(other)
                && other.origin == preflight.origin
                && other.request.url == preflight.request.url
        })
    };
    let named = seen.iter().filter(|one| {
        is_preflight(one) && names_origin(one) && reads_harmlessly(view.target, one) && !asked(one)
    });
    let attacks = named.filter_map(|one| Some((one, one.origin.clone()?)));
    attacks
        .filter(|(_, origin)| is_attack(origin))
        .map(|(one, origin)| {
            let question = Ask::Read.at(one.question.place);
            Outgoing::new(question, Method::get(), one.request.url.clone()).from_origin(origin)
        })
        .collect()
}

fn reads_harmlessly(target: &Target, preflight: &Exchange) -> bool {
    let path = &preflight.request.url.target;
    let mut here = target.endpoints.iter().filter(|one| one.path == *path);
    !here.any(|endpoint| endpoint.method == Method::get() && endpoint.is_mutating())
}

/// Whoever was not let in where it asked, asks where another page was: one part of a service may have
/// CORS, and another none.
fn elsewhere(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let reads = || {
        let read = |one: &&Exchange| matches!(one.question.ask, Ask::Read | Ask::ReadValid);
        seen.iter().filter(read)
    };
    let declared = |one: &&Exchange| class(one) == Some(OriginClass::Declared);
    let let_in = |one: &&Exchange| names_origin(one) || is_open(one);
    let Some(good) = reads().filter(declared).find(let_in) else {
        return Vec::new();
    };
    let knows_pages = |question: &Question| {
        let mut here = reads().filter(declared).filter(let_in);
        here.any(|one| one.question == *question)
    };
    let mut again: Vec<&OriginSent> = Vec::new();
    for origin in reads().filter_map(|one| one.origin.as_ref()) {
        let mut own = reads().filter(|one| one.origin.as_ref() == Some(origin));
        let lost = match origin.class {
            OriginClass::Declared => !own.any(|one| let_in(&one)),
            OriginClass::Denied | OriginClass::Attack(_) => {
                !own.any(|one| knows_pages(&one.question))
            }
            OriginClass::Control | OriginClass::Profile => false,
        };
        if lost && !again.contains(&origin) {
            again.push(origin);
        }
    }
    let again = again.into_iter();
    again
        .filter_map(|origin| request::of(view, &good.question, origin))
        .collect()
}

/// A method that is declared, and not where: a server that answers a path nobody has just as it
/// answered this one has one list for all of them.
fn beside_guesses(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let guesses = seen.iter().filter(|one| {
        let path = &one.request.url.target;
        class(one) == Some(OriginClass::Declared) && is_guess(view.target, &one.question, path)
    });
    let refused = guesses.filter(|one| !causes::is_allowed(view.target, one));
    refused
        .filter_map(|one| {
            let Ask::Preflight { method, headers } = &one.question.ask else {
                return None;
            };
            let nowhere = made_up_beside(&one.request.url.target);
            let origin = origins::control(one.origin.as_ref()?);
            let call = (method, headers.as_slice());
            Some(request::preflight_at(
                view,
                &one.question,
                &nowhere,
                call,
                origin,
            ))
        })
        .collect()
}

/// Whether it asks leave where nobody said that the method is called.
fn is_guess(target: &Target, question: &Question, path: &str) -> bool {
    matches!(&question.ask, Ask::Preflight { method, .. } if !target.calls(method, path))
}

fn class(exchange: &Exchange) -> Option<OriginClass> {
    exchange.origin.as_ref().map(|sent| sent.class)
}

const fn is_attack(origin: &OriginSent) -> bool {
    matches!(origin.class, OriginClass::Attack(_))
}

fn is_preflight(exchange: &Exchange) -> bool {
    matches!(exchange.question.ask, Ask::Preflight { .. })
}

fn allowed(exchange: &Exchange) -> Option<String> {
    let response = exchange.response.seen()?;
    response.combined("access-control-allow-origin")
}

/// Whether the answer allows the origin that asked, by its name.
fn names_origin(exchange: &Exchange) -> bool {
    let sent = exchange.origin.as_ref().map(|sent| &sent.value);
    sent.is_some() && allowed(exchange).as_ref() == sent
}

fn is_open(exchange: &Exchange) -> bool {
    allowed(exchange).as_deref() == Some("*")
}

fn is_let_in(exchange: &Exchange) -> bool {
    class(exchange) == Some(OriginClass::Attack(Ruse::Composite))
        && !is_preflight(exchange)
        && names_origin(exchange)
}

fn parts(sent: &OriginSent) -> Vec<OriginSent> {
    let composite = Hostile {
        ruse: Ruse::Composite,
        resembles: sent.from.clone(),
        origin: sent.value.clone(),
    };
    let label = label_of(&composite).unwrap_or_default();
    let parts = composite
        .split(&label)
        .into_iter()
        .filter(|part| part.ruse != Ruse::Reflection);
    parts.map(origins::of).collect()
}

/// The label a composite was made with: it stands between the first two times the host does.
fn label_of(composite: &Hostile) -> Option<String> {
    let (_, host) = composite.resembles.as_deref()?.split_once("://")?;
    let host = host.split(':').next()?;
    let (_, made) = composite.origin.split_once("://")?;
    let label = made
        .strip_prefix(host)?
        .strip_prefix('.')?
        .split('-')
        .next()?;
    Some(label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::label_of;
    use crate::wire::cors::{Origin, Ruse, hostile_origins};

    #[test]
    fn a_composite_remembers_its_label() {
        for declared in [
            "https://app.example.com",
            "http://localhost:3000",
            "https://my-app.pages.dev",
        ] {
            let origins: Vec<Origin> = Origin::parse(declared).into_iter().collect();
            let composite = hostile_origins(&origins, "sw0a1b")
                .into_iter()
                .find(|one| one.ruse == Ruse::Composite);
            assert_eq!(
                composite.and_then(|one| label_of(&one)).as_deref(),
                Some("sw0a1b"),
                "{declared}"
            );
        }
    }
}
