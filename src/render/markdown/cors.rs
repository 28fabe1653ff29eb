//! What pages of other origins may ask: each declared origin, and the foreign ones together.

use std::collections::BTreeMap;

use super::endpoints::mark;
use super::{by_service, code, prose, titled};
use crate::facts::contract::Standing;
use crate::facts::cors::{Answer, Asker, CorsFacts, Preflight};
use crate::model::{Family, Pointer, Untrusted};
use crate::report::{Report, TargetReport};

/// A row without its requests and origins: those that are answered alike share one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    standing: Standing,
    asked: &'static str,
    status: u16,
    allowed: String,
    more: [String; 3],
}

pub(super) fn section(report: &Report) -> String {
    let mut rows = Vec::new();
    let mut foreign = String::new();
    for target in &report.targets {
        if let Some(cors) = target.facts.cors.known() {
            rows.extend(declared(target, cors));
            foreign.push_str(&others(target, cors));
        }
    }
    let head = [
        "",
        "Service",
        "Request",
        "Asked",
        "Origins",
        "Status",
        "Allow-Origin",
        "Credentials",
        "Methods",
        "Headers",
    ];
    let mut body = by_service(report, &head, rows);
    if !foreign.is_empty() {
        body.push_str(&format!("\n{foreign}"));
    }
    titled("CORS", &body)
}

/// What was asked and from where, of answers that are alike.
#[derive(Default)]
struct Asked<'t> {
    requests: Vec<&'t str>,
    origins: Vec<&'t str>,
}

impl<'t> Asked<'t> {
    fn add(&mut self, request: &'t str, origin: Option<&'t str>) {
        if !self.requests.contains(&request) {
            self.requests.push(request);
        }
        let known = origin.filter(|origin| !self.origins.contains(origin));
        self.origins.extend(known);
    }
}

fn declared(target: &TargetReport, cors: &CorsFacts) -> Vec<Vec<String>> {
    let mut alike: BTreeMap<Alike, Asked<'_>> = BTreeMap::new();
    let preflights = cors.preflights.iter();
    for preflight in preflights.filter(|one| one.asker == Asker::Declared) {
        let asked = alike.entry(of_preflight(target, preflight)).or_default();
        asked.add(&preflight.endpoint, preflight.origin.as_deref());
    }
    let answers = cors.answers.iter();
    for answer in answers.filter(|one| one.asker == Asker::Declared) {
        let asked = alike.entry(of_answer(target, answer)).or_default();
        asked.add(&answer.endpoint, answer.origin.as_deref());
    }
    let row = |(alike, asked): (Alike, Asked<'_>)| {
        let origins = match asked.origins.as_slice() {
            [one] => code(one),
            several => format!("{} declared", several.len()),
        };
        let requests = match asked.requests.as_slice() {
            [first, second] => format!("{} and {}", code(first), code(second)),
            [first, rest @ ..] if !rest.is_empty() => {
                format!("{} and {} more", code(first), rest.len())
            }
            one => one.iter().map(|one| code(one)).collect(),
        };
        let [credentials, methods, headers] = alike.more;
        vec![
            mark(alike.standing).to_owned(),
            prose(&target.name),
            requests,
            alike.asked.to_owned(),
            origins,
            alike.status.to_string(),
            alike.allowed,
            credentials,
            methods,
            headers,
        ]
    };
    alike.into_iter().map(row).collect()
}

fn of_preflight(target: &TargetReport, preflight: &Preflight) -> Alike {
    Alike {
        standing: reached(at(target, &preflight.at), preflight.status),
        asked: "preflight",
        status: preflight.status,
        allowed: allowed(preflight.allow_origin.as_ref(), preflight.origin.as_deref()),
        more: [
            String::new(),
            field(preflight.allow_methods.as_ref()),
            field(preflight.allow_headers.as_ref()),
        ],
    }
}

fn of_answer(target: &TargetReport, answer: &Answer) -> Alike {
    Alike {
        standing: reached(at(target, &answer.at), answer.status),
        asked: "the answer",
        status: answer.status,
        allowed: allowed(answer.allow_origin.as_ref(), answer.origin.as_deref()),
        more: [
            field(answer.allow_credentials.as_ref()),
            String::new(),
            String::new(),
        ],
    }
}

fn at(target: &TargetReport, at: &Pointer) -> Standing {
    target.standing(|finding| finding.family == Family::Cors && finding.at == *at)
}

/// A limiter or a gateway that answers in its place has shown nothing of the service.
const fn reached(standing: Standing, status: u16) -> Standing {
    match (standing, status) {
        (Standing::Met, 429 | 502..=504) => Standing::Open,
        (standing, _) => standing,
    }
}

fn allowed(allow_origin: Option<&Untrusted>, origin: Option<&str>) -> String {
    match allow_origin {
        Some(allowed) if Some(allowed.raw()) == origin => "the origin".to_owned(),
        allowed => field(allowed),
    }
}

fn field(value: Option<&Untrusted>) -> String {
    value.map_or_else(String::new, Untrusted::markdown_code)
}

/// Foreign origins that were refused everywhere, and those that were let in.
fn others(target: &TargetReport, cors: &CorsFacts) -> String {
    let asked = cors.answers.iter();
    let asked = asked.filter(|one| one.asker.is_stranger());
    let origins: Vec<&str> = asked
        .clone()
        .filter_map(|one| one.origin.as_deref())
        .collect();
    let mut different = origins.clone();
    different.sort_unstable();
    different.dedup();
    if different.is_empty() {
        return String::new();
    }
    let mut let_in: Vec<&str> = asked
        .filter(|one| at(target, &one.at) == Standing::NotMet)
        .filter_map(|one| one.origin.as_deref())
        .collect();
    let_in.sort_unstable();
    let_in.dedup();
    let name = prose(&target.name);
    let (essential, shown) = target.coverage.counts(Family::Cors);
    let (standing, said) = match let_in.as_slice() {
        [] if shown < essential => (
            Standing::Open,
            format!("none got in, {} open", essential - shown),
        ),
        [] => (Standing::Met, "none got in".to_owned()),
        [one] => (Standing::NotMet, format!("{} got in", code(one))),
        [one, rest @ ..] => (
            Standing::NotMet,
            format!("{} and {} more got in", code(one), rest.len()),
        ),
    };
    let (sign, foreign, asked) = (mark(standing), different.len(), origins.len());
    format!("- {sign} {name}: {foreign} foreign origins in {asked} requests: {said}\n")
}
