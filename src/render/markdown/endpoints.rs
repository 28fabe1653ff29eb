//! Everything that is declared of endpoints, met or not: a row for each request, and under it one
//! for each thing declared of the answer.

use super::{code, prose, table, titled};
use crate::facts::contract::Standing;
use crate::model::Untrusted;
use crate::report::claims::{PartRow, Row};
use crate::report::{Report, TargetReport};

/// A longer value is cut: the whole one is in the evidence.
const CELL: usize = 80;

pub(super) fn section(report: &Report) -> String {
    let several = report.targets.len() > 1;
    let mut rows = Vec::new();
    for target in &report.targets {
        for row in &target.claims {
            rows.push(of_request(row, target, several));
            rows.extend(row.parts.iter().map(|part| of_part(part, several)));
        }
    }
    let mut head = vec![
        "", "Service", "Request", "Asked as", "Wanted", "Got", "Size", "Time",
    ];
    if !several {
        head.remove(1);
    }
    titled("Endpoints", &table(&head, &rows))
}

fn of_request(row: &Row, target: &TargetReport, several: bool) -> Vec<String> {
    let mut cells = vec![mark(row.standing).to_owned()];
    cells.extend(several.then(|| prose(&target.name)));
    cells.extend([
        request(row),
        row.asked_as.to_owned(),
        prose(&row.wanted),
        short(&row.got),
        row.size
            .map_or_else(String::new, |size| format!("{} B", size.0)),
        row.took.map_or_else(String::new, |took| took.to_string()),
    ]);
    cells
}

/// With what the target file says about it.
fn request(row: &Row) -> String {
    let request = code(&row.request);
    let note = row.note.as_ref().map(|note| prose(note));
    note.map_or(request.clone(), |note| format!("{request} {note}"))
}

fn of_part(part: &PartRow, several: bool) -> Vec<String> {
    let mut cells = vec![mark(part.standing).to_owned()];
    cells.extend(several.then(String::new));
    cells.extend([
        format!("└ {}", code(&part.name)),
        String::new(),
        prose(&part.wanted),
        short(&part.got),
        String::new(),
        String::new(),
    ]);
    cells
}

fn short(text: &Untrusted) -> String {
    prose(&text.terminal_within(CELL))
}

pub(super) const fn mark(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "✓",
        Standing::NearAlert => "⚠",
        Standing::NotMet => "✗",
        Standing::Open => "?",
    }
}
