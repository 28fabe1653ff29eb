//! How many of a run's requests failed.

use crate::evidence::{Cause, Evidence, Exchange, Failure};
use crate::model::statistics::Availability;
use crate::model::{Ask, PartsPerMillion, Place, Pointer};

/// The share of requests that failed, beside what is declared.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorRate {
    /// How many were answered without a fault of the server, of all.
    pub answered: Availability,
    /// How many failed.
    pub failed: usize,
    /// How many there were.
    pub asked: usize,
    /// The largest share that is declared to be right.
    pub declared: PartsPerMillion,
    /// The first that failed: where, its request, and why.
    pub first: Option<(Pointer, String, String)>,
}

impl ErrorRate {
    /// What was counted, in words: of few requests with what they leave possible.
    #[must_use]
    pub fn found(&self) -> String {
        let counted = format!("{} of {} failed", self.failed, self.asked);
        let possible = self.answered.failures_up_to() * 100.0;
        format!("{counted}; up to {possible:.1}% may fail in the long run")
    }

    /// Whether no larger share failed than is declared.
    #[must_use]
    pub fn holds(&self) -> bool {
        let count = |number: usize| u128::try_from(number).unwrap_or(u128::MAX);
        count(self.failed) * 1_000_000 <= count(self.asked) * u128::from(self.declared.0)
    }
}

/// `None` where no rate is declared, or nothing was asked.
pub(super) fn read(evidence: &Evidence) -> Option<ErrorRate> {
    let declared = evidence.target.max_error_rate?;
    let exchanges = evidence.exchanges.iter().enumerate();
    let mut asked: Vec<Option<(Pointer, String, String)>> = exchanges
        .filter(|(_, exchange)| counts(evidence, exchange))
        .map(|(index, exchange)| {
            let status = exchange.response.seen().map(|response| response.status);
            let why = fault(
                evidence,
                exchange.question.place,
                status,
                exchange.response.failure(),
            )?;
            Some((Pointer::exchange(index), super::label(exchange), why))
        })
        .collect();
    let latency = evidence.latency.seen();
    let samples = latency
        .into_iter()
        .flat_map(|latency| latency.samples.iter().enumerate());
    asked.extend(samples.map(|(index, sample)| {
        let status = sample.outcome.seen().map(|(status, _)| *status);
        let why = fault(evidence, sample.place, status, sample.outcome.failure())?;
        let at = Pointer("/latency/seen/samples".to_owned()).join(index);
        Some((at, "a timed request".to_owned(), why))
    }));
    let failed = asked.iter().flatten().count();
    Some(ErrorRate {
        answered: Availability::new(asked.len() - failed, asked.len())?,
        failed,
        asked: asked.len(),
        declared,
        first: asked.into_iter().flatten().next(),
    })
}

/// What was asked of the target itself, as its clients ask. A burst is meant to be refused, a service
/// with `cold_start` may be asleep, and a firewall may leave an attack without an answer.
fn counts(evidence: &Evidence, exchange: &Exchange) -> bool {
    let (url, target) = (&exchange.request.url, &evidence.target.url);
    let is_target =
        url.scheme == target.scheme && url.host == target.host && url.port == target.port;
    let is_apart = matches!(
        exchange.question.ask,
        Ask::Asleep
            | Ask::OtherScheme
            | Ask::Exposure(_)
            | Ask::Burst
            | Ask::BurstElsewhere
            | Ask::BurstControl
            | Ask::ProfileHop { .. }
            | Ask::ProfilePreflight
    );
    let ours = exchange.response.failure().is_some_and(|failure| {
        matches!(
            failure.cause,
            Cause::NotTried | Cause::Interrupted | Cause::Bug | Cause::NotMeant
        )
    });
    is_target && !is_apart && !ours && !exchange.was_left_out()
}

/// Why an answer counts as an error: there was none, or the server says that it failed (RFC 9110
/// §15.6) where nobody declared that it should. 501 is the right answer to a method that is not
/// implemented (§15.6.2).
fn fault(
    evidence: &Evidence,
    place: Place,
    status: Option<u16>,
    failure: Option<&Failure>,
) -> Option<String> {
    let endpoint = place
        .endpoint()
        .and_then(|index| evidence.target.endpoints.get(index));
    let declared = endpoint.and_then(|endpoint| endpoint.status.as_ref());
    let Some(status) = status else {
        return failure.map(Failure::sentence);
    };
    let is_declared = declared.is_some_and(|declared| declared.contains(status));
    (status >= 500 && status != 501 && !is_declared).then(|| format!("status {status}"))
}
