//! What was shown of the declared contract.

use super::{Gap, Status, Why, answers};
use crate::evidence::{Evidence, Exchange, Observation};
use crate::facts::Facts;
use crate::facts::contract::{Answer, ContractFacts, Part, Standing};
use crate::model::{Ask, Place, Pointer, Topic};
use crate::plan::Essential;
use crate::plan::contract::LARGEST_BURST;
use crate::wire::soft404::Absence;

/// An endpoint that does not answer has shown that: it is a finding, and no open question.
pub(super) fn status(evidence: &Evidence, facts: &Facts, essential: &Essential) -> Status {
    let asked = |exchange: &&Exchange| exchange.question == essential.question;
    let failed = |exchange: &Exchange| matches!(exchange.response, Observation::Failed(_));
    let of_endpoint = essential.question.ask == Ask::Declared;
    if of_endpoint && evidence.exchanges.iter().filter(asked).any(failed) {
        return Ok(());
    }
    if let Place::Rate(index) = essential.question.place {
        return burst(evidence, essential, index);
    }
    let answers = answers(evidence, essential)?;
    let Some(contract) = facts.contract.known() else {
        return Ok(());
    };
    let at: Vec<Pointer> = answers
        .iter()
        .map(|(index, _)| Pointer::exchange(*index))
        .collect();
    match essential.question.place {
        Place::Endpoint(index) => declared(contract, index, essential.topic),
        Place::Absent(_) => absent(contract, &at),
        Place::WrongMethod(_) => wrong_method(contract, &at),
        Place::Target | Place::Probe(_) | Place::Rate(_) | Place::Login | Place::Socket => Ok(()),
    }
}

/// What is declared of a body is shown where the body was read; another status is another answer,
/// and a finding.
fn declared(contract: &ContractFacts, index: usize, topic: Topic) -> Status {
    let of_it = contract
        .endpoints
        .iter()
        .filter(|seen| seen.endpoint == index);
    for seen in of_it {
        if seen.answer == Answer::Limited {
            return Err(Gap::new(Why::Blocked, "rate limited (429)"));
        }
        let mut open = seen
            .checked
            .iter()
            .filter(|checked| checked.standing == Standing::Open && checked.part != Part::Time);
        if let Some(checked) = open.next().filter(|_| topic == Topic::DeclaredBody) {
            return Err(Gap::new(Why::NotReached, checked.found.raw()));
        }
    }
    Ok(())
}

/// A burst is left out where it would be an attack, and where its window does not refill in time.
fn burst(evidence: &Evidence, essential: &Essential, index: usize) -> Status {
    let mut exchanges = evidence.exchanges.iter();
    if exchanges.any(|exchange| exchange.question == essential.question) {
        return answers(evidence, essential).map(|_| ());
    }
    let limit = evidence.target.rate.get(index);
    Err(match limit.filter(|limit| limit.requests > LARGEST_BURST) {
        Some(limit) => Gap::new(
            Why::NotReached,
            format!(
                "{} requests are no test any more: at most {LARGEST_BURST} are sent",
                limit.requests
            ),
        ),
        None => Gap::new(
            Why::Deadline,
            "its window did not refill in the time there was",
        ),
    })
}

fn absent(contract: &ContractFacts, at: &[Pointer]) -> Status {
    let mut of_it = contract.absent.iter().filter(|path| at.contains(&path.at));
    match of_it.next().and_then(|path| path.absence) {
        Some(Absence::Unclear(status)) => Err(unclear(status)),
        Some(
            Absence::Absent | Absence::LikeMadeUp(_) | Absence::Refused(_) | Absence::There(_),
        )
        | None => Ok(()),
    }
}

/// A server that fails has not said whether the method is refused.
fn wrong_method(contract: &ContractFacts, at: &[Pointer]) -> Status {
    let of_it = contract.refused_methods.iter();
    let mut statuses = of_it.filter(|refusal| at.contains(&refusal.at));
    match statuses.next().and_then(|refusal| refusal.status) {
        Some(status @ (429 | 500 | 502..)) => Err(unclear(status)),
        Some(_) | None => Ok(()),
    }
}

fn unclear(status: u16) -> Gap {
    let why = match status {
        429 | 502..=504 => Why::Blocked,
        _ => Why::NotReached,
    };
    Gap::new(why, format!("answered {status}"))
}
