//! What is declared of a service of which nothing was seen: every row is there all the same, with what
//! came instead.

use super::{Row, endpoint};
use crate::evidence::{Evidence, Exchange, Failure};
use crate::facts::Facts;
use crate::facts::contract::Standing;
use crate::model::{Ask, Pointer};

pub(super) fn rows(evidence: &Evidence, facts: &Facts) -> Vec<Row> {
    let Some(failure) = facts.contract.failure() else {
        return Vec::new();
    };
    let why = why(facts, failure);
    let target = &evidence.target;
    let open = |request: &str, wanted: String| Row::open(request.to_owned(), wanted, why.as_str());
    let mut rows = Vec::new();
    let wake = target.cold_start;
    rows.extend(wake.map(|most| open(super::WAKE, format!("within {most}"))));
    for (index, declared) in target.endpoints.iter().enumerate() {
        let mut row = endpoint::unseen(declared, why.as_str());
        let refusal = target.auth.as_ref().filter(|_| declared.protected);
        if let Some(scheme) = refusal.filter(|_| !declared.declares_an_answer()) {
            row.wanted = scheme.reject.to_string();
        }
        let asked = facts.outage.as_ref().and_then(|_| asked(evidence, index));
        rows.push(asked.map_or(row.clone(), |(at, exchange)| answered(row, at, exchange)));
    }
    for path in &target.absent {
        rows.push(open(&format!("GET {path}"), "absent".to_owned()));
    }
    for (method, path) in &target.wrong_method {
        rows.push(open(&format!("{method} {path}"), "405".to_owned()));
    }
    let rate = target.max_error_rate;
    rows.extend(rate.map(|most| open(super::ALL_REQUESTS, format!("at most {most} fail"))));
    rows
}

/// Why nothing was seen.
pub(super) fn why(facts: &Facts, failure: &Failure) -> String {
    if facts.outage.is_some() {
        return "no application answers".to_owned();
    }
    failure.sentence()
}

/// What the platform answered in the endpoint's place.
fn answered(row: Row, at: usize, exchange: &Exchange) -> Row {
    let Some(response) = exchange.response.seen() else {
        return row;
    };
    let said = format!("{} {}", response.status, response.media_type());
    Row {
        standing: Standing::NotMet,
        got: said.trim_end().into(),
        at: Some(Pointer::exchange(at)),
        ..row
    }
}

fn asked(evidence: &Evidence, endpoint: usize) -> Option<(usize, &Exchange)> {
    let mut all = evidence.exchanges.iter().enumerate();
    all.find(|(_, exchange)| {
        let question = &exchange.question;
        let looks = question.ask == Ask::Declared || question.credentials().is_some();
        looks && question.endpoint() == Some(endpoint) && exchange.response.seen().is_some()
    })
}
