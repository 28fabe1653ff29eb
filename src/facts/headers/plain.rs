//! What plain `http` does, be it the target itself or its twin on port 80.

use crate::evidence::{Evidence, Exchange, Observation};
use crate::model::{Ask, Pointer, Untrusted, UrlScheme};
use crate::wire::url::resolve;

/// The answer in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    /// It was not asked: the target has a port of its own, is on loopback, or the run is passive.
    NotAsked,
    /// Nothing answers there, or not with HTTP: nothing is served in the clear.
    Closed,
    /// It answers with this status and no redirect; 2xx means content in the clear.
    Answers {
        /// The exchange.
        at: Pointer,
        /// Its status.
        status: u16,
    },
    /// It redirects.
    Redirects {
        /// The exchange.
        at: Pointer,
        /// Its status.
        status: u16,
        /// `Location`, as sent.
        to: Untrusted,
        /// Whether that is `https`.
        secure: bool,
        /// Whether that is another host, whose HSTS does not cover this one.
        off_host: bool,
        /// Whether a later hop is plain http again.
        insecure_hop: bool,
    },
}

pub(super) fn read(evidence: &Evidence) -> Plain {
    let Some((index, exchange)) = asked(evidence) else {
        return Plain::NotAsked;
    };
    let response = match &exchange.response {
        Observation::Seen(response) => response,
        Observation::Failed(_) => return Plain::Closed,
        Observation::Skipped(_) => return Plain::NotAsked,
    };
    let (at, status) = (Pointer::exchange(index), response.status);
    match response.value("location") {
        Some(location) if (300..=399).contains(&status) => {
            redirects(evidence, exchange, at, status, &location)
        }
        Some(_) | None => Plain::Answers { at, status },
    }
}

/// The twin of an `https` target, or an `http` target itself. What never leaves the machine is
/// not in the clear: TLS may well end at a proxy in front.
fn asked(evidence: &Evidence) -> Option<(usize, &Exchange)> {
    let url = &evidence.target.url;
    match url.scheme {
        UrlScheme::Https => crate::facts::exchanges(evidence, Ask::PlainHttp.of_target()).next(),
        UrlScheme::Http if url.host.is_loopback() => None,
        UrlScheme::Http => crate::facts::exchanges(evidence, Ask::Page.of_target()).next(),
    }
}

fn redirects(
    evidence: &Evidence,
    exchange: &Exchange,
    at: Pointer,
    status: u16,
    location: &str,
) -> Plain {
    let to = resolve(&exchange.request.url, location);
    let is_plain = |exchange: &Exchange| exchange.request.url.scheme == UrlScheme::Http;
    let insecure_hop = evidence
        .exchanges
        .iter()
        .any(|hop| matches!(hop.question.ask, Ask::PlainHop(_) | Ask::Hop(_)) && is_plain(hop));
    Plain::Redirects {
        at,
        status,
        to: location.into(),
        secure: to.as_ref().is_some_and(|to| to.scheme == UrlScheme::Https),
        off_host: to.is_some_and(|to| to.host != exchange.request.url.host),
        insecure_hop,
    }
}
