//! Origins on requests that are sent anyway: the answer to a real request shows who may read it, and
//! costs nothing.

use super::{origins, own_role};
use crate::evidence::{Attempt, OriginSent, Role};
use crate::model::{Family, Method, Target, Url};
use crate::net::http::{Line, Outgoing};
use crate::probe::View;

/// So many requests are sent for CORS alone at most, when there are fewer others than origins.
const OWN_REQUESTS: usize = 20;

/// In so many directories a stranger asks at most: a part of a service may have a list of its own.
const DIRECTORIES: usize = 3;

/// Puts the declared origins, then the hostile ones, onto requests that carry none, and adds
/// requests for those that find no place.
pub fn ride(view: &View<'_>, wave: &mut Vec<Outgoing>) {
    if view.run.conditions.has("passive") || !view.wants(Family::Cors) {
        return;
    }
    let label = origins::label(view);
    let declared = view
        .target
        .cors
        .as_ref()
        .map_or(Vec::new(), origins::declared);
    let strangers = origins::strangers(view.target, &label);
    let place = reading_place(view, wave);
    let mut left = seat(wave, &declared, &strangers).into_iter();
    wave.extend(
        left.by_ref()
            .take(OWN_REQUESTS)
            .map(|origin| own(&place).from_origin(origin)),
    );
    if view.target.cors.is_some() {
        wave.extend(triple(view, wave, &place, &declared, &strangers));
    }
    wave.extend(elsewhere(view.target, wave, &strangers));
}

/// Gives every origin a request; those left over are returned. A refusal is tried with a declared
/// origin too: the page must be able to read a 401. In every directory a stranger tries to
/// read one.
fn seat(
    wave: &mut [Outgoing],
    declared: &[OriginSent],
    strangers: &[OriginSent],
) -> Vec<OriginSent> {
    let mut left: Vec<OriginSent> = declared.iter().chain(strangers).cloned().collect();
    let mut refusal = declared.first().cloned();
    let stranger = stranger(strangers);
    let mut directories: Vec<String> = Vec::new();
    let mut free: Vec<&mut Outgoing> = wave.iter_mut().filter(|request| is_free(request)).collect();
    free.sort_by_key(|request| comfort(&request.role));
    for request in free {
        let protected = matches!(request.role, Role::Credentials(..));
        let directory = directory(&request.url);
        let readable = protected && request.method == Method::get();
        let mut guarded = stranger.filter(|_| readable && !directories.contains(&directory));
        let next = match refusal.take_if(|_| protected) {
            Some(origin) => Some(origin),
            None if guarded.is_some() && directories.len() < DIRECTORIES => {
                directories.push(directory);
                guarded.take().cloned()
            }
            None if left.is_empty() => None,
            None => Some(left.remove(0)),
        };
        if let Some(origin) = next {
            *request = request.clone().from_origin(origin);
        }
    }
    left
}

/// Answers that should be good come first, for the declared origins; then refusals, then absences.
fn comfort(role: &Role) -> u8 {
    if matches!(role, Role::Endpoint(_)) {
        return 0;
    }
    if matches!(role, Role::Credentials(..)) {
        1
    } else {
        2
    }
}

fn is_free(request: &Outgoing) -> bool {
    let safe = request.method.is_safe();
    let role = matches!(&request.role, Role::Endpoint(_) | Role::Absent(_) if safe)
        || matches!(&request.role, Role::Credentials(_, Attempt::Nothing));
    let bare = |line: &Line| {
        !line.name.eq_ignore_ascii_case("origin") && !line.name.eq_ignore_ascii_case("cookie")
    };
    role && request.origin.is_none() && request.fields.iter().all(bare)
}

/// Where a page would read: the first endpoint that anybody may ask, else the target's own URL.
fn reading_place(view: &View<'_>, wave: &[Outgoing]) -> Url {
    let open = wave.iter().find(|request| {
        matches!(request.role, Role::Endpoint(_)) && request.method == Method::get()
    });
    open.map_or_else(|| view.target.url.clone(), |request| request.url.clone())
}

fn own(place: &Url) -> Outgoing {
    Outgoing::new(own_role(), Method::get(), place.clone())
}

/// The origin that shows whether any is let in.
fn stranger(strangers: &[OriginSent]) -> Option<&OriginSent> {
    strangers.iter().find(|sent| sent.class == "reflection")
}

/// A stranger in every directory that holds something protected, where none rides: a router of its
/// own may let in whom the rest does not.
fn elsewhere(target: &Target, wave: &[Outgoing], strangers: &[OriginSent]) -> Vec<Outgoing> {
    let Some(stranger) = stranger(strangers) else {
        return Vec::new();
    };
    let readable = target.endpoints.iter().filter(|endpoint| {
        endpoint.protected && !endpoint.is_mutating() && endpoint.method == Method::get()
    });
    let mut places: Vec<Url> = Vec::new();
    for endpoint in readable {
        let url = target.url.with_target(&endpoint.path);
        let known = |place: &Url| directory(place) == directory(&url);
        if !places.iter().any(known) {
            places.push(url);
        }
    }
    places.truncate(DIRECTORIES);
    let asked = |place: &Url| {
        wave.iter().any(|request| {
            let here = directory(&request.url) == directory(place);
            let real = !matches!(request.role, Role::Preflight { .. });
            real && here && request.origin.as_ref() == Some(stranger)
        })
    };
    let open = places.iter().filter(|place| !asked(place));
    open.map(|place| own(place).from_origin(stranger.clone()))
        .collect()
}

/// The path up to its last slash.
fn directory(url: &Url) -> String {
    let path = url.target.split('?').next().unwrap_or_default();
    path.rsplit_once('/')
        .map_or("", |(directory, _)| directory)
        .to_owned()
}

/// One place asked by a declared origin, by a stranger and by nobody shows whether the server
/// chooses by origin, and whether it tells caches so. What is missing of the three is added.
fn triple(
    view: &View<'_>,
    wave: &[Outgoing],
    place: &Url,
    declared: &[OriginSent],
    strangers: &[OriginSent],
) -> Vec<Outgoing> {
    let here = |request: &&Outgoing| request.url == *place && request.method == Method::get();
    let asked = |origins: &[OriginSent]| {
        wave.iter().filter(here).any(|request| {
            request
                .origin
                .as_ref()
                .is_some_and(|sent| origins.contains(sent))
        })
    };
    let nobody = *place == view.target.url
        || wave
            .iter()
            .filter(here)
            .any(|request| request.origin.is_none());
    let stranger = stranger(strangers);
    let mut missing = Vec::new();
    if !asked(declared) {
        missing.extend(
            declared
                .first()
                .map(|origin| own(place).from_origin(origin.clone())),
        );
    }
    if !asked(strangers) {
        missing.extend(stranger.map(|origin| own(place).from_origin(origin.clone())));
    }
    if !nobody {
        missing.push(own(place));
    }
    missing
}
