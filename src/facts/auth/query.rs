//! A token in the URL: is it looked at?
//!
//! No valid one is sent there, because URLs are kept in logs. A made-up one shows it as well, where
//! a made-up token in the usual place is answered otherwise than none: whoever reads the query
//! answers it like the one, whoever does not like the other.

use super::words::words;
use super::{AuthFacts, Tried, is_in_the_way};
use crate::evidence::Evidence;
use crate::facts::exchanges;
use crate::model::{Ask, Attempt, Bypass, Control, Pointer, Question};

/// A made-up token in the URL, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InQuery {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`, as it was sent.
    pub label: String,
    /// The status.
    pub status: u16,
    /// What it was taken for.
    pub taken: Taken,
}

/// What a token in the URL was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Answered as if it were not there.
    NotSeen,
    /// Answered as a bad credential is.
    ForCredential,
    /// Let in.
    ForValid,
    /// Answered in a third way, or a bad credential is answered like none.
    Unclear,
}

/// At every endpoint where one was sent.
pub(super) fn read(evidence: &Evidence, facts: &AuthFacts) -> Vec<InQuery> {
    let all = evidence.exchanges.iter().enumerate();
    all.filter_map(|(index, exchange)| {
        let endpoint = sent_at(&exchange.question)?;
        let answered = said(evidence, index)?;
        Some(InQuery {
            at: Pointer::exchange(index),
            label: format!(
                "{} {}",
                exchange.request.method, exchange.request.url.target
            ),
            status: answered.status,
            taken: taken(evidence, facts, endpoint, &answered),
        })
    })
    .collect()
}

fn taken(evidence: &Evidence, facts: &AuthFacts, endpoint: usize, answered: &Said) -> Taken {
    let got_in = |attempt: &Attempt| {
        let tried = facts.at(endpoint, attempt);
        tried.is_some_and(Tried::got_in)
    };
    let any_query = Attempt::Control(Control::Query);
    if got_in(&Attempt::Bypass(Bypass::TokenInQuery)) {
        return if got_in(&any_query) {
            Taken::Unclear
        } else {
            Taken::ForValid
        };
    }
    let to = |attempt: Attempt| {
        let asked = Ask::Credentials(attempt).of_endpoint(endpoint);
        let (index, _) = exchanges(evidence, asked).next()?;
        said(evidence, index)
    };
    match (to(Attempt::Nothing), to(Attempt::Garbage), to(any_query)) {
        (Some(nothing), Some(garbage), _) if nothing == garbage => Taken::Unclear,
        // Whatever stands in the query is answered so.
        (nothing, _, Some(any)) if any == *answered && nothing.as_ref() != Some(&any) => {
            Taken::Unclear
        }
        (_, Some(garbage), _) if garbage == *answered => Taken::ForCredential,
        (Some(nothing), Some(_), _) if nothing == *answered => Taken::NotSeen,
        _ => Taken::Unclear,
    }
}

fn sent_at(question: &Question) -> Option<usize> {
    let (endpoint, attempt) = question.credentials()?;
    (*attempt == Attempt::Bypass(Bypass::TokenInQuery)).then_some(endpoint)
}

/// What of two answers is compared.
#[derive(PartialEq)]
struct Said {
    status: u16,
    challenge: Option<String>,
    words: Vec<(String, String)>,
}

/// Nothing can be told from an answer that says to come back later, or was not read to its end.
fn said(evidence: &Evidence, index: usize) -> Option<Said> {
    let exchange = evidence.exchanges.get(index)?;
    let response = exchange.response.seen()?;
    let content = response.content();
    (!is_in_the_way(response.status) && content.unread().is_none()).then(|| Said {
        status: response.status,
        challenge: response.combined("www-authenticate"),
        words: words(&content.text()),
    })
}
