//! A message that is no JSON, where JSON is spoken.

use crate::facts::websocket::{Session, Spoken, WebSocketFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::leak::tells;
use crate::wire::websocket::NOT_JSON;

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("websocket/message-breaks"),
        title: "A message that is no JSON breaks the handler",
        severity: Severity::Low,
        rationale: "An exception escapes while the message is read: one typing error of a client \
                    ends its connection, and anybody can fill the error log.",
        expected: "an error message, silence, or a close code that names the client's fault (1003, \
                   1007, 1008)",
        remediation: "Catch the parser's error and answer it, or close with 1007 or 1008.",
        observed_by: "With --thorough, since a service may hand it on to other users: the text \
                      `{seaworthy`, last of all on an open socket whose declared message is JSON, \
                      and a second of patience. Close code 1011 or a bare end is a break.",
        references: &[Reference::Rfc(6455, "7.4.1")],
        cap: None,
        rests_on: &[Topic::SocketBehaviour],
        check: Check::WebSocket(survives),
    },
    Rule {
        id: RuleId::new("websocket/message-leaks"),
        title: "A message shows the program's inside",
        severity: Severity::Medium,
        rationale: "A stack trace, a database's own words or a secret tell an attacker what runs \
                    here, where it breaks, or how to get in.",
        expected: "messages without internals",
        remediation: "Answer errors with a fixed message; log the details.",
        observed_by: "Every message and close reason of the socket, with --thorough that to a text \
                      which is no JSON included, by the signatures of common frameworks.",
        references: &[Reference::Standard(
            "CWE-209, error message with sensitive information",
            "https://cwe.mitre.org/data/definitions/209.html",
        )],
        cap: None,
        rests_on: &[Topic::SocketBehaviour],
        check: Check::WebSocket(keeps_quiet),
    },
];

fn survives(facts: &WebSocketFacts) -> Verdict {
    let Some((tried, session)) = facts.session() else {
        return Verdict::NotApplicable("no socket opened: websocket/not-opened");
    };
    let said = match &session.nonsense {
        None if speaks_json(facts) => return Verdict::NotTested(UNSAID.to_owned()),
        None => return Verdict::NotApplicable("no message of JSON is declared"),
        Some(Spoken::Ended(None)) => "the end without a close code".to_owned(),
        Some(Spoken::Ended(Some(code))) if code.0 == INTERNAL_ERROR => {
            format!("close {}", code.words())
        }
        Some(Spoken::On | Spoken::Ended(Some(_))) => return Verdict::Pass,
    };
    let said = format!("{said}, after the text `{NOT_JSON}`");
    Verdict::Fail(vec![
        Observed::new(&tried.at, said).about(tried.label.as_str()),
    ])
}

/// RFC 6455 §7.4.1: "an unexpected condition".
const INTERNAL_ERROR: u16 = 1011;

/// Why nothing was said that nobody declared.
const UNSAID: &str =
    "a text that is no JSON is sent with --thorough only, and may reach other users";

fn speaks_json(facts: &WebSocketFacts) -> bool {
    let echo = facts.declared.echo.as_ref();
    echo.is_some_and(|echo| serde_json::from_str::<serde_json::Value>(&echo.send).is_ok())
}

fn keeps_quiet(facts: &WebSocketFacts) -> Verdict {
    let Some((tried, session)) = facts.session() else {
        return Verdict::NotApplicable("no socket opened: websocket/not-opened");
    };
    match told(session) {
        Some(said) => Verdict::Fail(vec![
            Observed::new(&tried.at, said).about(tried.label.as_str()),
        ]),
        None if session.nonsense.is_none() && speaks_json(facts) => {
            Verdict::NotTested(UNSAID.to_owned())
        }
        None => Verdict::Pass,
    }
}

fn told(session: &Session) -> Option<String> {
    let leak = session.leaks.iter().find(|leak| tells(leak.kind))?;
    Some(format!("{}: {}", leak.what, leak.excerpt.raw()))
}
