//! What a web root serves that it should not, and what it should: `security.txt`.

use crate::evidence::{Evidence, Exchange, Observation, Response};
use crate::model::{Ask, Pointer, Timestamp};
use crate::wire::exposure::{self, Exposure};
use crate::wire::http::security_txt::{self, SecurityTxt};

/// Something that is there, known by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// The exchange.
    pub at: Pointer,
    /// The path that was asked for.
    pub path: String,
    /// What it is.
    pub what: &'static str,
    /// How much it matters.
    pub exposure: Exposure,
    /// Whether the target file says that it is there, for everybody.
    pub declared: bool,
}

/// `/.well-known/security.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityTxtSeen {
    /// The exchange.
    pub at: Pointer,
    /// When it was fetched.
    pub received: Timestamp,
    /// The file; `None` when there is none.
    pub file: Option<SecurityTxt>,
}

/// Whether such paths were asked for and answered, none was left out to spare the target, and what
/// was served could be read.
pub(super) fn looked_for(evidence: &Evidence) -> bool {
    let all = || {
        let exchanges = evidence.exchanges.iter();
        exchanges.filter(|exchange| matches!(exchange.question.ask, Ask::Exposure(_)))
    };
    let spared = |exchange: &Exchange| matches!(exchange.response, Observation::Skipped(_));
    let unread = |exchange: &Exchange| {
        let served = exchange
            .response
            .seen()
            .filter(|served| served.status == 200);
        served.is_some_and(|served| served.content().is_unseen())
    };
    all().any(|exchange| exchange.response.seen().is_some())
        && !all().any(|exchange| spared(exchange) || unread(exchange))
}

pub(super) fn read(evidence: &Evidence) -> Vec<Exposed> {
    let all = evidence.exchanges.iter().enumerate();
    all.filter_map(|(index, exchange)| {
        let Ask::Exposure(name) = &exchange.question.ask else {
            return None;
        };
        let response = exchange
            .response
            .seen()
            .filter(|response| response.status == 200)?;
        let (what, exposure) = recognise(name, response)?;
        let path = exchange.request.url.target.clone();
        let mut endpoints = evidence.target.endpoints.iter();
        Some(Exposed {
            at: Pointer::exchange(index),
            declared: endpoints.any(|endpoint| endpoint.path == path && !endpoint.protected),
            path,
            what,
            exposure,
        })
    })
    .collect()
}

/// What the body is; the name of the probe says what it was asked for.
fn recognise(name: &str, response: &Response) -> Option<(&'static str, Exposure)> {
    let content = response.content();
    let body = content.bytes();
    if name == "source-map" {
        return exposure::is_source_map(body).then_some(("a source map", Exposure::Description));
    }
    let artefact = exposure::at(name)?;
    (artefact.matches)(body).then_some((artefact.what, artefact.exposure))
}

pub(super) fn security_txt(evidence: &Evidence) -> Option<SecurityTxtSeen> {
    let role = Ask::SecurityTxt.of_target();
    let (index, exchange): (usize, &Exchange) = crate::facts::exchanges(evidence, role).next()?;
    let response = exchange.response.seen()?;
    let content = response.content();
    let text = content.text();
    if response.status == 200 && content.is_unseen() {
        return None;
    }
    let there = response.status == 200 && security_txt::is_one(&text);
    Some(SecurityTxtSeen {
        at: Pointer::exchange(index),
        received: exchange.at,
        file: there.then(|| security_txt::parse(&text)),
    })
}
