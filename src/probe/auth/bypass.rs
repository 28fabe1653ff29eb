//! Ways round the door: other methods, other spellings of the path, fields that proxies set.

use super::primary;
use crate::evidence::Exchange;
use crate::model::{Ask, Attempt, Bypass, Endpoint, Method, ProxyField, SchemeKind};
use crate::net::http::Outgoing;
use crate::probe::carry::GARBAGE;
use crate::probe::headers::NOWHERE;
use crate::probe::{MayFollow, View};
use crate::wire::path_variant::path_variants;

/// All of them without credentials, at the one protected endpoint, and only after it has refused.
/// The most telling come first: the budget cuts from behind.
pub(super) fn requests(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    match place(view) {
        Some((index, endpoint)) if has_refused(seen, index) => ways(view, index, endpoint),
        Some(_) | None => Vec::new(),
    }
}

/// As many as [`requests`] has at most.
pub(super) fn may_follow(view: &View<'_>) -> Option<MayFollow> {
    let (index, endpoint) = place(view)?;
    let what = format!(
        "ways round GET {}, where it is refused: HEAD, PROPFIND, TRACE, a made-up token in the \
         query, other spellings of the path, fields that proxies set",
        endpoint.path
    );
    Some(MayFollow::new(ways(view, index, endpoint).len(), what))
}

/// The protected endpoint they are tried at.
fn place<'v>(view: &View<'v>) -> Option<(usize, &'v Endpoint)> {
    primary(view.target).filter(|(_, endpoint)| endpoint.method.as_str() == "GET")
}

fn ways(view: &View<'_>, index: usize, endpoint: &Endpoint) -> Vec<Outgoing> {
    let mut all = methods(view, index, endpoint);
    all.extend(in_query(view, index, endpoint));
    let (mut paths, mut fields) = (
        paths(view, index, endpoint).into_iter(),
        fields(view, index, endpoint).into_iter(),
    );
    // Alternating, so that a tight budget has some of each.
    loop {
        let (path, field) = (paths.next(), fields.next());
        if path.is_none() && field.is_none() {
            break;
        }
        all.extend(path.into_iter().chain(field));
    }
    all
}

fn has_refused(seen: &[Exchange], index: usize) -> bool {
    let nothing = Ask::Credentials(Attempt::Nothing).of_endpoint(index);
    let answer = seen.iter().find(|exchange| exchange.question == nothing);
    answer
        .and_then(|exchange| exchange.response.seen())
        .is_some_and(|response| matches!(response.status, 300..=499))
}

fn variant(view: &View<'_>, index: usize, method: Method, target: &str, how: Bypass) -> Outgoing {
    let question = Ask::Credentials(Attempt::Bypass(how)).of_endpoint(index);
    Outgoing::new(question, method, view.target.url.with_target(target))
}

/// PROPFIND (RFC 4918 §9.1) reads like GET and is seldom thought of; TRACE must not echo (RFC 9110
/// §9.3.8).
fn methods(view: &View<'_>, index: usize, endpoint: &Endpoint) -> Vec<Outgoing> {
    ["HEAD", "PROPFIND", "TRACE"]
        .map(|name| {
            let how = Bypass::Method(Method::of(name));
            variant(view, index, Method::of(name), &endpoint.path, how)
        })
        .into()
}

/// A made-up token where RFC 6750 §2.3 has one for those who cannot set a field, and under the other
/// names in use. A real one would stay in the target's logs.
fn in_query(view: &View<'_>, index: usize, endpoint: &Endpoint) -> Option<Outgoing> {
    let kind = view.target.auth.as_ref().map(|scheme| &scheme.kind);
    let by_token = matches!(
        kind,
        None | Some(SchemeKind::Bearer | SchemeKind::ApiKey { .. })
    );
    let join = if endpoint.path.contains('?') {
        '&'
    } else {
        '?'
    };
    let target = format!(
        "{}{join}access_token={GARBAGE}&token={GARBAGE}&api_key={GARBAGE}",
        endpoint.path
    );
    by_token.then(|| variant(view, index, Method::get(), &target, Bypass::TokenInQuery))
}

fn paths(view: &View<'_>, index: usize, endpoint: &Endpoint) -> Vec<Outgoing> {
    path_variants(&endpoint.path)
        .into_iter()
        .map(|spelt| {
            let how = Bypass::Path(spelt.spelling);
            variant(view, index, Method::get(), &spelt.target, how)
        })
        .collect()
}

/// Fields that change nothing where nobody heeds them go together: two requests for four tricks.
/// Those that name another path go with one that nobody has, whose answer without them is known.
fn fields(view: &View<'_>, index: usize, endpoint: &Endpoint) -> Vec<Outgoing> {
    let ask = |target: &str, field: ProxyField| {
        variant(view, index, Method::get(), target, Bypass::Field(field))
    };
    vec![
        ask(&endpoint.path, ProxyField::Sender)
            .with("X-Forwarded-For", "127.0.0.1")
            .with("X-HTTP-Method-Override", "OPTIONS"),
        ask(NOWHERE, ProxyField::Path)
            .with("X-Original-URL", endpoint.path.clone())
            .with("X-Rewrite-URL", endpoint.path.clone()),
    ]
}
