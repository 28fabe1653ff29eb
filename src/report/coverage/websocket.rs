//! What was shown of the socket.

use super::{Gap, Status, Why};
use crate::evidence::{Evidence, Observation, OriginClass, SocketTrial};
use crate::facts::websocket::{Admission, Doubt, End, Outcome, Tried, WebSocketFacts};
use crate::facts::{Facts, State};
use crate::model::{Ask, SocketAsk, SocketFault};
use crate::plan::Essential;
use crate::plan::websocket::claim;
use crate::wire::cors::Ruse;

/// A refusal counts beside a legitimate client that is let in, and a socket's behaviour where one
/// opens.
pub(super) fn status(evidence: &Evidence, facts: &Facts, essential: &Essential) -> Status {
    let Ask::Socket(ask) = &essential.question.ask else {
        return Err(Gap::new(Why::NoAnswer, "was not asked"));
    };
    let facts = match &facts.websocket {
        State::Known(facts) => facts,
        State::Unseen(failure) => return Err(Gap::new(Why::NoAnswer, failure.sentence())),
        State::NotConfigured(why) => return Err(Gap::new(Why::NoAnswer, *why)),
    };
    let mut tried = tried(facts, ask, essential).peekable();
    if tried.peek().is_none() {
        return untried(evidence, facts, ask, essential);
    }
    tried.try_for_each(|tried| of_one(facts, tried))
}

/// The handshakes that ask this. Which of them several origins made in one way come from is no
/// question of its own.
fn tried<'f>(
    facts: &'f WebSocketFacts,
    ask: &'f SocketAsk,
    essential: &'f Essential,
) -> impl Iterator<Item = &'f Tried> {
    let same = |tried: &Tried| claim(&tried.ask, tried.origin.as_ref()) == essential.origin;
    let of_ask = facts.of(move |of| of == ask);
    of_ask.filter(move |tried| same(tried))
}

fn untried(
    evidence: &Evidence,
    facts: &WebSocketFacts,
    ask: &SocketAsk,
    essential: &Essential,
) -> Status {
    if *ask == SocketAsk::Origin && any_page_gets_in(facts) {
        return Ok(());
    }
    let left_out = |trial: &SocketTrial| matches!(trial.response, Observation::Skipped(_));
    let mut same = evidence
        .sockets
        .iter()
        .filter(|trial| trial.question == essential.question);
    let skipped = same.any(left_out);
    Err(match () {
        () if skipped => Gap::new(Why::NeedsConsent, "needs --burst"),
        () if !facts.lets_friends_in() => Gap::new(Why::NoControl, "no legitimate client gets in"),
        () if evidence.complete => Gap::new(Why::NoAnswer, "was not asked"),
        () => Gap::new(Why::Deadline, "the deadline came first"),
    })
}

/// Where any page gets in, one that resembles a declared one need not try.
fn any_page_gets_in(facts: &WebSocketFacts) -> bool {
    let any = OriginClass::Attack(Ruse::Reflection);
    let is_any = |tried: &&Tried| {
        tried
            .origin
            .as_ref()
            .is_some_and(|origin| origin.class == any)
    };
    let mut tried = facts.of(|ask| *ask == SocketAsk::Origin).filter(is_any);
    tried.any(|tried| facts.outcome(tried) == Outcome::LetIn)
}

fn of_one(facts: &WebSocketFacts, tried: &Tried) -> Status {
    match &tried.ask {
        SocketAsk::Origin | SocketAsk::Credentials(_) => refused(&facts.outcome(tried)),
        SocketAsk::Legitimate | SocketAsk::Control => answered(facts, tried),
        SocketAsk::Held if facts.crowd.is_some() => Ok(()),
        // A port on which nothing listens has let nobody in.
        SocketAsk::Plain => Ok(()),
        SocketAsk::Held | SocketAsk::Fault(_) if !facts.lets_friends_in() => {
            Err(Gap::new(Why::NoControl, "no legitimate client gets in"))
        }
        SocketAsk::Held => Err(Gap::new(Why::NeedsConsent, "needs --burst")),
        SocketAsk::Fault(SocketFault::Oversize) => of_oversize(facts, tried),
        SocketAsk::Fault(_) => opened(tried),
    }
}

fn refused(outcome: &Outcome) -> Status {
    let (why, said) = match outcome {
        Outcome::LetIn | Outcome::TurnedAway => return Ok(()),
        Outcome::Open(Doubt::NoControl(said)) => (Why::NoControl, said),
        Outcome::Open(Doubt::NotReached(said)) => (Why::NotReached, said),
        Outcome::Open(Doubt::Blocked(said)) => (Why::Blocked, said),
        Outcome::Open(Doubt::NoAnswer(said)) => (Why::NoAnswer, said),
    };
    Err(Gap::new(why, said.as_str()))
}

/// A legitimate client that is refused has shown that: it is a finding, and no open question.
fn answered(facts: &WebSocketFacts, tried: &Tried) -> Status {
    let beside = facts.refused_control(tried).filter(|_| !tried.got_in());
    if let Some(said) = beside {
        let said = format!("the legitimate client beside it was refused as well: {said}");
        return Err(Gap::new(Why::Blocked, said));
    }
    match tried.admission() {
        Admission::Unclear(why) => Err(Gap::new(Why::NoAnswer, why)),
        Admission::Later(status) if !facts.is_never_there() => {
            Err(Gap::new(Why::Blocked, format!("answered {status}")))
        }
        Admission::Admitted(_)
        | Admission::Status(_)
        | Admission::Later(_)
        | Admission::Closed(..)
        | Admission::Dropped
        | Admission::Ignored(_) => Ok(()),
    }
}

fn opened(tried: &Tried) -> Status {
    match (tried.session(), tried.admission()) {
        (Some(_), _) => Ok(()),
        (None, Admission::Unclear(why)) => Err(Gap::new(Why::NoAnswer, why)),
        (None, other) => {
            let said = other.refusal().unwrap_or_default();
            Err(Gap::new(Why::Blocked, said))
        }
    }
}

/// A message that is neither answered nor closed on may have been taken or dropped.
fn of_oversize(facts: &WebSocketFacts, tried: &Tried) -> Status {
    opened(tried)?;
    let told = tried.session().is_some_and(|session| {
        session.took_oversize
            || matches!(session.end, End::ByServer(_))
            || facts.tells_what_was_taken()
    });
    if told {
        return Ok(());
    }
    Err(Gap::new(
        Why::NotReached,
        "the socket stayed open, and no answer tells whether the message was taken",
    ))
}
