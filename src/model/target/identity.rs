//! A credential as a target names it: never its value.

use serde::{Deserialize, Serialize};

use crate::model::SecretRef;

/// A credential by reference, and what may be said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Where the value comes from.
    pub from: SecretRef,
    /// False when it was unset and `--missing-secrets skip` asked to run on.
    pub available: bool,
    /// Whether anybody may know it: a key that is published in pages.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
    /// Whether its value, once read, is a JSON Web Token.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_jwt: bool,
}

impl Identity {
    /// One whose value can be read, and of which nothing else is known.
    #[must_use]
    pub const fn new(from: SecretRef) -> Self {
        Self {
            from,
            available: true,
            public: false,
            is_jwt: false,
        }
    }
}
