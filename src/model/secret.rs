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
}

/// The values behind the references of a run, read once before any traffic.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<SecretRef, Secret>);

impl Secrets {
    /// Files a value under its reference.
    pub fn insert(&mut self, from: SecretRef, value: Secret) {
        self.0.insert(from, value);
    }

    /// The value behind a reference; `None` when it was unset and the run goes on without it.
    #[must_use]
    pub fn get(&self, from: &SecretRef) -> Option<&Secret> {
        self.0.get(from)
    }

    /// Every value with its reference: what must be replaced wherever a peer echoes it.
    pub fn iter(&self) -> impl Iterator<Item = (&SecretRef, &Secret)> {
        self.0.iter()
    }
}
