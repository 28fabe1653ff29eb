//! The page a second time: a nonce that comes again is none.

use super::lane::location;
use super::{MayFollow, PAGE_LIMIT, View, admission};
use crate::evidence::{Exchange, Flag};
use crate::model::{Ask, Method};
use crate::net::http::Outgoing;

/// Asks for the last hop again, as it was asked for, when its answer names a nonce.
#[must_use]
pub fn follow_up(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let on_the_way =
        |exchange: &&Exchange| matches!(exchange.question.ask, Ask::Page | Ask::Hop(_));
    let last = seen.iter().rfind(on_the_way);
    let Some(last) = last.filter(|last| location(last).is_none() && names_a_nonce(last)) else {
        return Vec::new();
    };
    if view.run.conditions.has(Flag::Passive) {
        return Vec::new();
    }
    let url = last.request.url.clone();
    let mut again = Outgoing::new(Ask::Again.of_target(), Method::get(), url)
        .reading(PAGE_LIMIT)
        .keeping_all();
    for field in admission::own_fields(view, &last.request) {
        again = again.with(&field.name, field.text());
    }
    vec![again]
}

/// As many as [`follow_up`] has at most.
#[must_use]
pub fn may_follow(view: &View<'_>) -> MayFollow {
    let may = !view.run.conditions.has(Flag::Passive);
    MayFollow::new(usize::from(may), "the page again, where it names a nonce")
}

/// In a field or in the markup; whether it counts there is for the facts to say.
fn names_a_nonce(exchange: &Exchange) -> bool {
    exchange.response.seen().is_some_and(|response| {
        let in_field = response
            .values("content-security-policy")
            .any(|value| value.contains("'nonce-"));
        in_field || response.content().text().contains("'nonce-")
    })
}
