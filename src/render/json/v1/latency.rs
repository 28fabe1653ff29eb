//! Where the time goes. Units stand in the names of the fields.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::facts::{Cause, latency};
use crate::model::statistics::{Availability, Interval, Outliers, Percentile};
use crate::model::{self, Micros, Millis};

#[derive(Debug, Serialize)]
pub(super) struct Latency<'r> {
    cold: Option<Series<'r>>,
    warm: Option<Series<'r>>,
    keeps_alive: Option<bool>,
    answered: Option<Availability>,
    unanswered: Option<(usize, &'r str)>,
    target_ms: Millis,
    alert_ms: Millis,
    passed_over: Vec<PassedOver<'r>>,
    addresses: BTreeMap<&'r str, Option<Series<'r>>>,
    hops: Vec<Hop<'r>>,
    load: Option<Load<'r>>,
    limited: bool,
    timed: Vec<Timed<'r>>,
}

impl<'r> From<&'r latency::LatencyFacts> for Latency<'r> {
    fn from(facts: &'r latency::LatencyFacts) -> Self {
        let first = facts.timed.first();
        let unanswered = first.and_then(|first| first.unanswered.as_ref());
        let addresses = facts.addresses.iter();
        Self {
            cold: facts.cold().map(Series::from),
            warm: facts.warm().map(Series::from),
            keeps_alive: facts.keeps_alive,
            answered: first.and_then(|first| first.answered),
            unanswered: unanswered.map(|(index, why)| (*index, why.as_str())),
            target_ms: facts.target_ms,
            alert_ms: facts.alert_ms,
            passed_over: facts.passed_over.iter().map(PassedOver::from).collect(),
            addresses: addresses
                .map(|(address, series)| (address.as_str(), series.as_ref().map(Series::from)))
                .collect(),
            hops: facts.hops.iter().map(Hop::from).collect(),
            load: facts.load.as_ref().map(Load::from),
            limited: facts.limited,
            timed: facts.timed.iter().map(Timed::from).collect(),
        }
    }
}

/// One request that was timed; `cold` and `warm` above are the first one's.
#[derive(Debug, Serialize)]
struct Timed<'r> {
    request: &'r str,
    statuses: &'r BTreeMap<u16, usize>,
    answered: Option<Availability>,
    cold: Option<Series<'r>>,
    warm: Option<Series<'r>>,
}

impl<'r> From<&'r latency::Timed> for Timed<'r> {
    fn from(timed: &'r latency::Timed) -> Self {
        Self {
            request: &timed.label,
            statuses: &timed.statuses,
            answered: timed.answered,
            cold: timed.cold.as_ref().map(Series::from),
            warm: timed.warm.as_ref().map(Series::from),
        }
    }
}

#[derive(Debug, Serialize)]
struct Series<'r> {
    taken: usize,
    answered: usize,
    late: usize,
    median: Phases,
    min_us: Micros,
    max_us: Micros,
    interval_us: Option<Interval>,
    percentiles_us: &'r [Percentile],
    outliers: Outliers,
}

impl<'r> From<&'r latency::Series> for Series<'r> {
    fn from(series: &'r latency::Series) -> Self {
        Self {
            taken: series.taken,
            answered: series.answered,
            late: series.late,
            median: Phases::from(series.median),
            min_us: series.min_us,
            max_us: series.max_us,
            interval_us: series.interval_us,
            percentiles_us: &series.percentiles_us,
            outliers: series.outliers,
        }
    }
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "units stand in published names")]
struct Phases {
    dns_ms: f64,
    tcp_ms: f64,
    tls_ms: f64,
    server_ms: f64,
    transfer_ms: f64,
    ttfb_ms: f64,
    total_ms: f64,
}

impl From<model::Phases> for Phases {
    fn from(phases: model::Phases) -> Self {
        Self {
            dns_ms: phases.dns.as_millis_f64(),
            tcp_ms: phases.tcp.as_millis_f64(),
            tls_ms: phases.tls.as_millis_f64(),
            server_ms: phases.server.as_millis_f64(),
            transfer_ms: phases.transfer.as_millis_f64(),
            ttfb_ms: phases.ttfb().as_millis_f64(),
            total_ms: phases.total().as_millis_f64(),
        }
    }
}

#[derive(Debug, Serialize)]
struct PassedOver<'r> {
    address: &'r str,
    cause: Cause,
    samples: usize,
    cost_us: Micros,
}

impl<'r> From<&'r latency::PassedOverFacts> for PassedOver<'r> {
    fn from(passed: &'r latency::PassedOverFacts) -> Self {
        Self {
            address: &passed.address,
            cause: passed.cause,
            samples: passed.samples,
            cost_us: passed.cost_us,
        }
    }
}

#[derive(Debug, Serialize)]
struct Hop<'r> {
    url: &'r str,
    status: Option<u16>,
    phases: Phases,
}

impl<'r> From<&'r latency::Hop> for Hop<'r> {
    fn from(hop: &'r latency::Hop) -> Self {
        Self {
            url: &hop.url,
            status: hop.status,
            phases: Phases::from(hop.phases),
        }
    }
}

#[derive(Debug, Serialize)]
struct Load<'r> {
    users: u32,
    duration_ms: Millis,
    intended: u64,
    started: u64,
    succeeded: u64,
    errors: &'r BTreeMap<String, u64>,
    limited: u64,
    beyond: Option<&'r str>,
    intended_per_s: f64,
    throughput_per_s: f64,
    percentiles_us: &'r [Percentile],
    thresholds: Vec<Threshold<'r>>,
}

#[derive(Debug, Serialize)]
struct Threshold<'r> {
    condition: &'r str,
    found: &'r str,
    holds: Option<bool>,
}

impl<'r> From<&'r latency::LoadFacts> for Load<'r> {
    fn from(load: &'r latency::LoadFacts) -> Self {
        let thresholds = load.thresholds.iter().map(|held| Threshold {
            condition: &held.condition,
            found: &held.found,
            holds: held.holds,
        });
        Self {
            users: load.users,
            duration_ms: load.duration_ms,
            intended: load.intended,
            started: load.started,
            succeeded: load.succeeded,
            errors: &load.errors,
            limited: load.limited,
            beyond: load.beyond.as_deref(),
            intended_per_s: load.intended_per_s,
            throughput_per_s: load.throughput_per_s,
            percentiles_us: &load.percentiles_us,
            thresholds: thresholds.collect(),
        }
    }
}
