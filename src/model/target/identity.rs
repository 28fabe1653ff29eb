//! A credential as a target names it: never its value.

use serde::{Deserialize, Serialize};

use crate::model::SecretRef;

/// A credential by reference, and whether it could be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Where the value comes from.
    pub from: SecretRef,
    /// False when it was unset and `--missing-secrets skip` asked to run on.
    pub available: bool,
}
