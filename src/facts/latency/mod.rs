//! Where the time goes.

mod load;
mod series;
mod timed;

use std::collections::BTreeMap;

use super::State;
use crate::evidence::{Cause, Evidence, LatencyEvidence, Observation, Sample, Temperature};
use crate::model::statistics::Standing;
use crate::model::{Ask, Micros, Millis, Phases, Place, Question};
pub use load::{Limit, LoadFacts, ThresholdFacts};
pub use series::Series;
pub use timed::Timed;

/// Latency of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct LatencyFacts {
    /// Each request that was timed, in the order of the target file.
    pub timed: Vec<Timed>,
    /// Whether the server kept the connection of the warm samples; `null` without any.
    pub keeps_alive: Option<bool>,
    /// The median cold time to first byte that is still fine, in milliseconds.
    pub target_ms: Millis,
    /// From which on it is an alert, in milliseconds.
    pub alert_ms: Millis,
    /// Addresses that did not answer before another one did.
    pub passed_over: Vec<PassedOverFacts>,
    /// Cold samples of each address by itself, with `--all-addresses`; `null` where none answered.
    pub addresses: BTreeMap<String, Option<Series>>,
    /// What the first sample of an address that never answered came to, and its index.
    pub silent: Vec<PassedOverFacts>,
    /// Redirects on the way to the page, each with its own phases; no sum of them is formed.
    pub hops: Vec<Hop>,
    /// The load run.
    pub load: Option<LoadFacts>,
    /// Whether samples were left out because half of a rate limit was used up.
    pub limited: bool,
    /// Whether cold samples were asked for.
    pub cold_declared: bool,
    /// Who wants a load run.
    pub load_wanted: LoadWanted,
}

impl LatencyFacts {
    /// The cold samples of the first request that was timed.
    #[must_use]
    pub fn cold(&self) -> Option<&Series> {
        self.timed.first()?.cold.as_ref()
    }

    /// Its warm ones.
    #[must_use]
    pub fn warm(&self) -> Option<&Series> {
        self.timed.first()?.warm.as_ref()
    }

    /// Whether the samples fit either side of a threshold, so that the better one was taken.
    #[must_use]
    pub fn in_doubt(&self) -> bool {
        let straddles = |threshold: Millis| {
            let mut cold = self.timed.iter().filter_map(|timed| timed.cold.as_ref());
            cold.any(|cold| cold.against(threshold.into()) == Some(Standing::Straddles))
        };
        straddles(self.target_ms) || straddles(self.alert_ms)
    }
}

/// An address that was tried first, in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOverFacts {
    /// `address:port`.
    pub address: String,
    /// What it did; silence is `timed-out`.
    pub cause: Cause,
    /// In how many cold samples.
    pub samples: usize,
    /// What that cost at the worst, in microseconds.
    pub cost_us: Micros,
    /// The first such sample, by its index.
    pub first: usize,
}

/// One redirect.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    /// What was asked for.
    pub url: String,
    /// What was answered; `null` without an answer.
    pub status: Option<u16>,
    /// Where the time went.
    pub phases: Phases,
}

/// Who wants a load run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadWanted {
    /// Nobody.
    Never,
    /// The target file, which declares conditions for one.
    Sometimes,
    /// The command line.
    Now,
}

/// Reads the samples.
#[must_use]
pub fn read(evidence: &Evidence) -> State<LatencyFacts> {
    let policy = &evidence.target.latency;
    let samples = evidence.latency.seen().map(|latency| &latency.samples);
    if policy.cold == 0 && policy.warm == 0 && evidence.run.conditions.load.is_none() {
        return State::NotConfigured("no samples were asked for");
    }
    let unanswered =
        |all: &&Vec<Sample>| !all.is_empty() && all.iter().all(|sample| sample.phases().is_none());
    if let Some(samples) = samples.filter(unanswered) {
        let failure = samples.iter().find_map(|sample| sample.outcome.failure());
        return State::Unseen(failure.cloned().unwrap_or_else(super::never));
    }
    super::state(&evidence.latency, |latency| facts(evidence, latency))
}

fn facts(evidence: &Evidence, latency: &LatencyEvidence) -> LatencyFacts {
    let policy = &evidence.target.latency;
    let of = |temperature: Temperature| {
        let all = latency.samples.iter().enumerate();
        all.filter(move |(_, sample)| sample.temperature == temperature && !sample.pinned)
    };
    let mut warm = of(Temperature::Warm)
        .filter(|(_, sample)| sample.phases().is_some())
        .peekable();
    LatencyFacts {
        timed: timed::read(evidence, latency),
        keeps_alive: warm
            .peek()
            .is_some()
            .then(|| warm.all(|(_, sample)| sample.reused)),
        target_ms: policy.target,
        alert_ms: policy.alert,
        passed_over: passed_over(of(Temperature::Cold)),
        addresses: addresses(latency),
        silent: silent(latency),
        hops: hops(evidence),
        load: latency
            .load
            .seen()
            .map(|load| LoadFacts::read(load, &policy.load, &limits(evidence, latency))),
        limited: latency.limited,
        cold_declared: policy.cold > 0,
        load_wanted: match evidence.run.conditions.load {
            Some(_) => LoadWanted::Now,
            None if policy.load.is_empty() => LoadWanted::Never,
            None => LoadWanted::Sometimes,
        },
    }
}

/// The limits that count what is timed, which is what a load run asks for.
fn limits(evidence: &Evidence, latency: &LatencyEvidence) -> Vec<Limit> {
    let target = &evidence.target;
    let place = latency.samples.first().map(|sample| sample.place);
    let endpoint = match place {
        Some(Place::Endpoint(index)) => target.endpoints.get(index),
        Some(_) | None => None,
    };
    let path = endpoint.map_or(&target.url.target, |endpoint| &endpoint.path);
    let declared = target.rate.iter().filter(|limit| {
        limit.counts_everything(&target.rate) || (limit.method.is_safe() && limit.path == *path)
    });
    let declared = declared.map(|limit| Limit {
        declared: true,
        requests: limit.requests.into(),
        window: limit.window,
    });
    let advertised = super::contract::advertised(evidence).into_iter();
    let advertised = advertised.filter_map(|found| {
        let exchange = evidence.exchanges.get(found.at.exchange_index()?)?;
        let is_there = exchange.request.url.target == *path;
        let (requests, window) = (found.quota.limit?, found.quota.window?);
        is_there.then(|| Limit {
            declared: false,
            requests,
            window: Millis(window.0.saturating_mul(1000)),
        })
    });
    declared.chain(advertised).collect()
}

fn passed_over<'a>(cold: impl Iterator<Item = (usize, &'a Sample)>) -> Vec<PassedOverFacts> {
    let mut found: BTreeMap<(String, Cause), PassedOverFacts> = BTreeMap::new();
    for (first, sample) in cold {
        for passed in &sample.passed_over {
            let (address, cause) = (passed.address.clone(), passed.cause);
            let entry = found
                .entry((address.clone(), cause))
                .or_insert(PassedOverFacts {
                    address,
                    cause,
                    samples: 0,
                    cost_us: Micros(0),
                    first,
                });
            entry.samples += 1;
            entry.cost_us = entry.cost_us.max(sample.fallback);
        }
    }
    found.into_values().collect()
}

fn pinned(latency: &LatencyEvidence) -> impl Iterator<Item = (usize, &Sample)> {
    let all = latency.samples.iter().enumerate();
    all.filter(|(_, sample)| sample.pinned)
}

fn addresses(latency: &LatencyEvidence) -> BTreeMap<String, Option<Series>> {
    pinned(latency)
        .map(|(_, sample)| {
            let of = pinned(latency).filter(|(_, other)| other.address == sample.address);
            (sample.address.clone(), Series::of(of))
        })
        .collect()
}

/// Addresses of which no sample was answered.
fn silent(latency: &LatencyEvidence) -> Vec<PassedOverFacts> {
    let mut silent: BTreeMap<&str, PassedOverFacts> = BTreeMap::new();
    for (first, sample) in pinned(latency) {
        if let Observation::Failed(failure) = &sample.outcome {
            let entry = silent.entry(&sample.address).or_insert(PassedOverFacts {
                address: sample.address.clone(),
                cause: failure.cause,
                samples: 0,
                cost_us: Micros::from(failure.after),
                first,
            });
            entry.samples += 1;
        }
    }
    let answered = |address: &str| {
        pinned(latency).any(|(_, sample)| sample.address == address && sample.phases().is_some())
    };
    silent.retain(|address, _| !answered(address));
    silent.into_values().collect()
}

/// The page and what it led to, where it redirects.
fn hops(evidence: &Evidence) -> Vec<Hop> {
    let on_the_way = |question: &Question| matches!(question.ask, Ask::Page | Ask::Hop(_));
    let exchanges = evidence
        .exchanges
        .iter()
        .filter(|exchange| on_the_way(&exchange.question));
    let hops: Vec<Hop> = exchanges
        .map(|exchange| Hop {
            url: exchange.request.url.to_string(),
            status: exchange.response.seen().map(|response| response.status),
            phases: exchange.phases,
        })
        .collect();
    if hops.len() > 1 { hops } else { Vec::new() }
}
