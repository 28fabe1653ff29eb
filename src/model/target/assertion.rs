//! What a single value must be.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a value must be. Every part that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Assertion {
    /// Equal to this JSON value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equals: Option<serde_json::Value>,
    /// One of these JSON values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<serde_json::Value>>,
    /// Of this JSON type: `null`, `boolean`, `number`, `integer`, `string`, `array`, `object`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A number at least this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// A number at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// How far beyond `min` or `max` it may be before that is more than a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<f64>,
    /// A string that matches this regular expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// A string with this part, an array with this element, or an object with this key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<serde_json::Value>,
    /// So many characters, elements or members, or so many at least and at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub len: Option<Length>,
    /// `true`: must not be there. `false`: must be there, whatever it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<bool>,
}

/// How many characters, elements or members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Length {
    /// So many.
    Exactly(u64),
    /// Between two bounds, each included; one of them may be open.
    Between {
        /// At least so many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<u64>,
        /// At most so many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u64>,
    },
}

impl Length {
    /// Whether so many are right.
    #[must_use]
    pub fn holds(self, count: u64) -> bool {
        match self {
            Self::Exactly(wanted) => count == wanted,
            Self::Between { min, max } => {
                min.is_none_or(|min| count >= min) && max.is_none_or(|max| count <= max)
            }
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => write!(f, "a length of {count}"),
            Self::Between {
                min: Some(min),
                max: Some(max),
            } => write!(f, "a length from {min} to {max}"),
            Self::Between { min: Some(min), .. } => write!(f, "a length of at least {min}"),
            Self::Between { max: Some(max), .. } => write!(f, "a length of at most {max}"),
            Self::Between { .. } => write!(f, "a length"),
        }
    }
}
