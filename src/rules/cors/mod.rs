//! Cross-origin resource sharing: do the declared origins get in, and nobody else?
//!
//! All verdicts rest on Fetch's own algorithm in [`crate::wire::cors`], never on a single field.

mod access;
mod details;
mod leave;
mod measured;
mod preflight;
mod strangers;
mod vary;
mod wildcard;

use super::{LEFT_OUT, Observed, Reference, Rule, Verdict, without_repeats};
use crate::facts::cors::{Answer, Asker, CorsFacts, Preflight};
use crate::model::Untrusted;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[
    measured::RULES,
    strangers::RULES,
    leave::RULES,
    wildcard::RULES,
    access::RULES,
    preflight::RULES,
    vary::RULES,
    details::RULES,
];

const CORS_CHECK: Reference = Reference::Standard(
    "Fetch, CORS check",
    "https://fetch.spec.whatwg.org/#concept-cors-check",
);
const CORS_PREFLIGHT: Reference = Reference::Standard(
    "Fetch, CORS-preflight fetch",
    "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
);
const CORS_CREDENTIALS: Reference = Reference::Standard(
    "Fetch, CORS protocol and credentials",
    "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",
);
const CORS_CACHES: Reference = Reference::Standard(
    "Fetch, CORS protocol and HTTP caches",
    "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches",
);
const ASVS_PREFLIGHT: Reference = Reference::Standard(
    "OWASP ASVS 5.0, V3.5.2",
    "https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x12-V3-Web-Frontend-Security.md",
);
const ASVS_ORIGIN: Reference = Reference::Standard(
    "OWASP ASVS 5.0, V3.4.2",
    "https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x12-V3-Web-Frontend-Security.md",
);

/// Fails on what was observed; otherwise passes when all that was to be seen was seen.
fn decide(
    cors: &CorsFacts,
    asked: impl Fn(Asker) -> bool,
    none: &'static str,
    observed: Vec<Observed>,
) -> Verdict {
    if !observed.is_empty() {
        return Verdict::Fail(each_place_once(observed));
    }
    let unseen = cors.unseen.iter().find(|unseen| asked(unseen.asker));
    let answered = cors.answers.iter().any(|answer| asked(answer.asker))
        || cors
            .preflights
            .iter()
            .any(|preflight| asked(preflight.asker));
    match unseen {
        Some(unseen) => Verdict::Unknown(format!("Origin {}: {}", unseen.origin, unseen.why)),
        None if answered => Verdict::Pass,
        None if cors.left_out.iter().any(|asker| asked(*asker)) => {
            Verdict::NotTested(LEFT_OUT.to_owned())
        }
        None => Verdict::NotApplicable(none),
    }
}

/// One fault at one endpoint is one observation, however many origins met it.
fn each_place_once(observed: Vec<Observed>) -> Vec<Observed> {
    without_repeats(observed, |one, other| {
        one.endpoint == other.endpoint && one.said == other.said
    })
}

/// The same words at several endpoints are one defect: the first shows it, the rest are in the
/// evidence.
fn each_said_once(observed: Vec<Observed>) -> Vec<Observed> {
    without_repeats(observed, |one, other| one.said == other.said)
}

fn on_answer(answer: &Answer, said: impl Into<Untrusted>) -> Observed {
    Observed::new(&answer.at, said).about(answer.endpoint.clone())
}

fn on_preflight(preflight: &Preflight, said: impl Into<Untrusted>) -> Observed {
    Observed::new(&preflight.at, said).about(preflight.endpoint.clone())
}

/// `Access-Control-Allow-Origin` as it came, for a sentence.
fn allowed(value: Option<&Untrusted>) -> String {
    value.map_or_else(
        || "no Access-Control-Allow-Origin".to_owned(),
        |value| format!("Access-Control-Allow-Origin: {}", value.raw()),
    )
}

#[cfg(test)]
mod tests;
