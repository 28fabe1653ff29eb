//! Open questions, grouped by what would close them.

use std::collections::BTreeMap;

use crate::report::{Open, Report};

/// Open questions with one cause.
#[derive(Debug, Default)]
pub(super) struct Cause<'r> {
    /// The target's name and the question, in report order.
    pub(super) questions: Vec<(&'r str, &'r Open)>,
}

/// By what would close them; where nobody can give it, by why they are open.
#[must_use]
pub(super) fn by_cause(report: &Report) -> BTreeMap<String, Cause<'_>> {
    let mut causes: BTreeMap<String, Cause<'_>> = BTreeMap::new();
    for target in &report.targets {
        for open in target.coverage.open() {
            let cause = match &open.needs {
                Some(needs) => format!("needs {needs}"),
                None => open.said.clone(),
            };
            let cause = causes.entry(cause).or_default();
            cause.questions.push((&target.name, open));
        }
    }
    causes
}
