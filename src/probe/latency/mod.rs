//! Timed samples: cold ones with everything a first visitor pays, warm ones on a kept connection.

mod load;
mod subject;

use std::net::SocketAddr;
use std::time::Duration;

use super::{Beside, View};
use crate::evidence::{Exchange, Flag, LatencyEvidence, Observation, Sample, Skip, Temperature};
use crate::model::statistics::still_needed;
use crate::model::{Family, Micros, Target};
use crate::net::dial::Names;
use crate::net::http::Client;
use subject::{Subject, subjects};

/// After so many failures in a row no more samples are taken: each may have cost a whole timeout.
const GIVE_UP_AFTER: usize = 3;

/// Takes the declared number of samples of each request that is timed, and runs the load that was
/// asked for. What is timed depends on what was seen.
#[must_use]
pub fn observe(view: &View<'_>, seen: &[Exchange]) -> Observation<LatencyEvidence> {
    if !view.wants(Family::Latency) {
        return Observation::Skipped(Skip::NotSelected);
    }
    let subjects = subjects(view, seen);
    let mut samples = Vec::new();
    for subject in &subjects {
        samples.extend(cold(view, subject, None));
        samples.extend(warm(view, subject));
    }
    let limited = samples.len() < samples_of(view.target) * subjects.len()
        && subjects.iter().any(|subject| !may_send_more(view, subject));
    for address in other_addresses(view) {
        let first = subjects.iter().take(1);
        samples.extend(first.flat_map(|subject| cold(view, subject, Some(address))));
    }
    Observation::Seen(LatencyEvidence {
        samples,
        limited,
        load: subjects
            .first()
            .map_or(Observation::Skipped(Skip::NotNeeded), |first| {
                load::observe(view, &first.request)
            }),
    })
}

/// How many samples are declared for each request that is timed.
fn samples_of(target: &Target) -> usize {
    let samples = target.latency.cold.saturating_add(target.latency.warm);
    usize::try_from(samples).unwrap_or(usize::MAX)
}

/// What is timed, and the load run that was asked for, for the dry run.
#[must_use]
pub fn lines(view: &View<'_>) -> Vec<Beside> {
    let mut lines = Beside::each("latency", [samples(view)]);
    let timed = subjects(view, &[]).into_iter().next();
    let load = view.run.conditions.load.zip(timed);
    let load = load.map(|(schedule, timed)| load::line(view.target, &timed.request, schedule));
    lines.extend(Beside::each("load", load));
    lines
}

fn samples(view: &View<'_>) -> String {
    let policy = &view.target.latency;
    let elsewhere = if view.run.conditions.has(Flag::AllAddresses) {
        ", new ones again at every address of several"
    } else {
        ""
    };
    format!(
        "{}, {} times on new connections, {} times on a kept one{elsewhere}; each once more where \
         this machine was late",
        what(view),
        policy.cold,
        policy.warm.saturating_add(policy.warm.min(1)),
    )
}

/// What is timed, before anything was answered.
fn what(view: &View<'_>) -> String {
    let timed: Vec<String> = subjects(view, &[])
        .iter()
        .map(|subject| format!("{} {}", subject.request.method, subject.request.url))
        .collect();
    let declared = view.target.endpoints.iter().any(|endpoint| endpoint.timed);
    let instead = subject::in_place_of_page(view.target, &[]).filter(|_| !declared);
    let instead = instead.map(|(_, endpoint)| {
        let label = endpoint.label();
        format!(" (where that answers 4xx, {label} or another endpoint that answers)")
    });
    format!("{}{}", timed.join(" and "), instead.unwrap_or_default())
}

/// How many requests the declared samples take at most: one more opens the connection that is kept.
#[must_use]
pub fn requests(target: &Target) -> usize {
    let opening = usize::from(target.latency.warm > 0);
    samples_of(target).saturating_add(opening) * subject::at_most(target)
}

/// Whether the rate limits leave room for another sample.
fn may_send_more(view: &View<'_>, subject: &Subject) -> bool {
    let request = &subject.request;
    view.allowance.allows(&request.method, &request.url)
}

/// Takes leave for one sample.
fn has_leave(view: &View<'_>, subject: &Subject) -> bool {
    let request = &subject.request;
    view.allowance.take(&request.method, &request.url, view.end)
}

/// Each on a connection of its own, the name asked for anew. More than declared are taken only
/// where all lie beyond the target: then the verdict needs them.
fn cold(view: &View<'_>, subject: &Subject, pinned: Option<SocketAddr>) -> Vec<Sample> {
    let policy = &view.target.latency;
    let declared = usize::try_from(policy.cold).unwrap_or(usize::MAX);
    let mut samples: Vec<Sample> = Vec::new();
    while samples.len() < declared || still_needed(&first_bytes(&samples), policy.target.into()) > 0
    {
        if gave_up(&samples) || !gap(view, samples.len()) || !may_send_more(view, subject) {
            break;
        }
        samples.extend(quietly(view, subject, || {
            let client = view.client(&view.target.url, Names::Anew, pinned);
            sample(view, subject, &client, Temperature::Cold)
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
fn warm(view: &View<'_>, subject: &Subject) -> Vec<Sample> {
    let declared = usize::try_from(view.target.latency.warm).unwrap_or(usize::MAX);
    let client = view.client(&view.target.url, Names::Cached, None);
    let mut samples: Vec<Sample> = Vec::new();
    if declared > 0 && gap(view, 0) && has_leave(view, subject) {
        sample(view, subject, &client, Temperature::Cold);
    }
    while samples.len() < declared {
        if gave_up(&samples) || !gap(view, samples.len()) || !may_send_more(view, subject) {
            break;
        }
        let one = || sample(view, subject, &client, Temperature::Warm);
        samples.extend(quietly(view, subject, one));
    }
    samples
}

/// Every address of the name, when each is to be looked at and there are several.
fn other_addresses(view: &View<'_>) -> Vec<SocketAddr> {
    let url = &view.target.url;
    let proxy = view.net.resolver.proxy(url.into());
    if !view.run.conditions.has(Flag::AllAddresses) || proxy.is_some() {
        return Vec::new();
    }
    let end = view.exchange_end();
    let found = view.net.resolver.resolve(&url.host, url.port, &end);
    let addresses = found.map(|found| found.addresses).unwrap_or_default();
    if addresses.len() > 1 {
        addresses
    } else {
        Vec::new()
    }
}

/// One sample in the quiet lane. If this machine was late meanwhile, fewer are timed at once for a
/// while, and the sample is taken again, once. Nothing when the deadline passes first.
fn quietly(view: &View<'_>, subject: &Subject, take: impl Fn() -> Sample) -> Option<Sample> {
    let timed = || {
        if !has_leave(view, subject) {
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

fn sample(view: &View<'_>, subject: &Subject, client: &Client, temperature: Temperature) -> Sample {
    let exchange = client.send(&subject.request, &view.exchange_end());
    let bytes = exchange
        .response
        .seen()
        .map_or(0, |response| response.body.size);
    let phases = exchange.phases;
    let outcome = exchange.response.map(|response| (response.status, phases));
    let connection = exchange.connection;
    let made = connection.as_ref();
    Sample {
        place: subject.place,
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
