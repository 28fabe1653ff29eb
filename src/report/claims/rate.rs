//! Declared limits on requests, and what was seen of them.

use crate::evidence::Evidence;
use crate::facts::contract::{Burst, ContractFacts, Standing};
use crate::model::{Family, RateLimit, Untrusted};
use crate::report::Finding;

/// A declared limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRow {
    /// Whether it was seen to hold.
    pub standing: Standing,
    /// `GET /path`.
    pub request: String,
    /// `60 in 60 s`.
    pub declared: String,
    /// What answers say of limits.
    pub advertised: String,
    /// Where the burst was refused.
    pub found: String,
    /// How it was refused.
    pub answer: Untrusted,
}

/// A row for each declared limit.
#[must_use]
pub(in crate::report) fn rows(
    evidence: &Evidence,
    contract: Option<&ContractFacts>,
    findings: &[Finding],
) -> Vec<LimitRow> {
    if !evidence.run.selects_family(Family::Contract) {
        return Vec::new();
    }
    let declared = evidence.target.rate.iter();
    let row = |limit| {
        contract.map_or_else(
            || unmeasured(limit),
            |contract| row(limit, contract, findings),
        )
    };
    declared.map(row).collect()
}

fn unmeasured(limit: &RateLimit) -> LimitRow {
    LimitRow {
        standing: Standing::Open,
        request: format!("{} {}", limit.method, limit.path),
        declared: format!("{} in {} s", limit.requests, limit.window.0 / 1000),
        advertised: String::new(),
        found: "not measured (--burst)".to_owned(),
        answer: Untrusted::default(),
    }
}

fn row(limit: &RateLimit, contract: &ContractFacts, findings: &[Finding]) -> LimitRow {
    let unmeasured = unmeasured(limit);
    let request = &unmeasured.request;
    let mut bursts = contract.bursts.iter();
    let burst = bursts.find(|burst| burst.label == *request && burst.declared == limit.requests);
    let about = |finding: &&Finding| {
        finding.outcome.is_failure() && burst.is_some_and(|burst| burst.at == finding.at)
    };
    let standing = match burst {
        Some(_) if findings.iter().any(|finding| about(&finding)) => Standing::NotMet,
        Some(burst) if burst.refused.is_some() && burst.is_as_declared() => Standing::Met,
        Some(_) | None => Standing::Open,
    };
    let quotas = contract.advertised_limits.iter();
    let mut quotas: Vec<String> = quotas
        .filter_map(|advertised| {
            let limit = advertised.quota.limit?;
            let window = advertised.quota.window;
            Some(window.map_or_else(
                || limit.to_string(),
                |window| format!("{limit} in {window}"),
            ))
        })
        .collect();
    quotas.dedup();
    LimitRow {
        standing,
        advertised: quotas.join(", "),
        found: burst.map_or_else(|| unmeasured.found.clone(), found),
        answer: burst.map_or_else(Untrusted::default, answer),
        ..unmeasured
    }
}

fn found(burst: &Burst) -> String {
    match burst.refused {
        Some(_) => format!("refused after {}", burst.allowed),
        None => format!("{} allowed", burst.allowed),
    }
}

fn answer(burst: &Burst) -> Untrusted {
    let Some(refused) = &burst.refused else {
        return Untrusted::default();
    };
    let status = refused
        .status
        .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    match &refused.retry_after {
        Some(after) => format!("{status}, Retry-After {after}").into(),
        None => status.into(),
    }
}
