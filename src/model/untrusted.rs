//! Text a peer had a hand in.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

/// Text that came from a peer, whole or in part. It has no `Display`: to show it, choose the sink,
/// and the sink's own escaping is applied.
///
/// Serialising keeps it verbatim, which is right for JSON (the encoder escapes) and for evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// From bytes off the wire: UTF-8 as it is, anything else byte by byte as Latin-1, which is
    /// how field values are decoded (Fetch, "isomorphic decode") and loses nothing.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        })
    }

    /// The text itself: to parse it, or to build another `Untrusted` around it. Never to print it.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// For a terminal, or any plain log: one line, no control, bidi or invisible character
    /// survives, and no CI system reads a command in it.
    #[must_use]
    pub fn terminal(&self) -> String {
        defuse_workflow_commands(&visible(&self.0))
    }

    /// The same line by line, for a text of ours with words of others in it: a line feed in those is
    /// to be shown before they are put into the text.
    #[must_use]
    pub fn terminal_lines(&self) -> String {
        let line = |line: &str| Self::from(line).terminal() + "\n";
        self.0.lines().map(line).collect()
    }

    /// Like [`Self::terminal`], cut to `width` columns with an ellipsis.
    #[must_use]
    pub fn terminal_within(&self, width: usize) -> String {
        cut(&self.terminal(), width)
    }

    /// Like [`Self::terminal_within`], cut in the middle: names that begin alike often end apart.
    #[must_use]
    pub fn terminal_ends_within(&self, width: usize) -> String {
        let text = self.terminal();
        if columns(text.chars()) <= width {
            return text;
        }
        let tail: String = text.chars().rev().collect();
        let tail: String = fitting(&tail, width / 2).chars().rev().collect();
        let room = width.saturating_sub(columns(tail.chars()) + 1);
        format!("{}…{tail}", fitting(&text, room))
    }

    /// For Markdown prose: nothing in it can become markup, a link, a mention, a reference to a
    /// ticket, or a table border.
    ///
    /// Mentions, references and bare links are found in the text that comes out of the Markdown
    /// (GitHub's and GitLab's filters run over the HTML; so do the e-mail links of GitHub Flavored
    /// Markdown §6.9): an escape or an entity for `@` or `#` comes out as that character again. So
    /// they are broken up by a zero-width space, as an entity that is seen in the source.
    #[must_use]
    pub fn markdown(&self) -> String {
        let text = self.terminal();
        let mut out = String::new();
        for (at, c) in text.char_indices() {
            match c {
                '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                    out.push('\\');
                    out.push(c);
                }
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                _ => out.push(c),
            }
            let (before, behind) = text.split_at_checked(at + c.len_utf8()).unwrap_or_default();
            if comes_alive(before, behind) {
                out.push_str(BREAK);
            }
        }
        out
    }

    /// For Markdown, as a code span whose fence is longer than any run of backticks inside, and
    /// whose pipes do not end a table cell.
    #[must_use]
    pub fn markdown_code(&self) -> String {
        let text = self.terminal();
        if text.is_empty() {
            return "(empty)".to_owned();
        }
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest + 1);
        let pad = if text.starts_with('`') || text.ends_with('`') {
            " "
        } else {
            ""
        };
        format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
    }

    /// For XML character data and attribute values. XML 1.0 has no escape for most controls, so
    /// they are made visible first.
    #[must_use]
    pub fn xml(&self) -> String {
        let mut out = String::new();
        for c in self.terminal().chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&apos;"),
                '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
                _ => out.push(c),
            }
        }
        out
    }
}

/// A zero-width space that is seen in the source of Markdown.
const BREAK: &str = "&#8203;";

/// What makes a link of what stands behind it (GFM §6.9), in any case.
const LINK_STARTS: [&str; 6] = ["http:", "https:", "ftp:", "mailto:", "xmpp:", "www."];

/// Whether a renderer of Markdown makes more of `behind` because `before` stands before it: mentions
/// (`@`), tickets (`#`, `GH-`), GitLab's merge requests, labels, milestones, snippets and epics
/// (`!`, `~`, `%`, `$`, `&`), and bare links.
fn comes_alive(before: &str, behind: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '-');
    if before.ends_with(['@', '#', '!', '~', '%', '$', '&']) {
        return behind.starts_with(name);
    }
    if before.ends_with("GH-") {
        return behind.starts_with(|c: char| c.is_ascii_digit());
    }
    let starts = |start: &&str| {
        let from = before.len().checked_sub(start.len());
        let end = from.and_then(|from| before.get(from..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(start))
    };
    LINK_STARTS.iter().any(starts) || (before.ends_with(':') && behind.starts_with("//"))
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Controls, bidi overrides, zero-width characters and line separators as visible escapes.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c) {
            code @ (0..0x20 | 0x7f) => {
                let _ = write!(out, "\\x{code:02x}");
            }
            code if is_invisible(c) => {
                let _ = write!(out, "\\u{{{code:x}}}");
            }
            _ => out.push(c),
        }
    }
    out
}

/// Whether a character beyond ASCII's controls is not seen itself, or steers what is shown: other
/// controls, line separators, annotations, the blank of Braille, and all that Unicode calls
/// `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt), bidi overrides and variation
/// selectors among them.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        u32::from(c),
        0x7f..0xa0
            | 0xad
            | 0x34f
            | 0x61c
            | 0x115f..=0x1160
            | 0x17b4..=0x17b5
            | 0x180b..=0x180f
            | 0x200b..=0x200f
            | 0x2028..=0x202e
            | 0x2060..=0x206f
            | 0x2800
            | 0x3164
            | 0xfe00..=0xfe0f
            | 0xfeff
            | 0xffa0
            | 0xfff0..=0xfffb
            | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a
            | 0xe0000..=0xe0fff
    )
}

/// GitHub's, Azure's and TeamCity's runners execute these markers; the first two anywhere in a line.
pub const WORKFLOW_COMMANDS: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// GitHub's runner takes a line for a command that begins with `::` and one of these names, blanks
/// before it or not (docs.github.com, "Workflow commands").
#[rustfmt::skip]
const GITHUB_COMMANDS: [&str; 15] = [
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
    "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
];

fn defuse_workflow_commands(text: &str) -> String {
    let mut out = text.to_owned();
    for marker in WORKFLOW_COMMANDS {
        out = out.replace(marker, &marker.replacen('#', "\\x23", 1));
    }
    // A line may be broken at any blank, and a long word anywhere.
    let commands: Vec<usize> = out
        .match_indices("::")
        .filter(|(at, _)| {
            let (before, from) = out.split_at_checked(*at).unwrap_or_default();
            let name = from.trim_start_matches(':').to_ascii_lowercase();
            let begins = before.trim_end().len() < before.len() || before.is_empty();
            begins || GITHUB_COMMANDS.iter().any(|known| name.starts_with(known))
        })
        .map(|(at, _)| at)
        .collect();
    for at in commands.into_iter().rev() {
        out.replace_range(at..=at, "\\x3a");
    }
    out
}

/// Cuts to `width` terminal columns; a cut text ends in an ellipsis.
fn cut(text: &str, width: usize) -> String {
    if columns(text.chars()) <= width {
        return text.to_owned();
    }
    format!("{}…", fitting(text, width.saturating_sub(1)))
}

fn columns(text: impl Iterator<Item = char>) -> usize {
    text.map(|c| c.width().unwrap_or(0)).sum()
}

/// As much of the beginning as fits.
fn fitting(text: &str, width: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    text.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::Untrusted;

    /// Hostile text, then what each sink makes of it.
    #[rustfmt::skip]
    const CASES: &[(&str, &str, &str, &str)] = &[
        ("plain",              "plain",                "plain",                    "plain"),
        ("\x1b[31mred",        "\\x1b[31mred",         "\\\\x1b\\[31mred",         "\\x1b[31mred"),
        ("a\r\nb",             "a\\x0d\\x0ab",         "a\\\\x0d\\\\x0ab",         "a\\x0d\\x0ab"),
        ("\u{9b}2J",           "\\u{9b}2J",            "\\\\u{9b}2J",              "\\u{9b}2J"),
        ("\u{202e}abc",        "\\u{202e}abc",         "\\\\u{202e}abc",           "\\u{202e}abc"),
        ("x ##[add-mask]y",    "x \\x23#[add-mask]y",  "x \\\\x23\\#\\[add-mask\\]y", "x \\x23#[add-mask]y"),
        (" ::error::x",        " \\x3a:error::x",      " \\\\x3a:error::x",        " \\x3a:error::x"),
        ("a ::error::b",       "a \\x3a:error::b",     "a \\\\x3a:error::b",       "a \\x3a:error::b"),
        ("a::error::b",        "a\\x3a:error::b",      "a\\\\x3a:error::b",        "a\\x3a:error::b"),
        ("std::string fe80::1", "std::string fe80::1", "std::string fe80::1",      "std::string fe80::1"),
        ("</details>@me",      "</details>@me",        "&lt;/details&gt;@&#8203;me", "&lt;/details&gt;@me"),
        ("a|b",                "a|b",                  "a\\|b",                    "a|b"),
        ("http://x",           "http://x",             "http:&#8203;//x",          "http://x"),
        ("git://x",            "git://x",              "git:&#8203;//x",           "git://x"),
        ("WWW.x.example",      "WWW.x.example",        "WWW.&#8203;x.example",     "WWW.x.example"),
        ("me@x.example",       "me@x.example",         "me@&#8203;x.example",      "me@x.example"),
        ("mailto:x xmpp:y",    "mailto:x xmpp:y",      "mailto:&#8203;x xmpp:&#8203;y", "mailto:x xmpp:y"),
        ("o/r#1 GH-2 !3 ~4",   "o/r#1 GH-2 !3 ~4",     "o/r\\#&#8203;1 GH-&#8203;2 \\!&#8203;3 \\~&#8203;4", "o/r#1 GH-2 !3 ~4"),
        ("50% @ $5, max-age: 3", "50% @ $5, max-age: 3", "50% @ $&#8203;5, max-age: 3", "50% @ $5, max-age: 3"),
        ("a\u{34f}\u{3164}b",  "a\\u{34f}\\u{3164}b",  "a\\\\u{34f}\\\\u{3164}b",  "a\\u{34f}\\u{3164}b"),
        ("\u{2800}\u{fe0f}",   "\\u{2800}\\u{fe0f}",   "\\\\u{2800}\\\\u{fe0f}",   "\\u{2800}\\u{fe0f}"),
        ("\u{e0100}\u{e0fff}", "\\u{e0100}\\u{e0fff}", "\\\\u{e0100}\\\\u{e0fff}", "\\u{e0100}\\u{e0fff}"),
    ];

    #[test]
    fn every_sink_escapes_its_own_way() {
        for (text, terminal, markdown, xml) in CASES {
            let text = Untrusted::from(*text);
            assert_eq!(text.terminal(), *terminal);
            assert_eq!(text.markdown(), *markdown);
            assert_eq!(text.xml(), *xml);
        }
    }

    #[test]
    fn code_spans_cannot_be_closed_from_inside() {
        assert_eq!(Untrusted::from("a``b").markdown_code(), "```a``b```");
        assert_eq!(Untrusted::from("`").markdown_code(), "`` ` ``");
    }

    #[test]
    fn a_cut_counts_columns() {
        assert_eq!(Untrusted::from("日本語").terminal_within(5), "日本…");
        assert_eq!(Untrusted::from("abc").terminal_within(3), "abc");
        let cases = [
            ("127.0.0.1:18081", 12, "127.0…:18081"),
            ("payments-api-production-eu", 18, "payments…uction-eu"),
            ("payments", 8, "payments"),
            ("日本語の名前", 7, "日本…前"),
        ];
        for (name, width, cut) in cases {
            assert_eq!(Untrusted::from(name).terminal_ends_within(width), cut);
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_latin_1() {
        assert_eq!(Untrusted::from_bytes(b"\xe9").raw(), "é");
    }
}
