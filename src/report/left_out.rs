//! What a rate limit left out of a family: its rules cannot pass on what was never asked.

use crate::evidence::{Evidence, Exchange, Flag, Observation, OriginClass, Skip};
use crate::model::{Ask, Attempt, Family};

/// How much of what is declared for a family was not asked, to stay within half of a rate limit.
#[must_use]
pub(super) fn of(evidence: &Evidence, family: Family) -> Option<String> {
    let of_family = |exchange: &&Exchange| is_limited(exchange) && belongs(exchange, family);
    let mut left_out = evidence.exchanges.iter().filter(of_family);
    let first = left_out.next()?;
    let (request, more) = (&first.request, left_out.count());
    let others = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "{} {}{others} left out to stay within half of a rate limit (--burst)",
        request.method, request.url.target
    ))
}

fn is_limited(exchange: &Exchange) -> bool {
    exchange.response == Observation::Skipped(Skip::NeedsFlag(Flag::Burst))
}

/// Whether a family's verdicts lean on this request. What is tried beyond the declaration has rules
/// of its own, which say so themselves.
fn belongs(exchange: &Exchange, family: Family) -> bool {
    let ask = &exchange.question.ask;
    match family {
        Family::Contract => matches!(
            ask,
            Ask::Declared | Ask::Absent | Ask::WrongMethod | Ask::MadeUp
        ),
        Family::Cors => {
            let origin = exchange.origin.as_ref();
            origin.is_some_and(|origin| origin.class == OriginClass::Declared)
        }
        Family::Auth => matches!(
            ask,
            Ask::Credentials(Attempt::Nothing | Attempt::Garbage | Attempt::Valid)
                | Ask::Login(Attempt::UnknownUser | Attempt::WrongPassword)
        ),
        Family::Tls | Family::Headers | Family::Websocket | Family::Latency => false,
    }
}
