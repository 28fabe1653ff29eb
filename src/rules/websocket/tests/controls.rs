//! Refusals beside the legitimate clients that they are held against.

use super::Came::{self, ClosedBy, Nothing, Status};
use super::{Declared, came, evidence, failing, known, word};
use crate::model::SocketAsk;

/// The legitimate client, whoever must be refused, and the control behind them; then the rules that
/// fail, and what is said of refused origins.
type Row = (
    Came,
    &'static [Came],
    Came,
    &'static [&'static str],
    &'static str,
);

#[rustfmt::skip]
const CONTROLS: &[Row] = &[
    // A refusal counts where a legitimate socket stays open for twice as long.
    (ClosedBy(None, 3000), &[ClosedBy(Some(4401), 5)],      ClosedBy(None, 10),   &[], "pass"),
    (ClosedBy(None, 3000), &[ClosedBy(Some(4401), 1500)],   ClosedBy(None, 10),   &[], "pass"),
    (ClosedBy(None, 3000), &[ClosedBy(Some(4401), 2900)],   ClosedBy(None, 5800), &[], "pass"),
    (ClosedBy(None, 3000), &[ClosedBy(Some(4401), 2900)],   ClosedBy(None, 10),   &[], "not tested"),
    (ClosedBy(None, 3000), &[Status(403)],                  ClosedBy(None, 10),   &[], "pass"),
    // Everybody is dropped: with the code of a refusal, with another, later than was watched at first.
    (ClosedBy(Some(4401), 500), &[ClosedBy(Some(4401), 500)],   ClosedBy(Some(4401), 500), &["websocket/drops-clients"], "n/a"),
    (ClosedBy(Some(4401), 1),   &[ClosedBy(Some(4401), 2)],     ClosedBy(Some(4401), 1),   &["websocket/drops-clients"], "n/a"),
    (ClosedBy(Some(1011), 500), &[ClosedBy(Some(1011), 500)],   ClosedBy(Some(1011), 500), &["websocket/drops-clients"], "n/a"),
    (ClosedBy(None, 1000),      &[ClosedBy(Some(4401), 2000)],  ClosedBy(Some(4401), 2000), &["websocket/drops-clients"], "unknown"),
    // Something else answers from some point on.
    (ClosedBy(None, 3000), &[Status(403)],                  Status(403),          &[], "unknown"),
    (ClosedBy(None, 3000), &[Status(429)],                  ClosedBy(None, 10),   &[], "unknown"),
    (ClosedBy(None, 3000), &[Status(503)],                  ClosedBy(None, 10),   &[], "unknown"),
    (ClosedBy(None, 3000), &[Status(503)],                  Status(503),          &[], "unknown"),
    (ClosedBy(None, 3000), &[Nothing],                      Nothing,              &[], "unknown"),
    // Others are always answered so, and a legitimate client never.
    (ClosedBy(None, 3000), &[Status(503), Status(503)],     ClosedBy(None, 10),   &["websocket/refusal-is-error"], "pass"),
    (ClosedBy(None, 3000), &[Nothing, Nothing],             ClosedBy(None, 10),   &["websocket/other-refusal"], "pass"),
    // An upgrade that nobody answers, and a service that is down.
    (Nothing,     &[Nothing],      Nothing,     &["websocket/not-opened"], "n/a"),
    (Status(503), &[Status(503)],  Status(503), &["websocket/not-opened"], "n/a"),
    (Status(502), &[Status(502)],  ClosedBy(None, 10), &[],                "n/a"),
];

#[test]
fn a_refusal_counts_beside_a_legitimate_client() {
    for (legitimate, others, control, failing_rules, origins) in CONTROLS {
        let mut evidence = evidence(Declared::ClosesStrangers, &[]);
        evidence
            .sockets
            .push(came(SocketAsk::Legitimate, *legitimate));
        let others = others.iter().map(|other| came(SocketAsk::Origin, *other));
        evidence.sockets.extend(others);
        evidence.sockets.push(came(SocketAsk::Control, *control));
        let facts = known(&evidence);
        let row = format!("{legitimate:?} {:?} {control:?}", evidence.sockets.len());
        assert_eq!(failing(&facts), *failing_rules, "{row}");
        assert_eq!(
            word(&facts, "websocket/accepts-any-origin"),
            *origins,
            "{row}"
        );
    }
}
