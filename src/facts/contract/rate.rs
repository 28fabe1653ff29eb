//! Rate limits: what answers advertise, and what a burst found.

use serde::Serialize;

use super::label;
use crate::evidence::{Evidence, Exchange, Role, with_lines};
use crate::model::{Millis, Pointer, Seconds};
use crate::wire::ratelimit::{Quota, RetryAfter, quotas};

/// A limit that answers advertise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advertised {
    /// The first exchange that did.
    pub at: Pointer,
    /// What it says.
    pub quota: Quota,
}

/// A burst against one declared limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    /// All requests of the window that came before the refusal, other paths included: a limit may
    /// count them too.
    pub before: u32,
    /// The refusal; `None` when two more than the limit were allowed.
    pub refused: Option<Refused>,
    /// Whether every request was answered 401 or 403, on a path that is no login: a limit behind the
    /// guard was never reached.
    pub guarded: bool,
    /// Whether a request as if from another address was allowed after the refusal.
    pub reset_by_forwarded_for: Option<bool>,
}

/// The request that was one too many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
pub(super) fn advertised(evidence: &Evidence) -> Vec<Advertised> {
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

/// Declared limits against which no burst was sent.
pub(super) fn unmeasured(evidence: &Evidence) -> usize {
    let limits = 0..evidence.target.rate.len();
    let sent = |index: usize| {
        super::super::exchanges(evidence, &Role::Burst(index))
            .next()
            .is_some()
    };
    limits.filter(|index| !sent(*index)).count()
}

/// Every burst that was sent.
pub(super) fn bursts(evidence: &Evidence) -> Vec<Burst> {
    let declared = evidence.target.rate.iter().enumerate();
    declared
        .filter_map(|(index, limit)| {
            let sent: Vec<(usize, &Exchange)> =
                super::super::exchanges(evidence, &Role::Burst(index)).collect();
            let (at, last) = sent.last().copied()?;
            let refused = refused(last, sent.first().map(|(_, first)| *first));
            let all = u32::try_from(sent.len()).unwrap_or(u32::MAX);
            let elsewhere = super::super::exchanges(evidence, &Role::BurstElsewhere(index)).next();
            Some(Burst {
                at: Pointer::exchange(at),
                label: label(last),
                declared: limit.requests,
                window_ms: limit.window,
                retry_after: limit.retry_after,
                allowed: all.saturating_sub(u32::from(refused.is_some())),
                before: before(evidence, at, limit.window)
                    .saturating_sub(u32::from(refused.is_none())),
                guarded: sent.iter().all(|(_, one)| is_guarded(evidence, one)),
                refused,
                reset_by_forwarded_for: elsewhere.and_then(|(_, exchange)| {
                    let response = exchange.response.seen()?;
                    Some(response.status < 400)
                }),
            })
        })
        .collect()
}

fn is_guarded(evidence: &Evidence, exchange: &Exchange) -> bool {
    let login = evidence.target.login.as_ref();
    let is_login = login.is_some_and(|login| exchange.request.url.target == login.path);
    let status = exchange.response.seen().map(|response| response.status);
    !is_login && matches!(status, Some(401 | 403))
}

/// The last one is a refusal when it is a 429, or an error that the first was not.
fn refused(last: &Exchange, first: Option<&Exchange>) -> Option<Refused> {
    let Some(response) = last.response.seen() else {
        return Some(Refused {
            status: None,
            retry_after: None,
            wait: None,
            media_type: String::new(),
        });
    };
    let first = first.and_then(|first| first.response.seen());
    let changed = first.is_some_and(|first| first.status != response.status);
    if response.status != 429 && !(response.status >= 400 && changed) {
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

/// Requests that reached the target in the window before this one.
fn before(evidence: &Evidence, at: usize, window: Millis) -> u32 {
    let Some(last) = evidence.exchanges.get(at) else {
        return 0;
    };
    let window = i64::try_from(window.0).unwrap_or(i64::MAX);
    let start = last.at.millis().saturating_sub(window);
    let earlier = evidence.exchanges.iter().filter(|exchange| {
        let moment = exchange.at.millis();
        moment >= start && moment <= last.at.millis() && exchange.response.seen().is_some()
    });
    let count = earlier.count().saturating_sub(1);
    u32::try_from(count).unwrap_or(u32::MAX)
}
