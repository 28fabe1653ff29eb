//! Which service sends which header field: the value, or that it is missing, and whether a finding is
//! about it.

use crate::facts::contract::Standing;
use crate::facts::headers::Page;
use crate::report::{FIELDS, Report, TargetReport};

/// One field over all services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Its name.
    pub(super) name: &'static str,
    /// The worst verdict about it; `None` for a field that no rule is about.
    pub(super) standing: Option<Standing>,
    /// Its first value in each of [`columns`], as it arrived.
    pub(super) values: Vec<Option<String>>,
}

/// The services that answered, and the page whose fields are shown.
#[must_use]
pub(super) fn columns(report: &Report) -> Vec<(&TargetReport, &Page)> {
    let targets = report.targets.iter();
    targets
        .filter_map(|target| Some((target, target.facts.headers.known()?.pages.first()?)))
        .collect()
}

/// The fields that somebody sends, or that a finding is about.
#[must_use]
pub(super) fn rows(columns: &[(&TargetReport, &Page)]) -> Vec<Row> {
    let fields = FIELDS.iter();
    fields
        .filter_map(|(name, rules)| row(name, rules, columns))
        .collect()
}

fn row(name: &'static str, rules: &[&str], columns: &[(&TargetReport, &Page)]) -> Option<Row> {
    let values = columns.iter();
    let values = values.map(|(_, page)| page.first(name).map(|(_, value)| value));
    let values: Vec<Option<String>> = values.collect();
    let about = |(target, _): &(&TargetReport, &Page)| {
        target.standing(|finding| {
            let slug = finding.rule.as_str().strip_prefix("headers/");
            slug.is_some_and(|slug| rules.iter().any(|rule| slug.starts_with(rule)))
        })
    };
    let standings: Vec<Standing> = columns.iter().map(about).collect();
    let failed = standings.contains(&Standing::NotMet);
    if !failed && values.iter().all(Option::is_none) {
        return None;
    }
    let standing = match standings.into_iter().max() {
        _ if failed => Some(Standing::NotMet),
        worst => worst.filter(|_| !rules.is_empty()),
    };
    Some(Row {
        name,
        standing,
        values,
    })
}
