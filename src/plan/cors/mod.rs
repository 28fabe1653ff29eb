//! Which pages must be able to read an answer, and which must not.
//!
//! The list is linear in what is declared: every place is read by one declared origin and every
//! declared origin reads one place, and all of them where they are few; every attack origin reads one
//! place, the most telling of them one open and one protected place in each directory, and the one that
//! tells most every path.

pub mod origins;
mod places;

use self::places::{Asking, Readable, asking, own, readable, resource};
use super::{Essential, Need, auth};
use crate::evidence::{Conditions, Flag, OriginClass, OriginSent};
use crate::model::{Ask, CorsContract, CorsExpectation, Place, Question, Target, Topic};
use crate::wire::cors::Ruse;

/// Every origin asks at every place up to here; beyond, each origin and each place is covered once.
const FULL_MATRIX: usize = 6;

/// One request of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What it is about.
    pub topic: Topic,
    /// What is asked, and where.
    pub question: Question,
    /// Whose page it is.
    pub origin: OriginSent,
    /// What the user would have to give first.
    pub needs: Option<Need>,
}

/// The essential questions of what is declared under `cors`.
pub(super) fn essential(target: &Target, conditions: &Conditions) -> Vec<Essential> {
    let mut all: Vec<Essential> = Vec::new();
    for one in asked(target, conditions, "label") {
        let essential = Essential::new(one.topic, one.question)
            .claiming(&one.origin)
            .needing(one.needs);
        // An origin resembles another in the same way more than once.
        if !all.contains(&essential) {
            all.push(essential);
        }
    }
    all
}

/// Every request that a verdict rests on. `label` is a DNS label that nobody has registered: origins
/// are made up with it.
#[must_use]
pub fn asked(target: &Target, conditions: &Conditions, label: &str) -> Vec<Asked> {
    let readers = origins::readers(target, label);
    let untrusted = origins::untrusted(target, label);
    let places = readable(target);
    let mut all = reading(target, &places, &readers);
    all.extend(refusals(target, conditions, &readers));
    all.extend(not_found(&places, &readers));
    all.extend(attacks(target, &places, &untrusted));
    if let Some(contract) = &target.cors {
        let asking = asking(target, contract);
        all.extend(preflights(&asking, &readers));
        all.extend(attack_preflights(target, contract, &asking, &untrusted));
    }
    all
}

/// Pages of declared origins read every place: without credentials, and with the valid one where one
/// is needed.
fn reading(target: &Target, places: &[Readable<'_>], readers: &[OriginSent]) -> Vec<Asked> {
    let mut all: Vec<Asked> = pairs(places, readers)
        .map(|(place, origin)| {
            let error = place.is_protected() || place.is_an_error();
            Asked {
                topic: if error {
                    Topic::ReadableError
                } else {
                    Topic::AllowedOrigin
                },
                question: Ask::Read.at(place.place),
                origin: origin.clone(),
                needs: None,
            }
        })
        .collect();
    let guarded: Vec<Readable<'_>> = places
        .iter()
        .filter(|place| place.takes_credential())
        .copied()
        .collect();
    let needs = auth::secret(target, "token", |scheme| scheme.token.as_ref());
    all.extend(pairs(&guarded, readers).map(|(place, origin)| Asked {
        topic: Topic::AllowedOrigin,
        question: Ask::ReadValid.at(place.place),
        origin: origin.clone(),
        needs,
    }));
    all
}

/// A protected endpoint that changes something refuses whoever has no credential. On the user's word,
/// that is asked, too.
fn refusals(target: &Target, conditions: &Conditions, readers: &[OriginSent]) -> Vec<Asked> {
    let (Some(contract), Some(first)) = (&target.cors, readers.first()) else {
        return Vec::new();
    };
    let allowed = conditions.has(Flag::AllowMutation);
    let needs = (!allowed).then_some(Need::Consent(Flag::AllowMutation));
    let endpoints = target.endpoints.iter().enumerate();
    let changing = endpoints.filter(|(_, endpoint)| {
        let called = endpoint.cors && contract.methods.contains(&endpoint.method);
        called && endpoint.protected && endpoint.is_mutating()
    });
    changing
        .map(|(index, _)| Asked {
            topic: Topic::ReadableError,
            question: Ask::Read.of_endpoint(index),
            origin: first.clone(),
            needs,
        })
        .collect()
}

/// What a path gets that nobody made, in each directory.
fn not_found(places: &[Readable<'_>], readers: &[OriginSent]) -> Vec<Asked> {
    let places = places.iter().filter(|place| !place.is_an_error());
    let places = one_of_each(places, Readable::directory);
    let asked = readers.iter().cycle().zip(places);
    asked
        .map(|(origin, place)| Asked {
            topic: Topic::ReadableError,
            question: Ask::ReadNotFound.at(place.place),
            origin: origin.clone(),
            needs: None,
        })
        .collect()
}

/// Every attack origin at one place; the most telling ones at an open and at a protected place of each
/// directory, for a part of a service may have a list of its own; and one at every other path, for a
/// handler may set the fields itself.
fn attacks(target: &Target, places: &[Readable<'_>], untrusted: &[OriginSent]) -> Vec<Asked> {
    let known = auth::secret(target, "token", |scheme| scheme.token.as_ref()).is_none();
    // With the credential, where there is one: what an attacker wants is what the user gets.
    let ask = |place: &Readable<'_>| {
        if known && place.takes_credential() {
            Ask::ReadValid.at(place.place)
        } else {
            Ask::Read.at(place.place)
        }
    };
    let at = |place: &Readable<'_>, origin: OriginSent| Asked {
        topic: Topic::RefusedOrigin,
        question: ask(place),
        origin,
        needs: None,
    };
    let safe = places.iter().filter(|place| {
        place
            .endpoint
            .is_none_or(|endpoint| endpoint.method.is_safe())
    });
    let (protected, open): (Vec<&Readable<'_>>, Vec<&Readable<'_>>) =
        safe.partition(|place| place.is_protected());
    let main = open
        .iter()
        .find(|place| !place.is_an_error())
        .or(protected.first())
        .map_or_else(|| own(target), |place| **place);
    let parts = [
        one_of_each(open.iter().copied(), Readable::directory),
        one_of_each(protected.iter().copied(), Readable::directory),
    ]
    .concat();
    let is_part = |place: &&Readable<'_>| parts.iter().any(|part| part.place == place.place);
    let paths = one_of_each(open.into_iter().chain(protected), Readable::resource);
    let others: Vec<&Readable<'_>> = paths
        .into_iter()
        .filter(|place| !is_part(place) && place.resource() != main.resource())
        .collect();
    let parts = parts
        .iter()
        .copied()
        .filter(|place| place.place != main.place);
    let mut all: Vec<Asked> = untrusted
        .iter()
        .map(|origin| at(&main, origin.clone()))
        .collect();
    all.extend(parts.enumerate().flat_map(|(nth, place)| {
        let telling = origins::telling(untrusted, nth);
        telling.into_iter().map(move |origin| at(place, origin))
    }));
    all.extend(others.into_iter().enumerate().filter_map(|(nth, place)| {
        let origin = origins::telling(untrusted, nth).pop()?;
        Some(at(place, origin))
    }));
    all
}

/// The declared origins ask leave for every declared call.
fn preflights(asking: &[Asking], readers: &[OriginSent]) -> Vec<Asked> {
    pairs(asking, readers)
        .map(|(call, origin)| Asked {
            topic: Topic::Preflight,
            question: preflight(call, call.headers.clone()),
            origin: origin.clone(),
            needs: None,
        })
        .collect()
}

/// An attack origin asks leave to change something, at each path: a browser that gets it sends the
/// call, with the user's cookies. No more fields than the call needs.
fn attack_preflights(
    target: &Target,
    contract: &CorsContract,
    asking: &[Asking],
    untrusted: &[OriginSent],
) -> Vec<Asked> {
    let kept = contract.expectation == CorsExpectation::AllowList && contract.credentials;
    let changes = |call: &&Asking| !matches!(call.method.as_str(), "GET" | "HEAD");
    let resembling = untrusted.iter().filter(|origin| {
        matches!(
            origin.class,
            OriginClass::Attack(Ruse::Composite | Ruse::Reflection)
        )
    });
    let mut paths: Vec<&str> = Vec::new();
    let mut calls: Vec<&Asking> = Vec::new();
    for call in asking.iter().filter(changes).filter(|_| kept) {
        let path = resource(path_of(target, call.place));
        if !paths.contains(&path) {
            paths.push(path);
            calls.push(call);
        }
    }
    let asked = calls.into_iter().zip(resembling.cycle());
    asked
        .map(|(call, origin)| {
            let json = call.method.as_str() == "POST";
            let headers = json.then(|| "Content-Type".to_owned());
            Asked {
                topic: Topic::RefusedOrigin,
                question: preflight(call, headers.into_iter().collect()),
                origin: origin.clone(),
                needs: None,
            }
        })
        .collect()
}

fn preflight(call: &Asking, headers: Vec<String>) -> Question {
    let method = call.method.clone();
    Ask::Preflight { method, headers }.at(call.place)
}

/// The request target of a place that pages call.
#[must_use]
pub fn path_of(target: &Target, place: Place) -> &str {
    let probe = target.cors.as_ref().map_or(&[][..], |cors| &cors.probe);
    let path = match place {
        Place::Endpoint(index) => target.endpoints.get(index).map(|endpoint| &endpoint.path),
        Place::Probe(index) => probe.get(index).map(|(_, path)| path),
        Place::Rate(index) => target.rate.get(index).map(|limit| &limit.path),
        Place::Target | Place::Absent(_) | Place::WrongMethod(_) | Place::Login | Place::Socket => {
            None
        }
    };
    path.map_or(&target.url.target, |path| path)
}

/// Every place with every origin where they are few. Else every origin at the first place, and every
/// other place by one origin, in turn.
fn pairs<'a, P>(
    places: &'a [P],
    origins: &'a [OriginSent],
) -> impl Iterator<Item = (&'a P, &'a OriginSent)> {
    let few = places.len() * origins.len() <= FULL_MATRIX;
    places.iter().enumerate().flat_map(move |(nth, place)| {
        let chosen = origins
            .iter()
            .enumerate()
            .filter(move |(turn, _)| few || nth == 0 || (nth - 1) % origins.len() == *turn);
        chosen.map(move |(_, origin)| (place, origin))
    })
}

/// The first place of each kind.
fn one_of_each<'p, 't>(
    places: impl IntoIterator<Item = &'p Readable<'t>>,
    kind: fn(&Readable<'t>) -> &'t str,
) -> Vec<&'p Readable<'t>>
where
    't: 'p,
{
    let mut chosen: Vec<&Readable<'_>> = Vec::new();
    for place in places {
        if !chosen.iter().any(|other| kind(other) == kind(place)) {
            chosen.push(place);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::{Asked, asked};
    use crate::evidence::{Conditions, OriginClass, sample};
    use crate::model::{
        Ask, CorsContract, CorsExpectation, Endpoint, Method, Place, Target, Topic,
    };

    const ORIGINS: usize = 3;
    const DIRECTORIES: usize = 5;

    /// So many endpoints in a few directories, every third protected and every fourth a PUT.
    fn service(endpoints: usize) -> Target {
        let mut target = sample::target();
        target.cors = Some(CorsContract {
            expectation: CorsExpectation::AllowList,
            origins: (0..ORIGINS)
                .map(|nth| format!("https://page{nth}.example.com"))
                .collect(),
            denied: Vec::new(),
            credentials: true,
            methods: ["GET", "PUT", "PATCH"].map(Method::of).to_vec(),
            headers: vec!["Authorization".to_owned(), "X-Request-ID".to_owned()],
            expose: Vec::new(),
            preflight_status: None,
            probe: Vec::new(),
        });
        target.endpoints = (0..endpoints)
            .map(|nth| {
                let method = if nth % 4 == 3 { "PUT" } else { "GET" };
                let path = format!("/part{}/thing{nth}", nth % DIRECTORIES);
                let mut endpoint = Endpoint::new(Method::of(method), &path);
                endpoint.protected = nth % 3 == 1;
                endpoint
            })
            .collect();
        target
    }

    fn by_declared(all: &[Asked], ask: fn(&Ask) -> bool, place: Place) -> bool {
        all.iter().any(|one| {
            one.origin.class == OriginClass::Declared
                && one.question.place == place
                && ask(&one.question.ask)
        })
    }

    #[test]
    fn every_place_origin_method_and_header_is_asked() {
        for endpoints in [1, 2, 7, 27] {
            let target = service(endpoints);
            let all = asked(&target, &Conditions::default(), "label");
            for (index, endpoint) in target.endpoints.iter().enumerate() {
                let place = Place::Endpoint(index);
                let reads = by_declared(&all, |ask| *ask == Ask::Read, place);
                let valid = by_declared(&all, |ask| *ask == Ask::ReadValid, place);
                let asks = by_declared(&all, |ask| matches!(ask, Ask::Preflight { .. }), place);
                let is_get = endpoint.method == Method::get();
                // A protected PUT is asked for its refusal, on the user's word.
                assert_eq!(reads, is_get || endpoint.protected, "{}", endpoint.label());
                assert_eq!(valid, is_get && endpoint.protected, "{}", endpoint.label());
                assert!(asks, "{}", endpoint.label());
            }
            let origins = target.cors.iter().flat_map(|cors| &cors.origins);
            for origin in origins {
                let own = |topic: Topic| {
                    all.iter()
                        .any(|one| one.origin.value == *origin && one.topic == topic)
                };
                assert!(
                    own(Topic::AllowedOrigin) && own(Topic::Preflight),
                    "{origin}"
                );
            }
            for method in ["PUT", "PATCH"].map(Method::of) {
                let asks = all.iter().any(|one| {
                    matches!(&one.question.ask, Ask::Preflight { method: asked, headers }
                        if *asked == method && headers.len() == 2)
                });
                assert!(
                    asks || (endpoints < 4 && method.as_str() == "PUT"),
                    "{method}"
                );
            }
        }
    }

    /// At most six requests for each endpoint: read, read with the credential or refused, a preflight,
    /// and a made-up path beside it; read by an attack origin, and its preflight. Three attack origins
    /// twice for each directory; each origin once more, and what is made from it.
    #[test]
    fn the_plan_is_linear() {
        for endpoints in [1, 9, 27, 81] {
            let count = asked(&service(endpoints), &Conditions::default(), "label").len();
            let most = 6 * endpoints + 6 * DIRECTORIES + ORIGINS * 12 + 2;
            assert!(count <= most, "{endpoints} endpoints: {count} of {most}");
        }
    }

    #[test]
    fn what_no_page_calls_is_not_asked() {
        let mut target = service(9);
        for endpoint in &mut target.endpoints {
            endpoint.cors = endpoint.path != "/part2/thing2";
        }
        let all = asked(&target, &Conditions::default(), "label");
        assert!(
            all.iter()
                .all(|one| one.question.place != Place::Endpoint(2))
        );
    }
}
