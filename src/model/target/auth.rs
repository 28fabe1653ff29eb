//! How requests are authenticated, and how they are turned away.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::assertion::Assertion;
use super::endpoint::{Body, StatusSet};
use super::identity::Identity;
use crate::model::SecretRef;

/// An authentication scheme and what its refusal looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheme {
    /// The mechanism.
    pub kind: SchemeKind,
    /// A valid credential.
    pub token: Option<Identity>,
    /// A credential that was valid once.
    pub expired: Option<Identity>,
    /// Another user's valid credential.
    pub other: Option<Identity>,
    /// Statuses that count as a refusal.
    pub reject: StatusSet,
    /// Whether a 401 must carry `WWW-Authenticate` (RFC 9110 §15.5.2).
    pub challenge: bool,
    /// What the body of a refusal looks like.
    pub error: Option<AuthError>,
}

impl Scheme {
    /// The references to its credentials.
    pub fn credentials(&self) -> impl Iterator<Item = &SecretRef> {
        self.identities().map(|identity| &identity.from)
    }

    pub(super) fn identities(&self) -> impl Iterator<Item = &Identity> {
        let all = [&self.token, &self.expired, &self.other];
        all.into_iter().flatten()
    }

    pub(super) fn identities_mut(&mut self) -> impl Iterator<Item = &mut Identity> {
        [&mut self.token, &mut self.expired, &mut self.other]
            .into_iter()
            .filter_map(Option::as_mut)
    }
}

/// How a credential is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchemeKind {
    /// `Authorization: Bearer` (RFC 6750).
    Bearer,
    /// `Authorization: Basic` (RFC 7617); the credential is `user:password`.
    Basic,
    /// A header field of its own.
    ApiKey {
        /// The field's name.
        header: String,
    },
    /// A cookie.
    Cookie {
        /// The cookie's name.
        name: String,
    },
}

/// The declared body of a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthError {
    /// The media type's essence.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// JSON Pointers that must be present.
    pub exists: Vec<String>,
}

/// The login endpoint and how it must treat wrong passwords.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Login {
    /// The request target; the method is POST.
    pub path: String,
    /// The body, with `{user}` and `{password}` where they go.
    pub body: Body,
    /// An account that exists, for the comparison with one that does not.
    pub known_user: Option<Identity>,
    /// Expected status of a wrong login.
    pub status: StatusSet,
    /// Whether known and unknown users must be answered alike.
    pub uniform: bool,
    /// Expectations by JSON Pointer.
    pub json: BTreeMap<String, Assertion>,
    /// The target whose login must answer alike.
    pub same_as: Option<String>,
    /// The lines of the file where its parts are declared, by their names: `status`, `json /error`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<String, u32>,
}

impl Login {
    /// What a wrong login is answered where the file does not say.
    pub const USUAL_STATUS: [&'static str; 4] = ["400", "401", "403", "422"];

    /// Whether the file leaves the status of a wrong login open.
    #[must_use]
    pub fn has_usual_status(&self) -> bool {
        self.status.0 == Self::USUAL_STATUS
    }
}
