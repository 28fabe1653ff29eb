//! What the MDN Observatory asks of a site: both schemes followed to their end, then a preflight.
//!
//! It follows ten redirects wherever they lead, which our own look at a page does not; so this is
//! only done when its profile is asked for.

use super::lane::leads_inside;
use super::{View, blank};
use crate::evidence::{
    Evidence, Exchange, Flag, Observation, OriginClass, OriginSent, Response, TlsEvidence,
};
use crate::model::{Ask, Host, Method, Question, Url, UrlScheme};
use crate::net::dial::{self, Names};
use crate::net::http::{BODY_LIMIT, Client, Outgoing};
use crate::net::pool::both;
use crate::net::resolve::Destination;
use crate::net::tls::{self, Offer};
use crate::wire::url::resolve;

/// What it accepts.
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// The origin of its preflight.
const ORIGIN: &str = "https://http-observatory.security.mozilla.org";

/// It follows ten redirects; the answer after that is taken as it is.
const MOST_HOPS: usize = 11;

/// Where both schemes are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// For `http`.
    pub http: u16,
    /// For `https`.
    pub https: u16,
}

impl Ports {
    /// The target's own port for its own scheme, the default for the other.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        let (http, https) = (
            UrlScheme::Http.default_port(),
            UrlScheme::Https.default_port(),
        );
        match url.scheme {
            UrlScheme::Http => Self {
                http: url.port,
                https,
            },
            UrlScheme::Https => Self {
                http,
                https: url.port,
            },
        }
    }
}

/// Whether the run asks for another grader's verdict.
#[must_use]
pub fn is_wanted(view: &View<'_>) -> bool {
    let conditions = &view.run.conditions;
    let profiles = [
        Flag::Observatory4,
        Flag::Observatory5,
        Flag::Observatory6,
        Flag::CspEvaluator,
    ];
    profiles.into_iter().any(|profile| conditions.has(profile))
}

/// What is asked for a profile, in words.
#[must_use]
pub fn lines(view: &View<'_>) -> Vec<String> {
    let said = "the exchanges of `seaworthy headers --profile`".to_owned();
    is_wanted(view).then_some(said).into_iter().collect()
}

/// The `nth` answer of a session, from 0.
fn hop(scheme: UrlScheme, nth: usize) -> Question {
    let nth = u8::try_from(nth).unwrap_or(u8::MAX);
    Ask::ProfileHop { scheme, nth }.of_target()
}

/// Looks at nothing else: evidence for this profile alone.
#[must_use]
pub fn observe(view: &View<'_>, ports: Ports) -> Evidence {
    let mut evidence = blank(view.target, view.run, view.net);
    let (exchanges, handshake) = both(|| exchanges(view, ports), || handshake(view, ports));
    evidence.exchanges = exchanges;
    if let Ok(seen) = handshake {
        evidence.tls = seen;
        super::tls::redact(&mut evidence.tls, &view.net.scrub);
    }
    evidence.took = view.end.spent();
    evidence.complete = !view.end.has_passed();
    evidence
}

/// The exchanges, those of `http` first.
#[must_use]
pub fn exchanges(view: &View<'_>, ports: Ports) -> Vec<Exchange> {
    let url = &view.target.url;
    let plain = url.with_scheme(UrlScheme::Http, ports.http);
    let secure = url.with_scheme(UrlScheme::Https, ports.https);
    let (https, seen) = both(
        || follow(view, secure, UrlScheme::Https),
        || follow(view, plain, UrlScheme::Http),
    );
    let mut seen = seen.unwrap_or_default();
    let last = [&https, &seen].into_iter().find_map(|hops| end(hops));
    let asked = last.map(|last| ask_preflight(view, &last.request.url));
    seen.extend(https);
    seen.extend(asked);
    seen
}

/// The last hop, if the session came to an end.
fn end(hops: &[Exchange]) -> Option<&Exchange> {
    let last = hops.last()?;
    let redirects = last.response.seen().is_some_and(is_redirect) && hops.len() < MOST_HOPS;
    (last.response.seen().is_some() && !redirects).then_some(last)
}

fn is_redirect(response: &Response) -> bool {
    matches!(response.status, 301 | 302 | 303 | 307 | 308)
}

/// Where it goes next: without a `Location`, to `undefined`, as JavaScript resolves nothing.
fn next_hop(exchange: &Exchange) -> Option<Url> {
    let response = exchange.response.seen().filter(|seen| is_redirect(seen))?;
    if let Some(onward) = &exchange.onward {
        return onward.within(&exchange.request.url);
    }
    let location = response.value("location");
    resolve(
        &exchange.request.url,
        location.as_deref().unwrap_or("undefined"),
    )
}

fn follow(view: &View<'_>, first: Url, scheme: UrlScheme) -> Vec<Exchange> {
    let mut hops: Vec<Exchange> = Vec::new();
    let mut next = Some(first);
    let mut client: Option<(String, Client)> = None;
    while let Some(url) = next.take().filter(|_| hops.len() < MOST_HOPS) {
        let origin = url.origin();
        if client.as_ref().is_none_or(|(known, _)| *known != origin) {
            let fresh = view.client(&url, Names::Cached, None);
            client = Some((origin, fresh));
        }
        let mut request =
            Outgoing::new(hop(scheme, hops.len()), Method::get(), url).with("Accept", ACCEPT);
        request.keep = usize::try_from(BODY_LIMIT).unwrap_or(usize::MAX);
        if let Some((_, client)) = &client {
            let exchange = client.send(&request, &view.exchange_end());
            next = next_hop(&exchange).filter(|next| !leads_inside(next, view));
            hops.push(exchange);
        }
    }
    hops
}

fn ask_preflight(view: &View<'_>, url: &Url) -> Exchange {
    let mut request = Outgoing::new(
        Ask::ProfilePreflight.of_target(),
        Method::of("OPTIONS"),
        url.clone(),
    )
    .with("Access-Control-Request-Method", "GET")
    .with("Origin", ORIGIN);
    request.origin = Some(OriginSent {
        value: ORIGIN.to_owned(),
        class: OriginClass::Profile,
        from: None,
    });
    view.client(url, Names::Cached, None)
        .send(&request, &view.exchange_end())
}

/// One handshake, for whether its chain can be trusted.
fn handshake(view: &View<'_>, ports: Ports) -> Observation<TlsEvidence> {
    let (host, end) = (&view.target.url.host, view.exchange_end());
    let to = Destination {
        scheme: UrlScheme::Https,
        host,
        port: ports.https,
    };
    let handshake = dial::dial(to, &view.net.resolver, Names::Cached, &end)
        .and_then(|dialled| tls::connect(dialled.sock, host, Offer::Browser, &end))
        .map(|(_, handshake)| handshake);
    let server_name = match host {
        Host::Name(name) => Some(name.clone()),
        Host::Address(_) => None,
    };
    Observation::Seen(TlsEvidence {
        handshake: handshake.into(),
        connections: 1,
        ..TlsEvidence::unasked(server_name)
    })
}
