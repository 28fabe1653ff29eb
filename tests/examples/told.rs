//! What the report for people tells of each claim: that it holds, with its value, or that it does not.

use std::collections::{BTreeMap, BTreeSet};

use super::embedded::{self, report};
use super::replica::{System, observed};
use super::{FAMILIES, SYSTEMS, assert_none, side_by_side};
use seaworthy::facts::contract::Standing;
use seaworthy::model::{Endpoint, Target};
use seaworthy::render::markdown;
use seaworthy::render::terminal::{self, Style};
use seaworthy::report::TargetReport;

/// Where a row and the findings about its request say different things of it, if they do.
pub(crate) fn disagreement(target: &TargetReport) -> Option<String> {
    // Limits and what a burst met have a table of their own.
    let of_rows = |rule: &str| {
        rule.starts_with("contract/") && !rule.contains("rate-") && !rule.contains("retry-after")
    };
    let failures = target.failures().filter(|one| of_rows(one.rule.as_str()));
    let found: BTreeSet<&str> = failures.filter_map(|one| one.endpoint.as_deref()).collect();
    let failed = |row: &&seaworthy::report::claims::Row| {
        matches!(row.whole(), Standing::NotMet | Standing::NearAlert)
    };
    let told: BTreeSet<&str> = target
        .claims
        .iter()
        .filter(failed)
        .map(|row| row.request.as_str())
        .collect();
    let of_auth = |request: &&&str| {
        let mut findings = target
            .failures()
            .filter(|one| one.rule.as_str().starts_with("auth/"));
        findings.any(|one| one.endpoint.as_deref() == Some(**request))
    };
    let silent: Vec<_> = found.difference(&told).collect();
    let unfounded: Vec<_> = told
        .difference(&found)
        .filter(|one| !of_auth(one))
        .collect();
    (!silent.is_empty() || !unfounded.is_empty()).then(|| {
        format!(
            "{}: no ✗ beside {silent:?}, no finding beside the ✗ of {unfounded:?}",
            target.name
        )
    })
}

/// A line of the endpoint table: its sign, what it is about, and what was found.
struct Line {
    sign: String,
    about: String,
    got: String,
}

/// The lines of each request, the request's own first.
type Told = BTreeMap<(String, String), Vec<Line>>;

/// The endpoint table of a report, read back.
fn endpoints(markdown: &str, only: &str) -> Told {
    let section = markdown.split("## Endpoints\n").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let (mut told, mut current) = (Told::new(), (String::new(), String::new()));
    let has_service = section.contains("| Service |");
    for line in section
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
    {
        let mut cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        if !has_service {
            cells.insert(1, only);
        }
        let [sign, service, about, _, _, got, ..] = cells.as_slice() else {
            continue;
        };
        let part = about.strip_prefix("└ ");
        // A note may stand behind the request.
        let about = part.unwrap_or(about).split('`').nth(1);
        let about = about.unwrap_or_default().to_owned();
        if part.is_none() {
            current = ((*service).to_owned(), about.clone());
        }
        let (sign, got) = ((*sign).to_owned(), (*got).to_owned());
        told.entry(current.clone())
            .or_default()
            .push(Line { sign, about, got });
    }
    told
}

/// What is declared of one target: each request, and the names of what is declared of its answer.
fn declared(target: &Target) -> Vec<(String, Vec<String>)> {
    let parts = |endpoint: &Endpoint| {
        let mut parts: Vec<String> = endpoint
            .json
            .keys()
            .chain(endpoint.headers.keys())
            .cloned()
            .collect();
        // The whole document is the empty pointer (RFC 6901 §5).
        parts
            .iter_mut()
            .filter(|part| part.is_empty())
            .for_each(|part| part.push_str("the document"));
        let sizes = endpoint.bytes.is_some() || endpoint.max_bytes.is_some();
        let times = endpoint.max_time.is_some() || endpoint.max_over_network.is_some();
        let more = [
            (endpoint.body.is_some(), "the body"),
            (sizes, "the size"),
            (times, "the time"),
            (endpoint.documents, "OpenAPI"),
        ];
        parts.extend(
            more.iter()
                .filter(|(is, _)| *is)
                .map(|(_, name)| (*name).to_owned()),
        );
        parts.extend(endpoint.same_as.iter().map(|other| format!("as {other}")));
        parts
    };
    let endpoints = target
        .endpoints
        .iter()
        .map(|endpoint| (endpoint.label(), parts(endpoint)));
    let absent = target
        .absent
        .iter()
        .map(|path| (format!("GET {path}"), Vec::new()));
    let refused = target.wrong_method.iter();
    let refused =
        refused.map(|(method, path)| (format!("{method} {path}"), vec!["Allow".to_owned()]));
    let login = target.login.iter().map(|login| {
        let mut parts: Vec<String> = login.json.keys().cloned().collect();
        parts.extend(login.same_as.iter().map(|other| format!("as {other}")));
        (format!("POST {}", login.path), parts)
    });
    let of_the_run = [
        (target.cold_start.is_some(), "the first answer"),
        (target.max_error_rate.is_some(), "all requests of this run"),
    ];
    let of_the_run = of_the_run.into_iter().filter(|(is, _)| *is);
    endpoints
        .chain(of_the_run.map(|(_, row)| (row.to_owned(), Vec::new())))
        .chain(absent)
        .chain(refused)
        .chain(login)
        .collect()
}

#[test]
fn every_claim_of_a_good_replica_is_told_with_its_value() {
    assert_none(side_by_side(SYSTEMS.iter(), |system| untold(system)));
}

const NARROW: Style = Style {
    width: 80,
    color: false,
    verbose: false,
    unicode: true,
};

/// The verdict and the services are read without scrolling.
fn at_a_glance(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let first: Vec<&str> = text.split("\n\n").take(3).collect();
    let lines = first.join("\n\n").lines().count();
    if lines > 24 {
        faults.push(format!("{lines} lines before what is to be done:\n{text}"));
    }
    if text.contains("\n\n\n") {
        faults.push(format!("two empty lines in a row:\n{text}"));
    }
    let wide = text.lines().filter(|line| line.chars().count() > 80);
    faults.extend(wide.map(|line| format!("too long: {line}")));
    faults
}

fn untold(system: &'static System) -> Vec<String> {
    let families = [FAMILIES, &["latency"]].concat();
    let evidence = observed(system, "none", &families, &["thorough"]).0;
    let report = report(&evidence);
    let markdown = markdown::render(&report);
    let most = (12_000 + 16_000 * (evidence.len() - 1)).min(60_000);
    let mut faults = at_a_glance(&terminal::render(&report, &[], NARROW));
    faults.extend(evidence.iter().filter_map(|one| {
        let alone = markdown::render(&embedded::report(std::slice::from_ref(one)));
        let length = alone.len();
        (length > 12_000).then(|| format!("{} alone has {length} bytes", one.target.name))
    }));
    if markdown.len() > most {
        faults.push(format!(
            "{} bytes for {} services",
            markdown.len(),
            evidence.len()
        ));
    }
    for one in &evidence {
        let target = &one.target;
        let told = endpoints(&markdown, &target.name);
        for (request, parts) in declared(target) {
            let endpoint = target
                .endpoints
                .iter()
                .find(|endpoint| endpoint.label() == request);
            // What may change something is not sent, and said to be open.
            let sent = endpoint.is_none_or(|endpoint| !endpoint.is_mutating());
            let wanted = if sent { "✓" } else { "?" };
            let key = (target.name.clone(), request);
            let Some(lines) = told.get(&key) else {
                faults.push(format!("{key:?} has no row"));
                continue;
            };
            let names = std::iter::once(&key.1).chain(&parts);
            for name in names {
                let line = lines.iter().find(|line| line.about == *name);
                match line {
                    Some(line) if line.sign == wanted && !line.got.is_empty() => {}
                    Some(line) => {
                        faults.push(format!("{key:?} {name}: {} {}", line.sign, line.got));
                    }
                    None => faults.push(format!("{key:?} has no row for {name}")),
                }
            }
        }
    }
    faults
}
