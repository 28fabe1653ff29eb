//! Which handshakes to try, the most telling first.

use crate::evidence::{
    Conditions, Flag, OriginClass, OriginSent, SocketFault, SocketTrial, SocketWhy,
};
use crate::model::{
    Attempt, Bytes, Echo, SchemeKind, Target, UrlScheme, WebSocketContract, WebSocketOrigins,
};
use crate::wire::cors::{Hostile, Origin, Ruse, hostile_origins};

/// So many handshakes a target gets by default, the one over plain `ws` not counted.
const HANDSHAKES: usize = 6;

/// Bigger messages are not sent to find out whether they are refused.
const LARGEST_MESSAGE: Bytes = Bytes(16 << 20);

/// One handshake to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trial {
    /// Why.
    pub(super) why: SocketWhy,
    /// From where, if the client says.
    pub(super) origin: Option<OriginSent>,
    /// What it is derived from, if it is hostile.
    pub(super) hostile: Option<Hostile>,
}

impl Trial {
    fn new(why: SocketWhy, origin: Option<&String>) -> Self {
        let origin = origin.map(|value| OriginSent {
            value: value.clone(),
            class: OriginClass::Declared,
            from: None,
        });
        Self {
            why,
            origin,
            hostile: None,
        }
    }

    /// One of several legitimate clients at once.
    pub(super) fn held(contract: &WebSocketContract) -> Self {
        let origin = match &contract.origins {
            WebSocketOrigins::Any => None,
            WebSocketOrigins::Only(origins) => origins.first(),
        };
        Self::new(SocketWhy::Held, origin)
    }

    fn hostile(hostile: Hostile) -> Self {
        let origin = OriginSent {
            value: hostile.origin.clone(),
            class: OriginClass::Attack(hostile.ruse),
            from: hostile.resembles.clone(),
        };
        Self {
            why: SocketWhy::Origin,
            origin: Some(origin),
            hostile: Some(hostile),
        }
    }
}

/// The handshakes for a target, in order of what they tell; with `--thorough` all, else as many as
/// six. `label` is a random DNS label.
#[must_use]
pub(super) fn plan(target: &Target, conditions: &Conditions, label: &str) -> Vec<Trial> {
    let Some(contract) = &target.websocket else {
        return Vec::new();
    };
    let origins: &[String] = match &contract.origins {
        WebSocketOrigins::Any => &[],
        WebSocketOrigins::Only(origins) => origins,
    };
    let can_enter = contract.public || has_token(target);
    let mut trials = Vec::new();
    if can_enter {
        trials.push(Trial::new(SocketWhy::Legitimate, origins.first()));
        trials.extend(foreign(origins, label, true));
        trials.extend(rider(target, contract, label));
    }
    let (first, more) = uninvited(target, contract, origins.first());
    trials.extend(first);
    if can_enter {
        trials.extend(declared_limits(contract, origins));
    }
    trials.extend(more);
    if can_enter {
        trials.extend(foreign(origins, label, false));
        trials.extend(faulty(origins));
    }
    if !conditions.has(Flag::Thorough) {
        trials.truncate(HANDSHAKES);
    }
    // An address on another port has no twin one could know of.
    let https = UrlScheme::Https;
    if target.url.scheme == https && target.url.port == https.default_port() {
        trials.push(Trial::new(SocketWhy::Plain, origins.first()));
    }
    trials
}

/// Whether a text that is no JSON is said where JSON is spoken. A service may hand it on to others,
/// and nobody declared it: only where everything is wanted.
pub(super) fn nonsense(contract: &WebSocketContract, conditions: &Conditions) -> bool {
    let speaks_json = |echo: &Echo| serde_json::from_str::<serde_json::Value>(&echo.send).is_ok();
    conditions.has(Flag::Thorough) && contract.echo.as_ref().is_some_and(speaks_json)
}

/// Whether there is a credential to get in with, or none is needed.
pub(super) fn has_token(target: &Target) -> bool {
    target.auth.as_ref().is_none_or(|scheme| {
        let token = scheme.token.as_ref();
        token.is_some_and(|token| token.available && target.keeps_secrets())
    })
}

/// Hostile origins: the composite of the first declared one and `null` come first, the rest later.
fn foreign(origins: &[String], label: &str, first: bool) -> Vec<Trial> {
    let declared: Vec<Origin> = origins
        .iter()
        .flat_map(|text| Origin::parse(text))
        .collect();
    if declared.is_empty() {
        return Vec::new();
    }
    let all = hostile_origins(&declared, label);
    let telling = |hostile: &Hostile| {
        let of_first = hostile.resembles.as_ref() == origins.first();
        match hostile.ruse {
            Ruse::Null => true,
            Ruse::Composite => of_first,
            // An address has no composite.
            Ruse::Reflection => declared.first().is_some_and(Origin::is_address),
            Ruse::Prefix
            | Ruse::Suffix
            | Ruse::Substring
            | Ruse::Dot
            | Ruse::Underscore
            | Ruse::Subdomain
            | Ruse::Sibling
            | Ruse::Plaintext
            | Ruse::Port => false,
        }
    };
    let implied = |hostile: &Hostile| hostile.ruse == Ruse::Reflection && !telling(hostile);
    all.into_iter()
        .filter(|hostile| !implied(hostile) && telling(hostile) == first)
        .map(Trial::hostile)
        .collect()
}

/// Any page at all, where the credential is one that browsers send along from any page and any page
/// is welcome.
fn rider(target: &Target, contract: &WebSocketContract, label: &str) -> Option<Trial> {
    let scheme = target.auth.as_ref().filter(|_| !contract.public)?;
    let rides = matches!(scheme.kind, SchemeKind::Cookie { .. });
    (rides && contract.origins == WebSocketOrigins::Any).then(|| {
        Trial::hostile(Hostile {
            ruse: Ruse::Reflection,
            resembles: None,
            origin: format!("https://{label}.example"),
        })
    })
}

/// Without credentials, and with such as must not work: those that every run tries, and more.
fn uninvited(
    target: &Target,
    contract: &WebSocketContract,
    origin: Option<&String>,
) -> (Vec<Trial>, Vec<Trial>) {
    let Some(scheme) = target.auth.as_ref().filter(|_| !contract.public) else {
        return (Vec::new(), Vec::new());
    };
    let known = |identity: &Option<crate::model::Identity>| {
        let identity = identity.as_ref();
        identity.is_some_and(|identity| identity.available && target.keeps_secrets())
    };
    let trial = |attempt: Attempt| Trial::new(SocketWhy::Credentials(attempt), origin);
    let more = [
        (known(&scheme.expired), Attempt::Expired),
        (known(&scheme.other), Attempt::OtherUser),
        (known(&scheme.token), Attempt::WrongSignature),
        (known(&scheme.token), Attempt::AlgNone),
        (true, Attempt::Empty),
    ];
    let possible = more.into_iter().filter(|(possible, _)| *possible);
    let more = possible.map(|(_, attempt)| trial(attempt)).collect();
    (vec![trial(Attempt::Nothing), trial(Attempt::Garbage)], more)
}

/// A declared limit is tested from the last declared origin, which is tried by the way.
fn declared_limits(contract: &WebSocketContract, origins: &[String]) -> Vec<Trial> {
    let oversize = contract
        .max_message
        .filter(|limit| *limit < LARGEST_MESSAGE)
        .map(|_| Trial::new(SocketWhy::Fault(SocketFault::Oversize), origins.last()));
    let skipped = usize::from(oversize.is_some());
    let others = origins.iter().skip(1).rev().skip(skipped);
    let legitimate = others.map(|origin| Trial::new(SocketWhy::Legitimate, Some(origin)));
    oversize.into_iter().chain(legitimate).collect()
}

fn faulty(origins: &[String]) -> Vec<Trial> {
    let no_origin =
        (!origins.is_empty()).then(|| Trial::new(SocketWhy::Fault(SocketFault::NoOrigin), None));
    let others = [
        SocketFault::Version,
        SocketFault::NoKey,
        SocketFault::NoUpgrade,
        SocketFault::Unmasked,
        SocketFault::NotUtf8,
        SocketFault::Reserved,
    ]
    .map(|fault| Trial::new(SocketWhy::Fault(fault), origins.last()));
    others.into_iter().chain(no_origin).collect()
}

/// When a composite origin got in, the four it stands for, to tell the cause.
#[must_use]
pub(super) fn split(planned: &[Trial], seen: &[SocketTrial], label: &str) -> Vec<Trial> {
    let entered = planned
        .iter()
        .zip(seen)
        .filter(|(_, seen)| super::opened(seen));
    let composite = entered.filter_map(|(trial, _)| trial.hostile.as_ref());
    let sharper = composite.flat_map(|hostile| hostile.split(label));
    sharper.map(Trial::hostile).collect()
}
