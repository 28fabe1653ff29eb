//! The inside of a tag (HTML §13.2.5.8 to §13.2.5.40).

use std::collections::BTreeSet;

use super::entity;
use super::input::normalized;

/// A tag taken apart.
pub(super) struct Parsed {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) repeated: bool,
    /// From `<` to behind `>`, in bytes.
    pub(super) length: usize,
}

/// Reads the tag that `text` starts with, its name from byte `start`. `None` if the text ends
/// inside it.
pub(super) fn tag(text: &str, start: usize) -> Option<Parsed> {
    let mut cursor = Cursor { text, at: start };
    let name = cursor
        .take_until(|c| is_space(c) || matches!(c, '/' | '>'))
        .to_ascii_lowercase();
    let (mut attributes, mut names, mut repeated) = (Vec::new(), BTreeSet::new(), false);
    loop {
        cursor.take_until(|c| !is_space(c) && c != '/');
        if cursor.peek()? == '>' {
            return Some(Parsed {
                name,
                attributes,
                repeated,
                length: cursor.at + 1,
            });
        }
        let attribute = cursor.attribute()?;
        if names.insert(attribute.0.clone()) {
            attributes.push(attribute);
        } else {
            repeated = true;
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(stop).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or("")
    }

    /// Name and decoded value. An `=` in front belongs to the name.
    fn attribute(&mut self) -> Option<(String, String)> {
        let start = self.at;
        if self.peek()? == '=' {
            self.at += 1;
        }
        self.take_until(|c| is_space(c) || matches!(c, '/' | '>' | '='));
        let name = self.text.get(start..self.at)?.to_ascii_lowercase();
        self.take_until(|c| !is_space(c));
        if self.peek()? != '=' {
            return Some((name, String::new()));
        }
        self.at += 1;
        self.take_until(|c| !is_space(c));
        Some((name, entity::decoded(&normalized(self.value()?))))
    }

    fn value(&mut self) -> Option<&'a str> {
        let quote = self.peek()?;
        if !matches!(quote, '"' | '\'') {
            return Some(self.take_until(|c| is_space(c) || c == '>'));
        }
        self.at += 1;
        let value = self.take_until(|c| c == quote);
        self.peek()?;
        self.at += 1;
        Some(value)
    }
}
