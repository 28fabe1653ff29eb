//! CORS: preflights as browsers send them, and requests of pages of declared and of attack origins.
//!
//! They are requests of their own. An `Origin` on another family's request would change what that
//! family observes: some servers refuse an origin with a status of its own.

mod causes;
mod follow_up;
mod request;

use super::View;
use crate::evidence::{Exchange, Flag, OriginClass};
use crate::model::{Ask, Endpoint, Family, Method, Place, Topic, made_up};
use crate::net::http::{Client, Outgoing};
use crate::plan::cors::{self as plan, Asked};
use crate::wire::cors::{Ruse, UNHEARD_OF};

pub use follow_up::{follow_up, may_follow};

/// Every essential request of the plan; then, to see what caches make of it, the first place that an
/// attack origin reads, asked without any origin; and a preflight for a field that nobody uses.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    if view.run.conditions.has(Flag::Passive) {
        return Vec::new();
    }
    let asked = planned(view);
    let mut requests: Vec<Outgoing> = asked
        .iter()
        .filter(|one| one.needs.is_none())
        .filter_map(|one| request::of(view, &one.question, &one.origin))
        .collect();
    requests.extend(by_nobody(view, &asked));
    requests.extend(mirror(view, &asked));
    requests
}

fn planned(view: &View<'_>) -> Vec<Asked> {
    plan::asked(view.target, &view.run.conditions, &label(view))
}

/// A label nobody has registered; another one in each run.
fn label(view: &View<'_>) -> String {
    // Knuth's multiplicative hash spreads the low digits of the clock.
    let spread = view
        .net
        .clock
        .now()
        .millis()
        .cast_unsigned()
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    made_up::label(u32::try_from(spread >> 32).unwrap_or_default())
}

/// The place that all attack origins read, without an origin, where no other family asks that.
fn by_nobody(view: &View<'_>, asked: &[Asked]) -> Option<Outgoing> {
    view.target.cors.as_ref()?;
    let is_read =
        |one: &&Asked| one.question.ask == Ask::Read && one.origin.class != OriginClass::Declared;
    let place = asked.iter().find(is_read)?.question.place;
    let family = match endpoint(view, place) {
        Some(endpoint) if endpoint.protected => Family::Auth,
        Some(_) => Family::Contract,
        None => Family::Headers,
    };
    let asks_as_well = place == Place::Target || (family != Family::Headers && view.wants(family));
    (!asks_as_well).then(|| request::plain(view, &Ask::Read.at(place)))?
}

/// The declared endpoint of a place.
fn endpoint<'v>(view: &View<'v>, place: Place) -> Option<&'v Endpoint> {
    let index = Ask::Read.at(place).endpoint()?;
    view.target.endpoints.get(index)
}

/// An attack origin asks leave for a field that nobody uses, beside the declared ones.
fn mirror(view: &View<'_>, asked: &[Asked]) -> Option<Outgoing> {
    let contract = view.target.cors.as_ref()?;
    let attack = |one: &&Asked| {
        matches!(
            one.origin.class,
            OriginClass::Attack(Ruse::Composite | Ruse::Reflection)
        )
    };
    let origin = &asked.iter().find(attack)?.origin;
    let preflight = asked.iter().find_map(|one| {
        let Ask::Preflight { method, .. } = &one.question.ask else {
            return None;
        };
        Some((method.clone(), one.question.place))
    });
    let (method, place) = preflight.unwrap_or((Method::get(), Place::Target));
    let mut headers = contract.headers.clone();
    headers.push(UNHEARD_OF.to_owned());
    request::of(view, &Ask::Preflight { method, headers }.at(place), origin)
}

/// Where a burst was refused for being one too many, a page of a declared origin is refused next: it
/// must be able to read that.
#[must_use]
pub fn last(view: &View<'_>, client: &Client, burst: &[Exchange]) -> Vec<Exchange> {
    if !view.wants(Family::Cors) {
        return Vec::new();
    }
    let mut readers = planned(view);
    readers.retain(|one| one.topic != Topic::RefusedOrigin);
    let origin = readers.into_iter().map(|one| one.origin).next();
    let mut places: Vec<Place> = Vec::new();
    for exchange in burst {
        let status = exchange.response.seen().map(|response| response.status);
        let place = exchange.question.place;
        let reads = exchange.request.method == Method::get();
        if matches!(place, Place::Rate(_))
            && reads
            && status == Some(429)
            && !places.contains(&place)
        {
            places.push(place);
        }
    }
    let asked = places.into_iter().zip(origin.into_iter().cycle());
    let requests =
        asked.filter_map(|(place, origin)| request::of(view, &Ask::Read.at(place), &origin));
    requests
        .map(|request| client.send(&request, &view.exchange_end()))
        .collect()
}
