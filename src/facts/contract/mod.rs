//! What declared endpoints answer, and what undeclared ones should not.

mod absent;
mod alike;
mod answer;
mod checked;
mod document;
mod errors;
mod flaky;
mod method;
mod rate;

pub use absent::Vacancy;
pub use alike::Comparison;
pub use answer::{Answer, Answered};
pub(super) use checked::json as checked_json;
pub use checked::{Checked, Part, Standing, declared_parts};
pub use document::{Document, Documented};
pub use errors::ErrorRate;
pub use flaky::Flaky;
pub use method::{Allow, Refusal};
pub(super) use rate::advertised;
pub use rate::{Advertised, Burst, Refused, Stated};

use super::State;
use crate::evidence::{Evidence, Exchange, Response};
use crate::model::{Ask, Micros, Millis, Pointer, Target};
use crate::wire::leak::Leak;

/// The contract of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractFacts {
    /// Every declared endpoint that was asked.
    pub endpoints: Vec<Answered>,
    /// Every endpoint that was not asked: its label, and why.
    pub unasked: Vec<(String, &'static str)>,
    /// Every path that must be absent.
    pub absent: Vec<Vacancy>,
    /// Every method that must be refused.
    pub refused_methods: Vec<Refusal>,
    /// Every OpenAPI document.
    pub documents: Vec<Documented>,
    /// Endpoints that must answer as another target's.
    pub comparisons: Vec<Comparison>,
    /// Limits that answers advertise.
    pub advertised_limits: Vec<Advertised>,
    /// The same at the place of each declared limit.
    pub stated_limits: Vec<Stated>,
    /// Bursts against declared limits, where they were asked for.
    pub bursts: Vec<Burst>,
    /// Declared limits against which no burst was sent.
    pub unmeasured_limits: usize,
    /// What error answers give away.
    pub leaks: Vec<Leaking>,
    /// Whether any error was answered.
    pub met_errors: bool,
    /// The first error answer that was not read to its end, and why.
    pub unread_error: Option<String>,
    /// How the service woke, where it may sleep.
    pub wake: Option<Wake>,
    /// How many requests of the run failed, where a largest share is declared.
    pub error_rate: Option<ErrorRate>,
    /// Endpoints that failed now and then.
    pub flaky: Vec<Flaky>,
}

/// An answer that gives something away.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaking {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// What.
    pub leak: Leak,
}

/// A service that may sleep, from the first request to the first answer of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Wake {
    /// The last request for the page.
    pub at: Pointer,
    /// How long it took.
    pub took_ms: Millis,
    /// How long it may take.
    pub declared_ms: Millis,
    /// Whether it woke while it was looked at.
    pub awake: bool,
    /// The status of the last answer; `None` without one.
    pub status: Option<u16>,
    /// Whether the platform answered for it before.
    pub was_asleep: bool,
}

impl Wake {
    /// Whether it woke in the declared time.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.awake && self.took_ms <= self.declared_ms
    }

    /// What was seen, in words: `200 after 12 s asleep`.
    #[must_use]
    pub fn found(&self) -> String {
        let took = self.took_ms;
        match (self.awake, self.status) {
            (true, Some(status)) if self.was_asleep => format!("{status} after {took} asleep"),
            (true, Some(status)) => format!("{status} at the first request, after {took}"),
            (_, Some(status)) => format!("still {status} after {took}"),
            (_, None) => format!("no answer after {took}"),
        }
    }
}

/// Reads the contract. `all` are the targets of the run, for answers that must be alike.
#[must_use]
pub fn read(evidence: &Evidence, all: &[Evidence]) -> State<ContractFacts> {
    let target = &evidence.target;
    let nothing = target.endpoints.is_empty()
        && target.absent.is_empty()
        && target.wrong_method.is_empty()
        && target.rate.is_empty()
        && !must_be_alike(target)
        && target.cold_start.is_none()
        && target.max_error_rate.is_none();
    if nothing {
        return State::NotConfigured("no endpoints are declared");
    }
    State::Known(ContractFacts {
        endpoints: answer::read(evidence),
        unasked: answer::unasked(evidence),
        absent: absent::read(evidence),
        refused_methods: method::read(evidence),
        documents: document::read(evidence),
        comparisons: alike::read(evidence, all),
        advertised_limits: rate::advertised(evidence),
        stated_limits: rate::stated(evidence),
        bursts: rate::bursts(evidence),
        unmeasured_limits: rate::unmeasured(evidence),
        leaks: leaks(evidence),
        met_errors: errors(evidence).next().is_some(),
        unread_error: unread_error(evidence),
        wake: wake(evidence),
        error_rate: errors::read(evidence),
        flaky: flaky::read(evidence),
    })
}

/// Whether the login must answer as another target's does.
fn must_be_alike(target: &Target) -> bool {
    let login = target.login.as_ref();
    login.is_some_and(|login| login.same_as.is_some())
}

/// `GET /path` of a request.
fn label(exchange: &Exchange) -> String {
    format!(
        "{} {}",
        exchange.request.method, exchange.request.url.target
    )
}

/// What error answers give away.
fn leaks(evidence: &Evidence) -> Vec<Leaking> {
    use crate::wire::leak::{scan, tells};
    let telling = |leak: &Leak| tells(leak.kind);
    errors(evidence)
        .filter_map(|(index, exchange, response)| {
            let leak = scan(&response.content().text()).into_iter().find(telling)?;
            Some(Leaking {
                at: Pointer::exchange(index),
                label: label(exchange),
                leak,
            })
        })
        .collect()
}

fn unread_error(evidence: &Evidence) -> Option<String> {
    errors(evidence).find_map(|(_, exchange, response)| {
        let content = response.content();
        Some(format!("{}: {}", label(exchange), content.unread()?))
    })
}

/// Error answers of the family's own requests; what a good answer says is the service's business.
fn errors(evidence: &Evidence) -> impl Iterator<Item = (usize, &Exchange, &Response)> {
    let own = |exchange: &Exchange| {
        matches!(
            exchange.question.ask,
            Ask::Declared | Ask::Absent | Ask::MadeUp | Ask::WrongMethod
        )
    };
    let exchanges = evidence.exchanges.iter().enumerate();
    exchanges.filter_map(move |(index, exchange)| {
        let response = exchange.response.seen()?;
        (own(exchange) && response.status >= 400).then_some((index, exchange, response))
    })
}

fn wake(evidence: &Evidence) -> Option<Wake> {
    let declared_ms = evidence.target.cold_start?;
    let (at, page) = super::exchanges(evidence, Ask::Page.of_target()).next()?;
    let asleep = super::exchanges(evidence, Ask::Asleep.of_target()).next();
    let (_, first) = asleep.unwrap_or((at, page));
    let before = page.at.millis().saturating_sub(first.at.millis());
    let last = page.response.failure().map_or_else(
        || Millis(page.phases.ttfb().0 / 1000),
        |failure| failure.after,
    );
    let answered = page.response.seen();
    Some(Wake {
        at: Pointer::exchange(at),
        took_ms: Millis(u64::try_from(before).unwrap_or(0) + last.0),
        declared_ms,
        status: answered.map(|response| response.status),
        was_asleep: asleep.is_some(),
        awake: answered.is_some_and(|response| !matches!(response.status, 502..=504)),
    })
}

/// One round trip of the network: the quickest TCP connect to the target.
fn network(evidence: &Evidence) -> Micros {
    let connects = evidence
        .exchanges
        .iter()
        .map(|exchange| exchange.phases.tcp);
    let connects = connects.filter(|connect| *connect > Micros(0));
    connects.min().unwrap_or_default()
}
