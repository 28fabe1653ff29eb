//! Declared limits on requests, and what a burst found.

use super::endpoints::mark;
use super::{by_service, code, prose, titled};
use crate::report::Report;

pub(super) fn section(report: &Report) -> String {
    let rows = report.targets.iter().flat_map(|target| {
        target.limits.iter().map(|limit| {
            vec![
                mark(limit.standing).to_owned(),
                prose(&target.name),
                code(&limit.request),
                limit.declared.clone(),
                prose(&limit.advertised),
                prose(&limit.found),
                prose(limit.answer.raw()),
            ]
        })
    });
    let head = [
        "",
        "Service",
        "Request",
        "Declared",
        "Advertised",
        "Found",
        "Answer",
    ];
    titled("Rate limits", &by_service(report, &head, rows.collect()))
}
