//! Of which place of a target file something is asked.

use serde::{Deserialize, Serialize};

/// A place of the target file, by its position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The target's own URL, and what stands beside it at fixed paths.
    Target,
    /// A declared endpoint.
    Endpoint(usize),
    /// A place of `cors.probe` that is no declared endpoint.
    Probe(usize),
    /// A path that must be absent.
    Absent(usize),
    /// A pair of `wrong_method`.
    WrongMethod(usize),
    /// A declared rate limit.
    Rate(usize),
    /// The login endpoint.
    Login,
    /// The WebSocket endpoint.
    Socket,
}

impl Place {
    /// The index of the declared endpoint it is, if it is one.
    #[must_use]
    pub const fn endpoint(self) -> Option<usize> {
        match self {
            Self::Endpoint(index) => Some(index),
            Self::Target
            | Self::Probe(_)
            | Self::Absent(_)
            | Self::WrongMethod(_)
            | Self::Rate(_)
            | Self::Login
            | Self::Socket => None,
        }
    }
}
