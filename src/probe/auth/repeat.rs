//! What a gateway answered in the service's place, asked once more.

use crate::evidence::Exchange;
use crate::model::Ask;
use crate::net::http::Outgoing;
use crate::probe::MayFollow;

/// 502, 503 and 504 (RFC 9110 §15.6.3 to §15.6.5) say that the service was not reached. Where they
/// stay, they are its answer to this request.
pub(super) fn requests(seen: &[Exchange], first: &[Outgoing]) -> Vec<Outgoing> {
    let not_reached = |request: &&Outgoing| {
        let asked = seen.iter();
        let mut answers = asked.filter(|exchange| exchange.question == request.question);
        answers.any(|exchange| {
            let response = exchange.response.seen();
            response.is_some_and(|response| matches!(response.status, 502..=504))
        })
    };
    let first = first.iter().filter(|request| may_repeat(request));
    first.filter(not_reached).cloned().collect()
}

pub(super) fn may_follow(first: &[Outgoing]) -> Option<MayFollow> {
    let count = first.iter().filter(|request| may_repeat(request)).count();
    let what = "attempts at protected endpoints and the login again, where they are answered 502, 503 or 504";
    (count > 0).then(|| MayFollow::new(count, what))
}

fn may_repeat(request: &Outgoing) -> bool {
    let question = &request.question;
    let tries = matches!(question.ask, Ask::Login(_) | Ask::Credentials(_));
    tries && !question.is_a_wrong_password()
}
