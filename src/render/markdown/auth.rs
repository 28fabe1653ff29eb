//! Who is let in: a row for each protected endpoint, a column for each kind of credential.

use super::{by_service, code, prose, titled};
use crate::facts::auth::AuthFacts;
use crate::model::{Attempt, Family};
use crate::report::{Report, TargetReport};

/// A column: its head, and the attempts that belong there.
type Kind = (&'static str, fn(&Attempt) -> bool);

/// The columns behind the request.
const KINDS: [Kind; 6] = [
    ("nobody", |one| {
        matches!(one, Attempt::Nothing | Attempt::Empty)
    }),
    ("made-up", |one| {
        matches!(
            one,
            Attempt::Garbage
                | Attempt::Malformed
                | Attempt::WrongSignature
                | Attempt::AlgNone
                | Attempt::AlgNoneCapital
                | Attempt::NoSignature
        )
    }),
    ("expired", |one| *one == Attempt::Expired),
    ("another user's", |one| *one == Attempt::OtherUser),
    ("valid", |one| *one == Attempt::Valid),
    ("other ways in", |one| matches!(one, Attempt::Bypass(_))),
];

pub(super) fn section(report: &Report) -> String {
    let mut rows = Vec::new();
    for target in &report.targets {
        if let Some(auth) = target.facts.auth.known() {
            rows.extend(of_target(target, auth));
        }
    }
    let mut head = vec!["Service", "Request", "Refusal"];
    head.extend(KINDS.map(|(name, _)| name));
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
        cells.extend(KINDS.map(|(_, is)| cell(target, auth, index, is)));
        cells
    };
    endpoints.into_iter().map(row).collect()
}

/// The statuses, and whether a finding is about one of them.
fn cell(
    target: &TargetReport,
    auth: &AuthFacts,
    endpoint: usize,
    is: fn(&Attempt) -> bool,
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
    let failed = |one: &&crate::facts::auth::Tried| {
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
    let sign = if tried.iter().any(failed) {
        "✗"
    } else if unseen.next().is_some() {
        "?"
    } else {
        "✓"
    };
    format!("{}{times} {sign}", statuses.join(", "))
}
