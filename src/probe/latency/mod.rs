//! Timed samples: cold ones with everything a first visitor pays, warm ones on a kept connection.

mod load;

use std::net::SocketAddr;
use std::time::Duration;

use super::{Beside, View};
use crate::evidence::{Flag, LatencyEvidence, Observation, Sample, Skip, Temperature};
use crate::model::statistics::still_needed;
use crate::model::{Family, LatencyPolicy, Method, Micros};
use crate::net::dial::Names;
use crate::net::http::Client;

/// After so many failures in a row no more samples are taken: each may have cost a whole timeout.
const GIVE_UP_AFTER: usize = 3;

/// Takes the declared number of samples, and runs the load that was asked for.
#[must_use]
pub fn observe(view: &View<'_>) -> Observation<LatencyEvidence> {
    if !view.wants(Family::Latency) {
        return Observation::Skipped(Skip::NotSelected);
    }
    let mut samples = cold(view, None);
    samples.extend(warm(view));
    for address in other_addresses(view) {
        samples.extend(cold(view, Some(address)));
    }
    let load = load::observe(view);
    let wanted = view
        .target
        .latency
        .cold
        .saturating_add(view.target.latency.warm);
    let taken = samples.iter().filter(|sample| !sample.pinned).count();
    let limited = taken < usize::try_from(wanted).unwrap_or(usize::MAX) && !may_send_more(view);
    Observation::Seen(LatencyEvidence {
        samples,
        limited,
        load,
    })
}

/// What is timed, and the load run that was asked for, for the dry run.
#[must_use]
pub fn lines(view: &View<'_>) -> Vec<Beside> {
    let mut lines = Beside::each("latency", [samples(view)]);
    let load = view.run.conditions.load;
    lines.extend(
        load.into_iter()
            .flat_map(|schedule| Beside::each("load", [load::line(view.target, schedule)])),
    );
    lines
}

fn samples(view: &View<'_>) -> String {
    let (url, policy) = (&view.target.url, &view.target.latency);
    let elsewhere = if view.run.conditions.has(Flag::AllAddresses) {
        ", new ones again at every address of several"
    } else {
        ""
    };
    format!(
        "GET {url}, {} times on new connections, {} times on a kept one{elsewhere}; each once more \
         where this machine was late",
        policy.cold,
        policy.warm.saturating_add(policy.warm.min(1)),
    )
}

/// How many requests the declared samples take: one more opens the connection that is kept.
#[must_use]
pub fn requests(policy: &LatencyPolicy) -> usize {
    let opening = policy.warm.min(1);
    let samples = policy.cold.saturating_add(policy.warm);
    usize::try_from(samples.saturating_add(opening)).unwrap_or(usize::MAX)
}

/// Whether the rate limits leave room for another sample.
fn may_send_more(view: &View<'_>) -> bool {
    view.allowance.allows(&Method::get(), &view.target.url)
}

/// Takes leave for one sample.
fn has_leave(view: &View<'_>) -> bool {
    let url = &view.target.url;
    view.allowance.take(&Method::get(), url, view.end)
}

/// Each on a connection of its own, the name asked for anew. More than declared are taken only
/// where all lie beyond the target: then the verdict needs them.
fn cold(view: &View<'_>, pinned: Option<SocketAddr>) -> Vec<Sample> {
    let policy = &view.target.latency;
    let declared = usize::try_from(policy.cold).unwrap_or(usize::MAX);
    let mut samples: Vec<Sample> = Vec::new();
    while samples.len() < declared || still_needed(&first_bytes(&samples), policy.target.into()) > 0
    {
        if gave_up(&samples) || !gap(view, samples.len()) || !may_send_more(view) {
            break;
        }
        samples.extend(quietly(view, || {
            let client = Client::new(view.net, &view.target.url, Names::Anew, pinned);
            sample(view, &client, Temperature::Cold)
        }));
    }
    if let Some(address) = pinned {
        for sample in &mut samples {
            sample.pinned = true;
            // Also of one that never connected.
            sample.address = address.to_string();
        }
    }
    samples
}

/// All on one connection, if the server keeps it. The exchange that opens it is no sample.
fn warm(view: &View<'_>) -> Vec<Sample> {
    let declared = usize::try_from(view.target.latency.warm).unwrap_or(usize::MAX);
    let client = Client::new(view.net, &view.target.url, Names::Cached, None);
    let mut samples: Vec<Sample> = Vec::new();
    if declared > 0 && gap(view, 0) && has_leave(view) {
        sample(view, &client, Temperature::Cold);
    }
    while samples.len() < declared {
        if gave_up(&samples) || !gap(view, samples.len()) || !may_send_more(view) {
            break;
        }
        samples.extend(quietly(view, || sample(view, &client, Temperature::Warm)));
    }
    samples
}

/// Every address of the name, when each is to be looked at and there are several.
fn other_addresses(view: &View<'_>) -> Vec<SocketAddr> {
    let url = &view.target.url;
    if !view.run.conditions.has(Flag::AllAddresses) {
        return Vec::new();
    }
    let found = view.net.resolver.resolve(&url.host, url.port, view.end);
    let addresses = found.map(|found| found.addresses).unwrap_or_default();
    if addresses.len() > 1 {
        addresses
    } else {
        Vec::new()
    }
}

/// One sample in the quiet lane. If this machine was late meanwhile, fewer are timed at once for a
/// while, and the sample is taken again, once. Nothing when the deadline passes first.
fn quietly(view: &View<'_>, take: impl Fn() -> Sample) -> Option<Sample> {
    let timed = || {
        if !has_leave(view) {
            return None;
        }
        let place = view.quiet.enter(view.end)?;
        let mut sample = take();
        sample.lag = place.lag();
        // A failure was not caused by milliseconds, may have cost a whole timeout already, and must
        // not be forgotten for an answer that comes the next time.
        let well = !sample.is_late() || sample.has_failed();
        place.settle(well);
        Some((sample, well))
    };
    let (first, well) = timed()?;
    if well {
        return Some(first);
    }
    let Some((mut again, _)) = timed() else {
        return Some(first);
    };
    again.retaken = true;
    Some(again)
}

fn sample(view: &View<'_>, client: &Client, temperature: Temperature) -> Sample {
    let mut request = super::page(view.target);
    request.keep = 0;
    let exchange = client.send(&request, &view.exchange_end());
    let bytes = exchange
        .response
        .seen()
        .map_or(0, |response| response.body.size);
    let phases = exchange.phases;
    let outcome = exchange.response.map(|response| (response.status, phases));
    let connection = exchange.connection;
    let made = connection.as_ref();
    Sample {
        temperature,
        address: made.map(|made| made.address.clone()).unwrap_or_default(),
        outcome,
        pinned: false,
        reused: made.is_some_and(|made| made.reused),
        fallback: made.map(|made| made.fallback).unwrap_or_default(),
        passed_over: connection.map(|made| made.passed_over).unwrap_or_default(),
        lag: Micros(0),
        retaken: false,
        bytes,
    }
}

/// Of those that count against a threshold.
fn first_bytes(samples: &[Sample]) -> Vec<Micros> {
    let on_time = samples.iter().filter(|sample| !sample.is_late());
    on_time
        .filter_map(Sample::phases)
        .map(|phases| phases.ttfb())
        .collect()
}

fn gave_up(samples: &[Sample]) -> bool {
    let failed = samples
        .iter()
        .rev()
        .take_while(|sample| sample.phases().is_none());
    failed.count() >= GIVE_UP_AFTER
}

/// So that no sample runs in the wake of another, nor in step with something periodic: 38 to 62 ms.
/// False when the deadline comes first.
fn gap(view: &View<'_>, nth: usize) -> bool {
    let jitter = u64::try_from(nth * 37 % 25).unwrap_or(0);
    view.end.sleep(Duration::from_millis(38 + jitter))
}
