//! Where the redirects from the target's URL end.

use serde::Serialize;

use crate::evidence::{Evidence, Exchange};
use crate::model::Ask;
use crate::model::{Pointer, Untrusted};

/// Redirects, as far as they were followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chain {
    /// They end at an answer, or there is none.
    Ends,
    /// They lead back to an address that was asked before.
    Loops {
        /// The redirect that leads back.
        at: Pointer,
        /// Where to, as sent.
        to: Untrusted,
        /// Whether a cookie was set on the way: with it the answer may be another one.
        sets_cookie: bool,
    },
    /// They go on after so many.
    GoesOn {
        /// The last one that was followed.
        at: Pointer,
        /// How many were.
        followed: usize,
    },
}

pub(super) fn read(evidence: &Evidence) -> Chain {
    let on_the_way = |exchange: &Exchange| matches!(exchange.question.ask, Ask::Page | Ask::Hop(_));
    let all = evidence.exchanges.iter().enumerate();
    let hops: Vec<(usize, &Exchange)> = all.filter(|(_, one)| on_the_way(one)).collect();
    let Some((index, last)) = hops.last() else {
        return Chain::Ends;
    };
    let Some((to, next)) = redirect(last) else {
        return Chain::Ends;
    };
    let at = Pointer::exchange(*index);
    if hops.iter().any(|(_, hop)| hop.request.url == next) {
        let sets = |hop: &Exchange| {
            let response = hop.response.seen();
            response.is_some_and(|response| response.value("set-cookie").is_some())
        };
        return Chain::Loops {
            at,
            to: to.into(),
            sets_cookie: hops.iter().any(|(_, hop)| sets(hop)),
        };
    }
    match hops.len() {
        // Others were not followed for where they lead, which is judged there.
        followed @ FOLLOWED.. => Chain::GoesOn { at, followed },
        _ => Chain::Ends,
    }
}

/// The page and five hops: as many as a run follows.
const FOLLOWED: usize = 6;

fn redirect(exchange: &Exchange) -> Option<(String, crate::model::Url)> {
    let response = exchange.response.seen()?;
    let to = response.value("location")?;
    let next = exchange.request.url.resolve(&to).ok()?;
    matches!(response.status, 301 | 302 | 303 | 307 | 308).then_some((to, next))
}
