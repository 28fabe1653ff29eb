//! Services that may sleep.

use crate::facts::contract::ContractFacts;
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};

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
    if !wake.awake {
        return Verdict::fail(&wake.at, format!("still asleep after {}", wake.took_ms));
    }
    if wake.took_ms > wake.declared_ms {
        return Verdict::fail(&wake.at, format!("awake after {}", wake.took_ms));
    }
    Verdict::Pass
}
