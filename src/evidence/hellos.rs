//! What a list of hellos and their answers says together.

use std::collections::BTreeSet;

use super::{HelloSent, Question};
use crate::wire::tls::{Ledger, Offer};

/// Puts together what the hellos for one name say. Those without the name may have been answered by
/// another virtual host.
#[must_use]
pub fn ledger(hellos: &[HelloSent], name: Option<&str>) -> Ledger {
    let closed = refused_by_closing(hellos);
    let mut ledger = Ledger::default();
    for (at, sent) in hellos.iter().enumerate() {
        if sent.offer.server_name.as_deref() != name || is_about_an_extra(hellos, sent) {
            continue;
        }
        if closed.contains(&at) {
            ledger.note_closing(&sent.offer);
        } else {
            ledger.note(&sent.offer, &sent.read_reply());
        }
    }
    ledger
}

/// A refusal of what is taken once something beside it is left out says nothing of versions and
/// suites.
fn is_about_an_extra(hellos: &[HelloSent], sent: &HelloSent) -> bool {
    let plain = sent.offer.plain();
    plain != sent.offer && !sent.is_taken() && is_taken(hellos, &plain)
}

/// Whether an offer was taken at least once.
#[must_use]
pub fn is_taken(hellos: &[HelloSent], offer: &Offer) -> bool {
    let taken = |sent: &HelloSent| sent.offer == *offer && sent.is_taken();
    hellos.iter().any(taken)
}

/// Whether an offer fared better than another: taken where the other never was, or answered at all.
#[must_use]
pub fn fares_better(hellos: &[HelloSent], offer: &Offer, than: &Offer) -> bool {
    let answered = |offer: &Offer| {
        let answered = |sent: &HelloSent| sent.offer == *offer && sent.is_answered();
        hellos.iter().any(answered)
    };
    let taken = |offer| is_taken(hellos, offer);
    (taken(offer) && !taken(than)) || (answered(offer) && !answered(than))
}

/// The hellos that were refused by closing the connection, by their place in the list.
///
/// Many event loops drop the alert that their TLS library wanted to send. That a server refuses in
/// this way is known when it closed on a hello a second time, alone, between two controls that were
/// answered: a rate limit or a server that comes and goes would have cost a control as well.
#[must_use]
pub fn refused_by_closing(hellos: &[HelloSent]) -> BTreeSet<usize> {
    let places = hellos.iter().enumerate();
    let controls: Vec<(usize, bool)> = places
        .clone()
        .filter(|(_, sent)| sent.question == Question::Control)
        .map(|(at, sent)| (at, sent.is_taken()))
        .collect();
    let (Some((first, _)), Some((last, _))) = (controls.first(), controls.last()) else {
        return BTreeSet::new();
    };
    if controls.iter().any(|(_, taken)| !taken) {
        return BTreeSet::new();
    }
    let closed =
        places.filter(|(at, sent)| first < at && at < last && sent.attempt > 1 && sent.is_closed());
    closed.map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::{ledger, refused_by_closing};
    use crate::evidence::{
        Cause, Failure, HelloReply, HelloSent, Observation, Question, Stage, WireBytes,
    };
    use crate::model::{Micros, Millis};
    use crate::wire::tls::{CipherSuite, Known, Offer, Version};

    /// A ServerHello of TLS 1.2 with 0xc02f.
    const TAKEN: &[u8] = &[
        22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
        9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0xc0, 0x2f, 0,
    ];

    fn sent(
        question: Question,
        attempt: u8,
        offer: Offer,
        said: Result<&[u8], Cause>,
    ) -> HelloSent {
        let reply = match said {
            Ok(bytes) => Observation::Seen(HelloReply {
                bytes: WireBytes(bytes.to_vec()),
                closed: true,
                timed_out: false,
                took: Micros(0),
            }),
            Err(cause) => Observation::Failed(Failure {
                stage: Stage::Handshake,
                cause,
                detail: String::new(),
                after: Millis(0),
            }),
        };
        HelloSent {
            question,
            offer,
            attempt,
            reply,
        }
    }

    fn control(said: Result<&[u8], Cause>) -> HelloSent {
        sent(
            Question::Control,
            1,
            Offer::new(Version::Tls12, vec![0xc02f]),
            said,
        )
    }

    /// A hello for TLS 1.1 alone.
    fn old(attempt: u8, said: Result<&[u8], Cause>) -> HelloSent {
        let usable = CipherSuite::all().filter(|suite| suite.usable_at(Version::Tls11));
        let offer = Offer::new(Version::Tls11, usable.map(CipherSuite::id).collect());
        sent(Question::OldVersion, attempt, offer, said)
    }

    #[test]
    fn closing_is_a_refusal_between_two_controls_that_were_answered() {
        let (yes, closed) = (|| control(Ok(TAKEN)), || control(Err(Cause::Closed)));
        let warning: &[u8] = &[21, 3, 1, 0, 2, 1, 112];
        let cases = [
            (vec![old(1, Err(Cause::Closed))], Known::Unsettled),
            (
                vec![yes(), old(2, Err(Cause::Closed)), yes()],
                Known::Refused,
            ),
            (
                vec![yes(), old(2, Err(Cause::Reset)), yes()],
                Known::Refused,
            ),
            (vec![yes(), old(2, Ok(warning)), yes()], Known::Refused),
            (
                vec![yes(), old(2, Err(Cause::TimedOut)), yes()],
                Known::Unsettled,
            ),
            (
                vec![yes(), old(1, Err(Cause::Closed)), yes()],
                Known::Unsettled,
            ),
            (vec![yes(), old(2, Err(Cause::Closed))], Known::Unsettled),
            (vec![old(2, Err(Cause::Closed)), yes()], Known::Unsettled),
            (
                vec![yes(), old(2, Err(Cause::Closed)), closed()],
                Known::Unsettled,
            ),
            // A limit that lets some through.
            (
                vec![closed(), yes(), old(2, Err(Cause::Closed)), yes()],
                Known::Unsettled,
            ),
        ];
        for (hellos, expected) in cases {
            let found = ledger(&hellos, None).version(Version::Tls11);
            assert_eq!(found, expected, "{hellos:?}");
            assert_eq!(
                refused_by_closing(&hellos).is_empty(),
                expected == Known::Unsettled
            );
        }
    }

    #[test]
    fn a_refusal_for_what_is_beside_the_suites_says_nothing_of_them() {
        let plain = Offer::new(Version::Tls12, vec![0xc02f]);
        let full = Offer {
            alpn: vec!["h2".to_owned()],
            ..plain.clone()
        };
        let refused: &[u8] = &[21, 3, 3, 0, 2, 2, 80];
        let hellos = [
            sent(Question::Modern, 1, full, Ok(refused)),
            sent(Question::Modern, 2, plain, Ok(TAKEN)),
        ];
        let known = ledger(&hellos, None);
        assert_eq!(known.version(Version::Tls12), Known::Accepted);
        assert!(known.contradictions().is_empty());
    }
}
