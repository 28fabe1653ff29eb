//! Who must be refused, and who must not: at every protected endpoint, and at the login.
//!
//! The least and the most is linear in the declared places. At a protected endpoint at most
//! [`MOST_CREDENTIALS`] requests go out, at a protected GET at most [`MOST_VARIED`] more, and at the
//! login [`MOST_LOGINS`]; what a gateway answers with 502, 503 or 504 is asked once more.

use super::{Essential, Need, endpoints};
use crate::evidence::{Flag, Run};
use crate::model::{
    Ask, Attempt, Bypass, Control, Endpoint, Family, Identity, Method, Place, ProxyField, Question,
    Scheme, SchemeKind, Target, Topic,
};
use crate::wire::path_variant::path_variants;

/// Without a credential, with one that nobody issued or that is not valid here, and with the valid
/// one: so many requests a protected endpoint.
pub const MOST_CREDENTIALS: usize = 11;

/// Other methods, spellings and fields, with what they are held against: so many a protected GET.
pub const MOST_VARIED: usize = 22;

/// So many requests to the login endpoint, of which one with a wrong password of a known account.
pub const MOST_LOGINS: usize = 4;

/// The topics of a protected endpoint.
const TOPICS: [Topic; 7] = [
    Topic::Refusal,
    Topic::BadCredential,
    Topic::ForgedToken,
    Topic::ExpiredToken,
    Topic::OtherUser,
    Topic::ValidCredential,
    Topic::Bypass,
];

/// The essential questions of protected endpoints and of the login: one a topic and place. Where
/// several requests make up one question, the first stands for it.
pub(super) fn essential(target: &Target, run: &Run) -> Vec<Essential> {
    let mut all = Vec::new();
    for (index, endpoint) in protected(target) {
        for topic in TOPICS {
            if let Some(first) = attempts(target, endpoint, topic).first() {
                let question = if topic == Topic::ValidCredential {
                    control(index, endpoint, run)
                } else {
                    Ask::Credentials(first.clone()).of_endpoint(index)
                };
                let needs = needs(target, endpoint, topic, run);
                all.push(Essential::new(topic, question).needing(needs));
            }
        }
        if let Some(need) = known_user(target, endpoint) {
            let question = Ask::Credentials(Attempt::WrongPassword).of_endpoint(index);
            let need = consent(endpoint, Topic::KnownUser, run).unwrap_or(need);
            all.push(Essential::new(Topic::KnownUser, question).needing(Some(need)));
        }
    }
    // Every answer is searched, from that of the target's own URL on.
    if is_judged(target) && supplies_a_secret(target) {
        all.push(Essential::new(Topic::Disclosure, Ask::Page.of_target()));
    }
    if let Some(login) = &target.login {
        let at = |topic, attempt| Essential::new(topic, Ask::Login(attempt).at(Place::Login));
        for topic in [Topic::Login, Topic::LoginInput] {
            let first = login_attempts(topic).first();
            all.extend(first.map(|first| at(topic, first.clone())));
        }
        if login.uniform {
            let known = login.known_user.as_ref();
            let missing = known.is_none_or(|known| !known.available);
            let needs = missing.then_some(Need::Secret("known_user"));
            all.push(at(Topic::WrongPassword, Attempt::WrongPassword).needing(needs));
        }
    }
    all
}

/// Whether there is anything that must refuse.
fn is_judged(target: &Target) -> bool {
    target.login.is_some() || protected(target).next().is_some()
}

/// Whether there is a secret to search answers for: one that was read, and not what anybody may know.
fn supplies_a_secret(target: &Target) -> bool {
    let scheme = target.auth.iter();
    let in_scheme = scheme.flat_map(|scheme| [&scheme.token, &scheme.expired, &scheme.other]);
    let sent = target.endpoints.iter();
    let sent = sent.flat_map(|endpoint| endpoint.send_secrets.values());
    let mut all = in_scheme.flatten().chain(sent);
    all.any(|identity| identity.available && !identity.public)
}

/// The protected endpoints with their position in the target file.
pub fn protected(target: &Target) -> impl Iterator<Item = (usize, &Endpoint)> {
    endpoints(target).filter(|(_, endpoint)| endpoint.protected)
}

/// What is tried at a protected endpoint to answer a question; nothing where it cannot arise.
#[must_use]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the topics of other families are none of a protected endpoint"
)]
pub fn attempts(target: &Target, endpoint: &Endpoint, topic: Topic) -> Vec<Attempt> {
    match topic {
        Topic::Refusal => vec![Attempt::Nothing],
        Topic::BadCredential => bad(target, endpoint),
        Topic::ForgedToken if may_be_jwt(target) => vec![
            Attempt::WrongSignature,
            Attempt::AlgNone,
            Attempt::NoSignature,
            Attempt::AlgNoneCapital,
        ],
        Topic::ExpiredToken if expires(target) => vec![Attempt::Expired],
        Topic::OtherUser if names_somebody_s(endpoint) => vec![Attempt::OtherUser],
        Topic::ValidCredential => vec![Attempt::Valid],
        Topic::Bypass if may_be_varied(endpoint) => varied(target, endpoint),
        _ => Vec::new(),
    }
}

/// What is tried at the login to answer a question.
#[must_use]
pub fn login_attempts(topic: Topic) -> &'static [Attempt] {
    if topic == Topic::WrongPassword {
        &[Attempt::WrongPassword]
    } else if topic == Topic::LoginInput {
        &[Attempt::QuoteInName, Attempt::OtherBody]
    } else {
        &[Attempt::UnknownUser]
    }
}

/// The request that shows whether the valid credential is let in. Where the contract asks for an
/// answer that changes something, it does so with that credential, and once is enough.
#[must_use]
pub fn control(index: usize, endpoint: &Endpoint, run: &Run) -> Question {
    let by_contract =
        acts(endpoint) && endpoint.declares_an_answer() && run.selects_family(Family::Contract);
    if by_contract {
        Ask::Declared.of_endpoint(index)
    } else {
        Ask::Credentials(Attempt::Valid).of_endpoint(index)
    }
}

/// What only the user can give before a topic's requests may go to an endpoint.
#[must_use]
pub fn needs(target: &Target, endpoint: &Endpoint, topic: Topic, run: &Run) -> Option<Need> {
    let supplied = || {
        if matches!(topic, Topic::ValidCredential | Topic::ForgedToken) {
            secret(target, "token", |scheme| scheme.token.as_ref())
        } else if topic == Topic::ExpiredToken {
            secret(target, "expired", |scheme| scheme.expired.as_ref())
        } else if topic == Topic::OtherUser {
            secret(target, "other", |scheme| scheme.other.as_ref())
        } else {
            None
        }
    };
    consent(endpoint, topic, run).or_else(supplied)
}

/// The consent that is missing before a topic's requests may go to an endpoint. What must be refused
/// is harmless where it reads, and as a POST without its body; everything else may be carried out.
#[must_use]
pub fn consent(endpoint: &Endpoint, topic: Topic, run: &Run) -> Option<Need> {
    let bare_post = endpoint.method.as_str() == "POST" && !endpoint.is_mutating();
    let harmless = !acts(endpoint) || (bare_post && topic != Topic::ValidCredential);
    let missing = !harmless && !run.conditions.has(Flag::AllowMutation);
    missing.then_some(Need::Consent(Flag::AllowMutation))
}

/// Whether something may change once the request is let in: all that neither reads nor is called
/// `mutating = false`.
#[must_use]
pub fn acts(endpoint: &Endpoint) -> bool {
    let reads = endpoint.method.is_safe() || endpoint.mutating == Some(false);
    endpoint.is_mutating() || !reads
}

/// Whether the declared body goes along: only where the request may be carried out.
#[must_use]
pub fn sends_body(endpoint: &Endpoint, run: &Run) -> bool {
    !acts(endpoint) || run.conditions.has(Flag::AllowMutation)
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

fn kind(target: &Target) -> &SchemeKind {
    let declared = target.auth.as_ref().map(|scheme| &scheme.kind);
    declared.unwrap_or(&SchemeKind::Bearer)
}

fn bad(target: &Target, endpoint: &Endpoint) -> Vec<Attempt> {
    let mut all = vec![Attempt::Garbage, Attempt::Empty];
    match kind(target) {
        SchemeKind::Bearer => all.push(Attempt::Malformed),
        SchemeKind::Basic => {
            all.push(Attempt::UnknownUser);
            all.extend(gets_a_wrong_password(target, endpoint).then_some(Attempt::WrongPassword));
        }
        SchemeKind::ApiKey { .. } | SchemeKind::Cookie { .. } => {}
    }
    all
}

/// One wrong password for an account that exists, and no more: they could lock it. So one place stands
/// for all, and none does where the login is tried with one.
fn gets_a_wrong_password(target: &Target, endpoint: &Endpoint) -> bool {
    let has_name = secret(target, "token", |scheme| scheme.token.as_ref()).is_none();
    let by_login = target
        .login
        .as_ref()
        .is_some_and(|login| login.known_user.is_some());
    let mut places = protected(target).map(|(_, endpoint)| endpoint);
    let first = places.find(|endpoint| endpoint.method.is_safe());
    has_name && !by_login && first == Some(endpoint)
}

/// What it would take to know that a guard looks at the password, where no wrong one is sent for a user
/// who exists: a former password, which the file supplies for every endpoint.
fn known_user(target: &Target, endpoint: &Endpoint) -> Option<Need> {
    let is_shown = expires(target) || gets_a_wrong_password(target, endpoint);
    let missing = || {
        let token = secret(target, "token", |scheme| scheme.token.as_ref());
        token.unwrap_or(Need::Secret("expired"))
    };
    (*kind(target) == SchemeKind::Basic && !is_shown).then(missing)
}

/// A token that was read is a JWT or none; one that was not is most likely one behind `Bearer`.
fn may_be_jwt(target: &Target) -> bool {
    let token = target.auth.as_ref().and_then(|auth| auth.token.as_ref());
    match token.filter(|token| token.available) {
        Some(token) => token.is_jwt,
        None => *kind(target) == SchemeKind::Bearer,
    }
}

/// A user and a password do not expire, unless the file names such a pair.
fn expires(target: &Target) -> bool {
    let supplied = |scheme: &Scheme| scheme.expired.is_some();
    *kind(target) != SchemeKind::Basic || target.auth.as_ref().is_some_and(supplied)
}

/// Whether another user's token is tried: at what the file calls each user's own, and where nothing
/// is said at paths that name an object.
fn names_somebody_s(endpoint: &Endpoint) -> bool {
    let acts_on_it = matches!(
        endpoint.method.as_str(),
        "GET" | "HEAD" | "PUT" | "PATCH" | "DELETE"
    );
    acts_on_it
        && endpoint
            .shared
            .map_or_else(|| names_an_object(&endpoint.path), |shared| !shared)
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

/// Only what reads is asked in other ways: nobody knows what those do.
fn may_be_varied(endpoint: &Endpoint) -> bool {
    endpoint.method == Method::get() && !endpoint.is_mutating()
}

/// Other methods, a token in the query, spellings and fields, and what they are held against.
///
/// PROPFIND (RFC 4918 §9.1) reads like GET and is seldom thought of; TRACE must not echo (RFC 9110
/// §9.3.8).
fn varied(target: &Target, endpoint: &Endpoint) -> Vec<Attempt> {
    let methods = ["HEAD", "OPTIONS", "PROPFIND", "TRACE"];
    let methods = methods.map(|name| Bypass::Method(Method::of(name)));
    let by_token = matches!(kind(target), SchemeKind::Bearer | SchemeKind::ApiKey { .. });
    let spellings = path_variants(&endpoint.path).into_iter();
    let fields = [ProxyField::Sender, ProxyField::Path].map(Bypass::Field);
    let all = methods
        .into_iter()
        .chain(by_token.then_some(Bypass::TokenInQuery))
        .chain(spellings.map(|spelt| Bypass::Path(spelt.spelling)))
        .chain(fields);
    let controls = [Control::Query, Control::MadeUpPath, Control::Plain];
    all.map(Attempt::Bypass)
        .chain(controls.map(Attempt::Control))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{MOST_CREDENTIALS, MOST_VARIED, TOPICS, attempts, essential, names_an_object};
    use crate::evidence::sample;
    use crate::model::{
        Body, Endpoint, Identity, Login, Method, Scheme, SchemeKind, SecretRef, StatusSet, Topic,
    };

    #[test]
    fn paths_that_name_an_object() {
        let yes = ["/users/42", "/api/v1/users/7f3a-11/settings", "/u42"];
        let no = ["/api/v1/me", "/api/v2.1/jobs", "/", "/me?page=2"];
        assert!(yes.into_iter().all(names_an_object));
        assert!(!no.into_iter().any(names_an_object));
    }

    #[test]
    fn as_many_as_the_page_says() {
        let target = sample::target();
        let endpoint = Endpoint::new(Method::get(), "/users/42");
        let count = |topic: &Topic| attempts(&target, &endpoint, *topic).len();
        let credentials = TOPICS.iter().filter(|topic| **topic != Topic::Bypass);
        assert_eq!(credentials.map(count).sum::<usize>(), MOST_CREDENTIALS);
        assert_eq!(count(&Topic::Bypass), MOST_VARIED);
    }

    /// Protected endpoints, what is supplied beside the token, and where a guard that looks at the name
    /// alone would not be found; and what would find it.
    #[test]
    fn a_guard_that_looks_at_the_name_alone() {
        type Row<'a> = (&'a [&'a str], &'a [&'a str], &'a [(usize, &'a str)]);
        const EXPIRED: &str = "a credential as `expired`";
        const TOKEN: &str = "a credential as `token`";
        #[rustfmt::skip]
        let rows: [Row<'_>; 7] = [
            (&["GET /a"],                          &["token"],            &[]),
            (&["GET /a", "GET /b"],                &["token"],            &[(1, EXPIRED)]),
            (&["GET /a", "GET /b", "GET /c"],      &["token", "expired"], &[]),
            (&["POST /a", "GET /b"],               &["token"],            &[(0, EXPIRED)]),
            (&["PUT /a", "GET /b"],                &["token"],            &[(0, "--allow-mutation")]),
            (&["GET /a", "GET /b"],                &["token", "login"],   &[(0, EXPIRED), (1, EXPIRED)]),
            (&["GET /a"],                          &[],                   &[(0, TOKEN)]),
        ];
        let protected = |line: &&str| {
            let (method, path) = line.split_once(' ').unwrap();
            Endpoint {
                protected: true,
                ..Endpoint::new(Method::of(method), path)
            }
        };
        for (lines, supplied, expected) in rows {
            let mut target = sample::target();
            let has = |name: &str| {
                let from = SecretRef::Env(name.to_owned());
                supplied.contains(&name).then(|| Identity::new(from))
            };
            target.auth = Some(Scheme {
                kind: SchemeKind::Basic,
                token: has("token"),
                expired: has("expired"),
                other: None,
                reject: StatusSet::of(&["401"]),
                challenge: true,
                error: None,
            });
            target.login = has("login").map(|known| Login {
                path: "/login".to_owned(),
                body: Body {
                    text: "{}".to_owned(),
                    media_type: "application/json".to_owned(),
                },
                known_user: Some(known),
                status: StatusSet::of(&["401"]),
                uniform: false,
                json: BTreeMap::new(),
                same_as: None,
                lines: BTreeMap::new(),
            });
            target.endpoints = lines.iter().map(protected).collect();
            let evidence = sample::evidence(target, Vec::new());
            let all = essential(&evidence.target, &evidence.run);
            let open = all.iter().filter(|one| one.topic == Topic::KnownUser);
            let open: Vec<(usize, String)> = open
                .filter_map(|one| Some((one.question.endpoint()?, one.needs?.said())))
                .collect();
            let expected: Vec<(usize, String)> = expected
                .iter()
                .map(|(at, need)| (*at, (*need).to_owned()))
                .collect();
            assert_eq!(open, expected, "{lines:?} {supplied:?}");
        }
    }

    /// What is declared of an endpoint, and whether another user's token is tried there.
    #[test]
    fn what_all_users_share_is_nobody_s_own() {
        #[rustfmt::skip]
        let rows = [
            ("GET",    "/products/42", None,        true),
            ("GET",    "/products/42", Some(true),  false),
            ("GET",    "/me",          None,        false),
            ("GET",    "/me",          Some(false), true),
            ("DELETE", "/users/42",    None,        true),
            ("POST",   "/users/42",    None,        false),
            ("POST",   "/users/42",    Some(false), false),
        ];
        for (method, path, shared, expected) in rows {
            let endpoint = Endpoint {
                shared,
                ..Endpoint::new(Method::of(method), path)
            };
            let tried = !attempts(&sample::target(), &endpoint, Topic::OtherUser).is_empty();
            assert_eq!(tried, expected, "{method} {path} {shared:?}");
        }
    }
}
