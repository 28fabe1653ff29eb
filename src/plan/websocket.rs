//! Who may open the socket, and what it must keep to: the handshakes to make, in their order.

use super::{Claim, Essential, Need};
use crate::evidence::{Conditions, Flag, OriginClass, OriginSent};
use crate::model::{
    Ask, Attempt, Bytes, Identity, Place, Scheme, SchemeKind, SocketAsk, SocketFault, Target,
    Topic, UrlScheme, WebSocketContract, WebSocketOrigins,
};
use crate::wire::cors::{Hostile, Origin, Ruse, hostile_origins};

/// A control stands between so many handshakes: a block in between costs no more questions.
pub const BETWEEN_CONTROLS: usize = 10;

/// Bigger messages are not sent to find out whether they are refused.
pub const LARGEST_MESSAGE: Bytes = Bytes(16 << 20);

/// A handshake to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// What a verdict rests on it for; nothing where it is a control or worth knowing only.
    pub topic: Option<Topic>,
    /// Who it plays.
    pub ask: SocketAsk,
    /// From where, if the client says.
    pub origin: Option<OriginSent>,
    /// What the user would have to give before it can be made.
    pub needs: Option<Need>,
}

impl Handshake {
    /// Made of a hostile origin.
    #[must_use]
    pub fn hostile(hostile: &Hostile) -> Self {
        let origin = OriginSent {
            value: hostile.origin.clone(),
            class: OriginClass::Attack(hostile.ruse),
            from: hostile.resembles.clone(),
        };
        Self {
            topic: Some(Topic::SocketOrigin),
            ask: SocketAsk::Origin,
            origin: Some(origin),
            needs: None,
        }
    }

    fn for_topic(self, topic: Topic) -> Self {
        Self {
            topic: Some(topic),
            ..self
        }
    }

    fn needing(self, needs: Option<Need>) -> Self {
        Self { needs, ..self }
    }

    /// Whether it is one of those of which all must be refused, or none counts.
    const fn is_untrusted(&self) -> bool {
        matches!(self.ask, SocketAsk::Origin | SocketAsk::Credentials(_))
    }
}

/// The essential questions of a declared socket: at most three and eight an origin, and nine more.
pub(super) fn essential(target: &Target, conditions: &Conditions) -> Vec<Essential> {
    let planned = handshakes(target, conditions, "x");
    let mut all: Vec<Essential> = Vec::new();
    for one in planned {
        let Some(topic) = one.topic else { continue };
        let origin = claim(&one.ask, one.origin.as_ref());
        let question = Ask::Socket(one.ask).at(Place::Socket);
        let essential = Essential {
            origin,
            ..Essential::new(topic, question).needing(one.needs)
        };
        // Two origins may be made from one in the same way, and several sockets are held at once.
        if !all.contains(&essential) {
            all.push(essential);
        }
    }
    all
}

/// On whose behalf a handshake claims to come, where its question is about an origin.
#[must_use]
pub fn claim(ask: &SocketAsk, origin: Option<&OriginSent>) -> Option<Claim> {
    let about_origins = matches!(ask, SocketAsk::Legitimate | SocketAsk::Origin);
    origin.filter(|_| about_origins).map(Claim::of)
}

/// The handshakes for a target, in the order in which they are made, those included that need
/// something first. `label` is a random DNS label.
#[must_use]
pub fn handshakes(target: &Target, conditions: &Conditions, label: &str) -> Vec<Handshake> {
    let Some(contract) = &target.websocket else {
        return Vec::new();
    };
    let socket = Socket { target, contract };
    let entry = socket.entry();
    let control = || socket.legitimate(SocketAsk::Control).needing(entry);
    let mut all = socket.legitimate_clients();
    let mut untrusted = socket.credentials();
    untrusted.extend(socket.origins(label));
    for (nth, one) in untrusted.into_iter().enumerate() {
        if nth > 0 && nth.is_multiple_of(BETWEEN_CONTROLS) {
            all.push(control());
        }
        all.push(one);
    }
    if all.iter().any(Handshake::is_untrusted) {
        all.push(control());
    }
    all.extend(socket.faults(conditions));
    all.extend(socket.plain());
    let held = socket.legitimate(SocketAsk::Held).needing(entry);
    let held = held.for_topic(Topic::SocketsAtOnce);
    all.extend(std::iter::repeat_n(held, socket.held()));
    all
}

/// What is declared of one socket.
struct Socket<'a> {
    target: &'a Target,
    contract: &'a WebSocketContract,
}

impl Socket<'_> {
    /// The scheme of its credentials, where any are needed.
    fn scheme(&self) -> Option<&Scheme> {
        self.target.auth.as_ref().filter(|_| !self.contract.public)
    }

    /// What is missing before a supplied credential can be sent.
    fn secret(&self, key: &'static str, identity: Option<&Identity>) -> Option<Need> {
        match identity.filter(|identity| identity.available) {
            None => Some(Need::Secret(key)),
            Some(_) if !self.target.keeps_secrets() => Some(Need::Encryption),
            Some(_) => None,
        }
    }

    /// What is missing before a legitimate client can be played.
    fn entry(&self) -> Option<Need> {
        self.secret("token", self.scheme()?.token.as_ref())
    }

    fn from(ask: SocketAsk, origin: Option<&String>) -> Handshake {
        let origin = origin.map(|value| OriginSent {
            value: value.clone(),
            class: OriginClass::Declared,
            from: None,
        });
        Handshake {
            topic: None,
            ask,
            origin,
            needs: None,
        }
    }

    /// From the first declared origin.
    fn legitimate(&self, ask: SocketAsk) -> Handshake {
        Self::from(ask, self.contract.declared_origins().first())
    }

    /// From every declared origin, or from nowhere where any is welcome.
    fn legitimate_clients(&self) -> Vec<Handshake> {
        let ready = |one: Handshake| one.for_topic(Topic::SocketOpens).needing(self.entry());
        let origins = self.contract.declared_origins().iter();
        let mut all: Vec<Handshake> = origins
            .map(|origin| ready(Self::from(SocketAsk::Legitimate, Some(origin))))
            .collect();
        if all.is_empty() {
            all.push(ready(self.legitimate(SocketAsk::Legitimate)));
        }
        all
    }

    /// Without credentials, and with such as must not work.
    fn credentials(&self) -> Vec<Handshake> {
        let Some(scheme) = self.scheme() else {
            return Vec::new();
        };
        let entry = self.entry();
        let mut tried = vec![
            (Topic::SocketCredential, Attempt::Nothing, None),
            (Topic::SocketCredential, Attempt::Garbage, None),
            (Topic::SocketCredential, Attempt::Empty, None),
            (Topic::SocketForgedToken, Attempt::WrongSignature, entry),
            (Topic::SocketForgedToken, Attempt::AlgNone, entry),
        ];
        let expired = self.secret("expired", scheme.expired.as_ref());
        tried.push((Topic::SocketExpiredToken, Attempt::Expired, expired));
        if !self.contract.shared {
            let other = self.secret("other", scheme.other.as_ref());
            tried.push((Topic::SocketOtherUser, Attempt::OtherUser, other));
        }
        tried
            .into_iter()
            .map(|(topic, attempt, needs)| {
                let ask = SocketAsk::Credentials(attempt);
                self.legitimate(ask).for_topic(topic).needing(needs)
            })
            .collect()
    }

    /// From origins that must be refused, the most telling first: from any page at all, and from
    /// such as are made from the declared ones. Where any page is welcome, a page is still no
    /// friend of a socket whose credential is one that browsers send along by themselves.
    fn origins(&self, label: &str) -> Vec<Handshake> {
        let any = Hostile {
            ruse: Ruse::Reflection,
            resembles: None,
            origin: format!("https://{label}.example"),
        };
        let rides = self
            .scheme()
            .is_some_and(|scheme| matches!(scheme.kind, SchemeKind::Cookie { .. }));
        let all = match &self.contract.origins {
            WebSocketOrigins::Any if rides => vec![any],
            WebSocketOrigins::Any => Vec::new(),
            WebSocketOrigins::Only(origins) => {
                let parsed = origins.iter().flat_map(|text| Origin::parse(text));
                let mut all = hostile_origins(&parsed.collect::<Vec<_>>(), label);
                all.sort_by_key(|hostile| hostile.ruse != Ruse::Reflection);
                all
            }
        };
        let made = all.iter().map(Handshake::hostile);
        made.map(|one| one.needing(self.entry())).collect()
    }

    /// The message over the declared limit; with `--thorough` all that a server must refuse. A text
    /// that nobody declared may reach other users: it is said on the user's word alone.
    fn faults(&self, conditions: &Conditions) -> Vec<Handshake> {
        let thorough = conditions.has(Flag::Thorough);
        let origins = self.contract.declared_origins();
        let of = |fault| {
            let one = self.legitimate(SocketAsk::Fault(fault));
            one.needing(self.entry())
        };
        let mut all = Vec::new();
        let limit = self.contract.max_message;
        if limit.is_some_and(|limit| limit < LARGEST_MESSAGE) {
            all.push(of(SocketFault::Oversize).for_topic(Topic::SocketLimit));
        }
        if self.contract.speaks_json() {
            let consent = (!thorough).then_some(Need::Consent(Flag::Thorough));
            let needs = self.entry().or(consent);
            let one = of(SocketFault::NotJson).for_topic(Topic::SocketError);
            all.push(one.needing(needs));
        }
        if !thorough {
            return all;
        }
        let others = [
            SocketFault::Version,
            SocketFault::NoKey,
            SocketFault::BadKey,
            SocketFault::NoUpgrade,
            SocketFault::Unmasked,
            SocketFault::NotUtf8,
            SocketFault::Reserved,
        ];
        all.extend(others.map(of));
        if !origins.is_empty() {
            let nowhere = Self::from(SocketAsk::Fault(SocketFault::NoOrigin), None);
            all.push(nowhere.needing(self.entry()));
        }
        all
    }

    /// An address on another port has no plain twin one could know of.
    fn plain(&self) -> Option<Handshake> {
        let (url, https) = (&self.target.url, UrlScheme::Https);
        let has_twin = url.scheme == https && url.port == https.default_port();
        let plain = self.legitimate(SocketAsk::Plain);
        has_twin.then(|| plain.for_topic(Topic::SocketPlain))
    }

    /// How many are declared to be held; a broadcast needs two.
    fn held(&self) -> usize {
        let declared = self.contract.hold.map(usize::from);
        let wanted = declared.or_else(|| self.contract.broadcast.as_ref().map(|_| 2));
        wanted.unwrap_or(0)
    }
}
