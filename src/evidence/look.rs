//! An answer as it is compared with another: are they the same page?

use super::Exchange;
use crate::wire::soft404::{Page, holds_words, is_alike};

/// What of an exchange is compared.
pub struct Look<'a> {
    path: &'a str,
    status: u16,
    media_type: String,
    location: Option<String>,
    body: String,
}

impl<'a> Look<'a> {
    /// At an exchange that was answered.
    #[must_use]
    pub fn at(exchange: &'a Exchange) -> Option<Self> {
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
    #[must_use]
    pub fn page(&self) -> Page<'_> {
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
#[must_use]
pub fn are_alike(a: &Exchange, b: &Exchange) -> bool {
    let looks = Look::at(a).zip(Look::at(b));
    looks.is_some_and(|(a, b)| is_alike(&a.page(), &b.page()))
}

/// Whether an answer holds every word of a page, whatever its status.
#[must_use]
pub fn holds_the_words(found: &Exchange, page: &Exchange) -> bool {
    let looks = Look::at(found).zip(Look::at(page));
    looks.is_some_and(|(found, page)| holds_words(&found.page(), &page.page()))
}
