//! A question of CORS as a request.

use crate::evidence::OriginSent;
use crate::model::{Ask, Attempt, Endpoint, Method, Question};
use crate::net::http::Outgoing;
use crate::plan::cors::path_of;
use crate::probe::carry::{carry, credential};
use crate::probe::{View, declared};
use crate::wire::cors::Call;

/// On behalf of an origin; `None` where the credential that it needs is not there.
pub(super) fn of(view: &View<'_>, question: &Question, origin: &OriginSent) -> Option<Outgoing> {
    if let Ask::Preflight { method, headers } = &question.ask {
        return Some(preflight(view, question, (method, headers), origin.clone()));
    }
    Some(plain(view, question)?.from_origin(origin.clone()))
}

/// The same without an origin.
pub(super) fn plain(view: &View<'_>, question: &Question) -> Option<Outgoing> {
    let path = path_of(view.target, question.place);
    let get = |path: &str| {
        let url = view.target.url.with_target(path);
        Outgoing::new(question.clone(), Method::get(), url)
    };
    if question.ask == Ask::ReadNotFound {
        return Some(get(&declared::made_up_beside(path)));
    }
    let Some(endpoint) = super::endpoint(view, question.place) else {
        return Some(get(path));
    };
    let request = declared::request(view, question.clone(), endpoint);
    if question.ask == Ask::ReadValid {
        return with_credential(view, request, endpoint);
    }
    Some(request)
}

/// The valid credential goes to its own host alone, over TLS or within this machine.
fn with_credential(view: &View<'_>, request: Outgoing, endpoint: &Endpoint) -> Option<Outgoing> {
    let valid = credential(view.target, view.net, &Attempt::Valid)?;
    let carried = carry(&endpoint.path, view.target, Some(&valid));
    let lines = carried.fields.into_iter();
    Some(lines.fold(request, |request, line| {
        request.with_shown(&line.0, line.1, line.2)
    }))
}

fn preflight(
    view: &View<'_>,
    question: &Question,
    (method, headers): (&Method, &[String]),
    origin: OriginSent,
) -> Outgoing {
    let path = path_of(view.target, question.place);
    let call = (method, headers);
    preflight_at(view, question, path, call, origin)
}

/// A preflight at any path.
pub(super) fn preflight_at(
    view: &View<'_>,
    question: &Question,
    path: &str,
    (method, headers): (&Method, &[String]),
    origin: OriginSent,
) -> Outgoing {
    let asked = Call::usual_headers(headers);
    let call = Call {
        origin: &origin.value,
        method: method.as_str(),
        headers: &asked,
        credentials: false,
    };
    let url = view.target.url.with_target(path);
    let mut request = Outgoing::new(question.clone(), Method::of("OPTIONS"), url);
    for (name, value) in call.preflight_fields() {
        request = request.with(name, value);
    }
    request.origin = Some(origin);
    request
}
