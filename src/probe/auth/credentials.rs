//! The refusal matrix: nothing, and everything that looks like a credential and is none.

use super::{may_ask, primary};
use crate::model::{Ask, Attempt, Endpoint, Identity, SchemeKind, Secret, Target};
use crate::net::http::Outgoing;
use crate::probe::carry::{GARBAGE, line};
use crate::probe::{View, contract};
use crate::wire::jwt::Forgery;

/// So many endpoints are asked with another user's token at most.
const OTHER_USER_PLACES: usize = 3;

/// Every protected endpoint without credentials; one of them with all that is broken, with the
/// supplied tokens that must not do, and with the one that must.
pub(super) fn requests(view: &View<'_>) -> Vec<Outgoing> {
    let target = view.target;
    let protected = target
        .endpoints
        .iter()
        .enumerate()
        .filter(|(_, endpoint)| may_ask(endpoint));
    let mut requests: Vec<Outgoing> = protected
        .map(|(index, endpoint)| bare(view, index, endpoint, Attempt::Nothing))
        .collect();
    let Some((index, endpoint)) = primary(target) else {
        return requests;
    };
    let kind = kind(target);
    let mut dressed = |attempt: Attempt, credential: &str| {
        requests.push(dress(
            bare(view, index, endpoint, attempt),
            &kind,
            credential,
        ));
    };
    for (attempt, credential) in broken(&kind) {
        dressed(attempt, &credential);
    }
    for (attempt, credential) in forged(view, &kind) {
        dressed(attempt, &credential);
    }
    if let Some(secret) = secret(view, |scheme| scheme.expired.as_ref()) {
        dressed(Attempt::Expired, secret.expose());
    }
    if let Some(secret) =
        secret(view, |scheme| scheme.token.as_ref()).filter(|_| is_readable(endpoint))
    {
        dressed(Attempt::Valid, secret.expose());
    }
    requests.extend(as_other_user(view, &kind));
    requests
}

fn bare(view: &View<'_>, index: usize, endpoint: &Endpoint, attempt: Attempt) -> Outgoing {
    contract::request(view, Ask::Credentials(attempt).of_endpoint(index), endpoint)
}

fn is_readable(endpoint: &Endpoint) -> bool {
    endpoint.method.as_str() == "GET"
}

/// What is declared; without a declaration most likely `Bearer`.
fn kind(target: &Target) -> SchemeKind {
    target
        .auth
        .as_ref()
        .map_or(SchemeKind::Bearer, |scheme| scheme.kind.clone())
}

/// The request with this credential in the place the scheme has for it.
fn dress(request: Outgoing, kind: &SchemeKind, credential: &str) -> Outgoing {
    let (name, value) = line(kind, credential);
    request.with(&name, value)
}

fn broken(kind: &SchemeKind) -> Vec<(Attempt, String)> {
    let mut broken = vec![
        (Attempt::Empty, String::new()),
        (Attempt::Garbage, GARBAGE.to_owned()),
    ];
    match kind {
        SchemeKind::Bearer => broken.push((Attempt::Malformed, "seaworthy.mal.formed".to_owned())),
        SchemeKind::Basic => broken.push((
            Attempt::UnknownUser,
            "seaworthy-nobody:seaworthy".to_owned(),
        )),
        SchemeKind::ApiKey { .. } | SchemeKind::Cookie { .. } => {}
    }
    broken
}

/// Forgeries of the supplied token, or of a token of nobody where tokens are the custom.
fn forged(view: &View<'_>, kind: &SchemeKind) -> Vec<(Attempt, String)> {
    let token = secret(view, |scheme| scheme.token.as_ref());
    let forge = |forgery: Forgery| match token {
        Some(token) => forgery.of(token.expose()),
        None => (*kind == SchemeKind::Bearer).then(|| forgery.of_nobody()),
    };
    let attempts = Forgery::ALL
        .into_iter()
        .filter_map(|forgery| Some((attempt(forgery), forge(forgery)?)));
    attempts.collect()
}

fn attempt(forgery: Forgery) -> Attempt {
    match forgery {
        Forgery::WrongSignature => Attempt::WrongSignature,
        Forgery::AlgNone => Attempt::AlgNone,
        Forgery::NoSignature => Attempt::NoSignature,
        Forgery::AlgNoneCapital => Attempt::AlgNoneCapital,
    }
}

/// A supplied secret, where it may travel.
fn secret<'v>(
    view: &View<'v>,
    which: impl Fn(&crate::model::Scheme) -> Option<&Identity>,
) -> Option<&'v Secret> {
    let identity = which(view.target.auth.as_ref()?)
        .filter(|identity| identity.available && view.target.keeps_secrets())?;
    view.net.secrets.get(&identity.from)
}

/// Another user's token, at paths that name somebody's own thing.
fn as_other_user(view: &View<'_>, kind: &SchemeKind) -> Vec<Outgoing> {
    let Some(other) = secret(view, |scheme| scheme.other.as_ref()) else {
        return Vec::new();
    };
    let own = view
        .target
        .endpoints
        .iter()
        .enumerate()
        .filter(|(_, endpoint)| {
            may_ask(endpoint) && is_readable(endpoint) && names_an_object(&endpoint.path)
        });
    own.take(OTHER_USER_PLACES)
        .map(|(index, endpoint)| {
            dress(
                bare(view, index, endpoint, Attempt::OtherUser),
                kind,
                other.expose(),
            )
        })
        .collect()
}

/// Whether a segment of the path is an identifier: it holds a digit and is no version.
fn names_an_object(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path.split('/').any(|segment| {
        let version = segment.strip_prefix('v').is_some_and(|rest| {
            rest.bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
        });
        !version && segment.bytes().any(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::names_an_object;

    #[test]
    fn paths_that_name_somebody_s_own_thing() {
        let yes = ["/users/42", "/api/v1/users/7f3a-11/settings", "/u42"];
        let no = ["/api/v1/me", "/api/v2.1/jobs", "/", "/me?page=2"];
        assert!(yes.into_iter().all(names_an_object));
        assert!(!no.into_iter().any(names_an_object));
    }
}
