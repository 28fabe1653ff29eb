//! How fast a target may be asked: half of each of its rate limits is left to others.
//!
//! The requests, handshakes and timed samples of a target share one allowance. It knows the declared
//! limits from the start and learns the advertised ones from the answers as they come. A limit slows
//! an audit down; only one whose window nobody knows cuts it short.
//!
//! `--burst` is the word of the user that limits may be met: there nothing waits until one was met,
//! and from then on all does. A burst itself is sent past it, and not before the window is empty: it
//! is to meet the limit, and not what the others left of it.

mod schedule;
mod scope;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::evidence::{Conditions, Evidence, Exchange, Flag, Observation, Request, SocketTrial};
use crate::model::{Host, Method, RateLimit, Target, Timestamp, Url};
use crate::net::{Deadline, clock};
use crate::wire::ratelimit::{Quota, quotas};
pub use schedule::Pace;
use schedule::{Schedule, When, half};
use scope::{Scope, path_of};

/// What of the rate limits is left to this audit.
pub struct Allowance {
    host: Host,
    page: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whether requests wait for room.
    paced: bool,
    schedule: Schedule,
    /// Where each advertised limit was met, by its number.
    met: BTreeMap<Option<u64>, BTreeSet<String>>,
}

impl Allowance {
    /// At the start of a run.
    #[must_use]
    pub fn of(target: &Target, conditions: &Conditions) -> Self {
        let mut state = State {
            paced: !conditions.has(Flag::Burst),
            ..State::default()
        };
        for limit in &target.rate {
            let scope = Scope::of_declared(limit, &target.rate);
            let most = half(limit.requests.into());
            state.schedule.bound(scope, most, Some(limit.window.into()));
        }
        Self {
            host: target.url.host.clone(),
            page: path_of(&target.url.target),
            state: Mutex::new(state),
        }
    }

    /// What is left of it after what was seen already, at `now`.
    #[must_use]
    pub fn after(evidence: &Evidence, now: Timestamp) -> Self {
        let allowance = Self::of(&evidence.target, &evidence.run.conditions);
        let exchanges = evidence.exchanges.iter();
        let exchanges = exchanges.filter(|exchange| !exchange.was_left_out());
        let skipped = |trial: &&SocketTrial| matches!(trial.response, Observation::Skipped(_));
        let trials = evidence.sockets.iter().filter(|trial| !skipped(trial));
        let mut sent: Vec<(Timestamp, &Request)> = exchanges
            .clone()
            .map(|exchange| (exchange.at, &exchange.request))
            .chain(trials.map(|trial| (trial.at, &trial.request)))
            .collect();
        sent.sort_by_key(|(at, _)| *at);
        for (at, request) in sent {
            allowance.count(request, ago(at, now));
        }
        exchanges.for_each(|exchange| allowance.learn(exchange));
        allowance
    }

    /// How fast `requests` may be sent, and how long that takes; `None` where nothing slows them.
    #[must_use]
    pub fn pace(&self, requests: usize) -> Option<Pace> {
        let state = self.state();
        state.paced.then(|| state.schedule.estimate(requests))?
    }

    /// Whether one more request of this kind can be sent in this run at all.
    #[must_use]
    pub fn allows(&self, method: &Method, url: &Url) -> bool {
        if url.host != self.host {
            return true;
        }
        let path = path_of(&url.target);
        let state = self.state();
        !state.paced || state.schedule.when(method, &path, clock::now()) != When::Never
    }

    /// Waits until one request may be sent, and counts it; `end` grows by the wait. False where none
    /// may be, or the wait is longer than there is time.
    #[must_use]
    pub fn take(&self, method: &Method, url: &Url, end: &Deadline) -> bool {
        if url.host != self.host {
            return true;
        }
        let path = path_of(&url.target);
        loop {
            let now = clock::now();
            let mut state = self.state();
            let when = if state.paced {
                state.schedule.when(method, &path, now)
            } else {
                When::After(Duration::ZERO)
            };
            match when {
                When::Never => return false,
                When::After(Duration::ZERO) => {
                    state.schedule.note(method, &path, now);
                    return true;
                }
                When::After(wait) => {
                    drop(state);
                    if !end.pause(wait) {
                        return false;
                    }
                }
            }
        }
    }

    /// How long it takes until no request is in the window of a declared limit any more.
    #[must_use]
    pub fn refill(&self, limit: &RateLimit, all: &[RateLimit]) -> Duration {
        let (scope, window) = (Scope::of_declared(limit, all), limit.window.into());
        let state = self.state();
        state.schedule.until_empty(&scope, window, clock::now())
    }

    /// Counts a request that did not wait for room.
    pub fn note(&self, request: &Request) {
        self.count(request, clock::now());
    }

    fn count(&self, request: &Request, when: Instant) {
        if request.url.host == self.host {
            let path = path_of(&request.url.target);
            self.state().schedule.note(&request.method, &path, when);
        }
    }

    /// Whether requests wait for room under the limits that are known.
    #[must_use]
    pub fn is_paced(&self) -> bool {
        self.state().paced
    }

    /// Reads the limits that an answer advertises, and whether it is itself one too many.
    pub fn learn(&self, exchange: &Exchange) {
        let (method, url) = (&exchange.request.method, &exchange.request.url);
        if url.host != self.host {
            return;
        }
        let path = path_of(&url.target);
        let mut state = self.state();
        let status = exchange.response.seen().map(|response| response.status);
        state.paced |= status == Some(429);
        for quota in advertised(exchange) {
            let met = state.met.entry(quota.limit).or_default();
            met.insert(path.clone());
            let is_general = met.len() > 1 || path == self.page;
            let scope = Scope::of_advertised(method, &path, is_general);
            let seconds = |seconds: crate::model::Seconds| Duration::from_secs(seconds.0);
            let (window, reset) = (quota.window.map(seconds), quota.reset.map(seconds));
            if let Some(limit) = quota.limit {
                let (most, window) = (half(limit), window.or(reset));
                if window.is_some() || !state.schedule.knows(&scope, most) {
                    state.schedule.bound(scope.clone(), most, window);
                }
            }
            match (quota.remaining, reset.or(window)) {
                (Some(left), Some(reset)) => {
                    state.schedule.remain(scope, left, clock::now(), reset);
                }
                (Some(left), None) if quota.limit.is_none() => {
                    state.schedule.bound(scope, half(left), None);
                }
                (Some(_) | None, _) => {}
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The moment of a timestamp on the monotonic clock.
fn ago(at: Timestamp, now: Timestamp) -> Instant {
    let age = now.millis().saturating_sub(at.millis());
    let age = Duration::from_millis(u64::try_from(age).unwrap_or(0));
    let moment = clock::now();
    moment.checked_sub(age).unwrap_or(moment)
}

fn advertised(exchange: &Exchange) -> Vec<Quota> {
    let Some(response) = exchange.response.seen() else {
        return Vec::new();
    };
    let fields: Vec<(String, String)> = response
        .fields
        .iter()
        .map(|field| (field.name.clone(), field.text()))
        .collect();
    let borrowed: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    quotas(&borrowed, exchange.at)
}
