//! What an author wrote and no browser does: each of these leaves a policy weaker, or stricter,
//! than it looks.

use std::fmt;

use super::name::{Grammar, Status, known};
use super::source::{self, Keyword, Malformed, Source};
use super::{Directive, Token};

/// One fault, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Byte offset of the token in the field value.
    pub at: usize,
    /// The token, as written.
    pub token: String,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// What is wrong, and what browsers do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// A directive with a character outside ASCII, such as a curly quote, is dropped whole
    /// (CSP3 §2.2.1).
    NotAscii,
    /// The second and later of the same name are ignored (CSP3 §2.2.1).
    Duplicate,
    /// No browser knows the directive; it is ignored.
    UnknownDirective,
    /// A directive name with a colon behind it: unknown, so ignored.
    ColonAfterName,
    /// `<meta>` cannot set it (CSP3 §3.3).
    IgnoredInMeta,
    /// Browsers no longer act on it.
    Dead(&'static str),
    /// The name of a directive among the sources: the `;` before it is missing, so it is read as
    /// the name of a host.
    MissingSemicolon,
    /// A keyword, nonce or hash without its quotes is read as the name of a host.
    MissingQuotes,
    /// `'none'` beside other sources is ignored (CSP3 §6.7.2.4).
    NoneNotAlone,
    /// `frame-ancestors` takes no such source (CSP3 §6.4.2).
    NotAnAncestor,
    /// Fits no grammar, so it matches nothing.
    Source(Malformed),
}

impl FaultKind {
    /// Whether something the author meant to forbid stays allowed because of it.
    #[must_use]
    pub fn weakens(self) -> bool {
        match self {
            Self::NotAscii
            | Self::Duplicate
            | Self::UnknownDirective
            | Self::ColonAfterName
            | Self::IgnoredInMeta
            | Self::MissingSemicolon => true,
            Self::Dead(_)
            | Self::MissingQuotes
            | Self::NoneNotAlone
            | Self::NotAnAncestor
            | Self::Source(_) => false,
        }
    }
}

impl Fault {
    pub(super) fn at(token: &Token, kind: FaultKind) -> Self {
        Self {
            at: token.at,
            token: token.text.clone(),
            kind,
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAscii => "is not ASCII, so the whole directive is dropped",
            Self::Duplicate => "stands twice: only the first counts",
            Self::UnknownDirective => "is no directive, and is ignored with all behind it",
            Self::ColonAfterName => "has a colon behind the name, so it is ignored",
            Self::IgnoredInMeta => "cannot be set from <meta>, and is ignored",
            Self::Dead(why) => return write!(f, "is obsolete: {why}"),
            Self::MissingSemicolon => "is read as a host: the `;` before it is missing",
            Self::MissingQuotes => "lacks its single quotes, so it names a host",
            Self::NoneNotAlone => "is ignored, since other sources stand beside it",
            Self::NotAnAncestor => "means nothing in frame-ancestors, and is ignored",
            Self::Source(malformed) => malformed.reason(),
        })
    }
}

impl Malformed {
    fn reason(self) -> &'static str {
        match self {
            Self::UnknownKeyword => "is no keyword, and matches nothing",
            Self::NonceCharset => "is a nonce outside base64, and is ignored",
            Self::HashValue => "is no digest of that length, and matches nothing",
            Self::Host => "is no host by the grammar, and matches nothing",
            Self::Ipv6 => "is an IPv6 address, which matches nothing: use a name",
            Self::Port => "has no valid port, and matches nothing",
            Self::Path => "has a query or fragment, and matches nothing",
        }
    }
}

/// The faults of one directive; `name` is the token its name stood in.
pub(super) fn of(name: &Token, directive: &Directive) -> Vec<Fault> {
    let Some((grammar, status)) = known(&directive.name) else {
        let bare = directive.name.strip_suffix(':');
        let kind = match bare.and_then(known) {
            Some(_) => FaultKind::ColonAfterName,
            None => FaultKind::UnknownDirective,
        };
        return vec![Fault::at(name, kind)];
    };
    let mut faults = Vec::new();
    if let Status::Dead(why) = status {
        faults.push(Fault::at(name, FaultKind::Dead(why)));
    }
    let alone = directive.sources.len() == 1;
    for (token, source) in directive.values.iter().zip(&directive.sources) {
        if let Some(kind) = of_source(token, source, grammar, alone) {
            faults.push(Fault::at(token, kind));
        }
    }
    faults
}

fn of_source(token: &Token, source: &Source, grammar: Grammar, alone: bool) -> Option<FaultKind> {
    match source {
        Source::None => (!alone).then_some(FaultKind::NoneNotAlone),
        Source::Keyword(Keyword::SelfOrigin) | Source::Scheme(_) => None,
        Source::Keyword(_) | Source::Nonce(_) | Source::Hash(..) => {
            (grammar == Grammar::Ancestors).then_some(FaultKind::NotAnAncestor)
        }
        Source::Host(_) | Source::Invalid(Malformed::Host) if lacks_quotes(&token.text) => {
            Some(FaultKind::MissingQuotes)
        }
        Source::Host(_) => known(&token.text.to_ascii_lowercase())
            .is_some()
            .then_some(FaultKind::MissingSemicolon),
        Source::Invalid(malformed) => Some(FaultKind::Source(*malformed)),
    }
}

fn lacks_quotes(token: &str) -> bool {
    let prefixed = ["nonce-", "sha256-", "sha384-", "sha512-"]
        .iter()
        .any(|prefix| source::strip_prefix_ignoring_case(token, prefix).is_some());
    prefixed || token.eq_ignore_ascii_case("none") || source::keyword(token).is_some()
}
