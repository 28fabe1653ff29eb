//! A message that is no JSON, where JSON is spoken.

use crate::facts::websocket::{End, Session, Tried, WebSocketFacts};
use crate::model::{RuleId, Severity, SocketFault, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};
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
                      `{seaworthy` on an open socket whose declared message is JSON, and a second of \
                      patience. Close code 1011 or a bare end is a break.",
        references: &[Reference::Rfc(6455, "7.4.1")],
        cap: None,
        rests_on: &[Topic::SocketError],
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
        observed_by: "Every message and close reason of every socket, with --thorough that to a text \
                      which is no JSON included, by the signatures of common frameworks.",
        references: &[Reference::Standard(
            "CWE-209, error message with sensitive information",
            "https://cwe.mitre.org/data/definitions/209.html",
        )],
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketError],
        check: Check::WebSocket(keeps_quiet),
    },
];

fn survives(facts: &WebSocketFacts) -> Verdict {
    if !facts.declared.speaks_json() {
        return Verdict::NotApplicable("no message of JSON is declared");
    }
    let Some((tried, session)) = answered(facts) else {
        return unsaid(facts);
    };
    let said = match session.end {
        End::ByServer(None) => "the end without a close code".to_owned(),
        End::ByServer(Some(code)) if code.0 == INTERNAL_ERROR => format!("close {}", code.words()),
        End::ByServer(Some(_)) | End::ByUs { .. } | End::Open => return Verdict::Pass,
    };
    let said = format!("{said}, after the text `{NOT_JSON}`");
    Verdict::Fail(vec![observe(tried, said)])
}

fn observe(tried: &Tried, said: String) -> Observed {
    let observed = Observed::new(&tried.at, said).about(tried.label.as_str());
    observed.shown_by(ShownBy::Spoken)
}

/// RFC 6455 §7.4.1: "an unexpected condition".
const INTERNAL_ERROR: u16 = 1011;

/// The socket on which it was said, where legitimate clients keep theirs.
fn answered(facts: &WebSocketFacts) -> Option<(&Tried, &Session)> {
    let tried = facts.fault(SocketFault::NotJson);
    let tried = tried.filter(|_| facts.lets_friends_in())?;
    Some((tried, tried.session()?))
}

/// Why nothing was said that nobody declared.
fn unsaid(facts: &WebSocketFacts) -> Verdict {
    if super::nobody_gets_in(facts) {
        return Verdict::NotApplicable(super::NOBODY);
    }
    Verdict::NotTested(
        "a text that is no JSON is sent with --thorough only, and may reach other users".to_owned(),
    )
}

fn keeps_quiet(facts: &WebSocketFacts) -> Verdict {
    let leaking = facts.trials.iter().filter_map(|tried| {
        let leaks = &tried.session()?.leaks;
        let leak = leaks.iter().find(|leak| tells(leak.kind))?;
        let said = format!("{}: {}", leak.what, leak.excerpt.raw());
        Some(observe(tried, said))
    });
    // Every socket is the same program: one is enough.
    let leaking: Vec<Observed> = leaking.take(1).collect();
    if leaking.is_empty() && super::nobody_gets_in(facts) {
        return Verdict::NotApplicable(super::NOBODY);
    }
    if leaking.is_empty() && facts.declared.speaks_json() && answered(facts).is_none() {
        return unsaid(facts);
    }
    let mut in_part = facts.trials.iter().filter_map(|tried| {
        let size = tried.session()?.kept_in_part?;
        Some(format!(
            "{}: of a message of {size} only the beginning was kept",
            tried.label
        ))
    });
    match in_part.next() {
        Some(why) if leaking.is_empty() => Verdict::NotTested(why),
        Some(_) | None => Verdict::unless(leaking),
    }
}
