//! HTTP/1.1 exchanges, as evidence.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http;

use super::body;
use super::deadline::Deadline;
use super::dial::{self, Names};
use super::line::Line;
use super::onward::onward;
use super::scrub::Scrub;
use super::sessions::Sessions;
use super::spares::Spares;
use super::stream::Stream;
use super::transport::{self, Dialler, NoResolver, Record};
use super::{Net, clock, tls};
use crate::evidence::{
    Cause, Connection, Exchange, Failure, Field, Observation, Onward, OriginSent, Payload, Request,
    Response, Stage, WireBytes,
};
use crate::model::{Method, Micros, Phases, Question, SecretRef, Url, UrlScheme};
use crate::wire::http::framing::Framing;
use crate::wire::http::head::Head;

/// At most so many bytes of a body are read, unless the request asked for more.
pub const BODY_LIMIT: u64 = 1024 * 1024;

/// At most so many of them are kept in the evidence, unless the request asked for more.
pub const BODY_KEPT: usize = 64 * 1024;

/// A request before it is sent: it may hold credentials, its copy in the evidence does not.
#[derive(Clone)]
pub struct Outgoing {
    /// Why it is sent.
    pub question: Question,
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Field lines beside `Host`, `User-Agent` and the body's own.
    pub fields: Vec<Line>,
    /// The origin that rides along.
    pub origin: Option<OriginSent>,
    /// The body and its media type.
    pub body: Option<(String, Vec<u8>)>,
    /// How much of the answer's body to read, in bytes.
    pub read: u64,
    /// How much of it to keep, in bytes.
    pub keep: usize,
}

impl Outgoing {
    /// A request without fields of its own.
    #[must_use]
    pub fn new(question: Question, method: Method, url: Url) -> Self {
        Self {
            question,
            method,
            url,
            fields: Vec::new(),
            origin: None,
            body: None,
            read: BODY_LIMIT,
            keep: BODY_KEPT,
        }
    }

    /// With at least so many bytes of the answer's body read.
    #[must_use]
    pub fn reading(mut self, bytes: u64) -> Self {
        self.read = self.read.max(bytes);
        self
    }

    /// With all kept that is read.
    #[must_use]
    pub fn keeping_all(mut self) -> Self {
        self.keep = usize::try_from(self.read).unwrap_or(usize::MAX);
        self
    }

    /// With one more field line.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.push(Line {
            name: name.to_owned(),
            value: value.into(),
            shown: None,
        });
        self
    }

    /// With one more field line, made from a credential and shown as something else.
    #[must_use]
    pub fn with_shown(
        mut self,
        name: &str,
        value: impl Into<String>,
        shown: impl Into<String>,
    ) -> Self {
        self.fields.push(Line::shown_as(name, value, shown));
        self
    }

    /// With a body.
    #[must_use]
    pub fn with_body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some((media_type.to_owned(), body.into()));
        self
    }

    /// With an `Origin`, and a `Cookie`: some servers decide otherwise when one is sent, and a
    /// browser would send it. There is one `Cookie` field at most (RFC 6265 §5.4).
    #[must_use]
    pub fn from_origin(self, origin: OriginSent) -> Self {
        let has_cookie = self
            .fields
            .iter()
            .any(|line| line.name.eq_ignore_ascii_case("cookie"));
        let mut sent = self.with("Origin", origin.value.clone());
        if !has_cookie {
            sent = sent.with("Cookie", "seaworthy=1");
        }
        sent.origin = Some(origin);
        sent
    }

    /// With what lets it in, beside its own fields.
    fn admitted_by(&self, lines: &[Line]) -> Cow<'_, Self> {
        if lines.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut sent = self.clone();
        for line in lines {
            line.clone().join(&mut sent.fields);
        }
        Cow::Owned(sent)
    }

    /// The request in one line: method, URL and fields, every credential replaced.
    #[must_use]
    pub fn line(&self, scrub: &Scrub) -> String {
        let shown = self.shown(scrub);
        let field = |field: &Field| format!("{}: {}", field.name, field.text());
        let fields: Vec<String> = shown.fields.iter().map(field).collect();
        let fields = if fields.is_empty() {
            String::new()
        } else {
            format!("  ({})", fields.join("; "))
        };
        format!("{} {}{fields}", shown.method, shown.url)
    }

    /// The request as evidence shows it: every credential replaced.
    #[must_use]
    pub fn shown(&self, scrub: &Scrub) -> Request {
        let scrub = scrub.for_question(&self.question);
        let url = scrub.url(&self.url);
        let field = |line: &Line| match &line.shown {
            // A cookie of the request's own may stand beside the one that is shown as another.
            Some(shown) => Field::new(&line.name, &scrub.text(shown)),
            None => scrub.field(&line.name, line.value.as_bytes()),
        };
        let mut fields: Vec<Field> = self.fields.iter().map(field).collect();
        if let Some((media_type, _)) = &self.body {
            fields.push(Field::new("Content-Type", media_type));
        }
        Request {
            method: self.method.clone(),
            url,
            fields,
            body: self
                .body
                .as_ref()
                .map(|(_, bytes)| WireBytes(scrub.bytes(bytes))),
        }
    }
}

/// A client for one origin. Exchanges over it share kept-alive connections.
pub struct Client {
    /// Field lines of every request, unless it has one of that name.
    admission: Vec<Line>,
    agent: Agent,
    net: Net,
    sessions: Arc<Sessions>,
    spares: Arc<Spares<(Stream, SocketAddr)>>,
}

impl Client {
    /// For the origin of `url`. With `address`, only that one is connected to.
    #[must_use]
    pub fn new(net: &Net, url: &Url, names: Names, address: Option<SocketAddr>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(net.user_agent.clone())
            .accept("*/*")
            .accept_encoding("")
            .allow_non_standard_methods(true)
            .max_idle_connections(16)
            .max_idle_connections_per_host(16)
            .max_idle_age(Duration::from_secs(60))
            .build();
        let sessions = Arc::new(Sessions::among(&net.handshakes));
        let spares = Arc::new(Spares::default());
        let dialler = Dialler {
            scheme: url.scheme,
            host: url.host.clone(),
            port: url.port,
            resolver: Arc::clone(&net.resolver),
            names,
            address,
            sessions: Arc::clone(&sessions),
            spares: Arc::clone(&spares),
        };
        Self {
            admission: Vec::new(),
            agent: Agent::with_parts(config, dialler, NoResolver),
            net: net.clone(),
            sessions,
            spares,
        }
    }

    /// With these field lines in every request, unless it has one of that name.
    #[must_use]
    pub fn admitted_by(mut self, lines: Vec<Line>) -> Self {
        self.admission = lines;
        self
    }

    /// Nothing more is prepared for, where not even the first connection stands.
    pub fn give_up_preparing(&self) {
        self.spares.give_up();
    }

    /// Makes one more connection, once the first one stands, for a request that is to come. What
    /// fails here will fail, and be written down, where it is wanted.
    pub fn prepare(&self, url: &Url, end: &Deadline) {
        if !self.spares.has_begun(end) {
            return;
        }
        let dialled = dial::dial(url.into(), &self.net.resolver, Names::Cached, end);
        let Ok(dialled) = dialled else { return };
        let stream = match url.scheme {
            UrlScheme::Http => Ok(Stream::Plain(dialled.sock)),
            UrlScheme::Https => {
                let made = tls::connect_first(dialled.sock, &url.host, &self.sessions, end);
                made.map(|(stream, _)| Stream::Tls(Box::new(stream)))
            }
        };
        if let Ok(stream) = stream {
            self.spares.put((stream, dialled.address));
        }
    }

    /// What the first connection over TLS showed and was given.
    #[must_use]
    pub fn sessions(&self) -> &Arc<Sessions> {
        &self.sessions
    }

    /// Sends a request and reads its answer to the end, or to the limit, or to the deadline.
    #[must_use]
    pub fn send(&self, outgoing: &Outgoing, end: &Deadline) -> Exchange {
        let outgoing = &outgoing.admitted_by(&self.admission);
        let at = self.net.clock.now();
        let mut attempt = self.attempt(outgoing, end);
        // A kept connection may have been closed while the request was on its way. That says
        // nothing of the server, so it is asked once more on a fresh one (RFC 9112 §9.3.1).
        let stale = attempt.record.reused && attempt.record.head.is_empty();
        if stale && attempt.response.failure().is_some() && outgoing.method.is_safe() {
            attempt = self.attempt(outgoing, end);
        }
        let Attempt {
            record,
            response,
            phases,
            disclosed,
            onward,
        } = attempt;
        Exchange {
            question: outgoing.question.clone(),
            origin: outgoing.origin.clone(),
            request: outgoing.shown(&self.net.scrub),
            at,
            connection: record.address.map(|address| Connection {
                address: address.to_string(),
                reused: record.reused,
                fallback: record.fallback,
                passed_over: record.passed_over,
            }),
            phases,
            response,
            disclosed,
            earlier: Vec::new(),
            onward,
        }
    }

    fn attempt(&self, outgoing: &Outgoing, end: &Deadline) -> Attempt {
        transport::begin(end, outgoing.method.as_str());
        let result = build(outgoing)
            .map_err(Broken::Request)
            .and_then(|request| {
                // A request without content says nothing of its length (RFC 9110 §8.6).
                let answered = if request.body().is_empty() && outgoing.method.is_safe() {
                    self.agent.run(request.map(drop))
                } else {
                    self.agent.run(request)
                };
                let mut response = answered.map_err(Broken::Exchange)?;
                Ok(body::read(&mut response, outgoing.read))
            });
        let done = clock::now();
        let record = transport::finish();
        let phases = phases(&record, done);
        let scrub = self.net.scrub.for_question(&outgoing.question);
        let onward = onward(&outgoing.url, &record.head, &scrub);
        let read = match result {
            // A head that was read is what was seen, whatever came behind it.
            Err(Broken::Exchange(_)) if record.head_complete => Ok(body::Read {
                broke: true,
                ..body::Read::default()
            }),
            other => other,
        };
        let mut found = Vec::new();
        let response = match read {
            Ok(body) => {
                let mut response = response(&record, body, &scrub);
                found = disclosed(outgoing, &record, &response, &scrub);
                body::clip(&mut response, outgoing.keep);
                body::without_secrets(&mut response, &scrub);
                Observation::Seen(response)
            }
            Err(broken) => {
                let failure = record.failure.clone();
                Observation::Failed(failure.unwrap_or_else(|| broken.failure(&record, end)))
            }
        };
        Attempt {
            record,
            response,
            phases,
            disclosed: found,
            onward,
        }
    }
}

/// With the body as it came: what is kept of it is not decided yet.
fn response(record: &Record, body: body::Read, scrub: &Scrub) -> Response {
    let head = Head::read(&record.head);
    let lines = head.fields.iter();
    let fields = lines.map(|(name, value)| scrub.field(name, value));
    let mut faults: Vec<String> = head.faults.iter().map(|fault| scrub.text(fault)).collect();
    let contradictory = Framing::of(&head, &record.method) == Framing::Contradictory;
    if contradictory {
        faults.push(
            "Content-Length says two things, and clients discard the answer (RFC 9112 §6.3)"
                .to_owned(),
        );
    }
    let broke = body.broke || contradictory;
    let in_memory = u64::try_from(body.held.len()).unwrap_or(u64::MAX);
    Response {
        version: scrub.text(&head.version),
        status: head.status,
        reason: scrub.text(&String::from_utf8_lossy(&head.reason)),
        fields: fields.collect(),
        faults,
        body: Payload {
            size: body.size,
            complete: body.complete && !broke,
            cut: broke.then(|| record.why_it_broke()),
            left_out: Some(body.size.saturating_sub(in_memory)),
            bytes: WireBytes(body.held),
            searched: false,
            decoded: false,
        },
    }
}

/// Supplied secrets in the answer that the request did not carry.
fn disclosed(
    outgoing: &Outgoing,
    record: &Record,
    response: &Response,
    scrub: &Scrub,
) -> Vec<SecretRef> {
    let mut found = scrub.secrets_in(&record.head);
    found.extend(body::secrets(response, scrub));
    if found.is_empty() {
        return Vec::new();
    }
    let fields = outgoing.fields.iter().map(|line| line.value.as_bytes());
    let sent = outgoing.body.iter().map(|(_, bytes)| bytes.as_slice());
    let all = std::iter::once(outgoing.url.target.as_bytes());
    for carried in all.chain(fields).chain(sent) {
        found.retain(|secret| !scrub.secrets_in(carried).contains(secret));
    }
    found.into_iter().collect()
}

struct Attempt {
    record: Record,
    response: Observation<Response>,
    phases: Phases,
    disclosed: Vec<SecretRef>,
    onward: Option<Onward>,
}

/// Why there is no response.
enum Broken {
    Request(http::Error),
    Exchange(ureq::Error),
}

impl Broken {
    fn failure(&self, record: &Record, end: &Deadline) -> Failure {
        let stage = if record.sent.is_some() {
            Stage::Head
        } else {
            Stage::Send
        };
        let (cause, detail) = match self {
            Self::Request(error) => (Cause::Bug, error.to_string()),
            Self::Exchange(_) if record.ended && record.head.is_empty() => (
                Cause::Closed,
                "before the first byte of a response".to_owned(),
            ),
            Self::Exchange(_) if record.ended && record.head.starts_with(b"HTTP/") => (
                Cause::Closed,
                format!("after {} bytes of a head", record.head.len()),
            ),
            Self::Exchange(_) if record.ended => (
                Cause::Garbage,
                "what came does not start with HTTP/".to_owned(),
            ),
            Self::Exchange(error) => (Cause::Garbage, error.to_string()),
        };
        end.failure(stage, cause, detail)
    }
}

fn build(outgoing: &Outgoing) -> Result<http::Request<Vec<u8>>, http::Error> {
    let mut request = http::Request::builder()
        .method(outgoing.method.as_str())
        .uri(outgoing.url.to_string());
    for line in &outgoing.fields {
        let value = http::HeaderValue::from_bytes(line.value.as_bytes())?;
        request = request.header(&line.name, value);
    }
    match &outgoing.body {
        Some((media_type, bytes)) => request
            .header("Content-Type", media_type)
            .body(bytes.clone()),
        // Without a length, ureq would send POST and PATCH chunked.
        None if !outgoing.method.is_safe() => {
            request.header("Content-Length", "0").body(Vec::new())
        }
        None => request.body(Vec::new()),
    }
}

/// Deltas between marks of one clock, each counted from the end of the one before, so that they sum
/// to the whole; a mark that was not reached ends the last phase that was.
fn phases(record: &Record, done: Instant) -> Phases {
    let (dns, tcp, tls) = (record.dns, record.tcp, record.tls);
    let Some(ready) = record.ready else {
        return Phases {
            dns,
            tcp,
            tls,
            ..Phases::default()
        };
    };
    let start = record.began.unwrap_or(ready);
    let since = |mark: Instant| Micros::from(mark.saturating_duration_since(start));
    let first = since(record.first.unwrap_or(done));
    let last = since(record.last.unwrap_or(done));
    let server = first - (dns + tcp + tls);
    Phases {
        dns,
        tcp,
        tls,
        server,
        transfer: last - first,
    }
}
