//! What is declared of a target's endpoints, one row each, and whether it holds.
//!
//! A report that only says what is wrong cannot be signed: these rows say what was met as well.
//! Rows are made from the declaration, so that what was never asked is a row too; their verdicts are
//! those of the facts that the rules judge by.

mod absence;
mod endpoint;
mod login;
mod method;
mod rate;
mod refusal;
mod unseen;

pub use rate::LimitRow;
pub(super) use rate::rows as limits;

use super::Finding;
use crate::evidence::Evidence;
use crate::facts::Facts;
use crate::facts::contract::{Comparison, ContractFacts, Leaking, Standing};
use crate::model::{Bytes, Family, Micros, Pointer, Untrusted};

/// What the row of a cold start is about.
const WAKE: &str = "the first answer";

/// What the row of an error rate is about.
const ALL_REQUESTS: &str = "all requests of this run";

/// One request that something is declared of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whether it was answered as declared; its parts have verdicts of their own.
    pub standing: Standing,
    /// `GET /path`.
    pub request: String,
    /// With which credentials it was asked.
    pub asked_as: &'static str,
    /// The declared answer.
    pub wanted: String,
    /// The answer.
    pub got: Untrusted,
    /// How long the body is.
    pub size: Option<Bytes>,
    /// From the request to the last byte.
    pub took: Option<Micros>,
    /// The exchange in the evidence, where there was one.
    pub at: Option<Pointer>,
    /// What else is declared of the answer.
    pub parts: Vec<PartRow>,
    /// What the target file says about it to the reader.
    pub note: Option<String>,
}

/// Something declared of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRow {
    /// Whether it holds.
    pub standing: Standing,
    /// A JSON Pointer, the name of a field, or a word.
    pub name: String,
    /// What is declared.
    pub wanted: String,
    /// What was found.
    pub got: Untrusted,
}

impl Row {
    /// A request of which nothing is known, and why.
    fn open(request: String, wanted: impl Into<String>, why: impl Into<Untrusted>) -> Self {
        Self {
            standing: Standing::Open,
            request,
            asked_as: "-",
            wanted: wanted.into(),
            got: why.into(),
            size: None,
            took: None,
            at: None,
            parts: Vec::new(),
            note: None,
        }
    }

    /// Its verdict and those of its parts together.
    #[must_use]
    pub fn whole(&self) -> Standing {
        let parts = self.parts.iter().map(|part| part.standing);
        let all = parts.chain([self.standing]);
        // A thing that is not met outweighs one that is open.
        all.max_by_key(|standing| match standing {
            Standing::Met => 0,
            Standing::Open => 1,
            Standing::NearAlert => 2,
            Standing::NotMet => 3,
        })
        .unwrap_or(Standing::Open)
    }
}

/// A row for each declared endpoint, absent path, refused method and login, and for the waking.
#[must_use]
pub(super) fn rows(evidence: &Evidence, facts: &Facts, findings: &[Finding]) -> Vec<Row> {
    let mut rows = Vec::new();
    let contract = facts.contract.known();
    let selected = |family: Family| evidence.run.selects_family(family);
    match contract.filter(|_| selected(Family::Contract)) {
        Some(contract) => {
            rows.extend(wake(contract));
            rows.extend(endpoint::rows(evidence, facts, findings));
            rows.extend(absence::rows(evidence, contract));
            rows.extend(method::rows(evidence, contract));
            rows.extend(error_rate(contract));
        }
        None if selected(Family::Contract) => rows.extend(unseen::rows(evidence, facts)),
        None => {}
    }
    if selected(Family::Auth) {
        rows.extend(login::rows(evidence, facts, findings));
    }
    rows
}

fn wake(contract: &ContractFacts) -> Option<Row> {
    let wake = contract.wake.as_ref()?;
    Some(Row {
        standing: if wake.holds() {
            Standing::Met
        } else {
            Standing::NotMet
        },
        asked_as: "nobody",
        at: Some(wake.at.clone()),
        ..Row::open(
            WAKE.to_owned(),
            format!("within {}", wake.declared_ms),
            wake.found(),
        )
    })
}

fn error_rate(contract: &ContractFacts) -> Option<Row> {
    let rate = contract.error_rate.as_ref()?;
    Some(Row {
        standing: if rate.holds() {
            Standing::Met
        } else {
            Standing::NotMet
        },
        ..Row::open(
            ALL_REQUESTS.to_owned(),
            format!("at most {} fail", rate.declared),
            rate.found(),
        )
    })
}

/// The comparison with another target's answer.
fn alike(comparison: &Comparison) -> PartRow {
    let (standing, got) = match &comparison.difference {
        Some(difference) => (Standing::NotMet, difference.clone()),
        None if comparison.seen => (Standing::Met, "alike".into()),
        None => (Standing::Open, "one of the two was not seen".into()),
    };
    PartRow {
        standing,
        name: format!("as {}", comparison.other),
        wanted: if comparison.equal.is_empty() {
            "the same status, type and shape".to_owned()
        } else {
            format!(
                "the same status, type, shape and {}",
                comparison.equal.join(", ")
            )
        },
        got,
    }
}

/// What an error answer gives away; nothing is said of one that gives away nothing.
fn leak(leaking: &Leaking) -> PartRow {
    PartRow {
        standing: Standing::NotMet,
        name: "the error".to_owned(),
        wanted: "nothing of the inside".to_owned(),
        got: format!("{}: {}", leaking.leak.what, leaking.leak.excerpt.raw()).into(),
    }
}
