//! What moved since an earlier run.

use colored::{ColoredString, Colorize as _};

use super::Style;
use crate::model::Untrusted;
use crate::render::drift::{Row, rows, sentence};
use crate::render::wrap::wrap;
use crate::report::Drift;

/// Columns of the word that says how something moved.
const WORD: usize = 12;

/// A line for each thing that moved.
#[must_use]
pub fn render(drift: &Drift, style: Style) -> String {
    let mut out = format!("{}\n", sentence(drift).bold());
    for row in rows(drift) {
        let target = Untrusted::from(row.target).terminal_ends_within(24);
        let said = row.said.terminal();
        let colon = if said.is_empty() { "" } else { ": " };
        let text = format!(
            "{target}: {}{colon}{said}",
            Untrusted::from(row.what.as_str()).terminal()
        );
        for (nth, line) in wrap(&text, style.width.saturating_sub(WORD))
            .iter()
            .enumerate()
        {
            let word = if nth == 0 { word(&row) } else { "".into() };
            let pad = WORD.saturating_sub(word.input.len());
            out.push_str(&format!("{word}{:pad$}{line}\n", ""));
        }
    }
    out
}

fn word(row: &Row<'_>) -> ColoredString {
    match row.change {
        "new" | "first seen" => row.change.red().bold(),
        "fixed" => row.change.green(),
        "undecided" => row.change.magenta(),
        _ => row.change.normal(),
    }
}
