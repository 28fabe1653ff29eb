//! Responses and their fields.

use serde::Serialize;

use super::State;
use crate::evidence::{Evidence, Exchange, Field, Response, Role};
use crate::model::{Kind, Pointer, UrlScheme};

/// The responses that header rules are asked of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeadersFacts {
    /// What kind of service it is.
    pub kind: Kind,
    /// Why it is taken for that.
    pub kind_reason: &'static str,
    /// Every response looked at.
    pub pages: Vec<Page>,
}

/// One response.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// Whether it came over TLS.
    pub secure: bool,
    /// Its status.
    pub status: u16,
    /// Its field lines in order.
    #[serde(skip)]
    pub fields: Vec<Field>,
}

impl Page {
    /// The first value of a field, with its place.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<(Pointer, String)> {
        let at = self.fields.iter().position(|field| field.is(name))?;
        let field = self.fields.get(at)?;
        Some((self.at.join("response/seen/fields").join(at), field.text()))
    }
}

/// Reads the responses.
#[must_use]
pub fn read(evidence: &Evidence) -> State<HeadersFacts> {
    let Some((_, page)) = super::exchanges(evidence, &Role::Page).next() else {
        return State::Unseen(super::never());
    };
    super::state(&page.response, |response| {
        let (kind, kind_reason) = kind(evidence, response);
        let looked_at = |exchange: &Exchange| {
            matches!(exchange.role, Role::Page | Role::Hop(_) | Role::NotFound)
        };
        let all = evidence.exchanges.iter().enumerate();
        let pages = all
            .filter(|(_, exchange)| looked_at(exchange))
            .filter_map(read_page)
            .collect();
        HeadersFacts {
            kind,
            kind_reason,
            pages,
        }
    })
}

fn read_page((index, exchange): (usize, &Exchange)) -> Option<Page> {
    let response = exchange.response.seen()?;
    Some(Page {
        at: Pointer::exchange(index),
        label: format!(
            "{} {}",
            exchange.request.method, exchange.request.url.target
        ),
        secure: exchange.request.url.scheme == UrlScheme::Https,
        status: response.status,
        fields: response.fields.clone(),
    })
}

fn kind(evidence: &Evidence, response: &Response) -> (Kind, &'static str) {
    if let Some(kind) = evidence.target.kind {
        return (kind, "declared");
    }
    let media_type = response
        .value("content-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if media_type.starts_with("text/html") {
        (Kind::Web, "it answers with HTML")
    } else {
        (Kind::Api, "it does not answer with HTML")
    }
}
