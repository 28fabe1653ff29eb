//! Text to a width, by terminal columns.

use unicode_width::UnicodeWidthStr;

/// Breaks `text` at spaces into lines of at most `width` columns; a longer word gets a line of its
/// own, cut hard where it must be.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let needed = line.width() + usize::from(!line.is_empty()) + word.width();
        if needed > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        while line.width() > width {
            let rest = split_off_columns(&mut line, width);
            lines.push(std::mem::replace(&mut line, rest));
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Leaves at most `width` columns in `line` and returns the rest.
fn split_off_columns(line: &mut String, width: usize) -> String {
    let mut used = 0;
    let cut = line.char_indices().find(|(_, c)| {
        used += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
        used > width
    });
    // At least one character stays, however wide it is: each turn must make progress.
    let first = line.chars().next().map_or(0, char::len_utf8);
    let at = cut.map_or(line.len(), |(at, _)| at.max(first));
    line.split_off(at)
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_fit_and_lose_nothing() {
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrap("", 20), [""]);
        assert_eq!(wrap("日本語日本語", 8), ["日本語日", "本語"]);
    }
}
