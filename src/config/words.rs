//! Values that are words: one of a few, a line of prose, a date.

use super::node::Node;
use crate::model::Timestamp;

/// One of a few words.
pub(super) fn choice<T: Copy>(node: Node<'_>, known: &[(&'static str, T)]) -> Option<T> {
    let text = node.text()?;
    if let Some((_, value)) = known.iter().find(|(word, _)| *word == text) {
        return Some(*value);
    }
    let words = known.iter().map(|(word, _)| *word);
    let help = match node.meant(text, words.clone()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!("write one of {}", listed(words)),
    };
    node.refuse(format!("unknown value {text:?}"), help)
}

/// `"a", "b" or "c"`.
fn listed(words: impl Iterator<Item = &'static str>) -> String {
    let quoted: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A text that is not empty and stays on one line.
pub(super) fn line(node: Node<'_>) -> Option<String> {
    let text = node.text()?;
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return node.refuse(
            "an empty text, or one with control characters",
            "write one line of text",
        );
    }
    Some(text.to_owned())
}

/// A date, written as TOML's own or in quotes.
pub(super) fn date(node: Node<'_>) -> Option<Timestamp> {
    let written = match node.value().as_datetime() {
        Some(date) => date.to_string(),
        None if node.value().is_str() => node.text()?.to_owned(),
        None => return node.expected("a date", "`2026-12-31`"),
    };
    let date = Timestamp::parse(&written);
    date.or_else(|| {
        node.refuse(
            format!("{written:?} is no date"),
            "write year-month-day: 2026-12-31",
        )
    })
}
