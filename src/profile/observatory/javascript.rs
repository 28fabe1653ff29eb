//! What JavaScript does to strings, where it differs from Rust.

/// White space to `trim` and `\s`: Unicode's, and the byte order mark.
pub(super) fn is_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

/// `String.prototype.trim`.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `slice(0, count)`, which counts UTF-16 units; a pair cut in half is left out.
pub(super) fn first(text: &str, count: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > count
    });
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// `length`, in UTF-16 units.
pub(super) fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// `parseInt(text, 10)`: leading white space, a sign, then digits; `None` is `NaN`.
pub(super) fn parse_int(text: &str) -> Option<f64> {
    let text = text.trim_start_matches(is_space);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let number: f64 = digits.get(..end)?.parse().ok()?;
    Some(sign * number)
}
