//! What was seen of cross-origin resource sharing, each answer judged by Fetch's own algorithm.

mod answer;
mod cause;
mod preflight;

pub use answer::{Answer, Asker, Occasion};
pub use preflight::Preflight;

use super::State;
use crate::evidence::{Evidence, Exchange, Observation, OriginClass, with_lines};
use crate::model::{
    Ask, Attempt, CorsContract, CorsExpectation, Place, Pointer, Question, Target, Untrusted,
};
use crate::wire::cors::{AccessFault, PreflightFault, Reply, Ruse, UNHEARD_OF};

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
    /// Answers that say that it was one request too many.
    pub limited: Vec<Answer>,
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

/// Reads CORS. Where nothing of it was asked, there is nothing to judge; where every request failed,
/// nothing was seen. A target of which no origin is declared is asked by attack origins all the same.
#[must_use]
pub fn read(evidence: &Evidence) -> State<CorsFacts> {
    let facts = CorsFacts::of(evidence);
    let asked = |exchange: &&Exchange| {
        let class = exchange.origin.as_ref().map(|sent| sent.class);
        class.is_some_and(|class| class != OriginClass::Profile) && !exchange.was_left_out()
    };
    let mut asked = evidence.exchanges.iter().filter(asked).peekable();
    if facts.declared.is_none() && asked.peek().is_none() {
        return State::NotConfigured("no origins are declared");
    }
    let answered = facts.answers.iter().any(|answer| answer.origin.is_some());
    match asked.find_map(|exchange| exchange.response.failure()) {
        Some(failure) if !answered && facts.preflights.is_empty() => State::Unseen(failure.clone()),
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
        cause::settle(&mut facts.preflights);
        facts
    }

    fn add(&mut self, at: &Pointer, exchange: &Exchange, target: &Target) {
        let response = match &exchange.response {
            Observation::Seen(response) => response,
            Observation::Failed(failure) => {
                return self.unseen(at, exchange, failure.sentence(), false);
            }
            Observation::Skipped(_) => {
                self.left_out
                    .extend(exchange.origin.as_ref().map(|sent| Asker::of(Some(sent))));
                return;
            }
        };
        // Behind a burst, being one too many is what was asked for.
        let burst = matches!(exchange.question.place, Place::Rate(_));
        if response.status == 429 && !is_preflight(exchange) && !burst {
            self.unseen(at, exchange, "rate limited".to_owned(), true);
        }
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
            let answer = Answer::new(at, exchange, reply, target);
            if answer.occasion == Occasion::Limited {
                self.limited.push(answer);
            } else {
                self.answers.push(answer);
            }
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

    /// Whether an asker is one of those who must be able to read: a declared origin, or anybody where
    /// everybody may.
    #[must_use]
    pub fn serves(&self, asker: Asker) -> bool {
        let public = self.declared.is_some() && !self.has_list();
        asker == Asker::Declared || (public && asker == Asker::Hostile(Ruse::Reflection))
    }

    /// Answers to declared origins.
    pub fn to_declared(&self) -> impl Iterator<Item = &Answer> {
        self.answers
            .iter()
            .filter(|answer| answer.asker == Asker::Declared)
    }

    /// What stops the page of an answer, given the credentials that are declared.
    #[must_use]
    pub fn fault(&self, answer: &Answer) -> Option<AccessFault> {
        answer.fault(self.with_credentials())
    }

    /// Whether an answer leaves out the origin that asked.
    #[must_use]
    pub fn leaves_out(&self, answer: &Answer) -> bool {
        self.fault(answer).is_some_and(AccessFault::is_left_out)
    }

    /// Whether any answer to an origin lets it in.
    #[must_use]
    pub fn lets_in(&self, origin: Option<&String>) -> bool {
        let answers = self.answers.iter().chain(&self.limited);
        let mut own = answers.filter(|answer| answer.origin.as_ref() == origin);
        own.any(|answer| !self.leaves_out(answer))
    }

    /// Whether an origin is off the server's list: no answer lets it in, and its preflights do not
    /// either, or would let in anybody.
    #[must_use]
    pub fn is_refused(&self, origin: Option<&String>) -> bool {
        let told = self.to_declared().any(|answer| {
            answer.origin.as_ref() == origin && self.leaves_out(answer) && self.is_told(answer)
        });
        told && !self.lets_in(origin) && !self.is_on_the_list(origin)
    }

    /// Whether an answer tells who is on the list. One of a server that is broken anyway does not, nor
    /// a gateway's or a limiter's 502, 503 or 504, nor one from a path that is not called with this
    /// method.
    #[must_use]
    pub fn is_told(&self, answer: &Answer) -> bool {
        let broken = answer.status >= 500 && !self.is_well_without(answer);
        let unrouted = matches!(answer.status, 404 | 405 | 501) && !answer.is_called;
        let another = matches!(answer.status, 502..=504) && !answer.is_declared;
        !broken && !another && !unrouted && answer.occasion != Occasion::NotFound
    }

    /// Whether the same request without an `Origin` was answered, and did not break the server.
    #[must_use]
    pub fn is_well_without(&self, answer: &Answer) -> bool {
        self.answers.iter().any(|other| {
            other.asker == Asker::Nobody && other.endpoint == answer.endpoint && other.status < 500
        })
    }

    /// Whether preflights let an origin in that answers leave out: then the two have lists of their
    /// own. Preflights that let in just anybody, or answers that name another origin, tell that the
    /// only list there is has it not.
    fn is_on_the_list(&self, origin: Option<&String>) -> bool {
        let preflights = || self.preflights.iter();
        let anybody = preflights().any(|one| one.asker.is_stranger() && one.names_its_origin());
        let named_other = self.to_declared().any(|answer| {
            answer.origin.as_ref() == origin && self.fault(answer) == Some(AccessFault::Other)
        });
        let mut own = self
            .declared_preflights()
            .filter(|one| one.origin.as_ref() == origin)
            .filter(|one| (200..300).contains(&one.status) || one.allow_origin.is_some());
        !anybody
            && !named_other
            && own.any(|one| !one.access().is_some_and(AccessFault::is_left_out))
    }

    /// Whether a place has no part in CORS, as far as was seen: the root of a site of which other
    /// places let declared origins in.
    #[must_use]
    pub fn is_outside(&self, answer: &Answer) -> bool {
        let bare = answer.allow_origin.is_none() && answer.allow_credentials.is_none();
        let mut others = self.answers.iter().filter(|other| self.serves(other.asker));
        let shared = others.any(|other| other.place != answer.place && !self.leaves_out(other));
        answer.occasion == Occasion::Root && bare && shared
    }

    /// Whether no declared origin can read what a path answers.
    #[must_use]
    pub fn is_bare(&self, path: &str) -> bool {
        let here = |answer: &&Answer| {
            let own = answer.endpoint.split_once(' ').map(|(_, path)| path);
            own == Some(path) && answer.status < 400
        };
        let mut answers = self.to_declared().filter(here).peekable();
        answers.peek().is_some() && answers.all(|answer| self.leaves_out(answer))
    }

    /// Preflights of declared origins that tell how declared calls fare.
    pub fn declared_preflights(&self) -> impl Iterator<Item = &Preflight> {
        self.preflights
            .iter()
            .filter(|preflight| self.is_a_page_s(preflight) && self.tells(preflight))
    }

    /// Preflights of declared origins that were refused where nobody said that the method is called:
    /// it may well be called, and allowed, elsewhere.
    pub fn guesses(&self) -> impl Iterator<Item = &Preflight> {
        self.preflights
            .iter()
            .filter(|preflight| self.is_a_page_s(preflight) && !self.tells(preflight))
    }

    /// What no page asks for is no call of theirs.
    fn is_a_page_s(&self, preflight: &Preflight) -> bool {
        let odd = preflight.headers.iter().any(|name| name == UNHEARD_OF);
        self.serves(preflight.asker) && !odd
    }

    /// What is refused alike at a path that nobody has is refused everywhere; but that a path nobody
    /// has leads nowhere says nothing of the others.
    #[must_use]
    pub fn tells(&self, preflight: &Preflight) -> bool {
        let everywhere = |control: &Preflight| {
            control.asker == Asker::Control
                && control.is_nowhere
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
