//! `Refresh`, and `<meta http-equiv=refresh>`: "shared declarative refresh steps" (HTML §4.2.5.3).

/// Where it leads, as written; `None` where the page only loads itself again, or the text is no
/// refresh.
#[must_use]
pub fn target(content: &str) -> Option<&str> {
    let text = content.trim_start_matches(is_space);
    let behind_time = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if behind_time.len() == text.len() {
        return None;
    }
    let text = behind_time.trim_start_matches(is_space);
    let text = text.strip_prefix([';', ',']).unwrap_or(text);
    let mut url = text.trim_start_matches(is_space);
    // "url=" may be left out, and then what looks like its beginning is the address.
    if let Some(named) = url.get(..3).filter(|word| word.eq_ignore_ascii_case("url"))
        && let Some(value) = url
            .get(named.len()..)
            .and_then(|rest| rest.trim_start_matches(is_space).strip_prefix('='))
    {
        url = value.trim_start_matches(is_space);
    }
    let quote = url.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inside = url.get(1..).unwrap_or("");
        url = inside.split(quote).next().unwrap_or(inside);
    }
    (!url.is_empty()).then_some(url)
}

fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

#[cfg(test)]
mod tests {
    use super::target;

    #[rustfmt::skip]
    const CASES: &[(&str, Option<&str>)] = &[
        ("0; url=http://a.example/",    Some("http://a.example/")),
        (" 5;URL = '/next' ",           Some("/next")),
        ("0,\"/x\"y",                   Some("/x")),
        ("0 /x",                        Some("/x")),
        (".5; url=/x",                  Some("/x")),
        ("0; urls",                     Some("urls")),
        ("0; url=",                     None),
        ("30",                          None),
        ("url=/x",                      None),
        ("",                            None),
    ];

    #[test]
    fn targets_are_read_as_browsers_read_them() {
        for (content, expected) in CASES {
            assert_eq!(target(content), *expected, "{content}");
        }
    }
}
