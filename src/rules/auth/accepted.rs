//! Which credentials are taken that prove nothing.
//!
//! What follows from a wider hole is left out: a server that lets in nobody's garbage lets in every
//! forged token too, and the one thing to mend is the wider one.

use super::form::{decide_on, is_refused};
use super::{NOBODY_REFUSED, OWASP_AUTHENTICATION, decide, observe};
use crate::facts::auth::{AuthFacts, Tried};
use crate::model::{Attempt, Bypass, Control, RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};

const REFUSED: &str = "the declared refusal, 401 or 403";
const SEEN_BY: &str = "The declared protected endpoint. An answer counts as let in when it is 2xx, says \
                       no error, asks for no password, and is not what a made-up path gets.";
const JWS: Reference = Reference::Rfc(7515, "5.2");

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("auth/not-refused"),
        title: "A protected endpoint answers without credentials",
        severity: Severity::Critical,
        rationale: "Whatever is behind it is open to anybody.",
        expected: REFUSED,
        remediation: "Require authentication on this route, before anything else handles it.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(9110, "15.5.2"), OWASP_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::Refusal],
        check: Check::Auth(|auth| by_attempts(auth, is_nothing, &[])),
    },
    Rule {
        id: RuleId::new("auth/refusal-holds-data"),
        title: "A refusal holds the data that it refuses",
        severity: Severity::Critical,
        rationale: "Whoever asks reads the data: the status or the redirect only asks clients not to \
                    look. The handler goes on behind the refusal.",
        expected: "a refusal without anything of the answer",
        remediation: "End the handler where it refuses: `return` after the redirect or the error.",
        observed_by: "Refusals at a protected endpoint whose body holds all values, or the page, that \
                      the valid credential is answered with, and that neither the front page nor a \
                      made-up path holds.",
        references: &[
            Reference::Rfc(9110, "15.5.2"),
            Reference::Standard(
                "CWE-698, execution after redirect",
                "https://cwe.mitre.org/data/definitions/698.html",
            ),
            OWASP_AUTHENTICATION,
        ],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential, Topic::ValidCredential],
        check: Check::Auth(holds_data),
    },
    Rule {
        id: RuleId::new("auth/accepts-empty"),
        title: "An empty credential is accepted",
        severity: Severity::Critical,
        rationale: "The guard looks whether there is a field, not what is in it: anybody gets in.",
        expected: REFUSED,
        remediation: "Refuse an empty credential like a missing one.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(6750, "3.1"), OWASP_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::BadCredential],
        check: Check::Auth(|auth| {
            by_attempts(
                auth,
                |attempt| *attempt == Attempt::Empty,
                &[Attempt::Nothing],
            )
        }),
    },
    Rule {
        id: RuleId::new("auth/accepts-garbage"),
        title: "A made-up credential is accepted",
        severity: Severity::Critical,
        rationale: "The credential is not checked at all: anybody gets in.",
        expected: REFUSED,
        remediation: "Verify the credential, and refuse what cannot be verified.",
        observed_by: "The declared protected endpoint with a made-up credential in its field (under \
                      `Basic` the supplied user with a wrong password, too, once) and, where it refuses \
                      without one, as `access_token`, `token` and `api_key` in the URL. An \
                      answer counts as let in when it is 2xx, says no error, asks for no password, and \
                      is not what a made-up path gets.",
        references: &[Reference::Rfc(6750, "3.1"), OWASP_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::BadCredential, Topic::KnownUser, Topic::Bypass],
        check: Check::Auth(|auth| {
            // Where any parameter gets in, it is not the token that did: auth/path-bypass.
            let wider = [Attempt::Nothing, Attempt::Control(Control::Query)];
            by_attempts(auth, is_garbage, &wider)
        }),
    },
    Rule {
        id: RuleId::new("auth/accepts-wrong-signature"),
        title: "A token with a wrong signature is accepted",
        severity: Severity::Critical,
        rationale: "The claims are read and the signature is not verified: anybody can be any user.",
        expected: REFUSED,
        remediation: "Verify the signature with the key and the one algorithm you issue; decoding is not verifying.",
        observed_by: SEEN_BY,
        references: &[JWS, Reference::Rfc(8725, "3.3"), OWASP_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::ForgedToken],
        check: Check::Auth(|auth| {
            forged(
                auth,
                |attempt| *attempt == Attempt::WrongSignature,
                &[Attempt::Nothing, Attempt::Garbage, Attempt::Malformed],
            )
        }),
    },
    Rule {
        id: RuleId::new("auth/accepts-unsigned"),
        title: "An unsigned token is accepted",
        severity: Severity::Critical,
        rationale: "A token that says `alg: none`, or leaves its signature away, passes: anybody can be any user.",
        expected: REFUSED,
        remediation: "Name the algorithms that are accepted when verifying; never take the token's word for it.",
        observed_by: SEEN_BY,
        references: &[
            Reference::Rfc(8725, "3.2"),
            Reference::Rfc(7519, "6"),
            OWASP_AUTHENTICATION,
        ],
        cap: None,
        rests_on: &[Topic::ForgedToken],
        check: Check::Auth(|auth| {
            let wider = [
                Attempt::Nothing,
                Attempt::Garbage,
                Attempt::Malformed,
                Attempt::WrongSignature,
            ];
            forged(auth, is_unsigned, &wider)
        }),
    },
    Rule {
        id: RuleId::new("auth/accepts-expired"),
        title: "An expired token is accepted",
        severity: Severity::Critical,
        rationale: "A token that leaked once works for ever.",
        expected: REFUSED,
        remediation: "Refuse tokens at and after their `exp`.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(7519, "4.1.4"), OWASP_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::ExpiredToken],
        check: Check::Auth(expired),
    },
    Rule {
        id: RuleId::new("auth/accepts-other-user"),
        title: "Another user's token reads this user's data",
        severity: Severity::Critical,
        rationale: "The server asks who is calling, not whose data it is: any user reads every user's.",
        expected: REFUSED,
        remediation: "Compare the owner of what is asked for with the caller, in every handler; where all \
                      users may have it, declare the endpoint `shared = true`.",
        observed_by: "The token declared as `other`, at protected endpoints whose path holds an identifier \
                      or that are declared `shared = false`. The owner's data is told by the answer to \
                      the valid credential, the moment and the request's own name left out. Fails where \
                      the data is somebody's own: by `shared = false`, or by a path that names a person \
                      (`/users/42`); otherwise whose it is stays open.",
        references: &[Reference::Standard(
            "OWASP API Security 2023, API1 Broken Object Level Authorization",
            "https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/",
        )],
        cap: None,
        rests_on: &[Topic::OtherUser],
        check: Check::Auth(other_user),
    },
];

/// One observation an endpoint, however the request was varied: one handler sends them all.
fn holds_data(auth: &AuthFacts) -> Verdict {
    let mut places: Vec<usize> = Vec::new();
    let mut observed = Vec::new();
    for tried in &auth.attempts {
        if auth.holding_data.contains(&tried.at) && !places.contains(&tried.endpoint) {
            places.push(tried.endpoint);
            let (status, credential) = (tried.status, tried.credential());
            let said = format!("{status} with {credential}, and the data in the body");
            observed.push(observe(tried, said));
        }
    }
    decide_on(auth, is_refused, NOBODY_REFUSED, observed)
}

fn is_nothing(attempt: &Attempt) -> bool {
    matches!(attempt, Attempt::Nothing | Attempt::Control(Control::Plain))
}

fn is_garbage(attempt: &Attempt) -> bool {
    matches!(
        attempt,
        Attempt::Garbage
            | Attempt::Malformed
            | Attempt::UnknownUser
            | Attempt::WrongPassword
            | Attempt::Bypass(Bypass::TokenInQuery)
    )
}

fn is_unsigned(attempt: &Attempt) -> bool {
    matches!(
        attempt,
        Attempt::AlgNone | Attempt::AlgNoneCapital | Attempt::NoSignature
    )
}

/// Whether a wider hole at the same endpoint explains it.
fn is_explained(auth: &AuthFacts, tried: &Tried, wider: &[Attempt]) -> bool {
    auth.attempts.iter().any(|other| {
        other.endpoint == tried.endpoint && wider.contains(&other.attempt) && other.got_in()
    })
}

fn by_attempts(auth: &AuthFacts, which: fn(&Attempt) -> bool, wider: &[Attempt]) -> Verdict {
    let observed = auth
        .attempts
        .iter()
        .filter(|tried| {
            which(&tried.attempt) && tried.got_in() && !is_explained(auth, tried, wider)
        })
        .map(|tried| {
            let said = format!("{} with {}", tried.status, tried.credential());
            observe(tried, said).wanted(auth.wanted.to_string())
        })
        .collect();
    decide(auth, which, observed)
}

/// Without a real token the claims are made up, and a refusal may be for them.
fn forged(auth: &AuthFacts, which: fn(&Attempt) -> bool, wider: &[Attempt]) -> Verdict {
    let verdict = by_attempts(auth, which, wider);
    if verdict == Verdict::Pass && !auth.supplied.token {
        let why = "a token with made-up claims was refused, but none was supplied to forge from";
        return Verdict::NotTested(why.to_owned());
    }
    if matches!(verdict, Verdict::NotApplicable(_)) && !auth.attempts.is_empty() {
        return Verdict::NotApplicable("the credential is no JWT");
    }
    verdict
}

fn expired(auth: &AuthFacts) -> Verdict {
    if !auth.supplied.expired {
        return untested(
            auth,
            "no expired token supplied (`expired` of the auth scheme)",
        );
    }
    by_attempts(
        auth,
        |attempt| *attempt == Attempt::Expired,
        &[Attempt::Nothing, Attempt::Garbage],
    )
}

/// Being let in is no proof where the answer is the caller's own, or everybody's: it must be the
/// owner's, or nothing must be known of that, and it must be a thing that has an owner.
fn other_user(auth: &AuthFacts) -> Verdict {
    if !auth.supplied.other {
        return untested(
            auth,
            "no other user's token supplied (`other` of the auth scheme)",
        );
    }
    let wider = [Attempt::Nothing, Attempt::Garbage];
    let let_in = auth
        .of(&Attempt::OtherUser)
        .filter(|tried| tried.got_in() && !is_explained(auth, tried, &wider));
    let (owned, open): (Vec<&Tried>, Vec<&Tried>) = let_in
        .partition(|tried| tried.like_valid != Some(false) && auth.owned.contains(&tried.endpoint));
    let observed = owned
        .into_iter()
        .map(|tried| {
            observe(tried, format!("{} with another user's token", tried.status))
                .wanted("403 or 404")
        })
        .collect();
    let verdict = decide(auth, |attempt| *attempt == Attempt::OtherUser, observed);
    if matches!(verdict, Verdict::NotApplicable(_)) {
        return untested(auth, "no protected path names a user's own thing");
    }
    match open.first().filter(|_| verdict == Verdict::Pass) {
        Some(tried) => Verdict::NotTested(format!(
            "{}: {} with another user's token: {}",
            tried.label,
            tried.status,
            whose(tried)
        )),
        None => verdict,
    }
}

/// What stays open of an answer to another user, in words.
fn whose(tried: &Tried) -> &'static str {
    if tried.like_valid == Some(false) {
        "another body than the owner's, which may be the caller's own"
    } else {
        "the same as the owner's; is it everybody's? (`shared = true`, or `false`)"
    }
}

fn untested(auth: &AuthFacts, why: &str) -> Verdict {
    if auth.attempts.is_empty() && auth.unseen.is_empty() {
        return Verdict::NotApplicable(super::NO_ENDPOINT);
    }
    Verdict::NotTested(why.to_owned())
}
