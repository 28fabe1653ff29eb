//! How many redirects stand before the answer at the target's URL.

use crate::evidence::{Evidence, Exchange};
use crate::model::{Ask, Pointer};

/// The redirects that were followed from the target's URL. Whether they ever end is asked of
/// [`crate::facts::landing`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// How many.
    pub redirects: usize,
    /// The last exchange of them.
    pub at: Pointer,
}

pub(super) fn read(evidence: &Evidence) -> Chain {
    let on_the_way = |exchange: &Exchange| matches!(exchange.question.ask, Ask::Page | Ask::Hop(_));
    let all = evidence.exchanges.iter().enumerate();
    let way: Vec<usize> = all
        .filter(|(_, exchange)| on_the_way(exchange))
        .map(|(index, _)| index)
        .collect();
    Chain {
        redirects: way.len().saturating_sub(1),
        at: way
            .last()
            .map(|index| Pointer::exchange(*index))
            .unwrap_or_default(),
    }
}
