//! The lane of ordinary exchanges: a few kept-alive connections, answers in the order asked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::budget::not_sent;
use super::{MayFollow, PAGE_LIMIT, View};
use crate::evidence::{Cause, Exchange, Flag};
use crate::model::{Ask, Method, Url, UrlScheme};
use crate::net::dial::Names;
use crate::net::http::{Client, Outgoing};
use crate::net::pool::in_order;

/// After so many requests in a row without an answer the rest is not sent: the target is gone, or
/// has enough of us.
const GIVE_UP_AFTER: usize = 3;

/// RFC 9110 §15.4: a client should detect loops; five hops are what a launch should need at most.
const MAX_HOPS: u8 = 5;

/// Sends the requests of one target.
pub struct Lane<'a> {
    view: &'a View<'a>,
    client: &'a Client,
    /// Whether the server was found to serve one connection at a time.
    single_file: AtomicBool,
}

/// Where redirects may lead: from the page, and from its plain twin where that is asked.
#[must_use]
pub fn may_hop(wave: &[Outgoing]) -> MayFollow {
    let twins = wave
        .iter()
        .filter(|request| request.question == Ask::PlainHttp.of_target());
    MayFollow::new(
        usize::from(MAX_HOPS) * (1 + twins.count()),
        "hops of redirects",
    )
}

impl<'a> Lane<'a> {
    /// Over a client for the target's own origin.
    #[must_use]
    pub const fn new(view: &'a View<'a>, client: &'a Client) -> Self {
        Self {
            view,
            client,
            single_file: AtomicBool::new(false),
        }
    }

    /// Sends them all over at most `connections` connections; answers come back in order.
    #[must_use]
    pub fn send(&self, requests: &[Outgoing]) -> Vec<Exchange> {
        let mut answers = self.side_by_side(requests);
        self.one_by_one(requests, &mut answers);
        answers.into_values().collect()
    }

    /// A server that serves one connection at a time leaves the others waiting for as long as that
    /// one is kept, and answers over it at once. So what was not answered in time, where something
    /// was, is asked again, alone; the first that is of no use is the last.
    fn one_by_one(&self, requests: &[Outgoing], answers: &mut BTreeMap<usize, Exchange>) {
        let answered = |exchange: &Exchange| exchange.response.seen().is_some();
        if !answers.values().any(answered) {
            return;
        }
        for (index, exchange) in answers {
            let request = requests
                .get(*index)
                .filter(|request| request.method.is_safe() && was_kept_waiting(exchange));
            let Some(request) = request else { continue };
            let again = self.exchange(request);
            if !answered(&again) {
                return;
            }
            self.single_file.store(true, Ordering::SeqCst);
            *exchange = again;
        }
    }

    fn width(&self, requests: usize) -> usize {
        if self.single_file.load(Ordering::SeqCst) {
            return 1;
        }
        usize::from(self.view.target.connections).clamp(1, requests.max(1))
    }

    fn side_by_side(&self, requests: &[Outgoing]) -> BTreeMap<usize, Exchange> {
        let failures = AtomicUsize::new(0);
        let answers = in_order(self.width(requests.len()), requests, |request| {
            if failures.load(Ordering::SeqCst) >= GIVE_UP_AFTER {
                return None;
            }
            let exchange = self.exchange(request);
            if exchange.response.failure().is_some() {
                failures.fetch_add(1, Ordering::SeqCst);
            } else {
                failures.store(0, Ordering::SeqCst);
            }
            Some(exchange)
        });
        let answers = answers.into_iter().enumerate();
        answers
            .filter_map(|(index, exchange)| Some((index, exchange?)))
            .collect()
    }

    /// One exchange, as far as rate limits allow it: over the shared connections where the request
    /// goes to the target's own origin, else over one of its own.
    fn exchange(&self, request: &Outgoing) -> Exchange {
        let allowance = self.view.allowance;
        if !allowance.take(&request.method, &request.url, self.view.end) {
            return not_sent(self.view, request, Flag::Burst);
        }
        let exchange = self.sent(request);
        allowance.learn(&exchange);
        exchange
    }

    fn sent(&self, request: &Outgoing) -> Exchange {
        let end = self.view.exchange_end();
        if request.url.origin() == self.view.target.url.origin() {
            return self.client.send(request, &end);
        }
        Client::new(self.view.net, &request.url, Names::Cached, None).send(request, &end)
    }

    /// Follows the redirects of the page and of its plain-http twin. No credentials travel along:
    /// these requests never had any.
    #[must_use]
    pub fn hops(&self, seen: &[Exchange]) -> Vec<Exchange> {
        let mut hops = Vec::new();
        for exchange in seen {
            if exchange.question.ask == Ask::Page {
                hops.extend(self.follow(exchange, Ask::Hop));
            } else if exchange.question.ask == Ask::PlainHttp {
                hops.extend(self.follow(exchange, Ask::PlainHop));
            }
        }
        hops
    }

    fn follow(&self, from: &Exchange, hop: fn(u8) -> Ask) -> Vec<Exchange> {
        let mut hops: Vec<Exchange> = Vec::new();
        for nth in 1..=MAX_HOPS {
            let last = hops.last().unwrap_or(from);
            let Some(next) = location(last) else { break };
            let looped = next == from.request.url || hops.iter().any(|hop| hop.request.url == next);
            if looped || !self.may_follow(&last.request.url, &next) {
                break;
            }
            let mut request = Outgoing::new(hop(nth).of_target(), Method::get(), next)
                .reading(PAGE_LIMIT)
                .keeping_all();
            for field in &from.request.fields {
                request = request.with(&field.name, field.text());
            }
            hops.push(self.exchange(&request));
        }
        hops
    }

    /// A public target must not lead us into a private network; the redirect itself is in the
    /// evidence and is judged there. From `https`, `http` is not followed.
    fn may_follow(&self, from: &Url, to: &Url) -> bool {
        let downgrade = from.scheme == UrlScheme::Https && to.scheme == UrlScheme::Http;
        let same_host = to.host == self.view.target.url.host;
        !downgrade && (same_host || !leads_inside(to, self.view))
    }
}

/// Whether not a byte came in time.
fn was_kept_waiting(exchange: &Exchange) -> bool {
    let failure = exchange.response.failure();
    failure.is_some_and(|failure| failure.cause == Cause::TimedOut)
}

/// Where a redirect points, if the exchange was answered by one.
#[must_use]
pub fn location(exchange: &Exchange) -> Option<Url> {
    let response = exchange.response.seen()?;
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    exchange
        .request
        .url
        .resolve(&response.value("location")?)
        .ok()
}

/// Whether a URL names an address that is not public although the target itself is.
fn leads_inside(to: &Url, view: &View<'_>) -> bool {
    let resolve = |url: &Url| view.net.resolver.resolve(&url.host, url.port, view.end);
    let inside = |url: &Url| {
        resolve(url).is_ok_and(|found| found.addresses.iter().any(|found| is_inside(found.ip())))
    };
    inside(to) && !inside(&view.target.url)
}

fn is_inside(address: std::net::IpAddr) -> bool {
    match address {
        std::net::IpAddr::V4(v4) => {
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified()
        }
        std::net::IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.is_unspecified()
        }
    }
}
