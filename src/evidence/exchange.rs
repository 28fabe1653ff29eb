//! One HTTP request and what came of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Cause, Observation, Payload, WireBytes};
use crate::model::{Method, Micros, Phases, Question, SecretRef, Timestamp, Url};
use crate::wire::cors::Ruse;

/// A request that was sent, why, and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// What it asks, and of which declared place.
    pub question: Question,
    /// The `Origin` it claims, and where that came from.
    pub origin: Option<OriginSent>,
    /// What was sent, credentials replaced by their references.
    pub request: Request,
    /// When it was sent.
    pub at: Timestamp,
    /// The connection it went over; `None` when none was made.
    pub connection: Option<Connection>,
    /// Where its time went; zero where it did not come to that phase.
    pub phases: Phases,
    /// The answer.
    pub response: Observation<Response>,
    /// Supplied secrets that the answer holds and the request did not carry. Told when captured: in
    /// the text itself, a reference that stands for a secret looks like one that was written there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disclosed: Vec<SecretRef>,
    /// What the same request was answered before, oldest first, where that was no answer to go by: a
    /// connection that was reset, or a platform that answered for the service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Observation<u16>>,
    /// Where its `Location` leads, if a credential stands there: what evidence shows in its place
    /// is no place to go to. Never written.
    #[serde(skip)]
    pub onward: Option<Onward>,
}

/// A URL that holds a credential, to be asked for and not to be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Onward(Url);

impl Onward {
    /// Around the URL as it was received.
    #[must_use]
    pub const fn new(url: Url) -> Self {
        Self(url)
    }

    /// The URL, if it leads to the origin of `from`: a credential is taken to no other.
    #[must_use]
    pub fn within(&self, from: &Url) -> Option<Url> {
        (self.0.origin() == from.origin()).then(|| self.0.clone())
    }
}

impl fmt::Debug for Onward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Onward(«hidden»)")
    }
}

impl Exchange {
    /// As the answer to what `earlier` asked already.
    #[must_use]
    pub fn again_after(mut self, earlier: Self) -> Self {
        let status = earlier.response.map(|response| response.status);
        self.earlier = earlier.earlier;
        self.earlier.push(status);
        self
    }

    /// Whether it was never sent.
    #[must_use]
    pub const fn was_left_out(&self) -> bool {
        matches!(self.response, Observation::Skipped(_))
    }
}

/// An `Origin` and why it was chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OriginSent {
    /// The serialised origin.
    pub value: String,
    /// What it is for.
    pub class: OriginClass,
    /// The declared origin it was derived from.
    pub from: Option<String>,
}

/// What an `Origin` is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginClass {
    /// It must be allowed.
    Declared,
    /// It is declared as one that must be refused.
    Denied,
    /// A declared origin, asked for comparison: at a path that nobody has, or for less.
    Control,
    /// It resembles a declared origin, or none: a careless check would allow it.
    Attack(Ruse),
    /// Another grader's own.
    Profile,
}

/// A request as it went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: Url,
    /// Field lines in order, beside those every request carries (`Host`, `Content-Length`).
    pub fields: Vec<Field>,
    /// The body, if any.
    pub body: Option<WireBytes>,
}

/// A field line (RFC 9112 §5). The name as written, the value without surrounding white space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name, in the sender's own case.
    pub name: String,
    /// The value's bytes.
    pub value: WireBytes,
}

impl Field {
    /// From text.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: WireBytes(value.as_bytes().to_vec()),
        }
    }

    /// Whether it is a field of this name; names are case-insensitive.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value as text: UTF-8, else Latin-1.
    #[must_use]
    pub fn text(&self) -> String {
        match std::str::from_utf8(&self.value.0) {
            Ok(text) => text.to_owned(),
            Err(_) => self.value.0.iter().copied().map(char::from).collect(),
        }
    }
}

/// Hands names and values as text, in order, to a reader that borrows them.
pub fn with_lines<T>(fields: &[Field], read: impl FnOnce(&[(&str, &str)]) -> T) -> T {
    let texts: Vec<String> = fields.iter().map(Field::text).collect();
    let lines: Vec<(&str, &str)> = fields
        .iter()
        .zip(&texts)
        .map(|(field, text)| (field.name.as_str(), text.as_str()))
        .collect();
    read(&lines)
}

/// The connection an exchange went over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// `address:port`.
    pub address: String,
    /// Whether it stood already: an earlier exchange had used it, or it was made ahead.
    pub reused: bool,
    /// The cost of addresses that did not answer before this one did.
    pub fallback: Micros,
    /// Those addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
}

/// An address that was tried before the one that answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// `address:port`.
    pub address: String,
    /// Refused, unreachable, or [`Cause::TimedOut`]: still silent when another had answered.
    pub cause: Cause,
}

/// A response as it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// `1.0` or `1.1`, as sent.
    pub version: String,
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// Field lines in order, duplicates kept.
    pub fields: Vec<Field>,
    /// What of the head is not HTTP, if anything: a line that is no field line, and so on.
    pub faults: Vec<String>,
    /// The body.
    pub body: Payload,
}

impl Response {
    /// All values of a field, in order, as text.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        self.fields
            .iter()
            .filter(move |field| field.is(name))
            .map(Field::text)
    }

    /// The first value of a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.values(name).next()
    }

    /// All values of a field joined by `, `, as Fetch and RFC 9110 §5.3 combine them.
    #[must_use]
    pub fn combined(&self, name: &str) -> Option<String> {
        let values: Vec<String> = self.values(name).collect();
        if values.is_empty() {
            None
        } else {
            Some(values.join(", "))
        }
    }

    /// Whether the peer ended it before it was whole: an incomplete message (RFC 9112 §8). What goes
    /// on for longer than we read is none.
    #[must_use]
    pub const fn breaks_off(&self) -> bool {
        matches!(
            self.body.cut,
            Some(Cause::Closed | Cause::Reset | Cause::Garbage | Cause::Alert(_))
        )
    }

    /// The media type without its parameters, in lower case; empty when none is named.
    #[must_use]
    pub fn media_type(&self) -> String {
        let value = self.value("content-type").unwrap_or_default();
        let essence = value.split(';').next().unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    }

    /// Where in the list of fields the first of this name stands.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.is(name))
    }
}
