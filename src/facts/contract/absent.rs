//! Paths that must not be there.

use super::label;
use crate::evidence::{Evidence, Exchange, Look};
use crate::model::{Ask, Place, Pointer};
use crate::wire::soft404::{self, Absence};

/// A path that must be absent, and what its answer says.
#[derive(Clone, Debug, PartialEq)]
pub struct Vacancy {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// What can be said; `None` when there was no answer.
    pub absence: Option<Absence>,
}

/// Every path that was asked for.
pub(super) fn read(evidence: &Evidence) -> Vec<Vacancy> {
    let all = evidence.exchanges.iter().enumerate();
    all.filter_map(|(index, exchange)| {
        let (Ask::Absent, Place::Absent(declared)) =
            (&exchange.question.ask, exchange.question.place)
        else {
            return None;
        };
        if exchange.was_left_out() {
            return None;
        }
        let made_up =
            super::super::exchanges(evidence, Ask::MadeUp.at(Place::Absent(declared))).next();
        Some(Vacancy {
            at: Pointer::exchange(index),
            label: label(exchange),
            absence: absence(exchange, made_up.map(|(_, exchange)| exchange)),
        })
    })
    .collect()
}

fn absence(exchange: &Exchange, made_up: Option<&Exchange>) -> Option<Absence> {
    let found = Look::at(exchange)?;
    let made_up = made_up.and_then(Look::at);
    Some(soft404::absence(
        &found.page(),
        made_up.as_ref().map(Look::page).as_ref(),
    ))
}
