//! The leave that a stranger's preflight is given.

use super::strangers::lets_in;
use super::{ASVS_PREFLIGHT, CORS_PREFLIGHT, decide, on_preflight};
use crate::facts::cors::{Asker, CorsFacts, Preflight};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Rule, Verdict};
use crate::wire::cors::PreflightFault as Fault;

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[Rule {
    id: RuleId::new("cors/preflight-allows-strangers"),
    title: "A stranger's preflight is allowed, though it may not read the answer",
    severity: Severity::Medium,
    rationale: "The browser then sends the call, with the user's cookies: the page cannot read what \
                comes back, but what it asked for is done. OPTIONS is often answered by another part \
                than the rest, with no list or another one.",
    expected: "no Access-Control-Allow-Origin for this origin",
    remediation: "Answer preflights from the same list of origins as the calls behind them.",
    observed_by: "The preflight of an origin made from a declared one, for a method beside GET. The answer \
                  names that origin, allows credentials and the method. Where answers let strangers in as \
                  well, that is one finding, and not this one.",
    references: &[CORS_PREFLIGHT, ASVS_PREFLIGHT],
    cap: None,
    rests_on: &[Topic::RefusedOrigin],
    check: Check::Cors(gives_no_leave),
}];

fn gives_no_leave(cors: &CorsFacts) -> Verdict {
    if !cors.has_list() || !cors.with_credentials() {
        return Verdict::NotApplicable("no credentials ride along, or no allow-list was declared");
    }
    if !cors.preflights.iter().any(|one| one.asker.is_stranger()) {
        return Verdict::NotApplicable("no stranger's preflight was sent");
    }
    let read_too = cors.answers.iter().any(|answer| lets_in(answer, true));
    let allowed = cors
        .preflights
        .iter()
        .filter(|one| !read_too && one.asker.is_stranger() && may_send(one));
    let observed = allowed.map(|one| {
        let origin = one.origin.as_deref().unwrap_or_default();
        let method = one.endpoint.split(' ').next().unwrap_or_default();
        on_preflight(
            one,
            format!("Origin {origin} is allowed with credentials to send {method}"),
        )
    });
    decide(
        cors,
        Asker::is_stranger,
        "no origin to try",
        observed.collect(),
    )
}

/// Whether a browser goes on and sends more than a link could; headers that are not allowed can be
/// left away.
fn may_send(preflight: &Preflight) -> bool {
    let changes = !["GET ", "HEAD "]
        .iter()
        .any(|safe| preflight.endpoint.starts_with(safe));
    let of_headers = |fault: &Fault| {
        matches!(
            fault,
            Fault::HeaderAbsent(_) | Fault::HeaderBehindWildcard(_)
        )
    };
    changes && preflight.faults.iter().all(of_headers)
}
