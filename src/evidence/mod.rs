//! Floor 2, what was seen: the only thing that crosses from looking to judging.
//!
//! One target's [`Evidence`] is one line of JSON. It holds bytes as they arrived, in order, with
//! duplicates, and the time `at` which they did. Credentials and cookie values were replaced when
//! they were captured, before anything came here. Judging the same line again gives the same
//! report, offline, for as long as the schema is read.

mod content;
mod exchange;
pub mod hellos;
mod latency;
mod look;
mod payload;
mod run;
#[cfg(test)]
pub(crate) mod sample;
mod socket;
mod tls;
mod wire_bytes;
mod words;

use serde::{Deserialize, Serialize};

pub use content::{Content, Unread};
pub use exchange::{
    Connection, Exchange, Field, Onward, OriginClass, OriginSent, PassedOver, Request, Response,
    with_lines,
};
pub use latency::{LatencyEvidence, LoadEvidence, Sample, Temperature};
pub use look::{Look, are_alike, holds_the_words};
pub use payload::Payload;
pub use run::{Conditions, Flag, IpVersion, Run, selects_family};
pub use socket::{Frame, SocketTrial};
pub use tls::{
    CompressedChain, Further, Handshake, HelloReply, HelloSent, Purpose, Question, SignatureSeen,
    TlsEvidence,
};
pub use wire_bytes::WireBytes;

use crate::model::{Millis, Target, Timestamp};

/// The version of the evidence format. A reader takes this one and no other.
pub const SCHEMA: u16 = 2;

/// Everything seen of one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// [`SCHEMA`].
    pub schema: u16,
    /// What was declared.
    pub target: Target,
    /// What was asked of this run, and from where it looked.
    pub run: Run,
    /// When looking began. Expiry is judged against this moment.
    pub at: Timestamp,
    /// How long looking took.
    pub took: Millis,
    /// False when the run was interrupted, or this target's deadline passed, before all was seen.
    pub complete: bool,
    /// Whether that was because the user interrupted the run.
    pub interrupted: bool,
    /// The addresses of the name, in the resolver's order.
    pub addresses: Observation<Vec<String>>,
    /// TLS, for `https` targets.
    pub tls: Observation<TlsEvidence>,
    /// Every HTTP exchange, in the order they were planned.
    pub exchanges: Vec<Exchange>,
    /// Every trial of the WebSocket handshake.
    pub sockets: Vec<SocketTrial>,
    /// Timed samples.
    pub latency: Observation<LatencyEvidence>,
}

impl Evidence {
    /// The proxy through which the target was observed, if any.
    #[must_use]
    pub fn proxy(&self) -> Option<&str> {
        match &self.addresses {
            Observation::Skipped(Skip::Proxied(proxy)) => Some(proxy),
            Observation::Seen(_) | Observation::Failed(_) | Observation::Skipped(_) => None,
        }
    }
}

#[cfg(test)]
impl Evidence {
    /// Of a URL nothing was seen of yet, for tables of tests.
    pub(crate) fn unseen(url: &str) -> Self {
        let url = url.parse().expect("a URL");
        Self {
            schema: SCHEMA,
            target: Target::new("example", url),
            run: Run {
                version: String::new(),
                list: String::new(),
                fail_on: None,
                min_grade: None,

                strict: false,
                only: Vec::new(),
                skip: Vec::new(),
                conditions: Conditions::default(),
            },
            at: Timestamp::default(),
            took: Millis(0),
            complete: true,
            interrupted: false,
            addresses: Observation::Skipped(Skip::NotNeeded),
            tls: Observation::Skipped(Skip::NotNeeded),
            exchanges: Vec::new(),
            sockets: Vec::new(),
            latency: Observation::Skipped(Skip::NotNeeded),
        }
    }
}

/// What became of one attempt to see something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Observation<T> {
    /// It was seen.
    Seen(T),
    /// It was tried and could not be seen.
    Failed(Failure),
    /// It was not tried.
    Skipped(Skip),
}

impl<T> Observation<T> {
    /// What was seen, if it was.
    #[must_use]
    pub fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(value) => Some(value),
            Self::Failed(_) | Self::Skipped(_) => None,
        }
    }

    /// Why it was not seen, if it was tried.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Seen(_) | Self::Skipped(_) => None,
        }
    }

    /// What else answered in place of the target, where that is why it was not seen.
    #[must_use]
    pub fn blocked(&self) -> Option<&str> {
        match self {
            Self::Skipped(Skip::Blocked(said)) => Some(said),
            Self::Seen(_) | Self::Failed(_) | Self::Skipped(_) => None,
        }
    }

    /// The same state around another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Observation<U> {
        match self {
            Self::Seen(value) => Observation::Seen(f(value)),
            Self::Failed(failure) => Observation::Failed(failure),
            Self::Skipped(skip) => Observation::Skipped(skip),
        }
    }
}

impl<T> From<Result<T, Failure>> for Observation<T> {
    fn from(result: Result<T, Failure>) -> Self {
        match result {
            Ok(value) => Self::Seen(value),
            Err(failure) => Self::Failed(failure),
        }
    }
}

/// Why something was not tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skip {
    /// It does not exist for this target, e.g. TLS of an `http` URL.
    NotApplicable,
    /// Nothing was declared that would need it.
    NotConfigured,
    /// The user left it out of this run.
    NotSelected,
    /// Its secret was unset and the user asked to run on.
    NoSecret(String),
    /// It needs a flag that was not given.
    NeedsFlag(Flag),
    /// Nothing in the earlier answers called for it.
    NotNeeded,
    /// A proxy stands between, this one: it knows, and does not tell.
    Proxied(String),
    /// Something else had begun to answer in place of the target, and what showed it.
    Blocked(String),
}

/// What stood in the way of seeing something: the peer's doing, or the network's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// How far the attempt came.
    pub stage: Stage,
    /// What happened there.
    pub cause: Cause,
    /// The system's or the library's own words.
    pub detail: String,
    /// How long after the start of the attempt.
    pub after: Millis,
}

impl Failure {
    /// One line for people: `connect: refused after 1 ms`.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.cause == Cause::NotMeant {
            return self.detail.clone();
        }
        let detail = if self.detail.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.detail)
        };
        let when = match (self.cause, self.after) {
            (Cause::NotTried, _) => String::new(),
            (_, Millis(0)) => " within 1 ms".to_owned(),
            (_, after) => format!(" after {after}"),
        };
        format!("{}: {}{when}{detail}", self.stage.name(), self.cause.name())
    }
}

/// The steps of an exchange, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Name resolution.
    Resolve,
    /// TCP connect.
    Connect,
    /// What a proxy on the way says of its own: nothing of it is the target's.
    Proxy,
    /// TLS handshake.
    Handshake,
    /// Sending the request.
    Send,
    /// Waiting for and reading the head of the response.
    Head,
    /// Reading the body.
    Body,
    /// WebSocket frames.
    Frames,
}

impl Stage {
    /// The step in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resolve => "name resolution",
            Self::Connect => "connect",
            Self::Proxy => "proxy",
            Self::Handshake => "TLS handshake",
            Self::Send => "sending the request",
            Self::Head => "response head",
            Self::Body => "response body",
            Self::Frames => "WebSocket frames",
        }
    }
}

/// What went wrong at a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The name has no address.
    NoAddress,
    /// Nothing listens there.
    Refused,
    /// No route, or the network said no.
    Unreachable,
    /// The deadline passed.
    TimedOut,
    /// The peer reset the connection.
    Reset,
    /// The peer closed before it was done.
    Closed,
    /// A fatal TLS alert, by its number (IANA "TLS Alerts").
    Alert(u8),
    /// What came is not the protocol.
    Garbage,
    /// More came than the limits allow.
    TooLarge,
    /// The run was interrupted.
    Interrupted,
    /// This machine has no file descriptor, thread or memory left for it.
    OutOfResources,
    /// It was not even tried: what it rests on failed.
    NotTried,
    /// What answers is not what was meant to be audited; the detail says what it is.
    NotMeant,
    /// A fault of this program.
    Bug,
}

impl Cause {
    /// The cause in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoAddress => "no address",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed out",
            Self::Reset => "reset by peer",
            Self::Closed => "closed early",
            Self::Alert(_) => "fatal alert",
            Self::Garbage => "not the protocol",
            Self::TooLarge => "too large",
            Self::Interrupted => "interrupted",
            Self::OutOfResources => "this machine ran out of resources",
            Self::NotTried => "not tried",
            Self::NotMeant => "not what was meant",
            Self::Bug => "internal error",
        }
    }
}
