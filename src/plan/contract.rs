//! What is declared of endpoints, paths, methods and limits.

use super::{Essential, Need, auth, endpoints};
use crate::evidence::{Conditions, Flag};
use crate::model::{Ask, Endpoint, Method, Place, StatusSet, Target, Topic};

/// The essential questions of a declared contract: one for each endpoint but those of which no more
/// is declared than that they are protected, each path that must be absent, each method that must be refused, each limit.
pub(super) fn essential(target: &Target, conditions: &Conditions) -> Vec<Essential> {
    let mut all = Vec::new();
    for (index, endpoint) in endpoints(target).filter(|(_, one)| is_asked(one)) {
        let question = Ask::Declared.of_endpoint(index);
        let needs = needs(target, endpoint, conditions);
        if endpoint.declares_a_body() {
            let question = question.clone();
            all.push(Essential::new(Topic::DeclaredBody, question).needing(needs));
        }
        all.push(Essential::new(Topic::Declared, question).needing(needs));
    }
    for index in 0..target.absent.len() {
        let question = Ask::Absent.at(Place::Absent(index));
        all.push(Essential::new(Topic::Absent, question));
    }
    for (index, (method, _)) in target.wrong_method.iter().enumerate() {
        let question = Ask::WrongMethod.at(Place::WrongMethod(index));
        let needs = (!may_try(method, conditions)).then_some(Need::Consent(Flag::AllowMutation));
        all.push(Essential::new(Topic::WrongMethod, question).needing(needs));
    }
    let burst = conditions.has(Flag::Burst);
    for index in 0..target.rate.len() {
        let needs = (!burst).then_some(Need::Consent(Flag::Burst));
        let question = Ask::Burst.at(Place::Rate(index));
        all.push(Essential::new(Topic::RateLimit, question).needing(needs));
    }
    all
}

fn is_asked(endpoint: &Endpoint) -> bool {
    !endpoint.protected || endpoint.declares_an_answer()
}

/// What is missing before an endpoint can be asked for its declared answer.
fn needs(target: &Target, endpoint: &Endpoint, conditions: &Conditions) -> Option<Need> {
    if !may_ask(endpoint, conditions) {
        return Some(Need::Consent(Flag::AllowMutation));
    }
    if !endpoint.send_secrets.is_empty() && !target.keeps_secrets() {
        return Some(Need::Encryption);
    }
    let token = || auth::secret(target, "token", |scheme| scheme.token.as_ref());
    endpoint.protected.then(token).flatten()
}

/// Reading is harmless. A POST is, where the file says so, or where the declared answer is a refusal
/// and no valid credential goes with it. Everything else changes something, and needs the user's word
/// for it.
#[must_use]
pub fn may_ask(endpoint: &Endpoint, conditions: &Conditions) -> bool {
    if conditions.has(Flag::AllowMutation) {
        return true;
    }
    let refused = endpoint.status.as_ref().is_some_and(is_refusal);
    let turned_away = refused && !endpoint.protected;
    let post =
        endpoint.method.as_str() == "POST" && (endpoint.mutating == Some(false) || turned_away);
    !endpoint.is_mutating() && (endpoint.method.is_safe() || post)
}

/// PUT, PATCH and DELETE are sent to find out whether they are refused on the user's word alone.
#[must_use]
pub fn may_try(method: &Method, conditions: &Conditions) -> bool {
    method.is_safe() || method.as_str() == "POST" || conditions.has(Flag::AllowMutation)
}

fn is_refusal(statuses: &StatusSet) -> bool {
    !statuses.0.is_empty() && statuses.0.iter().all(|item| item.starts_with('4'))
}
