//! Where pages read, and for which calls a browser asks first.

use crate::model::{CorsContract, Endpoint, Method, Place, Target};
use crate::wire::cors::Call;

/// A place whose answer a page reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Readable<'t> {
    /// Which.
    pub place: Place,
    /// Its request target.
    pub path: &'t str,
    /// What is declared of it, where it is an endpoint.
    pub endpoint: Option<&'t Endpoint>,
}

impl<'t> Readable<'t> {
    /// Whether it must refuse whoever has no credential.
    pub(super) fn is_protected(&self) -> bool {
        self.endpoint.is_some_and(|endpoint| endpoint.protected)
    }

    /// Whether an error is declared as its answer.
    pub(super) fn is_an_error(&self) -> bool {
        let declared = self.endpoint.and_then(|endpoint| endpoint.status.as_ref());
        declared.is_some_and(|statuses| {
            let error = |item: &String| item.starts_with(['4', '5']);
            !statuses.0.is_empty() && statuses.0.iter().all(error)
        })
    }

    /// Whether the valid credential may be sent there: to read, or where the file says that nothing
    /// changes.
    pub(super) fn takes_credential(&self) -> bool {
        self.endpoint.is_some_and(|endpoint| {
            endpoint.protected && (endpoint.method.is_safe() || endpoint.mutating == Some(false))
        })
    }

    /// The path up to its last slash.
    pub(super) fn directory(&self) -> &'t str {
        let directory = self.resource().rsplit_once('/');
        directory.map_or("", |(directory, _)| directory)
    }

    /// The path without its query: one handler answers it.
    pub(super) fn resource(&self) -> &'t str {
        resource(self.path)
    }
}

/// A request target without its query.
pub(super) fn resource(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

/// What `cors.probe` names, then every declared endpoint that pages call. Where neither is declared,
/// the target's own URL: elsewhere nothing says that pages call it.
///
/// What changes something is not read. Its preflight stands for it.
pub(super) fn readable(target: &Target) -> Vec<Readable<'_>> {
    let probe = target.cors.as_ref().map_or(&[][..], |cors| &cors.probe);
    let endpoints = target.endpoints.iter().enumerate();
    let mut places: Vec<Readable<'_>> = endpoints
        .filter(|(_, endpoint)| {
            is_called(target.cors.as_ref(), endpoint) && changes_nothing(endpoint)
        })
        .map(|(index, endpoint)| Readable {
            place: Place::Endpoint(index),
            path: &endpoint.path,
            endpoint: Some(endpoint),
        })
        .collect();
    let is_probed = |place: &Readable<'_>| {
        let named = |(method, path): &(Method, String)| {
            let endpoint = place.endpoint.map(|endpoint| &endpoint.method);
            path == place.path && endpoint == Some(method)
        };
        probe.iter().any(named)
    };
    // Stable: of both halves the file's order is kept.
    places.sort_by_key(|place| !is_probed(place));
    let undeclared = probe.iter().enumerate().filter(|(_, (method, path))| {
        let here = |endpoint: &Endpoint| endpoint.path == *path && endpoint.method == *method;
        *method == Method::get() && !target.endpoints.iter().any(here)
    });
    let undeclared = undeclared.map(|(index, (_, path))| Readable {
        place: Place::Probe(index),
        path,
        endpoint: None,
    });
    places.splice(0..0, undeclared);
    if places.is_empty() && probe.is_empty() && target.endpoints.is_empty() {
        places.push(own(target));
    }
    places
}

/// The target's own URL.
pub(super) fn own(target: &Target) -> Readable<'_> {
    Readable {
        place: Place::Target,
        path: &target.url.target,
        endpoint: None,
    }
}

/// Whether scripts call it: with a declared method, and GET is always one.
fn is_called(contract: Option<&CorsContract>, endpoint: &Endpoint) -> bool {
    let declared = |cors: &CorsContract| cors.methods.contains(&endpoint.method);
    endpoint.cors && (endpoint.method == Method::get() || contract.is_some_and(declared))
}

/// Whether a request that lacks the credential, where one is needed, changes nothing. No script can
/// send TRACE (Fetch §2.2.1).
fn changes_nothing(endpoint: &Endpoint) -> bool {
    let is_refused = endpoint.status.as_ref().is_some_and(|statuses| {
        !statuses.0.is_empty() && statuses.0.iter().all(|item| item.starts_with('4'))
    });
    let harmless_post = endpoint.protected || endpoint.mutating == Some(false) || is_refused;
    !endpoint.is_mutating()
        && match endpoint.method.as_str() {
            "GET" | "HEAD" | "OPTIONS" => true,
            "POST" => harmless_post,
            _ => false,
        }
}

/// A call for which a browser asks first.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    /// Where.
    pub place: Place,
    /// With which method.
    pub method: Method,
    /// With which fields.
    pub headers: Vec<String>,
}

/// The calls to ask leave for: every one that `cors.probe` names or an endpoint declares, and every
/// declared method that has no place at another's. Of calls that need no leave no browser asks
/// (Fetch §4.1), but where the status of its answer is declared.
pub(super) fn asking<'t>(target: &'t Target, contract: &'t CorsContract) -> Vec<Asking> {
    let mut all: Vec<Asking> = Vec::new();
    let mut ask = |place: Place, method: &Method| {
        let headers = headers_with(contract, method);
        let new = Asking {
            place,
            method: method.clone(),
            headers,
        };
        let known = |one: &Asking| one.place == new.place && one.method == new.method;
        if !all.iter().any(known) {
            all.push(new);
        }
    };
    let asks_first =
        |method: &Method| needs_leave(method, &headers_with(contract, method), contract);
    for (index, (method, path)) in contract.probe.iter().enumerate() {
        let here = |endpoint: &Endpoint| endpoint.path == *path && endpoint.method == *method;
        let endpoint = target.endpoints.iter().position(here);
        ask(
            endpoint.map_or(Place::Probe(index), Place::Endpoint),
            method,
        );
    }
    let endpoints = target.endpoints.iter().enumerate();
    let called = endpoints.filter(|(_, endpoint)| is_called(Some(contract), endpoint));
    for (index, endpoint) in called.filter(|(_, endpoint)| asks_first(&endpoint.method)) {
        ask(Place::Endpoint(index), &endpoint.method);
    }
    let named: Vec<Method> = all.iter().map(|one| one.method.clone()).collect();
    let elsewhere = contract.methods.iter().filter(|method| {
        !named.contains(method) && (is_special(method) || (named.is_empty() && asks_first(method)))
    });
    let mut elsewhere: Vec<&Method> = elsewhere.collect();
    if named.is_empty() && elsewhere.is_empty() && contract.preflight_status.is_some() {
        elsewhere.extend(contract.methods.first());
    }
    if elsewhere.iter().all(|method| !is_special(method)) {
        elsewhere.truncate(1);
    }
    let guess = guessed(target);
    all.extend(elsewhere.into_iter().map(|method| Asking {
        place: guess,
        method: method.clone(),
        headers: headers_with(contract, method),
    }));
    all
}

/// Where a method is tried that no endpoint has: at a protected one, else at the first.
fn guessed(target: &Target) -> Place {
    let of_pages = |endpoint: &Endpoint| endpoint.cors;
    let protected = |endpoint: &Endpoint| endpoint.cors && endpoint.protected;
    let position = |which: fn(&Endpoint) -> bool| target.endpoints.iter().position(which);
    let found = position(protected).or_else(|| position(of_pages));
    found.map_or(Place::Target, Place::Endpoint)
}

/// The declared fields that go with a method. A call without content has no `Content-Type` to
/// declare, unless there is no other call.
fn headers_with(contract: &CorsContract, method: &Method) -> Vec<String> {
    let bare = |method: &Method| matches!(method.as_str(), "GET" | "HEAD");
    let keeps = !bare(method) || contract.methods.iter().all(bare);
    let declared = contract.headers.iter();
    declared
        .filter(|name| keeps || !name.eq_ignore_ascii_case("content-type"))
        .cloned()
        .collect()
}

/// Methods that need leave by themselves (Fetch §2.2.1, "CORS-safelisted method").
fn is_special(method: &Method) -> bool {
    !matches!(method.as_str(), "GET" | "HEAD" | "POST")
}

fn needs_leave(method: &Method, headers: &[String], contract: &CorsContract) -> bool {
    let headers = Call::usual_headers(headers);
    let call = Call {
        origin: "",
        method: method.as_str(),
        headers: &headers,
        credentials: contract.credentials,
    };
    call.needs_preflight()
}
