//! What is declared of endpoints, paths, methods and limits.

use super::{Essential, Need, auth, endpoints};
use crate::evidence::{Conditions, Flag, Run};
use crate::model::{Ask, Endpoint, Login, Method, Place, RateLimit, StatusSet, Target, Topic};

/// A burst of more requests than this is no test but an attack.
pub const LARGEST_BURST: u32 = 600;

/// The essential questions of a declared contract: one for each endpoint but those of which no more
/// is declared than that they are protected, each path that must be absent, each method that must be refused, each limit.
pub(super) fn essential(target: &Target, run: &Run) -> Vec<Essential> {
    let conditions = &run.conditions;
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
    for (index, limit) in target.rate.iter().enumerate() {
        let needs = burst_needs(target, limit, run);
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

/// What is missing before a burst may be sent against a limit.
fn burst_needs(target: &Target, limit: &RateLimit, run: &Run) -> Option<Need> {
    if !run.conditions.has(Flag::Burst) {
        return Some(Need::Consent(Flag::Burst));
    }
    if limit.method.is_safe() || login_of(target, limit).is_some() {
        return None;
    }
    match endpoint_of(target, limit) {
        Some(endpoint) if may_be_sent_often(endpoint, run) => None,
        Some(_) => Some(Need::Consent(Flag::AllowMutation)),
        None => Some(Need::Key("endpoint")),
    }
}

/// The login, where that is what a limit is declared for.
#[must_use]
pub fn login_of<'t>(target: &'t Target, limit: &RateLimit) -> Option<&'t Login> {
    let login = target.login.as_ref()?;
    (limit.method.as_str() == "POST" && login.path == limit.path).then_some(login)
}

/// The declared endpoint that a limit is declared for.
#[must_use]
pub fn endpoint_of<'t>(target: &'t Target, limit: &RateLimit) -> Option<&'t Endpoint> {
    let mut endpoints = target.endpoints.iter();
    endpoints.find(|endpoint| endpoint.method == limit.method && endpoint.path == limit.path)
}

/// Whether it changes nothing without a credential, however often it is sent.
#[must_use]
pub fn may_be_sent_often(endpoint: &Endpoint, run: &Run) -> bool {
    let refused = || auth::consent(endpoint, Topic::Refusal, run).is_none();
    (endpoint.protected && refused()) || may_ask(endpoint, &run.conditions)
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
