//! Which pages may open the socket: browsers let any page try, so the server has to look.

use crate::facts::OriginClass;
use crate::facts::websocket::{Outcome, Tried, WebSocketFacts};
use crate::model::{RuleId, Severity, SocketAsk, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};
use crate::wire::cors::Ruse;

/// RFC 6455 makes the refusal a MUST for a server that does not want the origin.
const REFERENCES: &[Reference] = &[
    Reference::Rfc(6455, "4.2.2"),
    Reference::Rfc(6455, "10.2"),
    Reference::Standard(
        "OWASP ASVS 5.0 V4.4.2",
        "https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x13-V4-API-and-Web-Service.md",
    ),
];

const OBSERVED_BY: &str = "Handshakes from an unrelated origin, from `null` and from origins made from \
                           each declared one, with the supplied credential, beside those of a \
                           legitimate client that are let in before and after. A socket closed after \
                           its 101 counts as refused, within a second, or within three where `reject` \
                           names a close code, and where a legitimate socket stays open for twice as \
                           long.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("websocket/accepts-any-origin"),
        title: "Any page can open the socket",
        severity: Severity::High,
        rationale: "The same-origin policy does not cover WebSocket. If cookies or the network say \
                    who the user is, any page the user visits speaks in their name \
                    (cross-site WebSocket hijacking).",
        expected: "a refusal of origins that are not declared",
        remediation: "Compare `Origin` with the exact list of declared origins before answering 101. In \
                      socket.io that is `allowRequest`: `cors.origin` does not guard the WebSocket.",
        observed_by: OBSERVED_BY,
        references: REFERENCES,
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketOrigin],
        check: Check::WebSocket(refuses_strangers),
    },
    Rule {
        id: RuleId::new("websocket/accepts-lookalike-origin"),
        title: "A page whose origin resembles a declared one can open the socket",
        severity: Severity::High,
        rationale: "The check compares strings loosely. Whoever registers the right name, or holds \
                    the network where plain http is let in, speaks in the user's name.",
        expected: "a refusal of origins that are not declared",
        remediation: "Compare the whole origin byte by byte; no prefix, suffix or pattern.",
        observed_by: OBSERVED_BY,
        references: REFERENCES,
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketOrigin],
        check: Check::WebSocket(refuses_lookalikes),
    },
    Rule {
        id: RuleId::new("websocket/accepts-null-origin"),
        title: "The origin `null` can open the socket",
        severity: Severity::High,
        rationale: "Any page can have the origin `null`: a sandboxed frame is enough.",
        expected: "a refusal of the origin null",
        remediation: "Take `null` off the list.",
        observed_by: OBSERVED_BY,
        references: REFERENCES,
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketOrigin],
        check: Check::WebSocket(refuses_null),
    },
    Rule {
        id: RuleId::new("websocket/cookie-from-anywhere"),
        title: "A socket that trusts a cookie opens to any page",
        severity: Severity::Medium,
        rationale: "Browsers send cookies along with a handshake whatever page begins it, unless they \
                    are SameSite: any page the user visits can speak in their name, although the target \
                    file says that this is meant.",
        expected: "a list of origins, or a credential that no browser sends by itself",
        remediation: "Compare `Origin` with a list and declare it (`origins`), or take a token in the \
                      first message or in the query instead of the cookie.",
        observed_by: "A handshake from an origin nobody has, with the supplied cookie. Whether browsers \
                      would send it from there depends on its SameSite attribute.",
        references: REFERENCES,
        cap: None,
        rests_on: &[Topic::SocketOpens, Topic::SocketOrigin],
        check: Check::WebSocket(trusts_no_rider),
    },
];

/// Attack origins that resemble a declared one in one way.
const LOOKALIKES: &[Ruse] = &[
    Ruse::Prefix,
    Ruse::Suffix,
    Ruse::Substring,
    Ruse::Dot,
    Ruse::Underscore,
    Ruse::Subdomain,
    Ruse::Sibling,
    Ruse::Plaintext,
    Ruse::Port,
];

/// The attack that a handshake came from, if it came from one.
fn attack(tried: &Tried) -> Option<Ruse> {
    let origin = tried
        .origin
        .as_ref()
        .filter(|_| tried.ask == SocketAsk::Origin)?;
    match origin.class {
        OriginClass::Attack(ruse) => Some(ruse),
        OriginClass::Declared
        | OriginClass::Denied
        | OriginClass::Control
        | OriginClass::Profile => None,
    }
}

fn by<'a>(facts: &'a WebSocketFacts, wanted: &'a [Ruse]) -> impl Iterator<Item = &'a Tried> {
    let tried = facts.trials.iter();
    tried.filter(move |tried| attack(tried).is_some_and(|ruse| wanted.contains(&ruse)))
}

/// The attack in a word.
const fn word(ruse: Ruse) -> &'static str {
    match ruse {
        Ruse::Composite => "composite",
        Ruse::Reflection => "any",
        Ruse::Prefix => "prefix",
        Ruse::Suffix => "suffix",
        Ruse::Substring => "substring",
        Ruse::Dot => "dot",
        Ruse::Underscore => "underscore",
        Ruse::Subdomain => "sub-domain",
        Ruse::Sibling => "sibling",
        Ruse::Plaintext => "plain http",
        Ruse::Port => "port",
        Ruse::Null => "null",
    }
}

fn judge<'a>(facts: &WebSocketFacts, tried: impl Iterator<Item = &'a Tried>) -> Verdict {
    if !facts.has_origins() {
        return Verdict::NotApplicable("any origin is declared to be welcome");
    }
    super::turned_away(facts, tried, |tried| {
        let attack = attack(tried).map_or("foreign", word);
        format!("101 to {} ({attack})", super::origin_of(tried))
    })
}

fn refuses_strangers(facts: &WebSocketFacts) -> Verdict {
    judge(facts, by(facts, &[Ruse::Reflection]))
}

fn anybody_gets_in(facts: &WebSocketFacts) -> bool {
    matches!(refuses_strangers(facts), Verdict::Fail(_))
}

/// When any origin gets in, so does every look-alike: that is one finding.
const ANYBODY: Verdict = Verdict::NotApplicable("any origin gets in: websocket/accepts-any-origin");

fn refuses_lookalikes(facts: &WebSocketFacts) -> Verdict {
    if anybody_gets_in(facts) {
        return ANYBODY;
    }
    let let_in = |tried: &Tried| facts.outcome(tried) == Outcome::LetIn;
    // The composite resembles a declared origin in several ways at once: refused, it stands for all
    // of them; let in, it was tried which of them it was.
    let is_explained = by(facts, LOOKALIKES).any(let_in);
    let composites = by(facts, &[Ruse::Composite]).filter(|_| !is_explained);
    judge(facts, by(facts, LOOKALIKES).chain(composites))
}

fn refuses_null(facts: &WebSocketFacts) -> Verdict {
    if anybody_gets_in(facts) {
        return ANYBODY;
    }
    judge(facts, by(facts, &[Ruse::Null]))
}

fn trusts_no_rider(facts: &WebSocketFacts) -> Verdict {
    if facts.has_origins() || !facts.by_cookie || facts.declared.public {
        return Verdict::NotApplicable("no cookie is trusted, or the origins are declared");
    }
    super::turned_away(facts, by(facts, &[Ruse::Reflection]), |tried| {
        format!("101 to {} with the cookie", super::origin_of(tried))
    })
}
