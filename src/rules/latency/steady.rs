//! Whether it answered every time it was timed, or at all.

use crate::facts::latency::LatencyFacts;
use crate::model::statistics::Availability;
use crate::model::{Grade, Pointer, RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("latency/answers-unsteadily"),
        title: "Some of several equal requests were not answered",
        severity: Severity::Medium,
        rationale: "The same request works and fails within seconds: an overloaded or \
                    half-deployed service, or one bad instance behind a balancer.",
        expected: "an answer to every request",
        remediation: "Compare the instances behind the address, and their limits on connections.",
        observed_by: OBSERVED_BY,
        references: &[Reference::Rfc(9110, "15.6")],
        cap: None,
        rests_on: &[Topic::Samples],
        check: Check::Latency(answers_steadily),
    },
    Rule {
        id: RuleId::new("latency/only-errors"),
        title: "Every timed request failed",
        severity: Severity::High,
        rationale: "By its own word the server is aware that it has erred: whoever opens the \
                    address gets an error page, however fast.",
        expected: "an answer of the application",
        remediation: "Look at the deployment first (is the application up, and does the proxy reach \
                      it?), then at its logs. If the service has no page at its root, make the URL \
                      one that it has.",
        observed_by: OBSERVED_BY,
        references: &[Reference::Rfc(9110, "15.6")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Samples],
        check: Check::Latency(answers_at_all),
    },
];

const OBSERVED_BY: &str = "The timed requests to the target's own URL, one at a time and some 50 ms \
                           apart; no answer and a status of 5xx are failures. The counts are of \
                           this run; they are no availability.";

fn answers_steadily(latency: &LatencyFacts) -> Verdict {
    if fails_always(latency) {
        return Verdict::NotApplicable("it failed every time");
    }
    match failure(latency) {
        Some(failed) => failed,
        None if latency.limited && latency.answered.is_none() => {
            let why = "no sample taken: half of a rate limit is used up (--burst)";
            Verdict::NotTested(why.to_owned())
        }
        None => Verdict::Pass,
    }
}

fn answers_at_all(latency: &LatencyFacts) -> Verdict {
    let failed = failure(latency).filter(|_| fails_always(latency));
    failed.unwrap_or(Verdict::Pass)
}

fn fails_always(latency: &LatencyFacts) -> bool {
    latency.answered.as_ref().is_some_and(Availability::is_none)
}

/// The first failure, and how many there were.
fn failure(latency: &LatencyFacts) -> Option<Verdict> {
    let (first, why) = latency.unanswered.as_ref()?;
    let answered = latency.answered.as_ref()?;
    let at = Pointer("/latency/seen/samples".to_owned()).join(first);
    let said = format!("ok {answered}; the first failure: {why}");
    Some(Verdict::fail(&at, said))
}
