//! The form of a refusal: its status, its challenge, its body.

use super::{NO_ENDPOINT, decide, observe};
use crate::evidence::Attempt;
use crate::facts::auth::{AuthFacts, Challenged, Tried};
use crate::model::{RuleId, Severity};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::refusal::Answer;

const SEEN_BY: &str =
    "Every answer of a protected endpoint to a request without valid credentials.";

#[expect(clippy::too_many_arguments, reason = "a rule has as many parts")]
const fn rule(
    id: &'static str,
    title: &'static str,
    severity: Severity,
    rationale: &'static str,
    expected: &'static str,
    remediation: &'static str,
    references: &'static [Reference],
    check: fn(&AuthFacts) -> Verdict,
) -> Rule {
    Rule {
        id: RuleId::new(id),
        title,
        severity,
        rationale,
        expected,
        remediation,
        observed_by: SEEN_BY,
        references,
        cap: None,
        check: Check::Auth(check),
    }
}

const UNAUTHORIZED: Reference = Reference::Rfc(9110, "15.5.2");

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    rule(
        "auth/breaks",
        "A bad credential breaks the server",
        Severity::Medium,
        "An exception escapes while the credential is read: anybody can fill the error log, and what \
         throws before it checks may be made to do more.",
        "the declared refusal",
        "Catch the error where the credential is parsed, and refuse.",
        &[Reference::Rfc(9110, "15.6.1"), Reference::Rfc(6750, "3.1")],
        |auth| by_answer(auth, |answer| answer == Answer::Broken),
    ),
    rule(
        "auth/soft-refusal",
        "A refusal is sent as success",
        Severity::Medium,
        "Caches, clients and monitors take a 200 for the data, and what looks at the status alone \
         believes that it got in.",
        "401 or 403",
        "Send 401 or 403 with the same body.",
        &[UNAUTHORIZED],
        |auth| {
            by_answer(auth, |answer| {
                matches!(answer, Answer::SoftRefusal(_) | Answer::LoginPage)
            })
        },
    ),
    rule(
        "auth/login-redirect",
        "An API redirects to a login page",
        Severity::Medium,
        "Programs follow the redirect, get a page with 200 and take it for the answer; scripts of \
         other origins see a network error.",
        "401",
        "Answer API requests with 401; redirect only navigations.",
        &[UNAUTHORIZED],
        redirects,
    ),
    rule(
        "auth/refusal-status",
        "A refusal has another status than declared",
        Severity::Medium,
        "Clients decide by the status whether to log in again, to give up or to retry.",
        "the declared status",
        "Answer the declared status, or declare this one (`reject`).",
        &[UNAUTHORIZED, Reference::Rfc(9110, "15.5.4")],
        status,
    ),
    rule(
        "auth/challenge-missing",
        "A 401 does not say what it wants",
        Severity::Low,
        "A 401 must carry WWW-Authenticate; generic clients cannot tell which scheme to use.",
        "WWW-Authenticate",
        "Send `WWW-Authenticate: Bearer` (or the scheme in use) with every 401.",
        &[
            UNAUTHORIZED,
            Reference::Rfc(9110, "11.6.1"),
            Reference::Rfc(6750, "3"),
        ],
        challenge,
    ),
    rule(
        "auth/challenge-malformed",
        "WWW-Authenticate cannot be read",
        Severity::Low,
        "Clients ignore a challenge outside the grammar.",
        "a scheme, then parameters separated by commas",
        "Write `Bearer realm=\"api\", error=\"invalid_token\"`.",
        &[Reference::Rfc(9110, "11.6.1")],
        readable,
    ),
    rule(
        "auth/refusal-cached",
        "Shared caches may keep a refusal",
        Severity::Low,
        "A cache that keeps the 401 hands it to users who are logged in.",
        "Cache-Control: no-store",
        "Send `Cache-Control: no-store` with refusals.",
        &[Reference::Rfc(9111, "5.2.2"), Reference::Rfc(9111, "3.5")],
        cached,
    ),
    rule(
        "auth/error-body",
        "A refusal has another body than declared",
        Severity::Medium,
        "Clients built against the declared error cannot show or handle this one.",
        "the declared media type and members",
        "Send the same error body for every refusal.",
        &[Reference::Rfc(9457, "3")],
        body,
    ),
    rule(
        "auth/problem-malformed",
        "A problem document is malformed",
        Severity::Low,
        "Consumers ignore members of the wrong type, and are misled by a `status` that differs.",
        "a JSON object as RFC 9457 describes it",
        "Give type, title, detail and instance as strings, and status as the status sent.",
        &[Reference::Rfc(9457, "3.1")],
        problem,
    ),
];

/// Attempts that must be refused, as a user would make them.
fn is_bad(attempt: &Attempt) -> bool {
    !matches!(attempt, Attempt::Valid | Attempt::Variant(_))
}

fn refusals(auth: &AuthFacts) -> impl Iterator<Item = &Tried> {
    auth.attempts.iter().filter(|tried| is_bad(&tried.attempt))
}

fn said(tried: &Tried) -> String {
    format!("{} with {}", tried.status, tried.credential())
}

/// One observation an endpoint: the first attempt shows it.
fn once(observed: impl Iterator<Item = Observed>) -> Vec<Observed> {
    let mut kept: Vec<Observed> = Vec::new();
    for one in observed {
        if !kept.iter().any(|other| other.endpoint == one.endpoint) {
            kept.push(one);
        }
    }
    kept
}

fn by_answer(auth: &AuthFacts, which: fn(Answer) -> bool) -> Verdict {
    let all = auth
        .attempts
        .iter()
        .filter(|tried| tried.attempt != Attempt::Valid && which(tried.answer));
    let observed = all.map(|tried| {
        let how = match tried.answer {
            Answer::SoftRefusal(member) => format!(", and {member:?} in the body says no"),
            Answer::LoginPage => ", with a page that asks for a password".to_owned(),
            Answer::Refused
            | Answer::Hidden
            | Answer::LoginRedirect
            | Answer::Redirect
            | Answer::Served
            | Answer::MethodRefused
            | Answer::Invalid
            | Answer::Throttled
            | Answer::Broken
            | Answer::Strange => String::new(),
        };
        observe(tried, format!("{}{how}", said(tried)))
    });
    decide(auth, is_bad, once(observed))
}

fn redirects(auth: &AuthFacts) -> Verdict {
    let wrong = refusals(auth).filter(|tried| {
        tried.answer == Answer::LoginRedirect && !auth.wanted.contains(tried.status)
    });
    decide(
        auth,
        is_bad,
        once(wrong.map(|tried| observe(tried, said(tried)))),
    )
}

/// What has a rule of its own is not a wrong status as well. RFC 6750 §3.1 lets a malformed token be
/// a bad request.
fn status(auth: &AuthFacts) -> Verdict {
    let wrong = refusals(auth).filter(|tried| {
        let own_rule = match tried.answer {
            Answer::Broken
            | Answer::SoftRefusal(_)
            | Answer::LoginPage
            | Answer::LoginRedirect
            | Answer::Throttled => true,
            Answer::Served => tried.got_in(),
            Answer::Refused
            | Answer::Hidden
            | Answer::Redirect
            | Answer::MethodRefused
            | Answer::Invalid
            | Answer::Strange => false,
        };
        let bad_request = tried.status == 400
            && matches!(
                tried.attempt,
                Attempt::Empty | Attempt::Malformed | Attempt::Garbage
            );
        // Another user is known, and forbidden or kept in the dark.
        let forbidden = tried.attempt == Attempt::OtherUser && matches!(tried.status, 403 | 404);
        !own_rule && !bad_request && !forbidden && !auth.wanted.contains(tried.status)
    });
    let wanted = auth.wanted.to_string();
    decide(
        auth,
        is_bad,
        once(wrong.map(|tried| observe(tried, said(tried)).wanted(wanted.clone()))),
    )
}

fn challenge(auth: &AuthFacts) -> Verdict {
    if !auth.challenged {
        return Verdict::NotApplicable("no challenge was declared");
    }
    let bare =
        refusals(auth).filter(|tried| tried.status == 401 && tried.challenge == Challenged::Absent);
    decide(
        auth,
        is_bad,
        once(bare.map(|tried| observe(tried, "401 without WWW-Authenticate"))),
    )
}

fn readable(auth: &AuthFacts) -> Verdict {
    let observed = refusals(auth).filter_map(|tried| match &tried.challenge {
        Challenged::Malformed(fault) => Some(observe(tried, fault.to_string())),
        Challenged::Absent | Challenged::Present(_) => None,
    });
    decide(auth, is_bad, once(observed))
}

fn cached(auth: &AuthFacts) -> Verdict {
    let kept = refusals(auth).filter(|tried| tried.status >= 400 && tried.cached);
    decide(
        auth,
        is_bad,
        once(kept.map(|tried| {
            observe(
                tried,
                format!("{}, for shared caches to keep", tried.status),
            )
        })),
    )
}

fn body(auth: &AuthFacts) -> Verdict {
    if auth.attempts.is_empty() && auth.unseen.is_empty() {
        return Verdict::NotApplicable(NO_ENDPOINT);
    }
    let refused = refusals(auth).filter(|tried| auth.wanted.contains(tried.status));
    let observed = refused.filter_map(|tried| Some(observe(tried, tried.body_fault.clone()?)));
    decide(auth, is_bad, once(observed))
}

fn problem(auth: &AuthFacts) -> Verdict {
    let observed = refusals(auth).filter_map(|tried| {
        use crate::wire::http::problem::ProblemFault;
        let said = match tried.problem.as_ref()? {
            ProblemFault::NotAnObject => "the body is no JSON object".to_owned(),
            ProblemFault::Member(name) => format!("{name} has the wrong type"),
            ProblemFault::Status(said) => format!("status says {said}, sent with {}", tried.status),
        };
        Some(observe(tried, said))
    });
    decide(auth, is_bad, once(observed))
}
