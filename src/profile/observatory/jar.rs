//! Its cookie jar, that of `tough-cookie` 5: what it keeps of `Set-Cookie`.

use super::javascript::trim;
use super::{Hop, Session};
use crate::model::Timestamp;
use crate::wire::domain::is_public_suffix;

/// A cookie in the jar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cookie {
    pub(super) name: String,
    domain: String,
    path: String,
    scope: Scope,
    expired: bool,
    pub(super) secure: bool,
    pub(super) http_only: bool,
    /// `lax`, `strict` or `none`.
    pub(super) same_site: Option<&'static str>,
}

/// Which hosts it goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// Only the one that set it.
    Host,
    /// All below its domain too.
    Below,
}

/// Everything the answers of a session leave in the jar. An expired cookie stays in it until a
/// request it would go along with.
pub(super) fn of(session: &Session, at: Timestamp) -> Vec<Cookie> {
    let mut jar: Vec<Cookie> = Vec::new();
    for (nth, hop) in session.hops.iter().enumerate() {
        if nth > 0 {
            jar.retain(|cookie| !(cookie.expired && cookie.goes_to(hop)));
        }
        for line in hop.fields.lines("set-cookie") {
            let Some(cookie) = parse(&line, hop, at).filter(is_kept) else {
                continue;
            };
            let same = |known: &Cookie| {
                known.name == cookie.name
                    && known.domain == cookie.domain
                    && known.path == cookie.path
            };
            match jar.iter_mut().find(|known| same(known)) {
                Some(known) => *known = cookie,
                None => jar.push(cookie),
            }
        }
    }
    jar
}

fn parse(line: &str, hop: &Hop, at: Timestamp) -> Option<Cookie> {
    let mut parts = trim(line).split(';');
    let pair = parts.next()?.split(['\n', '\r', '\0']).next()?;
    let (name, value) = pair.split_once('=').filter(|(name, _)| !name.is_empty())?;
    let (name, value) = (trim(name), trim(value));
    if name.chars().chain(value.chars()).any(|c| c < ' ') {
        return None;
    }
    let host = hop.url.host.trim_matches(['[', ']']).to_owned();
    let mut cookie = Cookie {
        name: name.to_owned(),
        domain: String::new(),
        path: String::new(),
        scope: Scope::Below,
        expired: is_expired(line, at),
        secure: false,
        http_only: false,
        same_site: None,
    };
    for part in parts.map(trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        cookie.set(&trim(name).to_lowercase(), trim(value));
    }
    cookie.settle(host, hop)
}

impl Cookie {
    fn set(&mut self, name: &str, value: &str) {
        match name {
            "domain" => {
                let domain = value.strip_prefix('.').unwrap_or(value);
                if !domain.is_empty() {
                    self.domain = domain.to_lowercase();
                }
            }
            "path" => {
                let path = if value.starts_with('/') { value } else { "" };
                path.clone_into(&mut self.path);
            }
            "secure" => self.secure = true,
            "httponly" => self.http_only = true,
            "samesite" => {
                self.same_site = ["strict", "lax", "none"]
                    .into_iter()
                    .find(|known| *known == value.to_lowercase());
            }
            _ => {}
        }
    }

    /// Whether it would be sent with the request of that hop.
    fn goes_to(&self, hop: &Hop) -> bool {
        let host = hop.url.host.trim_matches(['[', ']']);
        let below = host
            .strip_suffix(&self.domain)
            .is_some_and(|rest| rest.ends_with('.'));
        let domain = host == self.domain || (self.scope == Scope::Below && below);
        let path = hop.url.path.strip_prefix(&self.path).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        });
        domain && path && (!self.secure || hop.url.scheme == "https")
    }

    /// Domain and path take their defaults; a foreign domain or a public suffix refuses the cookie.
    fn settle(mut self, host: String, hop: &Hop) -> Option<Self> {
        if self.domain.is_empty() {
            self.scope = Scope::Host;
            self.domain = host;
        } else {
            let below = host
                .strip_suffix(&self.domain)
                .is_some_and(|rest| rest.ends_with('.'));
            let address = host.parse::<std::net::IpAddr>().is_ok();
            let matches = host == self.domain || (below && !address);
            let v6 = self.domain.parse::<std::net::Ipv6Addr>().is_ok();
            if !matches || (settable(&self.domain).is_none() && !v6) {
                return None;
            }
        }
        if self.path.is_empty() {
            self.path = default_path(&hop.url.path);
        }
        Some(self)
    }
}

/// `Max-Age` before `Expires`, as RFC 6265 §5.2 reads them.
fn is_expired(line: &str, at: Timestamp) -> bool {
    crate::wire::http::cookie::parse(line).is_ok_and(|cookie| match cookie.max_age {
        Some(age) => age <= 0,
        None => cookie.expires.is_some_and(|expires| expires <= at),
    })
}

/// What may be the domain of a cookie: also names reserved for local use (RFC 6761).
fn settable(domain: &str) -> Option<&str> {
    match domain {
        "localhost" | "invalid" => Some(domain),
        _ => crate::wire::domain::registered(domain).filter(|_| !is_public_suffix(domain)),
    }
}

fn default_path(path: &str) -> String {
    match path.rfind('/') {
        Some(at) if at > 0 => path.get(..at).unwrap_or("/").to_owned(),
        _ => "/".to_owned(),
    }
}

/// A prefixed cookie that breaks its promise is dropped without a word.
fn is_kept(cookie: &Cookie) -> bool {
    let secure = !cookie.name.starts_with("__Secure-") || cookie.secure;
    let host = !cookie.name.starts_with("__Host-")
        || (cookie.secure && cookie.scope == Scope::Host && cookie.path == "/");
    secure && host
}
