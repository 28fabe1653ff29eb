//! Who may read answers across origins.

use serde::{Deserialize, Serialize};

use super::endpoint::Method;

/// Who may read answers across origins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorsContract {
    /// Allow-list or everybody.
    pub expectation: CorsExpectation,
    /// Origins that must be allowed, serialised (`https://app.example`).
    pub origins: Vec<String>,
    /// Further origins that must be refused, beside the hostile ones derived from `origins`.
    pub denied: Vec<String>,
    /// Whether browsers send cookies or HTTP authentication along.
    pub credentials: bool,
    /// Methods scripts use.
    pub methods: Vec<Method>,
    /// Request header fields scripts set.
    pub headers: Vec<String>,
    /// Response header fields scripts read.
    pub expose: Vec<String>,
    /// The exact status of a preflight; any 2xx when `None`.
    pub preflight_status: Option<u16>,
    /// What pages call, beside the declared endpoints and before them.
    pub probe: Vec<(Method, String)>,
}

/// Whether reading across origins is restricted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CorsExpectation {
    /// Only the declared origins.
    AllowList,
    /// Everybody, without credentials (`public = true`).
    Public,
}
