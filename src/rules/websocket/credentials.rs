//! Whose credentials open the socket.

use crate::facts::websocket::WebSocketFacts;
use crate::model::{Attempt, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

const BROKEN_AUTHENTICATION: Reference = Reference::Standard(
    "OWASP API2:2023",
    "https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/",
);

const OBSERVED_BY: &str = "A handshake from a declared origin with the credential in question, \
                           beside those of a legitimate client that are let in before and after. A \
                           socket closed after its 101 counts as refused, within a second, or within \
                           three where `reject` names a close code, and where a legitimate socket \
                           stays open for twice as long. One that may wait for a message with the \
                           credential in it is told by the declared `echo` or by the answer to \
                           `first`.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("websocket/accepts-no-credentials"),
        title: "The socket opens without credentials",
        severity: Severity::High,
        rationale: "Whatever is sent over it, anybody can read, and perhaps write.",
        expected: "a refusal in the declared way",
        remediation: "Check the credential before answering 101, or close at once with the declared \
                      code.",
        observed_by: OBSERVED_BY,
        references: &[Reference::Rfc(6455, "4.2.2"), BROKEN_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketCredential],
        check: Check::WebSocket(refuses_nobody),
    },
    Rule {
        id: RuleId::new("websocket/accepts-invalid-token"),
        title: "The socket opens with a made-up token",
        severity: Severity::High,
        rationale: "The token is looked for and not looked at: anything opens the socket.",
        expected: "a refusal in the declared way",
        remediation: "Verify the token as the HTTP endpoints do before answering 101.",
        observed_by: OBSERVED_BY,
        references: &[Reference::Rfc(6455, "4.2.2"), BROKEN_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketCredential],
        check: Check::WebSocket(refuses_garbage),
    },
    Rule {
        id: RuleId::new("websocket/accepts-forged-token"),
        title: "The socket opens with a token nobody signed",
        severity: Severity::High,
        rationale: "The claims are read and the signature is not verified: whoever can write JSON \
                    is whoever they want to be.",
        expected: "a refusal in the declared way",
        remediation: "Verify the signature with the algorithm you chose, never the token's own.",
        observed_by: OBSERVED_BY,
        references: &[
            Reference::Rfc(8725, "3.1"),
            Reference::Rfc(7519, "7.2"),
            BROKEN_AUTHENTICATION,
        ],
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketForgedToken],
        check: Check::WebSocket(refuses_forgeries),
    },
    Rule {
        id: RuleId::new("websocket/accepts-expired-token"),
        title: "The socket opens with an expired token",
        severity: Severity::High,
        rationale: "A token that was lost or stolen works for ever.",
        expected: "a refusal in the declared way",
        remediation: "Check `exp`; close the socket when the token expires while it is open.",
        observed_by: OBSERVED_BY,
        references: &[Reference::Rfc(7519, "4.1.4"), BROKEN_AUTHENTICATION],
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketExpiredToken],
        check: Check::WebSocket(refuses_expired),
    },
    Rule {
        id: RuleId::new("websocket/accepts-other-user"),
        title: "Another user's token opens this user's socket",
        severity: Severity::High,
        rationale: "Every user can read every other user's messages by changing the path.",
        expected: "a refusal in the declared way",
        remediation: "Compare the user of the token with the user in the path; declare \
                      `shared = true` where every user may open it.",
        observed_by: "A handshake with the token of another user (`other`), where a segment of the \
                      path holds an identifier or `shared = false` is declared, beside those of a \
                      legitimate client that are let in before and after.",
        references: &[
            Reference::Rfc(6455, "4.2.2"),
            Reference::Standard(
                "OWASP API1:2023",
                "https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/",
            ),
        ],
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketOtherUser],
        check: Check::WebSocket(refuses_others),
    },
    Rule {
        id: RuleId::new("websocket/token-in-url"),
        title: "The token travels in the URL",
        severity: Severity::Info,
        rationale: "Scripts can set no field on a handshake, so this is the custom. URLs are kept in the \
                    logs of servers and proxies: a token there should be short-lived, good for one \
                    handshake, and left out of the logs.",
        expected: "a ticket for one handshake, a subprotocol, or the first message",
        remediation: "Hand out a ticket over HTTP that is good for seconds and for one handshake, and \
                      keep query strings out of access logs.",
        observed_by: "`{token}` in the declared path, and a socket that opens with it.",
        references: &[
            Reference::Rfc(6750, "5.3"),
            Reference::Standard(
                "OWASP ASVS 5.0 V4.4.3",
                "https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x13-V4-API-and-Web-Service.md",
            ),
        ],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(keeps_tokens_out_of_urls),
    },
];

fn keeps_tokens_out_of_urls(facts: &WebSocketFacts) -> Verdict {
    if facts.entry != crate::facts::websocket::Entry::WithToken {
        return Verdict::NotApplicable("no token is sent");
    }
    let in_url = facts.declared.path.contains("{token}");
    match facts.session().filter(|_| in_url) {
        Some((tried, _)) => Verdict::Fail(vec![
            Observed::new(&tried.at, "the handshake takes it from there")
                .about(tried.label.as_str()),
        ]),
        None => Verdict::Pass,
    }
}

fn judge(facts: &WebSocketFacts, attempts: &[Attempt], said: &str, missing: &str) -> Verdict {
    if facts.entry == crate::facts::websocket::Entry::Public {
        return Verdict::NotApplicable("the socket is declared public");
    }
    let tried = attempts.iter().filter_map(|attempt| facts.with(attempt));
    let mut tried = tried.peekable();
    if tried.peek().is_none() {
        return Verdict::NotTested(missing.to_owned());
    }
    super::turned_away(facts, tried, |_| format!("101 {said}"))
}

fn refuses_nobody(facts: &WebSocketFacts) -> Verdict {
    let attempts = [Attempt::Nothing, Attempt::Empty];
    judge(facts, &attempts, "without a credential", "not reached")
}

fn refuses_garbage(facts: &WebSocketFacts) -> Verdict {
    let attempts = [Attempt::Garbage, Attempt::Malformed];
    judge(
        facts,
        &attempts,
        "with the token `seaworthy-garbage`",
        "not reached",
    )
}

fn refuses_forgeries(facts: &WebSocketFacts) -> Verdict {
    let attempts = [Attempt::WrongSignature, Attempt::AlgNone];
    let missing = "no token is supplied whose claims could be used";
    judge(
        facts,
        &attempts,
        "with the claims of the supplied token and no valid signature",
        missing,
    )
}

fn refuses_expired(facts: &WebSocketFacts) -> Verdict {
    let missing = "no expired token is supplied (`expired`)";
    judge(
        facts,
        &[Attempt::Expired],
        "with the supplied expired token",
        missing,
    )
}

fn refuses_others(facts: &WebSocketFacts) -> Verdict {
    if facts.declared.shared {
        return Verdict::NotApplicable("every user may open it (`shared`)");
    }
    let missing = "no other user's token is supplied (`other`)";
    judge(
        facts,
        &[Attempt::OtherUser],
        "with the other user's token",
        missing,
    )
}
