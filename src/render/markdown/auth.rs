//! Who is let in: a row for each protected endpoint, a column for each kind of credential.

use super::endpoints::mark;
use super::{by_service, code, prose, titled};
use crate::facts::auth::{AuthFacts, Tried};
use crate::facts::contract::Standing;
use crate::model::{Attempt, Family, Topic};
use crate::report::{Report, TargetReport};

/// A column: its head, the attempts that belong there, and the topics that they settle.
type Kind = (&'static str, fn(&Attempt) -> bool, &'static [Topic]);

/// The columns behind the request.
const KINDS: [Kind; 6] = [
    (
        "nobody",
        |one| matches!(one, Attempt::Nothing | Attempt::Empty),
        &[Topic::Refusal],
    ),
    (
        "made-up",
        |one| {
            matches!(
                one,
                Attempt::Garbage
                    | Attempt::Malformed
                    | Attempt::WrongSignature
                    | Attempt::AlgNone
                    | Attempt::AlgNoneCapital
                    | Attempt::NoSignature
            )
        },
        &[Topic::BadCredential, Topic::KnownUser, Topic::ForgedToken],
    ),
    (
        "expired",
        |one| *one == Attempt::Expired,
        &[Topic::ExpiredToken],
    ),
    (
        "another user's",
        |one| *one == Attempt::OtherUser,
        &[Topic::OtherUser],
    ),
    (
        "valid",
        |one| *one == Attempt::Valid,
        &[Topic::ValidCredential],
    ),
    (
        "other ways in",
        |one| matches!(one, Attempt::Bypass(_)),
        &[Topic::Bypass],
    ),
];

pub(super) fn section(report: &Report) -> String {
    let mut rows = Vec::new();
    for target in &report.targets {
        if let Some(auth) = target.facts.auth.known() {
            rows.extend(of_target(target, auth));
        }
    }
    let mut head = vec!["Service", "Request", "Refusal"];
    head.extend(KINDS.map(|(name, ..)| name));
    titled("Authentication", &by_service(report, &head, rows))
}

fn of_target(target: &TargetReport, auth: &AuthFacts) -> Vec<Vec<String>> {
    let mut endpoints: Vec<(usize, &str)> = Vec::new();
    for tried in &auth.attempts {
        if !endpoints.iter().any(|(index, _)| *index == tried.endpoint) {
            endpoints.push((tried.endpoint, &tried.label));
        }
    }
    let row = |(index, label): (usize, &str)| {
        let mut cells = vec![prose(&target.name), code(label), auth.wanted.to_string()];
        cells.extend(KINDS.map(|kind| cell(target, auth, (index, label), kind)));
        cells
    };
    endpoints.into_iter().map(row).collect()
}

/// The statuses, and whether a finding is about one of them, or what they were to show is open.
fn cell(
    target: &TargetReport,
    auth: &AuthFacts,
    (endpoint, label): (usize, &str),
    (_, is, topics): Kind,
) -> String {
    let tried = auth.attempts.iter();
    let tried: Vec<_> = tried
        .filter(|one| one.endpoint == endpoint && is(&one.attempt))
        .collect();
    let unseen = auth.unseen.iter();
    let mut unseen = unseen.filter(|one| one.endpoint == endpoint && is(&one.attempt));
    if tried.is_empty() {
        let sign = unseen.next().map_or("not tested", |_| "no answer ?");
        return sign.to_owned();
    }
    let failed = |one: &&Tried| {
        let mut findings = target.findings.iter();
        findings.any(|finding| {
            finding.family == Family::Auth && finding.outcome.is_failure() && finding.at == one.at
        }) || (!matches!(one.attempt, Attempt::Valid | Attempt::Bypass(_)) && one.got_in())
    };
    let mut statuses: Vec<u16> = tried.iter().map(|one| one.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
    let times = match tried.len() {
        1 => String::new(),
        several => format!(", {several} tried"),
    };
    let standing = if tried.iter().any(failed) {
        Standing::NotMet
    } else if unseen.next().is_some() || target.is_open(label, topics) {
        Standing::Open
    } else {
        Standing::Met
    };
    format!("{}{times} {}", statuses.join(", "), mark(standing))
}
