//! Declared endpoints, and everything that is declared of their answers.

use super::refusal::{self, Refused};
use super::{PartRow, Row};
use crate::evidence::Evidence;
use crate::facts::Facts;
use crate::facts::contract::{
    Answer, Answered, ContractFacts, Document, Part, Standing, declared_parts,
};
use crate::model::{Endpoint, StatusSet, Untrusted};
use crate::report::Finding;

pub(super) fn rows(evidence: &Evidence, facts: &Facts, findings: &[Finding]) -> Vec<Row> {
    let Some(contract) = facts.contract.known() else {
        return Vec::new();
    };
    let declared = evidence.target.endpoints.iter().enumerate();
    declared
        .map(|(index, endpoint)| {
            let refused = refusal::of(index, endpoint, facts, findings);
            let mut asked = contract.endpoints.iter();
            match (asked.find(|seen| seen.endpoint == index), refused) {
                (Some(seen), refused) => {
                    let mut row = asked_row(endpoint, seen, contract);
                    row.parts.extend(refused.map(by_nobody));
                    row
                }
                (None, Some(refused)) if !endpoint.declares_an_answer() => Row {
                    standing: refused.standing,
                    asked_as: "nobody",
                    at: Some(refused.at),
                    ..Row::open(endpoint.label(), refused.wanted, refused.got)
                },
                (None, refused) => {
                    let mut row = unseen(endpoint, unasked(endpoint, contract));
                    row.parts.extend(refused.map(by_nobody));
                    row
                }
            }
        })
        .collect()
}

/// That it refuses those who must not get in, beside what it answers to others.
fn by_nobody(refused: Refused) -> PartRow {
    PartRow {
        standing: refused.standing,
        name: "nobody".to_owned(),
        wanted: refused.wanted,
        got: refused.got,
    }
}

fn unasked(endpoint: &Endpoint, contract: &ContractFacts) -> String {
    let label = endpoint.label();
    let mut unasked = contract.unasked.iter();
    let why = unasked.find(|(other, _)| *other == label);
    why.map_or_else(
        || "not asked".to_owned(),
        |(_, why)| format!("not sent: {why}"),
    )
}

/// Everything that is declared of an endpoint that gave no answer of its own.
pub(super) fn unseen(endpoint: &Endpoint, got: impl Into<Untrusted>) -> Row {
    let parts = declared_parts(endpoint).map(|(part, name, wanted)| PartRow {
        standing: Standing::Open,
        name: named(part, &name),
        wanted,
        got: "not seen".into(),
    });
    Row {
        parts: parts.collect(),
        note: endpoint.note.clone(),
        ..Row::open(endpoint.label(), status(endpoint).to_string(), got)
    }
}

fn status(endpoint: &Endpoint) -> StatusSet {
    let usual = || StatusSet::of(&["2xx"]);
    endpoint.status.clone().unwrap_or_else(usual)
}

fn asked_row(endpoint: &Endpoint, seen: &Answered, contract: &ContractFacts) -> Row {
    let standing = match &seen.answer {
        Answer::Status(_) if seen.file.is_some() => Standing::NotMet,
        Answer::Status(status) if seen.wanted.contains(*status) => Standing::Met,
        Answer::Status(_) | Answer::Failed(_) => Standing::NotMet,
        Answer::Limited => Standing::Open,
    };
    let mut parts = parts(endpoint, seen);
    parts.extend(alike(endpoint, seen, contract));
    parts.extend(documents(seen, contract));
    parts.extend(leak(seen, contract));
    let answered = matches!(seen.answer, Answer::Status(_));
    Row {
        standing,
        request: seen.label.clone(),
        asked_as: asked_as(endpoint),
        wanted: seen.wanted.to_string(),
        got: got(seen),
        size: seen.size_bytes.filter(|_| answered),
        took: answered.then_some(seen.took_us),
        at: Some(seen.at.clone()),
        parts,
        note: endpoint.note.clone(),
    }
}

fn asked_as(endpoint: &Endpoint) -> &'static str {
    if endpoint.protected && !endpoint.is_mutating() && endpoint.method.is_safe() {
        "the credential"
    } else if endpoint.send_secrets.is_empty() {
        "nobody"
    } else {
        "declared fields"
    }
}

/// The status and the media type, and what a further look found.
fn got(seen: &Answered) -> Untrusted {
    let first = match &seen.answer {
        Answer::Status(status) => {
            let kind = seen.media_type.as_ref().map_or("", Untrusted::raw);
            let kind = match &seen.moved_to {
                Some(place) => format!("to {}", place.raw()),
                None => kind.to_owned(),
            };
            format!("{status} {kind}").trim_end().to_owned()
        }
        Answer::Limited => "429: rate limited".to_owned(),
        Answer::Failed(why) => why.clone(),
    };
    let other = |again: &&u16| seen.answer != Answer::Status(**again);
    let again: Vec<String> = seen
        .again
        .iter()
        .filter(other)
        .map(u16::to_string)
        .collect();
    let mut said = first;
    if !again.is_empty() {
        said.push_str(&format!(", then {}", again.join(", ")));
    }
    if let Some(file) = seen.file {
        said.push_str(&format!(", with the content of {file}"));
    }
    said.into()
}

/// Every part that is declared: what was found of it, or why nothing was.
fn parts(endpoint: &Endpoint, seen: &Answered) -> Vec<PartRow> {
    let document = seen.checked.iter().find(|one| one.part == Part::NotJson);
    let document = document.map(|one| PartRow {
        standing: one.standing,
        name: "the body".to_owned(),
        wanted: one.wanted.clone(),
        got: one.found.clone(),
    });
    let each = declared_parts(endpoint).map(|(part, place, wanted)| {
        let mut checked = seen.checked.iter();
        let checked = checked.find(|one| one.part == part && one.place == place);
        match checked {
            Some(one) => PartRow {
                standing: one.standing,
                name: named(part, &place),
                wanted: one.wanted.clone(),
                got: one.found.clone(),
            },
            None => PartRow {
                standing: Standing::Open,
                name: named(part, &place),
                wanted,
                got: "not seen: no JSON".into(),
            },
        }
    });
    let each: Vec<PartRow> = each.collect();
    document.into_iter().chain(each).collect()
}

fn named(part: Part, place: &str) -> String {
    match part {
        Part::Json if place.is_empty() => "the document".to_owned(),
        Part::Header | Part::Json => place.to_owned(),
        Part::NotJson | Part::Body => "the body".to_owned(),
        Part::Size => "the size".to_owned(),
        Part::Time => "the time".to_owned(),
    }
}

/// The comparison with another target's answer.
fn alike(endpoint: &Endpoint, seen: &Answered, contract: &ContractFacts) -> Option<PartRow> {
    endpoint.same_as.as_ref()?;
    let mut comparisons = contract.comparisons.iter();
    let of_it = comparisons.find(|one| one.label == seen.label);
    of_it.map(super::alike)
}

/// What the OpenAPI document says of the declared endpoints.
fn documents(seen: &Answered, contract: &ContractFacts) -> Option<PartRow> {
    let mut documents = contract.documents.iter();
    let document = documents.find(|one| one.label == seen.label)?;
    let (standing, got) = match &document.document {
        Document::Unseen => (Standing::Open, "not seen".to_owned()),
        Document::Unread(why) => (Standing::Open, why.clone()),
        Document::Unreadable(why) => (Standing::NotMet, (*why).to_owned()),
        Document::Read { undocumented, .. } if !undocumented.is_empty() => (
            Standing::NotMet,
            format!("without {}", undocumented.join(", ")),
        ),
        Document::Read { operations, .. } => (Standing::Met, format!("{operations} operations")),
    };
    Some(PartRow {
        standing,
        name: "OpenAPI".to_owned(),
        wanted: "every declared endpoint".to_owned(),
        got: got.into(),
    })
}

/// What an error answer gives away; nothing is said of one that gives away nothing.
fn leak(seen: &Answered, contract: &ContractFacts) -> Option<PartRow> {
    let leaking = contract
        .leaks
        .iter()
        .find(|leaking| leaking.at == seen.at)?;
    Some(super::leak(leaking))
}
