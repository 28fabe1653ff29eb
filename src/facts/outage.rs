//! A deployment of which nothing answers: whatever is asked, the platform in front answers for it.
//!
//! Then its fields, its refusals and its times are the platform's, and one finding says it all.

use super::landing::Landing;
use super::landing::platform::{is_platforms, says};
use crate::evidence::{Cause, Evidence, Exchange, Failure, Response, Stage};
use crate::model::{Ask, Attempt, Millis, Pointer};

/// Nothing of the service was seen, though its address answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// What the target's URL was answered.
    pub at: Pointer,
    /// The same in words.
    pub said: String,
    /// How many requests of the service were answered so: all of them.
    pub requests: usize,
}

impl Outage {
    /// As the one failure of everything that rests on the service.
    #[must_use]
    pub fn failure(&self) -> Failure {
        Failure {
            stage: Stage::Head,
            cause: Cause::NotMeant,
            detail: self.said.clone(),
            after: Millis(0),
        }
    }
}

/// `None` as soon as one answer may be the service's own, or is declared.
pub(super) fn read(evidence: &Evidence, landing: Option<&Landing>) -> Option<Outage> {
    let landing = landing?;
    let answer = landing.answer.as_ref()?;
    landing.gate.as_ref()?;
    let opened = |status: u16| status == 101;
    let mut sockets = evidence.sockets.iter();
    if sockets.any(|trial| {
        trial
            .response
            .seen()
            .is_some_and(|seen| opened(seen.status))
    }) {
        return None;
    }
    let all = evidence.exchanges.iter();
    let asked: Vec<(&Exchange, &Response)> = all
        .filter(|exchange| is_of_the_service(&exchange.question.ask))
        .filter_map(|exchange| Some((exchange, exchange.response.seen()?)))
        .filter(|(exchange, seen)| !(is_on_the_way(exchange) && (300..400).contains(&seen.status)))
        .collect();
    let dead = |(exchange, seen): &(&Exchange, &Response)| {
        is_platforms(seen) && !is_as_declared(evidence, exchange, seen.status)
    };
    if asked.is_empty() || !asked.iter().all(dead) {
        return None;
    }
    let platform = asked.iter().find_map(|(_, seen)| says(seen));
    let by_status = match answer.status {
        503 => "the service is unavailable",
        _ => "a gateway that cannot reach the application",
    };
    let cold_start = evidence.target.cold_start;
    let asleep = cold_start.map(|most| format!(", and did not wake within {most}"));
    Some(Outage {
        at: landing.at.clone(),
        said: format!(
            "{answer}: {}{}",
            platform.unwrap_or(by_status),
            asleep.unwrap_or_default()
        ),
        requests: asked.len(),
    })
}

/// What the application answers where there is one. Preflights and odd paths are answered by proxies as
/// well, and say nothing either way.
const fn is_of_the_service(ask: &Ask) -> bool {
    matches!(
        ask,
        Ask::Page
            | Ask::Hop(_)
            | Ask::Again
            | Ask::Control
            | Ask::NotFound
            | Ask::Read
            | Ask::ReadValid
            | Ask::Declared
            | Ask::Repeat
            | Ask::Absent
            | Ask::MadeUp
            | Ask::WrongMethod
            | Ask::Login(_)
    ) || matches!(ask, Ask::Credentials(attempt) if !matches!(attempt, Attempt::Bypass(_)))
}

/// An edge may redirect to the name or the scheme it prefers.
const fn is_on_the_way(exchange: &Exchange) -> bool {
    matches!(exchange.question.ask, Ask::Page | Ask::Hop(_))
}

fn is_as_declared(evidence: &Evidence, exchange: &Exchange, status: u16) -> bool {
    let endpoint = exchange.question.endpoint();
    let endpoint = endpoint.and_then(|index| evidence.target.endpoints.get(index));
    let statuses = endpoint.and_then(|endpoint| endpoint.status.as_ref());
    statuses.is_some_and(|statuses| statuses.contains(status))
}

#[cfg(test)]
mod tests {
    use crate::evidence::{Evidence, Exchange, sample};
    use crate::facts::{Facts, State};
    use crate::model::{Ask, Endpoint, Family, Method, Place, SocketAsk, StatusSet};

    /// A platform's answer: status, a field, the body.
    type Page = (u16, (&'static str, &'static str), &'static str);

    /// What a platform answers whatever is asked, and whether that is an outage.
    #[rustfmt::skip]
    const PAGES: &[(Page, bool)] = &[
        ((503, ("Server", "Heroku"), "<iframe src=\"//www.herokucdn.com/error-pages/application-error.html\">"), true),
        ((404, ("Server", "Heroku"), "<iframe src=\"//www.herokucdn.com/error-pages/no-such-app.html\">"), true),
        ((502, ("x-railway-fallback", "true"), "{\"message\":\"Application failed to respond\"}"), true),
        ((404, ("x-railway-fallback", "true"), "{\"message\":\"Application not found\"}"), true),
        ((404, ("x-render-routing", "no-server"), "Not Found\n"), true),
        ((503, ("x-render-routing", "hibernate-wake-error"), ""), true),
        ((404, ("x-vercel-error", "DEPLOYMENT_NOT_FOUND"), "DEPLOYMENT_NOT_FOUND"), true),
        ((521, ("Server", "cloudflare"), "<title>Web server is down</title>"), true),
        ((502, ("Server", "nginx/1.29"), "<center><h1>502 Bad Gateway</h1></center>"), true),
        ((503, ("Server", "awselb/2.0"), "<h1>503 Service Temporarily Unavailable</h1>"), true),
        ((503, ("Server", "envoy"), "no healthy upstream"), true),
        ((504, ("Server", "CloudFront"), "<H1>504 Gateway Timeout ERROR</H1>"), true),
        ((502, ("Via", "1.1 Caddy"), ""), true), // refused behind the proxy
        ((403, ("Content-Type", "text/html"), "<h1>Error 403 - This web app is stopped.</h1>"), true),
        ((404, ("Server", "GitHub.com"), "<p>There isn't a GitHub Pages site here.</p>"), true),
        ((404, ("Server", "uvicorn"), "{\"detail\":\"Not Found\"}"), false), // the application's own
        ((404, ("Server", "x"), "404 page not found\n"), false),            // Go's, or Traefik's
        ((500, ("Server", "x"), "oops"), false),
        ((401, ("Server", "x"), "log in"), false),
        ((429, ("Server", "x"), "slow down"), false),
    ];

    fn answer(ask: Ask, place: Place, label: &str, (status, field, body): Page) -> Exchange {
        sample::exchange(ask.at(place), label, status, &[field], body)
    }

    /// Everything that is asked is answered alike.
    fn everywhere(page: Page) -> Vec<Exchange> {
        vec![
            answer(Ask::Page, Place::Target, "GET /", page),
            answer(Ask::Control, Place::Target, "GET /", page),
            answer(Ask::NotFound, Place::Target, "GET /made-up", page),
            answer(Ask::Declared, Place::Endpoint(0), "GET /health", page),
        ]
    }

    fn evidence(exchanges: Vec<Exchange>) -> Evidence {
        let mut target = sample::target();
        target.endpoints = vec![Endpoint {
            status: Some(StatusSet::of(&["200"])),
            ..Endpoint::new(Method::get(), "/health")
        }];
        sample::evidence(target, exchanges)
    }

    #[test]
    fn where_a_platform_answers_everything_nothing_of_the_service_was_seen() {
        for (page, is_outage) in PAGES {
            let facts = Facts::read(&evidence(everywhere(*page)));
            assert_eq!(facts.outage.is_some(), *is_outage, "{page:?}");
            if *is_outage {
                for family in [Family::Headers, Family::Contract, Family::Latency] {
                    let state = facts.state_of(family);
                    assert!(matches!(state, State::Unseen(_)), "{page:?}: {family:?}");
                }
            }
        }
    }

    const BAD: Page = (502, ("Server", "nginx"), "Bad Gateway");

    #[test]
    fn one_answer_of_its_own_is_enough_to_be_there() {
        let good: Page = (200, ("Server", "x"), "ok");
        let preflight = Ask::Preflight {
            method: Method::get(),
            headers: Vec::new(),
        };
        #[rustfmt::skip]
        let rows = [
            (Ask::Declared,                 Place::Endpoint(0), true),
            (Ask::Page,                     Place::Target,      true),
            (Ask::NotFound,                 Place::Target,      true),
            (Ask::Absent,                   Place::Absent(0),   true),
            (Ask::WrongMethod,              Place::WrongMethod(0), true),
            (preflight,                     Place::Endpoint(0), false), // proxies answer it, too
            (Ask::PlainHttp,                Place::Target,      false),
            (Ask::Exposure("env".into()),   Place::Target,      false),
        ];
        for (ask, place, is_there) in rows {
            let mut exchanges = everywhere(BAD);
            exchanges.push(answer(ask.clone(), place, "GET /other", good));
            let facts = Facts::read(&evidence(exchanges));
            assert_eq!(facts.outage.is_none(), is_there, "{ask:?}");
        }
    }

    #[test]
    fn a_declared_error_and_an_open_socket_are_answers() {
        let mut declared = evidence(everywhere(BAD));
        declared.target.endpoints[0].status = Some(StatusSet::of(&["502"]));
        assert_eq!(Facts::read(&declared).outage, None);
        let mut open = evidence(everywhere(BAD));
        let trial = sample::handshake(SocketAsk::Legitimate, None, "/ws", 101, &[]);
        open.sockets = vec![trial];
        assert_eq!(Facts::read(&open).outage, None);
    }
}
