//! The rules of which it is not known whether they limit the letter.

use super::cap;
use super::letter::{Letter, Open};
use crate::facts::rating::posture::{Leaf, Path, Posture};

use Letter::{A, F, T};

/// Every one of them, the worst first.
pub(super) fn all(posture: &Posture) -> Vec<Open> {
    let mut open = Vec::new();
    if let Some(leaf) = &posture.leaf {
        open.extend(path(leaf));
        let others = posture.other_leaves.iter();
        open.extend(others.filter_map(|other| other_leaf(leaf, other)));
    }
    // SSLv2, or a suite without encryption, would be the worst of them.
    let unanswered = posture.inconclusive.iter();
    open.extend(unanswered.map(|question| unknown(F, "protocol and suites", question)));
    if posture.secure_renegotiation == Some(false) {
        let question =
            "whether renegotiation is carried out in the insecure way, which is not tried";
        open.push(unknown(F, "2009c", question));
    }
    if posture.hsts.is_none() {
        open.push(unknown(
            A,
            "2009c",
            "whether HSTS is set, since no answer over HTTPS was seen",
        ));
    }
    if posture.fallback_scsv.is_none() && !posture.has_one_version() {
        let question = "whether TLS_FALLBACK_SCSV is honoured";
        open.push(unknown(A, "2009h", question));
    }
    open.sort_by_key(|open| open.limit);
    open
}

fn unknown(limit: Letter, rule: &'static str, question: impl Into<String>) -> Open {
    Open {
        limit,
        rule,
        question: question.into(),
    }
}

fn path(leaf: &Leaf) -> Option<Open> {
    let question = match leaf.path {
        Path::Trusted | Path::Untrusted => return None,
        Path::Unfinished => "whether the issuer that was not sent leads to a trust anchor",
        Path::Open => "whether the chain leads to a trust anchor",
    };
    Some(unknown(T, "certificate", question))
}

/// The guide gives one letter, and does not say which of two certificates it is for.
fn other_leaf(leaf: &Leaf, other: &Leaf) -> Option<Open> {
    let limit = |leaf: &Leaf| cap::of_leaf(leaf).into_iter().min_by_key(|cap| cap.limit);
    let worst = limit(other)?;
    let own = limit(leaf).map_or(Letter::APlus, |cap| cap.limit);
    (worst.limit < own).then(|| {
        let question = format!(
            "whether the certificate with the key {} counts: {}",
            other.key, worst.because
        );
        unknown(worst.limit, worst.rule, question)
    })
}
