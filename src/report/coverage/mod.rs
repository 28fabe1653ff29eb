//! How much of what a verdict rests on was shown: the one place where it is counted.
//!
//! Every essential question of the [plan] is either shown, well or badly, or open, with
//! a reason. A rule passes only where every question it rests on was shown.

mod auth;
mod contract;
mod cors;
mod websocket;

use crate::evidence::{Cause, Evidence, Exchange, Observation, Skip};
use crate::facts::Facts;
use crate::model::{Ask, Family, Place, Topic};
use crate::plan::{self, Claim, Essential, Need};
use crate::rules::{Rule, catalogue};

/// The essential questions of one target, by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    shown: Vec<Topic>,
    open: Vec<Open>,
}

/// An essential question without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// What it is about.
    pub topic: Topic,
    /// What was to be asked, in words.
    pub question: String,
    /// Of which place: `GET /orders`, a path, `login` or `socket`.
    pub place: String,
    /// Why it is open.
    pub why: Why,
    /// The same, in a sentence.
    pub said: String,
    /// What would close it, where somebody could give it.
    pub needs: Option<String>,
}

/// Why a question is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A credential or a declaration is missing.
    NoSecret,
    /// It needs the user's consent.
    NeedsConsent,
    /// The legitimate client was not seen to be let in: a refusal proves nothing.
    NoControl,
    /// The legitimate client was turned away: a refusal proves nothing.
    ControlFailed,
    /// The answer did not get as far as what was asked.
    NotReached,
    /// Something else answered: a firewall, a limiter, a maintenance page.
    Blocked,
    /// The deadline came first.
    Deadline,
    /// It was asked, and no answer came.
    NoAnswer,
}

/// What an open question does to a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The best letter is A.
    Wanting,
    /// The best letter is B.
    WithoutControl,
    /// There is no letter.
    Withheld,
}

impl Why {
    /// The word for it in reports for machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoSecret => "no_secret",
            Self::NeedsConsent => "needs_consent",
            Self::NoControl => "no_control",
            Self::ControlFailed => "control_failed",
            Self::NotReached => "not_reached",
            Self::Blocked => "blocked",
            Self::Deadline => "deadline",
            Self::NoAnswer => "no_answer",
        }
    }

    /// What it does to a letter.
    #[must_use]
    pub const fn weight(self) -> Weight {
        match self {
            Self::NoSecret | Self::NeedsConsent | Self::NotReached => Weight::Wanting,
            Self::NoControl => Weight::WithoutControl,
            Self::ControlFailed | Self::Blocked | Self::Deadline | Self::NoAnswer => {
                Weight::Withheld
            }
        }
    }
}

/// What became of one question: shown, or why not.
type Status = Result<(), Gap>;

/// Why one question is open.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Gap {
    why: Why,
    said: String,
    needs: Option<String>,
}

impl Gap {
    fn new(why: Why, said: impl Into<String>) -> Self {
        Self {
            why,
            said: said.into(),
            needs: None,
        }
    }

    /// With what would close it.
    fn needing(mut self, needs: impl Into<String>) -> Self {
        self.needs = Some(needs.into());
        self
    }
}

impl Coverage {
    /// Counts what was shown of a target.
    #[must_use]
    pub fn of(evidence: &Evidence, facts: &Facts) -> Self {
        let mut coverage = Self::default();
        for essential in plan::essential(&evidence.target, &evidence.run) {
            if is_closed(evidence, essential.topic) {
                continue;
            }
            match status(evidence, facts, &essential) {
                Ok(()) => coverage.shown.push(essential.topic),
                Err(gap) => coverage.open.push(open(evidence, &essential, gap)),
            }
        }
        coverage
    }

    /// How many essential questions a family has, and how many of them were shown.
    #[must_use]
    pub fn counts(&self, family: Family) -> (usize, usize) {
        let of = |topic: &&Topic| topic.family() == family;
        let shown = self.shown.iter().filter(of).count();
        (shown + self.open_of(family).count(), shown)
    }

    /// A family's open questions.
    pub fn open_of(&self, family: Family) -> impl Iterator<Item = &Open> {
        self.open
            .iter()
            .filter(move |open| open.topic.family() == family)
    }

    /// All open questions.
    #[must_use]
    pub fn open(&self) -> &[Open] {
        &self.open
    }

    /// The open questions that a rule rests on, those first that weigh most.
    #[must_use]
    pub fn open_under(&self, rule: &Rule) -> Vec<&Open> {
        let rests = |open: &&Open| rule.rests_on.contains(&open.topic);
        let mut open: Vec<&Open> = self.open.iter().filter(rests).collect();
        open.sort_by_key(|open| std::cmp::Reverse(open.why.weight()));
        open
    }

    /// The heaviest of a family's open questions.
    #[must_use]
    pub fn weight(&self, family: Family) -> Option<Weight> {
        self.open_of(family).map(|open| open.why.weight()).max()
    }
}

/// Whether no rule asks: each that rests on it is left out of the run, or waived.
fn is_closed(evidence: &Evidence, topic: Topic) -> bool {
    let waived = |rule: &&Rule| {
        let mut waivers = evidence.target.waivers.iter();
        waivers.any(|waiver| waiver.rule == rule.id.as_str() && evidence.at < waiver.expires)
    };
    let rests = |rule: &&Rule| {
        rule.rests_on.contains(&topic) && evidence.run.selects_rule(rule.id.as_str())
    };
    catalogue().filter(rests).all(|rule| waived(&rule))
}

fn status(evidence: &Evidence, facts: &Facts, essential: &Essential) -> Status {
    if facts.outage.is_some() && essential.topic.family() != Family::Tls {
        return Err(Gap::new(Why::Blocked, "no application answers"));
    }
    if let Some(need) = essential.needs {
        let why = match need {
            Need::Consent(_) => Why::NeedsConsent,
            _ if essential.topic.is_control() => Why::NoControl,
            Need::Secret(_) | Need::Key(_) | Need::Encryption => Why::NoSecret,
        };
        return Err(Gap::new(why, format!("needs {}", need.said())).needing(need.said()));
    }
    match essential.topic.family() {
        // One question each: where it has no answer, the family has no letter anyway.
        Family::Tls | Family::Latency => Ok(()),
        Family::Headers => page(facts),
        Family::Cors => cors::status(evidence, facts, essential),
        Family::Auth => auth::status(evidence, facts, essential),
        Family::Websocket => websocket::status(evidence, facts, essential),
        Family::Contract => contract::status(evidence, facts, essential),
    }
}

/// Something else than the service may answer at the target's URL.
fn page(facts: &Facts) -> Status {
    match facts.headers.failure() {
        Some(failure) if failure.cause == Cause::NotMeant => {
            Err(Gap::new(Why::Blocked, failure.sentence()))
        }
        Some(_) | None => Ok(()),
    }
}

/// The answers to a question; why there is none, otherwise.
fn answers<'e>(
    evidence: &'e Evidence,
    essential: &Essential,
) -> Result<Vec<(usize, &'e Exchange)>, Gap> {
    let same = |exchange: &Exchange| {
        let claim = exchange.origin.as_ref().map(Claim::of);
        exchange.question == essential.question && claim == essential.origin
    };
    let all = evidence.exchanges.iter().enumerate();
    let asked: Vec<(usize, &Exchange)> = all.filter(|(_, exchange)| same(exchange)).collect();
    let mut answered = asked.clone();
    answered.retain(|(_, exchange)| exchange.response.seen().is_some());
    match asked.first() {
        _ if !answered.is_empty() => Ok(answered),
        Some((_, exchange)) => Err(unanswered(exchange)),
        None if evidence.complete => Err(Gap::new(Why::NoAnswer, "was not asked")),
        None => Err(Gap::new(Why::Deadline, "the deadline came first")),
    }
}

fn unanswered(exchange: &Exchange) -> Gap {
    match &exchange.response {
        Observation::Failed(failure) => Gap::new(Why::NoAnswer, failure.sentence()),
        Observation::Skipped(Skip::Blocked(said)) => Gap::new(Why::Blocked, said.as_str()),
        Observation::Skipped(Skip::NeedsFlag(flag)) => {
            Gap::new(Why::NeedsConsent, format!("needs {}", flag.option()))
        }
        Observation::Skipped(_) | Observation::Seen(_) => Gap::new(Why::NoAnswer, "was not asked"),
    }
}

fn open(evidence: &Evidence, essential: &Essential, gap: Gap) -> Open {
    let origin = essential.origin.as_ref();
    let by = origin.map(|origin| format!(", {origin}"));
    Open {
        topic: essential.topic,
        question: format!("{}{}", words(essential), by.unwrap_or_default()),
        place: place(evidence, essential.question.place),
        why: gap.why,
        said: gap.said,
        needs: gap.needs,
    }
}

fn words(essential: &Essential) -> String {
    if essential.topic == Topic::ForgedToken {
        return "a forged token".to_owned();
    }
    if essential.topic == Topic::Bypass {
        return "another method, spelling or field".to_owned();
    }
    if essential.topic == Topic::Disclosure {
        return "supplied secrets in all answers".to_owned();
    }
    match &essential.question.ask {
        Ask::Credentials(attempt) => attempt.to_string(),
        Ask::Login(attempt) => format!("a login as {attempt}"),
        Ask::Socket(ask) => ask.to_string(),
        Ask::Declared => "the declared answer".to_owned(),
        Ask::Absent => "a path that must be absent".to_owned(),
        Ask::WrongMethod => "a method that must be refused".to_owned(),
        Ask::Burst => "the declared limit".to_owned(),
        Ask::Read => "reading the answer".to_owned(),
        Ask::ReadValid => "reading the answer to the valid credential".to_owned(),
        Ask::ReadNotFound => "reading what a path beside it gets that nobody made".to_owned(),
        Ask::Preflight { method, .. } => format!("a preflight for {method}"),
        Ask::Page
        | Ask::Again
        | Ask::Control
        | Ask::OtherScheme
        | Ask::Asleep
        | Ask::Hop(_)
        | Ask::PlainHttp
        | Ask::PlainHop(_)
        | Ask::NotFound
        | Ask::Head
        | Ask::MethodNotAllowed
        | Ask::Exposure(_)
        | Ask::SecurityTxt
        | Ask::Repeat
        | Ask::MadeUp
        | Ask::BurstElsewhere
        | Ask::BurstControl
        | Ask::ProfileHop { .. }
        | Ask::ProfilePreflight => "an answer".to_owned(),
    }
}

fn place(evidence: &Evidence, place: Place) -> String {
    let target = &evidence.target;
    let named = match place {
        Place::Target => None,
        Place::Endpoint(index) => target
            .endpoints
            .get(index)
            .map(crate::model::Endpoint::label),
        Place::Probe(index) => {
            let probe = target.cors.as_ref().and_then(|cors| cors.probe.get(index));
            probe.map(|(method, path)| format!("{method} {path}"))
        }
        Place::Absent(index) => target.absent.get(index).cloned(),
        Place::WrongMethod(index) => target
            .wrong_method
            .get(index)
            .map(|(method, path)| format!("{method} {path}")),
        Place::Rate(index) => target
            .rate
            .get(index)
            .map(|limit| format!("{} {}", limit.method, limit.path)),
        Place::Login => target
            .login
            .as_ref()
            .map(|login| format!("POST {}", login.path)),
        Place::Socket => target.websocket.as_ref().map(|socket| socket.path.clone()),
    };
    named.unwrap_or_else(|| target.url.target.clone())
}
