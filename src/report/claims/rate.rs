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
    let selected = evidence.run.selects_family(Family::Contract);
    let Some(contract) = contract.filter(|_| selected) else {
        return Vec::new();
    };
    let declared = evidence.target.rate.iter();
    declared
        .map(|limit| row(limit, contract, findings))
        .collect()
}

fn row(limit: &RateLimit, contract: &ContractFacts, findings: &[Finding]) -> LimitRow {
    let request = format!("{} {}", limit.method, limit.path);
    let mut bursts = contract.bursts.iter();
    let burst = bursts.find(|burst| burst.label == request && burst.declared == limit.requests);
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
        request,
        declared: format!("{} in {} s", limit.requests, limit.window.0 / 1000),
        advertised: quotas.join(", "),
        found: burst.map_or_else(|| "not measured (--burst)".to_owned(), found),
        answer: burst.map_or_else(Untrusted::default, answer),
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
