//! Where in a text something stands, and the line around it.

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::model::{Source, Untrusted};

/// Columns of context kept before and after what is marked.
const CONTEXT: usize = 60;

/// A text under a name, with its lines found.
pub(super) struct Text<'t> {
    name: &'t str,
    whole: &'t str,
    /// Byte offsets at which lines start.
    starts: Vec<usize>,
}

impl<'t> Text<'t> {
    /// Takes the name as the user gave it.
    pub(super) fn new(name: &'t str, text: &'t str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(after_breaks).collect();
        Self {
            name,
            whole: text,
            starts,
        }
    }

    /// The name.
    pub(super) fn name(&self) -> &'t str {
        self.name
    }

    /// The place of a range of bytes. What lies outside the text is put at its end, and a range
    /// over several lines is marked to the end of its first.
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        self.excerpt(range, str::to_owned)
    }

    /// The same, with the marked part hidden: it may be a secret.
    pub(super) fn place_hidden(&self, range: Range<usize>) -> Place {
        self.excerpt(range, |_| "«hidden»".to_owned())
    }

    /// The same, showing no value of a line that has to do with secrets: where a file cannot be
    /// read, nobody knows which of them is one.
    pub(super) fn place_unread(&self, range: Range<usize>) -> Place {
        let mut place = self.place(range);
        let suspicious = ["token", "secret", "password", "auth", "cookie", "key"];
        let line = place.text().to_ascii_lowercase();
        if suspicious.iter().any(|word| line.contains(word)) {
            if place.before.contains('=') {
                place.before = without_value(&place.before);
                place.marked.clear();
            }
            place.marked = without_value(&place.marked);
            place.after.clear();
        }
        place
    }

    /// For [`Target::source`](crate::model::Target::source).
    pub(super) fn source(&self, at: usize) -> Source {
        let place = self.place(at..at);
        Source {
            file: place.file,
            line: u32::try_from(place.line).unwrap_or(u32::MAX),
            column: u32::try_from(place.column).ok(),
        }
    }

    fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at) - 1
    }

    fn excerpt(&self, range: Range<usize>, show: fn(&str) -> String) -> Place {
        let start = floor(self.whole, range.start);
        let end = floor(self.whole, range.end.max(start));
        let line = self.line_of(start);
        let first = self.starts.get(line).copied().unwrap_or(0);
        let rest = self.whole.get(first..).unwrap_or_default();
        let whole = rest.lines().next().unwrap_or_default();
        let end_of_line = first + whole.len();
        let piece = |from: usize, to: usize| self.whole.get(from..to).unwrap_or_default();
        let (start, end) = (start.min(end_of_line), end.min(end_of_line));
        Place {
            file: self.name.to_owned(),
            line: line + 1,
            column: piece(first, start).chars().count() + 1,
            before: last_columns(piece(first, start)),
            marked: first_columns(&show(piece(start, end))),
            after: first_columns(piece(end, end_of_line)),
        }
    }
}

/// A place in a named text, with its line cut to what a screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the text.
    pub file: String,
    /// One-based.
    pub line: usize,
    /// One-based, in characters.
    pub column: usize,
    before: String,
    marked: String,
    after: String,
}

impl Place {
    /// Columns the line number takes.
    pub(super) fn margin(&self) -> usize {
        self.line.to_string().len()
    }

    /// The line.
    pub(super) fn text(&self) -> String {
        format!("{}{}{}", self.before, self.marked, self.after)
    }

    /// Columns before the carets.
    pub(super) fn indent(&self) -> usize {
        self.before.width()
    }

    /// How many carets; at least one, so that the end of a line can be pointed at.
    pub(super) fn carets(&self) -> usize {
        self.marked.width().max(1)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = Untrusted::from(self.file.as_str()).terminal();
        write!(f, "{file}:{}:{}", self.line, self.column)
    }
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One line as a terminal may see it: tabs have a fixed width, controls are visible.
fn shown(text: &str) -> String {
    Untrusted::from(text.replace('\t', "    ")).terminal()
}

fn first_columns(text: &str) -> String {
    let mut kept: String = text.chars().take(CONTEXT).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    shown(&kept)
}

fn last_columns(text: &str) -> String {
    let surplus = text.chars().count().saturating_sub(CONTEXT);
    let kept: String = text.chars().skip(surplus).collect();
    let mark = if surplus > 0 { "…" } else { "" };
    format!("{mark}{}", shown(&kept))
}

/// The text up to and including its first equals sign, the rest hidden.
fn without_value(text: &str) -> String {
    match text.split_once('=') {
        Some((key, _)) => format!("{key}= «hidden»"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, Text};
    use proptest::prelude::*;

    /// A text, a range of bytes, then line, column, carets and what they stand under.
    #[rustfmt::skip]
    const CASES: &[(&str, Range<usize>, [usize; 4])] = &[
        ("abc",           1..2,   [1, 2, 1, 1]),
        ("abc\ndef",      4..7,   [2, 1, 3, 0]),
        ("abc\r\ndef",    5..6,   [2, 1, 1, 0]),
        ("abc\n",         4..4,   [2, 1, 1, 0]),
        ("abc",           9..12,  [1, 4, 1, 3]),  // behind the end
        ("ab\ncd\nef",    1..7,   [1, 2, 1, 1]),  // over three lines
        ("日本 = 1",       0..6,   [1, 1, 4, 0]),  // two columns each
        ("\ta = 1",       1..2,   [1, 2, 1, 4]),  // a tab is four columns
        ("é",             1..1,   [1, 1, 1, 0]),  // inside a character
    ];

    #[test]
    fn places_are_found() {
        for (text, range, expected) in CASES {
            let place = Text::new("t", text).place(range.clone());
            let found = [place.line, place.column, place.carets(), place.indent()];
            assert_eq!(found, *expected, "{text:?} {range:?}");
        }
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let text = format!("{}HERE{}", "a".repeat(500), "b".repeat(500));
        let place = Text::new("t", &text).place(500..504);
        assert_eq!(place.text().chars().count(), 1 + 60 + 4 + 60 + 1);
        assert_eq!(place.column, 501);
    }

    #[test]
    fn secrets_are_hidden() {
        let text = "token = \"hunter2\" # mine";
        let hidden = Text::new("t", text).place_hidden(8..17);
        assert_eq!(hidden.text(), "token = «hidden» # mine");
        let unread = Text::new("t", text).place_unread(12..12);
        assert!(!unread.text().contains("unter2"), "{}", unread.text());
    }

    proptest! {
        #[test]
        fn any_range_of_any_text_has_a_place(text in "(?s).{0,80}", a in 0_usize..120, b in 0_usize..120) {
            let place = Text::new("t", &text).place(a..b);
            prop_assert!(place.line >= 1 && place.carets() >= 1);
        }
    }
}
