//! Rate limits: patience where we ran into one, and bursts where one is declared.

use std::time::Duration;

use super::place;
use crate::evidence::{Exchange, Role};
use crate::model::{RateLimit, Timestamp};
use crate::net::http::{Client, Outgoing};
use crate::probe::View;
use crate::wire::ratelimit::RetryAfter;

/// A longer wait than this is not worth a single answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Without a word from the server, so long.
const UNTOLD: Duration = Duration::from_secs(2);

/// More requests than this are no test but an attack.
pub(super) const LARGEST: u32 = 600;

/// An address of RFC 5737 that no client has: whoever trusts it starts to count anew.
const ELSEWHERE: &str = "203.0.113.77";

/// Asks again for what was answered 429, once, after the wait that the server asked for.
pub(super) fn patiently(view: &View<'_>, client: &Client, seen: &[Exchange]) -> Vec<Exchange> {
    let limited: Vec<(usize, &Exchange)> = seen
        .iter()
        .enumerate()
        .filter(|(_, exchange)| matches!(exchange.role, Role::Endpoint(_)) && is_limited(exchange))
        .collect();
    let now = view.net.clock.now();
    let Some(wait) = limited
        .iter()
        .map(|(_, exchange)| wait(exchange, now))
        .max()
    else {
        return Vec::new();
    };
    if wait > PATIENCE || wait >= view.end.left() || !view.end.sleep(wait) {
        return Vec::new();
    }
    let again = limited.into_iter().filter_map(|(at, exchange)| {
        let Role::Endpoint(index) = exchange.role else {
            return None;
        };
        let endpoint = view.target.endpoints.get(index)?;
        let mut request = super::asked(view, index, endpoint)?;
        request.role = Role::Repeat(at);
        Some(client.send(&request, &view.exchange_end()))
    });
    again.collect()
}

fn is_limited(exchange: &Exchange) -> bool {
    exchange
        .response
        .seen()
        .is_some_and(|response| response.status == 429)
}

fn wait(exchange: &Exchange, now: Timestamp) -> Duration {
    let said = exchange
        .response
        .seen()
        .and_then(|response| response.value("retry-after"));
    let told = said.and_then(|value| RetryAfter::parse(&value));
    told.map_or(UNTOLD, |after| Duration::from_secs(after.from(now).0))
}

/// Every declared limit that may be run into: one request after the other until one is refused, or
/// two more than the limit were not. After a refusal, once more as if from elsewhere.
pub(super) fn bursts(view: &View<'_>, client: &Client) -> Vec<Exchange> {
    let declared = view.target.rate.iter().enumerate();
    declared
        .filter(|(_, limit)| limit.method.is_safe() && limit.requests <= LARGEST)
        .flat_map(|(index, limit)| burst(view, client, index, limit))
        .collect()
}

fn burst(view: &View<'_>, client: &Client, index: usize, limit: &RateLimit) -> Vec<Exchange> {
    let url = place(view, &limit.path);
    let request = Outgoing::new(Role::Burst(index), limit.method.clone(), url);
    let mut seen: Vec<Exchange> = Vec::new();
    for _ in 0..limit.requests.saturating_add(2) {
        if view.end.has_passed() {
            break;
        }
        let exchange = client.send(&request, &view.exchange_end());
        let refused = is_refused(&exchange, seen.first());
        seen.push(exchange);
        if refused {
            let mut elsewhere = request.clone().with("X-Forwarded-For", ELSEWHERE);
            elsewhere.role = Role::BurstElsewhere(index);
            seen.push(client.send(&elsewhere, &view.exchange_end()));
            break;
        }
    }
    seen
}

/// A 429, or any other status at or above 400 where the first request got none.
fn is_refused(exchange: &Exchange, first: Option<&Exchange>) -> bool {
    let status = |exchange: &Exchange| exchange.response.seen().map(|response| response.status);
    match (status(exchange), first.and_then(status)) {
        (Some(429), _) | (None, Some(_)) => true,
        (Some(found), Some(before)) => found >= 400 && before < 400,
        (Some(_) | None, None) => false,
    }
}
