//! "Prescan a byte stream to determine its encoding" (HTML §13.2.3.2).

use super::attributes;

/// Browsers look for a declaration in so many bytes.
const WINDOW: usize = 1024;

/// The label that a `<meta>` or an XML declaration near the start gives, as written.
#[must_use]
pub fn declared_label(bytes: &[u8]) -> Option<String> {
    let start = bytes.get(..WINDOW).unwrap_or(bytes);
    // Latin-1, so that every byte is one character and markup reads as it stands.
    let text: String = start.iter().copied().map(char::from).collect();
    in_meta(&text).or_else(|| in_xml_declaration(&text))
}

fn in_meta(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at..)?;
        let length = if rest.starts_with("<!--") {
            // In "<!-->" the dashes that open it close it, too.
            "<!".len() + rest.get(2..)?.find("-->")? + "-->".len()
        } else if rest.starts_with("<!") || rest.starts_with("<?") {
            rest.find('>')? + 1
        } else if rest.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) {
            let tag = attributes::tag(rest, 1)?;
            if tag.name == "meta"
                && let Some(label) = of_meta(&tag.attributes)
            {
                return Some(label);
            }
            tag.length
        } else {
            1
        };
        rest = rest.get(length..)?;
    }
    None
}

/// `charset`, or `content` beside `http-equiv=content-type`.
fn of_meta(attributes: &[(String, String)]) -> Option<String> {
    let value = |name: &str| {
        let found = attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    if let Some(charset) = value("charset") {
        return Some(charset.to_owned());
    }
    value("http-equiv").filter(|pragma| pragma.eq_ignore_ascii_case("content-type"))?;
    in_content(value("content")?)
}

/// "Extracting a character encoding from a meta element" (HTML §2.4.4).
fn in_content(content: &str) -> Option<String> {
    let lower = content.to_ascii_lowercase();
    let mut from = 0;
    loop {
        from += lower.get(from..)?.find("charset")? + "charset".len();
        let behind = content.get(from..)?.trim_ascii_start();
        let Some(value) = behind.strip_prefix('=') else {
            continue;
        };
        let value = value.trim_ascii_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let label = if let Some(quote) = quote {
            let inside = value.get(1..)?;
            inside.get(..inside.find(quote)?)?
        } else {
            let end = value.find(|c: char| c.is_ascii_whitespace() || c == ';');
            value.get(..end.unwrap_or(value.len()))?
        };
        return Some(label.to_owned());
    }
}

/// `<?xml … encoding="…"?>`, which browsers heed in HTML, too.
fn in_xml_declaration(text: &str) -> Option<String> {
    let declaration = text.strip_prefix("<?xml")?;
    let declaration = declaration.get(..declaration.find('>')?)?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inside = value.get(1..)?;
    Some(inside.get(..inside.find(quote)?)?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::declared_label;

    /// The beginning of a page, and the label browsers take from it.
    #[rustfmt::skip]
    const CASES: &[(&str, Option<&str>)] = &[
        ("<meta charset=utf-8>",                                                   Some("utf-8")),
        ("<!doctype html><html><head><META CHARSET = 'x-y' >",                     Some("x-y")),
        ("<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>",     Some("koi8-r")),
        ("<meta content=\"text/html; charset = 'a' x\" http-equiv=content-type>",  Some("a")),
        ("<meta content='text/html; charset=a'>",                                  None), // no pragma
        ("<meta http-equiv=refresh content='charset=a'>",                          None),
        ("<!-- <meta charset=a> --><meta charset=b>",                              Some("b")),
        ("<!--><meta charset=b>",                                                  Some("b")),
        ("<title><meta charset=a></title>",                                        Some("a")), // no tree yet
        ("<p data-x='<meta charset=a>'>",                                          None),
        ("<?xml version='1.0' encoding=\"iso-8859-1\"?><svg/>",                    Some("iso-8859-1")),
        ("<p>charset=utf-8",                                                       None),
        ("",                                                                       None),
    ];

    #[test]
    fn declarations_are_found_as_browsers_find_them() {
        for (page, expected) in CASES {
            assert_eq!(
                declared_label(page.as_bytes()).as_deref(),
                *expected,
                "{page}"
            );
        }
        let late = format!("{}<meta charset=utf-8>", " ".repeat(1020));
        assert_eq!(declared_label(late.as_bytes()), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_have_a_label_or_none(text in "\\PC*|[<>!a-z=\"' -]{0,60}") {
            let _ = declared_label(text.as_bytes());
        }
    }
}
