//! Floor 3, evidence parsed once: facts have no holes.
//!
//! A header is absent, malformed or present; a family is known, unseen, or was never asked for.
//! Rules say what they do with each. Everything here is a total function of one
//! [`Evidence`] line. What of it is published, [`crate::render::json::v1`] says.

pub mod auth;
pub mod blocked;
pub mod contract;
pub mod cors;
pub mod headers;
pub mod landing;
pub mod latency;
pub mod outage;
pub mod rating;
pub mod tls;
pub mod websocket;

/// Words of the evidence that facts and rules share. Rules take them from here: they see no
/// evidence.
pub use crate::evidence::{Cause, Field, Flag, OriginClass, OriginSent, Unread};
use crate::evidence::{Evidence, Exchange, Failure, Observation, Skip, Stage};
use crate::model::{Ask, Family, Pointer, Question};
use crate::wire::http::Fault;

/// A header field, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Header<T> {
    /// Not sent.
    Absent,
    /// Sent, and not what its grammar allows.
    Malformed {
        /// The field in the evidence.
        at: Pointer,
        /// What is wrong, and at which byte.
        why: Fault,
    },
    /// Sent and read.
    Present {
        /// The field in the evidence.
        at: Pointer,
        /// What it says.
        value: T,
    },
}

impl<T> Header<T> {
    /// What it says, where it could be read.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Present { value, .. } => Some(value),
            Self::Absent | Self::Malformed { .. } => None,
        }
    }
}

/// One family's facts.
#[derive(Clone, Debug, PartialEq)]
pub enum State<T> {
    /// Looked at.
    Known(T),
    /// Could not be looked at.
    Unseen(Failure),
    /// Nothing asks for it, and why.
    NotConfigured(&'static str),
}

impl<T> State<T> {
    /// The facts, where known.
    #[must_use]
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(facts) => Some(facts),
            Self::Unseen(_) | Self::NotConfigured(_) => None,
        }
    }

    /// Why they are not known, where they should be.
    #[must_use]
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Unseen(failure) => Some(failure),
            Self::Known(_) | Self::NotConfigured(_) => None,
        }
    }
}

/// All that is known of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// What the target's URL answers; `None` where it was not asked.
    pub landing: Option<landing::Landing>,
    /// That a platform answers for it, whatever is asked; `None` where something of it was seen.
    pub outage: Option<outage::Outage>,
    /// Protocol, suites, certificate.
    pub tls: State<tls::TlsFacts>,
    /// Responses and their fields.
    pub headers: State<headers::HeadersFacts>,
    /// Who may read across origins.
    pub cors: State<cors::CorsFacts>,
    /// Who is turned away.
    pub auth: State<auth::AuthFacts>,
    /// The WebSocket handshake and socket.
    pub websocket: State<websocket::WebSocketFacts>,
    /// Where the time goes.
    pub latency: State<latency::LatencyFacts>,
    /// What endpoints answer.
    pub contract: State<contract::ContractFacts>,
}

impl Facts {
    /// Reads one line of evidence by itself.
    #[must_use]
    pub fn read(evidence: &Evidence) -> Self {
        Self::among(evidence, std::slice::from_ref(evidence))
    }

    /// Reads one line of evidence, of a run with these lines: some answers must be like another
    /// target's.
    #[must_use]
    pub fn among(evidence: &Evidence, all: &[Evidence]) -> Self {
        let landing = landing::read(evidence);
        let outage = outage::read(evidence, landing.as_ref());
        let nobody = out_of_reach(evidence, landing.as_ref());
        let no_service = outage.as_ref().map(outage::Outage::failure);
        let gate = Gate {
            evidence,
            out_of_reach: nobody.as_ref(),
            no_service: no_service.as_ref(),
        };
        Self {
            tls: gate.pass(Family::Tls, || tls::read(evidence)),
            headers: gate.pass(Family::Headers, || {
                of_the_service(evidence, landing.as_ref())
            }),
            cors: gate.pass(Family::Cors, || cors::read(evidence)),
            auth: gate.pass(Family::Auth, || auth::read(evidence)),
            websocket: gate.pass(Family::Websocket, || websocket::read(evidence)),
            latency: gate.pass(Family::Latency, || latency::read(evidence)),
            contract: gate.pass(Family::Contract, || contract::read(evidence, all)),
            landing,
            outage,
        }
    }

    /// Whether a family is configured, and if so why it could not be seen.
    #[must_use]
    pub fn state_of(&self, family: Family) -> State<()> {
        fn of<T>(state: &State<T>) -> State<()> {
            match state {
                State::Known(_) => State::Known(()),
                State::Unseen(failure) => State::Unseen(failure.clone()),
                State::NotConfigured(why) => State::NotConfigured(why),
            }
        }
        match family {
            Family::Tls => of(&self.tls),
            Family::Headers => of(&self.headers),
            Family::Cors => of(&self.cors),
            Family::Auth => of(&self.auth),
            Family::Websocket => of(&self.websocket),
            Family::Latency => of(&self.latency),
            Family::Contract => of(&self.contract),
        }
    }
}

/// Header fields are read of the service's own answers.
fn of_the_service(
    evidence: &Evidence,
    landing: Option<&landing::Landing>,
) -> State<headers::HeadersFacts> {
    let Some(landing) = landing else {
        return headers::read(evidence);
    };
    match landing::of_the_service(evidence, landing) {
        Some(evidence) => headers::read(&evidence),
        None => State::Unseen(landing.failure().unwrap_or_else(never)),
    }
}

/// Why not a word was exchanged with the target, if so.
fn out_of_reach(evidence: &Evidence, landing: Option<&landing::Landing>) -> Option<Failure> {
    let other_scheme = landing.filter(|landing| {
        let gate = landing.gate.as_ref();
        gate.is_some_and(landing::Gate::is_other_scheme)
    });
    let failure = other_scheme.and_then(landing::Landing::failure);
    failure.or_else(|| unreachable(evidence).cloned())
}

/// What was left out of the run, or could not even be spoken to, needs no reading.
struct Gate<'e> {
    evidence: &'e Evidence,
    out_of_reach: Option<&'e Failure>,
    /// Of an address that answers, why nothing of the service does. Its TLS is what clients get.
    no_service: Option<&'e Failure>,
}

impl Gate<'_> {
    fn pass<T>(&self, family: Family, read: impl FnOnce() -> State<T>) -> State<T> {
        if !self.evidence.run.selects_family(family) {
            return State::NotConfigured("left out of this run");
        }
        let state = read();
        let no_service = self.no_service.filter(|_| family != Family::Tls);
        match (self.out_of_reach.or(no_service), &state) {
            (_, State::NotConfigured(_)) | (None, State::Known(_)) => state,
            (Some(failure), _) => State::Unseen(failure.clone()),
            // What was not even tried failed for the reason that the page did.
            (None, State::Unseen(failure)) if failure.cause == Cause::NotTried => {
                State::Unseen(page_failure(self.evidence).cloned().unwrap_or_else(never))
            }
            (None, State::Unseen(_)) => state,
        }
    }
}

/// Why nothing at all could be seen, if so: not even a connection came about.
#[must_use]
pub fn unreachable(evidence: &Evidence) -> Option<&Failure> {
    let no_connection = |failure: &&Failure| {
        matches!(
            failure.stage,
            Stage::Resolve | Stage::Connect | Stage::Proxy
        )
    };
    let page = page_failure(evidence).filter(no_connection);
    evidence.addresses.failure().or(page)
}

/// Why the target did not answer its first request, if so.
#[must_use]
pub fn unanswered(evidence: &Evidence) -> Option<&Failure> {
    let addresses = evidence.addresses.failure();
    addresses.or_else(|| page_failure(evidence))
}

/// Why the page was not answered, if so.
fn page_failure(evidence: &Evidence) -> Option<&Failure> {
    let (_, page) = exchanges(evidence, Ask::Page.of_target()).next()?;
    page.response.failure()
}

/// The exchanges that asked this, with their index in the evidence.
pub fn exchanges(
    evidence: &Evidence,
    question: Question,
) -> impl Iterator<Item = (usize, &Exchange)> {
    let all = evidence.exchanges.iter().enumerate();
    all.filter(move |(_, exchange)| exchange.question == question)
}

/// The state an observation stands for.
pub fn state<T, U>(observed: &Observation<T>, read: impl FnOnce(&T) -> U) -> State<U> {
    match observed {
        Observation::Seen(value) => State::Known(read(value)),
        Observation::Failed(failure) => State::Unseen(failure.clone()),
        Observation::Skipped(skip) => match skip {
            Skip::NotApplicable => State::NotConfigured("does not apply to this target"),
            Skip::NotConfigured => State::NotConfigured("not declared"),
            Skip::NotSelected => State::NotConfigured("left out of this run"),
            Skip::NoSecret(_) => State::NotConfigured("its secret is not set"),
            Skip::NeedsFlag(_) => State::NotConfigured("needs a flag that was not given"),
            Skip::Proxied(_) => State::NotConfigured("a proxy stands between"),
            Skip::NotNeeded | Skip::Blocked(_) => State::Unseen(never()),
        },
    }
}

/// The run ended before this was looked at.
#[must_use]
pub fn never() -> Failure {
    Failure {
        stage: Stage::Connect,
        cause: Cause::NotTried,
        detail: String::new(),
        after: crate::model::Millis(0),
    }
}
