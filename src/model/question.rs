//! What is asked, and of which declared place: the one key that requests, the dry run, the evidence
//! and the coverage of a verdict share.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Family, Method, Place, SocketFault, UrlScheme};

/// One thing asked of one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Question {
    /// What is asked.
    pub ask: Ask,
    /// Of which place.
    pub place: Place,
}

impl Question {
    /// The index of the declared endpoint it is asked of, if it is one.
    #[must_use]
    pub const fn endpoint(&self) -> Option<usize> {
        self.place.endpoint()
    }

    /// The endpoint whose declared answer is asked for, if that is what is asked.
    #[must_use]
    pub fn declared(&self) -> Option<usize> {
        self.endpoint().filter(|_| self.ask == Ask::Declared)
    }

    /// Whether it tries a wrong password of an account that exists: a second one could lock it.
    #[must_use]
    pub const fn is_a_wrong_password(&self) -> bool {
        matches!(
            self.ask,
            Ask::Login(Attempt::WrongPassword) | Ask::Credentials(Attempt::WrongPassword)
        )
    }

    /// The endpoint and the credential tried there, if that is what is asked.
    #[must_use]
    pub const fn credentials(&self) -> Option<(usize, &Attempt)> {
        match (&self.ask, self.endpoint()) {
            (Ask::Credentials(attempt), Some(endpoint)) => Some((endpoint, attempt)),
            _ => None,
        }
    }
}

/// What is asked of a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// The target's own URL, as a visitor asks for it.
    Page,
    /// The same again, to see what changes between two answers.
    Again,
    /// A harmless request that was answered before: whether the target still answers as it did.
    Control,
    /// The target's own URL with the other scheme, where the declared one was not spoken.
    OtherScheme,
    /// The page, asked for while a service with `cold_start` woke.
    Asleep,
    /// The `nth` redirect hop from the page, from 1.
    Hop(u8),
    /// The target over plain `http`.
    PlainHttp,
    /// The `nth` redirect hop from plain `http`, from 1.
    PlainHop(u8),
    /// A path that cannot exist: what an error looks like.
    NotFound,
    /// `HEAD` of the page.
    Head,
    /// A method the page does not take.
    MethodNotAllowed,
    /// A path that often leaks; the name of the signature it is verified by.
    Exposure(String),
    /// `/.well-known/security.txt` (RFC 9116 §3).
    SecurityTxt,
    /// A CORS preflight for this method.
    Preflight {
        /// `Access-Control-Request-Method`.
        method: Method,
        /// `Access-Control-Request-Headers`, as declared.
        headers: Vec<String>,
    },
    /// Whether a page of some origin may read the answer, or whether caches keep it apart. Without
    /// credentials: of a protected endpoint, that is its refusal.
    Read,
    /// The same of a protected endpoint, with the valid credential.
    ReadValid,
    /// The same of a path that nobody made, beside the place: what an error looks like to a page.
    ReadNotFound,
    /// The answer that is declared.
    Declared,
    /// The declared answer once more: it was slow, broken, or one too many.
    Repeat,
    /// A path that must be absent.
    Absent,
    /// A path that nobody made, beside the one that must be absent.
    MadeUp,
    /// A method that must be refused.
    WrongMethod,
    /// One of a burst against a rate limit.
    Burst,
    /// One more after the burst was refused, as if from another address.
    BurstElsewhere,
    /// One more beside those, as the burst was: whether it is still refused.
    BurstControl,
    /// A protected endpoint, with these credentials.
    Credentials(Attempt),
    /// The login endpoint, with these credentials.
    Login(Attempt),
    /// A handshake with the WebSocket endpoint.
    Socket(SocketAsk),
    /// A hop of another grader's session, for its profile alone.
    ProfileHop {
        /// The scheme the session began with.
        scheme: UrlScheme,
        /// From 0.
        nth: u8,
    },
    /// That grader's preflight.
    ProfilePreflight,
}

impl Ask {
    /// Of the target itself.
    #[must_use]
    pub const fn of_target(self) -> Question {
        self.at(Place::Target)
    }

    /// Of a declared endpoint.
    #[must_use]
    pub const fn of_endpoint(self, index: usize) -> Question {
        self.at(Place::Endpoint(index))
    }

    /// Of a place.
    #[must_use]
    pub const fn at(self, place: Place) -> Question {
        Question { ask: self, place }
    }

    /// The family whose verdicts rest on the answer first of all.
    #[must_use]
    pub const fn family(&self) -> Family {
        match self {
            Self::Page
            | Self::Again
            | Self::OtherScheme
            | Self::Hop(_)
            | Self::PlainHttp
            | Self::PlainHop(_)
            | Self::NotFound
            | Self::Head
            | Self::MethodNotAllowed
            | Self::Exposure(_)
            | Self::SecurityTxt
            | Self::ProfileHop { .. }
            | Self::ProfilePreflight => Family::Headers,
            Self::Preflight { .. } | Self::Read | Self::ReadValid | Self::ReadNotFound => {
                Family::Cors
            }
            Self::Asleep
            | Self::Control
            | Self::Declared
            | Self::Repeat
            | Self::Absent
            | Self::MadeUp
            | Self::WrongMethod
            | Self::Burst
            | Self::BurstElsewhere
            | Self::BurstControl => Family::Contract,
            Self::Credentials(_) | Self::Login(_) => Family::Auth,
            Self::Socket(_) => Family::Websocket,
        }
    }

    /// How soon it is asked where not everything can be: 1 first. What a firewall may take for an
    /// attack comes last, so that a block costs the least.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Page
            | Self::Control
            | Self::OtherScheme
            | Self::Declared
            | Self::Repeat
            | Self::Burst
            | Self::BurstElsewhere
            | Self::BurstControl => 1,
            Self::Credentials(attempt) => attempt.rank(),
            // Handshakes are made one after the other, beside the requests that are ranked.
            Self::Socket(_) => 3,
            Self::Preflight { .. } => 4,
            Self::Absent | Self::MadeUp => 5,
            Self::WrongMethod => 6,
            Self::Login(Attempt::QuoteInName | Attempt::OtherBody) => 15,
            Self::Login(_) => 7,
            Self::Again | Self::Hop(_) | Self::PlainHop(_) | Self::Asleep => 8,
            Self::Head
            | Self::MethodNotAllowed
            | Self::PlainHttp
            | Self::NotFound
            | Self::SecurityTxt
            | Self::ProfileHop { .. }
            | Self::ProfilePreflight => 9,
            Self::Read | Self::ReadValid | Self::ReadNotFound => 11,
            Self::Exposure(_) => 14,
        }
    }
}

/// Who a handshake plays, and what it does wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SocketAsk {
    /// A legitimate client: from a declared origin, with the supplied credential.
    Legitimate,
    /// The same once more, between the others and after them: what it meets was not meant for them.
    Control,
    /// From an origin that must be refused.
    Origin,
    /// With other credentials.
    Credentials(Attempt),
    /// With a fault in the request, in a frame or in a message.
    Fault(SocketFault),
    /// Over plain `ws`, without credentials.
    Plain,
    /// One of several legitimate clients at once.
    Held,
}

/// In words.
impl fmt::Display for SocketAsk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Legitimate => "a legitimate client",
            Self::Control => "a legitimate client once more",
            Self::Origin => "a page",
            Self::Credentials(attempt) => return write!(f, "a client with {attempt}"),
            Self::Fault(fault) => return fault.fmt(f),
            Self::Plain => "without TLS and credentials",
            Self::Held => "one of several at once",
        })
    }
}

/// Which credentials are tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attempt {
    /// None at all.
    Nothing,
    /// The field with no credential in it.
    Empty,
    /// A credential of no known shape.
    Garbage,
    /// One of the right shape, broken.
    Malformed,
    /// A JWT whose signature does not fit.
    WrongSignature,
    /// A JWT that claims to need no signature.
    AlgNone,
    /// The same, in another case.
    AlgNoneCapital,
    /// A JWT whose signature is missing.
    NoSignature,
    /// The supplied token that was valid once.
    Expired,
    /// Another user's supplied token.
    OtherUser,
    /// The supplied valid token.
    Valid,
    /// A user that does not exist.
    UnknownUser,
    /// A user that exists, with a wrong password.
    WrongPassword,
    /// One more user who does not exist, with a quote in the name.
    QuoteInName,
    /// A login whose body is not of the declared type.
    OtherBody,
    /// No credentials, and the request varied.
    Bypass(Bypass),
    /// No credentials, beside those: what the answers to them are held against.
    Control(Control),
}

impl Attempt {
    const fn rank(&self) -> u8 {
        match self {
            Self::Nothing => 2,
            Self::Garbage | Self::Valid => 3,
            Self::Empty
            | Self::Malformed
            | Self::WrongSignature
            | Self::AlgNone
            | Self::AlgNoneCapital
            | Self::NoSignature
            | Self::Expired
            | Self::OtherUser
            | Self::UnknownUser
            | Self::WrongPassword
            | Self::QuoteInName
            | Self::OtherBody => 10,
            Self::Control(Control::Query | Control::MadeUpPath) => 11,
            Self::Bypass(Bypass::Path(spelling)) if spelling.alarms() => 15,
            Self::Bypass(_) => 12,
            Self::Control(Control::Plain) => 16,
        }
    }
}

/// The attempt in words.
impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "no credentials",
            Self::Empty => "an empty credential",
            Self::Garbage => "a made-up credential",
            Self::Malformed => "a malformed token",
            Self::WrongSignature => "a token with a wrong signature",
            Self::AlgNone => "an unsigned token (alg none)",
            Self::AlgNoneCapital => "alg None",
            Self::NoSignature => "signature left away",
            Self::Expired => "an expired token",
            Self::OtherUser => "another user's token",
            Self::Valid => "the valid credential",
            Self::UnknownUser => "an unknown user",
            Self::WrongPassword => "a wrong password",
            Self::QuoteInName => "a quote in the user name",
            Self::OtherBody => "a body of another type",
            Self::Bypass(Bypass::TokenInQuery) => "a made-up token in the URL",
            Self::Bypass(bypass) => return bypass.fmt(f),
            Self::Control(Control::Plain) => "no credentials, once more",
            Self::Control(Control::Query) => "a parameter that means nothing",
            Self::Control(Control::MadeUpPath) => "a made-up path beside it",
        })
    }
}

/// A request without credentials that is sent beside those of [`Bypass`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// The request as declared, once more: what refused before still does.
    Plain,
    /// With a query parameter that means nothing: where that gets in, it is no token that did.
    Query,
    /// A path in the same directory that nobody made: what is answered alike handed out nothing.
    MadeUpPath,
}

/// How a request without credentials is varied to get past a guard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bypass {
    /// Another method.
    Method(Method),
    /// A made-up token in the query (RFC 6750 §2.3).
    TokenInQuery,
    /// Another spelling of the path.
    Path(Spelling),
    /// A field that proxies set.
    Field(ProxyField),
}

impl fmt::Display for Bypass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method(method) => write!(f, "method {method}"),
            Self::TokenInQuery => f.write_str("query: access_token, token and api_key"),
            Self::Path(spelling) => write!(f, "path: {}", spelling.name()),
            Self::Field(field) => write!(f, "field: {}", field.name()),
        }
    }
}

/// Another spelling of a path, which a guard and the router behind it may read differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// `/path/`.
    TrailingSlash,
    /// `/PATH`.
    UpperCase,
    /// `/%70ath`.
    EncodedLetter,
    /// `//path`.
    DoubleSlash,
    /// `/./path`.
    DotSegment,
    /// `/x/..;/path`.
    SemicolonSegment,
    /// `/path;x`.
    PathParameter,
    /// `/%2e/path`.
    EncodedDotSegment,
    /// `/a%2fpath`.
    EncodedSlash,
    /// `/path.json`.
    Extension,
    /// `/path%00`.
    NullByte,
    /// `/path?`.
    EmptyQuery,
}

impl Spelling {
    /// Whether firewalls take it for an attack: a traversal, or a byte that no path needs.
    #[must_use]
    pub const fn alarms(self) -> bool {
        match self {
            Self::DotSegment
            | Self::SemicolonSegment
            | Self::PathParameter
            | Self::EncodedDotSegment
            | Self::EncodedSlash
            | Self::NullByte => true,
            Self::TrailingSlash
            | Self::UpperCase
            | Self::EncodedLetter
            | Self::DoubleSlash
            | Self::Extension
            | Self::EmptyQuery => false,
        }
    }

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TrailingSlash => "trailing slash",
            Self::UpperCase => "upper case",
            Self::EncodedLetter => "encoded letter",
            Self::DoubleSlash => "double slash",
            Self::DotSegment => "dot segment",
            Self::SemicolonSegment => "semicolon segment",
            Self::PathParameter => "path parameter",
            Self::EncodedDotSegment => "encoded dot segment",
            Self::EncodedSlash => "encoded slash",
            Self::Extension => "extension",
            Self::NullByte => "null byte",
            Self::EmptyQuery => "empty query",
        }
    }
}

/// Request fields that a reverse proxy sets and a server may believe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyField {
    /// `X-Forwarded-For` and `X-HTTP-Method-Override`: who asks, and with which method.
    Sender,
    /// `X-Original-URL` and `X-Rewrite-URL`: which path is meant.
    Path,
}

impl ProxyField {
    /// The fields.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sender => "X-Forwarded-For or X-HTTP-Method-Override",
            Self::Path => "X-Original-URL or X-Rewrite-URL",
        }
    }
}
