//! Floor 3, looking: one way of looking per file. Probes ask and write down; they never judge.

pub mod admission;
pub mod allowance;
pub mod asks;
pub mod auth;
pub mod budget;
mod carry;
pub mod contract;
pub mod control;
pub mod cors;
pub mod declared;
pub mod document;
pub mod first;
pub mod headers;
pub mod lane;
pub mod latency;
pub mod observatory;
pub mod other_scheme;
mod silence;
pub mod tls;
pub mod websocket;

use std::time::Duration;

use crate::evidence::{Cause, Evidence, Exchange, Failure, Observation, Run, SCHEMA, Skip, Stage};
use crate::model::{Ask, Family, Method, Millis, Target, UrlScheme};
use crate::net::dial::Names;
use crate::net::http::{Client, Outgoing};
use crate::net::pool::both;
use crate::net::quiet::Quiet;
use crate::net::resolve::Resolved;
use crate::net::{Deadline, Net};
use allowance::{Allowance, Pace};
use lane::Lane;

/// A connection that is not there by then is not waited for.
const AHEAD: Duration = Duration::from_secs(2);

/// So much of a page is read: what stands behind it is not judged.
const PAGE_LIMIT: u64 = 2 * 1024 * 1024;

/// What every probe of one target is given.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// What was declared.
    pub target: &'a Target,
    /// What was asked of the run.
    pub run: &'a Run,
    /// How to look.
    pub net: &'a Net,
    /// When this target must be done.
    pub end: &'a Deadline,
    /// Where timed exchanges run.
    pub quiet: &'a Quiet,
    /// What rate limits leave to this audit.
    pub allowance: &'a Allowance,
}

impl View<'_> {
    /// The deadline of one exchange: the target's timeout, or its own end if that is sooner.
    #[must_use]
    pub fn exchange_end(&self) -> Deadline {
        self.end.sooner(self.target.timeout.into())
    }

    /// Whether a family is to be looked at.
    #[must_use]
    pub fn wants(&self, family: Family) -> bool {
        self.run.selects_family(family)
    }
}

/// The first request of every audit: the target's own URL, as a visitor asks for it.
#[must_use]
pub fn page(target: &Target) -> Outgoing {
    let accept = "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8";
    Outgoing::new(Ask::Page.of_target(), Method::get(), target.url.clone())
        .with("Accept", accept)
        .reading(PAGE_LIMIT)
        .keeping_all()
}

/// The requests that depend on no answer, in the order they are reported.
#[must_use]
pub fn first_requests(view: &View<'_>) -> Vec<Outgoing> {
    asks::selected(view)
        .flat_map(|asks| (asks.first)(view))
        .collect()
}

/// How fast the rate limits let a target be asked, where they slow its audit down: judged by the
/// limits that are known and the requests that depend on no answer.
#[must_use]
pub fn pace(view: &View<'_>) -> Option<Pace> {
    let samples = if view.wants(Family::Latency) {
        latency::requests(view.target)
    } else {
        0
    };
    let planned = 1 + first_requests(view).len() + websocket::handshakes(view) + samples;
    view.allowance.pace(planned)
}

/// The requests that earlier answers call for.
fn follow_ups(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    asks::selected(view)
        .flat_map(|asks| (asks.next)(view, seen))
        .collect()
}

/// Requests of one kind that only answers call for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MayFollow {
    /// How many at most.
    pub at_most: usize,
    /// What they are, and what calls for them.
    pub what: String,
}

impl MayFollow {
    fn new(at_most: usize, what: impl Into<String>) -> Self {
        let what = what.into();
        Self { at_most, what }
    }
}

/// A line of the dry run about what is no ordinary request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// `tls`, `websocket`, `latency`, `load`, `burst` or `profile`.
    pub kind: &'static str,
    /// What is sent.
    pub what: String,
}

impl Beside {
    /// A line for each.
    pub fn each(kind: &'static str, lines: impl IntoIterator<Item = String>) -> Vec<Self> {
        let lines = lines.into_iter();
        lines.map(|what| Self { kind, what }).collect()
    }
}

/// What may follow the first requests at most, kind by kind.
#[must_use]
pub fn may_follow(view: &View<'_>, first: &[Outgoing]) -> Vec<MayFollow> {
    let of_all = [
        first::while_asleep(view),
        first::sent_again(),
        other_scheme::may_follow(),
        lane::may_hop(first),
    ];
    let of_each = asks::selected(view).flat_map(|asks| (asks.may_follow)(view, first));
    let mut kinds: Vec<MayFollow> = of_all.into_iter().chain(of_each).collect();
    let more: usize = kinds.iter().map(|kind| kind.at_most).sum();
    kinds.extend(lane::may_be_asked_again(view, first.len() + more));
    kinds.retain(|kind| kind.at_most > 0);
    kinds
}

/// Looks at one target with every family that is wanted, but for what needs quiet: see [`time()`].
#[must_use]
pub fn observe(view: &View<'_>) -> Evidence {
    let mut evidence = blank(view.target, view.run, view.net);
    evidence.addresses = addresses(view);
    if evidence.addresses.failure().is_none() {
        let net = view.net.of_one_target();
        let view = View { net: &net, ..*view };
        look(&view, &mut evidence);
        tls::add_others(&view, &mut evidence.tls);
        tls::redact(&mut evidence.tls, &net.scrub);
    }
    evidence.took = view.end.spent();
    evidence.complete = !view.end.has_passed();
    evidence.interrupted = view.end.interrupted();
    evidence
}

/// The addresses of the name, where this machine is the one that resolves it.
fn addresses(view: &View<'_>) -> Observation<Vec<String>> {
    let url = &view.target.url;
    if let Some(proxy) = view.net.resolver.proxy(url.into()) {
        return Observation::Skipped(Skip::Proxied(proxy.to_string()));
    }
    let end = view.exchange_end();
    let found = view.net.resolver.resolve(&url.host, url.port, &end);
    let shown = |found: Resolved| {
        let found = found.addresses.iter();
        found.map(|found| found.ip().to_string()).collect()
    };
    found.map(shown).into()
}

/// TLS is asked from the start, beside the first exchange, whose handshake is one of its facts. The
/// rest waits for both: to a server that takes one connection at a time, a request it does not
/// understand or a connection kept alive would make every hello behind it look dead.
fn look(view: &View<'_>, evidence: &mut Evidence) {
    let client = view.client(&view.target.url, Names::Cached, None);
    let first = || {
        let first = first::first(view, &client);
        client.give_up_preparing();
        first
    };
    let ((first, asleep), hellos) = std::thread::scope(|scope| {
        let ahead = view.end.sooner(AHEAD);
        for _ in 0..connections_ahead(view) {
            let (client, ahead) = (&client, ahead.clone());
            let prepare = move || client.prepare(&view.target.url, &ahead);
            // Where there is no thread for it, a connection is made when it is wanted.
            let _ = std::thread::Builder::new().spawn_scoped(scope, prepare);
        }
        both(first, || tls::hellos(view))
    });
    let failed = first.response.failure().cloned();
    evidence.tls = hellos.unwrap_or_else(|_| Observation::Failed(bug(Stage::Handshake)));
    tls::complete(view, &client, failed, &mut evidence.tls);
    let other = other_scheme::ask(view, &first);
    let spoken = other.as_ref().and_then(|other| other.response.seen());
    if spoken.is_some() || nothing_more_to_ask(view, &first) {
        evidence.exchanges.push(first);
    } else {
        look_closer(view, &client, first, evidence);
    }
    evidence.exchanges.extend(other);
    evidence.exchanges.extend(asleep);
}

/// How many connections are made while the page is waited for: as many as the requests behind it
/// will want. None beside hellos, and none to a service that may sleep: they would go stale.
fn connections_ahead(view: &View<'_>) -> usize {
    if is_beside_hellos(view) || view.target.cold_start.is_some() {
        return 0;
    }
    let wanted = first_requests(view)
        .len()
        .min(usize::from(view.target.connections));
    wanted.saturating_sub(1)
}

fn is_beside_hellos(view: &View<'_>) -> bool {
    view.target.url.scheme == UrlScheme::Https && view.wants(Family::Tls)
}

/// The page; where hellos go out beside it, its connection does not outlive it.
fn first_request(view: &View<'_>) -> Outgoing {
    let page = page(view.target);
    if is_beside_hellos(view) {
        page.with("Connection", "close")
    } else {
        page
    }
}

/// Without a connection nothing else can be asked. Where the page itself is not answered, declared
/// endpoints still may be; but a target of which only the page is known has shown what there is,
/// and is not kept waiting for again.
fn nothing_more_to_ask(view: &View<'_>, page: &Exchange) -> bool {
    let target = view.target;
    let only_page = target.endpoints.is_empty() && target.websocket.is_none();
    no_connection(page) || (only_page && page.response.failure().is_some())
}

/// Something answers: every family looks at it, WebSocket beside HTTP.
fn look_closer(view: &View<'_>, client: &Client, first: Exchange, evidence: &mut Evidence) {
    let (exchanges, sockets) = both(
        || exchanges(view, client, first),
        || websocket::observe(view),
    );
    evidence.exchanges = exchanges;
    evidence.sockets = sockets.unwrap_or_default();
    if observatory::is_wanted(view) {
        let ports = observatory::Ports::of(&view.target.url);
        evidence
            .exchanges
            .extend(observatory::exchanges(view, ports));
    }
}

/// What must not run beside anything else: timed samples, then a load run, and bursts last.
/// Nothing is timed where nothing answered.
pub fn time(view: &View<'_>, evidence: &mut Evidence) {
    let answers = evidence
        .exchanges
        .first()
        .is_some_and(|first| first.response.seen().is_some());
    if !answers || !evidence.complete {
        return;
    }
    let net = view.net.of_one_target();
    let view = &View { net: &net, ..*view };
    evidence.latency = latency::observe(view, &evidence.exchanges);
    let client = view.client(&view.target.url, Names::Cached, None);
    let burst = contract::last(view, &client, &evidence.exchanges);
    let refused = cors::last(view, &client, &burst);
    evidence.exchanges.extend(burst);
    evidence.exchanges.extend(refused);
    tls::add_others(view, &mut evidence.tls);
    evidence.took = Millis(evidence.took.0 + view.end.spent().0);
    evidence.complete = !view.end.has_passed();
    evidence.interrupted = view.end.interrupted();
}

/// An answer to the first request, then what depends on no answer, then what those answers call for.
fn exchanges(view: &View<'_>, client: &Client, first: Exchange) -> Vec<Exchange> {
    let mut lane = Lane::new(view, client, &first);
    let mut seen = vec![first];
    let mut first = first_requests(view);
    budget::in_order(&mut first);
    seen.extend(lane.send(&first));
    let hops = lane.hops(&seen);
    seen.extend(hops);
    let mut follow_ups = follow_ups(view, &seen);
    budget::in_order(&mut follow_ups);
    seen.extend(lane.send(&follow_ups));
    seen.extend(lane.last_control());
    seen
}

/// Whether not even a connection came about, so that nothing else can be asked either. A fault in
/// TLS is no such case: other hellos may fare better.
fn no_connection(first: &Exchange) -> bool {
    let stage = first.response.failure().map(|failure| failure.stage);
    matches!(stage, Some(Stage::Resolve | Stage::Connect | Stage::Proxy))
}

/// Nothing seen yet.
#[must_use]
pub fn blank(target: &Target, run: &Run, net: &Net) -> Evidence {
    Evidence {
        schema: SCHEMA,
        target: target.clone(),
        run: run.clone(),
        at: net.clock.now(),
        took: Millis(0),
        complete: false,
        interrupted: false,
        addresses: Observation::Skipped(Skip::NotNeeded),
        tls: Observation::Skipped(Skip::NotNeeded),
        exchanges: Vec::new(),
        sockets: Vec::new(),
        latency: Observation::Skipped(Skip::NotNeeded),
    }
}

/// The evidence of a target whose audit ended in a fault of ours.
#[must_use]
pub fn blank_after_bug(target: &Target, run: &Run, net: &Net) -> Evidence {
    let mut evidence = blank(target, run, net);
    evidence.addresses = Observation::Failed(bug(Stage::Resolve));
    evidence
}

fn bug(stage: Stage) -> Failure {
    let detail = "a fault of seaworthy itself; please report it".to_owned();
    Failure {
        stage,
        cause: Cause::Bug,
        detail,
        after: Millis(0),
    }
}
