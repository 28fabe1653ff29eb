//! The request a browser sends ahead (Fetch, "CORS-preflight fetch").

use super::origins;
use crate::evidence::{OriginSent, Role};
use crate::model::{CorsContract, Method, Target};
use crate::net::http::Outgoing;
use crate::probe::View;
use crate::wire::cors::{Call, UNHEARD_OF};

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

fn stranger(
    view: &View<'_>,
    contract: &CorsContract,
    places: &[(Method, String)],
) -> Option<Outgoing> {
    let (method, path) = places.first()?;
    let origin = origins::strangers(view.target, &origins::label(view))
        .into_iter()
        .find(|origin| origin.class == "composite" || origin.class == "reflection")?;
    let mut headers = contract.headers.clone();
    headers.push(UNHEARD_OF.to_owned());
    Some(preflight(view, method, path, &headers, origin))
}

/// Where to ask: as declared; else, for every method that needs leave, at an endpoint that has it,
/// the protected ones first.
fn places(target: &Target, contract: &CorsContract) -> Vec<(Method, String)> {
    if !contract.probe.is_empty() {
        return contract.probe.clone();
    }
    let mut places: Vec<(Method, String)> = Vec::new();
    for method in contract.methods.iter().filter(|method| needs_leave(method)) {
        places.push((method.clone(), place_of(target, Some(method))));
    }
    if places.is_empty() {
        let method = contract
            .methods
            .first()
            .cloned()
            .unwrap_or_else(Method::get);
        let path = place_of(target, Some(&method));
        places.push((method, path));
    }
    places
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
    let role = Role::Preflight {
        method: method.clone(),
        headers: headers.to_vec(),
    };
    let asked: Vec<(&str, &str)> = headers
        .iter()
        .map(|name| (name.as_str(), Call::usual_value(name)))
        .collect();
    let call = Call {
        origin: &origin.value,
        method: method.as_str(),
        headers: &asked,
        credentials: false,
    };
    let mut request = Outgoing::new(
        role,
        Method::of("OPTIONS"),
        view.target.url.with_target(path),
    );
    for (name, value) in call.preflight_fields() {
        request = request.with(name, value);
    }
    request.origin = Some(origin);
    request
}
