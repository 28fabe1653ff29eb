//! Rate limits: what answers advertise, and what a burst found.

use std::collections::BTreeSet;
use std::time::Duration;

use super::label;
use crate::evidence::{Evidence, Exchange, Sample, Temperature, with_lines};
use crate::model::{Ask, Millis, Place, Pointer, Question, RateLimit, Seconds, Timestamp};
use crate::wire::ratelimit::{Quota, RetryAfter, is_one_too_many, quotas};

/// A limit that answers advertise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advertised {
    /// The first exchange that did.
    pub at: Pointer,
    /// What it says.
    pub quota: Quota,
}

/// What answers at the place of a declared limit advertise there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The first exchange that advertises one.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// Requests declared to be allowed.
    pub declared: u32,
    /// In this window.
    pub window_ms: Millis,
    /// What is advertised.
    pub quotas: Vec<Quota>,
}

impl Stated {
    /// Whether one of them is the declared limit, as far as it is told: many servers name the number
    /// and no window.
    #[must_use]
    pub fn is_as_declared(&self) -> bool {
        let window = Duration::from(self.window_ms);
        let same = |quota: &Quota| {
            let as_long = |of: Seconds| Duration::from_secs(of.0) == window;
            quota.limit == Some(self.declared.into()) && quota.window.is_none_or(as_long)
        };
        self.quotas.iter().any(same)
    }
}

/// A burst against one declared limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Burst {
    /// The last exchange of it.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// Requests declared to be allowed.
    pub declared: u32,
    /// In this window.
    pub window_ms: Millis,
    /// Whether the refusal must say when to come back.
    pub retry_after: bool,
    /// Requests of the burst that were allowed.
    pub allowed: u32,
    /// From the first request of the burst to its last answer.
    pub took_ms: Millis,
    /// Requests of the window on the same method and path that were allowed before the refusal, other
    /// than the burst's included.
    pub on_path: u32,
    /// All requests of the window that were allowed before the refusal, without preflights and
    /// sockets: a limit may count them too.
    pub in_all: u32,
    /// The same with preflights and sockets, which some limits count and others do not.
    pub at_most: u32,
    /// The refusal; `None` when all were allowed.
    pub refused: Option<Refused>,
    /// Whether every request was answered 401 or 403, on a path that is no login: a limit behind the
    /// guard was never reached.
    pub guarded: bool,
    /// Whether requests as if from other addresses were allowed after the refusal, and only those;
    /// `None` where others were allowed again too, or there was no answer.
    pub reset_by_forwarded_for: Option<bool>,
}

impl Burst {
    /// Whether the refusal came at the declared limit, give or take one, by some way of counting:
    /// the path alone, or all requests, with or without preflights and sockets.
    #[must_use]
    pub fn is_as_declared(&self) -> bool {
        let near = |count: u32| count.abs_diff(self.declared) <= 1;
        let (least, most) = (
            self.in_all.saturating_sub(1),
            self.at_most.saturating_add(1),
        );
        near(self.allowed) || near(self.on_path) || (least..=most).contains(&self.declared)
    }

    /// Whether more were allowed than the limit allows, give or take one, in all the windows that
    /// the burst may have touched: wherever they begin, one more than fit into its time, and one.
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        let windows = self.took_ms.0 / self.window_ms.0.max(1) + 2;
        let most = u64::from(self.declared).saturating_mul(windows);
        self.refused.is_none() && u64::from(self.allowed) > most.saturating_add(1)
    }

    /// Whether it came too soon, whatever is counted.
    #[must_use]
    pub fn is_too_soon(&self) -> bool {
        let most = self.allowed.max(self.on_path).max(self.at_most);
        self.refused.is_some() && most.saturating_add(1) < self.declared
    }
}

/// The request that was one too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status; `None` when the connection ended instead.
    pub status: Option<u16>,
    /// `Retry-After` as sent.
    pub retry_after: Option<String>,
    /// How long that is from the moment of the answer; `None` when it cannot be read.
    pub wait: Option<Seconds>,
    /// The media type's essence.
    pub media_type: String,
}

/// The first answer of each dialect and limit.
pub(in crate::facts) fn advertised(evidence: &Evidence) -> Vec<Advertised> {
    let mut found: Vec<Advertised> = Vec::new();
    for (index, exchange) in evidence.exchanges.iter().enumerate() {
        let Some(response) = exchange.response.seen() else {
            continue;
        };
        let found_here = with_lines(&response.fields, |lines| quotas(lines, exchange.at));
        for quota in found_here {
            let known = found.iter().any(|known| {
                known.quota.dialect == quota.dialect && known.quota.limit == quota.limit
            });
            if !known {
                let at = Pointer::exchange(index);
                found.push(Advertised { at, quota });
            }
        }
    }
    found
}

/// For each declared limit the first answer to its own request that advertises any.
pub(super) fn stated(evidence: &Evidence) -> Vec<Stated> {
    let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
    let of_limit = |limit: &RateLimit| {
        let mut exchanges = evidence.exchanges.iter().enumerate();
        exchanges.find_map(|(index, exchange)| {
            let request = &exchange.request;
            let here =
                request.method == limit.method && path(&request.url.target) == path(&limit.path);
            let response = exchange.response.seen().filter(|_| here)?;
            let mut quotas = with_lines(&response.fields, |lines| quotas(lines, exchange.at));
            quotas.retain(|quota| quota.limit.is_some());
            (!quotas.is_empty()).then(|| Stated {
                at: Pointer::exchange(index),
                label: label(exchange),
                declared: limit.requests,
                window_ms: limit.window,
                quotas,
            })
        })
    };
    evidence.target.rate.iter().filter_map(of_limit).collect()
}

/// Declared limits against which no burst was sent.
pub(super) fn unmeasured(evidence: &Evidence) -> usize {
    let limits = 0..evidence.target.rate.len();
    let sent = |index: usize| {
        super::super::exchanges(evidence, Ask::Burst.at(Place::Rate(index)))
            .any(|(_, exchange)| !exchange.was_left_out())
    };
    limits.filter(|index| !sent(*index)).count()
}

/// Every burst that was sent.
pub(super) fn bursts(evidence: &Evidence) -> Vec<Burst> {
    let declared = evidence.target.rate.iter().enumerate();
    declared
        .filter_map(|(index, limit)| {
            let sent: Vec<(usize, &Exchange)> =
                super::super::exchanges(evidence, Ask::Burst.at(Place::Rate(index)))
                    .filter(|(_, exchange)| !exchange.was_left_out())
                    .collect();
            let (at, last) = sent.last().copied()?;
            let first = sent.first().and_then(|(_, first)| status(first));
            let refused = refused(last, first);
            let before = Before::read(evidence, at, limit.window);
            let one = u32::from(refused.is_none());
            let all = u32::try_from(sent.len()).unwrap_or(u32::MAX);
            Some(Burst {
                at: Pointer::exchange(at),
                label: label(last),
                declared: limit.requests,
                window_ms: limit.window,
                retry_after: limit.retry_after,
                allowed: all.saturating_sub(u32::from(refused.is_some())),
                took_ms: sent
                    .first()
                    .map_or(Millis(0), |(_, first)| lasted(first, last)),
                on_path: before.on_path + one,
                in_all: before.in_all + one,
                at_most: before.at_most + one,
                guarded: sent.iter().all(|(_, one)| is_guarded(evidence, one)),
                refused,
                reset_by_forwarded_for: is_reset(evidence, index, first),
            })
        })
        .collect()
}

fn lasted(first: &Exchange, last: &Exchange) -> Millis {
    let between = last.at.millis().saturating_sub(first.at.millis());
    let answer = last.phases.total().0.div_ceil(1000);
    Millis(u64::try_from(between).unwrap_or(0).saturating_add(answer))
}

/// A bucket that fills again, or a window that begins, lets the next one through from wherever it
/// comes: only where those as if from elsewhere were allowed and none of the others, several times
/// and in no rhythm, is it the field that did it.
fn is_reset(evidence: &Evidence, index: usize, first: Option<u16>) -> Option<bool> {
    let allowed = |question: Question| -> Option<Vec<bool>> {
        super::super::exchanges(evidence, question)
            .map(|(_, exchange)| Some(!is_one_too_many(first, status(exchange)?)))
            .collect()
    };
    let elsewhere = allowed(Ask::BurstElsewhere.at(Place::Rate(index)))?;
    let again = allowed(Ask::BurstControl.at(Place::Rate(index)))?;
    if elsewhere.first().is_some_and(|allowed| !allowed) {
        return Some(false);
    }
    let enough = elsewhere.len() >= 3 && again.len() >= 3;
    let only_those = elsewhere.iter().all(|allowed| *allowed) && !again.contains(&true);
    (enough && only_those).then_some(true)
}

fn is_guarded(evidence: &Evidence, exchange: &Exchange) -> bool {
    let login = evidence.target.login.as_ref();
    let is_login = login.is_some_and(|login| exchange.request.url.target == login.path);
    !is_login && matches!(status(exchange), Some(401 | 403))
}

fn status(exchange: &Exchange) -> Option<u16> {
    exchange.response.seen().map(|response| response.status)
}

/// The last one is a refusal when it was answered otherwise than the first, or not at all.
fn refused(last: &Exchange, first: Option<u16>) -> Option<Refused> {
    let Some(response) = last.response.seen() else {
        return Some(Refused {
            status: None,
            retry_after: None,
            wait: None,
            media_type: String::new(),
        });
    };
    if !is_one_too_many(first, response.status) {
        return None;
    }
    let retry_after = response.value("retry-after");
    Some(Refused {
        status: Some(response.status),
        wait: retry_after
            .as_deref()
            .and_then(RetryAfter::parse)
            .map(|after| after.from(last.at)),
        retry_after,
        media_type: response.media_type(),
    })
}

/// Requests that were allowed in the window before another, by what a limit may count.
struct Before {
    on_path: u32,
    in_all: u32,
    at_most: u32,
}

impl Before {
    /// Timed samples bear no time of their own; they were taken just before the bursts, and count.
    fn read(evidence: &Evidence, at: usize, window: Millis) -> Self {
        let Some(last) = evidence.exchanges.get(at) else {
            return Self {
                on_path: 0,
                in_all: 0,
                at_most: 0,
            };
        };
        let end = last.at.millis();
        let start = end.saturating_sub(i64::try_from(window.0).unwrap_or(i64::MAX));
        let in_window = |at: Timestamp| at.millis() >= start && at.millis() <= end;
        let all = evidence.exchanges.iter().enumerate();
        let earlier: Vec<&Exchange> = all
            .filter(|(index, exchange)| *index < at && in_window(exchange.at))
            .map(|(_, exchange)| exchange)
            .filter(|exchange| status(exchange).is_some_and(|status| status != 429))
            .collect();
        let alike = |exchange: &Exchange| {
            let (one, other) = (&exchange.request, &last.request);
            one.method == other.method && one.url.target == other.url.target
        };
        let on_path = earlier.iter().filter(|exchange| alike(exchange)).count();
        let preflights = earlier
            .iter()
            .filter(|exchange| is_preflight(exchange))
            .count();
        let sockets = evidence.sockets.iter().filter(|socket| {
            let answered = socket.response.seen();
            in_window(socket.at) && answered.is_some_and(|answer| answer.status != 429)
        });
        let question = &last.question;
        let is_there = |place: Place| {
            let mut asked = evidence.exchanges.iter();
            let of_place =
                |one: &&Exchange| one.question.place == place && one.question != *question;
            asked.find(of_place).is_some_and(&alike)
        };
        let in_all = earlier.len() - preflights + sampled(evidence, |_| true);
        Self {
            on_path: count(on_path + sampled(evidence, is_there)),
            in_all: count(in_all),
            at_most: count(in_all + preflights + sockets.count()),
        }
    }
}

fn count(requests: usize) -> u32 {
    u32::try_from(requests).unwrap_or(u32::MAX)
}

fn is_preflight(exchange: &Exchange) -> bool {
    matches!(exchange.question.ask, Ask::Preflight { .. })
}

/// Timed requests that were allowed: each sample, each that was taken again, and the one that opened
/// the connection of the warm ones.
fn sampled(evidence: &Evidence, of: impl Fn(Place) -> bool) -> usize {
    let samples = evidence.latency.seen().map(|latency| &latency.samples);
    let allowed = |sample: &&Sample| {
        let outcome = sample.outcome.seen();
        outcome.is_some_and(|(status, _)| *status != 429) && of(sample.place)
    };
    let samples: Vec<&Sample> = samples.into_iter().flatten().filter(allowed).collect();
    let warm = samples
        .iter()
        .filter(|sample| sample.temperature == Temperature::Warm);
    let openers: BTreeSet<Place> = warm.map(|sample| sample.place).collect();
    let retaken = samples.iter().filter(|sample| sample.retaken).count();
    samples.len() + retaken + openers.len()
}
