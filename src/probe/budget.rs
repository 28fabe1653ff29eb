//! In which order requests are sent, and what is said of those that were not.

use super::View;
use crate::evidence::{Exchange, Flag, Observation, Skip};
use crate::model::Phases;
use crate::net::http::Outgoing;

/// Puts what tells most first: where not everything can be asked, what tells least is missing.
pub fn in_order(requests: &mut [Outgoing]) {
    requests.sort_by_key(|request| request.question.ask.rank());
}

/// The evidence of a request that was left out, for want of a flag.
pub(super) fn not_sent(view: &View<'_>, request: &Outgoing, flag: Flag) -> Exchange {
    Exchange {
        question: request.question.clone(),
        origin: request.origin.clone(),
        request: request.shown(&view.net.scrub),
        at: view.net.clock.now(),
        connection: None,
        phases: Phases::default(),
        response: Observation::Skipped(Skip::NeedsFlag(flag)),
        disclosed: Vec::new(),
        earlier: Vec::new(),
        onward: None,
    }
}
