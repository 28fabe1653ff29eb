//! What no server may take: broken handshakes, broken frames, oversized messages.

use crate::facts::SocketFault;
use crate::facts::websocket::{Admission, End, Entry, WebSocketFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::websocket::CloseCode;

const PROVOKED_BY: &str = "The frame on an open socket, then a ping. A pong and no close within a \
                           second shows that it was let pass; a proxy that answers pings itself \
                           could look the same.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("websocket/takes-oversize"),
        title: "A message over the declared limit is taken",
        severity: Severity::Medium,
        rationale: "Every connection can make the server hold as much memory as it likes.",
        expected: "close 1009 (message too big)",
        remediation: "Set the library's limit: `maxPayload` (ws), `--ws-max-size` (uvicorn), \
                      `client_max_body_size` does not apply.",
        observed_by: PROVOKED_BY,
        references: &[Reference::Rfc(6455, "7.4.1"), Reference::Rfc(6455, "10.4")],
        cap: None,
        rests_on: &[Topic::SocketBehaviour],
        check: Check::WebSocket(refuses_oversize),
    },
    Rule {
        id: RuleId::new("websocket/oversize-code"),
        title: "An oversized message is refused without close code 1009",
        severity: Severity::Info,
        rationale: "The client sees a lost connection, sends the message again, and loses it again.",
        expected: "close 1009 (message too big)",
        remediation: "Close with 1009.",
        observed_by: "A message one byte over the declared limit on an open socket.",
        references: &[Reference::Rfc(6455, "7.4.1")],
        cap: None,
        rests_on: &[Topic::SocketBehaviour],
        check: Check::WebSocket(says_too_big),
    },
    Rule {
        id: RuleId::new("websocket/takes-unmasked"),
        title: "Unmasked frames are taken",
        severity: Severity::Low,
        rationale: "Masking keeps scripts from writing bytes of their choice through proxies; a \
                    server must close on a frame without it.",
        expected: "close 1002 (protocol error)",
        remediation: "Use a maintained library, with its leniency switched off.",
        observed_by: PROVOKED_BY,
        references: &[Reference::Rfc(6455, "5.1"), Reference::Rfc(6455, "10.3")],
        cap: None,
        rests_on: &[Topic::SocketBehaviour],
        check: Check::WebSocket(refuses_unmasked),
    },
    Rule {
        id: RuleId::new("websocket/takes-invalid-utf8"),
        title: "Text that is not UTF-8 is taken",
        severity: Severity::Low,
        rationale: "What one part reads as one text another reads as a second: filters can be \
                    passed.",
        expected: "close 1007 (invalid payload data)",
        remediation: "Use a maintained library; check text messages as a whole.",
        observed_by: PROVOKED_BY,
        references: &[Reference::Rfc(6455, "8.1")],
        cap: None,
        rests_on: &[Topic::SocketBehaviour],
        check: Check::WebSocket(refuses_not_utf8),
    },
    Rule {
        id: RuleId::new("websocket/takes-reserved-bits"),
        title: "Reserved bits are taken without an extension",
        severity: Severity::Low,
        rationale: "A compressed message is read as plain bytes, and the next extension breaks \
                    this server.",
        expected: "close 1002 (protocol error)",
        remediation: "Use a maintained library.",
        observed_by: PROVOKED_BY,
        references: &[Reference::Rfc(6455, "5.2")],
        cap: None,
        rests_on: &[Topic::SocketBehaviour],
        check: Check::WebSocket(refuses_reserved),
    },
    Rule {
        id: RuleId::new("websocket/takes-other-version"),
        title: "A handshake of an unknown version is accepted",
        severity: Severity::Low,
        rationale: "The next version will frame differently, and the two ends will misread each other.",
        expected: "426 with `Sec-WebSocket-Version: 13`",
        remediation: "Refuse versions you do not speak with 426 and name those you do.",
        observed_by: "A handshake with `Sec-WebSocket-Version: 99`.",
        references: &[Reference::Rfc(6455, "4.2.2"), Reference::Rfc(6455, "4.4")],
        cap: None,
        rests_on: &[Topic::SocketBehaviour],
        check: Check::WebSocket(refuses_version),
    },
    Rule {
        id: RuleId::new("websocket/takes-no-key"),
        title: "A handshake without a key is accepted",
        severity: Severity::Low,
        rationale: "The key is what keeps other protocols and caches from being taken for \
                    WebSocket.",
        expected: "400",
        remediation: "Answer 400 to a handshake without `Sec-WebSocket-Key`.",
        observed_by: "A handshake without `Sec-WebSocket-Key`.",
        references: &[Reference::Rfc(6455, "4.2.1"), Reference::Rfc(6455, "4.2.2")],
        cap: None,
        rests_on: &[Topic::SocketBehaviour],
        check: Check::WebSocket(refuses_no_key),
    },
];

/// A frame that may not be taken: fails when the socket lives on after it.
fn provoked(facts: &WebSocketFacts, fault: SocketFault, said: &str) -> Verdict {
    let tried = facts.fault(fault).filter(|_| facts.lets_friends_in());
    let Some(tried) = tried else {
        return untried(facts);
    };
    let Some(session) = tried.session() else {
        return match tried.admission() {
            Admission::Unclear(why) => Verdict::Unknown(why),
            Admission::Admitted(_)
            | Admission::Status(_)
            | Admission::Closed(_)
            | Admission::Dropped => {
                Verdict::NotApplicable("no socket opened: websocket/not-opened")
            }
        };
    };
    match (session.end, session.survived) {
        (End::ByServer(_), _) => Verdict::Pass,
        (End::ByUs { .. } | End::Open, true) => Verdict::Fail(vec![
            Observed::new(&tried.at, format!("{said}, and the socket lived on"))
                .about(tried.label.as_str()),
        ]),
        (End::ByUs { .. } | End::Open, false) => {
            Verdict::Unknown("neither a close nor a pong came after the frame".to_owned())
        }
    }
}

/// A handshake that may not be accepted.
pub(super) fn handshake(facts: &WebSocketFacts, fault: SocketFault, said: &str) -> Verdict {
    let Some(tried) = facts.fault(fault) else {
        return untried(facts);
    };
    match tried.admission() {
        Admission::Admitted(_) => Verdict::Fail(vec![
            Observed::new(&tried.at, format!("101 {said}")).about(tried.label.as_str()),
        ]),
        Admission::Unclear(why) => Verdict::Unknown(why),
        Admission::Status(_) | Admission::Closed(_) | Admission::Dropped => Verdict::Pass,
    }
}

/// Why a fault was not tried.
pub(super) fn untried(facts: &WebSocketFacts) -> Verdict {
    if facts.entry == Entry::NoToken || facts.lets_friends_in() {
        return super::not_tried(facts);
    }
    Verdict::NotApplicable("no socket opened: websocket/not-opened")
}

fn refuses_oversize(facts: &WebSocketFacts) -> Verdict {
    let Some(limit) = facts.declared.max_message else {
        return Verdict::NotApplicable("no limit is declared");
    };
    provoked(
        facts,
        SocketFault::Oversize,
        &format!("a message over {limit}"),
    )
}

fn says_too_big(facts: &WebSocketFacts) -> Verdict {
    let oversize = facts
        .fault(SocketFault::Oversize)
        .filter(|_| facts.lets_friends_in());
    let Some((tried, session)) = oversize.and_then(|tried| Some((tried, tried.session()?))) else {
        return Verdict::NotApplicable("no oversized message was sent");
    };
    match session.end {
        End::ByServer(Some(CloseCode::TOO_BIG)) => Verdict::Pass,
        End::ByServer(code) => {
            let said = code.map_or_else(|| "no close code".to_owned(), CloseCode::words);
            Verdict::Fail(vec![
                Observed::new(&tried.at, said).about(tried.label.as_str()),
            ])
        }
        End::ByUs { .. } | End::Open => {
            Verdict::NotApplicable("it was taken: websocket/takes-oversize")
        }
    }
}

fn refuses_unmasked(facts: &WebSocketFacts) -> Verdict {
    provoked(
        facts,
        SocketFault::Unmasked,
        "an unmasked frame was let pass",
    )
}

fn refuses_not_utf8(facts: &WebSocketFacts) -> Verdict {
    provoked(
        facts,
        SocketFault::NotUtf8,
        "a text of the bytes ff fe was let pass",
    )
}

fn refuses_reserved(facts: &WebSocketFacts) -> Verdict {
    provoked(
        facts,
        SocketFault::Reserved,
        "a frame with RSV1 was let pass",
    )
}

fn refuses_version(facts: &WebSocketFacts) -> Verdict {
    handshake(facts, SocketFault::Version, "to version 99")
}

fn refuses_no_key(facts: &WebSocketFacts) -> Verdict {
    handshake(facts, SocketFault::NoKey, "to a handshake without a key")
}
