//! What the answers so far leave open, as the next hellos.

use super::questions::{self, Ask, Depth, MOST_SUITES, ask, tls13, worst_first};
use crate::evidence::{HelloSent, Question, hellos};
use crate::wire::tls::{
    Alert, Authentication, CipherSuite, Class, FALLBACK_SCSV, Group, KeyExchange, Known, Ledger,
    Needs, Offer, Reply, Sentinel, Version,
};

/// Suites a server of TLS 1.2 or below is likely to take when it takes anything old: asked one by
/// one, all at once.
#[rustfmt::skip]
const LIKELY: [u16; 14] = [
    0xc013, 0xc014, 0xc027, 0xc028, 0xc009, 0xc00a, 0x009c, 0x009d, 0x002f, 0x0035, 0x003c, 0x003d,
    0x009e, 0x009f,
];

/// The curves that certificates have.
const CERTIFIED: [Group; 3] = [Group::SECP256R1, Group::SECP384R1, Group::SECP521R1];

/// The curves that are each asked about alone.
const COMMON_CURVES: [Group; 5] = [
    Group::X25519,
    Group::SECP256R1,
    Group::SECP384R1,
    Group::SECP521R1,
    Group::X448,
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

/// What is likely: what is known, and that what was closed on once is refused. Whether it is will be
/// seen when it is sent again; until then nothing of it is asked in other words.
fn likely(name: Option<&str>, answers: &[HelloSent]) -> Ledger {
    let mut ledger = hellos::ledger(answers, name);
    let named = |answer: &&HelloSent| answer.offer.server_name.as_deref() == name;
    for answer in answers.iter().filter(named) {
        let plain = answer.offer.plain();
        let again = |other: &HelloSent| other.attempt > 1 && other.offer == plain;
        if answer.attempt == 1 && answer.is_closed() && !answers.iter().any(again) {
            ledger.note_closing(&answer.offer);
        }
    }
    ledger
}

/// The next hellos; none once nothing is open that the depth asks for.
#[must_use]
pub(super) fn next(name: Option<&str>, depth: Depth, answers: &[HelloSent]) -> Vec<Ask> {
    let known = likely(name, answers);
    let spoken: Vec<Version> = Version::ALL
        .into_iter()
        .filter(|version| *version > Version::Ssl2)
        .filter(|version| match known.version(*version) {
            Known::Accepted => true,
            Known::Refused => false,
            Known::Unsettled => *version == Version::Tls13 && is_marked(answers),
        })
        .collect();
    let mut asks = Vec::new();
    asks.extend(newest(&known, answers));
    asks.extend(dated(&known, &spoken));
    for version in &spoken {
        if depth.every_suite {
            asks.extend(enumerate(&known, *version));
        } else if *version < Version::Tls13 {
            asks.extend(classes(&known, *version));
        }
    }
    if depth.groups && asks.is_empty() {
        asks.extend(groups(&known, &spoken));
    }
    asks.extend(fallbacks(&known, &spoken, answers));
    asks.extend(features(&known, &spoken, answers));
    for ask in &mut asks {
        ask.offer.server_name = name.map(str::to_owned);
    }
    if depth.every_suite && name.is_some() {
        asks.extend(nameless(answers));
    }
    // What was asked and settled nothing would settle nothing again.
    asks.retain(|ask| !answers.iter().any(|answer| answer.offer == ask.offer));
    asks
}

/// TLS 1.3, where no answer shows it. It is offered along with TLS 1.2 where that is spoken: then a
/// server without TLS 1.3 has something to choose, and one that dies of the offer stands out.
fn newest(known: &Ledger, answers: &[HelloSent]) -> Option<Ask> {
    let asked = |answer: &HelloSent| answer.question == Question::Tls13;
    let open = known.version(Version::Tls13) == Known::Unsettled;
    if !open || is_marked(answers) || answers.iter().any(asked) {
        return None;
    }
    let taken = known.accepted(Version::Tls12);
    Some(questions::tls13_or_12(&taken))
}

/// Without a hello of its own TLS 1.3 can be known by the mark a server leaves in the ServerHello
/// of a lower version (RFC 8446 §4.1.3).
fn is_marked(answers: &[HelloSent]) -> bool {
    let marked = |answer: &HelloSent| {
        let reply = answer.read_reply();
        let flight = reply.flight();
        flight.is_some_and(|flight| flight.hello.sentinel() == Some(Sentinel::Tls13))
    };
    answers.iter().any(marked)
}

/// A server with an old certificate has suites for it at TLS 1.2 as well.
fn dated(known: &Ledger, spoken: &[Version]) -> Option<Ask> {
    let older = |version: &Version| {
        let suites = known.accepted(*version);
        let dated = suites
            .iter()
            .any(|suite| suite.needs() == Needs::DatedCertificate);
        *version < Version::Tls12 && dated
    };
    let open = known.version(Version::Tls12) != Known::Accepted && spoken.iter().any(older);
    let wanted = |suite: &CipherSuite| {
        suite.usable_at(Version::Tls12) && suite.needs() == Needs::DatedCertificate
    };
    let suites = worst_first(CipherSuite::all().filter(wanted).collect());
    open.then(|| ask(Question::Rest, Offer::new(Version::Tls12, suites)))
}

/// Each group that is open, alone; the rare ones together first. At TLS 1.2 the certificate's own curve must be among those that
/// are offered (RFC 8422 §5.1), so beside an ECDSA certificate the group comes first of several.
fn groups(known: &Ledger, spoken: &[Version]) -> Vec<Ask> {
    let open = |group: &Group| known.group(*group) == Known::Unsettled;
    if spoken.contains(&Version::Tls13) {
        let common = COMMON_CURVES.into_iter().chain(Group::HYBRIDS).filter(open);
        let mut asks: Vec<Ask> = common.map(|group| questions::groups(vec![group])).collect();
        let rare = |group: &Group| !COMMON_CURVES.contains(group);
        let rare: Vec<Group> = Group::CLASSICAL_TLS13.into_iter().filter(rare).collect();
        let taken = rare
            .iter()
            .any(|group| known.group(*group) == Known::Accepted);
        let open: Vec<Group> = rare.into_iter().filter(open).collect();
        if taken {
            asks.extend(open.into_iter().map(|group| questions::groups(vec![group])));
        } else if !open.is_empty() {
            asks.push(questions::groups(open));
        }
        return asks;
    }
    let Some(version) = spoken.last() else {
        return Vec::new();
    };
    let ephemeral = |suite: &CipherSuite| suite.key_exchange() == KeyExchange::Ecdhe;
    let suites: Vec<_> = known
        .accepted(*version)
        .into_iter()
        .filter(ephemeral)
        .collect();
    let by_rsa = |suite: &&CipherSuite| suite.authentication() == Authentication::Rsa;
    let (suites, beside): (Vec<u16>, &[Group]) = if suites.iter().any(|suite| by_rsa(&suite)) {
        (
            suites
                .iter()
                .filter(by_rsa)
                .map(|suite| suite.id())
                .collect(),
            &[],
        )
    } else {
        (suites.iter().map(|suite| suite.id()).collect(), &CERTIFIED)
    };
    if suites.is_empty() {
        return Vec::new();
    }
    let alone = |group: Group| {
        let beside = beside.iter().copied().filter(|other| *other != group);
        let offer = Offer {
            groups: std::iter::once(group).chain(beside).collect(),
            ..Offer::new(*version, suites.clone())
        };
        ask(Question::Group, offer)
    };
    COMMON_CURVES.into_iter().filter(open).map(alone).collect()
}

/// The fallback signal at every version below the best, with suites the server takes there.
fn fallbacks(known: &Ledger, spoken: &[Version], answers: &[HelloSent]) -> Vec<Ask> {
    let decided = |version: Version| {
        let fallback = |answer: &&HelloSent| {
            answer.question == Question::Fallback && answer.offer.version == version
        };
        answers
            .iter()
            .filter(fallback)
            .any(|answer| match answer.read_reply() {
                Reply::Alert(alert) => alert.description == Alert::INAPPROPRIATE_FALLBACK,
                // Without an answer it is sent again as it is.
                Reply::Nothing | Reply::Incomplete | Reply::Flight(_) => true,
                Reply::Ssl2(_) | Reply::NotTls(_) => false,
            })
    };
    let below = spoken.split_last().map_or(&[][..], |(_, below)| below);
    let open = below.iter().filter(|version| !decided(**version));
    open.map(|version| {
        let taken = known.accepted(*version);
        let mut suites: Vec<u16> = taken.iter().map(|suite| suite.id()).collect();
        suites.push(FALLBACK_SCSV);
        ask(Question::Fallback, Offer::new(*version, suites))
    })
    .collect()
}

/// ALPN and the staple, where the hello that asks for them offered no suite the server takes.
fn features(known: &Ledger, spoken: &[Version], answers: &[HelloSent]) -> Option<Ask> {
    let version = spoken.iter().rfind(|version| **version < Version::Tls13)?;
    let seen = |answer: &HelloSent| {
        !answer.offer.alpn.is_empty() && (answer.is_taken() || !answer.is_answered())
    };
    if answers.iter().any(seen) {
        return None;
    }
    let suites = known.accepted(*version);
    Some(questions::features(*version, &suites))
}

/// A hello that was taken, without the name.
fn nameless(answers: &[HelloSent]) -> Option<Ask> {
    let asked = |answer: &HelloSent| answer.question == Question::NoName;
    if answers.iter().any(asked) {
        return None;
    }
    let taken = |answer: &&HelloSent| answer.is_taken() && answer.offer.version > Version::Ssl2;
    let mut offer = answers.iter().find(taken)?.offer.clone();
    offer.server_name = None;
    Some(ask(Question::NoName, offer))
}

/// A hello per class that is open here and not yet known to be taken at any version below TLS 1.3.
/// The weak ones go together: most servers take none of them, and one that does names one a round.
fn classes(known: &Ledger, version: Version) -> Vec<Ask> {
    // A suite of TLS 1.3 with a small block or without encryption says nothing of the versions below.
    let anywhere = |class: Class| {
        Version::ALL
            .into_iter()
            .filter(|other| *other < Version::Tls13)
            .any(|other| known.class(other, class) == Known::Accepted)
    };
    let wanted =
        |class: &Class| known.class(version, *class) == Known::Unsettled && !anywhere(*class);
    let weak: Vec<Class> = WEAK.into_iter().filter(wanted).collect();
    let mut groups: Vec<Vec<Class>> = COMMON.into_iter().filter(wanted).map(|c| vec![c]).collect();
    if !weak.is_empty() {
        groups.push(weak);
    }
    let mut open = known.open(version);
    open.retain(|suite| suite.needs() == Needs::Common);
    let asks = groups.into_iter().map(|classes| {
        let fits = |suite: &CipherSuite| classes.iter().any(|class| suite.is(*class));
        let suites = open.iter().copied().filter(fits).collect();
        let mut suites = worst_first(suites);
        suites.truncate(MOST_SUITES);
        ask(Question::Class, Offer::new(version, suites))
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
    let parts = rare.clamp(1, 6).max(others.len().div_ceil(MOST_SUITES));
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
