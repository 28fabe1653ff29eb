//! Which target sends which header field: the value, or that it is missing. Never a judgement.

use super::{code, prose, table, titled};
use crate::report::{Report, TargetReport};

/// The fields every launch should have thought about.
const FIELDS: &[&str] = &[
    "Strict-Transport-Security",
    "Content-Security-Policy",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Resource-Policy",
    "Cache-Control",
    "Content-Type",
    "Server",
    "X-Powered-By",
];

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
    let names: Vec<String> = targets.iter().map(|target| prose(&target.name)).collect();
    let mut head = vec!["Field"];
    head.extend(names.iter().map(String::as_str));
    let rows: Vec<Vec<String>> = FIELDS.iter().map(|name| row(name, &targets)).collect();
    titled("Headers across targets", &table(&head, &rows))
}

fn row(name: &str, targets: &[&TargetReport]) -> Vec<String> {
    let mut cells = vec![name.to_owned()];
    cells.extend(targets.iter().map(|target| {
        let value = first_page(target).and_then(|page| page.first(name));
        value.map_or_else(
            || "missing".to_owned(),
            |(_, value)| code(&shortened(&value)),
        )
    }));
    cells
}

fn first_page(target: &TargetReport) -> Option<&crate::facts::headers::Page> {
    target.facts.headers.known()?.pages.first()
}

fn shortened(value: &str) -> String {
    crate::model::Untrusted::from(value).terminal_within(CELL)
}
