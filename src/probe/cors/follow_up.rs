//! What the answers call for: how a composite got in, and whether a bad answer is the origin's doing.

use std::collections::BTreeMap;

use super::{origins, own_role, preflight};
use crate::evidence::{Attempt, Exchange, OriginSent, Role};
use crate::model::{Method, StatusSet, Target, Url};
use crate::net::http::Outgoing;
use crate::probe::{MayFollow, View, contract};
use crate::wire::cors::{Hostile, Ruse};

/// The parts of every composite that got in, a control for every request that missed its declared
/// answer while it carried an origin; more looks where the place of a preflight was guessed in vain.
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
                requests.extend(parts(sent, &exchange.request.url));
            }
        }
    }
    let missed = seen
        .iter()
        .enumerate()
        .filter(|(_, exchange)| has_missed(view.target, exchange));
    requests.extend(missed.filter_map(|(index, exchange)| control(view, index, exchange)));
    requests.extend(preflight::follow_up(view, seen));
    requests.extend(behind_preflights(view.target, seen));
    requests
}

/// As many as [`follow_up`] has at most.
#[must_use]
pub fn may_follow(view: &View<'_>, wave: &[Outgoing]) -> Vec<MayFollow> {
    let mut composites: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for request in wave {
        let composite = |sent: &&OriginSent| sent.class == Ruse::Composite.name();
        if let Some(sent) = request.origin.as_ref().filter(composite) {
            let parts = parts(sent, &request.url).len();
            composites.insert(sent.from.as_deref(), parts);
        }
    }
    let controlled = wave
        .iter()
        .filter(|request| request.origin.is_some() && wanted(view.target, &request.role).is_some());
    let strangers = wave.iter().filter(|request| {
        let class = request.origin.as_ref().map(|sent| sent.class.as_str());
        matches!(request.role, Role::Preflight { .. }) && class.and_then(Ruse::named).is_some()
    });
    vec![
        MayFollow::new(
            composites.into_values().sum(),
            "hostile origins one by one, where a composite of them was allowed",
        ),
        MayFollow::new(
            controlled.count(),
            "requests again without their Origin, where they missed the declared answer",
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
    let stranger = |class: &str| Ruse::named(class).is_some();
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
        .filter(|(_, origin)| stranger(&origin.class))
        .map(|(one, origin)| {
            Outgoing::new(own_role(), Method::get(), one.request.url.clone()).from_origin(origin)
        })
        .collect()
}

fn is_preflight(exchange: &Exchange) -> bool {
    matches!(exchange.role, Role::Preflight { .. })
}

/// Whether the answer allows the origin that asked, by its name.
fn names_origin(exchange: &Exchange) -> bool {
    let response = exchange.response.seen();
    let allowed = response.and_then(|one| one.combined("access-control-allow-origin"));
    let sent = exchange.origin.as_ref().map(|sent| &sent.value);
    allowed.is_some() && allowed.as_ref() == sent
}

fn is_let_in(exchange: &Exchange) -> bool {
    let class = exchange.origin.as_ref().map(|sent| sent.class.as_str());
    let composite = class == Some(Ruse::Composite.name());
    composite && !is_preflight(exchange) && names_origin(exchange)
}

fn parts(sent: &OriginSent, url: &Url) -> Vec<Outgoing> {
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
        .map(|part| {
            Outgoing::new(own_role(), Method::get(), url.clone()).from_origin(origins::of(part))
        })
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

/// Some servers answer foreign origins with 403 or fail on them; a browser would never have sent
/// that request, and the endpoint must not be blamed for it.
fn has_missed(target: &Target, exchange: &Exchange) -> bool {
    let Some(response) = exchange.response.seen() else {
        return false;
    };
    let wanted = wanted(target, &exchange.role);
    exchange.origin.is_some() && wanted.is_some_and(|wanted| !wanted.contains(response.status))
}

/// The statuses a request should be answered with; `None` where an origin makes no odds.
fn wanted(target: &Target, role: &Role) -> Option<StatusSet> {
    if let Role::Endpoint(index) = role {
        let declared = target.endpoints.get(*index)?.status.clone();
        return Some(declared.unwrap_or_else(|| StatusSet::of(&["2xx"])));
    }
    if matches!(role, Role::Credentials(_, Attempt::Nothing)) {
        let declared = target.auth.as_ref().map(|scheme| scheme.reject.clone());
        return Some(declared.unwrap_or_else(|| StatusSet::of(&["401", "403"])));
    }
    if matches!(role, Role::Absent(_)) {
        return Some(StatusSet::of(&["404", "410"]));
    }
    (*role == own_role()).then(|| StatusSet::of(&["1xx", "2xx", "3xx", "4xx"]))
}

fn control(view: &View<'_>, index: usize, exchange: &Exchange) -> Option<Outgoing> {
    let role = Role::Control(index);
    if let Role::Endpoint(declared) | Role::Credentials(declared, _) = &exchange.role {
        let endpoint = view.target.endpoints.get(*declared)?;
        let request = contract::request(view, role, endpoint);
        return Some(contract::reading(request, endpoint));
    }
    let request = &exchange.request;
    Some(Outgoing::new(
        role,
        request.method.clone(),
        request.url.clone(),
    ))
}

#[cfg(test)]
mod tests {
    use super::{behind_preflights, label_of};
    use crate::evidence::{Exchange, OriginSent, Role, sample};
    use crate::model::Method;
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
        let origin = "https://sw1.example";
        let exchange = |class: &str, allowed: &str, line: &str| {
            let role = if line.starts_with("OPTIONS") {
                Role::Preflight {
                    method: Method::of("PUT"),
                    headers: Vec::new(),
                }
            } else {
                super::own_role()
            };
            let fields = [("Access-Control-Allow-Origin", allowed)];
            Exchange {
                origin: Some(OriginSent {
                    value: origin.to_owned(),
                    class: class.to_owned(),
                    from: None,
                }),
                ..sample::exchange(role, line, 204, &fields, "")
            }
        };
        let target = sample::target();
        let leave = exchange("reflection", origin, "OPTIONS /api/me");
        #[rustfmt::skip]
        let rows = [
            (vec![leave.clone()],                                                   1),
            (vec![leave.clone(), exchange("reflection", "*", "GET /api/me")],       0),
            (vec![leave, exchange("reflection", "*", "GET /health")],               1),
            (vec![exchange("reflection", "*", "OPTIONS /api/me")],                  0),
            (vec![exchange("declared", origin, "OPTIONS /api/me")],                 0),
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
