//! Where in the evidence something stands.

use serde::{Deserialize, Serialize};

/// A JSON Pointer (RFC 6901) into one target's evidence line, e.g. `/exchanges/3/response/fields/4`.
///
/// Every finding points at what it was judged from, so that it can be looked up and reproduced.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pointer(pub String);

impl Pointer {
    /// The `index`th exchange.
    #[must_use]
    pub fn exchange(index: usize) -> Self {
        Self(format!("/exchanges/{index}"))
    }

    /// The `index`th trial of the WebSocket handshake.
    #[must_use]
    pub fn socket(index: usize) -> Self {
        Self(format!("/sockets/{index}"))
    }

    /// One step further down.
    #[must_use]
    pub fn join(&self, step: impl std::fmt::Display) -> Self {
        Self(format!("{}/{step}", self.0))
    }

    /// The index behind `/exchanges/`, if it points into an exchange.
    #[must_use]
    pub fn exchange_index(&self) -> Option<usize> {
        index_behind(&self.0, "/exchanges/")
    }

    /// The index behind `/sockets/`, if it points into a WebSocket trial.
    #[must_use]
    pub fn socket_index(&self) -> Option<usize> {
        index_behind(&self.0, "/sockets/")
    }
}

fn index_behind(pointer: &str, prefix: &str) -> Option<usize> {
    pointer
        .strip_prefix(prefix)?
        .split('/')
        .next()?
        .parse()
        .ok()
}
