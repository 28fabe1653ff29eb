//! Which service sends which header field: the value, or that it is missing, and whether a finding is
//! about it.

use super::endpoints::mark;
use super::{code, prose, table, titled};
use crate::facts::contract::Standing;
use crate::report::{FIELDS, Report, TargetReport};

/// A value longer than this is cut: the whole one is in the evidence.
const CELL: usize = 60;

pub(super) fn section(report: &Report) -> String {
    let targets: Vec<&TargetReport> = report
        .targets
        .iter()
        .filter(|target| first_page(target).is_some())
        .collect();
    if targets.is_empty() {
        return String::new();
    }
    let names: Vec<String> = targets.iter().map(|target| heading(target)).collect();
    let mut head = vec!["", "Field"];
    head.extend(names.iter().map(String::as_str));
    let rows: Vec<Vec<String>> = FIELDS
        .iter()
        .filter_map(|(name, rules)| row(name, rules, &targets))
        .collect();
    titled("Headers", &table(&head, &rows))
}

/// The service, and the page whose fields are shown.
fn heading(target: &TargetReport) -> String {
    let name = prose(&target.name);
    match first_page(target) {
        Some(page) => format!("{name}: {} {}", page.status, code(&page.label)),
        None => name,
    }
}

/// `None` for a field that nobody sends and no finding is about.
fn row(name: &str, rules: &[&str], targets: &[&TargetReport]) -> Option<Vec<String>> {
    let values: Vec<Option<String>> = targets
        .iter()
        .map(|target| first_page(target)?.first(name).map(|(_, value)| value))
        .collect();
    let about = |target: &&TargetReport| {
        target.standing(|finding| {
            let slug = finding.rule.as_str().strip_prefix("headers/");
            slug.is_some_and(|slug| rules.iter().any(|rule| slug.starts_with(rule)))
        })
    };
    let standings: Vec<Standing> = targets.iter().map(about).collect();
    let failed = standings.contains(&Standing::NotMet);
    if !failed && values.iter().all(Option::is_none) {
        return None;
    }
    let sign = match standings.iter().max() {
        _ if failed => mark(Standing::NotMet),
        Some(worst) if !rules.is_empty() => mark(*worst),
        Some(_) | None => "",
    };
    let cells = values.iter().map(|value| {
        let value = value.as_ref();
        value.map_or_else(|| "missing".to_owned(), |value| code(&shortened(value)))
    });
    let first = [sign.to_owned(), name.to_owned()];
    Some(first.into_iter().chain(cells).collect())
}

fn first_page(target: &TargetReport) -> Option<&crate::facts::headers::Page> {
    target.facts.headers.known()?.pages.first()
}

fn shortened(value: &str) -> String {
    crate::model::Untrusted::from(value).terminal_within(CELL)
}
