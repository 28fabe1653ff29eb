//! Whether somebody got in, and whether a refusal means that.

use super::session::{End, Service};
use super::{Answer, Entry, NoAnswer, Session, Tried, WebSocketFacts};
use crate::model::{Micros, Reject, SocketAsk};
use crate::wire::websocket::CloseCode;

/// How a handshake ended for who made it.
#[derive(Clone, Debug, PartialEq)]
pub enum Admission<'a> {
    /// The socket opened and stayed open.
    Admitted(&'a Session),
    /// With a status instead of `101`.
    Status(u16),
    /// With a status that says to come back later: 429, 502, 503 or 504.
    Later(u16),
    /// With `101` and, so long after it, a close frame or a bare end.
    Closed(Option<CloseCode>, Micros),
    /// The connection was dropped without an answer.
    Dropped,
    /// No answer came, for as long as an exchange may take; in words.
    Ignored(String),
    /// Not to be told, and why.
    Unclear(String),
}

/// What became of somebody who must not get in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The socket is theirs.
    LetIn,
    /// It is not, where a legitimate client gets one.
    TurnedAway,
    /// Neither was shown, and why.
    Open(Doubt),
}

/// Why neither was shown; in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// No legitimate client was seen to be treated better.
    NoControl(String),
    /// The server did not come as far as the credential, perhaps.
    NotReached(String),
    /// Something turned a legitimate client away as well, or said to come back later.
    Blocked(String),
    /// No answer came.
    NoAnswer(String),
}

impl Tried {
    /// How it ended.
    #[must_use]
    pub fn admission(&self) -> Admission<'_> {
        match &self.answer {
            Answer::Opened(session) => match &session.end {
                End::ByServer(code) if !session.closed_in_silence => {
                    Admission::Closed(*code, session.lived_us)
                }
                End::ByServer(_) | End::ByUs { .. } | End::Open => Admission::Admitted(session),
            },
            Answer::Refused { status, .. } if matches!(status, 429 | 502..=504) => {
                Admission::Later(*status)
            }
            Answer::Refused { status, .. } => Admission::Status(*status),
            Answer::Failed(failed) => match failed.cause {
                NoAnswer::Dropped => Admission::Dropped,
                NoAnswer::Ignored => Admission::Ignored(failed.sentence.clone()),
                NoAnswer::Unclear => Admission::Unclear(failed.sentence.clone()),
            },
        }
    }

    /// Whether it is one of those that must not get in.
    #[must_use]
    pub const fn is_untrusted(&self) -> bool {
        matches!(self.ask, SocketAsk::Origin | SocketAsk::Credentials(_))
    }

    /// Whether the socket opened and was kept.
    #[must_use]
    pub fn got_in(&self) -> bool {
        matches!(self.admission(), Admission::Admitted(_))
    }
}

impl Admission<'_> {
    /// How it was turned away, in words; nothing if it was not, or perhaps not.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match self {
            Self::Admitted(_) | Self::Unclear(_) => None,
            Self::Status(status) | Self::Later(status) => Some(format!("answered {status}")),
            Self::Closed(Some(code), after) => {
                Some(format!("101, then close {} after {after}", code.words()))
            }
            Self::Closed(None, after) => Some(format!(
                "101, then the end without a close code after {after}"
            )),
            Self::Dropped => Some("connection dropped without an answer".to_owned()),
            Self::Ignored(sentence) => Some(format!("no answer to the handshake: {sentence}")),
        }
    }

    /// Why there is no socket, in words, whoever's doing it is; nothing where there is one.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        match self {
            Self::Unclear(why) => Some(why.clone()),
            Self::Admitted(_)
            | Self::Status(_)
            | Self::Later(_)
            | Self::Closed(..)
            | Self::Dropped
            | Self::Ignored(_) => self.refusal(),
        }
    }
}

impl WebSocketFacts {
    /// What became of somebody who must not get in.
    #[must_use]
    pub fn outcome(&self, tried: &Tried) -> Outcome {
        let admission = tried.admission();
        match &admission {
            Admission::Admitted(session) => return self.of_open(tried, session),
            Admission::Unclear(why) => return Outcome::Open(Doubt::NoAnswer(why.clone())),
            Admission::Status(_)
            | Admission::Later(_)
            | Admission::Closed(..)
            | Admission::Dropped
            | Admission::Ignored(_) => {}
        }
        match self.doubt(tried, &admission) {
            Some(doubt) => Outcome::Open(doubt),
            None => Outcome::TurnedAway,
        }
    }

    /// Why a refusal proves nothing, if so.
    fn doubt(&self, tried: &Tried, admission: &Admission<'_>) -> Option<Doubt> {
        if self.entry == Entry::NoToken {
            let said = "no credential is supplied with which a legitimate client gets in";
            return Some(Doubt::NoControl(said.to_owned()));
        }
        if !self.lets_friends_in() {
            let said = "no legitimate client keeps a socket either";
            return Some(Doubt::NoControl(said.to_owned()));
        }
        if let Some(refusal) = self.refused_control(tried) {
            let said = format!("the legitimate client beside it was refused as well: {refusal}");
            return Some(Doubt::Blocked(said));
        }
        match admission {
            Admission::Later(status) if !self.is_how_it_refuses(*status) => {
                Some(Doubt::Blocked(format!("answered {status}")))
            }
            Admission::Closed(_, after) if !self.is_outlived(*after) => {
                Some(Doubt::NoControl(format!(
                    "closed after {after}, and no legitimate socket was seen to stay open for twice \
                     as long"
                )))
            }
            Admission::Admitted(_)
            | Admission::Status(_)
            | Admission::Later(_)
            | Admission::Closed(..)
            | Admission::Dropped
            | Admission::Ignored(_)
            | Admission::Unclear(_) => None,
        }
    }

    /// An open socket is somebody's who is served on it. Where a message brings the credential, one
    /// that is open may still wait for that: it is told by the declared answers, which a legitimate
    /// client gets.
    fn of_open(&self, tried: &Tried, session: &Session) -> Outcome {
        let waits = match tried.ask {
            SocketAsk::Credentials(_) => self.may_wait(),
            SocketAsk::Legitimate
            | SocketAsk::Control
            | SocketAsk::Origin
            | SocketAsk::Fault(_)
            | SocketAsk::Plain
            | SocketAsk::Held => {
                self.declared.first.is_some() && session.service == Service::Withheld
            }
        };
        let serves = |tried: &Tried| {
            let session = tried.session();
            session.is_some_and(|session| session.service == Service::Given)
        };
        match session.service {
            _ if !waits => Outcome::LetIn,
            Service::Given => Outcome::LetIn,
            Service::Withheld if self.legitimate().any(serves) => Outcome::TurnedAway,
            Service::Withheld | Service::Unknown => {
                Outcome::Open(Doubt::NotReached(WAITS.to_owned()))
            }
        }
    }

    /// Whether the server may wait for a first message that brings the credential: as declared, or
    /// where it closes on those it refuses and the file does not say where the credential goes,
    /// since scripts can set no field of a handshake.
    fn may_wait(&self) -> bool {
        let declared = &self.declared;
        let mut places = declared.protocols.iter().chain([&declared.path]);
        let is_said = self.by_cookie || places.any(|place| place.contains("{token}"));
        declared.first.is_some() || (matches!(declared.reject, Reject::Close(_)) && !is_said)
    }

    /// How the nearest legitimate client before or after was refused, if one was. One declared origin
    /// stands for that, which was let in once: another may be refused for itself.
    #[must_use]
    pub fn refused_control(&self, tried: &Tried) -> Option<String> {
        let place = self.trials.iter().position(|other| other.at == tried.at)?;
        let origin = &self.legitimate().find(|one| one.got_in())?.origin;
        let is_control = |other: &&Tried| {
            let is_welcome = matches!(other.ask, SocketAsk::Legitimate | SocketAsk::Control);
            is_welcome && other.origin == *origin
        };
        let (before, after) = self.trials.split_at(place);
        let before = before.iter().rev().find(is_control);
        let after = after.iter().find(is_control);
        let refused = before
            .into_iter()
            .chain(after)
            .find(|control| !control.got_in())?;
        refused.admission().failure()
    }

    /// Whether a status that says to come back later is a refusal all the same: others got it too,
    /// and no legitimate client did.
    fn is_how_it_refuses(&self, status: u16) -> bool {
        let same = |tried: &&Tried| tried.admission() == Admission::Later(status);
        let refused = self.trials.iter().filter(|tried| tried.is_untrusted());
        status != 429 && refused.filter(same).count() > 1 && !self.welcome().any(|one| same(&one))
    }

    /// Whether a legitimate socket stayed open for twice as long.
    fn is_outlived(&self, after: Micros) -> bool {
        let mut sessions = self.welcome().filter(|tried| tried.got_in());
        sessions.any(|tried| {
            let lived = tried
                .session()
                .map_or(Micros(0), |session| session.lived_us);
            lived.0 >= after.0.saturating_mul(2)
        })
    }

    /// Whether every legitimate client was told to come back later, more than once.
    #[must_use]
    pub fn is_never_there(&self) -> bool {
        let unavailable = |tried: &Tried| matches!(tried.admission(), Admission::Later(502..=504));
        self.welcome().count() > 1 && self.welcome().all(unavailable)
    }
}

const WAITS: &str = "it opened, and whether it waits for a message that brings the credential cannot \
                     be told (put `{token}` into `path`, `protocols` or `first`, where it belongs, \
                     and declare an `echo` that is answered)";
