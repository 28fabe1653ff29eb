//! URLs as browsers read them: the parts of the WHATWG URL Standard that decide where a request
//! goes.
//!
//! Special schemes (`http`, `https`, `ws`, `wss`, `ftp`) get a host, a port and a path; every other
//! scheme keeps its rest opaque in `path`. Hosts are not converted to Punycode: a host outside
//! ASCII is kept as written, in lower case.

mod host;
mod path;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::model::{Url, UrlScheme};

/// What a browser requests for a `Location`, a link or a `src` that it was given by `base`: nothing
/// where that is no URL, or one of a scheme that is not fetched over HTTP.
///
/// A host outside ASCII is none, since hosts are not converted to Punycode here.
#[must_use]
pub fn resolve(base: &Url, reference: &str) -> Option<Url> {
    let base = WebUrl::parse(&format!("{}{}", base.origin(), base.target))?;
    base.join(reference)?.fetched()
}

/// The special-query percent-encode set (§1.3).
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\'');

fn encoded_query(query: &str) -> String {
    utf8_percent_encode(query, QUERY).to_string()
}

/// A URL taken apart. Query and fragment are kept apart from the path and never compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WebUrl {
    /// Lower case, without the colon.
    pub scheme: String,
    /// Lower case; empty when the scheme has no authority. IPv6 keeps its brackets.
    pub host: String,
    /// `None` when absent or the default of the scheme.
    pub port: Option<u16>,
    /// Starts with `/` for special schemes; the opaque rest for others.
    pub path: String,
    /// What follows `?`, with it; empty without.
    pub query: String,
}

impl WebUrl {
    /// Parses an absolute URL. `None` where the standard says failure.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = cleaned(text);
        let (scheme, rest) = split_scheme(&text)?;
        if !is_special(&scheme) {
            let (path, query) = split_tail(rest);
            return Some(Self {
                scheme,
                host: String::new(),
                port: None,
                path: path.to_owned(),
                query: query.to_owned(),
            });
        }
        // Any number of slashes, either way round, precedes the authority of a special scheme.
        Self::special(scheme, rest.trim_start_matches(['/', '\\']))
    }

    /// Resolves a reference against this URL, as `href` and `src` are (URL Standard §4.4).
    #[must_use]
    pub fn join(&self, reference: &str) -> Option<Self> {
        let text = cleaned(reference);
        if let Some((scheme, rest)) = split_scheme(&text) {
            let relative = scheme == self.scheme && is_special(&scheme);
            if !relative || rest.starts_with(['/', '\\']) {
                return Self::parse(&text);
            }
            return self.relative(rest);
        }
        self.relative(&text)
    }

    /// `scheme://host:port`, the tuple origin written out; `None` for opaque origins.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        if self.host.is_empty() {
            return None;
        }
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        Some(format!("{}://{}{port}", self.scheme, self.host))
    }

    /// The port that is dialled: the written one, or the default of the scheme.
    #[must_use]
    pub fn port_or_default(&self) -> Option<u16> {
        self.port.or_else(|| default_port(&self.scheme))
    }

    /// As it is asked for over HTTP; `None` for other schemes, and for hosts and ports that nothing
    /// can be asked at.
    fn fetched(self) -> Option<Url> {
        let scheme = match self.scheme.as_str() {
            "http" => UrlScheme::Http,
            "https" => UrlScheme::Https,
            _ => return None,
        };
        let port = self.port.unwrap_or(scheme.default_port());
        Some(Url {
            scheme,
            host: self.host.parse().ok()?,
            port: Some(port).filter(|port| *port != 0)?,
            target: self.path + &self.query,
        })
    }

    fn special(scheme: String, rest: &str) -> Option<Self> {
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(end)?;
        let host_and_port = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let (host, port) = split_port(host_and_port)?;
        let port = parse_port(port)
            .ok()?
            .filter(|port| Some(*port) != default_port(&scheme));
        let (path, query) = split_tail(tail);
        Some(Self {
            host: host::parse(host)?,
            port,
            path: path::normalised(path),
            query: encoded_query(query),
            scheme,
        })
    }

    fn relative(&self, text: &str) -> Option<Self> {
        let mut chars = text.chars();
        let (first, second) = (chars.next(), chars.next());
        let slash = |c: Option<char>| matches!(c, Some('/' | '\\'));
        if self.host.is_empty() {
            return None;
        }
        if slash(first) && slash(second) {
            return Self::special(self.scheme.clone(), text.trim_start_matches(['/', '\\']));
        }
        let (path, query) = split_tail(text);
        let mut joined = self.clone();
        if slash(first) {
            joined.path = path::normalised(path);
        } else if !path.is_empty() {
            let folder = self
                .path
                .rfind('/')
                .map_or("", |at| self.path.get(..=at).unwrap_or(""));
            joined.path = path::normalised(&format!("{folder}{path}"));
        }
        if !path.is_empty() || text.starts_with('?') {
            joined.query = encoded_query(query);
        }
        Some(joined)
    }
}

/// Whether the scheme has an authority by the standard's table (§3.1); `file` is left out, since
/// nothing served over the network can load it.
#[must_use]
pub fn is_special(scheme: &str) -> bool {
    default_port(scheme).is_some()
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

/// Leading and trailing C0 and space go, tab and line ends go everywhere (§4.4 steps 1 to 3).
fn cleaned(text: &str) -> String {
    text.trim_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect()
}

fn split_scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let mut chars = scheme.chars();
    let letter_first = chars.next().is_some_and(|c| c.is_ascii_alphabetic());
    let tail = chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (letter_first && tail).then(|| (scheme.to_ascii_lowercase(), rest))
}

/// Path and query; the fragment is dropped.
fn split_tail(text: &str) -> (&str, &str) {
    let text = text.split('#').next().unwrap_or("");
    match text.find('?').and_then(|at| text.split_at_checked(at)) {
        Some((path, query)) => (path, query),
        None => (text, ""),
    }
}

fn split_port(text: &str) -> Option<(&str, &str)> {
    let after_brackets = text.rfind(']').map_or(0, |at| at + 1);
    let tail = text.get(after_brackets..)?;
    match tail.find(':') {
        Some(colon) => {
            let at = after_brackets + colon;
            Some((text.get(..at)?, text.get(at + 1..)?))
        }
        None => Some((text, "")),
    }
}

/// An empty port is the default one; failure is one that is no number, or too great.
fn parse_port(text: &str) -> Result<Option<u16>, NoPort> {
    if text.is_empty() {
        return Ok(None);
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NoPort);
    }
    match text.trim_start_matches('0') {
        "" => Ok(Some(0)),
        number => number.parse().map(Some).map_err(|_| NoPort),
    }
}

struct NoPort;

#[cfg(test)]
mod tests {
    use super::{WebUrl, resolve};
    use crate::model::Url;
    use proptest::prelude::*;

    fn shown(url: &WebUrl) -> String {
        let origin = url.origin().unwrap_or_else(|| format!("{}:", url.scheme));
        format!("{origin}{}{}", url.path, url.query)
    }

    /// A URL as written, then how it reads; empty for failure.
    #[rustfmt::skip]
    const ABSOLUTE: &[(&str, &str)] = &[
        ("https://Example.COM",               "https://example.com/"),
        (" https://a.example/x\n",            "https://a.example/x"),
        ("https:a.example",                   "https://a.example/"),
        ("https:\\\\a.example\\b",            "https://a.example/b"),
        ("https://user:pw@a.example:443/",    "https://a.example/"),
        ("http://a.example:8080/?q#f",        "http://a.example:8080/?q"),
        ("http://a.example:99999/",           ""),
        ("http://a.example:8o/",              ""),
        ("https://",                          ""),
        ("https://a b/",                      ""),
        ("https://a%20b/",                    ""),
        ("https://%61.example/",              "https://a.example/"),
        ("http://127.1/",                     "http://127.0.0.1/"),
        ("http://0x7f.0.0.1/",                "http://127.0.0.1/"),
        ("http://1.2.3.4.5/",                 ""),
        ("http://500.1.1.1/",                 ""),
        ("http://[::1]:80/",                  "http://[::1]/"),
        ("http://[::g]/",                     ""),
        ("https://a.example/b/../c/./d",      "https://a.example/c/d"),
        ("https://a.example/%2e%2E/x y",      "https://a.example/x%20y"),
        ("https://a.example/?a b\"<'>\u{e9}",  "https://a.example/?a%20b%22%3C%27%3E%C3%A9"),
        ("data:text/html,x",                  "data:text/html,x"),
        ("no scheme",                         ""),
    ];

    #[test]
    fn absolute_urls_read_as_a_browser_reads_them() {
        for (text, expected) in ABSOLUTE {
            let read = WebUrl::parse(text).as_ref().map(shown).unwrap_or_default();
            assert_eq!(read, *expected, "{text:?}");
        }
    }

    #[rustfmt::skip]
    const RELATIVE: &[(&str, &str)] = &[
        ("c.js",              "https://a.example:8443/d/c.js"),
        ("../c.js",           "https://a.example:8443/c.js"),
        ("/c.js",             "https://a.example:8443/c.js"),
        ("//cdn.example/c",   "https://cdn.example/c"),
        ("https:c.js",        "https://a.example:8443/d/c.js"),
        ("http:c.js",         "http://c.js/"),
        ("?q",                "https://a.example:8443/d/e?q"),
        ("#f",                "https://a.example:8443/d/e?p"),
        ("data:,x",           "data:,x"),
    ];

    #[test]
    fn references_resolve_against_a_base() {
        let base = WebUrl::parse("https://a.example:8443/d/e?p").unwrap();
        for (text, expected) in RELATIVE {
            let read = base.join(text).as_ref().map(shown).unwrap_or_default();
            assert_eq!(read, *expected, "{text:?}");
        }
    }

    /// A `Location` given by `https://a.example/p/q?r`, then what is asked for; empty for nothing.
    #[rustfmt::skip]
    const FETCHED: &[(&str, &str)] = &[
        ("/x",                      "https://a.example/x"),
        ("x",                       "https://a.example/p/x"),
        ("../x",                    "https://a.example/x"),
        ("../../../x/.",            "https://a.example/x/"),
        ("?z",                      "https://a.example/p/q?z"),
        ("",                        "https://a.example/p/q?r"),
        ("#top",                    "https://a.example/p/q?r"),
        ("//b.example:8/y",         "https://b.example:8/y"),
        ("http://a.example/",       "http://a.example/"),
        ("HTTPS:\\\\B.example\\y",   "https://b.example/y"),
        ("/a b",                    "https://a.example/a%20b"),
        ("/a\tb\nc",                "https://a.example/abc"),
        ("/<a>`\"",                 "https://a.example/%3Ca%3E%60%22"),
        ("/\u{1}\u{7f}",            "https://a.example/%01%7F"),
        ("/caf\u{e9}?\u{e9}",       "https://a.example/caf%C3%A9?%C3%A9"),
        ("/%zz%",                   "https://a.example/%zz%"),
        ("?a b#c",                  "https://a.example/p/q?a%20b"),
        ("https://u:p@b.example/",  "https://b.example/"),
        ("https://b.example./",     "https://b.example/"),
        ("http://127.1/",           "http://127.0.0.1/"),
        ("https://b.example:0/",    ""),
        ("https://b..example/",     ""),
        ("https://b example/",      ""),
        ("https://[::g]/",          ""),
        ("ftp://b.example/",        ""),
        ("file:///etc/hosts",       ""),
        ("data:,x",                 ""),
        ("mailto:a@b.example",      ""),
    ];

    #[test]
    fn what_is_asked_for_is_what_a_browser_would_ask_for() {
        let base: Url = "https://a.example/p/q?r".parse().unwrap();
        for (reference, expected) in FETCHED {
            let read = resolve(&base, reference).map(|url| url.to_string());
            assert_eq!(read.unwrap_or_default(), *expected, "{reference:?}");
        }
    }

    proptest! {
        /// Whatever a peer refers to can be asked for, written down and read again.
        #[test]
        fn what_resolves_is_a_url_of_ours(text in "[ -~\\n]{0,40}|.{0,40}|/[\x00-\x7f]{0,20}") {
            let base: Url = "https://a.example/p/q?r".parse().unwrap();
            if let Some(url) = resolve(&base, &text) {
                prop_assert!(url.to_string().parse::<ureq::http::Uri>().is_ok(), "{}", url);
                let written = serde_json::to_string(&url).unwrap();
                prop_assert_eq!(serde_json::from_str::<Url>(&written).unwrap(), url);
            }
        }

        #[test]
        fn any_text_is_survived(base in ".{0,40}", text in "[ -~\\n]{0,40}|.{0,40}") {
            if let Some(url) = WebUrl::parse(&text) {
                prop_assert_eq!(&url.scheme, &url.scheme.to_ascii_lowercase());
            }
            if let Some(base) = WebUrl::parse(&format!("https://a/{base}")) {
                let _ = base.join(&text);
            }
        }
    }
}
