//! Handshakes and their answers, then every rule that fails on them.

mod controls;
mod said;

use crate::evidence::{
    Cause, Evidence, Failure, Field, Frame, Observation, Payload, SocketTrial, Stage, sample,
};
use crate::facts::State;
use crate::facts::websocket::{WebSocketFacts, read};
use crate::model::{
    Attempt, Echo, Identity, Micros, Millis, Reject, Scheme, SchemeKind, SecretRef, SocketAsk,
    SocketFault, StatusSet, WebSocketContract, WebSocketOrigins,
};
use crate::rules::{Check, Verdict};

const APP: (&str, &str) = ("declared", "https://app.example.com");
const ANY: (&str, &str) = ("any", "https://sw1.example");
const OPEN: &[(&str, &str)] = &[
    ("Upgrade", "websocket"),
    ("Connection", "keep-alive, Upgrade"),
    ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
];
const VERSIONS: &[(&str, &str)] = &[("Sec-WebSocket-Version", "13")];

/// What for, from where, the status and the fields.
type Seen = (
    SocketAsk,
    Option<(&'static str, &'static str)>,
    u16,
    &'static [(&'static str, &'static str)],
);

/// A message that was sent, and one that came.
const SAID: &str = "said";
const HEARD: &str = "heard";
const SPEAKER: &[&str] = &[SAID, HEARD];

/// What is declared: by which credential, at which path, and for whom.
#[derive(Clone, Copy)]
enum Declared {
    HeaderAndList,
    ClosesStrangers,
    UrlAndList,
    CookieAndList,
    CookieAndAny,
    HeaderAndAny,
    PublicAndAny,
}

const LEGITIMATE: Seen = (SocketAsk::Legitimate, Some(APP), 101, OPEN);
const STRANGER: Seen = (SocketAsk::Origin, Some(ANY), 101, OPEN);
const REFUSED: Seen = (SocketAsk::Origin, Some(ANY), 403, &[]);

const fn fault(fault: SocketFault, status: u16, fields: &'static [(&str, &str)]) -> Seen {
    let origin = if matches!(fault, SocketFault::NoOrigin) {
        None
    } else {
        Some(APP)
    };
    (SocketAsk::Fault(fault), origin, status, fields)
}

#[rustfmt::skip]
const CASES: &[(Declared, &[Seen], &[&str])] = &[
    (Declared::HeaderAndList, &[LEGITIMATE],                                           &[]),
    (Declared::HeaderAndList, &[LEGITIMATE, REFUSED],                                  &[]),
    (Declared::HeaderAndList, &[LEGITIMATE, STRANGER],                                 &["websocket/accepts-any-origin"]),
    (Declared::CookieAndList, &[LEGITIMATE, STRANGER],                                 &["websocket/accepts-any-origin"]),
    // Any page may come: that is a hole only where the browser brings the credential.
    (Declared::CookieAndAny,  &[LEGITIMATE, STRANGER],                                 &["websocket/cookie-from-anywhere"]),
    (Declared::CookieAndAny,  &[LEGITIMATE, REFUSED],                                  &[]),
    (Declared::HeaderAndAny,  &[LEGITIMATE, STRANGER],                                 &[]),
    (Declared::PublicAndAny,  &[LEGITIMATE, STRANGER],                                 &[]),
    // A token in the URL is worth knowing, and a refused one is none.
    (Declared::UrlAndList,    &[LEGITIMATE],                                           &["websocket/token-in-url"]),
    (Declared::UrlAndList,    &[(SocketAsk::Legitimate, Some(APP), 401, &[])],         &["websocket/not-opened"]),
    // No origin.
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoOrigin, 101, OPEN)],  &["websocket/accepts-no-origin"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoOrigin, 403, &[])],   &[]),
    // No upgrade: pages, data and refusals are all fine.
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoUpgrade, 426, &[])],  &[]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoUpgrade, 404, &[])],  &[]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoUpgrade, 200, &[])],  &[]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoUpgrade, 501, &[])],  &[]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoUpgrade, 500, &[])],  &["websocket/plain-get-breaks"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoUpgrade, 101, OPEN)], &["websocket/plain-get-breaks"]),
    // Versions and keys: a refusal in words, and one that is an exception.
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::Version, 500, &[])],    &["websocket/handshake-breaks"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoKey, 500, &[])],      &["websocket/handshake-breaks"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::BadKey, 500, &[])],     &["websocket/handshake-breaks"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::Version, 501, VERSIONS)], &[]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::BadKey, 101, OPEN)],    &["websocket/takes-malformed-key"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::BadKey, 400, &[])],     &[]),
    // Where nobody gets in, no version is at fault.
    (Declared::HeaderAndList, &[(SocketAsk::Legitimate, Some(APP), 404, &[]), fault(SocketFault::Version, 404, &[])], &["websocket/not-opened"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::Version, 426, VERSIONS)], &[]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::Version, 400, &[])],    &["websocket/version-unannounced"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::Version, 101, OPEN)],   &["websocket/takes-other-version"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoKey, 101, OPEN)],     &["websocket/takes-no-key"]),
    (Declared::HeaderAndList, &[LEGITIMATE, (SocketAsk::Credentials(Attempt::Nothing), Some(APP), 101, OPEN)], &["websocket/accepts-no-credentials"]),
    // Whoever closes on strangers may be waiting for a first message.
    (Declared::ClosesStrangers, &[LEGITIMATE, (SocketAsk::Credentials(Attempt::Nothing), Some(APP), 101, OPEN)], &[]),
];

fn scheme(kind: SchemeKind) -> Scheme {
    let token = Identity::new(SecretRef::Env("T".to_owned()));
    Scheme {
        kind,
        token: Some(token),
        expired: None,
        other: None,
        reject: StatusSet::of(&["401"]),
        challenge: true,
        error: None,
    }
}

fn evidence(declared: Declared, seen: &[Seen]) -> Evidence {
    let mut target = sample::target();
    let cookie = || SchemeKind::Cookie {
        name: "session".to_owned(),
    };
    let list = WebSocketOrigins::Only(vec![APP.1.to_owned()]);
    let (kind, path, origins, public) = match declared {
        Declared::HeaderAndList | Declared::ClosesStrangers => {
            (SchemeKind::Bearer, "/ws", list, false)
        }
        Declared::UrlAndList => (SchemeKind::Bearer, "/ws?token={token}", list, false),
        Declared::CookieAndList => (cookie(), "/ws", list, false),
        Declared::CookieAndAny => (cookie(), "/ws", WebSocketOrigins::Any, false),
        Declared::HeaderAndAny => (SchemeKind::Bearer, "/ws", WebSocketOrigins::Any, false),
        Declared::PublicAndAny => (cookie(), "/ws", WebSocketOrigins::Any, true),
    };
    target.auth = Some(scheme(kind));
    target.websocket = Some(WebSocketContract {
        path: path.to_owned(),
        protocols: Vec::new(),
        origins,
        public,
        shared: false,
        first: None,
        reject: if matches!(declared, Declared::ClosesStrangers) {
            Reject::Close(4401)
        } else {
            Reject::Handshake
        },
        heartbeat: None,
        idle: None,
        rtt_over_network: None,
        max_message: None,
        echo: None,
        send_headers: std::collections::BTreeMap::new(),
        send_secrets: std::collections::BTreeMap::new(),
        hold: None,
        broadcast: None,
    });
    let mut evidence = sample::evidence(target, Vec::new());
    let trials = seen.iter().cloned();
    evidence.sockets = trials
        .map(|(ask, origin, status, fields)| sample::handshake(ask, origin, "/ws", status, fields))
        .collect();
    evidence
}

/// What became of a handshake.
#[derive(Clone, Copy, Debug)]
enum Came {
    Status(u16),
    /// Nothing, for the whole of the timeout.
    Nothing,
    /// `101`, and after so many milliseconds a close frame, from the server with this code, or from us.
    ClosedBy(Option<u16>, u64),
}
use Came::{ClosedBy, Nothing, Status};

fn came(ask: SocketAsk, came: Came) -> SocketTrial {
    let origin = if ask == SocketAsk::Origin { ANY } else { APP };
    let (status, fields) = match came {
        Status(status) => (status, &[][..]),
        Nothing => (0, &[][..]),
        ClosedBy(..) => (101, OPEN),
    };
    let mut trial = sample::handshake(ask, Some(origin), "/ws", status, fields);
    if let ClosedBy(code, after) = came {
        let code = code.map(u16::to_be_bytes);
        let first = Frame {
            received: code.is_some(),
            first: 0x88,
            masked: code.is_none(),
            payload: Payload::whole(code.unwrap_or([0x03, 0xe8]).to_vec()),
            after: Micros(after * 1000),
        };
        let mut answer = first.clone();
        (answer.received, answer.masked) = (!first.received, !first.masked);
        answer.after = first.after + Micros(1);
        trial.frames = vec![first, answer];
    }
    if let Nothing = came {
        trial.response = Observation::Failed(Failure {
            stage: Stage::Head,
            cause: Cause::TimedOut,
            detail: String::new(),
            after: Millis(10_000),
        });
    }
    trial
}

/// The outcome of a rule, in words.
fn word(facts: &WebSocketFacts, id: &str) -> &'static str {
    let mut rules = super::RULES.iter().flat_map(|rules| rules.iter());
    let rule = rules.find(|rule| rule.id.as_str() == id).unwrap();
    let Check::WebSocket(check) = rule.check else {
        panic!("{id} is judged from the facts of sockets")
    };
    check(facts).word()
}

fn known(evidence: &Evidence) -> WebSocketFacts {
    match read(evidence) {
        State::Known(facts) => facts,
        State::Unseen(failure) => panic!("{failure:?}"),
        State::NotConfigured(why) => panic!("{why}"),
    }
}

/// The status of a socket that is held, and what was said on it.
type Held = (u16, &'static [&'static str]);

/// Sockets held at once, and the rules that fail.
#[rustfmt::skip]
const CROWDS: &[(&[Held], &[&str])] = &[
    (&[(101, SPEAKER), (101, &[HEARD]), (101, &[HEARD])],   &[]),
    (&[(101, &[SAID]), (101, &[HEARD]), (101, &[HEARD])],   &[]), // who speaks need not hear itself
    (&[(101, SPEAKER), (101, &[HEARD]), (503, &[])],        &["websocket/not-held"]),
    (&[(101, SPEAKER), (101, &[HEARD]), (101, &[])],        &["websocket/broadcast-lost"]),
    (&[(101, SPEAKER), (101, &["other"]), (429, &[])],      &["websocket/not-held", "websocket/broadcast-lost"]),
    (&[(503, &[]), (101, SPEAKER), (101, &[HEARD])],        &["websocket/not-held"]),
    (&[(101, SPEAKER), (503, &[]), (503, &[])],             &["websocket/not-held"]), // nobody to hear it: unknown
];

fn frame(word: &&str) -> Frame {
    Frame {
        received: *word != SAID,
        first: 0x81,
        masked: *word == SAID,
        payload: Payload::whole(word.replace(HEARD, SAID)),
        after: Micros(0),
    }
}

#[test]
fn sockets_held_at_once() {
    for (held, expected) in CROWDS {
        let mut evidence = evidence(Declared::HeaderAndList, &[LEGITIMATE]);
        if let Some(contract) = &mut evidence.target.websocket {
            contract.hold = Some(3);
            contract.broadcast = Some(Echo {
                send: SAID.to_owned(),
                json: std::collections::BTreeMap::new(),
            });
        }
        for (status, words) in *held {
            let fields = if *status == 101 { OPEN } else { &[] };
            let mut trial = sample::handshake(SocketAsk::Held, Some(APP), "/ws", *status, fields);
            trial.frames = words.iter().map(frame).collect();
            evidence.sockets.push(trial);
        }
        assert_eq!(failing(&known(&evidence)), *expected, "{held:?}");
    }
}

/// What is declared, offered and chosen, and the rules that fail.
type Chosen = (
    Declared,
    Option<&'static str>,
    Option<&'static str>,
    &'static [&'static str],
);

#[rustfmt::skip]
const PROTOCOLS: &[Chosen] = &[
    (Declared::HeaderAndList, None,            None,          &[]),
    (Declared::HeaderAndList, Some("a, b.c"),  Some("b.c"),   &[]),
    // Browsers fail this one, and pages are declared.
    (Declared::HeaderAndList, Some("a, b.c"),  None,          &["websocket/handshake-violation"]),
    (Declared::HeaderAndList, Some("a, b.c"),  Some("c"),     &["websocket/handshake-violation"]),
    (Declared::PublicAndAny,  Some("a, b.c"),  None,          &["websocket/subprotocol-unanswered"]),
    (Declared::PublicAndAny,  Some("a, b.c"),  Some("c"),     &["websocket/handshake-violation"]),
    (Declared::PublicAndAny,  Some("a, b.c"),  Some(""),      &["websocket/handshake-violation"]),
    (Declared::PublicAndAny,  Some("a, b.c"),  Some("a"),     &[]),
    // A credential among them: both sides hold what stands for it.
    (Declared::PublicAndAny,  Some("a, $T"),   Some("$T"),    &[]),
];

#[test]
fn subprotocols_that_are_offered_and_chosen() {
    for (declared, offered, chosen, expected) in PROTOCOLS {
        let mut evidence = evidence(*declared, &[LEGITIMATE]);
        let field = |value: &str| Field::new("Sec-WebSocket-Protocol", value);
        if let Some(contract) = &mut evidence.target.websocket {
            contract.protocols = offered.iter().map(|one| (*one).to_owned()).collect();
        }
        let trial = &mut evidence.sockets[0];
        trial.request.fields = offered.map(field).into_iter().collect();
        if let Observation::Seen(answer) = &mut trial.response {
            answer.fields.extend(chosen.map(field));
        }
        assert_eq!(
            failing(&known(&evidence)),
            *expected,
            "{offered:?} {chosen:?}"
        );
    }
}

#[test]
fn each_answer_fails_its_own_rule() {
    for (declared, seen, expected) in CASES {
        let facts = known(&evidence(*declared, seen));
        assert_eq!(failing(&facts), *expected, "{seen:?}");
    }
}

#[test]
fn the_same_other_refusal_is_said_once() {
    let refused = |attempt, status| (SocketAsk::Credentials(attempt), Some(APP), status, &[][..]);
    let seen = [
        LEGITIMATE,
        refused(Attempt::Nothing, 302),
        refused(Attempt::Garbage, 302),
        refused(Attempt::Empty, 200),
    ];
    let facts = known(&evidence(Declared::HeaderAndList, &seen));
    let Check::WebSocket(check) = super::refusal::RULES[0].check else {
        panic!("other-refusal is judged from the facts of sockets")
    };
    let Verdict::Fail(seen) = check(&facts) else {
        panic!("they were not refused as declared")
    };
    let said: Vec<&str> = seen.iter().map(|one| one.said.raw()).collect();
    assert_eq!(said, ["answered 302", "answered 200"]);
}

fn failing(facts: &WebSocketFacts) -> Vec<&'static str> {
    let rules = super::RULES.iter().flat_map(|rules| rules.iter());
    rules
        .filter(
            |rule| matches!(rule.check, Check::WebSocket(check) if check(facts).word() == "fail"),
        )
        .map(|rule| rule.id.as_str())
        .collect()
}
