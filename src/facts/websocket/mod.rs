//! The WebSocket handshake and the socket behind it.

mod crowd;
mod session;

pub use crowd::{Crowd, Lost};
pub use session::{Broken, End, Reply, Session, Spoken};

use super::State;
use crate::evidence::{
    Cause, Evidence, Failure, Observation, OriginSent, SocketFault, SocketTrial, SocketWhy, Stage,
};
use crate::model::{
    Attempt, Micros, Pointer, Reject, SchemeKind, Untrusted, WebSocketContract, WebSocketOrigins,
};
use crate::wire::leak::{self, Leak};
use crate::wire::websocket::CloseCode;
pub use crate::wire::websocket::FailedBy;

/// WebSocket of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct WebSocketFacts {
    /// What was declared.
    pub declared: WebSocketContract,
    /// Whether a credential is needed and was there to be tried.
    pub entry: Entry,
    /// Whether the credential is a cookie, which browsers send along by themselves.
    pub by_cookie: bool,
    /// Those that were held at once, if that was tried.
    pub crowd: Option<Crowd>,
    /// Every handshake that was tried.
    pub trials: Vec<Tried>,
}

/// Whether a legitimate client could be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// No credential is needed.
    Public,
    /// With the supplied credential.
    WithToken,
    /// A credential is needed, and none was supplied that may travel.
    NoToken,
}

/// One handshake.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// In the evidence.
    pub at: Pointer,
    /// Why it was tried.
    pub why: SocketWhy,
    /// The origin it claimed.
    pub origin: Option<OriginSent>,
    /// `GET /path`, secrets replaced.
    pub label: String,
    /// What came of it.
    pub answer: Answer,
    /// The TCP connect, which is one round trip of the network.
    pub tcp_us: Micros,
    /// From the request to the head of the answer.
    pub upgrade_us: Micros,
}

/// What a handshake was answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// `101`.
    Opened(Box<Session>),
    /// Any other status.
    Refused {
        /// The status.
        status: u16,
        /// `Location`, of a redirect.
        location: Option<Untrusted>,
        /// `Sec-WebSocket-Version`, of a `426`.
        versions: Option<Untrusted>,
        /// What the start of its body gives away.
        leaks: Vec<Leak>,
    },
    /// None.
    Failed(FailedAnswer),
}

/// Why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedAnswer {
    /// Whether the server ended the connection after the request had arrived: also a refusal.
    pub dropped: bool,
    /// In words.
    pub sentence: String,
}

/// Whether somebody got in.
#[derive(Clone, Debug, PartialEq)]
pub enum Admission<'a> {
    /// The socket opened and stayed open.
    Admitted(&'a Session),
    /// With a status instead of `101`.
    Status(u16),
    /// With `101` and then a close frame, or a bare end.
    Closed(Option<CloseCode>),
    /// The connection was dropped without an answer.
    Dropped,
    /// Not to be told, and why.
    Unclear(String),
}

/// Reads the trials.
#[must_use]
pub fn read(evidence: &Evidence) -> State<WebSocketFacts> {
    let Some(declared) = &evidence.target.websocket else {
        return State::NotConfigured("no WebSocket endpoint is declared");
    };
    if let Some(failure) = nothing_seen(&evidence.sockets) {
        return State::Unseen(failure.clone());
    }
    if evidence.sockets.iter().all(is_left_out) {
        return State::Unseen(super::never());
    }
    let scheme = evidence.target.auth.as_ref();
    let has_token = scheme.and_then(|scheme| scheme.token.as_ref());
    let entry = match (declared.public || scheme.is_none(), has_token) {
        (true, _) => Entry::Public,
        (false, Some(token)) if token.available && evidence.target.keeps_secrets() => {
            Entry::WithToken
        }
        (false, _) => Entry::NoToken,
    };
    let trials = evidence.sockets.iter().enumerate();
    let trials: Vec<Tried> = trials
        .map(|(index, trial)| tried(index, trial, declared))
        .collect();
    State::Known(WebSocketFacts {
        declared: declared.clone(),
        entry,
        by_cookie: scheme.is_some_and(|scheme| matches!(scheme.kind, SchemeKind::Cookie { .. })),
        crowd: crowd::read(evidence, &trials),
        trials: last_looks(tried_at_all(evidence, trials)),
    })
}

/// A legitimate client that was tried again, alone, is judged by that.
fn last_looks(mut trials: Vec<Tried>) -> Vec<Tried> {
    let mut seen: Vec<Option<OriginSent>> = Vec::new();
    trials.reverse();
    trials.retain(|tried| {
        let is_earlier = tried.why == SocketWhy::Legitimate && seen.contains(&tried.origin);
        if tried.why == SocketWhy::Legitimate {
            seen.push(tried.origin.clone());
        }
        !is_earlier
    });
    trials.reverse();
    trials
}

/// Without those that were left out to stay within a rate limit.
fn tried_at_all(evidence: &Evidence, mut trials: Vec<Tried>) -> Vec<Tried> {
    let mut sent = evidence.sockets.iter().map(|trial| !is_left_out(trial));
    trials.retain(|_| sent.next().unwrap_or(true));
    trials
}

const fn is_left_out(trial: &SocketTrial) -> bool {
    matches!(trial.response, Observation::Skipped(_))
}

/// Why, if not one handshake got as far as an answer for want of a connection.
fn nothing_seen(trials: &[SocketTrial]) -> Option<&Failure> {
    let on_the_way = |failure: &&Failure| {
        matches!(
            failure.stage,
            Stage::Resolve | Stage::Connect | Stage::Handshake
        ) || failure.cause == Cause::Interrupted
    };
    let failures = trials
        .iter()
        .map(|trial| trial.response.failure().filter(on_the_way));
    let failures: Option<Vec<&Failure>> = failures.collect();
    failures?.first().copied()
}

fn tried(index: usize, trial: &SocketTrial, declared: &WebSocketContract) -> Tried {
    let request = &trial.request;
    Tried {
        at: Pointer::socket(index),
        why: trial.why.clone(),
        origin: trial.origin.clone(),
        label: format!("{} {}", request.method, request.url.target),
        answer: answer(trial, declared),
        tcp_us: trial.phases.tcp,
        upgrade_us: trial.phases.server,
    }
}

fn answer(trial: &SocketTrial, declared: &WebSocketContract) -> Answer {
    match &trial.response {
        Observation::Seen(seen) if seen.status == 101 => {
            Answer::Opened(Box::new(session::read(trial, seen, declared)))
        }
        Observation::Seen(seen) => {
            let field = |name: &str| {
                let found = seen.fields.iter().find(|field| field.is(name));
                found.map(|field| Untrusted::from(field.text()))
            };
            Answer::Refused {
                status: seen.status,
                location: field("location"),
                versions: field("sec-websocket-version"),
                leaks: leak::scan(&seen.content().text()),
            }
        }
        Observation::Failed(failure) => Answer::Failed(FailedAnswer {
            dropped: failure.stage == Stage::Head
                && matches!(failure.cause, Cause::Closed | Cause::Reset),
            sentence: failure.sentence(),
        }),
        Observation::Skipped(_) => Answer::Failed(FailedAnswer {
            dropped: false,
            sentence: "not tried".to_owned(),
        }),
    }
}

impl Tried {
    /// Whether whoever tried got in.
    #[must_use]
    pub fn admission(&self) -> Admission<'_> {
        match &self.answer {
            Answer::Opened(session) => match &session.end {
                End::ByServer(code) if !session.was_closed_in_silence() => Admission::Closed(*code),
                End::ByServer(_) | End::ByUs { .. } | End::Open => Admission::Admitted(session),
            },
            // Told to come back later is not an answer to the question.
            Answer::Refused { status, .. } if matches!(status, 429 | 503) => {
                Admission::Unclear(format!("answered {status}"))
            }
            Answer::Refused { status, .. } => Admission::Status(*status),
            Answer::Failed(failed) if failed.dropped => Admission::Dropped,
            Answer::Failed(failed) => Admission::Unclear(failed.sentence.clone()),
        }
    }

    /// The socket, if one opened.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match &self.answer {
            Answer::Opened(session) => Some(session),
            Answer::Refused { .. } | Answer::Failed(_) => None,
        }
    }
}

impl Admission<'_> {
    /// How it was turned away, in words; nothing if it was not.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match self {
            Self::Admitted(_) | Self::Unclear(_) => None,
            Self::Status(status) => Some(format!("answered {status}")),
            Self::Closed(Some(code)) => Some(format!("101, then close {}", code.words())),
            Self::Closed(None) => Some("101, then the end without a close code".to_owned()),
            Self::Dropped => Some("connection dropped without an answer".to_owned()),
        }
    }
}

impl WebSocketFacts {
    /// The trials of this kind.
    pub fn of<'a>(
        &'a self,
        wanted: impl Fn(&SocketWhy) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Tried> {
        self.trials.iter().filter(move |tried| wanted(&tried.why))
    }

    /// The legitimate client's trials: one for each declared origin that was tried.
    pub fn legitimate(&self) -> impl Iterator<Item = &Tried> {
        self.of(|why| *why == SocketWhy::Legitimate)
    }

    /// The session of the first legitimate client that opened one.
    #[must_use]
    pub fn session(&self) -> Option<(&Tried, &Session)> {
        let mut sessions = self
            .legitimate()
            .filter_map(|tried| Some((tried, tried.session()?)));
        sessions.next()
    }

    /// Whether a legitimate client gets in at all: else a refusal proves nothing.
    #[must_use]
    pub fn lets_friends_in(&self) -> bool {
        self.legitimate()
            .any(|tried| matches!(tried.admission(), Admission::Admitted(_)))
    }

    /// The trial with these credentials.
    #[must_use]
    pub fn with(&self, attempt: &Attempt) -> Option<&Tried> {
        let wanted = SocketWhy::Credentials(attempt.clone());
        self.trials.iter().find(|tried| tried.why == wanted)
    }

    /// The trial with this fault.
    #[must_use]
    pub fn fault(&self, fault: SocketFault) -> Option<&Tried> {
        let wanted = SocketWhy::Fault(fault);
        self.trials.iter().find(|tried| tried.why == wanted)
    }

    /// Whether an allow-list of origins is declared.
    #[must_use]
    pub const fn has_origins(&self) -> bool {
        matches!(self.declared.origins, WebSocketOrigins::Only(_))
    }

    /// Whether an admission's refusal has the declared form.
    #[must_use]
    pub fn is_declared_refusal(&self, admission: &Admission<'_>) -> bool {
        match (self.declared.reject, admission) {
            (Reject::Handshake, Admission::Status(status)) => (400..500).contains(status),
            (Reject::Close(wanted), Admission::Closed(Some(code))) => code.0 == wanted,
            (Reject::Handshake | Reject::Close(_), _) => false,
        }
    }
}
