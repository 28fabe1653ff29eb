//! How people are turned away.

use crate::facts::websocket::{Admission, Answer, Outcome, Tried, WebSocketFacts};
use crate::model::{Attempt, Reject, RuleId, Severity, SocketAsk, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::leak::tells;

/// Everybody who must be turned away.
const REFUSALS: &[Topic] = &[
    Topic::SocketOpens,
    Topic::SocketOrigin,
    Topic::SocketCredential,
    Topic::SocketForgedToken,
    Topic::SocketExpiredToken,
    Topic::SocketOtherUser,
];

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("websocket/other-refusal"),
        title: "Clients are turned away in another way than declared",
        severity: Severity::Low,
        rationale: "A page learns the reason from a close code only: a refused handshake is code \
                    1006 to scripts, whatever the status. Clients written for the one way \
                    reconnect for ever on the other.",
        expected: "the declared refusal",
        remediation: "Refuse as declared: a 4xx status (`reject = \"handshake\"`), or 101 and then \
                      the close code (`reject = \"close:4401\"`); or mend the declaration.",
        observed_by: "The handshakes that were refused.",
        references: &[Reference::Rfc(6455, "4.2.2"), Reference::Rfc(6455, "7.4.2")],
        cap: None,
        rests_on: REFUSALS,
        check: Check::WebSocket(is_as_declared),
    },
    Rule {
        id: RuleId::new("websocket/refusal-is-error"),
        title: "A refused handshake ends in a server error",
        severity: Severity::Medium,
        rationale: "Turning somebody away is ordinary; an exception is not. It fills the error \
                    log with noise that strangers control, and may hide a check that never ran.",
        expected: "a 4xx status",
        remediation: "Catch the refusal and answer 401 or 403.",
        observed_by: "The status of handshakes with a bad origin or credential.",
        references: &[Reference::Rfc(6455, "4.2.2"), Reference::Rfc(9110, "15.6")],
        cap: None,
        rests_on: REFUSALS,
        check: Check::WebSocket(is_no_error),
    },
    Rule {
        id: RuleId::new("websocket/refusal-leaks"),
        title: "A refused handshake gives away internals",
        severity: Severity::Medium,
        rationale: "Stack traces and secrets tell an attacker what to try next.",
        expected: "a refusal that says no more than that",
        remediation: "Answer refusals with a short fixed text.",
        observed_by: "The first 4 KiB of each refusal, searched for what only the software itself \
                      writes.",
        references: &[Reference::Standard(
            "OWASP API8:2023",
            "https://owasp.org/API-Security/editions/2023/en/0xa8-security-misconfiguration/",
        )],
        cap: None,
        rests_on: REFUSALS,
        check: Check::WebSocket(keeps_quiet),
    },
];

/// Those who should be turned away, and were.
fn turned_away(facts: &WebSocketFacts) -> impl Iterator<Item = &Tried> {
    let all = facts.trials.iter().filter(|tried| tried.is_untrusted());
    all.filter(|tried| facts.outcome(tried) == Outcome::TurnedAway)
}

const NOBODY_REFUSED: &str = "everybody who was tried is let in";

/// Then there is no refusal to judge.
fn everybody_gets_in(facts: &WebSocketFacts) -> bool {
    let untrusted = || facts.trials.iter().filter(|tried| tried.is_untrusted());
    untrusted().next().is_some() && untrusted().all(|tried| facts.outcome(tried) == Outcome::LetIn)
}

fn is_as_declared(facts: &WebSocketFacts) -> Verdict {
    if !facts.trials.iter().any(Tried::is_untrusted) {
        return Verdict::NotApplicable("nobody is to be turned away");
    }
    let wanted = match facts.declared.reject {
        Reject::Handshake => "a 4xx status".to_owned(),
        Reject::Close(code) => format!("101, then close {code}"),
    };
    if everybody_gets_in(facts) {
        return Verdict::NotApplicable(NOBODY_REFUSED);
    }
    let other = turned_away(facts).filter_map(|tried| {
        let admission = tried.admission();
        let declared = facts.is_declared_refusal(&admission);
        // An origin may be refused by status however credentials are: RFC 6455 wants that.
        let by_origin = tried.ask == SocketAsk::Origin
            && matches!(admission, Admission::Status(status) if (400..500).contains(&status));
        let is_error = matches!(
            admission,
            Admission::Status(500..) | Admission::Later(500..)
        );
        let said = refusal(tried, &admission).filter(|_| !declared && !by_origin && !is_error)?;
        Some(
            Observed::new(&tried.at, said)
                .about(tried.label.as_str())
                .wanted(wanted.as_str()),
        )
    });
    // One cause: whoever was turned away in the same other way is one more of the same.
    let mut seen: Vec<Observed> = Vec::new();
    for one in other {
        if seen.iter().all(|earlier| earlier.said != one.said) {
            seen.push(one);
        }
    }
    Verdict::unless(seen)
}

/// How somebody was turned away; whoever brought no credential may still be waited for.
fn refusal(tried: &Tried, admission: &Admission<'_>) -> Option<String> {
    let brought = tried.ask != SocketAsk::Credentials(Attempt::Nothing);
    let silence = || brought.then(|| "101, and no answer to any message".to_owned());
    admission.refusal().or_else(silence)
}

fn is_no_error(facts: &WebSocketFacts) -> Verdict {
    if everybody_gets_in(facts) {
        return Verdict::NotApplicable(NOBODY_REFUSED);
    }
    let errors = turned_away(facts).filter_map(|tried| match tried.admission() {
        Admission::Status(status @ 500..) | Admission::Later(status @ 500..) => Some(
            Observed::new(
                &tried.at,
                format!("answered {status} to {}", super::origin_of(tried)),
            )
            .about(tried.label.as_str()),
        ),
        Admission::Status(_)
        | Admission::Later(_)
        | Admission::Admitted(_)
        | Admission::Closed(..)
        | Admission::Dropped
        | Admission::Ignored(_)
        | Admission::Unclear(_) => None,
    });
    Verdict::unless(errors.collect())
}

fn keeps_quiet(facts: &WebSocketFacts) -> Verdict {
    let leaking = facts.trials.iter().filter_map(|tried| {
        let Answer::Refused { leaks, .. } = &tried.answer else {
            return None;
        };
        let telling = leaks.iter().find(|leak| tells(leak.kind))?;
        let said = format!("{}: {}", telling.what, telling.excerpt.raw());
        Some(Observed::new(&tried.at, said).about(tried.label.as_str()))
    });
    let leaking: Vec<Observed> = leaking.collect();
    let unread = facts.trials.iter().find_map(|tried| match &tried.answer {
        Answer::Refused { unread, .. } => Some(format!("{}: {}", tried.label, unread.as_ref()?)),
        Answer::Opened(_) | Answer::Failed(_) => None,
    });
    match unread {
        Some(why) if leaking.is_empty() => Verdict::NotTested(why),
        Some(_) | None => Verdict::unless(leaking),
    }
}
