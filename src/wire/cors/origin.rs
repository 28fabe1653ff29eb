//! A serialized tuple origin (HTML §7.1.1, RFC 6454 §6.2).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Scheme, host and port, in the one spelling browsers send.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

/// Why a text is not an origin as a browser would send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginFault {
    /// No `scheme://` in front.
    NoScheme,
    /// A path, query, fragment or trailing slash behind.
    Path,
    /// Upper-case letters; browsers send lower case.
    LetterCase,
    /// The scheme's default port is spelt out; browsers leave it away.
    DefaultPort,
    /// The port is not a number below 65536.
    Port,
    /// An empty host, user information, or a byte no host has.
    Host,
}

impl fmt::Display for OriginFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoScheme => "an origin starts with `https://` or `http://`",
            Self::Path => "an origin has no path and no trailing slash",
            Self::LetterCase => "browsers send origins in lower case",
            Self::DefaultPort => "browsers leave the default port away",
            Self::Port => "the port is not a number from 1 to 65535",
            Self::Host => "this is not a host name",
        })
    }
}

impl Origin {
    /// Reads `scheme://host[:port]`, exactly as a browser serializes it.
    ///
    /// # Errors
    /// The first thing that differs from what a browser would send.
    pub fn parse(text: &str) -> Result<Self, OriginFault> {
        let (scheme, rest) = text.split_once("://").ok_or(OriginFault::NoScheme)?;
        if rest.contains(['/', '?', '#', '\\']) {
            return Err(OriginFault::Path);
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(OriginFault::LetterCase);
        }
        if scheme.is_empty() || !scheme.bytes().all(is_scheme_byte) {
            return Err(OriginFault::NoScheme);
        }
        let (host, port) = split_port(rest)?;
        if !is_host(host) {
            return Err(OriginFault::Host);
        }
        if port.is_some() && port == default_port(scheme) {
            return Err(OriginFault::DefaultPort);
        }
        Ok(Self {
            scheme: scheme.to_owned(),
            host: host.to_owned(),
            port,
        })
    }

    /// `https`, `http`, or an application's own scheme.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host, an IPv6 address in its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, when it is not the scheme's default.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The user's own machine: `localhost`, a name below it, or a loopback address.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host == "[::1]"
            || self
                .host
                .parse::<Ipv4Addr>()
                .is_ok_and(|ip| ip.is_loopback())
    }

    /// An address instead of a name.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.host.starts_with('[') || self.host.parse::<Ipv4Addr>().is_ok()
    }

    /// The same origin with another host.
    #[must_use]
    pub fn with_host(&self, host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            ..self.clone()
        }
    }

    /// The same origin with another scheme.
    #[must_use]
    pub fn with_scheme(&self, scheme: impl Into<String>) -> Self {
        Self {
            scheme: scheme.into(),
            ..self.clone()
        }
    }

    /// The same origin with another port.
    #[must_use]
    pub fn with_port(&self, port: Option<u16>) -> Self {
        Self {
            port,
            ..self.clone()
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        match self.port {
            Some(port) if Some(port) != default_port(&self.scheme) => write!(f, ":{port}"),
            Some(_) | None => Ok(()),
        }
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "https" | "wss" => Some(443),
        "http" | "ws" => Some(80),
        _ => None,
    }
}

const fn is_scheme_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.')
}

fn split_port(rest: &str) -> Result<(&str, Option<u16>), OriginFault> {
    // The colons inside an IPv6 literal are behind a bracket.
    let split = rest
        .rfind(':')
        .filter(|colon| !rest.get(*colon..).is_some_and(|t| t.contains(']')));
    let Some((host, port)) = split.and_then(|colon| rest.split_at_checked(colon)) else {
        return Ok((rest, None));
    };
    match port.trim_start_matches(':').parse::<u16>() {
        Ok(number) if number > 0 && port == format!(":{number}") => Ok((host, Some(number))),
        Ok(_) | Err(_) => Err(OriginFault::Port),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        return inner
            .strip_suffix(']')
            .is_some_and(|ip| ip.parse::<Ipv6Addr>().is_ok());
    }
    let byte =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_');
    !host.is_empty() && host.len() <= 253 && host.bytes().all(byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Origin, OriginFault};

    #[rustfmt::skip]
    const CASES: &[(&str, Result<(), OriginFault>)] = &[
        ("https://a.example",          Ok(())),
        ("http://localhost:3000",      Ok(())),
        ("http://[::1]:8080",          Ok(())),
        ("http://[::1]",               Ok(())),
        ("chrome-extension://abcdef",  Ok(())),
        ("a.example",                  Err(OriginFault::NoScheme)),
        ("://a.example",               Err(OriginFault::NoScheme)),
        ("null",                       Err(OriginFault::NoScheme)),
        ("https://a.example/",         Err(OriginFault::Path)),
        ("https://a.example/app",      Err(OriginFault::Path)),
        ("https://A.example",          Err(OriginFault::LetterCase)),
        ("https://a.example:443",      Err(OriginFault::DefaultPort)),
        ("http://a.example:80",        Err(OriginFault::DefaultPort)),
        ("http://a.example:443",       Ok(())),
        ("https://a.example:",         Err(OriginFault::Port)),
        ("https://a.example:08443",    Err(OriginFault::Port)),
        ("https://a.example:65536",    Err(OriginFault::Port)),
        ("https://",                   Err(OriginFault::Host)),
        ("https://u@a.example",        Err(OriginFault::Host)),
        ("https://a b",                Err(OriginFault::Host)),
        ("https://*.a.example",        Err(OriginFault::Host)),
        ("http://[::1",                Err(OriginFault::Host)),
    ];

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for (text, expected) in CASES {
            let read = Origin::parse(text);
            assert_eq!(
                read.as_ref().map(|_| ()).map_err(|fault| *fault),
                *expected,
                "{text}"
            );
            if let Ok(origin) = read {
                assert_eq!(origin.to_string(), *text);
            }
        }
    }

    #[test]
    fn local_means_this_machine() {
        let local = |text| Origin::parse(text).is_ok_and(|origin| origin.is_local());
        assert!(local("http://localhost:1") && local("http://127.0.0.2") && local("http://[::1]"));
        assert!(!local("https://localhost.example") && !local("http://10.0.0.1"));
    }

    proptest! {
        #[test]
        fn never_panics_and_round_trips(text in any::<String>()) {
            if let Ok(origin) = Origin::parse(&text) {
                assert_eq!(origin.to_string(), text);
            }
        }
    }
}
