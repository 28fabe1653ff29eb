//! The request a browser sends ahead (Fetch, "CORS-preflight fetch").

use super::origins;
use crate::evidence::{Exchange, OriginClass, OriginSent, with_lines};
use crate::model::{Ask, CorsContract, Endpoint, Method, Place, Target};
use crate::net::http::Outgoing;
use crate::probe::contract::made_up_beside;
use crate::probe::{MayFollow, View};
use crate::wire::cors::{Call, Reply, Ruse, UNHEARD_OF, preflight_faults};

/// Every origin asks at every place up to here; beyond, each origin and each place is covered once.
const FULL_MATRIX: usize = 6;

/// One for every declared origin and place, and one of a stranger who asks for a header that nobody
/// uses.
pub(super) fn requests(view: &View<'_>) -> Vec<Outgoing> {
    let Some(contract) = &view.target.cors else {
        return Vec::new();
    };
    let places = places(view.target, contract);
    let declared = origins::declared(contract);
    let pairs: Vec<(usize, usize)> = if declared.len() * places.len() <= FULL_MATRIX {
        (0..places.len())
            .flat_map(|place| (0..declared.len()).map(move |origin| (place, origin)))
            .collect()
    } else {
        (0..places.len().max(declared.len()))
            .map(|nth| (nth % places.len(), nth % declared.len()))
            .collect()
    };
    let asked = pairs.into_iter().filter_map(|(place, origin)| {
        let ((method, path), origin) = (places.get(place)?, declared.get(origin)?);
        Some(preflight(
            view,
            method,
            path,
            &contract.headers,
            origin.clone(),
        ))
    });
    asked.chain(stranger(view, contract, &places)).collect()
}

/// More looks at a method that is declared, and not where. A server that answers a path nobody has
/// just as it answered this one has one list for all of them; and a declared call that only its
/// headers make ask first tells how those fare that have a place.
pub(super) fn follow_up(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let Some(contract) = &view.target.cors else {
        return Vec::new();
    };
    let called =
        by_headers(view.target, contract).filter(|(method, path)| view.target.calls(method, path));
    let (mut looks, mut looked) = (Vec::new(), Vec::new());
    for exchange in seen {
        let Some((method, origin)) = refused_guess(view.target, contract, exchange) else {
            continue;
        };
        let again =
            |method, path: &str, origin| preflight(view, method, path, &contract.headers, origin);
        let nowhere = made_up_beside(&exchange.request.url.target);
        looks.push(again(method, &nowhere, origins::control(origin)));
        if let Some((method, path)) = called.as_ref().filter(|_| !looked.contains(&origin)) {
            looks.push(again(method, path, origin.clone()));
        }
        looked.push(origin);
    }
    looks
}

/// As many as [`follow_up`] has at most: two for each place that was guessed.
pub(super) fn may_follow(view: &View<'_>, wave: &[Outgoing]) -> MayFollow {
    let is_guessed = |request: &&Outgoing| {
        matches!(&request.question.ask, Ask::Preflight { method, .. }
            if !view.target.calls(method, &request.url.target))
    };
    let guessed = wave.iter().filter(is_guessed);
    MayFollow::new(
        2 * guessed.count(),
        "preflights elsewhere, where one was refused at a place that is not declared",
    )
}

/// The method and the origin of a preflight that was refused where nobody said that it is called.
fn refused_guess<'e>(
    target: &Target,
    contract: &CorsContract,
    exchange: &'e Exchange,
) -> Option<(&'e Method, &'e OriginSent)> {
    let Ask::Preflight { method, .. } = &exchange.question.ask else {
        return None;
    };
    let origin = exchange.origin.as_ref()?;
    let guessed = origin.class == OriginClass::Declared
        && !target.calls(method, &exchange.request.url.target);
    (guessed && !is_allowed(exchange, contract, method, origin)).then_some((method, origin))
}

fn is_allowed(
    exchange: &Exchange,
    contract: &CorsContract,
    method: &Method,
    origin: &OriginSent,
) -> bool {
    let Some(response) = exchange.response.seen() else {
        return false;
    };
    let headers = asked(&contract.headers);
    let call = Call {
        origin: &origin.value,
        method: method.as_str(),
        headers: &headers,
        credentials: contract.credentials,
    };
    with_lines(&response.fields, |fields| {
        let status = response.status;
        preflight_faults(&call, &Reply { status, fields }).is_empty()
    })
}

fn stranger(
    view: &View<'_>,
    contract: &CorsContract,
    places: &[(Method, String)],
) -> Option<Outgoing> {
    let telling = places.iter().find(|(method, _)| needs_leave(method));
    let reading = || (Method::get(), place_of(view.target, Some(&Method::get())));
    let (method, path) = &telling.or(places.first()).cloned().unwrap_or_else(reading);
    let origin = origins::strangers(view.target, &origins::label(view))
        .into_iter()
        .find(|origin| {
            matches!(
                origin.class,
                OriginClass::Attack(Ruse::Composite | Ruse::Reflection)
            )
        })?;
    let mut headers = contract.headers.clone();
    headers.push(UNHEARD_OF.to_owned());
    Some(preflight(view, method, path, &headers, origin))
}

/// Where to ask: as declared; else, for every method that needs leave, at an endpoint that has it,
/// the protected ones first; without such a method, for a call that its headers make ask first. Of
/// other calls no browser asks first (Fetch §4.1).
fn places(target: &Target, contract: &CorsContract) -> Vec<(Method, String)> {
    if !contract.probe.is_empty() {
        return contract.probe.clone();
    }
    let at_home = |method: &Method| (method.clone(), place_of(target, Some(method)));
    let mut methods = contract.methods.iter();
    let mut places: Vec<(Method, String)> = methods
        .clone()
        .filter(|method| needs_leave(method))
        .map(at_home)
        .collect();
    if places.is_empty() {
        places.extend(by_headers(target, contract));
    }
    if places.is_empty() && contract.preflight_status.is_some() {
        places.extend(methods.next().map(at_home));
    }
    places
}

/// A call that its headers make ask first, where one is declared.
fn by_headers(target: &Target, contract: &CorsContract) -> Option<(Method, String)> {
    let simple = contract
        .methods
        .iter()
        .filter(|method| !needs_leave(method));
    let places: Vec<(Method, String)> = simple
        .filter(|method| asks_first(contract, method))
        .map(|method| (method.clone(), place_of(target, Some(method))))
        .collect();
    let called = |(method, path): &&(Method, String)| target.calls(method, path);
    places.iter().find(called).or(places.first()).cloned()
}

fn asks_first(contract: &CorsContract, method: &Method) -> bool {
    let headers = asked(&contract.headers);
    let call = Call {
        origin: "",
        method: method.as_str(),
        headers: &headers,
        credentials: contract.credentials,
    };
    call.needs_preflight()
}

fn needs_leave(method: &Method) -> bool {
    !matches!(method.as_str(), "GET" | "HEAD" | "POST")
}

fn place_of(target: &Target, method: Option<&Method>) -> String {
    let with = |protected: bool| {
        target.endpoints.iter().find(move |endpoint| {
            endpoint.protected >= protected
                && method.is_none_or(|method| endpoint.method == *method)
        })
    };
    let any = || {
        target
            .endpoints
            .iter()
            .find(|endpoint| endpoint.protected)
            .or(target.endpoints.first())
    };
    let found = with(true).or_else(|| with(false)).or_else(any);
    found.map_or_else(
        || target.url.target.clone(),
        |endpoint| endpoint.path.clone(),
    )
}

fn preflight(
    view: &View<'_>,
    method: &Method,
    path: &str,
    headers: &[String],
    origin: OriginSent,
) -> Outgoing {
    let ask = Ask::Preflight {
        method: method.clone(),
        headers: headers.to_vec(),
    };
    let asked = asked(headers);
    let call = Call {
        origin: &origin.value,
        method: method.as_str(),
        headers: &asked,
        credentials: false,
    };
    let mut request = Outgoing::new(
        ask.at(place(view.target, method, path)),
        Method::of("OPTIONS"),
        view.target.url.with_target(path),
    );
    for (name, value) in call.preflight_fields() {
        request = request.with(name, value);
    }
    request.origin = Some(origin);
    request
}

/// The declared endpoint of this method and path, else of this path.
fn place(target: &Target, method: &Method, path: &str) -> Place {
    let here = |endpoint: &Endpoint| endpoint.path == path;
    let of_method = |endpoint: &Endpoint| here(endpoint) && endpoint.method == *method;
    let index = target.endpoints.iter().position(of_method);
    let index = index.or_else(|| target.endpoints.iter().position(here));
    index.map_or(Place::Target, Place::Endpoint)
}

fn asked(headers: &[String]) -> Vec<(&str, &str)> {
    headers
        .iter()
        .map(|name| (name.as_str(), Call::usual_value(name)))
        .collect()
}
