//! A token in the URL: is it looked at?
//!
//! No valid one is sent there, because URLs are kept in logs. A made-up one shows it as well, where
//! a made-up token in the usual place is answered otherwise than none: whoever reads the query
//! answers it like the one, whoever does not like the other.

use super::Tried;
use super::words::words;
use crate::evidence::Evidence;
use crate::facts::exchanges;
use crate::model::{Ask, Attempt, Bypass, Pointer, Question};

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

/// `tried` holds what is known of each attempt by itself.
pub(super) fn read(evidence: &Evidence, tried: &[Tried]) -> Option<InQuery> {
    let (index, exchange, endpoint) = evidence
        .exchanges
        .iter()
        .enumerate()
        .find_map(|(index, exchange)| Some((index, exchange, sent_at(&exchange.question)?)))?;
    let answered = said(evidence, index)?;
    let to = |attempt: Attempt| {
        let role = Ask::Credentials(attempt).of_endpoint(endpoint);
        let (index, _) = exchanges(evidence, role).next()?;
        said(evidence, index)
    };
    let got_in = tried
        .iter()
        .any(|tried| is_in_query(&tried.attempt) && tried.got_in());
    let taken = match (to(Attempt::Nothing), to(Attempt::Garbage)) {
        _ if got_in => Taken::ForValid,
        (Some(nothing), Some(garbage)) if nothing == garbage => Taken::Unclear,
        (_, Some(garbage)) if garbage == answered => Taken::ForCredential,
        (Some(nothing), Some(_)) if nothing == answered => Taken::NotSeen,
        _ => Taken::Unclear,
    };
    Some(InQuery {
        at: Pointer::exchange(index),
        label: format!(
            "{} {}",
            exchange.request.method, exchange.request.url.target
        ),
        status: answered.status,
        taken,
    })
}

fn is_in_query(attempt: &Attempt) -> bool {
    *attempt == Attempt::Bypass(Bypass::TokenInQuery)
}

fn sent_at(question: &Question) -> Option<usize> {
    let (endpoint, attempt) = question.credentials()?;
    is_in_query(attempt).then_some(endpoint)
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
    (response.status != 429 && content.unread().is_none()).then(|| Said {
        status: response.status,
        challenge: response.combined("www-authenticate"),
        words: words(&content.text()),
    })
}
