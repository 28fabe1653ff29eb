//! Two answers side by side: are they the same page?

use crate::evidence::Exchange;
use crate::wire::soft404::{Page, is_alike};

/// What of an exchange is compared.
pub(super) struct Look<'a> {
    path: &'a str,
    status: u16,
    media_type: String,
    location: Option<String>,
    body: String,
}

impl<'a> Look<'a> {
    /// At an exchange that was answered.
    pub(super) fn at(exchange: &'a Exchange) -> Option<Self> {
        let response = exchange.response.seen()?;
        Some(Self {
            path: &exchange.request.url.target,
            status: response.status,
            media_type: response.media_type(),
            location: response.value("location"),
            body: response.content().text().into_owned(),
        })
    }

    /// As the comparison takes it.
    pub(super) fn page(&self) -> Page<'_> {
        Page {
            path: self.path,
            status: self.status,
            media_type: &self.media_type,
            location: self.location.as_deref(),
            body: &self.body,
        }
    }
}

/// Whether both were answered, and with one page.
pub(super) fn are_alike(a: &Exchange, b: &Exchange) -> bool {
    let looks = Look::at(a).zip(Look::at(b));
    looks.is_some_and(|(a, b)| is_alike(&a.page(), &b.page()))
}
