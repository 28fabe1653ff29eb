//! The shape of a block: a title, and labelled lines under it.

use colored::{ColoredString, Colorize as _};

use crate::model::Untrusted;
use crate::render::wrap::wrap;

/// How far the lines under a finding are indented.
pub(super) const INDENT: usize = 10;

/// The first line of a block, behind an empty one: a word, the target, and the rule.
pub(super) fn titled(word: &ColoredString, target: &str, rule: &str) -> String {
    let name = Untrusted::from(target).terminal_ends_within(24);
    let pad = INDENT.saturating_sub(word.input.len());
    let title = format!("{name}  {rule}").bold();
    format!("\n{word}{:pad$}{title}\n", "")
}

/// `label  text`, the text wrapped under itself.
pub(super) fn labelled(label: &str, text: &str, width: usize) -> String {
    let lead = if label.is_empty() { INDENT } else { INDENT + 6 };
    let mut out = String::new();
    for (nth, line) in wrap(text, width.saturating_sub(lead)).iter().enumerate() {
        let label = if nth == 0 && !label.is_empty() {
            label
        } else {
            ""
        };
        let pad = lead - INDENT;
        out.push_str(&format!(
            "{:INDENT$}{}{line}\n",
            "",
            format!("{label:<pad$}").dimmed()
        ));
    }
    out
}
