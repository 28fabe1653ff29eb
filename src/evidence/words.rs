//! What was tried, in words: a dry run lists it, and reports name it, alike.

use super::Question;

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
