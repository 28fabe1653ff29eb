//! Whether it answered every time it was timed, or at all.

use super::named;
use crate::facts::latency::{LatencyFacts, Timed};
use crate::model::statistics::Availability;
use crate::model::{Grade, Pointer, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

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
        cap: Some(Grade::B),
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
    Rule {
        id: RuleId::new("latency/times-refusal"),
        title: "What is timed is a refusal",
        severity: Severity::Low,
        rationale: "How fast an error page comes says nothing about how long anybody waits for the \
                    service.",
        expected: "a timed answer that is no 4xx",
        remediation: "Say which endpoint's time counts, with `timed = true`, or make the URL one that \
                      answers. Where the refusal is the right answer, declare its status.",
        observed_by: "The statuses of the timed requests. Where the target's own URL answers 4xx, a \
                      declared endpoint that answers is timed in its place. A 429 is left out of the \
                      figures.",
        references: &[Reference::Rfc(9110, "15.5")],
        cap: Some(Grade::B),
        rests_on: &[Topic::Samples],
        check: Check::Latency(times_an_answer),
    },
];

const OBSERVED_BY: &str = "The timed requests, to the target's own URL or a declared endpoint, one \
                           at a time and some 50 ms apart; no answer and a status of 5xx are failures. The counts are of \
                           this run; they are no availability.";

fn answers_steadily(latency: &LatencyFacts) -> Verdict {
    let failed: Vec<Observed> = failures(latency, |timed| !fails_always(timed)).collect();
    if failed.is_empty() && latency.timed.iter().any(fails_always) {
        return Verdict::NotApplicable("it failed every time");
    }
    if latency.limited && latency.timed.is_empty() {
        let why = "no sample taken: half of a rate limit is used up (--burst)";
        return Verdict::NotTested(why.to_owned());
    }
    Verdict::unless(failed)
}

fn answers_at_all(latency: &LatencyFacts) -> Verdict {
    Verdict::unless(failures(latency, fails_always).collect())
}

fn fails_always(timed: &Timed) -> bool {
    timed.answered.as_ref().is_some_and(Availability::is_none)
}

/// Of each request, the first failure, and how many there were.
fn failures(
    latency: &LatencyFacts,
    which: impl Fn(&Timed) -> bool,
) -> impl Iterator<Item = Observed> {
    latency.timed.iter().filter_map(move |timed| {
        let (first, why) = timed.unanswered.as_ref().filter(|_| which(timed))?;
        let answered = timed.answered.as_ref()?;
        let at = Pointer("/latency/seen/samples".to_owned()).join(first);
        let said = format!("ok {answered}; the first failure: {why}");
        Some(named(timed, Observed::new(&at, said)))
    })
}

fn times_an_answer(latency: &LatencyFacts) -> Verdict {
    let refused = latency.timed.iter().filter_map(|timed| {
        let refusals: Vec<String> = timed
            .refusals()
            .map(|(status, count)| format!("{count} of {} answered {status}", timed.answers()))
            .collect();
        let said = format!("{}: {}", timed.label, refusals.join(", "));
        (!refusals.is_empty()).then(|| named(timed, Observed::new(&timed.at, said)))
    });
    let refused: Vec<Observed> = refused.collect();
    let limited = latency.timed.iter().find(|timed| timed.limited() > 0);
    match limited {
        Some(timed) if refused.is_empty() => Verdict::NotTested(format!(
            "{}: {} of {} samples were answered 429 by a rate limit",
            timed.label,
            timed.limited(),
            timed.answers()
        )),
        Some(_) | None => Verdict::unless(refused),
    }
}
