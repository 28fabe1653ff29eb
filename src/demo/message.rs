//! What the embedded server is asked and what it answers.

use std::time::Duration;

/// A request as received.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Field lines in order.
    pub fields: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether it came over TLS.
    pub secure: bool,
}

impl Request {
    /// The first value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self
            .fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The target without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// What to do with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Answer it.
    Http(Answer),
    /// Open a WebSocket and echo what comes.
    Echo,
}

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) status: u16,
    pub(super) fields: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) delay: Duration,
}

impl Answer {
    /// With a status, a media type and a body.
    #[must_use]
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let fields = vec![("Content-Type".to_owned(), media_type.to_owned())];
        Self {
            status,
            fields,
            body: body.into(),
            delay: Duration::ZERO,
        }
    }

    /// With a status and neither body nor type.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self {
            status,
            fields: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
        }
    }

    /// With one more field line.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With several more field lines.
    #[must_use]
    pub fn with_all(self, fields: &[(&str, &str)]) -> Self {
        fields
            .iter()
            .fold(self, |answer, (name, value)| answer.with(name, value))
    }

    /// After a while.
    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self::Http(answer)
    }
}
