//! The first request, to a service that may be asleep.

use std::time::Duration;

use super::{MayFollow, View, first_request};
use crate::evidence::{Cause, Exchange, Stage};
use crate::model::Ask;
use crate::net::http::Client;

/// A platform answers for a sleeping service in between; it is not asked more often than this.
const PAUSE: Duration = Duration::from_secs(1);

/// The first answer of the target, and those before it that came while the service woke. Without a declared
/// `cold_start`, one request and no patience.
#[must_use]
pub fn first(view: &View<'_>, client: &Client) -> (Exchange, Vec<Exchange>) {
    let request = first_request(view);
    let Some(patience) = view.target.cold_start else {
        let send = || {
            let _ = view.allowance.take(&request.method, &request.url, view.end);
            let exchange = client.send(&request, &view.exchange_end());
            view.allowance.learn(&exchange);
            exchange
        };
        let exchange = send();
        let exchange = if was_cut_off(&exchange) {
            send().again_after(exchange)
        } else {
            exchange
        };
        return (exchange, Vec::new());
    };
    let timeout = Duration::from(view.target.timeout);
    let whole = view.end.sooner(timeout + Duration::from(patience));
    let mut asleep = Vec::new();
    loop {
        let _ = view.allowance.take(&request.method, &request.url, &whole);
        let exchange = client.send(&request, &whole);
        view.allowance.learn(&exchange);
        let pause = PAUSE.min(whole.left());
        let used_up = !view.allowance.allows(&request.method, &request.url);
        if is_awake(&exchange) || used_up || pause < PAUSE || !whole.sleep(pause) {
            return (exchange, asleep);
        }
        asleep.push(Exchange {
            question: Ask::Asleep.of_target(),
            ..exchange
        });
    }
}

/// How often a sleeping service may be asked before it is up.
#[must_use]
pub fn while_asleep(view: &View<'_>) -> MayFollow {
    let whole = view.target.cold_start.map(|patience| {
        let whole = Duration::from(patience) + Duration::from(view.target.timeout);
        usize::try_from(whole.as_secs()).unwrap_or(usize::MAX)
    });
    MayFollow::new(
        whole.unwrap_or(0),
        "the page again, once a second, while the service wakes up",
    )
}

/// A connection that ended before an answer says nothing of the server yet. A GET may be sent again
/// by itself (RFC 9110 §9.2.2).
fn was_cut_off(exchange: &Exchange) -> bool {
    exchange.response.failure().is_some_and(|failure| {
        matches!(failure.stage, Stage::Handshake | Stage::Send | Stage::Head)
            && matches!(failure.cause, Cause::Reset | Cause::Closed)
    })
}

/// At most once.
#[must_use]
pub fn sent_again() -> MayFollow {
    MayFollow::new(1, "the page again, where its connection was cut off")
}

/// 502, 503 and 504 are how platforms answer for a service that is not up yet.
fn is_awake(exchange: &Exchange) -> bool {
    let response = exchange.response.seen();
    response.is_some_and(|response| !matches!(response.status, 502..=504))
}
