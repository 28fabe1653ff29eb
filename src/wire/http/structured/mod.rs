//! Structured field values (RFC 9651, which obsoletes RFC 8941): items, lists and dictionaries.
//!
//! A structured field is all or nothing: one byte outside the grammar and a recipient ignores the
//! whole field (§4.2), so the parser answers with the value or with the first [`Fault`].

mod bare;
mod cursor;

use super::Fault;
use cursor::Cursor;

/// A bare item (§3.3).
#[derive(Clone, Debug, PartialEq)]
pub enum Bare {
    /// Up to fifteen digits.
    Integer(i64),
    /// Twelve digits, a dot, three digits; in thousandths.
    Decimal(i64),
    /// `"text"`.
    String(String),
    /// A word that starts with a letter or `*`.
    Token(String),
    /// `:base64:`, decoded.
    Bytes(Vec<u8>),
    /// `?0` or `?1`.
    Boolean(bool),
    /// `@seconds` since the epoch.
    Date(i64),
    /// `%"text"`, percent-decoded.
    DisplayString(String),
}

/// `;key=value` pairs; a key given twice keeps the later value.
pub type Parameters = Vec<(String, Bare)>;

/// A bare item with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The value.
    pub value: Bare,
    /// Byte offset of the value in the field.
    pub at: usize,
    /// What follows it after semicolons.
    pub parameters: Parameters,
}

/// A member of a list or a dictionary.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// One item.
    Item(Item),
    /// `(…)`: items, then parameters of the whole.
    InnerList(Vec<Item>, Parameters),
}

/// One `key=member` of a dictionary.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, lower case by grammar.
    pub key: String,
    /// Byte offset of the key in the field.
    pub at: usize,
    /// Its member; a key alone means true.
    pub member: Member,
}

/// A dictionary in order of first appearance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dictionary {
    /// One entry per key; the last member given counts.
    pub entries: Vec<Entry>,
    /// Byte offsets of keys that had already been given.
    pub repeated: Vec<usize>,
}

impl Bare {
    /// The text of a token.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        if let Self::Token(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn string(&self) -> Option<&str> {
        if let Self::String(text) = self {
            Some(text)
        } else {
            None
        }
    }
}

impl Item {
    /// The string behind a parameter, as in `;report-to="endpoint"`.
    #[must_use]
    pub fn string_parameter(&self, key: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(name, _)| name == key);
        found.and_then(|(_, value)| value.string())
    }
}

/// A field that is one item (§4.2.3).
///
/// # Errors
/// The first byte outside the grammar.
pub fn item(text: &str) -> Result<Item, Fault> {
    whole(text, Cursor::item)
}

/// A field that is a list (§4.2.1). Several field lines are joined by `, ` first.
///
/// # Errors
/// The first byte outside the grammar.
pub fn list(text: &str) -> Result<Vec<Member>, Fault> {
    whole(text, |cursor| {
        let mut members = Vec::new();
        while !cursor.at_end() {
            members.push(cursor.member()?);
            cursor.next_member()?;
        }
        Ok(members)
    })
}

/// A field that is a dictionary (§4.2.2). Several field lines are joined by `, ` first.
///
/// # Errors
/// The first byte outside the grammar.
pub fn dictionary(text: &str) -> Result<Dictionary, Fault> {
    whole(text, |cursor| {
        let mut dictionary = Dictionary::default();
        while !cursor.at_end() {
            let entry = cursor.entry()?;
            dictionary.insert(entry);
            cursor.next_member()?;
        }
        Ok(dictionary)
    })
}

/// §4.2: spaces around the value are dropped, anything left over fails.
fn whole<'a, T>(
    text: &'a str,
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut cursor = Cursor::new(text);
    cursor.skip_spaces();
    let value = read(&mut cursor)?;
    cursor.skip_spaces();
    if cursor.at_end() {
        Ok(value)
    } else {
        Err(cursor.fault("nothing may follow the value"))
    }
}

impl Dictionary {
    fn insert(&mut self, entry: Entry) {
        if let Some(known) = self.entries.iter_mut().find(|known| known.key == entry.key) {
            self.repeated.push(entry.at);
            known.member = entry.member;
        } else {
            self.entries.push(entry);
        }
    }

    /// The member behind a key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&Member> {
        let found = self.entries.iter().find(|entry| entry.key == key);
        found.map(|entry| &entry.member)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bare, Member, dictionary, item, list};
    use proptest::prelude::*;

    #[rustfmt::skip]
    fn items() -> Vec<(&'static str, Bare)> {
        vec![
            ("42",                    Bare::Integer(42)),
            (" -999999999999999 ",    Bare::Integer(-999_999_999_999_999)),
            ("4.5",                   Bare::Decimal(4500)),
            ("-0.125",                Bare::Decimal(-125)),
            ("\"a \\\"b\\\\\"",       Bare::String("a \"b\\".to_owned())),
            ("\"\"",                  Bare::String(String::new())),
            ("same-origin",           Bare::Token("same-origin".to_owned())),
            ("*foo/bar:baz",          Bare::Token("*foo/bar:baz".to_owned())),
            ("*",                     Bare::Token("*".to_owned())),
            (":aGk=:",                Bare::Bytes(b"hi".to_vec())),
            (":aGk:",                 Bare::Bytes(b"hi".to_vec())), // §4.2.7: padding may be missing
            ("?1",                    Bare::Boolean(true)),
            ("?0",                    Bare::Boolean(false)),
            ("@1659578233",           Bare::Date(1_659_578_233)),
            ("%\"f%c3%bc\"",          Bare::DisplayString("fü".to_owned())),
        ]
    }

    #[test]
    fn items_are_read() {
        for (text, expected) in items() {
            assert_eq!(item(text).map(|item| item.value), Ok(expected), "{text}");
        }
    }

    /// What is not an item, and the byte where it stops being one.
    #[rustfmt::skip]
    const BROKEN: &[(&str, usize)] = &[
        ("",                    0),
        ("a, a",                1),
        ("a b",                 2),
        ("a;B",                 2),
        ("\"open",              5),
        ("\"\\n\"",             2),
        ("\"\u{e9}\"",          1),
        ("1000000000000000",   15),
        ("1.",                  2),
        ("1.2345",              5),
        ("1234567890123.1",    13),
        ("-",                   1),
        ("?2",                  1),
        (":a*=:",               2),
        (":aGk=",               5),
        ("@1.5",                2),
        ("%\"%C3\"",            3),
        ("%\"%ff\"",            0),
        ("=x",                  0),
        ("'self'",              0),
        ("\ta",                 0), // only SP is stripped (§4.2)
    ];

    #[test]
    fn a_fault_says_where() {
        for (text, at) in BROKEN {
            let found = item(text).map_err(|fault| fault.at);
            assert_eq!(found.map(|item| item.value), Err(*at), "{text:?}");
        }
    }

    #[test]
    fn parameters_belong_to_their_item() {
        let found = item("same-origin; report-to=\"coop\";a=1;a=2; b").unwrap();
        assert_eq!(found.string_parameter("report-to"), Some("coop"));
        let rest: Vec<_> = found.parameters.iter().skip(1).cloned().collect();
        let expected = [("a", Bare::Integer(2)), ("b", Bare::Boolean(true))];
        assert_eq!(rest, expected.map(|(key, value)| (key.to_owned(), value)));
    }

    #[test]
    fn a_list_holds_items_and_inner_lists() {
        let members = list("a, (b \"c\");q=1 ,\td").unwrap();
        assert_eq!(members.len(), 3);
        assert!(matches!(&members[1], Member::InnerList(items, rest)
            if items.len() == 2 && rest.len() == 1));
        assert_eq!(list(""), Ok(Vec::new()));
        assert_eq!(list("a,").map_err(|fault| fault.at), Err(2));
        assert_eq!(list("a,,b").map_err(|fault| fault.at), Err(2));
        assert_eq!(list("(a").map_err(|fault| fault.at), Err(2));
        assert_eq!(list("(a\"b\")").map_err(|fault| fault.at), Err(2));
    }

    #[test]
    fn a_dictionary_keeps_the_last_and_tells_of_the_first() {
        let found =
            dictionary("camera=(), geolocation=(self \"https://a.example\"), camera=*, x").unwrap();
        assert_eq!(found.entries.len(), 3);
        assert_eq!(found.repeated, [51]);
        assert!(matches!(found.find("camera"), Some(Member::Item(item))
            if item.value.token() == Some("*")));
        assert!(matches!(found.find("x"), Some(Member::Item(item))
            if item.value == Bare::Boolean(true)));
        assert_eq!(dictionary("Camera=()").map_err(|fault| fault.at), Err(0));
        assert_eq!(dictionary("a=").map_err(|fault| fault.at), Err(2));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_faulted(text in "\\PC*|[a-z0-9=(),;:@%\"? *.\\\\-]{0,60}") {
            for fault in [item(&text).err(), list(&text).err(), dictionary(&text).err()] {
                prop_assert!(fault.is_none_or(|fault| fault.at <= text.len()));
            }
        }

        #[test]
        fn truncation_never_panics(cut in 0usize..70) {
            let text = "a=(b \"c\";d=:aGk=: ?1);e=@12, f=%\"x%20\", g=-1.25, h;i=\"\\\\\"";
            let _ = dictionary(text.get(..cut).unwrap_or(text));
        }
    }
}
