//! Floor 4, the catalogue: the only place that names every rule.
//!
//! A rule is a literal: what it means, why it matters, how to mend it, where it is written, and the
//! pure function that decides. `explain`, the rules page, the report and the tests are all made
//! from [`catalogue`]. Rules see [facts](crate::facts), never bytes, clocks or sockets.

pub mod auth;
pub mod contract;
pub mod cors;
pub mod headers;
pub mod latency;
pub mod tls;
pub mod websocket;

use std::fmt;

use crate::facts::auth::AuthFacts;
use crate::facts::contract::ContractFacts;
use crate::facts::cors::CorsFacts;
use crate::facts::headers::{HeadersFacts, Page};
use crate::facts::landing::Landing;
use crate::facts::latency::LatencyFacts;
use crate::facts::outage::Outage;
use crate::facts::tls::TlsFacts;
use crate::facts::websocket::WebSocketFacts;
use crate::model::{Family, Grade, Pointer, RuleId, Severity, Topic, Untrusted};

/// Why something was not tried although nothing stood in its way.
const LEFT_OUT: &str =
    "left out to stay within the budget (--thorough) or half of a rate limit (--burst)";

/// What a finding means, and how it is found.
#[derive(Debug)]
pub struct Rule {
    /// `family/slug`, for ever.
    pub id: RuleId,
    /// What is wrong when it fails, in a few words.
    pub title: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What follows from it, for whom.
    pub rationale: &'static str,
    /// What was wanted, in a few words.
    pub expected: &'static str,
    /// How to mend it.
    pub remediation: &'static str,
    /// How it is seen, and what could make it wrong.
    pub observed_by: &'static str,
    /// Where it is written.
    pub references: &'static [Reference],
    /// The best letter its family can have while it fails; `None` leaves it to the severity.
    pub cap: Option<Grade>,
    /// The questions that all must have been answered before it may pass.
    pub rests_on: &'static [Topic],
    /// The decision.
    pub check: Check,
}

impl Rule {
    /// The best letter its family can have while it fails. A critical finding caps at F, a high
    /// one at C; what mediums do together is [`crate::grade`]'s business.
    #[must_use]
    pub fn limit(&self) -> Option<Grade> {
        self.cap.or(match self.severity {
            Severity::Critical => Some(Grade::F),
            Severity::High => Some(Grade::C),
            Severity::Medium | Severity::Low | Severity::Info => None,
        })
    }

    /// The family its id names.
    #[must_use]
    pub fn family(&self) -> Family {
        match self.check {
            Check::Tls(_) => Family::Tls,
            Check::Page(_) | Check::Headers(_) | Check::Landing(_) => Family::Headers,
            Check::Cors(_) => Family::Cors,
            Check::Auth(_) => Family::Auth,
            Check::WebSocket(_) => Family::Websocket,
            Check::Latency(_) | Check::Load(_) => Family::Latency,
            Check::Contract(_) | Check::Outage(_) => Family::Contract,
            Check::Measured(family) => family,
        }
    }
}

/// A pure decision over one family's facts.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Over TLS.
    Tls(fn(&TlsFacts) -> Verdict),
    /// Over one response: asked of every page that was looked at.
    Page(fn(&Page) -> Verdict),
    /// Over all responses together.
    Headers(fn(&HeadersFacts) -> Verdict),
    /// Over what the target's URL answers.
    Landing(fn(&Landing) -> Verdict),
    /// Over CORS.
    Cors(fn(&CorsFacts) -> Verdict),
    /// Over refusals.
    Auth(fn(&AuthFacts) -> Verdict),
    /// Over WebSocket trials.
    WebSocket(fn(&WebSocketFacts) -> Verdict),
    /// Over samples.
    Latency(fn(&LatencyFacts) -> Verdict),
    /// Over a load run: a part of the verdict, but not of the grade.
    Load(fn(&LatencyFacts) -> Verdict),
    /// Over declared endpoints.
    Contract(fn(&ContractFacts) -> Verdict),
    /// Over whether anything of the service answers at all.
    Outage(fn(Option<&Outage>) -> Verdict),
    /// Whether the family could be looked at, which [`crate::report`] decides for all alike: a
    /// thing that could not be seen is one finding, not one for each rule that wanted it.
    Measured(Family),
}

/// What a rule answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Not as it should be: what was seen, a place each.
    Fail(Vec<Observed>),
    /// The question does not arise, and why.
    NotApplicable(&'static str),
    /// Was not tried because something the user did not give is needed for it, and what. Never a
    /// pass, but no reason to withhold a grade or the exit code either.
    NotTested(String),
    /// Was tried and could not be decided, and why. Never a pass: it withholds the family's grade.
    Unknown(String),
}

impl Verdict {
    /// One failure.
    #[must_use]
    pub fn fail(at: &Pointer, said: impl Into<Untrusted>) -> Self {
        Self::Fail(vec![Observed::new(at, said)])
    }

    /// Passes when nothing was observed.
    #[must_use]
    pub fn unless(observed: Vec<Observed>) -> Self {
        if observed.is_empty() {
            Self::Pass
        } else {
            Self::Fail(observed)
        }
    }

    /// One word, for tables of tests: `pass`, `fail`, `n/a`, `not tested`, `unknown`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail(_) => "fail",
            Self::NotApplicable(_) => "n/a",
            Self::NotTested(_) => "not tested",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// What was seen, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Into the evidence.
    pub at: Pointer,
    /// `GET /path`, where the finding is about one endpoint.
    pub endpoint: Option<String>,
    /// In a few words, with the peer's own.
    pub said: Untrusted,
    /// What was wanted here, where it differs from the rule's own words.
    pub expected: Option<String>,
    /// The part of a declaration that it is about: `status`, `json /version`.
    pub part: Option<String>,
    /// The one line that mends it, where there is one.
    pub change: Option<Change>,
    /// What the command beside the finding asks and prints.
    pub shown_by: ShownBy,
}

/// What a command has to ask and print to show what was observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShownBy {
    /// The exchange or the handshake again, and what it answers.
    #[default]
    Again,
    /// What was said on an open socket, said again.
    Spoken,
    /// As many sockets as were held, at once.
    Together,
    /// A burst, and behind its refusal a request that claims another address.
    Forwarded,
    /// The exchange again, some times.
    Often,
    /// How many bytes the body has.
    Size,
    /// How long it takes from the request to the last byte.
    Time,
    /// A handshake that offers HTTP/2 by ALPN (RFC 7301).
    Http2Offered,
    /// A handshake of TLS 1.3 with a post-quantum group alone.
    PostQuantumOffered,
}

/// A change of a response's fields, as the final merged value: what to send, not what to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Send this field with this value, and no other line of that name.
    Set(&'static str, String),
    /// Do not send this field.
    Remove(String),
    /// Set this cookie with these attributes, as written behind its value.
    Cookie(Untrusted, String),
}

impl Observed {
    /// At a place.
    #[must_use]
    pub fn new(at: &Pointer, said: impl Into<Untrusted>) -> Self {
        Self {
            at: at.clone(),
            endpoint: None,
            said: said.into(),
            expected: None,
            part: None,
            change: None,
            shown_by: ShownBy::Again,
        }
    }

    /// About one endpoint.
    #[must_use]
    pub fn about(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// About one part of a declaration.
    #[must_use]
    pub fn of_part(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    /// With the line that mends it.
    #[must_use]
    pub fn mended_by(mut self, change: Change) -> Self {
        self.change = Some(change);
        self
    }

    /// With what the command must ask and print.
    #[must_use]
    pub fn shown_by(mut self, shown_by: ShownBy) -> Self {
        self.shown_by = shown_by;
        self
    }

    /// With what was wanted here.
    #[must_use]
    pub fn wanted(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }
}

/// The first of those that are the same thing said again.
fn without_repeats(
    observed: impl IntoIterator<Item = Observed>,
    is_same: impl Fn(&Observed, &Observed) -> bool,
) -> Vec<Observed> {
    let mut kept: Vec<Observed> = Vec::new();
    for one in observed {
        if !kept.iter().any(|other| is_same(&one, other)) {
            kept.push(one);
        }
    }
    kept
}

/// Where something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// An RFC and its section; an empty section means the whole.
    Rfc(u16, &'static str),
    /// Any other standard: its name with the section, and its address.
    Standard(&'static str, &'static str),
}

impl Reference {
    /// The address of the text.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Rfc(number, "") => format!("https://www.rfc-editor.org/rfc/rfc{number}"),
            Self::Rfc(number, section) => {
                format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}")
            }
            Self::Standard(_, url) => (*url).to_owned(),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rfc(number, "") => write!(f, "RFC {number}"),
            Self::Rfc(number, section) => write!(f, "RFC {number} §{section}"),
            Self::Standard(name, _) => f.write_str(name),
        }
    }
}

/// A rule about responses, asked of each: it fails where any fails, and applies where any does.
#[must_use]
pub fn over_pages(pages: &[Page], check: fn(&Page) -> Verdict) -> Verdict {
    let mut places = Vec::new();
    let mut softest = None;
    for page in pages {
        match check(page) {
            Verdict::Fail(found) => places.extend(found),
            other @ (Verdict::Pass
            | Verdict::NotApplicable(_)
            | Verdict::NotTested(_)
            | Verdict::Unknown(_)) => softest = Some(softer(softest, other)),
        }
    }
    if places.is_empty() {
        softest.unwrap_or(Verdict::NotApplicable("no response to judge"))
    } else {
        Verdict::Fail(places)
    }
}

/// Unknown before pass before not applicable.
fn softer(so_far: Option<Verdict>, next: Verdict) -> Verdict {
    match (so_far, next) {
        (Some(Verdict::Unknown(why)), _) | (_, Verdict::Unknown(why)) => Verdict::Unknown(why),
        (Some(Verdict::Pass), _) | (_, Verdict::Pass) => Verdict::Pass,
        (_, next) => next,
    }
}

/// Every rule, by family, each family's own order kept.
pub fn catalogue() -> impl Iterator<Item = &'static Rule> {
    [
        tls::RULES,
        headers::RULES,
        cors::RULES,
        auth::RULES,
        websocket::RULES,
        latency::RULES,
        contract::RULES,
    ]
    .into_iter()
    .flatten()
    .copied()
    .flatten()
}

/// The rule of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    catalogue().find(|rule| rule.id.as_str() == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Check, Rule, catalogue, find};
    use crate::model::Severity;

    #[test]
    fn ids_are_unique_and_name_their_family() {
        let mut seen = BTreeSet::new();
        for rule in catalogue() {
            assert!(seen.insert(rule.id), "{} stands twice", rule.id);
            assert_eq!(rule.id.family(), Some(rule.family()), "{}", rule.id);
        }
    }

    #[test]
    fn every_rule_can_be_explained() {
        for rule in catalogue() {
            let texts = [
                rule.title,
                rule.rationale,
                rule.expected,
                rule.remediation,
                rule.observed_by,
            ];
            assert!(
                texts.iter().all(|text| !text.is_empty()),
                "{} lacks a text",
                rule.id
            );
            assert!(find(rule.id.as_str()).is_some());
        }
    }

    #[test]
    fn what_matters_rests_on_something_of_its_own_family() {
        let matters = |rule: &&Rule| rule.severity >= Severity::Medium;
        let judged = |rule: &&Rule| !matches!(rule.check, Check::Measured(_) | Check::Load(_));
        for rule in catalogue().filter(matters).filter(judged) {
            assert!(!rule.rests_on.is_empty(), "{} rests on nothing", rule.id);
        }
        for rule in catalogue() {
            let families = rule.rests_on.iter().map(|topic| topic.family());
            assert!(
                families.eq(rule.rests_on.iter().map(|_| rule.family())),
                "{}",
                rule.id
            );
        }
    }

    #[test]
    fn severe_rules_cite() {
        for rule in catalogue().filter(|rule| rule.severity >= Severity::High) {
            assert!(!rule.references.is_empty(), "{} needs a citation", rule.id);
        }
    }
}
