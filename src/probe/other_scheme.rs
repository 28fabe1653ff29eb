//! The target's URL with the other scheme, where the declared one was not spoken: `http` written for
//! a port that speaks TLS, or the reverse.

use super::{MayFollow, View};
use crate::evidence::{Cause, Exchange, Stage};
use crate::model::{Ask, Method, UrlScheme};
use crate::net::dial::Names;
use crate::net::http::Outgoing;

/// The answer over the other scheme, where the first answer calls for it: an error that servers give
/// to plain HTTP on a TLS port, or none although somebody listens.
#[must_use]
pub fn ask(view: &View<'_>, page: &Exchange) -> Option<Exchange> {
    if !may_be_misunderstood(view, page) {
        return None;
    }
    let url = &view.target.url;
    let other = match url.scheme {
        UrlScheme::Http => UrlScheme::Https,
        UrlScheme::Https => UrlScheme::Http,
    };
    let url = url.with_scheme(other, url.port);
    let leave = view.allowance.take(&Method::get(), &url, view.end);
    let request = Outgoing::new(Ask::OtherScheme.of_target(), Method::get(), url);
    let client = view.client(&request.url, Names::Cached, None);
    leave.then(|| client.send(&request, &view.exchange_end()))
}

fn may_be_misunderstood(view: &View<'_>, page: &Exchange) -> bool {
    if let Some(response) = page.response.seen() {
        return view.target.url.scheme == UrlScheme::Http && response.status == 400;
    }
    let broken = page.response.failure().is_some_and(|failure| {
        let stage = match view.target.url.scheme {
            UrlScheme::Http => matches!(failure.stage, Stage::Send | Stage::Head),
            UrlScheme::Https => failure.stage == Stage::Handshake,
        };
        let cause = matches!(
            failure.cause,
            Cause::Closed | Cause::Reset | Cause::Garbage | Cause::TimedOut
        );
        stage && cause
    });
    broken && !view.end.has_passed()
}

/// At most one.
#[must_use]
pub fn may_follow() -> MayFollow {
    MayFollow::new(
        1,
        "the URL with the other scheme, where this one is not spoken",
    )
}
