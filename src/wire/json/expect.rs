//! What may be expected of a value, read from the shape it has in a target file.

use std::fmt;

use regex_lite::{Regex, RegexBuilder};
use serde_json::{Map, Value};

/// One expectation.
#[derive(Clone, Debug)]
pub enum Expect {
    /// The same value; `1` and `1.0` are the same number.
    Equals(Value),
    /// A value of this kind.
    Type(Kind),
    /// A number not below this one.
    Min(f64),
    /// A number not above this one.
    Max(f64),
    /// A text in which the expression is found.
    Matches(Pattern),
    /// A text with this text in it, an array with this element, an object with this member.
    Contains(Value),
    /// A text (in characters), array or object of this length.
    Len(Count),
    /// One of these values.
    Any(Vec<Value>),
    /// `true`: nothing there at all. `false`: anything, `null` included.
    Absent(bool),
}

/// The kinds of JSON Schema: RFC 8259's, with `integer` told from `number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number without a fraction, however it is written.
    Integer,
    /// Any number.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
    /// Members with names.
    Object,
}

/// How many characters, elements or members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Not fewer.
    pub min: Option<u64>,
    /// Not more.
    pub max: Option<u64>,
}

/// A regular expression, searched for anywhere in the text unless it is anchored.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// Why an assertion cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The pointer is not RFC 6901.
    Pointer(&'static str),
    /// No expectation has this name; the nearest one, if any is near.
    Unknown(String, Option<&'static str>),
    /// The expectation with this name takes something else.
    Takes(&'static str, &'static str),
    /// A table that expects nothing.
    Empty,
}

impl Expect {
    /// The names of the expectations, as written in a target file.
    pub const KEYS: [&'static str; 9] = [
        "equals", "type", "min", "max", "matches", "contains", "len", "any", "absent",
    ];

    /// A plain value means equals; a table names what it expects.
    ///
    /// # Errors
    /// An unknown name, or one given a value it does not take.
    pub fn read(expected: &Value) -> Result<Vec<Self>, Fault> {
        let Value::Object(table) = expected else {
            return Ok(vec![Self::Equals(expected.clone())]);
        };
        if table.is_empty() {
            return Err(Fault::Empty);
        }
        table
            .iter()
            .map(|(key, value)| Self::read_one(key, value))
            .collect()
    }

    fn read_one(key: &str, value: &Value) -> Result<Self, Fault> {
        let number = |name| value.as_f64().ok_or(Fault::Takes(name, "a number"));
        match key {
            "equals" => Ok(Self::Equals(value.clone())),
            "type" => Kind::read(value).map(Self::Type),
            "min" => number("min").map(Self::Min),
            "max" => number("max").map(Self::Max),
            "matches" => Pattern::read(value).map(Self::Matches),
            "contains" => Ok(Self::Contains(value.clone())),
            "len" => Count::read(value).map(Self::Len),
            "any" => match value.as_array() {
                Some(values) if !values.is_empty() => Ok(Self::Any(values.clone())),
                Some(_) | None => Err(Fault::Takes("any", "a list of values")),
            },
            "absent" => value
                .as_bool()
                .map(Self::Absent)
                .ok_or(Fault::Takes("absent", "true or false")),
            unknown => Err(Fault::Unknown(unknown.to_owned(), near(unknown))),
        }
    }
}

impl Kind {
    const ALL: [(&'static str, Self); 7] = [
        ("null", Self::Null),
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("string", Self::String),
        ("array", Self::Array),
        ("object", Self::Object),
    ];

    fn read(value: &Value) -> Result<Self, Fault> {
        let named = |name: &str| Self::ALL.iter().find(|(known, _)| *known == name);
        value
            .as_str()
            .and_then(named)
            .map(|(_, kind)| *kind)
            .ok_or(Fault::Takes(
                "type",
                "one of null, boolean, integer, number, string, array, object",
            ))
    }

    /// With its article: `an object`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

impl Count {
    fn read(value: &Value) -> Result<Self, Fault> {
        let fault = Fault::Takes("len", "a whole number, or a table of min and max");
        if let Some(exact) = value.as_u64() {
            let exact = Some(exact);
            return Ok(Self {
                min: exact,
                max: exact,
            });
        }
        let Some(table) = value.as_object().filter(|table| !table.is_empty()) else {
            return Err(fault);
        };
        let bounds = table.keys().all(|key| key == "min" || key == "max");
        match (bounds, bound(table, "min"), bound(table, "max")) {
            (true, Ok(min), Ok(max)) => Ok(Self { min, max }),
            _ => Err(fault),
        }
    }
}

/// A bound that may be left out, but not be anything else than a whole number.
fn bound(table: &Map<String, Value>, key: &str) -> Result<Option<u64>, ()> {
    match table.get(key) {
        None => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or(()),
    }
}

impl Pattern {
    /// Compiled, an expression may take this many bytes: a repetition of repetitions is refused.
    const SIZE_LIMIT: usize = 1 << 20;

    fn read(value: &Value) -> Result<Self, Fault> {
        let fault = Fault::Takes("matches", "a regular expression");
        let text = value.as_str().ok_or_else(|| fault.clone())?;
        let built = RegexBuilder::new(text).size_limit(Self::SIZE_LIMIT).build();
        built.map(Self).map_err(|_| fault)
    }

    /// Whether it is found in `text`. Time is linear in the text for a given expression.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The expression as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(why) => f.write_str(why),
            Self::Unknown(key, Some(near)) => {
                write!(f, "unknown expectation `{key}`: did you mean `{near}`?")
            }
            Self::Unknown(key, None) => {
                let known = Expect::KEYS.join(", ");
                write!(f, "unknown expectation `{key}`: one of {known}")
            }
            Self::Takes(key, what) => write!(f, "`{key}` takes {what}"),
            Self::Empty => f.write_str("an empty table expects nothing"),
        }
    }
}

impl std::error::Error for Fault {}

/// The name that begins like this one, or that this one begins like.
fn near(unknown: &str) -> Option<&'static str> {
    let unknown = unknown.to_ascii_lowercase();
    Expect::KEYS.into_iter().find(|key| {
        let stem = key.len().min(unknown.len()).max(4);
        key.get(..stem.min(key.len())) == unknown.get(..stem.min(unknown.len()))
    })
}
