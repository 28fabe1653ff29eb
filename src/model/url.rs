//! The address of a target.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::address::embedded_v4;

/// `http` or `https`; a WebSocket rides on one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UrlScheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl UrlScheme {
    /// The scheme as written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that is not written.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A DNS name (lower case, without a trailing dot) or an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A name to be resolved.
    Name(String),
    /// An address written out.
    Address(IpAddr),
}

impl Host {
    /// The host as a resolver or a certificate knows it: no brackets.
    #[must_use]
    pub fn bare(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Address(address) => address.to_string(),
        }
    }

    /// A metadata service by address ([`is_metadata_address`]) or by Google Cloud's name for it.
    #[must_use]
    pub fn is_metadata(&self) -> bool {
        match self {
            Self::Name(name) => name == "metadata.google.internal",
            Self::Address(address) => is_metadata_address(*address),
        }
    }

    /// `localhost`, a name under it (RFC 6761 §6.3), or a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name == "localhost" || name.ends_with(".localhost"),
            Self::Address(address) => address.is_loopback(),
        }
    }
}

/// Whether an address is where clouds hand credentials to whatever runs on a machine: an audit
/// pointed there by mistake, or by a name that resolves there, would read them.
///
/// EC2 and most others at 169.254.169.254 and fd00:ec2::254, ECS at 169.254.170.2, Alibaba Cloud at
/// 100.100.100.200, by their own documentation.
#[must_use]
pub fn is_metadata_address(address: IpAddr) -> bool {
    const V4: [Ipv4Addr; 3] = [
        Ipv4Addr::new(169, 254, 169, 254),
        Ipv4Addr::new(169, 254, 170, 2),
        Ipv4Addr::new(100, 100, 100, 200),
    ];
    const V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254);
    match address {
        IpAddr::V4(address) => V4.contains(&address),
        IpAddr::V6(address) => {
            address == V6 || embedded_v4(address).is_some_and(|inner| V4.contains(&inner))
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// An absolute `http` or `https` URL: scheme, host, port and request target (RFC 3986, RFC 9110 §4.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url {
    /// `http` or `https`.
    pub scheme: UrlScheme,
    /// Who to ask.
    pub host: Host,
    /// Always known: the scheme's default when not written.
    pub port: u16,
    /// Path and query as sent on the request line; starts with `/`.
    pub target: String,
}

/// Why a text is no URL of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseUrlError(String);

impl fmt::Display for ParseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseUrlError {}

impl Url {
    /// `scheme://host[:port]`, serialised as an origin (RFC 6454 §6.2): no default port, no path.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme.name(), self.authority())
    }

    /// `host[:port]`, the default port left out: the `Host` field.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            self.host.to_string()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The same server asked for another target: an absolute path (with query) replaces all, an
    /// empty one keeps the URL.
    #[must_use]
    pub fn with_target(&self, target: &str) -> Self {
        let target = if target.is_empty() {
            self.target.clone()
        } else {
            slashed(target)
        };
        Self {
            target,
            ..self.clone()
        }
    }

    /// The URL as written on a request over `scheme` and `port`.
    #[must_use]
    pub fn with_scheme(&self, scheme: UrlScheme, port: u16) -> Self {
        Self {
            scheme,
            port,
            ..self.clone()
        }
    }
}

impl FromStr for Url {
    type Err = ParseUrlError;

    fn from_str(text: &str) -> Result<Self, ParseUrlError> {
        let refuse = |why: &str| Err(ParseUrlError(why.to_owned()));
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return refuse("a URL has no spaces or control characters");
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return refuse("a URL starts with https:// or http://");
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => UrlScheme::Http,
            "https" => UrlScheme::Https,
            _ => return refuse("only https:// and http:// URLs can be audited"),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let cut = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(cut).unwrap_or((rest, ""));
        if authority.contains('@') {
            return refuse("credentials do not belong in a URL: use [target.auth]");
        }
        let (host, port) = authority_parts(authority)?;
        let port = match port {
            "" => scheme.default_port(),
            digits => match digits.parse() {
                Ok(0) | Err(_) => return refuse("the port is a number from 1 to 65535"),
                Ok(port) => port,
            },
        };
        Ok(Self {
            scheme,
            host: host.parse()?,
            port,
            target: slashed(target),
        })
    }
}

impl FromStr for Host {
    type Err = ParseUrlError;

    /// Addresses only in their usual spelling: what a system resolver would also take for one
    /// (`127.1`, `0x7f.1`, `2130706433`) is refused, so that nobody audits what they did not name.
    fn from_str(text: &str) -> Result<Self, ParseUrlError> {
        if let Some(inner) = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            return match inner.parse::<Ipv6Addr>() {
                Ok(address) => Ok(Self::Address(IpAddr::V6(address))),
                Err(_) => Err(ParseUrlError(format!("[{inner}] is no IPv6 address"))),
            };
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Ok(Self::Address(IpAddr::V4(address)));
        }
        // A name in letters of another script goes over the wire in its xn-- form (UTS 46, RFC 5891).
        let ascii = if text.is_ascii() {
            text.to_owned()
        } else {
            idna::domain_to_ascii(text)
                .map_err(|_| ParseUrlError(format!("{text:?} has no xn-- form")))?
        };
        let name = ascii
            .strip_suffix('.')
            .unwrap_or(&ascii)
            .to_ascii_lowercase();
        let label_fits = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if name.len() > 253 || !name.split('.').all(label_fits) {
            return Err(ParseUrlError(format!("{text:?} is no host name")));
        }
        if name.rsplit('.').next().is_some_and(looks_numeric) {
            return Err(ParseUrlError(format!(
                "{text:?} is no address: write all four numbers"
            )));
        }
        Ok(Self::Name(name))
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}{}", self.origin(), self.target))
    }
}

impl Serialize for Url {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Url {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // In evidence, the name of a secret may stand in the target, with a blank or a `#` in it:
        // it is read as it was written.
        let authority = text.find("://").map_or(0, |at| at + 3);
        let path = text.get(authority..).and_then(|rest| rest.find('/'));
        let (server, target) = path
            .and_then(|path| text.split_at_checked(authority + path))
            .unwrap_or((&text, "/"));
        let url: Self = server.parse().map_err(serde::de::Error::custom)?;
        Ok(Self {
            target: target.to_owned(),
            ..url
        })
    }
}

/// WHATWG URL §3.5: a last label of digits, or `0x…`, makes the whole host an IPv4 address.
fn looks_numeric(label: &str) -> bool {
    let hex = label
        .strip_prefix("0x")
        .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()));
    hex || label.bytes().all(|b| b.is_ascii_digit())
}

fn authority_parts(authority: &str) -> Result<(&str, &str), ParseUrlError> {
    let refuse = |why: &str| Err(ParseUrlError(why.to_owned()));
    if authority.is_empty() {
        return refuse("the URL names no host");
    }
    if authority.starts_with('[') {
        let Some(end) = authority.find(']') else {
            return refuse("an IPv6 address is written in [brackets]");
        };
        let (host, rest) = authority
            .split_at_checked(end + 1)
            .unwrap_or((authority, ""));
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, port)),
            None if rest.is_empty() => Ok((host, "")),
            None => refuse("after the ] comes a port or the path"),
        };
    }
    match authority.split_once(':') {
        Some((_, port)) if port.contains(':') => refuse("an IPv6 address is written in [brackets]"),
        Some((host, port)) => Ok((host, port)),
        None => Ok((authority, "")),
    }
}

/// What no request line can hold. The rest is sent as it is written: a URL is audited as given.
const UNSENDABLE: &AsciiSet = &CONTROLS.add(b' ').add(b'#').add(b'<').add(b'>').add(b'`');

/// Starts with a slash and can be sent.
fn slashed(target: &str) -> String {
    let slash = if target.starts_with('/') { "" } else { "/" };
    format!("{slash}{}", utf8_percent_encode(target, UNSENDABLE))
}

/// Removes dot segments (RFC 3986 §5.2.4); `..` above the root stays at the root.
#[must_use]
pub fn normal_path(target: &str) -> String {
    let (path, query) = target.find('?').map_or((target, ""), |at| {
        target.split_at_checked(at).unwrap_or((target, ""))
    });
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}{query}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{Host, Url};

    #[rustfmt::skip]
    const URLS: &[(&str, &str)] = &[
        ("https://a.example",               "https://a.example/"),
        ("HTTPS://A.Example.:443/x?y#z",    "https://a.example/x?y"),
        ("http://127.0.0.1:8080",           "http://127.0.0.1:8080/"),
        ("https://[::1]:8443/p",            "https://[::1]:8443/p"),
        ("http://localhost?x=1",            "http://localhost/?x=1"),
        ("https://bücher.example/p",        "https://xn--bcher-kva.example/p"),
        ("https://BÜCHER.example.",         "https://xn--bcher-kva.example/"),
        ("https://δοκιμή.example:8443",     "https://xn--jxalpdlp.example:8443/"),
        ("https://例え。テスト/",            "https://xn--r8jz45g.xn--zckzah/"), // its own full stop
        ("https://straße.example/",         "https://xn--strae-oqa.example/"), // not strasse, as before 2010
    ];

    #[rustfmt::skip]
    const FAULTS: &[(&str, &str)] = &[
        ("a.example",               "starts with https://"),
        ("ftp://a.example",         "only https:// and http://"),
        ("https://",                "names no host"),
        ("https://a b/",            "no spaces"),
        ("https://u:p@a.example",   "credentials"),
        ("https://::1/",            "[brackets]"),
        ("https://a.example:0",     "1 to 65535"),
        ("https://127.1/",          "all four numbers"),
        ("https://2130706433/",     "all four numbers"),
        ("https://0x7f.0x1/",       "all four numbers"),
        ("https://bü cher.example/", "no spaces"),
        ("https://\u{ad}.example/", "no host name"), // a soft hyphen alone is nothing
        ("https://a\u{fffd}.example/", "no xn-- form"),
        ("https://xn--\u{fc}.example/", "no xn-- form"),
        ("https://１２７.１/",        "all four numbers"),
    ];

    #[test]
    fn urls_are_read_and_normalised() {
        for (text, normal) in URLS {
            assert_eq!(text.parse::<Url>().unwrap().to_string(), *normal);
        }
    }

    #[test]
    fn faults_are_named() {
        for (text, why) in FAULTS {
            let error = text.parse::<Url>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    /// Hosts, and whether they are metadata services.
    #[rustfmt::skip]
    const METADATA: &[(&str, bool)] = &[
        ("169.254.169.254",          true),
        ("[::ffff:169.254.169.254]", true),
        ("[64:ff9b::a9fe:a9fe]",     true),
        ("[2002:a9fe:a9fe::1]",      true),
        ("[fd00:ec2::254]",          true),
        ("169.254.170.2",            true),
        ("100.100.100.200",          true),
        ("metadata.google.internal", true),
        ("169.254.1.1",              false),
        ("[fd00:ec2::255]",          false),
        ("10.0.0.1",                 false),
        ("metadata.example",         false),
    ];

    #[test]
    fn metadata_services_are_known() {
        for (host, metadata) in METADATA {
            assert_eq!(
                host.parse::<Host>().unwrap().is_metadata(),
                *metadata,
                "{host}"
            );
        }
    }

    /// What a request line cannot hold is encoded, whoever wrote it.
    #[test]
    fn a_target_can_be_sent() {
        let base: Url = "https://a.example/".parse().unwrap();
        for (target, sent) in [
            ("/a<b>`c", "/a%3Cb%3E%60c"),
            ("/\"{x}|^", "/\"{x}|^"), // sent as written, on purpose
            ("/a b\r\nX: y", "/a%20b%0D%0AX:%20y"),
            ("/é", "/%C3%A9"),
            ("/a#b", "/a%23b"),
            ("/100%", "/100%"),
        ] {
            assert_eq!(base.with_target(target).target, sent);
        }
    }

    /// A target as evidence keeps it, references of secrets in it.
    #[test]
    fn what_is_written_is_read_again() {
        for target in [
            "/",
            "/?t=$(cat /run/my key)",
            "/${TOKEN##*.}?#",
            "/a<b>\u{1}",
        ] {
            let mut url: Url = "http://[::1]:8080/".parse().unwrap();
            url.target = target.to_owned();
            let written = serde_json::to_string(&url).unwrap();
            assert_eq!(serde_json::from_str::<Url>(&written).unwrap(), url);
        }
    }
}
