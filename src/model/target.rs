//! What the user declares about a deployment: the contract everything is held against.
//!
//! These are plain values without secrets, so that they can travel inside the evidence and a report
//! can be judged again offline. How they are written down in TOML is `config`'s business.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Bytes, Millis, SecretRef, Timestamp, Url};

/// One deployment and all that was declared about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Unique in a run; the host and port when the user gave only a URL.
    pub name: String,
    /// Where it answers.
    pub url: Url,
    /// Where in the target file it was declared; `None` for a bare URL.
    pub source: Option<Source>,
    /// What kind of service it is; guessed from its answer when not declared.
    pub kind: Option<Kind>,
    /// Whether `env = "production"` was declared: stricter about development leftovers.
    pub production: bool,
    /// Whether its findings may fail the run. An optional target is reported all the same.
    pub optional: bool,
    /// How long the first answer may take while the service wakes.
    pub cold_start: Option<Millis>,
    /// How long one exchange may take.
    pub timeout: Millis,
    /// How many connections may be open at once to this target (HTTP families).
    pub connections: u8,
    /// Whether `--load` may be pointed at it.
    pub allow_load: bool,
    /// Expectations of TLS.
    pub tls: TlsPolicy,
    /// Expectations of header fields.
    pub headers: HeadersPolicy,
    /// Expectations of CORS; `None` when nothing is declared.
    pub cors: Option<CorsContract>,
    /// How requests are authenticated; `None` when nothing is declared.
    pub auth: Option<Scheme>,
    /// Declared endpoints, in file order.
    pub endpoints: Vec<Endpoint>,
    /// Paths that must not exist.
    pub absent: Vec<String>,
    /// Method and path pairs that must be answered 405 with `Allow`.
    pub wrong_method: Vec<(Method, String)>,
    /// The login endpoint.
    pub login: Option<Login>,
    /// The WebSocket endpoint.
    pub websocket: Option<WebSocketContract>,
    /// Thresholds and sample counts.
    pub latency: LatencyPolicy,
    /// Declared rate limits; measured with `--burst` only.
    pub rate: Vec<RateLimit>,
    /// Findings accepted for a while.
    pub waivers: Vec<Waiver>,
}

/// A place in the user's file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// The path as the user gave it.
    pub file: String,
    /// One-based.
    pub line: u32,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.file, self.line))
    }
}

/// What a service is for, and so which header fields it owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Pages for browsers.
    Web,
    /// Data for programs.
    Api,
}

impl Kind {
    /// As written in the file and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
        }
    }
}

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

/// Expectations of TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsPolicy {
    /// The lowest version that may be accepted, as two bytes on the wire (0x0303 is TLS 1.2).
    pub min_version: u16,
    /// The least whole days a certificate must still live; `None` judges by its own lifetime.
    pub days_left: Option<u32>,
    /// The Mozilla profile to conform to.
    pub profile: Option<TlsProfile>,
}

impl Default for TlsPolicy {
    fn default() -> Self {
        Self {
            min_version: 0x0303,
            days_left: None,
            profile: None,
        }
    }
}

/// Mozilla's Server Side TLS configurations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsProfile {
    /// TLS 1.3 only.
    Modern,
    /// TLS 1.2 and 1.3.
    Intermediate,
    /// TLS 1.0 to 1.3.
    Old,
}

/// Expectations of header fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadersPolicy {
    /// Overrides the guessed class of the target's own answer: `document`, `api`, `asset`, …
    pub class: Option<String>,
    /// Cookie names that carry a session although they do not look like it.
    pub session_cookies: Vec<String>,
    /// Cookie names that do not, although they do.
    pub other_cookies: Vec<String>,
}

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
    /// Where to try the preflight.
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

/// A credential by reference, and whether it could be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Where the value comes from.
    pub from: SecretRef,
    /// False when it was unset and `--missing-secrets skip` asked to run on.
    pub available: bool,
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
pub struct Endpoint {
    /// The request method.
    pub method: Method,
    /// The request target, variables filled in.
    pub path: String,
    /// Whether it must refuse requests without valid credentials.
    pub protected: bool,
    /// Whether it changes state: never sent without `--allow-mutation`.
    pub mutating: bool,
    /// Expected status: of the answer with valid credentials when protected.
    pub status: Option<StatusSet>,
    /// Header fields to send.
    pub send_headers: BTreeMap<String, String>,
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
    /// Whether the answer is an OpenAPI document that must list the declared endpoints.
    pub documents: bool,
    /// The target whose same endpoint must answer alike.
    pub same_as: Option<String>,
    /// Where it was declared.
    pub source: Option<Source>,
}

impl Endpoint {
    /// `METHOD /path` with every expectation open.
    #[must_use]
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            protected: false,
            mutating: false,
            status: None,
            send_headers: BTreeMap::new(),
            send: None,
            headers: BTreeMap::new(),
            json: BTreeMap::new(),
            body: None,
            bytes: None,
            max_bytes: None,
            max_time: None,
            max_over_network: None,
            documents: false,
            same_as: None,
            source: None,
        }
    }

    /// `GET /path`, as reports name it.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// A declared request body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its `Content-Type`.
    pub media_type: String,
    /// Its text.
    pub text: String,
}

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
}

/// The WebSocket endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebSocketContract {
    /// The request target; `{token}` is where the credential goes.
    pub path: String,
    /// Subprotocols to offer.
    pub protocols: Vec<String>,
    /// Who may connect.
    pub origins: WebSocketOrigins,
    /// Whether no credentials are needed.
    pub public: bool,
    /// How a refusal looks.
    pub reject: Reject,
    /// The server's own ping interval.
    pub heartbeat: Option<Millis>,
    /// How long a silent socket must stay open.
    pub idle: Option<Millis>,
    /// Longest ping to pong time beyond one network round trip.
    pub rtt_over_network: Option<Millis>,
    /// Largest message the server takes.
    pub max_message: Option<Bytes>,
    /// A message and its answer.
    pub echo: Option<Echo>,
}

/// Origins a WebSocket endpoint accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebSocketOrigins {
    /// Whoever asks.
    Any,
    /// Only these.
    Only(Vec<String>),
}

/// How a WebSocket endpoint turns somebody away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reject {
    /// With an HTTP status instead of 101.
    Handshake,
    /// With 101 and then this close code.
    Close(u16),
}

/// An application-level message and what comes back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Echo {
    /// The text message to send.
    pub send: String,
    /// Expectations of the answer by JSON Pointer; empty expects the same text back.
    pub json: BTreeMap<String, Assertion>,
}

/// Thresholds and sample counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencyPolicy {
    /// Median cold time to first byte that is still fine.
    pub target: Millis,
    /// Median cold time to first byte from which on it is an alert.
    pub alert: Millis,
    /// Full handshakes to sample.
    pub cold: u32,
    /// Requests on one kept-alive connection to sample.
    pub warm: u32,
    /// Conditions on a load run.
    pub load: Vec<LoadThreshold>,
}

impl Default for LatencyPolicy {
    fn default() -> Self {
        Self {
            target: Millis(500),
            alert: Millis(1000),
            cold: 6,
            warm: 10,
            load: Vec::new(),
        }
    }
}

/// A condition on a load run, as written: `p95 < 500ms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoadThreshold(pub String);

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

/// A finding accepted for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The rule's id.
    pub rule: String,
    /// Why it is accepted.
    pub reason: String,
    /// When it stops being accepted.
    pub expires: Timestamp,
    /// Where it is tracked.
    pub ticket: Option<String>,
}
