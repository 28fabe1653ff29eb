//! Services that may sleep.

use crate::facts::contract::ContractFacts;
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("contract/slow-wake"),
    title: "The service does not wake in the declared time",
    severity: Severity::Medium,
    rationale: "The first visitor after a quiet time gets an error or gives up.",
    expected: "an answer of its own within `cold_start`",
    remediation: "Keep an instance warm, or make the start cheaper.",
    observed_by: "The page, asked for until something other than 502, 503 or 504 comes. A service \
                  that was awake already passes and proves nothing.",
    references: &[Reference::Rfc(9110, "15.6.4")],
    cap: None,
    rests_on: &[Topic::Declared],
    check: Check::Contract(wakes),
}];

fn wakes(contract: &ContractFacts) -> Verdict {
    let Some(wake) = &contract.wake else {
        return Verdict::NotApplicable("no `cold_start` is declared");
    };
    if wake.holds() {
        return Verdict::Pass;
    }
    let wanted = format!("an answer of its own within {}", wake.declared_ms);
    let found = Observed::new(&wake.at, wake.found()).about("the first answer");
    Verdict::Fail(vec![found.wanted(wanted).of_part("cold_start")])
}

#[cfg(test)]
mod tests {
    use super::wakes;
    use crate::evidence::{Cause, Exchange, Failure, Observation, Stage, sample};
    use crate::facts::contract::read;
    use crate::model::{Ask, Micros, Millis, Timestamp};

    /// The answers while it slept, one each second; the last answer, 0 for none, and how long it
    /// took in milliseconds; what is found, and whether it holds. Five seconds are declared.
    #[rustfmt::skip]
    const ROWS: &[(usize, u16, u64, &str, &str)] = &[
        (0, 200,    80, "200 at the first request, after 80 ms", "pass"),
        (0, 200, 4_000, "200 at the first request, after 4000 ms", "pass"),
        (3, 200,   100, "200 after 3100 ms asleep",              "pass"),
        (3, 404,   100, "404 after 3100 ms asleep",              "pass"), // an answer of its own
        (6, 200,   100, "200 after 6100 ms asleep",              "fail"),
        (6, 503,   100, "still 503 after 6100 ms",               "fail"),
        (2, 0,   9_000, "no answer after 11000 ms",              "fail"),
    ];

    #[test]
    fn a_cold_start_is_told_with_what_came_of_it() {
        for (asleep, status, took, expected, word) in ROWS {
            let at = |second: usize, mut exchange: Exchange| {
                exchange.at = Timestamp::from_secs(i64::try_from(second).unwrap());
                exchange
            };
            let answer =
                |ask: Ask, status| sample::exchange(ask.of_target(), "GET /", status, &[], "");
            let mut page = at(*asleep, answer(Ask::Page, *status));
            page.phases.server = Micros(took * 1_000);
            if *status == 0 {
                page.response = Observation::Failed(Failure {
                    stage: Stage::Head,
                    cause: Cause::TimedOut,
                    detail: String::new(),
                    after: Millis(*took),
                });
            }
            let waking = (0..*asleep).map(|second| at(second, answer(Ask::Asleep, 503)));
            let exchanges = std::iter::once(page).chain(waking).collect();
            let mut evidence = sample::evidence(sample::target(), exchanges);
            evidence.target.cold_start = Some(Millis(5_000));
            let state = read(&evidence, &[]);
            let facts = state.known().unwrap();
            let found = facts.wake.as_ref().unwrap().found();
            assert_eq!((found.as_str(), wakes(facts).word()), (*expected, *word));
        }
    }
}
