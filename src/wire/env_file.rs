//! Environment files, `.env`: names and values, one assignment after the other, as shells, Docker and
//! the dotenv libraries read them. No standard describes them.

use super::leak::{self, Kind};

/// What a name says of its value. A public key is no secret.
const SECRETIVE: [&str; 6] = [
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "TOKEN",
    "CREDENTIAL",
    "APIKEY",
];

/// Whether a body is one: nothing but assignments, comments and names alone; several assignments as
/// only such files have them, or one that by its name or value holds a secret.
#[must_use]
pub fn is_one(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let assignments = assignments(text.trim_start_matches('\u{feff}')).unwrap_or_default();
    match assignments.as_slice() {
        [] => false,
        [(name, value)] => {
            let named = is_upper(name) && sounds_secret(name);
            !value.is_empty() && (named || looks_secret(value))
        }
        several => several
            .iter()
            .any(|(name, _)| is_upper(name) || sounds_secret(name)),
    }
}

/// Every name with its value, quotes and all; `None` where anything else stands in the text.
fn assignments(text: &str) -> Option<Vec<(&str, &str)>> {
    let (mut found, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        let line_end = rest.find('\n').unwrap_or(rest.len());
        let (line, _) = rest.split_at(line_end);
        let mut end = line_end;
        if !line.starts_with('#') {
            let named = line.strip_prefix("export ").unwrap_or(line);
            let (name, value) = named.split_once('=').unwrap_or((named, ""));
            let name = name.trim();
            if !is_name(name) {
                return None;
            }
            if line.contains('=') {
                let value = rest.split_at(line_end - value.len()).1;
                let length = length(value);
                end = rest.len() - value.len() + length;
                found.push((name, value.split_at(length).0.trim()));
            }
        }
        rest = rest.split_at(end).1.trim_start();
    }
    Some(found)
}

/// Bytes of the value a text begins with: to the end of the line on which what it opens is closed,
/// and where nothing closes it, or nothing is opened, of this line.
fn length(text: &str) -> usize {
    let value = text.trim_start_matches([' ', '\t']);
    let closed = match value.chars().next() {
        Some(quote @ ('"' | '\'' | '`')) => closing_quote(value, quote),
        Some('{') => closing_bracket(value, '{', '}'),
        Some('[') => closing_bracket(value, '[', ']'),
        Some('-') if value.starts_with("-----BEGIN") => value.find("-----END"),
        Some(_) | None => None,
    };
    let from = text.len() - value.len() + closed.unwrap_or_default();
    let rest = text.split_at(from).1;
    rest.find('\n').map_or(text.len(), |end| from + end)
}

/// Only double quotes know escapes.
fn closing_quote(value: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    value.char_indices().skip(1).find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped && quote == '"';
        closes.then_some(at)
    })
}

fn closing_bracket(value: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    value.char_indices().find_map(|(at, c)| {
        depth = (depth + usize::from(c == open)).saturating_sub(usize::from(c == close));
        (depth == 0).then_some(at)
    })
}

fn is_name(name: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !name.is_empty() && name.bytes().all(part)
}

fn is_upper(name: &str) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.bytes().all(upper)
}

fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let key = name.ends_with("_KEY") && !name.contains("PUBLIC");
    key || SECRETIVE.iter().any(|word| name.contains(word))
}

fn looks_secret(value: &str) -> bool {
    let mut found = leak::scan(value).into_iter();
    found.any(|leak| leak.kind == Kind::Secret)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{assignments, is_one};

    #[rustfmt::skip]
    const BODIES: &[(&str, bool)] = &[
        ("# x\nDB_HOST=a\nexport DB_PASSWORD=b\n",            true),
        ("A=1\r\nB=2",                                        true),
        ("\u{feff}A=1\nB_2='x=y'",                            true),
        ("A = 1\nB\nC=",                                      true),  // Docker passes B through
        ("SECRET_KEY_BASE=0123456789abcdef",                  true),  // one is enough, if it is secret
        ("DATABASE_URL=postgres://app:hunter2@db/app",        true),
        ("app.name=shop\ndb_password=s\nDB_HOST=x\n",         true),
        ("app.name=shop\nspring.datasource.password=s\n",     true),
        ("A=1\nKEY=\"-----BEGIN PRIVATE KEY-----\nMII/x+y\n-----END PRIVATE KEY-----\"\n", true),
        ("A=1\nKEY=-----BEGIN PRIVATE KEY-----\nMII/x+y\n-----END PRIVATE KEY-----\n",     true),
        ("A=\"x \\\" y\nz\" # why\nB=2",                      true),
        ("A='C:\\'\nB=2",                                     true),
        ("DB_PASSWORD=x\nFEATURES={\n  \"a\": {\"b\": 1},\n  \"c\": [\n2]\n}\n",           true),
        ("FEATURES='{\n \"a\": 1\n}'\nB=2",                   true),
        ("A=\"never closed\nB=2",                             true),
        ("A=1\n",                                             false),
        ("PORT=3000\n",                                       false),
        ("SECRET_KEY=\n",                                     false),
        ("PUBLIC_KEY=abc\n",                                  false),
        ("token=abc\n",                                       false), // a line of any service
        ("fl=1\nip=192.0.2.1\n",                              false), // Cloudflare's /cdn-cgi/trace
        ("A=1\nB=2\n<p>",                                     false),
        ("<!doctype html>\nA=1\nB=2",                         false),
        ("DB_HOST=db is how you set it\nprose goes on\n",     false),
        ("var a=1;\nvar B=2;",                                false),
        ("[section]\nA=1\nB=2",                               false),
        ("{\"A\": 1}",                                        false),
        ("OK",                                                false),
        ("",                                                  false),
    ];

    #[test]
    fn nothing_but_assignments() {
        for (body, expected) in BODIES {
            assert_eq!(is_one(body.as_bytes()), *expected, "{body}");
        }
    }

    #[test]
    fn a_value_ends_where_what_it_opens_is_closed() {
        let found = assignments("A=\"x\ny\" # z\nB = {\n}\nC").unwrap();
        assert_eq!(found, [("A", "\"x\ny\" # z"), ("B", "{\n}")]);
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "([A-Z=\"'`{}\\[\\]\\\\ é\n#]|-----BEGIN|-----END|export ){0,40}") {
            let values = assignments(&text).unwrap_or_default();
            prop_assert!(values.iter().all(|(name, value)| text.contains(name) && text.contains(value)));
        }
    }
}
