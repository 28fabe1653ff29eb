//! The refusal matrix: nothing, and everything that looks like a credential and is none, at every
//! protected endpoint; and the credential that must be let in.

use crate::model::{Ask, Attempt, Endpoint, Identity, Scheme, SchemeKind, Secret, Target, Topic};
use crate::net::http::Outgoing;
use crate::plan::auth::{acts, attempts, consent, control, protected, sends_body};
use crate::probe::carry::{GARBAGE, line};
use crate::probe::{View, declared};
use crate::wire::jwt::Forgery;

/// What must be refused.
const REFUSED: [Topic; 5] = [
    Topic::Refusal,
    Topic::BadCredential,
    Topic::ForgedToken,
    Topic::ExpiredToken,
    Topic::OtherUser,
];

/// Every protected endpoint with all that must be refused there, and with the credential that must
/// not, where that changes nothing.
pub(super) fn requests(view: &View<'_>) -> Vec<Outgoing> {
    let places = protected(view.target);
    places
        .flat_map(|(index, endpoint)| {
            let refused = REFUSED.into_iter().flat_map(move |topic| {
                let may = consent(endpoint, topic, view.run).is_none();
                let all = may.then(|| attempts(view.target, endpoint, topic));
                all.into_iter().flatten()
            });
            let valid = (!acts(endpoint)).then_some(Attempt::Valid);
            refused
                .chain(valid)
                .filter_map(move |attempt| request(view, index, endpoint, attempt))
        })
        .collect()
}

/// The valid credential where it may change something: with the user's consent, and only after those
/// without one were refused or not.
pub(super) fn acting(view: &View<'_>) -> Vec<Outgoing> {
    let places = protected(view.target).filter(|(_, endpoint)| acts(endpoint));
    places
        .filter(|(_, endpoint)| consent(endpoint, Topic::ValidCredential, view.run).is_none())
        .filter_map(|(index, endpoint)| {
            let question = control(index, endpoint, view.run);
            let (_, attempt) = question.credentials()?;
            request(view, index, endpoint, attempt.clone())
        })
        .collect()
}

/// `None` where the credential cannot be made, or may not travel.
fn request(
    view: &View<'_>,
    index: usize,
    endpoint: &Endpoint,
    attempt: Attempt,
) -> Option<Outgoing> {
    let kind = kind(view.target);
    let credential = if attempt == Attempt::Nothing {
        None
    } else {
        Some(credential(view, &kind, &attempt)?)
    };
    let question = Ask::Credentials(attempt).of_endpoint(index);
    let mut request = declared::request(view, question, endpoint);
    if !sends_body(endpoint, view.run) {
        request.body = None;
    }
    let Some(credential) = credential else {
        return Some(request);
    };
    let (name, value) = line(&kind, &credential);
    let by_name = request.question.is_a_wrong_password();
    Some(match token(view).filter(|_| by_name) {
        // The name in it is the user's own.
        Some(token) => request.with_shown(&name, value, format!("Basic {}", wrong_in_shell(token))),
        None => request.with(&name, value),
    })
}

/// A password nobody has.
const WRONG: &str = "seaworthy-wrong-1aA";

/// The supplied user with that password, as a shell makes it.
fn wrong_in_shell(token: &Identity) -> String {
    format!("{}:{WRONG}", token.from.user())
}

fn token<'v>(view: &View<'v>) -> Option<&'v Identity> {
    view.target.auth.as_ref()?.token.as_ref()
}

/// What is declared; without a declaration most likely `Bearer`.
fn kind(target: &Target) -> SchemeKind {
    target
        .auth
        .as_ref()
        .map_or(SchemeKind::Bearer, |scheme| scheme.kind.clone())
}

fn credential(view: &View<'_>, kind: &SchemeKind, attempt: &Attempt) -> Option<String> {
    let supplied = |which: fn(&Scheme) -> Option<&Identity>| {
        let secret = secret(view, which)?;
        Some(secret.expose().to_owned())
    };
    match attempt {
        Attempt::Empty => Some(String::new()),
        Attempt::Garbage => Some(GARBAGE.to_owned()),
        Attempt::Malformed => Some("seaworthy.mal.formed".to_owned()),
        Attempt::UnknownUser => Some("seaworthy-nobody:seaworthy".to_owned()),
        Attempt::WrongSignature => forged(view, kind, Forgery::WrongSignature),
        Attempt::AlgNone => forged(view, kind, Forgery::AlgNone),
        Attempt::NoSignature => forged(view, kind, Forgery::NoSignature),
        Attempt::AlgNoneCapital => forged(view, kind, Forgery::AlgNoneCapital),
        Attempt::Expired => supplied(|scheme| scheme.expired.as_ref()),
        Attempt::OtherUser => supplied(|scheme| scheme.other.as_ref()),
        Attempt::Valid => supplied(|scheme| scheme.token.as_ref()),
        Attempt::WrongPassword => {
            let token = supplied(|scheme| scheme.token.as_ref())?;
            let (user, _) = token.split_once(':')?;
            Some(format!("{user}:{WRONG}"))
        }
        Attempt::Nothing
        | Attempt::QuoteInName
        | Attempt::OtherBody
        | Attempt::Bypass(_)
        | Attempt::Control(_) => None,
    }
}

/// A forgery of the supplied token, or of a token of nobody where tokens are the custom.
fn forged(view: &View<'_>, kind: &SchemeKind, forgery: Forgery) -> Option<String> {
    match secret(view, |scheme| scheme.token.as_ref()) {
        Some(token) => forgery.of(token.expose()),
        None => (*kind == SchemeKind::Bearer).then(|| forgery.of_nobody()),
    }
}

/// A supplied secret, where it may travel.
fn secret<'v>(view: &View<'v>, which: fn(&Scheme) -> Option<&Identity>) -> Option<&'v Secret> {
    let identity = which(view.target.auth.as_ref()?)
        .filter(|identity| identity.available && view.target.keeps_secrets())?;
    view.net.secrets.get(&identity.from)
}
