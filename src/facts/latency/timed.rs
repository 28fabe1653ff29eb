//! One request that was timed, and what its samples came to.

use std::collections::BTreeMap;

use super::Series;
use crate::evidence::{Evidence, LatencyEvidence, Observation, Sample, Temperature};
use crate::model::statistics::Availability;
use crate::model::{Endpoint, Place, Pointer, StatusSet};

/// One request that was timed.
#[derive(Clone, Debug, PartialEq)]
pub struct Timed {
    /// The target's own URL, or a declared endpoint.
    pub place: Place,
    /// `GET /path`.
    pub label: String,
    /// The first sample in the evidence.
    pub at: Pointer,
    /// The statuses that were answered, and how often each.
    pub statuses: BTreeMap<u16, usize>,
    /// The statuses that are declared of it, if any are.
    pub wanted: Option<StatusSet>,
    /// New connections with full handshakes: what a first visitor waits. A rate limit's 429 is left
    /// out of the figures.
    pub cold: Option<Series>,
    /// One kept-alive connection, no name resolution.
    pub warm: Option<Series>,
    /// Samples that were answered without a server error, of all that were tried.
    pub answered: Option<Availability>,
    /// The first sample that was not, by its index, and why.
    pub unanswered: Option<(usize, String)>,
}

impl Timed {
    /// Statuses that refuse the request (RFC 9110 §15.5) although nobody declared that, and how often
    /// each was answered. A rate limit's 429 is none: it says nothing of what stands behind it.
    pub fn refusals(&self) -> impl Iterator<Item = (u16, usize)> {
        let all = self
            .statuses
            .iter()
            .map(|(status, count)| (*status, *count));
        all.filter(|(status, _)| {
            (400..500).contains(status) && *status != 429 && !self.is_declared(*status)
        })
    }

    /// How many samples a rate limit answered.
    #[must_use]
    pub fn limited(&self) -> usize {
        let limited = self.statuses.get(&429).filter(|_| !self.is_declared(429));
        limited.copied().unwrap_or_default()
    }

    /// How many answers there were.
    #[must_use]
    pub fn answers(&self) -> usize {
        self.statuses.values().sum()
    }

    fn is_declared(&self, status: u16) -> bool {
        self.wanted
            .as_ref()
            .is_some_and(|wanted| wanted.contains(status))
    }
}

/// What each place came to, in the order they were sampled.
pub(super) fn read(evidence: &Evidence, latency: &LatencyEvidence) -> Vec<Timed> {
    let unpinned = || {
        let all = latency.samples.iter().enumerate();
        all.filter(|(_, sample)| !sample.pinned)
    };
    let mut places: Vec<Place> = unpinned().map(|(_, sample)| sample.place).collect();
    places.dedup();
    let of_place = |place: Place| {
        let samples = unpinned().filter(|(_, sample)| sample.place == place);
        timed(evidence, place, &samples.collect::<Vec<_>>())
    };
    places.into_iter().filter_map(of_place).collect()
}

fn timed(evidence: &Evidence, place: Place, samples: &[(usize, &Sample)]) -> Option<Timed> {
    let (first, _) = samples.first()?;
    let declared = declared(evidence, place);
    let wanted = declared.and_then(|endpoint| endpoint.status.clone());
    let is_limited = |sample: &Sample| {
        let status = sample.outcome.seen().map(|(status, _)| *status);
        status == Some(429) && !wanted.as_ref().is_some_and(|wanted| wanted.contains(429))
    };
    let of = |temperature: Temperature| {
        let all = samples.iter().copied();
        Series::of(
            all.filter(|(_, sample)| sample.temperature == temperature && !is_limited(sample)),
        )
    };
    let mut failed = samples
        .iter()
        .filter_map(|(index, sample)| Some((*index, unanswered(sample)?)));
    let unanswered = failed.next();
    let failures = usize::from(unanswered.is_some()) + failed.count();
    let mut statuses = BTreeMap::new();
    for (status, _) in samples
        .iter()
        .filter_map(|(_, sample)| sample.outcome.seen())
    {
        *statuses.entry(*status).or_default() += 1;
    }
    Some(Timed {
        place,
        label: declared.map_or_else(
            || format!("GET {}", evidence.target.url.target),
            Endpoint::label,
        ),
        at: Pointer("/latency/seen/samples".to_owned()).join(*first),
        statuses,
        cold: of(Temperature::Cold),
        warm: of(Temperature::Warm),
        wanted,
        answered: Availability::new(samples.len() - failures, samples.len()),
        unanswered,
    })
}

/// The endpoint that stands there, if one is declared; the target's own URL may be one, too.
fn declared(evidence: &Evidence, place: Place) -> Option<&Endpoint> {
    let endpoints = &evidence.target.endpoints;
    match place {
        Place::Endpoint(index) => endpoints.get(index),
        Place::Target => endpoints.iter().find(|endpoint| {
            endpoint.method.as_str() == "GET" && endpoint.path == evidence.target.url.target
        }),
        Place::Probe(_)
        | Place::Absent(_)
        | Place::WrongMethod(_)
        | Place::Rate(_)
        | Place::Login
        | Place::Socket => None,
    }
}

/// Why a sample was not answered; a server's own fault is no answer.
fn unanswered(sample: &Sample) -> Option<String> {
    match &sample.outcome {
        Observation::Seen((status, _)) => sample.has_failed().then(|| format!("status {status}")),
        Observation::Skipped(_) => None,
        Observation::Failed(failure) => Some(failure.sentence()),
    }
}
