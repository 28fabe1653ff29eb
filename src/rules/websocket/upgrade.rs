//! The opening handshake: does a legitimate client get a socket, and by the rules?

use crate::facts::websocket::{Admission, Entry, FailedBy, WebSocketFacts};
use crate::model::{Family, RuleId, Severity, SocketAsk, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};

const BROWSERS: Reference = Reference::Standard(
    "WHATWG WebSockets, establish a WebSocket connection",
    "https://websockets.spec.whatwg.org/#concept-websocket-establish",
);

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("websocket/not-measured"),
        title: "The WebSocket endpoint could not be looked at",
        severity: Severity::High,
        rationale: "Nothing can be said about the handshake or the socket.",
        expected: "an answer to the handshake",
        remediation: "Make the address answer the handshake.",
        observed_by: "The opening handshake of RFC 6455; the network in between can be at fault.",
        references: &[Reference::Rfc(6455, "4.1")],
        cap: None,
        rests_on: &[],
        check: Check::Measured(Family::Websocket),
    },
    Rule {
        id: RuleId::new("websocket/not-opened"),
        title: "A legitimate client gets no socket",
        severity: Severity::High,
        rationale: "Everything live in the application stands still. A browser shows scripts close \
                    code 1006 and no reason, so the cause is hard to find from the page.",
        expected: "101 and an open socket",
        remediation: "Behind a proxy, pass `Upgrade` and `Connection` on and speak HTTP/1.1 to the \
                      application; then make the endpoint accept the declared origins and the \
                      supplied credential.",
        observed_by: "The handshake of RFC 6455 §4.1 from each declared origin, with the supplied \
                      credential. A wrong or expired credential of yours looks the same. One that is \
                      not answered within the target's `timeout` fails as one that is refused.",
        references: &[Reference::Rfc(6455, "4.2.2")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(opens),
    },
    Rule {
        id: RuleId::new("websocket/handshake-violation"),
        title: "The handshake's answer breaks rules that clients enforce",
        severity: Severity::High,
        rationale: "A client must fail the connection over each of these, or a browser must, where \
                    pages are declared. Some libraries are lenient, so it works in one place and \
                    not in another.",
        expected: "an answer as RFC 6455 §4.2.2 wants it",
        remediation: "Send `101` with `Upgrade: websocket`, `Connection: Upgrade`, the accept value \
                      for the key that was sent, one of the subprotocols the client offered, and \
                      nothing it did not offer.",
        observed_by: "The answer's head, held against RFC 6455 §4.1 and, where `origins` lists pages, \
                      against what browsers do; all violations are listed.",
        references: &[
            Reference::Rfc(6455, "4.1"),
            Reference::Rfc(6455, "4.2.2"),
            BROWSERS,
        ],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(is_valid),
    },
    Rule {
        id: RuleId::new("websocket/subprotocol-unanswered"),
        title: "None of the offered subprotocols is chosen",
        severity: Severity::Medium,
        rationale: "RFC 6455 lets a server choose none, and browsers and strict libraries then fail \
                    the connection: code 1006, and no reason.",
        expected: "one of the declared `protocols` in Sec-WebSocket-Protocol",
        remediation: "Name the chosen one when the socket is accepted, as in \
                      `websocket.accept(subprotocol=…)`; or offer none.",
        observed_by: "The answer's head, where any origin is welcome. Where `origins` lists pages, it \
                      is websocket/handshake-violation.",
        references: &[Reference::Rfc(6455, "4.2.2"), BROWSERS],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(chooses),
    },
    Rule {
        id: RuleId::new("websocket/content-on-101"),
        title: "The 101 announces content",
        severity: Severity::Info,
        rationale: "A 1xx has none. Browsers open the socket all the same; a strict proxy may take \
                    the first frames for a body.",
        expected: "no Content-Length and no Transfer-Encoding on a 101",
        remediation: "Leave both fields away from the 101.",
        observed_by: "The answer's head.",
        references: &[Reference::Rfc(9110, "8.6"), Reference::Rfc(9112, "6.1")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(announces_nothing),
    },
    Rule {
        id: RuleId::new("websocket/drops-clients"),
        title: "The socket is closed on a legitimate client",
        severity: Severity::High,
        rationale: "The handshake works and the application behind it does not: clients reconnect \
                    for ever, and a check that looks at the 101 alone shows green.",
        expected: "a socket that stays open until the client closes it",
        remediation: "Look for an exception in the handler; without a close frame the process \
                      behind the socket, or a proxy, ended it.",
        observed_by: "Open sockets with the supplied credential, pings, the declared message, each for as \
                      long as others are given until they are closed: a second, or three where `reject` \
                      names a close code. A credential of yours that the application refuses after the \
                      101 looks the same.",
        references: &[Reference::Rfc(6455, "7.1.1"), Reference::Rfc(6455, "7.4.1")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(stays_open),
    },
    Rule {
        id: RuleId::new("websocket/plain-accepted"),
        title: "The socket also opens without TLS",
        severity: Severity::High,
        rationale: "Tokens and messages of a client that is given `ws:` can be read and changed by \
                    whoever holds the network.",
        expected: "a redirect or a refusal on plain ws",
        remediation: "Answer port 80 with a redirect to https for every path, upgrades included.",
        observed_by: "A handshake to port 80 without credentials.",
        references: &[
            Reference::Rfc(6455, "10.6"),
            Reference::Standard(
                "OWASP ASVS 5.0 V4.4.1",
                "https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x13-V4-API-and-Web-Service.md",
            ),
        ],
        cap: None,
        rests_on: &[Topic::SocketPlain],
        check: Check::WebSocket(is_tls_only),
    },
];

fn opens(facts: &WebSocketFacts) -> Verdict {
    if facts.entry == Entry::NoToken {
        return super::not_tried(facts);
    }
    let (mut refused, mut unclear) = (Vec::new(), None);
    for tried in facts.legitimate() {
        let admission = tried.admission();
        match &admission {
            // Closed on after its 101: judged by websocket/drops-clients.
            Admission::Admitted(_) | Admission::Closed(..) => {}
            Admission::Unclear(why) => unclear = Some(why.clone()),
            // One that had got in before is refused beside it: the service need not have answered.
            _ if facts.refused_control(tried).is_some() => {
                unclear = admission.refusal();
            }
            Admission::Later(status) if !facts.is_never_there() => {
                unclear = Some(format!("answered {status}"));
            }
            Admission::Status(_)
            | Admission::Later(_)
            | Admission::Dropped
            | Admission::Ignored(_) => {
                let said = admission.refusal().unwrap_or_default();
                let said = format!("{said} from {}", super::origin_of(tried));
                refused.push(Observed::new(&tried.at, said).about(tried.label.as_str()));
            }
        }
    }
    match unclear {
        Some(why) if refused.is_empty() => Verdict::Unknown(why),
        Some(_) | None => Verdict::unless(refused),
    }
}

fn is_valid(facts: &WebSocketFacts) -> Verdict {
    violations(facts, |failed_by| match failed_by {
        FailedBy::Clients => true,
        FailedBy::Browsers => facts.has_origins(),
        FailedBy::Nobody => false,
    })
}

fn chooses(facts: &WebSocketFacts) -> Verdict {
    if facts.declared.protocols.is_empty() {
        return Verdict::NotApplicable("no subprotocol is declared");
    }
    violations(facts, |failed_by| {
        failed_by == FailedBy::Browsers && !facts.has_origins()
    })
}

fn announces_nothing(facts: &WebSocketFacts) -> Verdict {
    violations(facts, |failed_by| failed_by == FailedBy::Nobody)
}

/// Of the first legitimate session: every answer of one endpoint breaks the same rules.
fn violations(facts: &WebSocketFacts, wanted: impl Fn(FailedBy) -> bool) -> Verdict {
    let Some((tried, session)) = facts.session() else {
        return Verdict::NotApplicable("no 101 to judge: websocket/not-opened");
    };
    let broken = session
        .violations
        .iter()
        .filter(|broken| wanted(broken.failed_by));
    Verdict::unless(
        broken
            .map(|broken| {
                Observed::new(&tried.at, broken.said.clone())
                    .about(tried.label.as_str())
                    .wanted(broken.section)
            })
            .collect(),
    )
}

fn stays_open(facts: &WebSocketFacts) -> Verdict {
    let dropped = facts.welcome().filter_map(|tried| {
        let admission = tried.admission();
        let closed = matches!(admission, Admission::Closed(..));
        let said = admission.refusal().filter(|_| closed)?;
        let lived = tried
            .session()
            .is_some_and(|session| !session.round_trips_us.is_empty());
        let when = if lived {
            ", after it had answered pings"
        } else {
            ""
        };
        let how = if facts.is_declared_refusal(&admission) {
            ", which is how others are turned away"
        } else {
            ""
        };
        let said = format!("{said}{when}{how}");
        let observed = Observed::new(&tried.at, said).about(tried.label.as_str());
        Some(if lived {
            observed.shown_by(ShownBy::Spoken)
        } else {
            observed
        })
    });
    // One cause: the socket that is dropped once more is no further finding.
    let dropped: Vec<Observed> = dropped.take(1).collect();
    if dropped.is_empty() && facts.session().is_none() {
        return Verdict::NotApplicable("no socket opened: websocket/not-opened");
    }
    Verdict::unless(dropped)
}

fn is_tls_only(facts: &WebSocketFacts) -> Verdict {
    let Some(tried) = facts.of(|ask| *ask == SocketAsk::Plain).next() else {
        return Verdict::NotApplicable("only an https target on port 443 has a plain twin");
    };
    match tried.session() {
        Some(_) => Verdict::Fail(vec![
            Observed::new(&tried.at, "answered 101 over plain ws").about(tried.label.as_str()),
        ]),
        None => Verdict::Pass,
    }
}
