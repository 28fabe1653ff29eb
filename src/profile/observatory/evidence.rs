//! From evidence to what the tests look at.

use super::{Fields, Hop, Scan, Session};
use crate::evidence::{Evidence, Exchange, Response};
use crate::model::{Ask, Host, UrlScheme};
use crate::wire::url::WebUrl;
use crate::wire::x509::{Anchors, Chain, names, trust};

/// It follows ten redirects; the answer after that is taken as it is.
const MOST_HOPS: usize = 11;

impl Scan {
    /// Reads the exchanges that were made for this profile.
    #[must_use]
    pub fn read(evidence: &Evidence) -> Self {
        let trusted = is_trusted(evidence);
        let preflight = evidence
            .exchanges
            .iter()
            .find(|exchange| exchange.question.ask == Ask::ProfilePreflight)
            .and_then(|exchange| exchange.response.seen())
            .filter(|response| (200..300).contains(&response.status));
        Self {
            at: evidence.at,
            hostname: evidence.target.url.host.bare(),
            http: session(evidence, UrlScheme::Http, trusted),
            https: session(evidence, UrlScheme::Https, trusted),
            preflight: preflight.map(fields),
        }
    }
}

/// The answers of one scheme; `None` unless they came to an end.
fn session(evidence: &Evidence, scheme: UrlScheme, trusted: bool) -> Option<Session> {
    let mine = |exchange: &&Exchange| matches!(exchange.question.ask, Ask::ProfileHop { scheme: of, .. } if of == scheme);
    let exchanges: Vec<&Exchange> = evidence.exchanges.iter().filter(mine).collect();
    let hops: Option<Vec<Hop>> = exchanges.iter().map(|exchange| hop(exchange)).collect();
    let hops = hops.filter(|hops| hops.len() == MOST_HOPS || !redirects(hops.last()))?;
    let body = exchanges
        .last()?
        .response
        .seen()?
        .content()
        .text()
        .into_owned();
    let over_tls = hops.iter().any(|hop| hop.url.scheme == "https");
    Some(Session {
        verified: trusted || !over_tls,
        hops,
        body,
    })
}

fn redirects(hop: Option<&Hop>) -> bool {
    hop.is_none_or(|hop| matches!(hop.status, 301 | 302 | 303 | 307 | 308))
}

fn hop(exchange: &Exchange) -> Option<Hop> {
    let response = exchange.response.seen()?;
    let url = &exchange.request.url;
    Some(Hop {
        url: WebUrl::parse(&format!("{}{}", url.origin(), url.target))?,
        status: response.status,
        fields: fields(response),
    })
}

/// Node reads field values as Latin-1, whatever they are.
fn fields(response: &Response) -> Fields {
    let lines = response.fields.iter().map(|field| {
        let value = field.value.0.iter().copied().map(char::from).collect();
        (field.name.clone(), value)
    });
    Fields(lines.collect())
}

/// Whether its client would have gone on without a word about the certificate.
fn is_trusted(evidence: &Evidence) -> bool {
    let handshake = evidence.tls.seen().and_then(|tls| tls.handshake.seen());
    let Some(handshake) = handshake else {
        return false;
    };
    let ders: Vec<Vec<u8>> = handshake.chain.iter().map(|der| der.0.clone()).collect();
    let chain = Chain::read(&ders);
    let added = &evidence.run.conditions.extra_roots;
    let anchors = Anchors::bundled().and(added.iter().map(|der| der.0.as_slice()), true);
    let named = |host: &Host| chain.leaf().is_some_and(|leaf| names(leaf, host));
    let verdict = trust(&chain, &anchors, evidence.at);
    verdict.trusted && verdict.in_time && named(&evidence.target.url.host)
}
