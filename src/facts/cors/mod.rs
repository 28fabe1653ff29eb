//! What was seen of cross-origin resource sharing, each answer judged by Fetch's own algorithm.

mod answer;
mod preflight;

pub use answer::{Answer, Asker};
pub use preflight::Preflight;

use super::State;
use crate::evidence::{Evidence, Exchange, Observation, with_lines};
use crate::model::{
    Ask, Attempt, CorsContract, CorsExpectation, Pointer, Question, Target, Untrusted,
};
use crate::wire::cors::{PreflightFault, Reply};

/// Everything the rules on CORS look at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CorsFacts {
    /// What was declared; `None` when nothing was.
    pub declared: Option<CorsContract>,
    /// Whether `env = "production"` was declared.
    pub production: bool,
    /// Answers to requests other than preflights: those with an `Origin`, and those without that
    /// went to the same place as one with.
    pub answers: Vec<Answer>,
    /// Answers to preflights.
    pub preflights: Vec<Preflight>,
    /// Requests with an `Origin` that got no usable answer, and why.
    pub unseen: Vec<Unseen>,
    /// Whose requests were not sent, to stay within the budget or a rate limit.
    pub left_out: Vec<Asker>,
}

/// A request of which nothing can be said.
#[derive(Clone, Debug, PartialEq)]
pub struct Unseen {
    /// The exchange.
    pub at: Pointer,
    /// The origin that rode along.
    pub origin: String,
    /// Who it stands for.
    pub asker: Asker,
    /// Why: the failure in a sentence, or that the target limited us.
    pub why: String,
    /// Whether the target limited us.
    pub is_limited: bool,
}

/// Reads CORS. Nothing declared and nothing answered is nothing to judge; every request failed is
/// nothing seen.
#[must_use]
pub fn read(evidence: &Evidence) -> State<CorsFacts> {
    let facts = CorsFacts::of(evidence);
    let granted = facts
        .answers
        .iter()
        .any(|answer| answer.allow_origin.is_some());
    if facts.declared.is_none() && !granted {
        return State::NotConfigured("no origins are declared");
    }
    let failure = evidence
        .exchanges
        .iter()
        .filter(|exchange| exchange.origin.is_some())
        .find_map(|exchange| exchange.response.failure());
    match failure {
        Some(failure) if facts.answers.is_empty() && facts.preflights.is_empty() => {
            State::Unseen(failure.clone())
        }
        Some(_) | None => State::Known(facts),
    }
}

impl CorsFacts {
    /// From everything seen of a target.
    #[must_use]
    pub fn of(evidence: &Evidence) -> Self {
        let mut facts = Self {
            declared: evidence.target.cors.clone(),
            production: evidence.target.production,
            ..Self::default()
        };
        let own = evidence.target.url.origin();
        let all = evidence.exchanges.iter().enumerate();
        for (index, exchange) in all.filter(|(_, exchange)| exchange.request.url.origin() == own) {
            facts.add(&Pointer::exchange(index), exchange, &evidence.target);
        }
        let asked: Vec<String> = facts
            .answers
            .iter()
            .filter(|a| a.asker != Asker::Nobody)
            .map(|a| a.endpoint.clone())
            .collect();
        facts
            .answers
            .retain(|a| a.asker != Asker::Nobody || asked.contains(&a.endpoint));
        facts
    }

    fn add(&mut self, at: &Pointer, exchange: &Exchange, target: &Target) {
        let response = match &exchange.response {
            Observation::Seen(response) if response.status != 429 || is_preflight(exchange) => {
                response
            }
            Observation::Seen(_) => {
                return self.unseen(at, exchange, "rate limited".to_owned(), true);
            }
            Observation::Failed(failure) => {
                return self.unseen(at, exchange, failure.sentence(), false);
            }
            Observation::Skipped(_) => {
                self.left_out
                    .extend(exchange.origin.as_ref().map(|sent| Asker::of(Some(sent))));
                return;
            }
        };
        with_lines(&response.fields, |fields| {
            let reply = Reply {
                status: response.status,
                fields,
            };
            self.read(at, exchange, &reply, target);
        });
    }

    fn read(&mut self, at: &Pointer, exchange: &Exchange, reply: &Reply<'_>, target: &Target) {
        if let Ask::Preflight { method, headers } = &exchange.question.ask {
            let asked = (method, headers.as_slice());
            let preflight = Preflight::new(at, exchange, reply, target, asked);
            self.preflights.push(preflight);
        } else if is_a_page_s(&exchange.question) {
            self.answers
                .push(Answer::new(at, exchange, reply, target.cors.as_ref()));
        }
    }

    fn unseen(&mut self, at: &Pointer, exchange: &Exchange, why: String, is_limited: bool) {
        if let Some(origin) = &exchange.origin {
            let asker = Asker::of(Some(origin));
            self.unseen.push(Unseen {
                at: at.clone(),
                origin: origin.value.clone(),
                asker,
                why,
                is_limited,
            });
        }
    }

    /// Whether an allow-list was declared.
    #[must_use]
    pub fn has_list(&self) -> bool {
        self.declared
            .as_ref()
            .is_some_and(|cors| cors.expectation == CorsExpectation::AllowList)
    }

    /// Whether pages send cookies or HTTP authentication along, as declared.
    #[must_use]
    pub fn with_credentials(&self) -> bool {
        self.declared.as_ref().is_some_and(|cors| cors.credentials)
    }

    /// Answers to declared origins.
    pub fn to_declared(&self) -> impl Iterator<Item = &Answer> {
        self.answers
            .iter()
            .filter(|answer| answer.asker == Asker::Declared)
    }

    /// Preflights of declared origins that tell how declared calls fare.
    pub fn declared_preflights(&self) -> impl Iterator<Item = &Preflight> {
        self.preflights
            .iter()
            .filter(|preflight| preflight.asker == Asker::Declared && self.tells(preflight))
    }

    /// Preflights of declared origins that were refused where nobody said that the method is called:
    /// it may well be called, and allowed, elsewhere.
    pub fn guesses(&self) -> impl Iterator<Item = &Preflight> {
        self.preflights
            .iter()
            .filter(|preflight| preflight.asker == Asker::Declared && !self.tells(preflight))
    }

    /// What is refused alike at a path that nobody has is refused everywhere; but that a path nobody
    /// has leads nowhere says nothing of the others.
    fn tells(&self, preflight: &Preflight) -> bool {
        let everywhere = |control: &Preflight| {
            control.asker == Asker::Control
                && control.origin == preflight.origin
                && control.method() == preflight.method()
                && control.faults == preflight.faults
                && !control.faults.contains(&PreflightFault::NotRouted)
        };
        preflight.is_called || preflight.faults.is_empty() || self.preflights.iter().any(everywhere)
    }

    /// Whether the server answers different origins differently, so that caches have to keep the
    /// answers apart: two origins were echoed, or one place answered two origins differently.
    #[must_use]
    pub fn chooses_by_origin(&self) -> bool {
        let answers = self
            .answers
            .iter()
            .map(|a| (&a.endpoint, &a.origin, &a.allow_origin));
        let preflights = self
            .preflights
            .iter()
            .map(|p| (&p.endpoint, &p.origin, &p.allow_origin));
        let seen: Vec<_> = answers.chain(preflights).collect();
        let echoes = |(_, origin, allowed): &(_, &Option<String>, &Option<Untrusted>)| {
            origin.is_some() && allowed.as_ref().map(Untrusted::raw) == origin.as_deref()
        };
        seen.iter().filter(|one| echoes(one)).any(|one| {
            seen.iter().any(|other| {
                one.1 != other.1 && one.2 != other.2 && (one.0 == other.0 || echoes(other))
            })
        })
    }
}

fn is_preflight(exchange: &Exchange) -> bool {
    matches!(exchange.question.ask, Ask::Preflight { .. })
}

/// Requests with made-up credentials are none that a page would send.
fn is_a_page_s(question: &Question) -> bool {
    !matches!(&question.ask, Ask::Credentials(attempt) if *attempt != Attempt::Nothing)
}
