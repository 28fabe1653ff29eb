//! What no server may take: broken handshakes, broken frames, oversized messages.

use crate::facts::websocket::{Admission, End, Entry, Session, Tried, WebSocketFacts};
use crate::model::{Micros, RuleId, Severity, SocketFault, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};
use crate::wire::websocket::CloseCode;

const PROVOKED_BY: &str = "With --thorough: the frame on an open socket, then a ping. The socket must \
                           be closed within three seconds, and within one after a pong; a server \
                           that drops the frame and keeps the socket has not done that either.";

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
        observed_by: "A message one byte over the declared limit on an open socket: that of `echo` \
                      followed by spaces where it is JSON. The declared answer, or the same message \
                      back, shows that it was taken.",
        references: &[Reference::Rfc(6455, "7.4.1"), Reference::Rfc(6455, "10.4")],
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketLimit],
        check: Check::WebSocket(refuses_oversize),
    },
    Rule {
        id: RuleId::new("websocket/oversize-code"),
        title: "An oversized message is refused without close code 1009",
        severity: Severity::Info,
        rationale: "The client does not learn why its connection or its message is lost, and sends it \
                    again.",
        expected: "close 1009 (message too big)",
        remediation: "Close with 1009.",
        observed_by: "A message one byte over the declared limit on an open socket.",
        references: &[Reference::Rfc(6455, "7.4.1")],
        cap: None,
        rests_on: &[Topic::SocketLimit],
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
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(refuses_unmasked),
    },
    Rule {
        id: RuleId::new("websocket/takes-invalid-utf8"),
        title: "Text that is not UTF-8 does not end the connection",
        severity: Severity::Low,
        rationale: "Where it is taken, what one part reads as one text another reads as a second, and \
                    filters can be passed; where it is dropped, the client waits.",
        expected: "close 1007 (invalid payload data)",
        remediation: "Use a maintained library; check text messages as a whole.",
        observed_by: PROVOKED_BY,
        references: &[Reference::Rfc(6455, "8.1")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
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
        rests_on: &[Topic::SocketOpens],
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
        rests_on: &[Topic::SocketOpens],
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
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(refuses_no_key),
    },
    Rule {
        id: RuleId::new("websocket/takes-malformed-key"),
        title: "A handshake with a malformed key is accepted",
        severity: Severity::Info,
        rationale: "A key is 16 bytes in Base64. A server need not decode it, so this is no fault by \
                    itself; together with others it shows that the handshake is not read closely.",
        expected: "400, as most libraries answer",
        remediation: "Nothing, or answer 400 to a `Sec-WebSocket-Key` that does not decode to 16 bytes.",
        observed_by: "With --thorough: a handshake with a `Sec-WebSocket-Key` of nine bytes in Base64.",
        references: &[Reference::Rfc(6455, "4.2.1"), Reference::Rfc(6455, "4.2.2")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(refuses_bad_key),
    },
    Rule {
        id: RuleId::new("websocket/handshake-breaks"),
        title: "A broken handshake ends in a server error",
        severity: Severity::Low,
        rationale: "An exception that nobody caught: anybody can fill the error log, and the client does \
                    not learn that the fault is its own.",
        expected: "426 for another version, 400 for a missing or malformed key",
        remediation: "Check `Sec-WebSocket-Version` and `Sec-WebSocket-Key` before the library reads \
                      them, or use a library that does.",
        observed_by: "With --thorough: handshakes of version 99, without a key, and with a malformed \
                      one.",
        references: &[Reference::Rfc(6455, "4.2.2"), Reference::Rfc(9110, "15.6")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(refuses_in_words),
    },
];

/// A socket on which something was said that no server may take.
fn provoked(facts: &WebSocketFacts, fault: SocketFault) -> Result<(&Tried, &Session), Verdict> {
    let tried = facts.fault(fault).filter(|_| facts.lets_friends_in());
    let Some(tried) = tried else {
        return Err(untried(facts));
    };
    let unopened = match tried.admission() {
        Admission::Unclear(why) | Admission::Ignored(why) => Verdict::Unknown(why),
        Admission::Later(status) => Verdict::NotTested(format!("answered {status}")),
        Admission::Admitted(_)
        | Admission::Status(_)
        | Admission::Closed(..)
        | Admission::Dropped => Verdict::NotApplicable("no socket opened: websocket/not-opened"),
    };
    tried
        .session()
        .map(|session| (tried, session))
        .ok_or(unopened)
}

fn fail(tried: &Tried, said: String) -> Verdict {
    Verdict::Fail(vec![
        Observed::new(&tried.at, said)
            .about(tried.label.as_str())
            .shown_by(ShownBy::Spoken),
    ])
}

/// The server must close on it, whether it would take it or drop it.
fn must_close(facts: &WebSocketFacts, fault: SocketFault, what: &str) -> Verdict {
    let (tried, session) = match provoked(facts, fault) {
        Ok(found) => found,
        Err(verdict) => return verdict,
    };
    match session.end {
        End::ByServer(_) => Verdict::Pass,
        End::ByUs { .. } | End::Open if session.survived => {
            fail(tried, format!("{what}, and the socket lived on"))
        }
        End::ByUs { .. } | End::Open if session.listened_us >= SILENCE => fail(
            tried,
            format!(
                "{what}, and then neither a close nor a pong in {}",
                session.listened_us
            ),
        ),
        End::ByUs { .. } | End::Open => {
            Verdict::Unknown("neither a close nor a pong came, for want of time".to_owned())
        }
    }
}

/// A server that is still silent after so long has not closed.
const SILENCE: Micros = Micros(2_900_000);

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
        Admission::Later(status) => Verdict::NotTested(format!("answered {status}")),
        Admission::Status(_)
        | Admission::Closed(..)
        | Admission::Dropped
        | Admission::Ignored(_) => Verdict::Pass,
    }
}

/// Why a fault was not tried.
pub(super) fn untried(facts: &WebSocketFacts) -> Verdict {
    if facts.entry == Entry::NoToken || facts.lets_friends_in() {
        return super::not_tried(facts);
    }
    Verdict::NotApplicable(super::NOBODY)
}

fn refuses_oversize(facts: &WebSocketFacts) -> Verdict {
    let Some(limit) = facts.declared.max_message else {
        return Verdict::NotApplicable("no limit is declared");
    };
    let (tried, session) = match provoked(facts, SocketFault::Oversize) {
        Ok(found) => found,
        Err(verdict) => return verdict,
    };
    match session.end {
        _ if session.took_oversize => fail(
            tried,
            format!("a message over {limit} was answered as any other"),
        ),
        End::ByServer(_) => Verdict::Pass,
        End::ByUs { .. } | End::Open if facts.tells_what_was_taken() => Verdict::Pass,
        End::ByUs { .. } | End::Open => Verdict::NotTested(UNDECIDED.to_owned()),
    }
}

/// Some servers drop a message over their limit without a word and keep the socket.
const UNDECIDED: &str = "the socket stayed open, and whether the message was taken or dropped only the \
                      answer to an `echo` tells: declare one whose message is JSON";

fn says_too_big(facts: &WebSocketFacts) -> Verdict {
    let Ok((tried, session)) = provoked(facts, SocketFault::Oversize) else {
        return Verdict::NotApplicable("no oversized message was sent");
    };
    match session.end {
        _ if session.took_oversize => {
            Verdict::NotApplicable("it was taken: websocket/takes-oversize")
        }
        End::ByServer(Some(CloseCode::TOO_BIG)) => Verdict::Pass,
        End::ByServer(code) => {
            let said = code.map_or_else(|| "no close code".to_owned(), CloseCode::words);
            fail(tried, said)
        }
        End::ByUs { .. } | End::Open if facts.tells_what_was_taken() => {
            fail(tried, "dropped, and the socket lived on".to_owned())
        }
        End::ByUs { .. } | End::Open => Verdict::NotTested(UNDECIDED.to_owned()),
    }
}

fn refuses_unmasked(facts: &WebSocketFacts) -> Verdict {
    must_close(facts, SocketFault::Unmasked, "an unmasked frame")
}

fn refuses_not_utf8(facts: &WebSocketFacts) -> Verdict {
    must_close(facts, SocketFault::NotUtf8, "a text of the bytes ff fe")
}

fn refuses_reserved(facts: &WebSocketFacts) -> Verdict {
    must_close(facts, SocketFault::Reserved, "a frame with RSV1")
}

fn refuses_version(facts: &WebSocketFacts) -> Verdict {
    handshake(facts, SocketFault::Version, "to version 99")
}

fn refuses_no_key(facts: &WebSocketFacts) -> Verdict {
    handshake(facts, SocketFault::NoKey, "to a handshake without a key")
}

fn refuses_bad_key(facts: &WebSocketFacts) -> Verdict {
    handshake(
        facts,
        SocketFault::BadKey,
        "to a handshake with a key of nine bytes",
    )
}

fn refuses_in_words(facts: &WebSocketFacts) -> Verdict {
    let broken = [
        SocketFault::Version,
        SocketFault::NoKey,
        SocketFault::BadKey,
    ];
    let tried: Vec<&Tried> = broken
        .iter()
        .filter_map(|fault| facts.fault(*fault))
        .collect();
    if tried.is_empty() || !facts.lets_friends_in() {
        return untried(facts);
    }
    let errors = tried.into_iter().filter_map(|tried| {
        let Admission::Status(status @ 500..) = tried.admission() else {
            return None;
        };
        let said = format!("answered {status} to {}", tried.ask);
        // 501 is a refusal, too.
        (status != 501).then(|| Observed::new(&tried.at, said).about(tried.label.as_str()))
    });
    Verdict::unless(errors.collect())
}
