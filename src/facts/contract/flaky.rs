//! Endpoints that fail now and then: asked alike, they answer as declared and with an error of the
//! server.

use crate::evidence::{Evidence, Exchange, Observation, OriginClass, Response};
use crate::model::{Ask, Attempt, Endpoint, Place, Pointer, StatusSet};

/// An endpoint whose answers disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaky {
    /// The first request that failed.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// Its status.
    pub status: u16,
    /// How many of the endpoint's requests failed.
    pub failed: usize,
    /// How many were answered.
    pub asked: usize,
}

/// One request that the whole run sent to an endpoint, and its status.
struct Asked<'e> {
    index: usize,
    origin: Option<&'e str>,
    with_credential: bool,
    status: u16,
    is_failure: bool,
}

impl Asked<'_> {
    /// What was let in, and what was turned away on the way, are two things.
    fn is_of_kind(&self, other: &Self) -> bool {
        self.with_credential == other.with_credential
    }

    fn is_same(&self, other: &Self) -> bool {
        self.is_of_kind(other) && self.origin == other.origin
    }

    /// Whether a request like this failure was answered well. A gateway that has no answer of the
    /// application's does not fail for an origin, unless it did so more than once.
    fn is_now_and_then(&self, all: &[Self]) -> bool {
        let well = |alike: fn(&Self, &Self) -> bool| {
            all.iter()
                .any(|other| !other.is_failure && alike(self, other))
        };
        let once = all.iter().filter(|other| self.is_same(other)).count() == 1;
        let gateway = matches!(self.status, 502..=504);
        well(Self::is_same) || (gateway && once && well(Self::is_of_kind))
    }
}

/// Every endpoint that some of a run's requests found broken, and others like them did not.
pub(super) fn read(evidence: &Evidence) -> Vec<Flaky> {
    let endpoints = evidence.target.endpoints.iter().enumerate();
    endpoints
        .filter_map(|(place, endpoint)| flaky(evidence, Place::Endpoint(place), endpoint))
        .collect()
}

fn flaky(evidence: &Evidence, place: Place, endpoint: &Endpoint) -> Option<Flaky> {
    let exchanges = evidence.exchanges.iter().enumerate();
    let all: Vec<Asked<'_>> = exchanges
        .filter(|(_, exchange)| exchange.question.place == place)
        .filter(|(_, exchange)| exchange.request.method == endpoint.method)
        .flat_map(|(index, exchange)| asked(index, exchange, endpoint.status.as_ref()))
        .collect();
    let mut failures = all.iter().filter(|one| one.is_failure);
    let first = failures.find(|one| one.is_now_and_then(&all))?;
    Some(Flaky {
        at: Pointer::exchange(first.index),
        label: endpoint.label(),
        status: first.status,
        failed: all.iter().filter(|one| one.is_failure).count(),
        asked: all.len(),
    })
}

/// What a client of the endpoint sends, and each time it was sent; an origin that must not be let in
/// is none of them.
fn asked<'e>(index: usize, exchange: &'e Exchange, declared: Option<&StatusSet>) -> Vec<Asked<'e>> {
    let ask = &exchange.question.ask;
    let with_credential = matches!(ask, Ask::ReadValid | Ask::Credentials(Attempt::Valid));
    let usual = matches!(
        ask,
        Ask::Declared | Ask::Repeat | Ask::Read | Ask::Credentials(Attempt::Nothing)
    );
    let origin = exchange.origin.as_ref();
    let welcome = origin.is_none_or(|sent| sent.class == OriginClass::Declared);
    // Where a block has the last word, what came before it may be the block's as well.
    let last = exchange.response.seen().filter(|last| !is_limit(last));
    let Some(last) = last.filter(|_| (usual || with_credential) && welcome) else {
        return Vec::new();
    };
    let earlier = exchange.earlier.iter().filter_map(Observation::seen);
    earlier
        .copied()
        .filter(|status| !matches!(status, 429 | 503)) // a limiter's; whether it named a time is not kept
        .chain([last.status])
        .map(|status| Asked {
            index,
            origin: origin.map(|sent| sent.value.as_str()),
            with_credential,
            status,
            is_failure: is_failure(status, declared),
        })
        .collect()
}

/// A limiter that says when to come back has not failed (RFC 9110 §10.2.3).
fn is_limit(response: &Response) -> bool {
    response.status == 429 || response.value("retry-after").is_some()
}

/// A server that does not know the method says so with 501.
fn is_failure(status: u16, declared: Option<&StatusSet>) -> bool {
    let meant = declared.is_some_and(|statuses| statuses.contains(status));
    status >= 500 && status != 501 && !meant
}
