//! What was tried, in words: a dry run lists it, and reports name it, alike.

use super::{Question, SocketFault, SocketWhy};
use crate::model::Attempt;

impl Question {
    /// What the hello offers.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Modern => "TLS 1.2 with modern suites",
            Self::Rest => "TLS 1.2 with every other suite",
            Self::OldVersion => "an old version with all its suites",
            Self::Fallback => "TLS_FALLBACK_SCSV",
            Self::PostQuantum => "TLS 1.3 with post-quantum groups only",
            Self::NoName => "TLS 1.2 without the name",
            Self::Tls13 => "TLS 1.3 with single suites",
            Self::Class => "the weak or old suites of one kind",
            Self::Enumerate => "suites not known to be refused",
            Self::Order => "suites in another order",
            Self::Group => "TLS 1.3 with single groups",
            Self::Tolerance => "once more, without what old servers do not take",
            Self::Features => "what TLS 1.2 is asked beside suites",
            Self::Control => "modern suites again, behind an unanswered hello",
            Self::Repeat => "modern suites again",
        }
    }
}

impl SocketWhy {
    /// Who connects, and with what.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Legitimate => "a legitimate client".to_owned(),
            Self::Held => "one of several at once".to_owned(),
            Self::Origin => "a page".to_owned(),
            Self::Plain => "without TLS and credentials".to_owned(),
            Self::Credentials(Attempt::Nothing) => "without credentials".to_owned(),
            Self::Credentials(attempt) => format!("with {attempt}"),
            Self::Fault(fault) => fault.words().to_owned(),
        }
    }
}

impl SocketFault {
    /// What the client does wrong on purpose.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Version => "of an unknown version",
            Self::NoKey => "without a key",
            Self::NoUpgrade => "a plain GET",
            Self::NoOrigin => "without an origin",
            Self::Oversize => "a message over the declared limit",
            Self::Unmasked => "an unmasked frame",
            Self::NotUtf8 => "a text that is not UTF-8",
            Self::Reserved => "a frame with a reserved bit",
        }
    }
}
