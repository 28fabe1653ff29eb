//! What is wrong in the user's file: where, why, and how to mend it, in one look.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::place::Place;
use crate::model::Untrusted;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is audited.
    Error,
    /// The audit runs; something in the file has no effect.
    Warning,
}

/// One fault, or one doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// What is wrong, in one line.
    pub message: String,
    /// Where; `None` when it is about the whole input.
    pub place: Option<Place>,
    /// A word beside the carets.
    pub label: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at `place`.
    #[must_use]
    pub fn error(place: Option<Place>, message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            message: message.into(),
            place,
            label: None,
            help: None,
        }
    }

    /// A warning at `place`.
    #[must_use]
    pub fn warning(place: Option<Place>, message: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            ..Self::error(place, message)
        }
    }

    /// With a word beside the carets.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// With the mend.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What a file holds may have been written by anybody, and the words come from it in part: its
    /// keys, names and values are shown as a peer's text is.
    fn render(&self, paint: Paint) -> String {
        let (word, code) = match self.level {
            Level::Error => ("error", "31"),
            Level::Warning => ("warning", "33"),
        };
        let mut out = format!(
            "{}{}\n",
            paint.wrap(&format!("1;{code}"), word),
            paint.wrap("1", &format!(": {}", harmless(&self.message))),
        );
        let margin = self.place.as_ref().map_or(1, Place::margin);
        if let Some(place) = &self.place {
            let label = self.label.as_deref().map(harmless);
            out.push_str(&excerpt(place, label.as_deref(), code, paint));
        }
        if let Some(help) = &self.help {
            let bar = paint.wrap("1;34", "=");
            let title = paint.wrap("1", "help");
            let lines = help.lines().map(harmless);
            let lines = lines.flat_map(|line| wrapped(&line, HELP_WIDTH));
            for (index, line) in lines.enumerate() {
                let _ = match index {
                    0 => writeln!(out, "{:margin$} {bar} {title}: {line}", ""),
                    _ => writeln!(out, "{:margin$}         {line}", ""),
                };
            }
        }
        out
    }
}

fn harmless(text: &str) -> String {
    Untrusted::from(text).terminal()
}

/// Columns of help on one line; with the margin it fits a terminal of 80.
const HELP_WIDTH: usize = 66;

/// A line in pieces of at most `width` columns, broken at spaces, but not where `code` stands: it
/// is there to be copied.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut in_code = false;
    let breaks = |c: char| {
        in_code ^= c == '`';
        c == ' ' && !in_code
    };
    let mut pieces: Vec<String> = Vec::new();
    for word in line.split(breaks) {
        match pieces.last_mut() {
            Some(piece) if piece.width() + 1 + word.width() <= width => {
                piece.push(' ');
                piece.push_str(word);
            }
            Some(_) | None => pieces.push(word.to_owned()),
        }
    }
    pieces
}

/// The arrow, the line as it stands in the file, and the carets.
fn excerpt(place: &Place, label: Option<&str>, code: &str, paint: Paint) -> String {
    let margin = place.margin();
    let (arrow, bar) = (paint.wrap("1;34", "-->"), paint.wrap("1;34", "|"));
    let number = paint.wrap("1;34", &format!("{:>margin$}", place.line));
    let carets = "^".repeat(place.carets());
    let marks = match label {
        Some(label) => format!("{carets} {label}"),
        None => carets,
    };
    let (indent, marks) = (place.indent(), paint.wrap(&format!("1;{code}"), &marks));
    format!(
        "{:margin$}{arrow} {place}\n{:margin$} {bar}\n{number} {bar} {}\n{:margin$} {bar} {:indent$}{marks}\n",
        "",
        "",
        place.text(),
        "",
        "",
    )
}

/// Whether escape sequences may be written.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// All that is wrong with one input, in the order in which it stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
    /// Errors that were only counted.
    more: usize,
}

impl Diagnostics {
    /// More than these are counted, not shown: the first few usually explain the rest.
    const SHOWN: usize = 40;

    /// In the order of their places; the same thing said twice is said once.
    #[must_use]
    pub fn new(mut items: Vec<Diagnostic>) -> Self {
        let position = |item: &Diagnostic| item.place.as_ref().map(|at| (at.line, at.column));
        items.sort_by_key(position);
        items.dedup();
        Self { items, more: 0 }
    }

    /// With so many further errors that were only counted.
    pub(super) fn and_more(self, more: usize) -> Self {
        Self { more, ..self }
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.items.iter()
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether any of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Level::Error) > 0
    }

    /// As text for a terminal, with escape sequences when `color`. Ends in a newline unless empty.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let shown = self.items.iter().take(Self::SHOWN);
        let mut out: String = shown.map(|item| item.render(Paint(color)) + "\n").collect();
        if !self.is_empty() {
            out.push_str(&self.tally());
        }
        out
    }

    /// `2 errors, 1 warning`, and how many of them are not shown.
    fn tally(&self) -> String {
        let counted = [(Level::Error, "error"), (Level::Warning, "warning")];
        let counted = counted
            .into_iter()
            .filter_map(|(level, word)| match self.count(level) {
                0 => None,
                1 => Some(format!("1 {word}")),
                many => Some(format!("{many} {word}s")),
            });
        let counted: Vec<String> = counted.collect();
        let hidden = match self.items.len().saturating_sub(Self::SHOWN) + self.more {
            0 => String::new(),
            more => format!(" ({more} not shown)"),
        };
        format!("{}{hidden}\n", counted.join(", "))
    }

    fn count(&self, level: Level) -> usize {
        let kept = self.items.iter().filter(|item| item.level == level).count();
        match level {
            Level::Error => kept + self.more,
            Level::Warning => kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Diagnostics};
    use crate::config::place::Text;

    #[test]
    fn a_fault_is_shown_where_it_stands() {
        let text = Text::new(
            "targets.toml",
            "[cors.app]\norigin = [\"https://a.example\"]\n",
        );
        let fault = Diagnostic::error(Some(text.place(11..17)), "unknown key `origin`")
            .label("no key of [cors]")
            .help("did you mean `origins`?");
        let expected = "\
error: unknown key `origin`
 --> targets.toml:2:1
  |
2 | origin = [\"https://a.example\"]
  | ^^^^^^ no key of [cors]
  = help: did you mean `origins`?

1 error
";
        assert_eq!(Diagnostics::new(vec![fault]).render(false), expected);
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let text = Text::new("t.toml", "a = 1");
        let fault = Diagnostic::warning(Some(text.place(0..1)), "unused").label("here");
        let all = Diagnostics::new(vec![fault]);
        let plain = regex_lite::Regex::new("\x1b\\[[0-9;]*m").unwrap();
        assert_eq!(plain.replace_all(&all.render(true), ""), all.render(false));
        assert!(all.render(true).contains("\x1b[1;33mwarning"));
    }

    #[test]
    fn order_is_that_of_the_file_and_nothing_is_said_twice() {
        let text = Text::new("t.toml", "a = 1\nb = 2\n");
        let [a, b] = [0..1, 6..7].map(|at| Diagnostic::error(Some(text.place(at)), "wrong"));
        let all = Diagnostics::new(vec![b.clone(), a.clone(), b.clone()]);
        assert!(all.iter().eq([&a, &b]));
        assert!(all.render(false).ends_with("2 errors\n"));
    }

    /// Keys, names and values that somebody else put into the file.
    #[test]
    fn nothing_in_a_file_speaks_to_a_terminal_or_a_runner() {
        for text in [
            "::error::x",
            "a\n::error::x",
            "a ::add-mask::x",
            "\r\n##[error]x",
            "\u{1b}[2J\u{9b}31m",
            "\u{202e}abc\u{2028}::warning::x",
        ] {
            let line = Text::new("t.toml", text);
            let fault = Diagnostic::error(Some(line.place(0..text.len())), format!("`{text}`"))
                .label(format!("no {text}"))
                .help(format!("there are {text}"));
            let shown = Diagnostics::new(vec![fault]).render(false);
            assert!(
                !shown.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\r']),
                "{shown}"
            );
            assert!(!shown.contains("##["), "{shown}");
            let command = |line: &str| line.trim_start().starts_with("::");
            assert!(!shown.lines().any(command), "{shown}");
        }
    }

    #[test]
    fn a_flood_is_counted() {
        let flood = (0..50).map(|n| Diagnostic::error(None, format!("fault {n}")));
        let shown = Diagnostics::new(flood.collect()).render(false);
        assert!(shown.ends_with("50 errors (10 not shown)\n"), "{shown}");
    }
}
