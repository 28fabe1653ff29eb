//! How much of a target's rate limits one audit may use up: half of each, whoever sends.
//!
//! Lanes, sockets and timed samples of a target share one allowance. It knows the declared limits
//! from the start and learns the advertised ones from the answers as they come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::evidence::{Conditions, Evidence, Exchange, Flag, Observation, Request, SocketTrial};
use crate::model::{Host, Method, RateLimit, Target, Timestamp, Url};
use crate::net::{Deadline, clock};
use crate::wire::ratelimit::{Quota, quotas};

/// Windows up to here are waited out; the requests of a longer one are counted over the whole run.
const SHORT: Duration = Duration::from_secs(2);

/// Where a limit is tight, sockets and timed samples get one part in so many each.
const PARTS: usize = 5;

/// Who sends: each leaves to the others what they still need, or their part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The lane of ordinary exchanges.
    Lane,
    /// The opening handshake of a WebSocket.
    Socket,
    /// Timed samples: they come last and leave nothing to anybody.
    Timed,
}

/// What of the rate limits is left to this audit.
pub struct Allowance {
    host: Host,
    page: String,
    lifted: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The most that may be sent in the run, by what the limit counts.
    most: BTreeMap<Scope, usize>,
    /// The most that may be sent in each short window.
    paced: BTreeMap<Scope, (usize, Duration)>,
    sent: Vec<Sent>,
    /// Handshakes made, and still to be made.
    handshakes: (usize, usize),
    /// Timed samples that are still to be taken.
    samples: usize,
    /// Where each advertised limit was met, by its number.
    met: BTreeMap<Option<u64>, BTreeSet<String>>,
}

/// What a limit counts. One on a request that changes something, such as a login, is taken to be of
/// that request alone; one on a request that only reads, to be of everything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Everything,
    Path(String),
    Request(Method, String),
}

struct Sent {
    method: Method,
    path: String,
    when: Instant,
}

impl Scope {
    fn counts(&self, method: &Method, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Path(own) => own == path,
            Self::Request(of, own) => of == method && own == path,
        }
    }

    /// One below another over the same time is of its own path: were it of everything, the other
    /// would say nothing.
    fn of_declared(limit: &RateLimit, all: &[RateLimit]) -> Self {
        let wider = |other: &RateLimit| {
            let of_everything = other.method.is_safe() && other.window == limit.window;
            of_everything && other.requests > limit.requests
        };
        match (limit.method.is_safe(), all.iter().any(wider)) {
            (true, false) => Self::Everything,
            (true, true) => Self::Path(path_of(&limit.path)),
            (false, _) => Self::Request(limit.method.clone(), path_of(&limit.path)),
        }
    }
}

fn path_of(target: &str) -> String {
    target.split('?').next().unwrap_or_default().to_owned()
}

fn half(limit: u64) -> usize {
    usize::try_from(limit / 2).unwrap_or(usize::MAX)
}

impl Allowance {
    /// At the start of a run. `--burst` lifts it.
    #[must_use]
    pub fn of(target: &Target, conditions: &Conditions) -> Self {
        let mut state = State::default();
        for limit in &target.rate {
            let window = Duration::from(limit.window);
            let scope = Scope::of_declared(limit, &target.rate);
            state.bound(scope, half(limit.requests.into()), Some(window));
        }
        Self {
            host: target.url.host.clone(),
            page: path_of(&target.url.target),
            lifted: conditions.has(Flag::Burst),
            state: Mutex::new(state),
        }
    }

    /// What is left of it after what was seen already.
    #[must_use]
    pub fn after(evidence: &Evidence) -> Self {
        let allowance = Self::of(&evidence.target, &evidence.run.conditions);
        let exchanges = evidence.exchanges.iter();
        for exchange in exchanges.filter(|exchange| !exchange.was_left_out()) {
            allowance.count(&exchange.request);
            allowance.learn(exchange);
        }
        let skipped = |trial: &&SocketTrial| matches!(trial.response, Observation::Skipped(_));
        for trial in evidence.sockets.iter().filter(|trial| !skipped(trial)) {
            allowance.count(&trial.request);
        }
        allowance
    }

    /// Keeps something back for handshakes and samples that are to come.
    pub fn keep_back(&self, handshakes: usize, samples: usize) {
        let mut state = self.state();
        state.handshakes.1 = handshakes;
        state.samples = samples;
    }

    /// How many more requests the lane may send; no number where nothing is limited.
    #[must_use]
    pub fn room(&self) -> usize {
        if self.lifted {
            return usize::MAX;
        }
        self.state().room(Sender::Lane)
    }

    /// How many more of this request the lane may send.
    #[must_use]
    pub fn room_for(&self, method: &Method, url: &Url) -> usize {
        if self.lifted || url.host != self.host {
            return usize::MAX;
        }
        self.state().room_for(method, &path_of(&url.target))
    }

    /// Takes leave for one request, after waiting where the limit is by the second; false when there
    /// is none to be had.
    #[must_use]
    pub fn take(&self, sender: Sender, method: &Method, url: &Url, end: &Deadline) -> bool {
        if self.lifted || url.host != self.host {
            return true;
        }
        let path = path_of(&url.target);
        loop {
            let wait = {
                let mut state = self.state();
                if state.room_for(method, &path).min(state.room(sender)) == 0 {
                    return false;
                }
                let wait = state.wait(method, &path);
                if wait.is_zero() {
                    state.handshakes = match (sender, state.handshakes) {
                        (Sender::Socket, (made, more)) => (made + 1, more.saturating_sub(1)),
                        (Sender::Lane | Sender::Timed, unchanged) => unchanged,
                    };
                    state.note(method, path);
                    return true;
                }
                wait
            };
            if !end.sleep(wait) {
                return false;
            }
        }
    }

    fn count(&self, request: &Request) {
        if request.url.host == self.host {
            self.state()
                .note(&request.method, path_of(&request.url.target));
        }
    }

    /// Reads the limits that an answer advertises. One that is met on the page or at two paths is
    /// taken to be of everything.
    pub fn learn(&self, exchange: &Exchange) {
        let (method, url) = (&exchange.request.method, &exchange.request.url);
        if self.lifted || url.host != self.host {
            return;
        }
        let path = path_of(&url.target);
        let mut state = self.state();
        for quota in advertised(exchange) {
            let met = state.met.entry(quota.limit).or_default();
            met.insert(path.clone());
            let general = met.len() > 1 || path == self.page;
            let scope = match (method.is_safe(), general) {
                (false, _) => Scope::Request(method.clone(), path.clone()),
                (true, true) => Scope::Everything,
                (true, false) => Scope::Path(path.clone()),
            };
            let sent = state.count(&scope);
            let of_rest = quota.remaining.map(|rest| sent.saturating_add(half(rest)));
            let window = quota.window.map(|window| Duration::from_secs(window.0));
            let most = [quota.limit.map(half), of_rest];
            if let Some(most) = most.into_iter().flatten().min() {
                state.bound(scope, most, window);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The tighter of several limits holds. At least one request is always in it: half of one is
    /// none, and nothing could be said.
    fn bound(&mut self, scope: Scope, most: usize, window: Option<Duration>) {
        let most = most.max(1);
        if let Some(window) = window.filter(|window| *window <= SHORT) {
            let held = self.paced.entry(scope).or_insert((most, window));
            *held = (held.0.min(most), held.1.max(window));
        } else {
            let held = self.most.entry(scope).or_insert(most);
            *held = (*held).min(most);
        }
    }

    fn note(&mut self, method: &Method, path: String) {
        self.sent.push(Sent {
            method: method.clone(),
            path,
            when: clock::now(),
        });
    }

    fn count(&self, scope: &Scope) -> usize {
        self.in_scope(scope).count()
    }

    fn in_scope<'s>(&'s self, scope: &'s Scope) -> impl Iterator<Item = &'s Sent> {
        self.sent
            .iter()
            .filter(|sent| scope.counts(&sent.method, &sent.path))
    }

    /// What the limit of everything leaves to one sender.
    fn room(&self, sender: Sender) -> usize {
        let Some(most) = self.most.get(&Scope::Everything) else {
            return usize::MAX;
        };
        // One request is the page's.
        let part = most.saturating_sub(1).div_ceil(PARTS);
        let (made, more) = self.handshakes;
        let left = most.saturating_sub(self.sent.len());
        let own_part = part.saturating_sub(made);
        let samples = self.samples.min(most / PARTS);
        match sender {
            Sender::Lane => left.saturating_sub(samples + more.min(own_part)),
            Sender::Socket => left.saturating_sub(samples).min(own_part),
            Sender::Timed => left,
        }
    }

    fn room_for(&self, method: &Method, path: &str) -> usize {
        let counting = self
            .most
            .iter()
            .filter(|(scope, _)| scope.counts(method, path));
        let rooms = counting.map(|(scope, most)| most.saturating_sub(self.count(scope)));
        rooms.min().unwrap_or(usize::MAX)
    }

    /// Until the oldest request of a full window has left it.
    fn wait(&self, method: &Method, path: &str) -> Duration {
        let now = clock::now();
        let counting = self
            .paced
            .iter()
            .filter(|(scope, _)| scope.counts(method, path));
        let waits = counting.map(|(scope, (most, window))| {
            let moments = self.in_scope(scope).map(|sent| sent.when);
            let recent: Vec<Instant> = moments.filter(|when| now < *when + *window).collect();
            let leaves = recent
                .len()
                .checked_sub(*most)
                .and_then(|nth| recent.get(nth));
            leaves.map_or(Duration::ZERO, |when| {
                (*when + *window).saturating_duration_since(now)
            })
        });
        waits.max().unwrap_or_default()
    }
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
    quotas(&borrowed, Timestamp::default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Scope, Sender, State};
    use crate::model::{Method, Millis, RateLimit};

    /// What a limit of everything allows, what was sent, the handshakes made and to come, the samples
    /// to come; and the room of lane, socket and timed sample.
    #[rustfmt::skip]
    const ROOMS: &[([usize; 5], [usize; 3])] = &[
        ([30,  0, 0, 0,  0], [30, 6, 30]),
        ([30,  0, 0, 6, 17], [18, 6, 30]), // of thirty six to the handshakes and six to the samples
        ([30,  0, 0, 2,  4], [24, 6, 30]), // no more than they need
        ([30, 20, 4, 2, 17], [2,  2, 10]),
        ([30, 20, 6, 3, 17], [4,  0, 10]), // their part is used up
        ([30, 24, 6, 0, 17], [0,  0,  6]),
        ([30, 31, 6, 0,  0], [0,  0,  0]),
        ([ 2,  0, 0, 6, 17], [1,  1,  2]),
        ([ 1,  0, 0, 6, 17], [1,  0,  1]),
    ];

    #[test]
    fn each_leaves_to_the_others_what_they_need() {
        for ([most, sent, made, more, samples], rooms) in ROOMS {
            let mut state = State::default();
            state.bound(Scope::Everything, *most, None);
            (state.handshakes, state.samples) = ((*made, *more), *samples);
            for _ in 0..*sent {
                state.note(&Method::get(), "/".to_owned());
            }
            let found = [Sender::Lane, Sender::Socket, Sender::Timed].map(|who| state.room(who));
            assert_eq!(found, *rooms, "{most} {sent} {made} {more} {samples}");
        }
    }

    #[test]
    fn the_tighter_of_two_limits_holds_and_one_request_is_always_allowed() {
        let mut state = State::default();
        let path = || Scope::Path("/search".to_owned());
        assert_eq!(state.room_for(&Method::get(), "/search"), usize::MAX);
        for (most, room) in [(8, 8), (5, 5), (9, 5), (0, 1)] {
            state.bound(path(), most, None);
            assert_eq!(state.room_for(&Method::get(), "/search"), room);
        }
        state.note(&Method::get(), "/search".to_owned());
        assert_eq!(state.room_for(&Method::get(), "/search"), 0);
        assert_eq!(state.room_for(&Method::get(), "/"), usize::MAX);
        assert_eq!(state.room(Sender::Lane), usize::MAX);
    }

    #[test]
    fn a_short_window_is_waited_out_and_a_long_one_is_not() {
        let get = Method::get();
        let mut state = State::default();
        state.bound(Scope::Everything, 2, Some(Duration::from_hours(1)));
        state.bound(Scope::Path("/a".to_owned()), 2, Some(super::SHORT));
        for full in [false, false, true] {
            assert_eq!(state.wait(&get, "/a") > Duration::ZERO, full);
            assert_eq!(state.wait(&get, "/b"), Duration::ZERO);
            state.note(&get, "/a".to_owned());
        }
        assert_eq!(state.room(Sender::Timed), 0);
    }

    #[test]
    fn a_limit_below_another_is_of_its_own_path() {
        let limit = |method: &str, path: &str, requests, window| RateLimit {
            method: Method::of(method),
            path: path.to_owned(),
            requests,
            window: Millis(window),
            retry_after: false,
        };
        let all = [
            limit("GET", "/health", 60, 60_000),
            limit("GET", "/search?q=x", 10, 60_000),
            limit("GET", "/", 1, 1_000),
            limit("POST", "/login", 100, 60_000),
        ];
        let scopes = all.iter().map(|limit| Scope::of_declared(limit, &all));
        let expected = [
            Scope::Everything,
            Scope::Path("/search".to_owned()),
            Scope::Everything,
            Scope::Request(Method::of("POST"), "/login".to_owned()),
        ];
        assert_eq!(scopes.collect::<Vec<_>>(), expected);
    }
}
