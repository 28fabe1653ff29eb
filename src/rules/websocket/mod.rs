//! WebSocket: the handshake, who may open it, and the socket behind it.

pub mod bystander;
pub mod credentials;
pub mod crowd;
pub mod limits;
mod message;
pub mod origin;
pub mod refusal;
pub mod socket;
pub mod upgrade;

use super::{Observed, Rule, Verdict};
use crate::facts::websocket::{Doubt, Entry, Outcome, Tried, WebSocketFacts};

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[
    upgrade::RULES,
    origin::RULES,
    credentials::RULES,
    refusal::RULES,
    socket::RULES,
    limits::RULES,
    bystander::RULES,
    crowd::RULES,
    message::RULES,
];

/// Fails where any of these got in; none of them may. `said` puts a trial into words.
///
/// A refusal counts beside a legitimate client that is let in; where none is, that is a finding of
/// its own.
fn turned_away<'a>(
    facts: &WebSocketFacts,
    tried: impl Iterator<Item = &'a Tried>,
    said: impl Fn(&Tried) -> String,
) -> Verdict {
    let (mut admitted, mut doubt, mut any) = (Vec::new(), None, false);
    for trial in tried {
        any = true;
        match facts.outcome(trial) {
            Outcome::LetIn => {
                admitted.push(Observed::new(&trial.at, said(trial)).about(trial.label.as_str()));
            }
            Outcome::Open(why) => doubt = doubt.or(Some(why)),
            Outcome::TurnedAway => {}
        }
    }
    match doubt {
        _ if !admitted.is_empty() => Verdict::Fail(admitted),
        _ if !any => not_tried(facts),
        _ if nobody_gets_in(facts) => Verdict::NotApplicable(NOBODY),
        Some(Doubt::NoControl(why) | Doubt::NotReached(why)) => Verdict::NotTested(why),
        Some(Doubt::Blocked(why) | Doubt::NoAnswer(why)) => Verdict::Unknown(why),
        None => Verdict::Pass,
    }
}

const NOBODY: &str = "no legitimate client keeps a socket: websocket/not-opened, \
                      websocket/drops-clients";

/// Where a legitimate client could be played, and was not let in.
fn nobody_gets_in(facts: &WebSocketFacts) -> bool {
    facts.entry != Entry::NoToken && !facts.lets_friends_in()
}

/// Why something was not tried.
fn not_tried(facts: &WebSocketFacts) -> Verdict {
    match facts.entry {
        Entry::NoToken => Verdict::NotTested(
            "the socket needs a credential and none is supplied, or the target is in the clear"
                .to_owned(),
        ),
        Entry::Public | Entry::WithToken => Verdict::NotTested(
            "not made: for want of time, beyond half of a rate limit (--burst), or with --thorough \
             only"
                .to_owned(),
        ),
    }
}

/// A trial's origin as words.
fn origin_of(trial: &Tried) -> &str {
    trial
        .origin
        .as_ref()
        .map_or("no origin", |origin| origin.value.as_str())
}

#[cfg(test)]
mod tests;
