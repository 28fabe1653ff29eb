//! `WWW-Authenticate`: what a refusal asks for.

use super::form::{SEEN_BY, UNAUTHORIZED, decide_on, once, refusals};
use super::observe;
use crate::facts::auth::{AuthFacts, Challenged, Tried};
use crate::model::{Attempt, RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};
use crate::wire::http::challenge::Challenge;

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("auth/challenge-missing"),
        title: "A 401 does not say what it wants",
        severity: Severity::Low,
        rationale: "A 401 must carry WWW-Authenticate; generic clients cannot tell which scheme to use.",
        expected: "WWW-Authenticate",
        remediation: "Send `WWW-Authenticate: Bearer` (or the scheme in use) with every 401.",
        observed_by: SEEN_BY,
        references: &[
            UNAUTHORIZED,
            Reference::Rfc(9110, "11.6.1"),
            Reference::Rfc(6750, "3"),
        ],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(challenge),
    },
    Rule {
        id: RuleId::new("auth/challenge-malformed"),
        title: "WWW-Authenticate cannot be read",
        severity: Severity::Low,
        rationale: "Clients ignore a challenge outside the grammar.",
        expected: "a scheme, then parameters separated by commas",
        remediation: "Write `Bearer realm=\"api\", error=\"invalid_token\"`.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(9110, "11.6.1")],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(readable),
    },
    Rule {
        id: RuleId::new("auth/challenge-scheme"),
        title: "A 401 asks for another scheme than Bearer",
        severity: Severity::Low,
        rationale: "Clients that go by the challenge send the wrong credential, and browsers open their \
                    own password window over the page for `Basic`.",
        expected: "WWW-Authenticate: Bearer",
        remediation: "Send `WWW-Authenticate: Bearer` with the 401 of endpoints that take bearer tokens.",
        observed_by: "The challenges of every 401, where bearer tokens are declared. One of several may \
                      be for another scheme; `DPoP` counts, too (RFC 9449 §7.1).",
        references: &[Reference::Rfc(6750, "3"), Reference::Rfc(9110, "11.6.1")],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(asks_for_bearer),
    },
    Rule {
        id: RuleId::new("auth/challenge-error"),
        title: "The challenge's error code does not fit the refusal",
        severity: Severity::Info,
        rationale: "Clients decide by the code whether to fetch a new token, to ask for more rights or \
                    to mend the request.",
        expected: "no code without a credential; invalid_request with 400, invalid_token with 401, \
                   insufficient_scope with 403",
        remediation: "Send `error` only where a token was sent, with the status that belongs to it.",
        observed_by: "The `error` of Bearer challenges, beside the status and what was sent.",
        references: &[Reference::Rfc(6750, "3.1")],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(code_fits),
    },
];

fn challenge(auth: &AuthFacts) -> Verdict {
    if !auth.challenged {
        return Verdict::NotApplicable("no challenge was declared");
    }
    let bare =
        refusals(auth).filter(|tried| tried.status == 401 && tried.challenge == Challenged::Absent);
    decide_on(
        auth,
        |tried| tried.status == 401,
        "nobody was answered 401",
        once(bare.map(|tried| observe(tried, "401 without WWW-Authenticate"))),
    )
}

fn readable(auth: &AuthFacts) -> Verdict {
    let observed = refusals(auth).filter_map(|tried| match &tried.challenge {
        Challenged::Malformed(fault) => Some(observe(tried, fault.to_string())),
        Challenged::Absent | Challenged::Present(_) => None,
    });
    let sent = |tried: &Tried| tried.challenge != Challenged::Absent;
    decide_on(auth, sent, NO_CHALLENGE, once(observed))
}

/// `Basic` and keys are left alone: servers rename the scheme to keep browsers' windows shut.
fn asks_for_bearer(auth: &AuthFacts) -> Verdict {
    if !auth.challenged || auth.scheme != "bearer" {
        return Verdict::NotApplicable("no bearer challenge was declared");
    }
    let other = refusals(auth).filter_map(|tried| {
        let asked = challenges(tried).filter(|_| tried.status == 401)?;
        let names: Vec<&str> = asked.iter().map(|one| one.scheme.as_str()).collect();
        let bearer = asked.iter().any(|one| one.is("Bearer") || one.is("DPoP"));
        (!bearer).then(|| observe(tried, format!("401 asks for {}", names.join(", "))))
    });
    let asks = |tried: &Tried| tried.status == 401 && challenges(tried).is_some();
    decide_on(auth, asks, NO_CHALLENGE, once(other))
}

const NO_CHALLENGE: &str = "no challenge that can be read was sent";

fn challenges(tried: &Tried) -> Option<&[Challenge]> {
    match &tried.challenge {
        Challenged::Present(asked) => Some(asked),
        Challenged::Absent | Challenged::Malformed(_) => None,
    }
}

fn code_fits(auth: &AuthFacts) -> Verdict {
    let wrong = refusals(auth).filter_map(|tried| {
        let bearer = challenges(tried)?.iter().find(|one| one.is("Bearer"))?;
        let code = bearer.param("error")?;
        let said = misfit(code, tried)?;
        Some(observe(
            tried,
            format!("{} with error={code:?} {said}", tried.status),
        ))
    });
    let asks = |tried: &Tried| challenges(tried).is_some();
    decide_on(auth, asks, NO_CHALLENGE, once(wrong))
}

/// What is wrong with this code here, if anything. Codes of other documents are theirs to place.
fn misfit(code: &str, tried: &Tried) -> Option<&'static str> {
    if tried.attempt == Attempt::Nothing {
        return Some("to a request without a credential");
    }
    match (code, tried.status) {
        ("invalid_token", 401) | ("insufficient_scope", 403) | ("invalid_request", 400) => None,
        ("invalid_token", _) => Some("instead of 401"),
        ("insufficient_scope", _) => Some("instead of 403"),
        ("invalid_request", _) => Some("instead of 400"),
        _ => None,
    }
}
