//! Several sockets at once, as several pages hold them.

use std::time::Duration;

use super::talk::Talk;
use super::trial;
use crate::evidence::SocketTrial;
use crate::model::WebSocketContract;
use crate::plan::websocket::Handshake;
use crate::probe::View;

/// A broadcast that takes longer is no live update.
const BROADCAST_WAIT: Duration = Duration::from_secs(3);

/// Who has waited so long for the others need not wait long for its own.
const AT_LEAST: Duration = Duration::from_millis(100);

/// Opens them one after the other, because a client must not have two in the making (RFC 6455 §4.1),
/// says the declared message on the first, pings each when all are open, and closes them.
pub(super) fn run(
    view: &View<'_>,
    contract: &WebSocketContract,
    held: &[Handshake],
) -> Vec<SocketTrial> {
    let mut crowd: Vec<(SocketTrial, Option<Talk>)> = held
        .iter()
        .map(|one| trial::open(view, contract, one, Duration::ZERO))
        .collect();
    let mut open: Vec<&mut Talk> = crowd
        .iter_mut()
        .filter_map(|(_, talk)| talk.as_mut())
        .collect();
    broadcast(view, contract, &mut open);
    for talk in &mut open {
        talk.ping(1);
    }
    for talk in &mut open {
        talk.close();
    }
    let keep = |(mut seen, talk): (SocketTrial, Option<Talk>)| {
        if let Some(talk) = talk {
            trial::keep(&mut seen, talk, &view.net.scrub);
        }
        seen
    };
    crowd.into_iter().map(keep).collect()
}

fn broadcast(view: &View<'_>, contract: &WebSocketContract, open: &mut [&mut Talk]) {
    let (Some(declared), [first, others @ ..]) = (&contract.broadcast, open) else {
        return;
    };
    first.say(&declared.send);
    let limit = view.end.sooner(BROADCAST_WAIT);
    for talk in others {
        talk.hear(declared, limit.left().max(AT_LEAST));
    }
}
