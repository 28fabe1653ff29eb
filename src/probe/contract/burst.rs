//! Rate limits: patience where we ran into one, and bursts where one is declared.

use std::time::Duration;

use super::place;
use crate::evidence::{Exchange, Flag};
use crate::model::{Ask, Family, Millis, Place, RateLimit, Timestamp};
use crate::net::http::{Client, Outgoing};
use crate::plan::contract::{LARGEST_BURST, endpoint_of, login_of, may_be_sent_often};
use crate::probe::control::reopened;
use crate::probe::{View, auth, declared};
use crate::wire::ratelimit::{RetryAfter, is_one_too_many};

/// A longer wait than this is not worth a single answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Without a word from the server, so long.
const UNTOLD: Duration = Duration::from_secs(2);

/// What follows a refusal, as long as each is answered as by a limit that counts anew for every
/// address it is told: as if from elsewhere, or as the burst was. A limit that lets one through every
/// so often, or begins a window, does not fall in step with it.
const FOLLOW: [Follow; 6] = {
    use Follow::{Again, Elsewhere};
    [
        Elsewhere("203.0.113.77"),
        Again,
        Again,
        Elsewhere("203.0.113.78"),
        Elsewhere("203.0.113.79"),
        Again,
    ]
};

/// One request after a refusal.
#[derive(Clone, Copy)]
enum Follow {
    /// As if from an address of RFC 5737, which no client has.
    Elsewhere(&'static str),
    /// As the burst was.
    Again,
}

/// Asks again for what was answered 429, once, after the wait that the server asked for, until one
/// is too many again.
pub(super) fn patiently(view: &View<'_>, client: &Client, seen: &[Exchange]) -> Vec<Exchange> {
    let declared = |exchange: &&Exchange| exchange.question.ask == Ask::Declared;
    let limited: Vec<&Exchange> = seen
        .iter()
        .filter(declared)
        .filter(|exchange| is_limited(exchange))
        .collect();
    let now = view.net.clock.now();
    let Some(wait) = limited.iter().map(|exchange| wait(exchange, now)).max() else {
        return Vec::new();
    };
    if wait > PATIENCE || wait >= view.end.left() || !view.end.sleep(wait) {
        return Vec::new();
    }
    let again = limited.into_iter().filter_map(|exchange| {
        let index = exchange.question.declared()?;
        let endpoint = view.target.endpoints.get(index)?;
        let mut request = super::asked(view, index, endpoint)?;
        request.question = Ask::Repeat.of_endpoint(index);
        Some(request)
    });
    let mut seen = control_again(view, client, seen);
    for request in again {
        if seen.last().is_some_and(is_limited) {
            break;
        }
        seen.push(client.send(&request, &view.exchange_end()));
    }
    seen
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

/// A burst against one declared limit.
pub(super) struct Burst<'v> {
    limit: &'v RateLimit,
    /// What is sent so often.
    pub request: Outgoing,
    /// How often at most, until it is refused: one window may end and another begin meanwhile, which
    /// then allows twice the limit.
    pub at_most: u32,
    /// How many more at most after a refusal, some as if from elsewhere.
    pub after: usize,
}

/// Every declared limit that may be run into; nothing without `--burst`. The lower limits come
/// first: a higher one may count their requests too, and would answer in their place.
fn bursts<'v>(view: &View<'v>) -> Vec<Burst<'v>> {
    if !view.run.conditions.has(Flag::Burst) || !view.wants(Family::Contract) {
        return Vec::new();
    }
    let declared = view.target.rate.iter().enumerate();
    let mut bursts: Vec<Burst<'v>> = declared
        .filter(|(_, limit)| limit.requests <= LARGEST_BURST)
        .filter_map(|(index, limit)| {
            Some(Burst {
                limit,
                request: subject(view, index, limit)?,
                at_most: limit.requests.saturating_mul(2).saturating_add(2),
                after: FOLLOW.len(),
            })
        })
        .collect();
    bursts.sort_by_key(|burst| burst.limit.requests);
    bursts
}

/// The bursts in words.
#[must_use]
pub fn burst_lines(view: &View<'_>) -> Vec<String> {
    let line = |burst: &Burst<'_>| {
        let request = burst.request.line(&view.net.scrub);
        let (at_most, after) = (burst.at_most, burst.after);
        format!(
            "{request}, at most {at_most} times, once its window has refilled, and at most {after} \
             after a refusal"
        )
    };
    bursts(view).iter().map(line).collect()
}

/// One request after the other until one is refused, or two more than two windows allow were not.
/// After a refusal, more as if from elsewhere.
pub(super) fn measure(view: &View<'_>, client: &Client, seen: &[Exchange]) -> Vec<Exchange> {
    let bursts = bursts(view);
    if bursts.is_empty() {
        return Vec::new();
    }
    let mut measured = control_again(view, client, seen);
    measured.extend(
        bursts
            .iter()
            .flat_map(|burst| run_into(view, client, burst)),
    );
    measured
}

/// What follows a block has to show first that the target answers again.
fn control_again(view: &View<'_>, client: &Client, seen: &[Exchange]) -> Vec<Exchange> {
    let control = reopened(view, seen);
    let answer = control.map(|control| client.send(&control, &view.exchange_end()));
    answer.into_iter().collect()
}

/// What is sent so often: what changes nothing, without credentials. A POST only as it is declared
/// to be refused anyway, and a login only as nobody, so that no account is locked.
fn subject(view: &View<'_>, index: usize, limit: &RateLimit) -> Option<Outgoing> {
    let role = Ask::Burst.at(Place::Rate(index));
    if limit.method.is_safe() {
        let url = place(view, &limit.path);
        return Some(Outgoing::new(role, limit.method.clone(), url));
    }
    if let Some(login) = login_of(view.target, limit) {
        return Some(auth::login_of_nobody(view, login, role));
    }
    let endpoint = endpoint_of(view.target, limit)?;
    may_be_sent_often(endpoint, view.run).then(|| declared::request(view, role, endpoint))
}

/// Not before the window has refilled, so that what is met is this limit and all of it. More than a
/// limit allows is pointless once a whole window has passed.
fn run_into(view: &View<'_>, client: &Client, burst: &Burst<'_>) -> Vec<Exchange> {
    let (limit, request) = (burst.limit, &burst.request);
    let refill = view.allowance.refill(limit, &view.target.rate);
    if !view.end.pause(refill) {
        return Vec::new();
    }
    let mut seen: Vec<Exchange> = Vec::new();
    let enough = limit.requests.saturating_add(2);
    for nth in 0..burst.at_most {
        let long = nth >= enough && has_lasted(view, seen.first(), limit.window);
        if long || view.end.has_passed() {
            break;
        }
        let exchange = client.send(request, &view.exchange_end());
        view.allowance.note(&exchange.request);
        // The run's own end is no refusal.
        if view.end.has_passed() && exchange.response.failure().is_some() {
            break;
        }
        let refused = is_refused(&exchange, seen.first());
        seen.push(exchange);
        if refused {
            let after = follow(view, client, request, seen.first());
            seen.extend(after);
            break;
        }
    }
    seen
}

fn follow(
    view: &View<'_>,
    client: &Client,
    request: &Outgoing,
    first: Option<&Exchange>,
) -> Vec<Exchange> {
    let Place::Rate(index) = request.question.place else {
        return Vec::new();
    };
    let mut seen = Vec::new();
    for one in FOLLOW {
        let (mut next, ask, expected) = match one {
            Follow::Elsewhere(address) => {
                let next = request.clone().with("X-Forwarded-For", address);
                (next, Ask::BurstElsewhere, false)
            }
            Follow::Again => (request.clone(), Ask::BurstControl, true),
        };
        next.question = ask.at(Place::Rate(index));
        let exchange = client.send(&next, &view.exchange_end());
        view.allowance.note(&exchange.request);
        if view.end.has_passed() && exchange.response.failure().is_some() {
            break;
        }
        let refused = is_refused(&exchange, first);
        seen.push(exchange);
        if refused != expected {
            break;
        }
    }
    seen
}

fn has_lasted(view: &View<'_>, first: Option<&Exchange>, window: Millis) -> bool {
    let now = view.net.clock.now().millis();
    let since = first.map_or(0, |first| now.saturating_sub(first.at.millis()));
    u64::try_from(since).is_ok_and(|since| since >= window.0)
}

/// Or no answer at all where the first request got one.
fn is_refused(exchange: &Exchange, first: Option<&Exchange>) -> bool {
    let status = |exchange: &Exchange| exchange.response.seen().map(|response| response.status);
    match (status(exchange), first.and_then(status)) {
        (Some(found), before) => is_one_too_many(before, found),
        (None, before) => before.is_some(),
    }
}
