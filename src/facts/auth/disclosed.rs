//! Supplied secrets in answers to requests that did not carry them.

use crate::evidence::{Evidence, Exchange};
use crate::model::Pointer;

/// A supplied secret in an answer to somebody who did not send it.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosed {
    /// The exchange.
    pub at: Pointer,
    /// `GET /path`, as it was sent.
    pub label: String,
    /// The status.
    pub status: u16,
    /// The reference that stands for the secret.
    pub secret: String,
}

/// Every answer that holds a supplied secret, each place and secret once, but for that which issued it.
pub(super) fn read(evidence: &Evidence) -> Vec<Disclosed> {
    let mut all: Vec<Disclosed> = Vec::new();
    for (index, exchange) in evidence.exchanges.iter().enumerate() {
        let Some(response) = exchange.response.seen() else {
            continue;
        };
        if issues_credentials(evidence, exchange) {
            continue;
        }
        let request = &exchange.request;
        let label = format!("{} {}", request.method, request.url.target);
        for secret in &exchange.disclosed {
            let secret = secret.placeholder();
            if !all
                .iter()
                .any(|one| one.label == label && one.secret == secret)
            {
                all.push(Disclosed {
                    at: Pointer::exchange(index),
                    label: label.clone(),
                    status: response.status,
                    secret,
                });
            }
        }
    }
    all
}

/// The first answer of which not all was searched, and why. What is not kept may have been.
pub(super) fn unsearched(evidence: &Evidence) -> Option<String> {
    let exchanges = evidence.exchanges.iter();
    let mut others = exchanges.filter(|exchange| !issues_credentials(evidence, exchange));
    others.find_map(|exchange| {
        let response = exchange.response.seen()?;
        let content = response.content();
        let request = &exchange.request;
        let why = content.unread().filter(|_| !response.body.searched)?;
        Some(format!("{} {}: {why}", request.method, request.url.target))
    })
}

/// Whether the request is one to be given a credential for another: a declared POST that sends a
/// secret of its own, a password or a grant (RFC 6749 §4).
fn issues_credentials(evidence: &Evidence, exchange: &Exchange) -> bool {
    let declared = exchange.question.declared();
    let endpoint = declared.and_then(|index| evidence.target.endpoints.get(index));
    endpoint.is_some_and(|endpoint| {
        let sent = endpoint.send.as_ref().map(|body| body.text.as_str());
        let words = ["password", "grant_type", "refresh_token"];
        let asks = sent.is_some_and(|sent| words.iter().any(|word| sent.contains(word)));
        endpoint.method.as_str() == "POST" && (asks || !endpoint.send_secrets.is_empty())
    })
}
