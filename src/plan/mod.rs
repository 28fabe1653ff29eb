//! Floor 3, the plan: the essential questions of a target, as a pure function of what is declared
//! and of what the user allowed.
//!
//! A question is essential where a rule of medium severity or above rests on its answer. Probes ask
//! them, the dry run lists them, and a verdict counts how many were answered: all three from here.

pub mod auth;
pub mod contract;
pub mod cors;
pub mod websocket;

use std::fmt;

use crate::evidence::{Flag, OriginClass, OriginSent, Run};
use crate::model::{Ask, Endpoint, Family, Place, Question, Target, Topic, UrlScheme};
use crate::wire::cors::Ruse;

/// A question that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Essential {
    /// What it is about.
    pub topic: Topic,
    /// What is asked, and of which place.
    pub question: Question,
    /// On whose behalf a browser would ask, where that is part of the question.
    pub origin: Option<Claim>,
    /// What the user would have to give before it can be asked.
    pub needs: Option<Need>,
}

impl Essential {
    /// One that can be asked as it is.
    #[must_use]
    pub const fn new(topic: Topic, question: Question) -> Self {
        Self {
            topic,
            question,
            origin: None,
            needs: None,
        }
    }

    /// On behalf of this origin.
    #[must_use]
    pub fn by(mut self, origin: &str) -> Self {
        self.origin = Some(Claim::Named(origin.to_owned()));
        self
    }

    /// On behalf of the origin that is sent.
    #[must_use]
    pub fn claiming(mut self, origin: &OriginSent) -> Self {
        self.origin = Some(Claim::of(origin));
        self
    }

    /// Which needs this, if anything.
    #[must_use]
    pub fn needing(mut self, needs: Option<Need>) -> Self {
        self.needs = needs;
        self
    }
}

/// On whose behalf a request claims to come. An origin that is made up has another name in each run:
/// it is known by how it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// An origin of the target file.
    Named(String),
    /// An origin made for the run.
    Made {
        /// What it would show.
        ruse: Ruse,
        /// The declared origin it was made from.
        from: Option<String>,
    },
}

impl Claim {
    /// What an origin claims.
    #[must_use]
    pub fn of(origin: &OriginSent) -> Self {
        match origin.class {
            OriginClass::Attack(ruse) => Self::Made {
                ruse,
                from: origin.from.clone(),
            },
            OriginClass::Declared
            | OriginClass::Denied
            | OriginClass::Control
            | OriginClass::Profile => Self::Named(origin.value.clone()),
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(origin) => write!(f, "Origin {origin}"),
            Self::Made { ruse, from } => {
                write!(f, "an origin nobody declared ({}", ruse.name())?;
                if let Some(from) = from {
                    write!(f, " of {from}")?;
                }
                f.write_str(")")
            }
        }
    }
}

/// What only the user can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// A credential, by its key in `auth` or `login`.
    Secret(&'static str),
    /// Consent to requests that may change something or use up a limit.
    Consent(Flag),
    /// A key of the target file.
    Key(&'static str),
    /// A secret may only travel over TLS or within this machine.
    Encryption,
}

impl Need {
    /// What it takes, in a few words.
    #[must_use]
    pub fn said(self) -> String {
        match self {
            Self::Secret(key) => format!("a credential as `{key}`"),
            Self::Consent(flag) => flag.option().to_owned(),
            Self::Key(key) => format!("`{key}` in the target file"),
            Self::Encryption => "https: no credential is sent in the clear".to_owned(),
        }
    }
}

/// The essential questions of a target in this run, family by family.
#[must_use]
pub fn essential(target: &Target, run: &Run) -> Vec<Essential> {
    let selected = |family: Family| run.selects_family(family);
    let mut all = Vec::new();
    if selected(Family::Tls) && target.url.scheme == UrlScheme::Https {
        all.push(Essential::new(
            Topic::Handshake,
            Ask::Page.at(Place::Target),
        ));
    }
    if selected(Family::Headers) {
        all.push(Essential::new(Topic::Page, Ask::Page.at(Place::Target)));
    }
    if run.conditions.has(Flag::Passive) {
        return all;
    }
    if selected(Family::Cors) {
        all.extend(cors::essential(target, &run.conditions));
    }
    if selected(Family::Auth) {
        all.extend(auth::essential(target, run));
    }
    if selected(Family::Websocket) {
        all.extend(websocket::essential(target, &run.conditions));
    }
    if selected(Family::Contract) {
        all.extend(contract::essential(target, run));
    }
    if selected(Family::Latency) {
        all.push(Essential::new(Topic::Samples, Ask::Page.at(Place::Target)));
    }
    all
}

/// The declared endpoints with their position in the target file.
fn endpoints(target: &Target) -> impl Iterator<Item = (usize, &Endpoint)> {
    target.endpoints.iter().enumerate()
}
