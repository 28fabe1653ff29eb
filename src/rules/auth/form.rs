//! The form of a refusal: its status, its caching, its body.

use super::{NO_ENDPOINT, NOBODY_REFUSED, decide, observe};
use crate::facts::auth::{AuthFacts, Tried};
use crate::model::{Attempt, Bypass, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict, without_repeats};
use crate::wire::refusal::Answer;

pub(super) const SEEN_BY: &str =
    "Every answer of a protected endpoint to a request without valid credentials.";

pub(super) const UNAUTHORIZED: Reference = Reference::Rfc(9110, "15.5.2");

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("auth/breaks"),
        title: "A bad credential breaks the server",
        severity: Severity::Medium,
        rationale: "An exception escapes while the credential is read: anybody can fill the error log, and what \
         throws before it checks may be made to do more.",
        expected: "the declared refusal",
        remediation: "Catch the error where the credential is parsed, and refuse.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(9110, "15.6.1"), Reference::Rfc(6750, "3.1")],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(breaks),
    },
    Rule {
        id: RuleId::new("auth/soft-refusal"),
        title: "A refusal is sent as success",
        severity: Severity::Medium,
        rationale: "Caches, clients and monitors take a 200 for the data, and what looks at the status alone \
         believes that it got in.",
        expected: "401 or 403",
        remediation: "Send 401 or 403 with the same body.",
        observed_by: "Every answer of a protected endpoint to a request without valid credentials: a JSON \
                      body says no by a flag, an error, a code or its message, or holds no `data` where \
                      the answer to the valid credential does; or a page asks for a password.",
        references: &[UNAUTHORIZED],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(refuses_softly),
    },
    Rule {
        id: RuleId::new("auth/login-redirect"),
        title: "An API redirects to a login page",
        severity: Severity::Medium,
        rationale: "Programs follow the redirect, get a page with 200 and take it for the answer; scripts of \
         other origins see a network error.",
        expected: "401",
        remediation: "Answer API requests with 401; redirect only navigations.",
        observed_by: "Every answer of a protected endpoint to a request without valid credentials, but for \
                      pages: where the scheme is a cookie, what the valid one is answered with HTML, or, \
                      while that is not known, every endpoint of a target of kind `web`.",
        references: &[UNAUTHORIZED],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(redirects),
    },
    Rule {
        id: RuleId::new("auth/refusal-status"),
        title: "A refusal has another status than declared",
        severity: Severity::Medium,
        rationale: "Clients decide by the status whether to log in again, to give up or to retry.",
        expected: "the declared status",
        remediation: "Answer the declared status, or declare this one (`reject`).",
        observed_by: SEEN_BY,
        references: &[UNAUTHORIZED, Reference::Rfc(9110, "15.5.4")],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(status),
    },
    Rule {
        id: RuleId::new("auth/refusal-cached"),
        title: "Shared caches may keep a refusal",
        severity: Severity::Low,
        rationale: "A cache that keeps the 401 hands it to users who are logged in.",
        expected: "Cache-Control: no-store",
        remediation: "Send `Cache-Control: no-store` with refusals.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(9111, "5.2.2"), Reference::Rfc(9111, "3.5")],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(cached),
    },
    Rule {
        id: RuleId::new("auth/error-body"),
        title: "A refusal has another body than declared",
        severity: Severity::Medium,
        rationale: "Clients built against the declared error cannot show or handle this one.",
        expected: "the declared media type and members",
        remediation: "Send the same error body for every refusal.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(9457, "3")],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(body),
    },
    Rule {
        id: RuleId::new("auth/problem-malformed"),
        title: "A problem document is malformed",
        severity: Severity::Low,
        rationale: "Consumers ignore members of the wrong type, and are misled by a `status` that differs.",
        expected: "a JSON object as RFC 9457 describes it",
        remediation: "Give type, title, detail and instance as strings, and status as the status sent.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(9457, "3.1")],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(problem),
    },
];

/// Attempts that must be refused, as a user would make them.
pub(super) fn is_bad(attempt: &Attempt) -> bool {
    !matches!(
        attempt,
        Attempt::Valid
            | Attempt::NoSignature
            | Attempt::AlgNoneCapital
            | Attempt::Bypass(_)
            | Attempt::Control(_)
    )
}

pub(super) fn refusals(auth: &AuthFacts) -> impl Iterator<Item = &Tried> {
    auth.attempts.iter().filter(|tried| is_bad(&tried.attempt))
}

fn said(tried: &Tried) -> String {
    format!("{} with {}", tried.status, tried.credential())
}

/// One observation an endpoint: the first attempt shows it.
pub(super) fn once(observed: impl Iterator<Item = Observed>) -> Vec<Observed> {
    without_repeats(observed, |one, other| one.endpoint == other.endpoint)
}

/// [`decide`] on what only answers of some kind can show: where there was none, nothing has passed.
pub(super) fn decide_on(
    auth: &AuthFacts,
    kind: impl Fn(&Tried) -> bool,
    none: &'static str,
    observed: Vec<Observed>,
) -> Verdict {
    let verdict = decide(auth, is_bad, observed);
    let any = refusals(auth).any(kind);
    if verdict == Verdict::Pass && !any {
        return Verdict::NotApplicable(none);
    }
    verdict
}

pub(super) fn is_refused(tried: &Tried) -> bool {
    !tried.got_in()
}

fn breaks(auth: &AuthFacts) -> Verdict {
    let observed = by_answer(auth, |answer| answer == Answer::Broken);
    decide(auth, is_bad, observed)
}

fn refuses_softly(auth: &AuthFacts) -> Verdict {
    let soft = |answer| matches!(answer, Answer::SoftRefusal(_) | Answer::LoginPage);
    let observed = by_answer(auth, soft);
    decide_on(auth, is_refused, NOBODY_REFUSED, observed)
}

fn by_answer(auth: &AuthFacts, which: fn(Answer) -> bool) -> Vec<Observed> {
    let all = auth
        .attempts
        .iter()
        .filter(|tried| sends_a_credential(&tried.attempt) && which(tried.answer));
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
    once(observed)
}

/// Another method may be refused by what knows nothing of credentials.
const fn sends_a_credential(attempt: &Attempt) -> bool {
    !matches!(attempt, Attempt::Valid | Attempt::Bypass(Bypass::Method(_)))
}

/// A page is navigated to, and whoever must log in first is led there.
fn redirects(auth: &AuthFacts) -> Verdict {
    let wrong = refusals(auth).filter(|tried| {
        tried.answer == Answer::LoginRedirect
            && !auth.wanted.contains(tried.status)
            && !auth.pages.contains(&tried.endpoint)
    });
    decide_on(
        auth,
        is_refused,
        NOBODY_REFUSED,
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
    decide_on(
        auth,
        is_refused,
        NOBODY_REFUSED,
        once(wrong.map(|tried| observe(tried, said(tried)).wanted(wanted.clone()))),
    )
}

fn cached(auth: &AuthFacts) -> Verdict {
    let kept = refusals(auth).filter(|tried| tried.status >= 400 && tried.cached);
    decide_on(
        auth,
        |tried| tried.status >= 400,
        NOBODY_REFUSED,
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
    let speaks = |tried: &Tried| auth.wanted.contains(tried.status) && !tried.got_in();
    let refused = refusals(auth).filter(|tried| speaks(tried));
    let observed = refused.filter_map(|tried| Some(observe(tried, tried.body_fault.clone()?)));
    decide_on(auth, speaks, NOBODY_REFUSED, once(observed))
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
    decide_on(auth, is_refused, NOBODY_REFUSED, once(observed))
}
