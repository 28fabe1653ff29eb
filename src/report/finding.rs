//! One rule's outcome at one place.

use super::fix::Snippet;
use crate::model::{Family, Pointer, RuleId, Severity, Source, Timestamp, Untrusted};
use crate::rules::{Reference, Rule};

/// One rule's outcome at one place, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// Its family.
    pub family: Family,
    /// What is wrong when it fails.
    pub title: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What came out.
    pub outcome: Outcome,
    /// `GET /path`, where it is about one endpoint.
    pub endpoint: Option<String>,
    /// What was seen, in a few words.
    pub observed: Untrusted,
    /// What was wanted.
    pub expected: String,
    /// What follows from it.
    pub impact: &'static str,
    /// How to mend it.
    pub fix: String,
    /// The same as lines for the server that the answer's own fields suggest.
    pub snippet: Option<Snippet>,
    /// Where it is written.
    pub references: Vec<Link>,
    /// A command that shows it.
    pub reproduce: Option<String>,
    /// Into the evidence.
    pub at: Pointer,
    /// Where in the target file stands what it is about, where that is one declaration.
    pub source: Option<Source>,
    /// Who accepted it, if somebody did.
    pub waived: Option<WaivedBy>,
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Not as it should be.
    Fail,
    /// Could not be decided; never a pass.
    Unknown,
    /// Was not tried, for want of something the user did not give; never a pass.
    NotTested,
    /// Not as it should be, and accepted for now.
    Waived,
    /// As it should be.
    Pass,
    /// The question does not arise.
    NotApplicable,
}

impl Outcome {
    /// Whether it was seen not to be as it should, accepted or not.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Fail | Self::Waived)
    }
}

/// A text's name and address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// `RFC 6797 §7.1`.
    pub title: String,
    /// Where to read it.
    pub url: String,
}

/// Why a failure counts for nothing now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaivedBy {
    /// In the user's words.
    pub reason: String,
    /// Until when.
    pub expires: Timestamp,
    /// Where it is tracked.
    pub ticket: Option<String>,
}

impl Finding {
    /// A rule's outcome, with nothing observed yet.
    #[must_use]
    pub fn new(rule: &'static Rule, outcome: Outcome, observed: Untrusted) -> Self {
        Self {
            rule: rule.id,
            family: rule.family(),
            title: rule.title,
            severity: rule.severity,
            outcome,
            endpoint: None,
            observed,
            expected: rule.expected.to_owned(),
            impact: rule.rationale,
            fix: rule.remediation.to_owned(),
            snippet: None,
            references: rule.references.iter().map(Link::from).collect(),
            reproduce: None,
            at: Pointer::default(),
            source: None,
            waived: None,
        }
    }

    /// Whether both are one thing to do: the same rule wants the same. Of a declared endpoint each
    /// want is a thing of its own, unless all fail in the same way.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let same = (self.rule, self.outcome) == (other.rule, other.outcome);
        let declared = self.family == Family::Contract && self.outcome.is_failure();
        let cause = !declared || self.observed == other.observed;
        same && self.expected == other.expected && cause
    }
}

impl From<&Reference> for Link {
    fn from(reference: &Reference) -> Self {
        Self {
            title: reference.to_string(),
            url: reference.url(),
        }
    }
}
