//! What the answers call for: how a composite got in, and whether a bad answer is the origin's doing.

use std::collections::BTreeMap;

use super::{origins, preflight, readers};
use crate::evidence::{Exchange, OriginClass, OriginSent};
use crate::model::{Ask, Method, Question, Target, Url};
use crate::net::http::Outgoing;
use crate::probe::{MayFollow, View};
use crate::wire::cors::{Hostile, Ruse};

/// The parts of every composite that was allowed, and more preflights where the place of one was
/// guessed in vain.
#[must_use]
pub fn follow_up(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let mut requests: Vec<Outgoing> = Vec::new();
    let mut resembled: Vec<&str> = Vec::new();
    for exchange in seen.iter().filter(|exchange| is_let_in(exchange)) {
        let from = exchange
            .origin
            .as_ref()
            .and_then(|sent| sent.from.as_deref())
            .unwrap_or_default();
        if !resembled.contains(&from) {
            resembled.push(from);
            if let Some(sent) = &exchange.origin {
                requests.extend(parts(sent, &exchange.question, &exchange.request.url));
            }
        }
    }
    requests.extend(preflight::follow_up(view, seen));
    requests.extend(behind_preflights(view.target, seen));
    requests
}

/// As many as [`follow_up`] has at most.
#[must_use]
pub fn may_follow(view: &View<'_>, wave: &[Outgoing]) -> Vec<MayFollow> {
    let mut composites: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for request in wave {
        let composite = |sent: &&OriginSent| sent.class == OriginClass::Attack(Ruse::Composite);
        if let Some(sent) = request.origin.as_ref().filter(composite) {
            let parts = parts(sent, &request.question, &request.url).len();
            composites.insert(sent.from.as_deref(), parts);
        }
    }
    let strangers = wave.iter().filter(|request| {
        let origin = request.origin.as_ref();
        matches!(request.question.ask, Ask::Preflight { .. }) && origin.is_some_and(is_attack)
    });
    vec![
        MayFollow::new(
            composites.into_values().sum(),
            "hostile origins one by one, where a composite of them was allowed",
        ),
        preflight::may_follow(view, wave),
        MayFollow::new(
            strangers.count(),
            "calls behind a stranger's preflight, where that was allowed",
        ),
    ]
}

/// Where a stranger's preflight names it, its call follows: whether the page may read the answer is
/// then known, and not concluded.
fn behind_preflights(target: &Target, seen: &[Exchange]) -> Vec<Outgoing> {
    let asked = |preflight: &Exchange| {
        seen.iter().any(|other| {
            !is_preflight(other)
                && other.origin == preflight.origin
                && other.request.url == preflight.request.url
        })
    };
    let harmless = |one: &Exchange| {
        let mut here = target
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.path == one.request.url.target);
        !here.any(|endpoint| endpoint.method == Method::get() && endpoint.is_mutating())
    };
    let named = seen
        .iter()
        .filter(|one| is_preflight(one) && names_origin(one) && harmless(one) && !asked(one));
    named
        .filter_map(|one| one.origin.clone().map(|origin| (one, origin)))
        .filter(|(_, origin)| is_attack(origin))
        .map(|(one, origin)| {
            readers::own(Ask::Read.at(one.question.place), &one.request.url).from_origin(origin)
        })
        .collect()
}

const fn is_attack(origin: &OriginSent) -> bool {
    matches!(origin.class, OriginClass::Attack(_))
}

fn is_preflight(exchange: &Exchange) -> bool {
    matches!(exchange.question.ask, Ask::Preflight { .. })
}

/// Whether the answer allows the origin that asked, by its name.
fn names_origin(exchange: &Exchange) -> bool {
    let response = exchange.response.seen();
    let allowed = response.and_then(|one| one.combined("access-control-allow-origin"));
    let sent = exchange.origin.as_ref().map(|sent| &sent.value);
    allowed.is_some() && allowed.as_ref() == sent
}

fn is_let_in(exchange: &Exchange) -> bool {
    let class = exchange.origin.as_ref().map(|sent| sent.class);
    class == Some(OriginClass::Attack(Ruse::Composite))
        && !is_preflight(exchange)
        && names_origin(exchange)
}

fn parts(sent: &OriginSent, place: &Question, url: &Url) -> Vec<Outgoing> {
    let composite = Hostile {
        ruse: Ruse::Composite,
        resembles: sent.from.clone(),
        origin: sent.value.clone(),
    };
    let label = label_of(&composite).unwrap_or_default();
    let parts = composite
        .split(&label)
        .into_iter()
        .filter(|part| part.ruse != Ruse::Reflection);
    parts
        .map(|part| readers::own(place.clone(), url).from_origin(origins::of(part)))
        .collect()
}

/// The label a composite was made with: it stands between the first two times the host does.
fn label_of(composite: &Hostile) -> Option<String> {
    let (_, host) = composite.resembles.as_deref()?.split_once("://")?;
    let host = host.split(':').next()?;
    let (_, made) = composite.origin.split_once("://")?;
    let label = made
        .strip_prefix(host)?
        .strip_prefix('.')?
        .split('-')
        .next()?;
    Some(label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{behind_preflights, label_of};
    use crate::evidence::{Exchange, OriginClass, OriginSent, sample};
    use crate::model::{Ask, Method};
    use crate::wire::cors::{Origin, Ruse, hostile_origins};

    #[test]
    fn a_composite_remembers_its_label() {
        for declared in [
            "https://app.example.com",
            "http://localhost:3000",
            "https://my-app.pages.dev",
        ] {
            let origins: Vec<Origin> = Origin::parse(declared).into_iter().collect();
            let composite = hostile_origins(&origins, "sw0a1b")
                .into_iter()
                .find(|one| one.ruse == Ruse::Composite);
            assert_eq!(
                composite.and_then(|one| label_of(&one)).as_deref(),
                Some("sw0a1b"),
                "{declared}"
            );
        }
    }

    #[test]
    fn a_stranger_s_call_follows_the_leave_it_was_given() {
        const ATTACK: OriginClass = OriginClass::Attack(Ruse::Reflection);
        let origin = "https://sw1.example";
        let exchange = |class: OriginClass, allowed: &str, line: &str| {
            let role = if line.starts_with("OPTIONS") {
                Ask::Preflight {
                    method: Method::of("PUT"),
                    headers: Vec::new(),
                }
                .of_target()
            } else {
                Ask::Read.of_target()
            };
            let fields = [("Access-Control-Allow-Origin", allowed)];
            Exchange {
                origin: Some(OriginSent {
                    value: origin.to_owned(),
                    class,
                    from: None,
                }),
                ..sample::exchange(role, line, 204, &fields, "")
            }
        };
        let target = sample::target();
        let leave = exchange(ATTACK, origin, "OPTIONS /api/me");
        #[rustfmt::skip]
        let rows = [
            (vec![leave.clone()],                                                   1),
            (vec![leave.clone(), exchange(ATTACK, "*", "GET /api/me")],       0),
            (vec![leave, exchange(ATTACK, "*", "GET /health")],               1),
            (vec![exchange(ATTACK, "*", "OPTIONS /api/me")],                  0),
            (vec![exchange(OriginClass::Declared, origin, "OPTIONS /api/me")],                 0),
        ];
        for (seen, expected) in rows {
            let calls = behind_preflights(&target, &seen);
            assert_eq!(calls.len(), expected);
            assert!(
                calls
                    .iter()
                    .all(|call| call.url.target == "/api/me" && call.method == Method::get())
            );
        }
    }
}
