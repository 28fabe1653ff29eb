//! Several sockets at once.

use crate::facts::websocket::{Crowd, WebSocketFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("websocket/not-held"),
        title: "Fewer sockets stay open at once than declared",
        severity: Severity::Medium,
        rationale: "A second tab or a second user takes the first one's place, or finds no place.",
        expected: "the declared number of open sockets",
        remediation: "Raise the limit of connections of the server, of the proxy (nginx: \
                      `worker_connections`, `limit_conn`) and of the plan you are on.",
        observed_by: "So many sockets opened one after the other with the supplied credential, each \
                      pinged when all are open. All come from one address and one user: a limit per \
                      user shows here as well.",
        references: &[Reference::Rfc(6455, "7.1.1"), Reference::Rfc(6455, "7.4.1")],
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketsAtOnce],
        check: Check::WebSocket(holds),
    },
    Rule {
        id: RuleId::new("websocket/broadcast-lost"),
        title: "A message does not reach the other sockets",
        severity: Severity::Medium,
        rationale: "What one user does the others do not see until they reload. With several processes \
                    and nothing between them it depends on which one they were given.",
        expected: "the declared message on every other socket",
        remediation: "Send to all sockets, through a channel that all processes share (Redis, NATS).",
        observed_by: "The declared message on one of the sockets held at once; the others listen for \
                      three seconds.",
        references: &[Reference::Rfc(6455, "5.6")],
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketsAtOnce],
        check: Check::WebSocket(reaches_all),
    },
];

fn of_crowd(
    facts: &WebSocketFacts,
    declared: bool,
    judge: impl FnOnce(&Crowd) -> Verdict,
) -> Verdict {
    match &facts.crowd {
        _ if !declared => Verdict::NotApplicable("none is declared"),
        None if super::nobody_gets_in(facts) => Verdict::NotApplicable(super::NOBODY),
        None => super::not_tried(facts),
        Some(_) if !facts.lets_friends_in() => Verdict::NotApplicable(super::NOBODY),
        Some(crowd) => judge(crowd),
    }
}

fn holds(facts: &WebSocketFacts) -> Verdict {
    of_crowd(facts, facts.declared.hold.is_some(), |crowd| {
        let Some(first) = crowd.lost.first() else {
            return Verdict::Pass;
        };
        let stayed = crowd.size - crowd.lost.len();
        let said = format!("{stayed} of {} stayed open: {}", crowd.size, first.why);
        Verdict::Fail(vec![
            Observed::new(&first.at, said).shown_by(ShownBy::Together),
        ])
    })
}

fn reaches_all(facts: &WebSocketFacts) -> Verdict {
    of_crowd(facts, facts.declared.broadcast.is_some(), |crowd| {
        let Some(unheard) = &crowd.unheard else {
            return Verdict::Unknown("fewer than two sockets stayed open".to_owned());
        };
        let Some(first) = unheard.first() else {
            return Verdict::Pass;
        };
        let said = format!("{} of the others did not get it", unheard.len());
        Verdict::Fail(vec![Observed::new(first, said).shown_by(ShownBy::Together)])
    })
}
