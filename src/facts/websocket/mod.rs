//! The WebSocket handshake and the socket behind it.

mod admission;
mod crowd;
mod session;

pub use admission::{Admission, Doubt, Outcome};
pub use crowd::{Crowd, Lost};
pub use session::{Broken, End, Reply, Service, Session};

use super::State;
use crate::evidence::{Cause, Evidence, Failure, Observation, OriginSent, SocketTrial, Stage};
use crate::model::{
    Ask, Attempt, Echo, Micros, Millis, Pointer, Reject, SchemeKind, SocketAsk, SocketFault,
    Untrusted, WebSocketContract, WebSocketOrigins,
};
use crate::wire::leak::{self, Leak};
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
    /// What it was made for.
    pub ask: SocketAsk,
    /// The origin it claimed.
    pub origin: Option<OriginSent>,
    /// `GET /path`, secrets replaced.
    pub label: String,
    /// What came of it.
    pub answer: Answer,
    /// The TCP connect, which is one round trip of the network.
    pub tcp_us: Micros,
    /// From the first byte of the request to the end of the answer's head.
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
        /// What its body gives away, as far as it was read.
        leaks: Vec<Leak>,
        /// Why not all of it was, if so.
        unread: Option<String>,
    },
    /// None.
    Failed(FailedAnswer),
}

/// Why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedAnswer {
    /// Whose doing it is.
    pub cause: NoAnswer,
    /// In words.
    pub sentence: String,
}

/// Whose doing it is that no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The server ended the connection when the request had arrived.
    Dropped,
    /// The server took the request and left it at that, for as long as an exchange may take.
    Ignored,
    /// Perhaps not the server's.
    Unclear,
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
    let patience = evidence.target.timeout;
    let trials: Vec<Tried> = trials
        .filter_map(|(index, trial)| tried(index, trial, declared, patience))
        .collect();
    State::Known(WebSocketFacts {
        declared: declared.clone(),
        entry,
        by_cookie: scheme.is_some_and(|scheme| matches!(scheme.kind, SchemeKind::Cookie { .. })),
        crowd: crowd::read(evidence, &trials),
        trials: last_looks(tried_at_all(evidence, trials)),
    })
}

/// A legitimate client whose connection was dropped once and that was tried again is judged by that.
fn last_looks(mut trials: Vec<Tried>) -> Vec<Tried> {
    let mut seen: Vec<Option<OriginSent>> = Vec::new();
    trials.reverse();
    trials.retain(|tried| {
        let is_earlier = tried.ask == SocketAsk::Legitimate && seen.contains(&tried.origin);
        if tried.ask == SocketAsk::Legitimate {
            seen.push(tried.origin.clone());
        }
        !is_earlier
    });
    trials.reverse();
    trials
}

/// Without those that were left out to stay within a rate limit.
fn tried_at_all(evidence: &Evidence, mut trials: Vec<Tried>) -> Vec<Tried> {
    trials.retain(|tried| trial_of(evidence, tried).is_some_and(|trial| !is_left_out(trial)));
    trials
}

fn trial_of<'e>(evidence: &'e Evidence, tried: &Tried) -> Option<&'e SocketTrial> {
    evidence.sockets.get(tried.at.socket_index()?)
}

const fn is_left_out(trial: &SocketTrial) -> bool {
    matches!(trial.response, Observation::Skipped(_))
}

/// Why, if not one handshake got as far as an answer for want of a connection.
fn nothing_seen(trials: &[SocketTrial]) -> Option<&Failure> {
    let on_the_way = |failure: &&Failure| {
        matches!(
            failure.stage,
            Stage::Resolve | Stage::Connect | Stage::Proxy | Stage::Handshake
        ) || failure.cause == Cause::Interrupted
    };
    let failures = trials
        .iter()
        .map(|trial| trial.response.failure().filter(on_the_way));
    let failures: Option<Vec<&Failure>> = failures.collect();
    failures?.first().copied()
}

fn tried(
    index: usize,
    trial: &SocketTrial,
    declared: &WebSocketContract,
    timeout: Millis,
) -> Option<Tried> {
    let request = &trial.request;
    let Ask::Socket(ask) = &trial.question.ask else {
        return None;
    };
    Some(Tried {
        at: Pointer::socket(index),
        ask: ask.clone(),
        origin: trial.origin.clone(),
        label: format!("{} {}", request.method, request.url.target),
        answer: answer(trial, declared, timeout),
        tcp_us: trial.phases.tcp,
        upgrade_us: trial.phases.server + trial.phases.transfer,
    })
}

fn answer(trial: &SocketTrial, declared: &WebSocketContract, timeout: Millis) -> Answer {
    match &trial.response {
        Observation::Seen(seen) if seen.status == 101 => {
            Answer::Opened(Box::new(session::read(trial, seen, declared)))
        }
        Observation::Seen(seen) => {
            let content = seen.content();
            let field = |name: &str| {
                let found = seen.fields.iter().find(|field| field.is(name));
                found.map(|field| Untrusted::from(field.text()))
            };
            Answer::Refused {
                status: seen.status,
                location: field("location"),
                versions: field("sec-websocket-version"),
                leaks: leak::scan(&content.text()),
                unread: content.unread().map(ToString::to_string),
            }
        }
        Observation::Failed(failure) => Answer::Failed(FailedAnswer {
            cause: no_answer(failure, timeout),
            sentence: failure.sentence(),
        }),
        Observation::Skipped(_) => Answer::Failed(FailedAnswer {
            cause: NoAnswer::Unclear,
            sentence: "not tried".to_owned(),
        }),
    }
}

/// An exchange that was cut short by the end of the run says nothing of the server.
fn no_answer(failure: &Failure, timeout: Millis) -> NoAnswer {
    match (failure.stage, failure.cause) {
        (Stage::Head, Cause::Closed | Cause::Reset) => NoAnswer::Dropped,
        (Stage::Head, Cause::TimedOut) if failure.after >= timeout => NoAnswer::Ignored,
        _ => NoAnswer::Unclear,
    }
}

impl Tried {
    /// The socket, if one opened.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match &self.answer {
            Answer::Opened(session) => Some(session),
            Answer::Refused { .. } | Answer::Failed(_) => None,
        }
    }
}

impl WebSocketFacts {
    /// The trials of this kind.
    pub fn of<'a>(
        &'a self,
        wanted: impl Fn(&SocketAsk) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Tried> {
        self.trials.iter().filter(move |tried| wanted(&tried.ask))
    }

    /// The legitimate client's trials: one for each declared origin that was tried.
    pub fn legitimate(&self) -> impl Iterator<Item = &Tried> {
        self.of(|ask| *ask == SocketAsk::Legitimate)
    }

    /// The same, and what was made between and after the others to see whether it still gets in.
    pub fn welcome(&self) -> impl Iterator<Item = &Tried> {
        self.of(|ask| matches!(ask, SocketAsk::Legitimate | SocketAsk::Control))
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
        let wanted = SocketAsk::Credentials(attempt.clone());
        self.trials.iter().find(|tried| tried.ask == wanted)
    }

    /// The trial with this fault.
    #[must_use]
    pub fn fault(&self, fault: SocketFault) -> Option<&Tried> {
        let wanted = SocketAsk::Fault(fault);
        self.trials.iter().find(|tried| tried.ask == wanted)
    }

    /// Whether a message that was taken shows in its answer: a text of JSON is what it is with spaces
    /// behind it, and what sends every text back does so with a long one.
    #[must_use]
    pub fn tells_what_was_taken(&self) -> bool {
        let echoes = |echo: &Echo| self.declared.speaks_json() || echo.json.is_empty();
        let mut sessions = self.legitimate().filter_map(Tried::session);
        self.declared.echo.as_ref().is_some_and(echoes)
            && sessions.any(|session| session.reply == Some(Reply::AsDeclared))
    }

    /// Whether an allow-list of origins is declared.
    #[must_use]
    pub const fn has_origins(&self) -> bool {
        matches!(self.declared.origins, WebSocketOrigins::Only(_))
    }

    /// Whether a refusal has the declared form.
    #[must_use]
    pub fn is_declared_refusal(&self, admission: &Admission<'_>) -> bool {
        match (self.declared.reject, admission) {
            (Reject::Handshake, Admission::Status(status)) => (400..500).contains(status),
            (Reject::Close(wanted), Admission::Closed(Some(code), _)) => code.0 == wanted,
            (Reject::Handshake | Reject::Close(_), _) => false,
        }
    }
}
