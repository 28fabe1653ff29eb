//! What a single value must be.

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
    /// A string that matches this regular expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// A string with this part, an array with this element, or an object with this key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<serde_json::Value>,
    /// So many characters, elements or members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub len: Option<u64>,
    /// `true`: must not be there. `false`: must be there, whatever it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<bool>,
}
