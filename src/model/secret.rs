//! Values that must never be seen, and the names they go by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A credential. It has no `Debug`, no `Display` and no `Serialize`: the only way out is
/// [`Secret::expose`], called where bytes go onto a socket.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value read from the environment or a file.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for the wire.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Where a secret comes from. Names may be shown; values may not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretRef {
    /// The environment variable of this name.
    Env(String),
    /// The first line of the file at this path.
    File(String),
}

impl SecretRef {
    /// How the secret is written where its value stood: in evidence, reports and `curl` lines.
    #[must_use]
    pub fn placeholder(&self) -> String {
        match self {
            Self::Env(name) => format!("${name}"),
            Self::File(path) => format!("$(cat {path})"),
        }
    }

    /// The same of the user in a `user:password`.
    #[must_use]
    pub fn user(&self) -> String {
        match self {
            Self::Env(name) => format!("${{{name}%%:*}}"),
            Self::File(path) => format!("$(cut -d: -f1 {path})"),
        }
    }

    /// The same of the password in a `user:password` (RFC 7617 §2: the first colon parts them).
    #[must_use]
    pub fn password(&self) -> String {
        match self {
            Self::Env(name) => format!("${{{name}#*:}}"),
            Self::File(path) => format!("$(cut -d: -f2- {path})"),
        }
    }
}

/// The values behind the references of a run, read once before any traffic. A reference that is
/// missing was unset, and the run goes on without it.
pub type Secrets = BTreeMap<SecretRef, Secret>;
