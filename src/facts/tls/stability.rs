//! Whether a server answers alike each time, and which hellos it cannot take.

use std::collections::BTreeMap;

use super::answers::{Answer, Answers};
use super::differences::{self, Difference};
use crate::evidence::hellos::fares_better;
use crate::evidence::{Evidence, Purpose, Question, TlsEvidence};
use crate::model::Pointer;
use crate::wire::tls::{CipherSuite, Extra, Known, Reply, Version};

const ALPN: &str = "ALPN: clients that offer h2 and http/1.1 get no answer";

/// How steady the answers are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stability {
    /// Versions at which one question was answered yes and no.
    pub contradictions: Vec<Version>,
    /// What was not alike in all answers.
    pub differences: Vec<Difference>,
    /// How the same hello was answered when it was repeated, with how often.
    pub split: BTreeMap<String, usize>,
    /// Hellos that had to be sent twice, because the first one was not answered.
    pub revived: usize,
    /// Hellos that were not answered the second time either, closing to refuse them aside.
    pub dead: usize,
    /// What a hello may not contain if it is to be answered.
    pub intolerances: Vec<Intolerance>,
}

/// Something every server must ignore or take, and this one dies of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intolerance {
    /// What it is, in words.
    pub to: &'static str,
    /// The hello that died.
    pub at: Pointer,
}

pub(super) fn read(evidence: &Evidence, tls: &TlsEvidence, answers: &Answers) -> Stability {
    let mut split = BTreeMap::new();
    for answer in answers.to(Question::Repeat) {
        *split.entry(word(answer)).or_insert(0) += 1;
    }
    let again = answers.all.iter().filter(|answer| answer.sent.attempt > 1);
    let (revived, dead): (Vec<_>, Vec<_>) = again
        .filter(|answer| !answer.closed && answer.sent.question != Question::Tolerance)
        .partition(|answer| answer.reply.is_answer());
    Stability {
        contradictions: answers.ledger.contradictions(),
        differences: differences::read(evidence, tls, answers),
        split,
        revived: revived.len(),
        dead: dead.len(),
        intolerances: intolerances(tls, answers),
    }
}

fn word(answer: &Answer) -> String {
    match &answer.reply {
        Reply::Flight(flight) => {
            let version = flight.hello.version().map_or("?", Version::name);
            format!("{version} {}", CipherSuite::name_of(flight.hello.suite))
        }
        Reply::Alert(alert) => alert.to_string(),
        Reply::Ssl2(_) => "SSLv2".to_owned(),
        Reply::NotTls(_) => "no TLS".to_owned(),
        Reply::Nothing | Reply::Incomplete => "no answer".to_owned(),
    }
}

/// What a server cannot take: the same hello was answered without it, and never with it.
fn intolerances(tls: &TlsEvidence, answers: &Answers) -> Vec<Intolerance> {
    let tested = answers.to(Question::Tolerance);
    let mut found: Vec<Intolerance> = Vec::new();
    for answer in tested.chain(answers.to(Question::Tls13)) {
        if let Some(to) = cannot_take(tls, answers, answer)
            && found.iter().all(|known| known.to != to)
        {
            let at = answer.at.clone();
            found.push(Intolerance { to, at });
        }
    }
    // Behind a HelloRetryRequest only handshakes show it: two failed with ALPN, and none without.
    if tls.further(&Purpose::WithoutAlpn).is_some() && found.is_empty() {
        found.push(Intolerance {
            to: ALPN,
            at: Pointer("/tls/seen/handshake".to_owned()),
        });
    }
    found
}

fn cannot_take(tls: &TlsEvidence, answers: &Answers, answer: &Answer) -> Option<&'static str> {
    let offer = &answer.sent.offer;
    let speaks_tls12 = answers.version(Version::Tls12) == Known::Accepted;
    let is_plain = offer.extras().next().is_none();
    if is_plain && offer.and_tls12 && speaks_tls12 {
        let refused = answer.closed || matches!(answer.reply, Reply::Alert(_));
        return refused.then_some("every hello that offers TLS 1.3: no browser of today gets in");
    }
    let better = |extra: &Extra| fares_better(&tls.hellos, &offer.without(*extra), offer);
    Some(match offer.extras().find(better)? {
        Extra::Grease => "values reserved to be ignored (GREASE)",
        Extra::Size => "hellos of more than one TCP segment",
        Extra::StatusRequest => {
            "status_request: clients that ask for a stapled response, as browsers do, get no answer"
        }
        Extra::Alpn => ALPN,
        // No client of today sends it.
        Extra::Unusual => return None,
    })
}
