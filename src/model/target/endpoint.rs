//! Declared endpoints: what is asked, and what must come back.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Source;
use super::assertion::Assertion;
use super::identity::Identity;
use crate::model::{Bytes, Millis};

/// A request method (RFC 9110 §9.1): case-sensitive, a token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Method(pub String);

impl Method {
    /// `GET`.
    #[must_use]
    pub fn get() -> Self {
        Self("GET".to_owned())
    }

    /// Of the standard's own method `name`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Safe methods (RFC 9110 §9.2.1) ask for no change on the server.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        matches!(self.0.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A set of status codes: single ones and whole classes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusSet(pub Vec<String>);

impl StatusSet {
    /// Of codes (`401`) and classes (`2xx`).
    #[must_use]
    pub fn of(items: &[&str]) -> Self {
        Self(items.iter().map(|item| (*item).to_owned()).collect())
    }

    /// Whether `status` is in the set.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|item| match item.strip_suffix("xx") {
            Some(class) => class.parse() == Ok(status / 100),
            None => item.parse() == Ok(status),
        })
    }
}

impl fmt::Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.join(" or "))
    }
}

/// One declared endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the file, in any combination"
)]
pub struct Endpoint {
    /// The request method.
    pub method: Method,
    /// The request target, variables filled in.
    pub path: String,
    /// Whether it must refuse requests without valid credentials.
    pub protected: bool,
    /// What the file says of whether all users share it, or each has their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<bool>,
    /// What the file says of whether it changes state.
    pub mutating: Option<bool>,
    /// Expected status: of the answer with valid credentials when protected.
    pub status: Option<StatusSet>,
    /// Header fields to send.
    pub send_headers: BTreeMap<String, String>,
    /// Header fields to send whose values are secrets.
    pub send_secrets: BTreeMap<String, Identity>,
    /// A body to send.
    pub send: Option<Body>,
    /// Expectations of response fields by name.
    pub headers: BTreeMap<String, Assertion>,
    /// Expectations by JSON Pointer (RFC 6901).
    pub json: BTreeMap<String, Assertion>,
    /// Expectations of the body as text.
    pub body: Option<Assertion>,
    /// Exact size of the body.
    pub bytes: Option<Bytes>,
    /// Largest size of the body.
    pub max_bytes: Option<Bytes>,
    /// Longest time from request to last byte.
    pub max_time: Option<Millis>,
    /// Longest server time beyond one network round trip.
    pub max_over_network: Option<Millis>,
    /// Whether its time is sampled, in place of that of the target's own URL.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub timed: bool,
    /// Whether the answer is an OpenAPI document that must list the declared endpoints.
    pub documents: bool,
    /// The target whose same endpoint must answer alike.
    pub same_as: Option<String>,
    /// Places of the JSON whose values must be that target's, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equal: Vec<String>,
    /// What the file says about it to whoever reads the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether pages of other origins call it, where `cors` is declared.
    #[serde(default = "by_pages")]
    pub cors: bool,
    /// Where it was declared.
    pub source: Option<Source>,
    /// The lines of the file where its parts are declared, by their names: `status`, `size`, `time`,
    /// `json /version`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<String, u32>,
}

impl Endpoint {
    /// Whether anything is declared of its answer, beyond who gets one.
    #[must_use]
    pub fn declares_an_answer(&self) -> bool {
        self.status.is_some()
            || !self.headers.is_empty()
            || !self.json.is_empty()
            || self.body.is_some()
            || self.bytes.is_some()
            || self.max_bytes.is_some()
            || self.max_time.is_some()
            || self.max_over_network.is_some()
            || self.timed
            || self.documents
            || self.same_as.is_some()
    }

    /// Whether something is declared of its answer's body.
    #[must_use]
    pub fn declares_a_body(&self) -> bool {
        !self.json.is_empty()
            || self.body.is_some()
            || self.bytes.is_some()
            || self.max_bytes.is_some()
            || self.documents
    }

    /// `METHOD /path` with every expectation open.
    #[must_use]
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            protected: false,
            shared: None,
            mutating: None,
            status: None,
            send_headers: BTreeMap::new(),
            send_secrets: BTreeMap::new(),
            send: None,
            headers: BTreeMap::new(),
            json: BTreeMap::new(),
            body: None,
            bytes: None,
            max_bytes: None,
            max_time: None,
            max_over_network: None,
            timed: false,
            documents: false,
            same_as: None,
            equal: Vec::new(),
            note: None,
            cors: true,
            source: None,
            lines: BTreeMap::new(),
        }
    }

    /// Whether it changes state, by the file's word or else by the method's meaning (RFC 9110 §9.3):
    /// then it is never sent without `--allow-mutation`.
    #[must_use]
    pub fn is_mutating(&self) -> bool {
        let meant = || matches!(self.method.as_str(), "PUT" | "PATCH" | "DELETE");
        self.mutating.unwrap_or_else(meant)
    }

    /// Whether it can be asked over and over: by anybody, and without an effect (RFC 9110 §9.2.1).
    #[must_use]
    pub fn only_reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD") && !self.is_mutating()
    }

    /// `GET /path`, as reports name it.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is declared of an endpoint about which nothing is said.
const fn by_pages() -> bool {
    true
}

/// A declared request body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its `Content-Type`.
    pub media_type: String,
    /// Its text.
    pub text: String,
}

/// A declared limit on requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// The request method.
    pub method: Method,
    /// A cheap request target.
    pub path: String,
    /// Requests allowed.
    pub requests: u32,
    /// In this window.
    pub window: Millis,
    /// Whether the 429 must carry `Retry-After`.
    pub retry_after: bool,
}

impl RateLimit {
    /// Whether it is taken to count every request, not only those to its own path. One below another
    /// over the same time is of its own path: were it of everything, the other would say nothing.
    #[must_use]
    pub fn counts_everything(&self, all: &[Self]) -> bool {
        let is_wider = |other: &Self| {
            let of_everything = other.method.is_safe() && other.window == self.window;
            of_everything && other.requests > self.requests
        };
        self.method.is_safe() && !all.iter().any(is_wider)
    }
}
