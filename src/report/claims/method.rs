//! Methods that must be refused.

use super::{PartRow, Row};
use crate::evidence::Evidence;
use crate::facts::contract::{Allow, ContractFacts, Refusal, Standing};

pub(super) fn rows(evidence: &Evidence, contract: &ContractFacts) -> Vec<Row> {
    let declared = evidence.target.wrong_method.iter();
    declared
        .map(|(method, path)| {
            let label = format!("{method} {path}");
            let mut asked = contract.refused_methods.iter();
            match asked.find(|refusal| refusal.label == label) {
                Some(refusal) => row(label, refusal, contract),
                None => Row::open(label, "405", "not sent, to spare the rate limit"),
            }
        })
        .collect()
}

fn row(label: String, refusal: &Refusal, contract: &ContractFacts) -> Row {
    let (standing, got) = match refusal.status {
        None => (Standing::Open, "no answer".to_owned()),
        Some(429) => (Standing::Open, "429: rate limited".to_owned()),
        Some(405) => (Standing::Met, "405".to_owned()),
        Some(status) => (Standing::NotMet, status.to_string()),
    };
    let allow = (refusal.status == Some(405)).then(|| allow(&refusal.allow));
    let leaks = contract.leaks.iter();
    let leaks = leaks.filter(|leaking| leaking.at == refusal.at);
    Row {
        standing,
        asked_as: "nobody",
        at: Some(refusal.at.clone()),
        parts: allow.into_iter().chain(leaks.map(super::leak)).collect(),
        ..Row::open(label, "405", got)
    }
}

/// RFC 9110 §15.5.6: a 405 says which methods are allowed.
fn allow(allow: &Allow) -> PartRow {
    let (standing, got) = match allow {
        Allow::Absent => (Standing::NotMet, "not sent".to_owned()),
        Allow::Malformed => (Standing::NotMet, "no list of methods".to_owned()),
        Allow::Methods(methods) => (Standing::Met, methods.join(", ")),
    };
    PartRow {
        standing,
        name: "Allow".to_owned(),
        wanted: "a list of methods".to_owned(),
        got: got.into(),
    }
}
