//! Handshakes and their answers, then every rule that fails on them.

use crate::evidence::{Attempt, SocketFault, SocketWhy, sample};
use crate::facts::State;
use crate::facts::websocket::{WebSocketFacts, read};
use crate::model::{
    Identity, Reject, Scheme, SchemeKind, SecretRef, StatusSet, WebSocketContract, WebSocketOrigins,
};
use crate::rules::Check;

const APP: (&str, &str) = ("declared", "https://app.example.com");
const ANY: (&str, &str) = ("any", "https://sw1.example");
const OPEN: &[(&str, &str)] = &[
    ("Upgrade", "websocket"),
    ("Connection", "keep-alive, Upgrade"),
    ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
];
const VERSIONS: &[(&str, &str)] = &[("Sec-WebSocket-Version", "13")];

/// Why, from where, the status and the fields.
type Seen = (
    SocketWhy,
    Option<(&'static str, &'static str)>,
    u16,
    &'static [(&'static str, &'static str)],
);

/// What is declared: by which credential, at which path, and for whom.
#[derive(Clone, Copy)]
enum Declared {
    HeaderAndList,
    UrlAndList,
    CookieAndList,
    CookieAndAny,
    HeaderAndAny,
    PublicAndAny,
}

const LEGITIMATE: Seen = (SocketWhy::Legitimate, Some(APP), 101, OPEN);
const STRANGER: Seen = (SocketWhy::Origin, Some(ANY), 101, OPEN);
const REFUSED: Seen = (SocketWhy::Origin, Some(ANY), 403, &[]);

const fn fault(fault: SocketFault, status: u16, fields: &'static [(&str, &str)]) -> Seen {
    let origin = if matches!(fault, SocketFault::NoOrigin) {
        None
    } else {
        Some(APP)
    };
    (SocketWhy::Fault(fault), origin, status, fields)
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
    (Declared::UrlAndList,    &[(SocketWhy::Legitimate, Some(APP), 401, &[])],         &["websocket/not-opened"]),
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
    // Versions.
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::Version, 426, VERSIONS)], &[]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::Version, 400, &[])],    &["websocket/version-unannounced"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::Version, 101, OPEN)],   &["websocket/takes-other-version"]),
    (Declared::HeaderAndList, &[LEGITIMATE, fault(SocketFault::NoKey, 101, OPEN)],     &["websocket/takes-no-key"]),
    (Declared::HeaderAndList, &[LEGITIMATE, (SocketWhy::Credentials(Attempt::Nothing), Some(APP), 101, OPEN)], &["websocket/accepts-no-credentials"]),
];

fn scheme(kind: SchemeKind) -> Scheme {
    let token = Identity {
        from: SecretRef::Env("T".to_owned()),
        available: true,
    };
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

fn facts(declared: Declared, seen: &[Seen]) -> WebSocketFacts {
    let mut target = sample::target();
    let cookie = || SchemeKind::Cookie {
        name: "session".to_owned(),
    };
    let list = WebSocketOrigins::Only(vec![APP.1.to_owned()]);
    let (kind, path, origins, public) = match declared {
        Declared::HeaderAndList => (SchemeKind::Bearer, "/ws", list, false),
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
        reject: Reject::Handshake,
        heartbeat: None,
        idle: None,
        rtt_over_network: None,
        max_message: None,
        echo: None,
    });
    let mut evidence = sample::evidence(target, Vec::new());
    let trials = seen.iter().cloned();
    evidence.sockets = trials
        .map(|(why, origin, status, fields)| sample::handshake(why, origin, "/ws", status, fields))
        .collect();
    match read(&evidence) {
        State::Known(facts) => facts,
        State::Unseen(failure) => panic!("{failure:?}"),
        State::NotConfigured(why) => panic!("{why}"),
    }
}

#[test]
fn each_answer_fails_its_own_rule() {
    for (declared, seen, expected) in CASES {
        let facts = facts(*declared, seen);
        let rules = super::RULES.iter().flat_map(|rules| rules.iter());
        let failing: Vec<&str> = rules
            .filter(|rule| matches!(rule.check, Check::WebSocket(check) if check(&facts).word() == "fail"))
            .map(|rule| rule.id.as_str())
            .collect();
        assert_eq!(failing, *expected, "{seen:?}");
    }
}
