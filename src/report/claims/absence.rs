//! Paths that must not be there.

use super::{PartRow, Row};
use crate::evidence::Evidence;
use crate::facts::contract::{ContractFacts, Standing, Vacancy};
use crate::wire::soft404::Absence;

pub(super) fn rows(evidence: &Evidence, contract: &ContractFacts) -> Vec<Row> {
    let declared = evidence.target.absent.iter();
    declared
        .map(|path| {
            let label = format!("GET {path}");
            let mut asked = contract.absent.iter();
            match asked.find(|vacancy| vacancy.label == label) {
                Some(vacancy) => row(label, vacancy, contract),
                None => Row::open(label, "absent", "not sent, to spare the rate limit"),
            }
        })
        .collect()
}

fn row(label: String, vacancy: &Vacancy, contract: &ContractFacts) -> Row {
    let (standing, got) = match vacancy.absence {
        None => (Standing::Open, "no answer".to_owned()),
        Some(Absence::Absent) => (Standing::Met, "absent".to_owned()),
        Some(Absence::LikeMadeUp(status)) => {
            (Standing::Met, format!("{status}, as a made-up path"))
        }
        Some(Absence::Refused(status)) => (Standing::NotMet, format!("{status}: refused")),
        Some(Absence::There(status)) => {
            (Standing::NotMet, format!("{status}, unlike a made-up path"))
        }
        Some(Absence::Unclear(status)) => (Standing::Open, status.to_string()),
    };
    let soft = match vacancy.absence {
        Some(Absence::LikeMadeUp(status @ 200..400)) => Some(PartRow {
            standing: Standing::NotMet,
            name: "a made-up path".to_owned(),
            wanted: "404".to_owned(),
            got: status.to_string().into(),
        }),
        Some(_) | None => None,
    };
    let leaks = contract.leaks.iter();
    let leaks = leaks.filter(|leaking| leaking.at == vacancy.at);
    Row {
        standing,
        asked_as: "nobody",
        at: Some(vacancy.at.clone()),
        parts: soft.into_iter().chain(leaks.map(super::leak)).collect(),
        ..Row::open(label, "absent", got)
    }
}
