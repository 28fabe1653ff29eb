//! Timed samples: cold ones with everything a first visitor pays, warm ones on a kept connection.

use std::time::Duration;

use super::View;
use crate::evidence::{LatencyEvidence, Observation, Sample, Skip, Temperature};
use crate::model::{Family, Micros};
use crate::net::dial::Names;
use crate::net::http::Client;

/// Between samples, so that one does not run in the wake of another.
const GAP: Duration = Duration::from_millis(50);

/// Takes the declared number of samples.
#[must_use]
pub fn observe(view: &View<'_>) -> Observation<LatencyEvidence> {
    if !view.wants(Family::Latency) {
        return Observation::Skipped(Skip::NotSelected);
    }
    let policy = &view.target.latency;
    let mut samples = Vec::new();
    for nth in 0..policy.cold {
        if nth > 0 && !view.end.sleep(GAP) {
            break;
        }
        let client = Client::new(view.net, &view.target.url, Names::Anew, None);
        samples.push(sample(view, &client, Temperature::Cold));
    }
    let client = Client::new(view.net, &view.target.url, Names::Cached, None);
    for nth in 0..=policy.warm {
        if !view.end.sleep(GAP) {
            break;
        }
        let warm = sample(view, &client, Temperature::Warm);
        // The first one opens the connection and is no sample.
        if nth > 0 {
            samples.push(warm);
        }
    }
    Observation::Seen(LatencyEvidence {
        samples,
        load: None,
    })
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
    let connection = exchange.connection;
    Sample {
        temperature,
        address: connection
            .as_ref()
            .map(|made| made.address.clone())
            .unwrap_or_default(),
        fallback: connection.map(|made| made.fallback).unwrap_or_default(),
        outcome: exchange.response.map(|response| (response.status, phases)),
        lag: Micros(0),
        retaken: false,
        bytes,
    }
}
