//! Real requests with an `Origin`: the answer shows which pages a browser lets read it.
//!
//! They are requests of their own. An `Origin` on another family's request would change what that
//! family observes: some servers refuse an origin with a status of its own.

use super::origins;
use crate::evidence::{Flag, OriginClass, OriginSent};
use crate::model::{Ask, Endpoint, Family, Method, Question, Target};
use crate::net::http::Outgoing;
use crate::probe::{View, contract};
use crate::wire::cors::Ruse;

/// In so many directories an attack origin asks at most: a part of a service may have a list of its
/// own.
const DIRECTORIES: usize = 3;

/// Every declared origin, every attack origin and nobody at one readable place, a declared origin at
/// one refusal, and an attack origin in each directory that holds something protected.
pub(super) fn requests(view: &View<'_>) -> Vec<Outgoing> {
    let label = origins::label(view);
    let contract = view.target.cors.as_ref();
    let declared = contract.map_or(Vec::new(), origins::declared);
    let attacks = origins::strangers(view.target, &label);
    let place = reading_place(view);
    let asked = |origin: &OriginSent| place.clone().from_origin(origin.clone());
    let mut requests: Vec<Outgoing> = declared.iter().chain(&attacks).map(asked).collect();
    if contract.is_some() && !is_asked_by_nobody(view, &place) {
        requests.push(place.clone());
    }
    let refused = guarded(view.target).next().zip(declared.first());
    requests.extend(refused.map(|((index, endpoint), origin)| {
        read(view, index, endpoint).from_origin(origin.clone())
    }));
    requests.extend(elsewhere(view, &attacks));
    requests
}

/// Where a page would read: the first endpoint that anybody may ask, else the target's own URL.
fn reading_place(view: &View<'_>) -> Outgoing {
    let mut declared = view.target.endpoints.iter().enumerate();
    let open = declared.find(|(_, endpoint)| {
        !endpoint.protected && !endpoint.is_mutating() && endpoint.method == Method::get()
    });
    match open {
        Some((index, endpoint)) => read(view, index, endpoint),
        None => own(Ask::Read.of_target(), &view.target.url),
    }
}

/// Whether another family asks for the place as it is, without an `Origin`.
fn is_asked_by_nobody(view: &View<'_>, place: &Outgoing) -> bool {
    place.question.endpoint().is_none() || view.wants(Family::Contract)
}

fn read(view: &View<'_>, index: usize, endpoint: &Endpoint) -> Outgoing {
    contract::request(view, Ask::Read.of_endpoint(index), endpoint)
}

/// A request of CORS's own.
pub(super) fn own(question: Question, url: &crate::model::Url) -> Outgoing {
    Outgoing::new(question, Method::get(), url.clone())
}

/// Protected endpoints that can be asked for without harm.
fn guarded(target: &Target) -> impl Iterator<Item = (usize, &Endpoint)> {
    let declared = target.endpoints.iter().enumerate();
    declared.filter(|(_, endpoint)| {
        endpoint.protected && !endpoint.is_mutating() && endpoint.method == Method::get()
    })
}

/// An attack origin in every directory that holds something protected: a router of its own may allow
/// an origin that the rest does not.
fn elsewhere(view: &View<'_>, attacks: &[OriginSent]) -> Vec<Outgoing> {
    let any = |sent: &&OriginSent| sent.class == OriginClass::Attack(Ruse::Reflection);
    let Some(origin) = attacks.iter().find(any) else {
        return Vec::new();
    };
    let mut places: Vec<(usize, &Endpoint)> = Vec::new();
    for (index, endpoint) in guarded(view.target) {
        let known =
            |(_, place): &(usize, &Endpoint)| directory(&place.path) == directory(&endpoint.path);
        if !places.iter().any(known) {
            places.push((index, endpoint));
        }
    }
    places.truncate(DIRECTORIES);
    let ask = |(index, endpoint)| read(view, index, endpoint).from_origin(origin.clone());
    places.into_iter().map(ask).collect()
}

/// The path up to its last slash.
fn directory(target: &str) -> &str {
    let path = target.split('?').next().unwrap_or_default();
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// Whether a run asks for CORS at all.
pub(super) fn is_wanted(view: &View<'_>) -> bool {
    !view.run.conditions.has(Flag::Passive)
}
