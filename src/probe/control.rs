//! The control: one harmless request, asked again and again, that shows whether the target still
//! answers us as it did.
//!
//! It is the page, or a declared endpoint that anybody may read, asked as it is declared and without
//! a credential. What its answers mean is judged elsewhere; here they only say when to stop.

use std::time::Duration;

use super::View;
use super::declared;
use crate::evidence::{Exchange, Look};
use crate::model::{Ask, Endpoint, Place, Target};
use crate::net::http::Outgoing;
use crate::wire::control::{Change, change};
use crate::wire::ratelimit::RetryAfter;

/// How long a block is waited out, try by try, where the answer does not say how long.
pub const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// A longer wait than this is not worth a handful of answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// The control of one target.
pub struct Control {
    request: Outgoing,
    /// The last good answer; nothing before the first.
    good: Option<Exchange>,
}

impl Control {
    /// With the page's own answer, where that is a good one, or else with the first declared endpoint
    /// that anybody may read. A page that is an error, too, is answered by somebody.
    #[must_use]
    pub fn of(view: &View<'_>, page: &Exchange) -> Self {
        let status = page.response.seen().map(|response| response.status);
        let mut declared = view.target.endpoints.iter().enumerate();
        let open = declared.find(|(_, endpoint)| may_be_read_by_anybody(endpoint));
        match open {
            Some((index, endpoint)) if status.is_none_or(|status| status >= 400) => Self {
                request: declared::request(view, Ask::Control.of_endpoint(index), endpoint),
                good: None,
            },
            Some(_) | None => Self {
                request: page_again(view.target),
                good: status.is_some().then(|| page.clone()),
            },
        }
    }

    /// What is sent.
    #[must_use]
    pub const fn request(&self) -> &Outgoing {
        &self.request
    }

    /// Whether no answer of it is known yet.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.good.is_none()
    }

    /// What an answer shows; a good one is what the next is held against. Without any answer before,
    /// there is nothing to tell.
    pub fn change(&mut self, now: &Exchange) -> Option<Change> {
        let found = match &self.good {
            None => None,
            Some(good) => match (Look::at(good), Look::at(now)) {
                (Some(before), Some(now)) => change(&before.page(), &now.page()),
                _ => Some(Change::NoAnswer(String::new())),
            },
        };
        if found.is_none() && now.response.seen().is_some() {
            self.good = Some(now.clone());
        }
        found
    }
}

/// The same control as the exchanges so far had, where the last answer to it was not the one before:
/// what follows has to show first that it is answered by the target.
#[must_use]
pub fn reopened(view: &View<'_>, seen: &[Exchange]) -> Option<Outgoing> {
    let asked =
        |exchange: &&Exchange| exchange.question.ask == Ask::Control && !exchange.was_left_out();
    let page = seen
        .iter()
        .find(|exchange| exchange.question.ask == Ask::Page)?;
    let mut control = Control::of(view, page);
    let last = seen
        .iter()
        .filter(asked)
        .map(|now| control.change(now))
        .last();
    last.flatten().map(|_| control.request)
}

/// How long to wait before the next try: as long as the answer says, where it does; `None` where that
/// is too long.
#[must_use]
pub fn pause(answer: &Exchange, otherwise: Duration) -> Option<Duration> {
    let said = answer
        .response
        .seen()
        .and_then(|response| response.value("retry-after"));
    let told = said.and_then(|value| RetryAfter::parse(&value));
    let pause = told.map_or(otherwise, |after| {
        Duration::from_secs(after.from(answer.at).0)
    });
    (pause <= PATIENCE).then_some(pause)
}

fn page_again(target: &Target) -> Outgoing {
    let mut request = super::page(target);
    request.question = Ask::Control.at(Place::Target);
    request
}

fn may_be_read_by_anybody(endpoint: &Endpoint) -> bool {
    let good = endpoint
        .status
        .as_ref()
        .is_none_or(|statuses| (200..300).any(|status| statuses.contains(status)));
    endpoint.method.as_str() == "GET"
        && good
        && !endpoint.protected
        && !endpoint.is_mutating()
        && endpoint.send_secrets.is_empty()
}
