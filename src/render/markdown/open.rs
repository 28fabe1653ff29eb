//! Essential questions that are open, by what would close them.

use super::{prose, table, titled};
use crate::render::open::by_cause;
use crate::report::Report;

/// As many questions of one cause are named.
const NAMED: usize = 6;

/// Nothing where everything was shown.
pub(super) fn section(report: &Report) -> String {
    let mut rows = Vec::new();
    for (cause, of) in by_cause(report) {
        let mut named: Vec<String> = of
            .questions
            .iter()
            .take(NAMED)
            .map(|(name, open)| format!("{name}, {}: {}", open.place, open.question))
            .collect();
        let more = of.questions.len().saturating_sub(NAMED);
        if more > 0 {
            named.push(format!("and {more} more"));
        }
        let count = of.questions.len().to_string();
        rows.push(vec![count, prose(&cause), prose(&named.join("; "))]);
    }
    let head = ["Open", "Why, and what would close it", "Questions"];
    titled("Open", &table(&head, &rows))
}
