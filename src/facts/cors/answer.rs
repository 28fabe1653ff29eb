//! One answer to a real request, as a page of that origin would meet it.

use crate::evidence::{Exchange, OriginClass, OriginSent};
use crate::model::{Ask, CorsContract, Place, Pointer, Target, Untrusted};
use crate::wire::cors::{AccessFault, Call, Reply, Ruse, access_check, readable, vary};
use crate::wire::http::cache_control::{self, Directive};

/// Who claimed to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// No `Origin` was sent.
    Nobody,
    /// A declared origin.
    Declared,
    /// An origin declared as denied.
    Denied,
    /// An origin made to get past a careless check.
    Hostile(Ruse),
    /// A declared origin, at a path that nobody has.
    Control,
    /// An origin nothing was declared about.
    Other,
}

impl Asker {
    /// Who an origin stands for.
    #[must_use]
    pub fn of(origin: Option<&OriginSent>) -> Self {
        match origin.map(|sent| sent.class) {
            None => Self::Nobody,
            Some(OriginClass::Declared) => Self::Declared,
            Some(OriginClass::Denied) => Self::Denied,
            Some(OriginClass::Control) => Self::Control,
            Some(OriginClass::Attack(ruse)) => Self::Hostile(ruse),
            Some(OriginClass::Profile) => Self::Other,
        }
    }

    /// Whether it must not be let in.
    #[must_use]
    pub const fn is_stranger(self) -> bool {
        matches!(self, Self::Denied | Self::Hostile(_))
    }
}

/// What a page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// The answer, without credentials.
    Plain,
    /// The same at the root of the site, which the file declares as an endpoint, and not as what pages
    /// call.
    Root,
    /// The answer to the valid credential.
    Credential,
    /// A path that nobody made.
    NotFound,
    /// The answer, and it was one request too many.
    Limited,
}

/// An answer, and what a browser makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The exchange.
    pub at: Pointer,
    /// `METHOD /path`.
    pub endpoint: String,
    /// The declared place it was asked of.
    pub place: Place,
    /// What for.
    pub occasion: Occasion,
    /// Who asked.
    pub asker: Asker,
    /// The `Origin` sent.
    pub origin: Option<String>,
    /// The declared origin it resembles.
    pub resembles: Option<String>,
    /// The status code.
    pub status: u16,
    /// Whether the file declares this status of the endpoint.
    pub is_declared: bool,
    /// Whether the file says that pages call this method here.
    pub is_called: bool,
    /// `Access-Control-Allow-Origin`, all fields combined.
    pub allow_origin: Option<Untrusted>,
    /// `Access-Control-Allow-Credentials`, all fields combined.
    pub allow_credentials: Option<Untrusted>,
    /// What stops the page from reading it without credentials; `None` when nothing does.
    pub anonymous: Option<AccessFault>,
    /// What stops the page from reading it with credentials; `None` when nothing does.
    pub credentialed: Option<AccessFault>,
    /// Whether caches keep it apart by `Origin`, or keep it not at all.
    pub kept_apart: bool,
    /// Declared response fields that were sent, and that a script could not read.
    pub hidden: Vec<String>,
    /// Declared response fields that were sent, or are named as readable.
    pub offered: Vec<String>,
}

impl Answer {
    /// From an exchange that was answered.
    #[must_use]
    pub fn new(at: &Pointer, exchange: &Exchange, reply: &Reply<'_>, target: &Target) -> Self {
        let declared = target.cors.as_ref();
        let origin = exchange.origin.as_ref().map(|sent| sent.value.clone());
        let access = |credentials| access(origin.as_deref(), exchange, reply, credentials);
        let credentials = declared.is_some_and(|cors| cors.credentials);
        Self {
            at: at.clone(),
            endpoint: format!(
                "{} {}",
                exchange.request.method, exchange.request.url.target
            ),
            place: exchange.question.place,
            occasion: occasion(exchange, reply, target),
            is_declared: is_declared(exchange, reply, target),
            is_called: target.calls(&exchange.request.method, &exchange.request.url.target),
            asker: Asker::of(exchange.origin.as_ref()),
            resembles: exchange.origin.as_ref().and_then(|sent| sent.from.clone()),
            status: reply.status,
            allow_origin: field(reply, "access-control-allow-origin"),
            allow_credentials: field(reply, "access-control-allow-credentials"),
            anonymous: access(false),
            credentialed: access(true),
            kept_apart: vary(reply).covers("origin") || !is_cached(exchange, reply),
            hidden: declared.map_or(Vec::new(), |cors| hidden(cors, reply, credentials)),
            offered: declared.map_or(Vec::new(), |cors| offered(cors, reply, credentials)),
            origin,
        }
    }

    /// Whether a page of that origin reads it with the user's cookies.
    #[must_use]
    pub fn gives_all(&self) -> bool {
        self.origin.is_some() && self.credentialed.is_none()
    }

    /// Whether it lets in this very origin, not just everybody.
    #[must_use]
    pub fn echoes(&self) -> bool {
        self.origin.is_some()
            && self.allow_origin.as_ref().map(Untrusted::raw) == self.origin.as_deref()
    }

    /// Whether it is open to everybody by `*`.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.allow_origin
            .as_ref()
            .is_some_and(|value| value.raw() == "*")
    }

    /// What stops the page, given whether it sends credentials.
    #[must_use]
    pub const fn fault(&self, credentials: bool) -> Option<AccessFault> {
        if credentials {
            self.credentialed
        } else {
            self.anonymous
        }
    }
}

/// All values of a field combined, as they came.
pub(super) fn field(reply: &Reply<'_>, name: &str) -> Option<Untrusted> {
    reply.combined(name).map(Untrusted::from)
}

fn access(
    origin: Option<&str>,
    exchange: &Exchange,
    reply: &Reply,
    credentials: bool,
) -> Option<AccessFault> {
    let call = Call {
        origin: origin?,
        method: exchange.request.method.as_str(),
        headers: &[],
        credentials,
    };
    access_check(&call, reply).err()
}

fn hidden(cors: &CorsContract, reply: &Reply, credentials: bool) -> Vec<String> {
    let sent = cors.expose.iter().filter(|name| is_sent(reply, name));
    sent.filter(|name| !readable(reply, name, credentials))
        .cloned()
        .collect()
}

fn offered(cors: &CorsContract, reply: &Reply, credentials: bool) -> Vec<String> {
    let all = cors.expose.iter();
    all.filter(|name| is_sent(reply, name) || readable(reply, name, credentials))
        .cloned()
        .collect()
}

fn is_sent(reply: &Reply, name: &str) -> bool {
    reply.values(name).next().is_some()
}

fn occasion(exchange: &Exchange, reply: &Reply, target: &Target) -> Occasion {
    let ask = &exchange.question.ask;
    match () {
        () if reply.status == 429 => Occasion::Limited,
        () if *ask == Ask::ReadValid => Occasion::Credential,
        () if *ask == Ask::ReadNotFound => Occasion::NotFound,
        () if is_root(exchange, target) => Occasion::Root,
        () => Occasion::Plain,
    }
}

fn is_declared(exchange: &Exchange, reply: &Reply, target: &Target) -> bool {
    let endpoint = exchange.question.endpoint();
    let endpoint = endpoint.and_then(|index| target.endpoints.get(index));
    let statuses = endpoint.and_then(|endpoint| endpoint.status.as_ref());
    statuses.is_some_and(|statuses| statuses.contains(reply.status))
}

/// Of a site that serves pages at its root and data elsewhere, the root is rarely meant for the pages
/// of others.
fn is_root(exchange: &Exchange, target: &Target) -> bool {
    let path = &exchange.request.url.target;
    let probe = target.cors.as_ref().map_or(&[][..], |cors| &cors.probe);
    let probed = probe.iter().any(|(_, place)| place == path);
    *path == target.url.target && path.ends_with('/') && !probed
}

/// Whether a cache may keep it (RFC 9111 §3) so that another origin could be given it: told to, or
/// left to judge by a status that is final by itself (RFC 9110 §15.1).
fn is_cached(exchange: &Exchange, reply: &Reply) -> bool {
    const FINAL: [u16; 12] = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501];
    let method = exchange.request.method.as_str();
    let control = cache_control::parse(&reply.combined("cache-control").unwrap_or_default());
    let told =
        control.max_age.is_some() || control.s_maxage.is_some() || control.has(Directive::Public);
    matches!(method, "GET" | "HEAD")
        && !control.has(Directive::NoStore)
        && (told || FINAL.contains(&reply.status))
}
