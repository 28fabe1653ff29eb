//! One value of the file with its place: every wrong type is said the same way.

use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::DeValue;

use super::diagnostic::Diagnostic;
use super::nearest::nearest;
use super::record::Record;

/// A value, its place, and where to report what is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Node<'d> {
    pub(super) spanned: &'d Spanned<DeValue<'d>>,
    pub(super) record: &'d Record<'d>,
}

impl<'d> Node<'d> {
    pub(super) fn value(self) -> &'d DeValue<'d> {
        self.spanned.get_ref()
    }

    pub(super) fn span(self) -> Range<usize> {
        self.spanned.span()
    }

    /// Another value of the same file.
    pub(super) fn at(self, spanned: &'d Spanned<DeValue<'d>>) -> Self {
        Self {
            spanned,
            record: self.record,
        }
    }

    pub(super) fn error(self, message: impl Into<String>) -> Diagnostic {
        self.record.error(self.span(), message)
    }

    /// Reports, and answers "no value".
    pub(super) fn refuse<T>(
        self,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<T> {
        self.record.add(self.error(message).help(help));
        None
    }

    /// The one of `known` that was probably meant; not looked for once nobody would be told.
    pub(super) fn meant<'k>(
        self,
        written: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<&'k str> {
        (!self.record.is_full()).then(|| nearest(written, known))?
    }

    /// Reports a wrong type: `wanted` with its article, `example` as it would stand in the file.
    pub(super) fn expected<T>(self, wanted: &str, example: &str) -> Option<T> {
        let message = format!("expected {wanted}, found {}", kind(self.value()));
        self.refuse(message, format!("write it like {example}"))
    }

    pub(super) fn text(self) -> Option<&'d str> {
        match self.value() {
            DeValue::String(text) => Some(text),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => self.expected("a text", "\"…\", in quotes"),
        }
    }

    pub(super) fn boolean(self) -> Option<bool> {
        self.value()
            .as_bool()
            .or_else(|| self.expected("true or false", "`true`, without quotes"))
    }

    /// A whole number within `range`.
    pub(super) fn whole(self, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let Some(integer) = self.value().as_integer() else {
            return self.expected("a whole number", "`6`, without quotes");
        };
        match u64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if range.contains(&number) => Some(number),
            Ok(_) | Err(_) => self.refuse(
                format!("{integer} is out of range"),
                format!("write a number from {} to {}", range.start(), range.end()),
            ),
        }
    }

    /// The elements of an array; a single value counts as an array of one.
    pub(super) fn elements(self) -> Vec<Self> {
        match self.value().as_array() {
            Some(array) => array.iter().map(|element| self.at(element)).collect(),
            None => vec![self],
        }
    }

    /// Each element read; all faults are reported, not the first.
    pub(super) fn each<T>(self, read: impl Fn(Self) -> Option<T>) -> Option<Vec<T>> {
        let Some(array) = self.value().as_array() else {
            return self.expected("a list", "[\"…\", \"…\"], in brackets");
        };
        let items: Vec<Option<T>> = array.iter().map(|item| read(self.at(item))).collect();
        items.into_iter().collect()
    }

    /// The value as JSON, members in file order.
    pub(super) fn json(self) -> Option<Value> {
        match self.value() {
            DeValue::String(text) => Some(Value::String(text.to_string())),
            DeValue::Integer(_) | DeValue::Float(_) => self.number().map(Value::Number),
            DeValue::Boolean(value) => Some(Value::Bool(*value)),
            DeValue::Datetime(moment) => Some(Value::String(moment.to_string())),
            DeValue::Array(items) => {
                let items = items.iter().map(|item| self.at(item).json());
                items.collect::<Option<Vec<_>>>().map(Value::Array)
            }
            DeValue::Table(_) => {
                let members = self.members()?.into_iter();
                let members = members.map(|(key, _, value)| Some((key.to_owned(), value.json()?)));
                members.collect::<Option<Map<_, _>>>().map(Value::Object)
            }
        }
    }

    /// A number JSON can carry.
    pub(super) fn number(self) -> Option<Number> {
        let number = match self.value() {
            DeValue::Integer(integer) => {
                let (digits, radix) = (integer.as_str(), integer.radix());
                let signed = i64::from_str_radix(digits, radix).map(Number::from);
                let whole =
                    signed.or_else(|_| u64::from_str_radix(digits, radix).map(Number::from));
                whole.ok()
            }
            DeValue::Float(float) => {
                let float = float.as_str().replace('_', "").parse().ok();
                float.and_then(Number::from_f64)
            }
            DeValue::String(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => return self.expected("a number", "`90`, without quotes"),
        };
        number.or_else(|| self.refuse("JSON has no such number", "write a finite number"))
    }

    /// The members of a table in file order: key, the key's place, value.
    pub(super) fn members(self) -> Option<Vec<(&'d str, Range<usize>, Self)>> {
        let Some(table) = self.value().as_table() else {
            return self.expected("a table", "{ … }, in braces");
        };
        let members = table.iter();
        let mut members: Vec<_> = members
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), self.at(value)))
            .collect();
        members.sort_by_key(|(_, span, _)| span.start);
        Some(members)
    }
}

/// What a value is, with its article.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
