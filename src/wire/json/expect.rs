//! What may be expected of a value, read from what a target file declares.

use std::fmt;

use regex_lite::{Regex, RegexBuilder};
use serde_json::Value;

use crate::model;

/// One expectation.
#[derive(Clone, Debug)]
pub enum Expect {
    /// The same value; `1` and `1.0` are the same number.
    Equals(Value),
    /// A value of this kind.
    Type(Kind),
    /// A number not below this bound.
    Min(Bound),
    /// A number not above this bound.
    Max(Bound),
    /// A text in which the expression is found.
    Matches(Pattern),
    /// A text with this text in it, an array with this element, an object with this member.
    Contains(Value),
    /// A text (in characters), array or object of this length.
    Len(model::Length),
    /// One of these values.
    Any(Vec<Value>),
    /// `true`: nothing there at all. `false`: anything, `null` included.
    Absent(bool),
}

/// Where a number stops being right, and where being wrong is more than a warning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// The last number that is right.
    pub at: f64,
    /// The last number beyond it that is only a warning; `None` where none is.
    pub alert: Option<f64>,
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

/// A regular expression, searched for anywhere in the text unless it is anchored.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// Why an assertion cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The pointer is not RFC 6901.
    Pointer(&'static str),
    /// The expectation with this name takes something else.
    Takes(&'static str, &'static str),
    /// An assertion that expects nothing.
    Empty,
}

impl Expect {
    /// Every part of a declared assertion, in a fixed order.
    ///
    /// # Errors
    /// An unknown type name, an expression that is not regular, or nothing expected at all.
    pub fn all_of(declared: &model::Assertion) -> Result<Vec<Self>, Fault> {
        let kind = declared.kind.as_deref().map(Kind::read).transpose()?;
        let pattern = declared.matches.as_deref().map(Pattern::read).transpose()?;
        let alert = declared.alert;
        let bound = |at: f64| Bound { at, alert };
        let parts = [
            declared.equals.clone().map(Self::Equals),
            kind.map(Self::Type),
            declared.min.map(bound).map(Self::Min),
            declared.max.map(bound).map(Self::Max),
            pattern.map(Self::Matches),
            declared.contains.clone().map(Self::Contains),
            declared.len.map(Self::Len),
            declared.any.clone().map(Self::Any),
            declared.absent.map(Self::Absent),
        ];
        let expects: Vec<Self> = parts.into_iter().flatten().collect();
        if expects.is_empty() {
            return Err(Fault::Empty);
        }
        Ok(expects)
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

    fn read(name: &str) -> Result<Self, Fault> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name);
        known.map(|(_, kind)| *kind).ok_or(Fault::Takes(
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

impl Pattern {
    /// Compiled, an expression may take this many bytes: a repetition of repetitions is refused.
    const SIZE_LIMIT: usize = 1 << 20;

    fn read(text: &str) -> Result<Self, Fault> {
        let built = RegexBuilder::new(text).size_limit(Self::SIZE_LIMIT).build();
        built
            .map(Self)
            .map_err(|_| Fault::Takes("matches", "a regular expression"))
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
            Self::Takes(key, what) => write!(f, "`{key}` takes {what}"),
            Self::Empty => f.write_str("an assertion without expectations"),
        }
    }
}

impl std::error::Error for Fault {}
