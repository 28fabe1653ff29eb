//! A position in a structured field, and the productions that hold others (RFC 9651 §4.2).

use super::{Bare, Entry, Fault, Item, Member, Parameters};

/// The text and how far it has been read.
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) const fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) const fn position(&self) -> usize {
        self.at
    }

    pub(super) const fn fault(&self, why: &'static str) -> Fault {
        Fault::new(self.at, why)
    }

    /// The next byte, consumed.
    pub(super) fn bump(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Consumes `byte` if it is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        self.at += usize::from(next);
        next
    }

    /// Consumes the longest run of bytes that `accept`.
    pub(super) fn run(&mut self, accept: impl Fn(u8) -> bool) -> String {
        let mut run = String::new();
        while let Some(byte) = self.peek().filter(|byte| accept(*byte)) {
            run.push(char::from(byte));
            self.at += 1;
        }
        run
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.eat(b' ') {}
    }

    fn skip_ows(&mut self) {
        while self.eat(b' ') || self.eat(b'\t') {}
    }

    /// §4.2.1 and §4.2.2, between members: a comma, and no comma at the end.
    pub(super) fn next_member(&mut self) -> Result<(), Fault> {
        self.skip_ows();
        if self.at_end() {
            return Ok(());
        }
        if !self.eat(b',') {
            return Err(self.fault("members are separated by commas"));
        }
        self.skip_ows();
        if self.at_end() {
            return Err(self.fault("a comma needs a member behind it"));
        }
        Ok(())
    }

    /// §4.2.1.1.
    pub(super) fn member(&mut self) -> Result<Member, Fault> {
        if self.eat(b'(') {
            self.inner_list()
        } else {
            self.item().map(Member::Item)
        }
    }

    /// §4.2.1.2, behind its opening parenthesis.
    fn inner_list(&mut self) -> Result<Member, Fault> {
        let mut items = Vec::new();
        loop {
            self.skip_spaces();
            if self.eat(b')') {
                return Ok(Member::InnerList(items, self.parameters()?));
            }
            items.push(self.item()?);
            if !matches!(self.peek(), Some(b' ' | b')')) {
                return Err(self.fault("items of an inner list are separated by spaces"));
            }
        }
    }

    /// §4.2.2, one member.
    pub(super) fn entry(&mut self) -> Result<Entry, Fault> {
        let at = self.at;
        let key = self.key()?;
        let member = if self.eat(b'=') {
            self.member()?
        } else {
            let (value, parameters) = (Bare::Boolean(true), self.parameters()?);
            Member::Item(Item {
                value,
                at,
                parameters,
            })
        };
        Ok(Entry { key, at, member })
    }

    /// §4.2.3.
    pub(super) fn item(&mut self) -> Result<Item, Fault> {
        let at = self.at;
        let value = self.bare()?;
        let parameters = self.parameters()?;
        Ok(Item {
            value,
            at,
            parameters,
        })
    }

    /// §4.2.3.2: a later value replaces an earlier one in its place.
    fn parameters(&mut self) -> Result<Parameters, Fault> {
        let mut all = Parameters::new();
        while self.eat(b';') {
            self.skip_spaces();
            let key = self.key()?;
            let value = if self.eat(b'=') {
                self.bare()?
            } else {
                Bare::Boolean(true)
            };
            match all.iter_mut().find(|known| known.0 == key) {
                Some(known) => known.1 = value,
                None => all.push((key, value)),
            }
        }
        Ok(all)
    }

    /// §4.2.3.3.
    fn key(&mut self) -> Result<String, Fault> {
        if !matches!(self.peek(), Some(b'a'..=b'z' | b'*')) {
            return Err(self.fault("a key starts with a lower-case letter or *"));
        }
        Ok(self.run(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*')))
    }
}
