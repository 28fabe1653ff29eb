//! Clients that are no page: without an origin, without an upgrade, of another version.

use crate::facts::websocket::{Admission, Answer, WebSocketFacts};
use crate::model::{RuleId, Severity, SocketFault, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("websocket/accepts-no-origin"),
        title: "A client without an Origin can open the socket",
        severity: Severity::Info,
        rationale: "No hole: browsers always send one, and programs can claim any. It matters where the \
                    origin is all that is asked for.",
        expected: "as you mean it: programs let in, or only pages",
        remediation: "Nothing, where programs are welcome; else refuse a handshake without Origin.",
        observed_by: "A handshake without Origin and with the supplied credential.",
        references: &[Reference::Rfc(6455, "4.2.2"), Reference::Rfc(6455, "10.2")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(wants_an_origin),
    },
    Rule {
        id: RuleId::new("websocket/plain-get-breaks"),
        title: "A plain GET on the socket's path breaks the server",
        severity: Severity::Low,
        rationale: "Health checks, crawlers and link previews send one. Each writes an exception to the \
                    log, and a platform that asks there takes the service for dead.",
        expected: "426 or another 4xx",
        remediation: "Answer 426 with `Upgrade: websocket` to requests that ask for no upgrade.",
        observed_by: "A GET of the path without Upgrade, Connection and Sec-WebSocket fields. A page or \
                      data on the same path is as good an answer as any refusal.",
        references: &[
            Reference::Rfc(6455, "4.2.1"),
            Reference::Rfc(9110, "15.5.22"),
        ],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(takes_a_get),
    },
    Rule {
        id: RuleId::new("websocket/version-unannounced"),
        title: "An unknown version is refused without naming those that are known",
        severity: Severity::Info,
        rationale: "A client of a later version cannot tell which one to fall back to.",
        expected: "426 with `Sec-WebSocket-Version: 13`",
        remediation: "Send `Sec-WebSocket-Version: 13` with the refusal.",
        observed_by: "A handshake with `Sec-WebSocket-Version: 99` that is refused with a 4xx status.",
        references: &[Reference::Rfc(6455, "4.2.2"), Reference::Rfc(6455, "4.4")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(names_versions),
    },
];

fn wants_an_origin(facts: &WebSocketFacts) -> Verdict {
    if !facts.has_origins() {
        return Verdict::NotApplicable("any origin is declared to be welcome");
    }
    super::limits::handshake(
        facts,
        SocketFault::NoOrigin,
        "to a client without an Origin",
    )
}

fn takes_a_get(facts: &WebSocketFacts) -> Verdict {
    let Some(tried) = facts.fault(SocketFault::NoUpgrade) else {
        return super::limits::untried(facts);
    };
    let broken = |said: String| {
        Verdict::Fail(vec![
            Observed::new(&tried.at, said).about(tried.label.as_str()),
        ])
    };
    match tried.admission() {
        Admission::Admitted(_) | Admission::Closed(..) => broken("101 to a plain GET".to_owned()),
        // 501 is a refusal, too.
        Admission::Status(501) => Verdict::Pass,
        Admission::Status(status @ 500..) => broken(format!("answered {status} to a plain GET")),
        Admission::Status(_) | Admission::Dropped => Verdict::Pass,
        Admission::Later(status) => Verdict::NotTested(format!("answered {status}")),
        // A server that has nothing but the socket may leave a plain GET without an answer.
        Admission::Ignored(why) | Admission::Unclear(why) => Verdict::NotTested(why),
    }
}

fn names_versions(facts: &WebSocketFacts) -> Verdict {
    let Some(tried) = facts.fault(SocketFault::Version) else {
        return super::limits::untried(facts);
    };
    if !facts.lets_friends_in() {
        return Verdict::NotApplicable(super::NOBODY);
    }
    match &tried.answer {
        Answer::Refused {
            status: status @ 400..=499,
            versions: None,
            ..
        } if *status != 429 => {
            let said = format!("answered {status} without Sec-WebSocket-Version");
            Verdict::Fail(vec![
                Observed::new(&tried.at, said).about(tried.label.as_str()),
            ])
        }
        Answer::Refused { .. } => Verdict::Pass,
        Answer::Opened(_) | Answer::Failed(_) => {
            Verdict::NotApplicable("the version was not refused with a status")
        }
    }
}
