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
use crate::facts::websocket::{Admission, Entry, Tried, WebSocketFacts};

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
/// Where no legitimate client gets in either, a refusal proves nothing, and that is a finding of
/// its own.
fn turned_away<'a>(
    facts: &WebSocketFacts,
    tried: impl Iterator<Item = &'a Tried>,
    said: impl Fn(&Tried) -> String,
) -> Verdict {
    let (mut admitted, mut unclear, mut any) = (Vec::new(), None, false);
    for trial in tried {
        any = true;
        match trial.admission() {
            Admission::Admitted(_) => {
                admitted.push(Observed::new(&trial.at, said(trial)).about(trial.label.as_str()));
            }
            Admission::Unclear(why) => unclear = Some(why),
            Admission::Status(_) | Admission::Closed(_) | Admission::Dropped => {}
        }
    }
    match (admitted.is_empty(), any, unclear) {
        (false, _, _) => Verdict::Fail(admitted),
        (true, false, _) => not_tried(facts),
        (true, true, _) if facts.entry != Entry::NoToken && !facts.lets_friends_in() => {
            Verdict::NotApplicable("nobody gets in: websocket/not-opened")
        }
        (true, true, Some(why)) => Verdict::Unknown(why),
        (true, true, None) => Verdict::Pass,
    }
}

/// Why something was not tried.
fn not_tried(facts: &WebSocketFacts) -> Verdict {
    match facts.entry {
        Entry::NoToken => Verdict::NotTested(
            "the socket needs a credential and none is supplied, or the target is in the clear"
                .to_owned(),
        ),
        Entry::Public | Entry::WithToken => Verdict::NotTested(
            "beyond the six handshakes of an ordinary run (--thorough), or beyond half of a rate \
             limit (--burst)"
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
