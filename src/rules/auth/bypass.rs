//! Ways round the door: another method, another spelling of the path, a field that a proxy sets.

use super::{NEEDS_REFUSAL, OWASP_AUTHENTICATION, decide, observe};
use crate::facts::auth::{AuthFacts, Echo, Tried};
use crate::model::{Attempt, Bypass, Control, RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};
use crate::wire::refusal::Answer;

const SEEN_BY: &str = "Every protected GET endpoint that refuses a plain request, asked again without \
                       credentials, and beside that with a parameter that means nothing, at a made-up \
                       path, and as before. Counts when the answer is 2xx and neither an error, nor empty, nor \
                       the front page, nor what a made-up path gets (of HEAD: by status and media \
                       type). Where the answer to the valid credential is known and this is another, \
                       what it is remains unknown.";

/// The answer to a PROPFIND that was obeyed (RFC 4918 §11.1): never what GET is answered with.
const MULTI_STATUS: u16 = 207;

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("auth/path-bypass"),
        title: "Another spelling of the path gets past the guard",
        severity: Severity::Critical,
        rationale: "The guard and the router read the path differently: whoever spells it the other \
                    way needs no credentials.",
        expected: "the same refusal for every spelling",
        remediation: "Put the guard on the route itself rather than on the text of the path, or \
                      normalise the path once, before both.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(3986, "6.2.2"), OWASP_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::Bypass],
        check: Check::Auth(|auth| through(auth, |attempt| is_path(attempt) || is_query(attempt))),
    },
    Rule {
        id: RuleId::new("auth/field-bypass"),
        title: "A request field gets past the guard",
        severity: Severity::Critical,
        rationale: "The server believes a field that anybody can send: about the path that is meant, \
                    the address that asks, or the method.",
        expected: "the same refusal with the field",
        remediation: "Take such fields from your own proxy only; strip them at the edge.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(7239, "8.1"), OWASP_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::Bypass],
        check: Check::Auth(|auth| through(auth, is_field)),
    },
    Rule {
        id: RuleId::new("auth/method-bypass"),
        title: "Another method gets past the guard",
        severity: Severity::High,
        rationale: "The guard lists methods and the handler answers more than those.",
        expected: "the same refusal, or 405",
        remediation: "Guard the route for every method, and allow methods by name.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(9110, "9.3.2"), OWASP_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::Bypass],
        check: Check::Auth(|auth| through(auth, is_method)),
    },
    Rule {
        id: RuleId::new("auth/trace-echoes"),
        title: "TRACE is answered with the request",
        severity: Severity::Low,
        rationale: "The answer shows fields that proxies added on the way, credentials among them.",
        expected: "405 or 501",
        remediation: "Turn TRACE off (Apache: `TraceEnable off`).",
        observed_by: "TRACE, without credentials: the answer is 200 and `message/http`, or repeats the \
                      request line.",
        references: &[Reference::Rfc(9110, "9.3.8")],
        cap: None,
        rests_on: &[Topic::Bypass],
        check: Check::Auth(trace),
    },
];

/// One way of getting past a guard.
type Way = fn(&Attempt) -> bool;

const fn is_path(way: &Attempt) -> bool {
    matches!(way, Attempt::Bypass(Bypass::Path(_)))
}

/// A guard that compares the path and its query as one text is passed by any query.
const fn is_query(way: &Attempt) -> bool {
    matches!(way, Attempt::Control(Control::Query))
}

const fn is_field(way: &Attempt) -> bool {
    matches!(way, Attempt::Bypass(Bypass::Field(_)))
}

const fn is_method(way: &Attempt) -> bool {
    matches!(way, Attempt::Bypass(Bypass::Method(_)))
}

fn is_trace(way: &Attempt) -> bool {
    matches!(way, Attempt::Bypass(Bypass::Method(method)) if method.as_str() == "TRACE")
}

/// Another answer than the valid credential's may be another resource's, which is open to all: of a
/// user who is named as this path is spelt, or of the method a field makes of it.
fn through(auth: &AuthFacts, way: Way) -> Verdict {
    // Where a plain request gets in by now, nothing was bypassed: auth/not-refused.
    let plain = Attempt::Control(Control::Plain);
    let open = |tried: &&Tried| auth.at(tried.endpoint, &plain).is_some_and(Tried::got_in);
    let (unlike, through): (Vec<&Tried>, Vec<&Tried>) = auth
        .attempts
        .iter()
        .filter(|tried| way(&tried.attempt) && tried.got_in() && !is_trace(&tried.attempt))
        .filter(|tried| !open(tried))
        .partition(|tried| tried.like_valid == Some(false) && tried.status != MULTI_STATUS);
    let observed = through
        .into_iter()
        .map(|tried| observe(tried, format!("{}: {}", tried.attempt, tried.status)));
    let verdict = judge(auth, way, observed.collect());
    match unlike.first().filter(|_| verdict == Verdict::Pass) {
        Some(tried) => Verdict::Unknown(format!(
            "{} ({}): {}, and another body than with the valid credential: see what it is",
            tried.attempt, tried.label, tried.status
        )),
        None => verdict,
    }
}

fn trace(auth: &AuthFacts) -> Verdict {
    let traced = auth
        .attempts
        .iter()
        .filter(|tried| is_trace(&tried.attempt));
    let echoed =
        traced.filter(|tried| tried.answer == Answer::Served && tried.echo == Echo::Request);
    let observed = echoed.map(|tried| {
        observe(
            tried,
            format!("{} with the request in the body", tried.status),
        )
    });
    judge(auth, is_trace, observed.collect())
}

fn judge(auth: &AuthFacts, way: Way, observed: Vec<crate::rules::Observed>) -> Verdict {
    let verdict = decide(auth, way, observed);
    if auth.attempts.is_empty() || !matches!(verdict, Verdict::NotApplicable(_)) {
        return verdict;
    }
    Verdict::NotTested(NEEDS_REFUSAL.to_owned())
}
