//! Who must be refused, and who must not: at every protected endpoint.

use super::{Essential, Need, endpoints};
use crate::evidence::{Conditions, Flag};
use crate::model::{Ask, Attempt, Endpoint, Identity, Place, Scheme, Target, Topic};

/// The essential questions of protected endpoints and of the login.
pub(super) fn essential(target: &Target, conditions: &Conditions) -> Vec<Essential> {
    let mut all = Vec::new();
    for (index, endpoint) in endpoints(target).filter(|(_, endpoint)| endpoint.protected) {
        let at =
            |topic, attempt| Essential::new(topic, Ask::Credentials(attempt).of_endpoint(index));
        let consent = consent(endpoint, conditions);
        all.push(at(Topic::Refusal, Attempt::Nothing).needing(consent));
        all.push(at(Topic::BadCredential, Attempt::Garbage).needing(consent));
        let token = secret(target, "token", |scheme| scheme.token.as_ref());
        all.push(at(Topic::ValidCredential, Attempt::Valid).needing(consent.or(token)));
        let expired = secret(target, "expired", |scheme| scheme.expired.as_ref());
        all.push(at(Topic::ExpiredToken, Attempt::Expired).needing(consent.or(expired)));
    }
    if target.login.is_some() {
        let at = |topic, attempt| Essential::new(topic, Ask::Login(attempt).at(Place::Login));
        all.push(at(Topic::Login, Attempt::UnknownUser));
    }
    all
}

/// What is `mutating` is sent on the user's word alone.
fn consent(endpoint: &Endpoint, conditions: &Conditions) -> Option<Need> {
    let allowed = conditions.has(Flag::AllowMutation);
    (endpoint.is_mutating() && !allowed).then_some(Need::Consent(Flag::AllowMutation))
}

/// What is missing before a supplied credential can be sent.
pub(super) fn secret(
    target: &Target,
    key: &'static str,
    which: fn(&Scheme) -> Option<&Identity>,
) -> Option<Need> {
    let supplied = target.auth.as_ref().and_then(which);
    match supplied.filter(|identity| identity.available) {
        None => Some(Need::Secret(key)),
        Some(_) if !target.keeps_secrets() => Some(Need::Encryption),
        Some(_) => None,
    }
}
