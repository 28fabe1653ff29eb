//! What a style text names: `url(…)` and `@import` (CSS Syntax §4.3.6, CSS Cascade §3).
//!
//! A scan, not a parser: a reference in a comment counts as well, which names one address too many
//! and never one too few.

use super::page::{LoadKind, Named};

/// An address that is longer holds its own content, and only how it begins matters.
const LONGEST: usize = 2048;

/// Every address in the text.
pub(super) fn named(text: &str) -> Vec<Named> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let (mut behind, mut in_font_face) = (0, false);
    for (at, word) in lower.match_indices("url(") {
        let before = lower.get(behind..at).unwrap_or("");
        let rule = before.rfind('}').and_then(|end| before.get(end..));
        in_font_face = rule.is_none() && in_font_face;
        in_font_face |= rule.unwrap_or(before).contains("@font-face");
        behind = at + word.len();
        let Some(reference) = text.get(behind..).and_then(argument) else {
            continue;
        };
        let kind = if before.trim_end().ends_with("@import") {
            LoadKind::Style
        } else if in_font_face || reference.starts_with("data:font/") {
            LoadKind::Font
        } else {
            LoadKind::Image
        };
        found.push(Named::new(kind, reference));
    }
    found.extend(lower.match_indices("@import").filter_map(|(at, word)| {
        let rest = text.get(at + word.len()..)?;
        let reference = string(window(rest).trim_start())?;
        Some(Named::new(LoadKind::Style, reference))
    }));
    found
}

/// What stands in the brackets, which a string may.
fn argument(rest: &str) -> Option<&str> {
    let rest = window(rest).trim_start();
    let bare = || rest.split_once(')').map(|(bare, _)| bare.trim_end());
    let cut = || rest.trim_start_matches(['"', '\'']);
    let reference = string(rest)
        .or_else(bare)
        .or_else(|| cut().starts_with("data:").then(cut));
    // A fragment alone is an element of the page itself.
    reference.filter(|text| !text.is_empty() && !text.starts_with('#'))
}

fn string(rest: &str) -> Option<&str> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (content, _) = rest.get(1..)?.split_once(quote)?;
    Some(content)
}

fn window(rest: &str) -> &str {
    let end = rest.char_indices().nth(LONGEST).map(|(at, _)| at);
    end.and_then(|end| rest.get(..end)).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::named;
    use crate::wire::html::LoadKind;

    /// A style text, and what it names.
    #[rustfmt::skip]
    const STYLES: &[(&str, &[(LoadKind, &str)])] = &[
        ("p { color: red }",                                          &[]),
        ("p { background: url(/a.png) }",                             &[(LoadKind::Image, "/a.png")]),
        ("p { background: URL( 'a b.png' ) }",                        &[(LoadKind::Image, "a b.png")]),
        ("p { background: url(\"data:image/svg+xml,<x y=')'>\") }",   &[(LoadKind::Image, "data:image/svg+xml,<x y=')'>")]),
        ("@font-face { src: url(/f.woff2) } p { background: url(b) }", &[(LoadKind::Font, "/f.woff2"), (LoadKind::Image, "b")]),
        ("@import url(https://s.example/a.css) screen;",              &[(LoadKind::Style, "https://s.example/a.css")]),
        ("@import \"b.css\";",                                        &[(LoadKind::Style, "b.css")]),
        ("p { fill: url(#gradient) }",                                &[]),
        ("p { background: url( }",                                    &[]),
    ];

    #[test]
    fn addresses_in_styles_are_named() {
        for (text, expected) in STYLES {
            let found = named(text);
            let found: Vec<_> = found
                .iter()
                .map(|one| (one.kind, one.reference.as_str()))
                .collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn a_long_address_is_known_by_its_beginning() {
        let font = format!(
            "@font-face {{ src: url('data:font/woff2,{}') }}",
            "A".repeat(5000)
        );
        assert_eq!(named(&font)[0].kind, LoadKind::Font);
        let host = format!("p {{ background: url(https://{}) }}", "a".repeat(5000));
        assert_eq!(named(&host), []);
    }
}
