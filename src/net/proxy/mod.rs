//! Proxies between this machine and the targets, and who is reached without one, as curl reads them.

mod bypass;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use bypass::Bypass;

use crate::model::{Host, Secret, UrlScheme};
use crate::wire::percent;

/// Where curl connects to a proxy that says no port.
const PORT: u16 = 1080;

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// HTTP CONNECT (RFC 9110 §9.3.6).
    Http,
    /// SOCKS 5 with the target's name, which the proxy resolves.
    SocksByName,
    /// SOCKS 5 with an address that this machine resolves.
    SocksByAddress,
}

/// One proxy. It is shown without its credentials.
#[derive(Clone)]
pub struct Proxy {
    /// What it speaks.
    pub kind: Kind,
    /// Where it is.
    pub host: Host,
    /// On which port.
    pub port: u16,
    /// What it is shown, if it asks.
    pub credentials: Option<Credentials>,
}

/// A user's name and password.
#[derive(Clone)]
pub struct Credentials {
    /// The name.
    pub user: Secret,
    /// The password.
    pub password: Secret,
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            Kind::Http => "http",
            Kind::SocksByName => "socks5h",
            Kind::SocksByAddress => "socks5",
        };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Proxy {
    type Err = String;

    /// `[SCHEME://][USER:PASSWORD@]HOST[:PORT]`. What is wrong is said without the text, which may hold
    /// a password.
    fn from_str(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let kind = match scheme.to_ascii_lowercase().as_str() {
            "http" => Kind::Http,
            "socks5h" => Kind::SocksByName,
            "socks5" => Kind::SocksByAddress,
            "https" | "socks4" | "socks4a" | "socks" => {
                return Err(format!(
                    "proxies of the kind {scheme}:// are not spoken to; http://, socks5:// and socks5h:// are"
                ));
            }
            _ => return Err(WRITTEN.to_owned()),
        };
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (credentials, place) = match rest.rsplit_once('@') {
            Some((known, place)) => (Some(Credentials::read(known)), place),
            None => (None, rest),
        };
        let port_follows = |port: &str| !port.contains(']');
        let (host, port) = match place
            .rsplit_once(':')
            .filter(|(_, port)| port_follows(port))
        {
            Some((host, port)) => (host, port.parse().map_err(|_| WRITTEN.to_owned())?),
            None => (place, PORT),
        };
        Ok(Self {
            kind,
            host: host.parse().map_err(|_| WRITTEN.to_owned())?,
            port,
            credentials,
        })
    }
}

/// What is said of a text that is no proxy.
const WRITTEN: &str = "a proxy is written http://HOST:PORT, socks5://HOST:PORT or socks5h://HOST:PORT, \
                       with USER:PASSWORD@ before the host where it asks for them";

impl Credentials {
    fn read(text: &str) -> Self {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        Self {
            user: Secret::new(percent::decode(user)),
            password: Secret::new(percent::decode(password)),
        }
    }
}

/// The proxies of a run.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// For `http` targets.
    pub http: Option<Arc<Proxy>>,
    /// For `https` targets.
    pub https: Option<Arc<Proxy>>,
    /// Who is reached without one.
    pub bypass: Bypass,
}

impl Proxies {
    /// The proxy through which a host is reached. This machine is never reached through one: what a
    /// proxy calls by these names is the proxy's own machine.
    #[must_use]
    pub fn of(&self, scheme: UrlScheme, host: &Host) -> Option<&Arc<Proxy>> {
        let proxy = match scheme {
            UrlScheme::Http => self.http.as_ref(),
            UrlScheme::Https => self.https.as_ref(),
        };
        proxy.filter(|_| !host.is_loopback() && !self.bypass.covers(host))
    }
}

#[cfg(test)]
mod tests {
    use super::{Proxies, Proxy};
    use crate::model::{Host, UrlScheme};
    use std::sync::Arc;

    /// As written, and as shown; empty where it is refused.
    #[rustfmt::skip]
    const WRITTEN: &[(&str, &str)] = &[
        ("http://proxy.example:3128",         "http://proxy.example:3128"),
        ("http://proxy.example:3128/",        "http://proxy.example:3128"),
        ("proxy.example:3128",                "http://proxy.example:3128"),
        ("proxy.example",                     "http://proxy.example:1080"),
        ("HTTP://proxy.example:8080",         "http://proxy.example:8080"),
        ("http://me:p%40ss@proxy.example:80", "http://proxy.example:80"),
        ("http://me:p@ss@proxy.example:80",   "http://proxy.example:80"),
        ("socks5://[::1]:1081",               "socks5://[::1]:1081"),
        ("socks5h://192.0.2.1",               "socks5h://192.0.2.1:1080"),
        ("https://proxy.example:443",         ""),
        ("socks4://proxy.example",            ""),
        ("ftp://proxy.example",               ""),
        ("http://proxy.example:port",         ""),
        ("http://proxy.example:99999",        ""),
        ("http://",                           ""),
        ("",                                  ""),
    ];

    #[test]
    fn a_proxy_is_read_as_curl_reads_it_and_shown_without_its_password() {
        for (written, shown) in WRITTEN {
            let read = written.parse::<Proxy>();
            let read = read.map(|proxy| format!("{proxy} {proxy:?}"));
            let expected = format!("{shown} {shown}");
            assert_eq!(
                read.unwrap_or_else(|_| " ".to_owned()),
                expected,
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_text() {
        for written in [
            "ftp://me:hunter2@a",
            "http://me:hunter2@a:b",
            "https://me:hunter2@a",
        ] {
            let said = written.parse::<Proxy>().unwrap_err();
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn credentials_are_decoded() {
        let proxy: Proxy = "http://m%65:p%40s:s@proxy.example".parse().unwrap();
        let known = proxy.credentials.unwrap();
        assert_eq!(
            (known.user.expose(), known.password.expose()),
            ("me", "p@s:s")
        );
    }

    #[test]
    fn each_scheme_has_its_own_and_this_machine_none() {
        let proxy = |text: &str| Some(Arc::new(text.parse::<Proxy>().unwrap()));
        let proxies = Proxies {
            http: proxy("http://plain.example"),
            https: proxy("socks5://secure.example"),
            bypass: "inside.example".parse().unwrap(),
        };
        let of = |scheme, host: &str| {
            let host: Host = host.parse().unwrap();
            proxies
                .of(scheme, &host)
                .map_or("none".to_owned(), ToString::to_string)
        };
        assert_eq!(
            of(UrlScheme::Http, "a.example"),
            "http://plain.example:1080"
        );
        assert_eq!(
            of(UrlScheme::Https, "a.example"),
            "socks5://secure.example:1080"
        );
        for host in [
            "localhost",
            "app.localhost",
            "127.8.9.1",
            "[::1]",
            "api.inside.example",
        ] {
            assert_eq!(of(UrlScheme::Https, host), "none", "{host}");
        }
    }
}
