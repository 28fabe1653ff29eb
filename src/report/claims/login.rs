//! The login endpoint, asked by those who must not get in.

use super::{PartRow, Row, alike};
use crate::evidence::Evidence;
use crate::facts::Facts;
use crate::facts::auth::{LoginFacts, LoginTried};
use crate::facts::contract::{Checked, Part, Standing};
use crate::model::{Attempt, Login};
use crate::report::Finding;
use crate::wire::json::{Expect, wanted};

/// A row for the user nobody has, and one for the wrong password of one who exists.
pub(super) fn rows(evidence: &Evidence, facts: &Facts, findings: &[Finding]) -> Vec<Row> {
    let Some(login) = &evidence.target.login else {
        return Vec::new();
    };
    let label = format!("POST {}", login.path);
    let read = facts.auth.known().and_then(|auth| auth.login.as_ref());
    let Some(read) = read else {
        let failure = facts.auth.failure();
        let why = failure.map_or_else(
            || "not asked".to_owned(),
            |failure| super::unseen::why(facts, failure),
        );
        return vec![unseen(login, label, &why)];
    };
    let tried = read
        .tried
        .iter()
        .filter(|tried| who(&tried.attempt).is_some());
    let mut rows: Vec<Row> = tried
        .map(|tried| row(login, read, tried, facts, findings))
        .collect();
    if rows.is_empty() {
        let why = read.unseen.as_deref().unwrap_or("not asked");
        rows.push(unseen(login, label, why));
    }
    rows
}

fn unseen(login: &Login, label: String, why: &str) -> Row {
    Row {
        parts: declared(login)
            .map(|(name, wanted)| PartRow {
                standing: Standing::Open,
                name,
                wanted,
                got: "not seen".into(),
            })
            .collect(),
        ..Row::open(label, login.status.to_string(), why)
    }
}

fn who(attempt: &Attempt) -> Option<&'static str> {
    if *attempt == Attempt::UnknownUser {
        Some("a made-up user")
    } else {
        (*attempt == Attempt::WrongPassword).then_some("a wrong password")
    }
}

fn row(
    login: &Login,
    read: &LoginFacts,
    tried: &LoginTried,
    facts: &Facts,
    findings: &[Finding],
) -> Row {
    let failed = |rules: &[&str]| {
        let mut failures = findings
            .iter()
            .filter(|finding| finding.outcome.is_failure());
        failures.any(|finding| finding.at == tried.at && rules.contains(&finding.rule.as_str()))
    };
    let as_declared = read.wanted.contains(tried.status);
    // The rule names the first attempt alone; what it says holds for the others as well.
    let failed_here = failed(&["auth/login-accepts-anybody", "auth/login-status"]);
    let standing = match (failed_here, as_declared, tried.unreached) {
        (true, _, _) | (false, false, None) => Standing::NotMet,
        (false, _, Some(_)) => Standing::Open,
        (false, true, None) => Standing::Met,
    };
    let mut got = tried.status.to_string();
    if let Some(why) = tried.unreached {
        got.push_str(&format!(": {why}"));
    }
    let mut parts = parts(login, tried);
    let comparisons = facts
        .contract
        .known()
        .map_or(&[][..], |contract| &contract.comparisons);
    parts.extend(
        comparisons
            .iter()
            .filter(|one| one.at == tried.at)
            .map(alike),
    );
    if failed(&["auth/login-tells-users"]) {
        parts.push(PartRow {
            standing: Standing::NotMet,
            name: "the words".to_owned(),
            wanted: "as for a made-up user".to_owned(),
            got: "they tell who exists".into(),
        });
    }
    Row {
        standing,
        asked_as: who(&tried.attempt).unwrap_or("-"),
        at: Some(tried.at.clone()),
        parts,
        ..Row::open(read.label.clone(), read.wanted.to_string(), got)
    }
}

/// What is declared of the body: what was found of it, or that another answer came.
fn parts(login: &Login, tried: &LoginTried) -> Vec<PartRow> {
    let document = tried.checked.iter().find(|one| one.part == Part::NotJson);
    let document = document.map(|one| PartRow {
        standing: one.standing,
        name: "the body".to_owned(),
        wanted: one.wanted.clone(),
        got: one.found.clone(),
    });
    let each = declared(login).map(|(name, wanted)| {
        let mut checked = tried.checked.iter();
        let found = checked.find(|one| one.part == Part::Json && one.place == name);
        let (standing, got) = found.map_or_else(
            || (Standing::Open, "not seen".into()),
            |one: &Checked| (one.standing, one.found.clone()),
        );
        PartRow {
            standing,
            name,
            wanted,
            got,
        }
    });
    document.into_iter().chain(each).collect()
}

fn declared(login: &Login) -> impl Iterator<Item = (String, String)> {
    login.json.iter().map(|(at, assertion)| {
        let wanted = Expect::all_of(assertion).map_or_else(|_| String::new(), |all| wanted(&all));
        (at.clone(), wanted)
    })
}
