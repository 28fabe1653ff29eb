//! Which requests are timed.

use crate::evidence::{Exchange, Flag};
use crate::model::{Ask, Endpoint, Place, Target};
use crate::net::http::Outgoing;
use crate::probe::contract;
use crate::probe::{View, page};

/// A request that is timed.
pub(super) struct Subject {
    /// What it asks.
    pub(super) place: Place,
    /// The request, of whose answer nothing is kept.
    pub(super) request: Outgoing,
}

/// The endpoints that the file calls `timed`. Without one, the target's own URL, or where that
/// answers 4xx, an endpoint that answers: how fast an error page comes is worth nothing.
pub(super) fn subjects(view: &View<'_>, seen: &[Exchange]) -> Vec<Subject> {
    let declared = view.target.endpoints.iter().enumerate();
    let timed = declared.filter(|(_, endpoint)| endpoint.timed && !is_passive(view));
    let mut subjects: Vec<Subject> = timed
        .filter_map(|(index, endpoint)| of_endpoint(view, index, endpoint))
        .collect();
    if subjects.is_empty() && page_is_refused(seen) && !is_passive(view) {
        let instead = in_place_of_page(view.target, seen);
        subjects.extend(instead.and_then(|(index, one)| of_endpoint(view, index, one)));
    }
    if subjects.is_empty() {
        let (place, request) = (Place::Target, page(view.target));
        subjects.push(Subject { place, request });
    }
    for subject in &mut subjects {
        subject.request.keep = 0;
    }
    subjects
}

/// How many there are at most, before anything was answered.
pub(super) fn at_most(target: &Target) -> usize {
    let timed = target.endpoints.iter().filter(|endpoint| endpoint.timed);
    timed.count().max(1)
}

/// `None` without the credential it needs.
fn of_endpoint(view: &View<'_>, index: usize, endpoint: &Endpoint) -> Option<Subject> {
    let (place, request) = (
        Place::Endpoint(index),
        contract::asked(view, index, endpoint)?,
    );
    Some(Subject { place, request })
}

fn is_passive(view: &View<'_>) -> bool {
    view.run.conditions.has(Flag::Passive)
}

/// A 429 says nothing of what stands there, and a 5xx is the target's own fault.
fn page_is_refused(seen: &[Exchange]) -> bool {
    let page = seen
        .iter()
        .find(|seen| seen.question == Ask::Page.of_target());
    let status = page.and_then(status);
    status.is_some_and(|status| (400..500).contains(&status) && status != 429)
}

fn status(exchange: &Exchange) -> Option<u16> {
    exchange.response.seen().map(|response| response.status)
}

/// The declared endpoint whose time tells most of the service. One that was asked must have answered
/// well; with the contract left out of the run, none was.
pub(super) fn in_place_of_page<'t>(
    target: &'t Target,
    seen: &[Exchange],
) -> Option<(usize, &'t Endpoint)> {
    let answers = |index: usize| {
        let mut asked = seen
            .iter()
            .filter(|seen| seen.question.declared() == Some(index));
        asked.all(|exchange| status(exchange).is_some_and(|status| status < 400))
    };
    let succeeds = |endpoint: &Endpoint| {
        let wanted = endpoint.status.as_ref();
        wanted.is_none_or(|wanted| (200..300).any(|status| wanted.contains(status)))
    };
    let all = target.endpoints.iter().enumerate();
    let fit = all.filter(|(index, endpoint)| {
        endpoint.only_reads() && !endpoint.protected && succeeds(endpoint) && answers(*index)
    });
    fit.min_by_key(|(_, endpoint)| (endpoint.max_time.is_none(), !tells_health(&endpoint.path)))
}

/// Whether a path is named like a health check.
fn tells_health(path: &str) -> bool {
    const NAMES: [&str; 14] = [
        "health",
        "healthz",
        "healthcheck",
        "livez",
        "live",
        "liveness",
        "readyz",
        "ready",
        "readiness",
        "ping",
        "status",
        "heartbeat",
        "alive",
        "up",
    ];
    let path = path.split('?').next().unwrap_or(path).trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    NAMES.contains(&last.replace(['-', '_'], "").as_str())
}

#[cfg(test)]
mod tests {
    use super::in_place_of_page;
    use crate::evidence::sample;
    use crate::model::{Ask, Endpoint, Method, Millis, StatusSet};

    /// An endpoint: its request, what is declared of it, and what it answered; 0 where nobody asked.
    type Declared = (&'static str, &'static str, u16);

    #[rustfmt::skip]
    const ROWS: &[(&[Declared], Option<usize>)] = &[
        (&[("GET /docs", "", 200), ("GET /api/health", "", 200)],              Some(1)),
        (&[("GET /docs", "", 200), ("GET /api/health-check/?full=1", "", 200)], Some(1)),
        (&[("GET /docs", "", 200), ("GET /health/history", "", 200)],          Some(0)),
        (&[("GET /docs", "", 0), ("GET /readyz", "", 0)],                      Some(1)),
        (&[("GET /health", "", 200), ("GET /orders", "max_time", 200)],        Some(1)),
        (&[("GET /health", "", 503), ("GET /docs", "", 200)],                  Some(1)),
        (&[("GET /health", "protected", 200), ("HEAD /up", "", 204)],          Some(1)),
        (&[("POST /ping", "", 200)],                                           None),
        (&[("GET /gone", "404", 404)],                                         None),
        (&[],                                                                  None),
    ];

    #[test]
    fn an_endpoint_stands_in_for_a_page_that_is_not_there() {
        for (declared, expected) in ROWS {
            let mut target = sample::target();
            let mut seen = Vec::new();
            for (index, (line, says, status)) in declared.iter().enumerate() {
                let (method, path) = line.split_once(' ').unwrap();
                let mut endpoint = Endpoint::new(Method::of(method), path);
                match *says {
                    "max_time" => endpoint.max_time = Some(Millis(500)),
                    "protected" => endpoint.protected = true,
                    "" => {}
                    status => endpoint.status = Some(StatusSet::of(&[status])),
                }
                target.endpoints.push(endpoint);
                let question = Ask::Declared.of_endpoint(index);
                let asked =
                    (*status > 0).then(|| sample::exchange(question, line, *status, &[], ""));
                seen.extend(asked);
            }
            let found = in_place_of_page(&target, &seen).map(|(index, _)| index);
            assert_eq!(found, *expected, "{declared:?}");
        }
    }
}
