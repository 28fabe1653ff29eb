//! A load run: an open-model schedule, a few users, and what became of every request.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::super::View;
use crate::evidence::{Cause, Flag, LoadEvidence, Observation, Skip, Stage};
use crate::model::{Micros, Millis, RateLimit, Schedule, Target};
use crate::net::clock;
use crate::net::dial::Names;
use crate::net::http::{Client, Outgoing};

/// Latencies are counted to three digits, up to an hour.
const DIGITS: u8 = 3;
const LONGEST: u64 = 3_600_000_000;

/// Runs the load that was asked for, where the target allows it.
#[must_use]
pub(super) fn observe(view: &View<'_>, request: &Outgoing) -> Observation<LoadEvidence> {
    let Some(schedule) = view.run.conditions.load else {
        return Observation::Skipped(Skip::NeedsFlag(Flag::Load));
    };
    if !view.target.allow_load {
        return Observation::Skipped(Skip::NotConfigured);
    }
    let start = clock::now();
    let (missing, users) = std::thread::scope(|scope| {
        let user = |nth| move || User::new(view, request, schedule, nth).run(start);
        let users: Vec<_> = (0..schedule.users())
            .map(|nth| std::thread::Builder::new().spawn_scoped(scope, user(nth)))
            .collect();
        let missing = users.iter().any(Result::is_err);
        let users = users.into_iter().flatten();
        (missing, users.filter_map(|user| user.join().ok()).collect())
    });
    if missing {
        let detail = "no thread for every user; try fewer";
        let failure = view
            .end
            .failure(Stage::Connect, Cause::OutOfResources, detail);
        return Observation::Failed(failure);
    }
    Observation::Seen(sum_up(schedule, clock::since(start), users))
}

/// What one user met.
struct Met {
    started: u64,
    errors: BTreeMap<String, u64>,
    latencies: Option<Histogram<u64>>,
}

struct User<'a> {
    view: &'a View<'a>,
    request: &'a Outgoing,
    schedule: Schedule,
    nth: u32,
    client: Client,
    met: Met,
}

impl<'a> User<'a> {
    fn new(view: &'a View<'a>, request: &'a Outgoing, schedule: Schedule, nth: u32) -> Self {
        let latencies = Histogram::new_with_bounds(1, LONGEST, DIGITS).ok();
        let client = view.client(&view.target.url, Names::Cached, None);
        let met = Met {
            started: 0,
            errors: BTreeMap::new(),
            latencies,
        };
        Self {
            view,
            request,
            schedule,
            nth,
            client,
            met,
        }
    }

    /// A request that is late because the one before it took long is sent at once, and its latency
    /// counts from when it was due. What is still waiting a timeout after the end is not sent.
    fn run(mut self, start: Instant) -> Met {
        let length: Duration = self.schedule.length().into();
        let patience = length + Duration::from(self.view.target.timeout);
        let due = (0..).map_while(|request| self.schedule.due(self.nth, request));
        for due in due.collect::<Vec<_>>() {
            let early = (start + due).saturating_duration_since(clock::now());
            let so_far = clock::now().saturating_duration_since(start);
            if so_far > patience || !self.view.end.sleep(early) {
                self.failed("not sent".to_owned());
                continue;
            }
            self.met.started += u64::from(so_far < length);
            self.request(start + due);
        }
        self.met
    }

    fn request(&mut self, due: Instant) {
        let exchange = self.client.send(self.request, &self.view.exchange_end());
        match exchange.response {
            Observation::Seen(answer) if answer.status < 400 => {
                let took = clock::since(due).0.clamp(1, LONGEST);
                if let Some(latencies) = &mut self.met.latencies {
                    latencies.saturating_record(took);
                }
            }
            Observation::Seen(answer) => self.failed(format!("status {}", answer.status)),
            Observation::Failed(failure) => {
                self.failed(format!(
                    "{}: {}",
                    failure.stage.name(),
                    failure.cause.name()
                ));
            }
            Observation::Skipped(_) => self.failed("not sent".to_owned()),
        }
    }

    fn failed(&mut self, class: String) {
        *self.met.errors.entry(class).or_default() += 1;
    }
}

fn sum_up(schedule: Schedule, took: Micros, users: Vec<Met>) -> LoadEvidence {
    let mut load = LoadEvidence {
        users: schedule.users(),
        duration: schedule.length(),
        took: Millis(took.0 / 1000),
        intended: schedule.intended(),
        ..LoadEvidence::default()
    };
    let mut counted: BTreeMap<u64, u64> = BTreeMap::new();
    for met in users {
        load.started += met.started;
        for (class, count) in met.errors {
            *load.errors.entry(class).or_default() += count;
        }
        for bucket in met.latencies.iter().flat_map(Histogram::iter_recorded) {
            *counted.entry(bucket.value_iterated_to()).or_default() += bucket.count_at_value();
        }
    }
    load.succeeded = counted.values().sum();
    load.histogram = counted.into_iter().collect();
    load
}

/// The run in words, with the declared limit that it runs into.
pub(super) fn line(target: &Target, request: &Outgoing, schedule: Schedule) -> String {
    if !target.allow_load {
        return "none: the target does not say `allow_load`".to_owned();
    }
    let (method, url, requests) = (&request.method, &request.url, schedule.intended());
    let (users, length) = (schedule.users(), Duration::from(schedule.length()));
    let each = 1_000_000 / Schedule::GAP.0;
    let seconds = length.as_secs_f64();
    let counts =
        |limit: &&RateLimit| limit.counts_everything(&target.rate) || limit.path == url.target;
    let mut limits = target.rate.iter().filter(counts);
    let beyond = limits.find(|limit| schedule.in_window(limit.window) > limit.requests.into());
    let beyond = beyond.map_or_else(String::new, |limit| {
        format!(
            "; beyond the declared {} in {} s: expect 429",
            limit.requests,
            Duration::from(limit.window).as_secs_f64()
        )
    });
    format!(
        "{method} {url}, {requests} times in {seconds} s: {users} users, {each} a second each{beyond}"
    )
}
