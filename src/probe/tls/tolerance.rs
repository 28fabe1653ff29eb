//! What a hello may not contain, if it is to be answered.
//!
//! Some hellos carry what servers and middleboxes are known to stumble over: all that browsers send,
//! or the size that a post-quantum key share makes. Where one is not answered, the same question is
//! asked plainly. If that fares better, one thing is left out at a time, to name what it was.

use super::questions::Ask;
use crate::evidence::hellos::fares_better;
use crate::evidence::{HelloSent, Question};
use crate::wire::tls::Offer;

/// The hello to send in place of one that was not answered: the plain one if there is any.
pub(super) fn second_attempt(sent: &HelloSent) -> Ask {
    Ask {
        question: sent.question,
        offer: sent.offer.plain(),
    }
}

/// The hellos that fared worse than the plain one: once more as they were, and without each of the
/// things it could be.
pub(super) fn open(hellos: &[HelloSent]) -> Vec<Ask> {
    let asked = |offer: &Offer| {
        let same = |sent: &HelloSent| sent.offer == *offer && sent.question == Question::Tolerance;
        hellos.iter().any(same)
    };
    let worse = hellos.iter().filter(|sent| {
        let plain = sent.offer.plain();
        sent.attempt == 1 && !asked(&sent.offer) && fares_better(hellos, &plain, &sent.offer)
    });
    let offers = worse.flat_map(|sent| {
        let plain = sent.offer.plain();
        let without = sent.offer.extras().map(|extra| sent.offer.without(extra));
        let once_more = std::iter::once(sent.offer.clone());
        once_more.chain(without.filter(move |offer| *offer != plain))
    });
    let ask = |offer| Ask {
        question: Question::Tolerance,
        offer,
    };
    offers.map(ask).collect()
}
