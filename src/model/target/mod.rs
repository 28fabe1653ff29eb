//! What the user declares about a deployment: the contract everything is held against.
//!
//! These are plain values without secrets, so that they can travel inside the evidence and a report
//! can be judged again offline. How they are written down in TOML is `config`'s business.

mod assertion;
mod auth;
mod cors;
mod endpoint;
mod identity;
mod latency;
mod tls;
mod websocket;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Family, Millis, PartsPerMillion, Timestamp, Url, UrlScheme};

pub use assertion::{Assertion, Length};
pub use auth::{AuthError, Login, Scheme, SchemeKind};
pub use cors::{CorsContract, CorsExpectation};
pub use endpoint::{Body, Endpoint, Method, RateLimit, StatusSet};
pub use identity::Identity;
pub use latency::{LatencyPolicy, LoadThreshold};
pub use tls::{TlsPolicy, TlsProfile};
pub use websocket::{Echo, Reject, WebSocketContract, WebSocketOrigins};

/// One deployment and all that was declared about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the file, in any combination"
)]
pub struct Target {
    /// Unique in a run; the host and port when the user gave only a URL.
    pub name: String,
    /// Where it answers.
    pub url: Url,
    /// Where in the target file it was declared; `None` for a bare URL.
    pub source: Option<Source>,
    /// The line of each declaration that is one of several: `absent 0`, `rate 1`, `websocket`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<String, u32>,
    /// What the file says about it to whoever reads the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
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
    /// The largest share of a run's requests that may fail; `None` where nothing is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_error_rate: Option<PartsPerMillion>,
    /// How many connections may be open at once to this target (HTTP families).
    pub connections: u8,
    /// Header fields that every request to its origin carries, for a gate in front of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub send_headers: BTreeMap<String, String>,
    /// The same, whose values are secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub send_secrets: BTreeMap<String, Identity>,
    /// Whether `--load` may be pointed at it.
    pub allow_load: bool,
    /// Whether it may be a cloud's metadata service (see [`is_metadata_address`](super::is_metadata_address)).
    pub allow_metadata: bool,
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

impl Target {
    /// A target of which nothing is declared but where it answers.
    #[must_use]
    pub fn new(name: &str, url: Url) -> Self {
        Self {
            name: name.to_owned(),
            url,
            source: None,
            lines: BTreeMap::new(),
            note: None,
            kind: None,
            production: false,
            optional: false,
            cold_start: None,
            timeout: Millis(10_000),
            max_error_rate: None,
            connections: 6,
            send_headers: BTreeMap::new(),
            send_secrets: BTreeMap::new(),
            allow_load: false,
            allow_metadata: false,
            tls: TlsPolicy::default(),
            headers: HeadersPolicy::default(),
            cors: None,
            auth: None,
            endpoints: Vec::new(),
            absent: Vec::new(),
            wrong_method: Vec::new(),
            login: None,
            websocket: None,
            latency: LatencyPolicy::default(),
            rate: Vec::new(),
            waivers: Vec::new(),
        }
    }

    /// Whether a credential may travel to it: over TLS, or within this machine.
    #[must_use]
    pub fn keeps_secrets(&self) -> bool {
        self.url.scheme == UrlScheme::Https || self.url.host.is_loopback()
    }

    /// Whether the file says that scripts call this method at this path: by an endpoint, by
    /// `cors.probe`, or by the target's own URL, which is read.
    #[must_use]
    pub fn calls(&self, method: &Method, path: &str) -> bool {
        let endpoint = |endpoint: &Endpoint| {
            endpoint.cors && endpoint.method == *method && endpoint.path == path
        };
        let probed = |(named, place): &(Method, String)| named == method && place == path;
        let probe = self.cors.as_ref().map(|cors| cors.probe.as_slice());
        self.endpoints.iter().any(endpoint)
            || probe.unwrap_or_default().iter().any(probed)
            || (*method == Method::get() && self.url.target == path)
    }

    /// Every credential that an audit of the families that are `wanted` sends.
    pub fn identities_for(
        &self,
        wanted: &dyn Fn(Family) -> bool,
    ) -> impl Iterator<Item = &Identity> {
        let any = |families: &[Family]| families.iter().any(|family| wanted(*family));
        let (auth, socket) = (wanted(Family::Auth), wanted(Family::Websocket));
        let endpoints = any(&[
            Family::Cors,
            Family::Auth,
            Family::Latency,
            Family::Contract,
        ]);
        let scheme = self.auth.iter();
        let valid = scheme.clone().filter(move |_| endpoints || socket);
        let refused = scheme.filter(move |_| auth || socket);
        let login = self.login.iter().filter(move |_| auth);
        let sent = self.endpoints.iter().filter(move |_| endpoints);
        let socket = self.websocket.iter().filter(move |_| socket);
        let gate = self.send_secrets.values();
        gate.chain(valid.filter_map(|scheme| scheme.token.as_ref()))
            .chain(refused.flat_map(|scheme| scheme.expired.iter().chain(&scheme.other)))
            .chain(login.filter_map(|login| login.known_user.as_ref()))
            .chain(sent.flat_map(|endpoint| endpoint.send_secrets.values()))
            .chain(socket.flat_map(|socket| socket.send_secrets.values()))
    }

    /// Every credential the target refers to.
    pub fn identities(&self) -> impl Iterator<Item = &Identity> {
        let gate = self.send_secrets.values();
        let scheme = self.auth.iter().flat_map(Scheme::identities);
        let login = self.login.iter();
        let login = login.filter_map(|login| login.known_user.as_ref());
        let sent = self.endpoints.iter();
        let sent = sent.flat_map(|endpoint| endpoint.send_secrets.values());
        let socket = self.websocket.iter();
        let socket = socket.flat_map(|socket| socket.send_secrets.values());
        gate.chain(scheme).chain(login).chain(sent).chain(socket)
    }

    /// The same, to be marked as missing or looked up.
    pub fn identities_mut(&mut self) -> impl Iterator<Item = &mut Identity> {
        let gate = self.send_secrets.values_mut();
        let scheme = self.auth.iter_mut().flat_map(Scheme::identities_mut);
        let login = self.login.iter_mut();
        let login = login.filter_map(|login| login.known_user.as_mut());
        let sent = self.endpoints.iter_mut();
        let sent = sent.flat_map(|endpoint| endpoint.send_secrets.values_mut());
        let socket = self.websocket.iter_mut();
        let socket = socket.flat_map(|socket| socket.send_secrets.values_mut());
        gate.chain(scheme).chain(login).chain(sent).chain(socket)
    }
}

/// A place in the user's file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// The path as the user gave it.
    pub file: String,
    /// One-based.
    pub line: u32,
    /// One-based, in characters; `None` where only the line is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
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

/// A finding accepted for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The rule's id.
    pub rule: String,
    /// The one endpoint it holds for, as findings name it: `GET /path`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Whether it holds for every target, and so need not be of use at each.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everywhere: bool,
    /// Why it is accepted.
    pub reason: String,
    /// When it stops being accepted.
    pub expires: Timestamp,
    /// Where it is tracked.
    pub ticket: Option<String>,
}
