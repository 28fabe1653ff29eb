//! What the answers so far leave open, as the next hellos.

use super::questions::{Ask, Depth, tls13, worst_first};
use crate::evidence::{HelloSent, Question};
use crate::wire::tls::{CipherSuite, Class, Known, Ledger, Offer, Reply, Version};

/// Suites a server of TLS 1.2 or below is likely to take when it takes anything old: asked one by
/// one, all at once.
#[rustfmt::skip]
const LIKELY: [u16; 14] = [
    0xc013, 0xc014, 0xc027, 0xc028, 0xc009, 0xc00a, 0x009c, 0x009d, 0x002f, 0x0035, 0x003c, 0x003d,
    0x009e, 0x009f,
];

/// The classes that are asked together first: most servers take none of them.
const WEAK: [Class; 6] = [
    Class::Null,
    Class::Anonymous,
    Class::Export,
    Class::Des,
    Class::Rc4,
    Class::SmallBlock,
];

/// The classes that are common, asked each alone.
const COMMON: [Class; 3] = [Class::StaticRsa, Class::Cbc, Class::Dhe];

/// Puts together what is known. Hellos without the name speak for another virtual host.
#[must_use]
pub(super) fn ledger(name: Option<&str>, answers: &[HelloSent]) -> Ledger {
    let mut ledger = Ledger::default();
    for answer in answers {
        if answer.offer.server_name.as_deref() == name
            && let Some(reply) = answer.reply.seen()
        {
            ledger.note(&answer.offer, &Reply::read(&reply.bytes.0));
        }
    }
    ledger
}

/// The next hellos; none once nothing is open that the depth asks for.
#[must_use]
pub(super) fn next(name: Option<&str>, depth: Depth, answers: &[HelloSent]) -> Vec<Ask> {
    let known = ledger(name, answers);
    let mut asks = Vec::new();
    if known.version(Version::Tls13) == Known::Unsettled && !asked_for_tls13(answers) {
        let all = CipherSuite::all().filter(|suite| suite.is_tls13());
        asks.push(ask(
            Question::Tls13,
            tls13(all.map(CipherSuite::id).collect()),
        ));
    }
    let spoken = Version::ALL
        .into_iter()
        .filter(|version| *version > Version::Ssl2);
    for version in spoken.filter(|version| known.version(*version) == Known::Accepted) {
        if depth.every_suite {
            asks.extend(enumerate(&known, version));
        } else if version < Version::Tls13 {
            asks.extend(classes(&known, version));
        }
    }
    for ask in &mut asks {
        ask.offer.server_name = name.map(str::to_owned);
    }
    // What was asked and settled nothing would settle nothing again.
    asks.retain(|ask| !answers.iter().any(|answer| answer.offer == ask.offer));
    asks
}

/// Without a hello of its own TLS 1.3 can be known by the mark a server leaves in the ServerHello
/// of a lower version (RFC 8446 §4.1.3).
fn asked_for_tls13(answers: &[HelloSent]) -> bool {
    let marked = |answer: &HelloSent| {
        let reply = answer.reply.seen().map(|reply| Reply::read(&reply.bytes.0));
        reply.is_some_and(|reply| {
            reply
                .flight()
                .is_some_and(|flight| flight.hello.sentinel().is_some())
        })
    };
    answers
        .iter()
        .any(|answer| answer.question == Question::Tls13 || marked(answer))
}

fn ask(question: Question, offer: Offer) -> Ask {
    Ask { question, offer }
}

/// A hello per class that is open here and not yet known to be taken at any version. The weak
/// ones go together: most servers take none of them, and one that does names one a round.
fn classes(known: &Ledger, version: Version) -> Vec<Ask> {
    let anywhere = |class: Class| {
        Version::ALL
            .into_iter()
            .any(|other| known.class(other, class) == Known::Accepted)
    };
    let wanted =
        |class: &Class| known.class(version, *class) == Known::Unsettled && !anywhere(*class);
    let weak: Vec<Class> = WEAK.into_iter().filter(wanted).collect();
    let mut groups: Vec<Vec<Class>> = COMMON.into_iter().filter(wanted).map(|c| vec![c]).collect();
    if !weak.is_empty() {
        groups.push(weak);
    }
    let open = known.open(version);
    let asks = groups.into_iter().map(|classes| {
        let fits = |suite: &CipherSuite| classes.iter().any(|class| suite.is(*class));
        let suites = open.iter().copied().filter(fits).collect();
        ask(Question::Class, Offer::new(version, worst_first(suites)))
    });
    asks.collect()
}

/// Likely suites one by one, the others in a few parts, each of which yields one suite a round.
fn enumerate(known: &Ledger, version: Version) -> Vec<Ask> {
    let accepted = known.accepted(version);
    let kin = |suite: &CipherSuite| {
        accepted
            .iter()
            .any(|taken| taken.authentication() == suite.authentication())
    };
    let likely = |suite: &CipherSuite| {
        kin(suite) && (suite.is_modern_tls12() || suite.is_tls13() || LIKELY.contains(&suite.id()))
    };
    let (singles, others): (Vec<_>, Vec<_>) = known.open(version).into_iter().partition(likely);
    let rare = accepted.iter().filter(|suite| !likely(suite)).count();
    let parts = rare.clamp(1, 6);
    let singles = singles.into_iter().map(|suite| vec![suite.id()]);
    let others = (0..parts).map(|part| {
        let every = others.iter().skip(part).step_by(parts);
        every.map(|suite| suite.id()).collect::<Vec<_>>()
    });
    singles
        .chain(others)
        .filter(|suites| !suites.is_empty())
        .map(|suites| {
            let offer = if version == Version::Tls13 {
                tls13(suites)
            } else {
                Offer::new(version, suites)
            };
            ask(Question::Enumerate, offer)
        })
        .collect()
}

#[cfg(test)]
mod tests;
