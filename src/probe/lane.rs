//! The lane of ordinary exchanges: a few kept-alive connections, answers in the order asked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::admission;
use super::budget::not_sent;
use super::control::{self, Control};
use super::silence::{Silence, is_common};
use super::{MayFollow, PAGE_LIMIT, View};
use crate::evidence::{Cause, Exchange, Flag, Observation, Skip};
use crate::model::{Ask, Attempt, Method, Url, UrlScheme, is_global};
use crate::net::dial::Names;
use crate::net::http::{Client, Outgoing};
use crate::net::pool::in_order;
use crate::wire::url::resolve;

/// Browsers follow so many (Fetch §4.4); who needs more gets in nowhere.
const MAX_HOPS: u8 = 20;

/// After so many requests the control is asked.
const BETWEEN_CONTROLS: usize = 10;

/// So many blocks are waited out; one more is not the last one either.
const WAITED_OUT: usize = 2;

/// So many controls and requests with a credential or an origin are asked again where the server failed.
const AGAIN: usize = 10;

/// Sends the requests of one target.
pub struct Lane<'a> {
    view: &'a View<'a>,
    client: &'a Client,
    /// Whether the server was found to serve one connection at a time.
    single_file: AtomicBool,
    silence: Silence,
    control: Control,
    /// What was sent since the last good control.
    in_doubt: Vec<Outgoing>,
    /// Whether the last control showed that something else answers.
    blocked: bool,
    /// How many blocks were waited out.
    waited_out: usize,
    /// How many failures of the server were asked for again.
    failures_again: usize,
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

/// How many controls there may be among so many requests, and what may be asked again.
#[must_use]
pub fn may_be_asked_again(view: &View<'_>, requests: usize) -> [MayFollow; 4] {
    let limited = if view.allowance.is_paced() {
        0
    } else {
        BETWEEN_CONTROLS + 1
    };
    // The ten in doubt, and the ten that went out beside the control which showed it.
    let one_block = control::PAUSES.len() + 2 * BETWEEN_CONTROLS;
    [
        MayFollow::new(
            requests.div_ceil(BETWEEN_CONTROLS) + WAITED_OUT * 3 + 2,
            "the control, which shows that it is still the target that answers",
        ),
        MayFollow::new(
            WAITED_OUT * one_block,
            "the control and the last requests again, where something else answered for a while",
        ),
        MayFollow::new(
            AGAIN,
            "the control and requests with a credential or an origin again, where they are answered 500 \
             or above",
        ),
        MayFollow::new(
            limited,
            "requests again, where a limit was met that was not kept to",
        ),
    ]
}

impl<'a> Lane<'a> {
    /// Over a client for the target's own origin, which answered `page`.
    #[must_use]
    pub fn new(view: &'a View<'a>, client: &'a Client, page: &Exchange) -> Self {
        Self {
            view,
            client,
            single_file: AtomicBool::new(false),
            silence: Silence::default(),
            control: Control::of(view, page),
            in_doubt: Vec::new(),
            blocked: false,
            waited_out: 0,
            failures_again: 0,
        }
    }

    /// Sends them all over at most `connections` connections; answers come back in order. Ahead of
    /// every ten goes the control: it shows whether the ten before were answered by the target, so
    /// that one block costs at most ten questions that were asked before it showed. It is waited out
    /// where it is soon over, and what stood in doubt is asked again; else the rest is not sent.
    #[must_use]
    pub fn send(&mut self, requests: &[Outgoing]) -> Vec<Exchange> {
        let mut seen = Vec::new();
        self.silence.forgive();
        let mut ahead = requests.to_vec();
        while !ahead.is_empty() && !self.silence.is_complete() {
            let behind = ahead.split_off(BETWEEN_CONTROLS.min(ahead.len()));
            let some = std::mem::replace(&mut ahead, behind);
            if self.blocked {
                seen.extend(some.iter().map(|request| self.not_sent(request)));
                continue;
            }
            let (answers, again) = self.behind_control(some);
            seen.extend(answers);
            ahead.splice(0..0, again);
        }
        seen
    }

    /// The control behind the last requests, where none stands there yet.
    #[must_use]
    pub fn last_control(&mut self) -> Vec<Exchange> {
        let mut seen = Vec::new();
        while !self.in_doubt.is_empty() && !self.blocked {
            self.silence.forgive();
            let (answers, again) = self.behind_control(Vec::new());
            seen.extend(answers);
            seen.extend(self.send(&again));
        }
        seen
    }

    /// Sends some, and ahead of them the control, for those before; then what is to be asked again,
    /// because it was answered during a block that is over. They go out side by side: a control that
    /// is waited for alone would cost a round trip of its own.
    fn behind_control(&mut self, some: Vec<Outgoing>) -> (Vec<Exchange>, Vec<Outgoing>) {
        let is_wanted = self.control.is_new() || !self.in_doubt.is_empty();
        let control = is_wanted.then(|| self.control.request().clone());
        let requests: Vec<Outgoing> = control.into_iter().chain(some.iter().cloned()).collect();
        let mut seen = self.answers(&requests);
        let mut in_doubt = std::mem::replace(&mut self.in_doubt, some);
        let control = seen.first_mut().filter(|_| is_wanted);
        let Some(control) = control.filter(|first| first.question.ask == Ask::Control) else {
            return (seen, Vec::new());
        };
        self.hold_against_the_last(control);
        if self.blocked {
            let answer = control.clone();
            seen.extend(self.wait_out_block(answer));
            if !self.blocked {
                in_doubt.append(&mut self.in_doubt);
                in_doubt.retain(reads);
                return (seen, in_doubt);
            }
        }
        (seen, Vec::new())
    }

    /// Whether the control is still answered as it was. A server that fails once and answers at once
    /// when it is asked again is unsteady, and nobody is in its place.
    fn hold_against_the_last(&mut self, control: &mut Exchange) {
        if control.was_left_out() {
            return;
        }
        self.blocked = self.control.change(control).is_some();
        if self.blocked && is_failure(control) {
            let again = self.exchange(self.control.request());
            if !again.was_left_out() && self.control.change(&again).is_none() {
                self.blocked = false;
                *control = again.again_after(control.clone());
            }
        }
    }

    /// One control; nothing where rate limits have no room for it.
    fn ask_control(&mut self) -> Option<Exchange> {
        let exchange = self.exchange(self.control.request());
        if exchange.was_left_out() {
            return None;
        }
        self.blocked = self.control.change(&exchange).is_some();
        Some(exchange)
    }

    fn wait_out_block(&mut self, answer: Exchange) -> Vec<Exchange> {
        let (mut seen, mut answer) = (Vec::new(), Some(answer));
        if self.waited_out >= WAITED_OUT {
            return seen;
        }
        self.waited_out += 1;
        for otherwise in control::PAUSES {
            let pause = answer.and_then(|answer| control::pause(&answer, otherwise));
            let Some(pause) = pause.filter(|pause| *pause < self.view.end.left()) else {
                break;
            };
            if !self.view.end.sleep(pause) {
                break;
            }
            answer = self.ask_control();
            seen.extend(answer.clone());
            if !self.blocked {
                break;
            }
        }
        seen
    }

    fn not_sent(&self, request: &Outgoing) -> Exchange {
        Exchange {
            response: Observation::Skipped(Skip::Blocked("the target was blocked".to_owned())),
            ..not_sent(self.view, request, Flag::Burst)
        }
    }

    fn answers(&mut self, requests: &[Outgoing]) -> Vec<Exchange> {
        let was_paced = self.view.allowance.is_paced();
        let mut answers = self.side_by_side(requests);
        if !was_paced && self.view.allowance.is_paced() {
            self.limited_again(requests, &mut answers);
        }
        self.one_by_one(requests, &mut answers);
        if self.single_file.load(Ordering::SeqCst) {
            // Those that were kept waiting were no failures of the server.
            self.silence.forgive();
        }
        self.failures_again(requests, &mut answers);
        answers.into_values().collect()
    }

    /// What met a limit that was not kept to so far is asked again, once there is room for it.
    fn limited_again(&self, requests: &[Outgoing], answers: &mut BTreeMap<usize, Exchange>) {
        for (index, exchange) in answers {
            let status = exchange.response.seen().map(|response| response.status);
            let request = requests.get(*index).filter(|request| reads(request));
            let Some(request) = request.filter(|_| status == Some(429)) else {
                continue;
            };
            let again = self.exchange(request);
            if !again.was_left_out() {
                *exchange = again.again_after(exchange.clone());
            }
        }
    }

    /// A server that fails, or a gateway in its place, says nothing of credentials or origins unless it
    /// fails again.
    fn failures_again(&mut self, requests: &[Outgoing], answers: &mut BTreeMap<usize, Exchange>) {
        for (index, exchange) in answers {
            let request = requests
                .get(*index)
                .filter(|request| reads(request) && may_have_failed_for_it(exchange));
            let Some(request) = request.filter(|_| self.failures_again < AGAIN) else {
                continue;
            };
            self.failures_again += 1;
            let again = self.exchange(request);
            if !again.was_left_out() {
                *exchange = again.again_after(exchange.clone());
            }
        }
    }

    /// A server that serves one connection at a time leaves the others waiting for as long as that
    /// one is kept, and answers over it at once. So what was not answered in time, where something
    /// was, is asked again, alone, common methods first; the first that is of no use is the last.
    fn one_by_one(&self, requests: &[Outgoing], answers: &mut BTreeMap<usize, Exchange>) {
        let answered = |exchange: &Exchange| exchange.response.seen().is_some();
        if !answers.values().any(answered) {
            return;
        }
        for (index, request) in common_first(requests) {
            let waited = answers
                .get_mut(&index)
                .filter(|exchange| reads(request) && was_kept_waiting(exchange));
            let Some(exchange) = waited else { continue };
            let again = self.exchange(request);
            if !answered(&again) {
                return;
            }
            self.silence.note(&request.method, true);
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

    /// The answers by the place of their request.
    fn side_by_side(&self, requests: &[Outgoing]) -> BTreeMap<usize, Exchange> {
        let requests = common_first(requests);
        let answers = in_order(self.width(requests.len()), &requests, |(index, request)| {
            if self.silence.covers(&request.method) {
                return None;
            }
            let exchange = self.exchange(request);
            if !is_turned_away(&exchange) {
                let answered = exchange.response.failure().is_none();
                self.silence.note(&request.method, answered);
            }
            Some((*index, exchange))
        });
        answers.into_iter().flatten().collect()
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
        self.view
            .client(&request.url, Names::Cached, None)
            .send(request, &end)
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
            let shown = self.view.net.scrub.url(&next);
            let looped =
                shown == from.request.url || hops.iter().any(|hop| hop.request.url == shown);
            if looped || !self.may_follow(&last.request.url, &next) {
                break;
            }
            let mut request = Outgoing::new(hop(nth).of_target(), Method::get(), next)
                .reading(PAGE_LIMIT)
                .keeping_all();
            for field in admission::own_fields(self.view, &from.request) {
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

/// The requests with their places, those of rare methods last: one that is never answered must keep
/// no other waiting.
fn common_first(requests: &[Outgoing]) -> Vec<(usize, &Outgoing)> {
    let mut requests: Vec<_> = requests.iter().enumerate().collect();
    requests.sort_by_key(|(_, request)| !is_common(&request.method));
    requests
}

/// Whether it may be sent again, whatever became of it: PROPFIND is registered as safe, too (RFC 4918
/// §9.1).
fn reads(request: &Outgoing) -> bool {
    let safe = request.method.is_safe() || request.method.as_str() == "PROPFIND";
    safe && !request.question.is_a_wrong_password()
}

/// Whether the connection was ended on an attempt to get past a guard: many a firewall does that, and
/// answers everything else.
fn is_turned_away(exchange: &Exchange) -> bool {
    let varied = matches!(exchange.question.ask, Ask::Credentials(Attempt::Bypass(_)));
    let cause = exchange.response.failure().map(|failure| failure.cause);
    varied && matches!(cause, Some(Cause::Closed | Cause::Reset))
}

/// Whether the server failed where that would be laid to the credential or to the origin.
fn may_have_failed_for_it(exchange: &Exchange) -> bool {
    let status = exchange.response.seen().map(|response| response.status);
    let sent = matches!(exchange.question.ask, Ask::Credentials(_)) || exchange.origin.is_some();
    sent && matches!(status, Some(500..))
}

/// Whether the server failed, or ended the connection. One that says when to come back limits
/// requests (RFC 9110 §10.2.3), and means it.
fn is_failure(exchange: &Exchange) -> bool {
    match &exchange.response {
        Observation::Seen(response) => {
            response.status >= 500 && response.value("retry-after").is_none()
        }
        Observation::Failed(failure) => matches!(failure.cause, Cause::Reset | Cause::Closed),
        Observation::Skipped(_) => false,
    }
}

/// Whether not a byte came in time.
fn was_kept_waiting(exchange: &Exchange) -> bool {
    let failure = exchange.response.failure();
    failure.is_some_and(|failure| failure.cause == Cause::TimedOut)
}

/// Where a redirect points, if the exchange was answered by one: a credential in it is taken to no
/// other origin.
#[must_use]
pub fn location(exchange: &Exchange) -> Option<Url> {
    let response = exchange.response.seen()?;
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    match &exchange.onward {
        Some(onward) => onward.within(&exchange.request.url),
        None => resolve(&exchange.request.url, &response.value("location")?),
    }
}

/// Whether a URL names an address that is not public although the target itself is.
pub(super) fn leads_inside(to: &Url, view: &View<'_>) -> bool {
    let resolve = |url: &Url| {
        let end = view.exchange_end();
        view.net.resolver.resolve(&url.host, url.port, &end)
    };
    let inside = |url: &Url| {
        resolve(url).is_ok_and(|found| found.addresses.iter().any(|found| !is_global(found.ip())))
    };
    inside(to) && !inside(&view.target.url)
}
