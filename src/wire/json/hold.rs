//! Whether an expectation holds, and how both sides are put into words.

use serde_json::Value;

use super::expect::{Bound, Expect, Kind};
use crate::model::Untrusted;

/// A quoted value is cut here: the whole body is in the evidence.
const QUOTED_CHARS: usize = 120;
/// Member names listed of an object in which one was not found.
const NAMES_LISTED: usize = 5;

impl Expect {
    /// Whether it holds for a value that is there.
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Equals(wanted) => same(wanted, value),
            Self::Type(kind) => is_a(*kind, value),
            Self::Min(min) => value.as_f64().is_some_and(|number| number >= min.at),
            Self::Max(max) => value.as_f64().is_some_and(|number| number <= max.at),
            Self::Matches(pattern) => value.as_str().is_some_and(|text| pattern.is_in(text)),
            Self::Contains(part) => contains(value, part),
            Self::Len(count) => length(value).is_some_and(|(length, _)| count.holds(length)),
            Self::Any(values) => values.iter().any(|wanted| same(wanted, value)),
            Self::Absent(absent) => !absent,
        }
    }

    /// Whether a value for which it does not hold is not yet beyond its alert.
    pub(super) fn only_warns(&self, value: &Value) -> bool {
        let Some(number) = value.as_f64() else {
            return false;
        };
        match self {
            Self::Min(min) => min.alert.is_some_and(|alert| number >= alert),
            Self::Max(max) => max.alert.is_some_and(|alert| number <= alert),
            Self::Equals(_)
            | Self::Type(_)
            | Self::Matches(_)
            | Self::Contains(_)
            | Self::Len(_)
            | Self::Any(_)
            | Self::Absent(_) => false,
        }
    }

    /// Whether it holds where there is nothing.
    #[must_use]
    pub const fn allows_absence(&self) -> bool {
        matches!(self, Self::Absent(true))
    }

    /// Whether a text for which it holds may go on, and it still does: what was found in it stays
    /// there, unless it had to stand at the end.
    #[must_use]
    pub fn holds_whatever_follows(&self) -> bool {
        match self {
            Self::Contains(_) => true,
            Self::Matches(pattern) => !pattern.source().contains(['$', '\\']),
            Self::Equals(_)
            | Self::Type(_)
            | Self::Min(_)
            | Self::Max(_)
            | Self::Len(_)
            | Self::Any(_)
            | Self::Absent(_) => false,
        }
    }

    /// The expectation in words: `at most 90`.
    #[must_use]
    pub fn wanted(&self) -> String {
        match self {
            Self::Equals(wanted) => wanted.to_string(),
            Self::Type(kind) => kind.words().to_owned(),
            Self::Min(Bound { at, alert: None }) => format!("at least {at}"),
            Self::Max(Bound { at, alert: None }) => format!("at most {at}"),
            Self::Min(Bound {
                at,
                alert: Some(alert),
            }) => {
                format!("at least {at}, alert below {alert}")
            }
            Self::Max(Bound {
                at,
                alert: Some(alert),
            }) => {
                format!("at most {at}, alert above {alert}")
            }
            Self::Matches(pattern) => format!("text matching `{}`", pattern.source()),
            Self::Contains(part) => format!("something containing {part}"),
            Self::Len(count) => count.to_string(),
            Self::Any(values) => {
                let values: Vec<String> = values.iter().map(Value::to_string).collect();
                format!("one of {}", values.join(", "))
            }
            Self::Absent(true) => "nothing there".to_owned(),
            Self::Absent(false) => "something there".to_owned(),
        }
    }

    /// What was found instead, quoted as far as it helps. Of a value that no bound can be held
    /// against, the kind is said: the text `"80"` looks like a number.
    pub(super) fn found(&self, value: &Value) -> Untrusted {
        if matches!(self, Self::Min(_) | Self::Max(_)) && !value.is_number() {
            return Untrusted::from(format!("{}, {}", quoted(value), kind_of(value).words()));
        }
        match (self, length(value)) {
            (Self::Len(_), Some((length, unit))) => {
                Untrusted::from(format!("{length} {unit}: {}", quoted(value)))
            }
            _ => Untrusted::from(quoted(value)),
        }
    }
}

/// Deep equality in which numbers are compared by value: RFC 8259 §6 knows one kind of number. Two
/// integers are, digit by digit: as doubles, large ones are their neighbours.
fn same(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || ((a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let equal = |(name, a)| b.get(name).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(equal)
        }
        _ => wanted == found,
    }
}

fn is_a(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Null => value.is_null(),
        Kind::Boolean => value.is_boolean(),
        Kind::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Kind::Number => value.is_number(),
        Kind::String => value.is_string(),
        Kind::Array => value.is_array(),
        Kind::Object => value.is_object(),
    }
}

const fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    }
}

fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        (Value::Array(elements), part) => elements.iter().any(|element| same(part, element)),
        (Value::Object(members), Value::String(name)) => members.contains_key(name),
        _ => false,
    }
}

/// How long a value is and in what; a number has no length.
fn length(value: &Value) -> Option<(u64, &'static str)> {
    let (length, unit) = match value {
        Value::String(text) => (text.chars().count(), "characters"),
        Value::Array(elements) => (elements.len(), "elements"),
        Value::Object(members) => (members.len(), "members"),
        Value::Null | Value::Bool(_) | Value::Number(_) => return None,
    };
    Some((u64::try_from(length).unwrap_or(u64::MAX), unit))
}

/// As JSON, cut where it no longer helps.
#[must_use]
pub fn quoted(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(QUOTED_CHARS) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}

/// A container in a few words, for a pointer that leads nowhere inside it.
pub(super) fn outline(value: &Value) -> String {
    match value {
        Value::Array(elements) => format!("an array of {}", elements.len()),
        Value::Object(members) if members.is_empty() => "an empty object".to_owned(),
        Value::Object(members) => {
            let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
            let more = names.len() > NAMES_LISTED;
            names.truncate(NAMES_LISTED);
            let more = if more { ", …" } else { "" };
            format!("an object with {}{more}", names.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => quoted(value),
    }
}
