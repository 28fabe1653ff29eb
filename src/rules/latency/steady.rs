//! Whether it answered every time it was timed.

use crate::facts::latency::LatencyFacts;
use crate::model::{Pointer, RuleId, Severity};
use crate::rules::{Check, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("latency/answers-unsteadily"),
    title: "Some of several equal requests were not answered",
    severity: Severity::Medium,
    rationale: "The same request works and fails within seconds: an overloaded or half-deployed \
                service, or one bad instance behind a balancer.",
    expected: "an answer to every request",
    remediation: "Compare the instances behind the address, and their limits on connections.",
    observed_by: "The timed requests, one at a time and some 50 ms apart. The counts are of this \
                  run; they are no availability.",
    references: &[Reference::Rfc(9110, "15.6")],
    cap: None,
    check: Check::Latency(answers_steadily),
}];

fn answers_steadily(latency: &LatencyFacts) -> Verdict {
    let (Some((first, why)), Some(answered)) = (&latency.unanswered, latency.answered) else {
        return if latency.limited && latency.answered.is_none() {
            let why = "no sample taken: half of a rate limit is used up (--burst)";
            Verdict::NotTested(why.to_owned())
        } else {
            Verdict::Pass
        };
    };
    let at = Pointer("/latency/seen/samples".to_owned()).join(first);
    Verdict::fail(&at, format!("ok {answered}; the first failure: {why}"))
}
