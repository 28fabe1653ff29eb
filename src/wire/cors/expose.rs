//! What CORS says beside yes and no: which fields the script sees, how long the yes is remembered,
//! and whether shared caches keep the answers to different origins apart.

use super::Reply;
use super::reply::TokenList;

/// "CORS-safelisted response-header name": what a script may always read (Fetch §2.2.2).
const ALWAYS: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// Whether a script may read the response field `name`. With credentials, `*` is a plain name.
#[must_use]
pub fn readable(reply: &Reply, name: &str, credentials: bool) -> bool {
    let exposed = reply.tokens("access-control-expose-headers");
    let listed = |wanted: &str| {
        exposed
            .elements()
            .iter()
            .any(|element| element.eq_ignore_ascii_case(wanted))
    };
    ALWAYS.iter().any(|safe| name.eq_ignore_ascii_case(safe))
        || listed(name)
        || (!credentials && listed("*"))
}

/// How long a browser may remember the preflight's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaxAge {
    /// Not said: five seconds.
    Absent,
    /// Not a number of seconds: five seconds, as if it were absent.
    Malformed(String),
    /// Seconds; browsers cap them at 7200 (Chromium), 86400 (Firefox) or 600 (WebKit).
    Seconds(u64),
}

/// Reads `Access-Control-Max-Age` (Fetch §4.8: delta-seconds).
#[must_use]
pub fn max_age(reply: &Reply) -> MaxAge {
    let Some(value) = reply.combined("access-control-max-age") else {
        return MaxAge::Absent;
    };
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match (digits, value.parse()) {
        (true, Ok(seconds)) => MaxAge::Seconds(seconds),
        // More digits than fit are still a very long time.
        (true, Err(_)) => MaxAge::Seconds(u64::MAX),
        (false, _) => MaxAge::Malformed(value),
    }
}

/// The `Vary` field (RFC 9110 §12.5.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vary {
    /// Not sent: a cache may answer every request alike.
    Absent,
    /// `*`: no cache may answer another request with this response.
    Anything,
    /// Sent, and not a list of field names.
    Malformed(String),
    /// The names, in lower case.
    Names(Vec<String>),
}

impl Vary {
    /// Whether a cache keeps answers apart by the request field `name`, given in lower case.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Names(names) => names.iter().any(|listed| listed == name),
            Self::Absent | Self::Malformed(_) => false,
        }
    }
}

/// Reads `Vary`.
#[must_use]
pub fn vary(reply: &Reply) -> Vary {
    match reply.tokens("vary") {
        TokenList::Absent => Vary::Absent,
        TokenList::Malformed(element) => Vary::Malformed(element),
        TokenList::Present(names) if names.iter().any(|name| name == "*") => Vary::Anything,
        TokenList::Present(names) => {
            Vary::Names(names.iter().map(|name| name.to_ascii_lowercase()).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MaxAge, max_age, readable, vary};
    use crate::wire::cors::Reply;

    const fn reply<'a>(fields: &'a [(&'a str, &'a str)]) -> Reply<'a> {
        Reply {
            status: 200,
            fields,
        }
    }

    #[test]
    fn a_wildcard_exposes_only_without_credentials() {
        let fields = [("Access-Control-Expose-Headers", "X-Request-ID, *")];
        let reply = reply(&fields);
        let seen = |name, credentials| readable(&reply, name, credentials);
        assert!(seen("x-request-id", true) && seen("X-Request-Id", false));
        assert!(seen("X-Other", false) && !seen("X-Other", true));
        assert!(seen("Content-Type", true) && seen("ETag", false) && !seen("ETag", true));
    }

    #[test]
    fn max_age_is_digits_or_five_seconds() {
        let read = |value| max_age(&reply(&[("access-control-max-age", value)]));
        assert_eq!(max_age(&reply(&[])), MaxAge::Absent);
        assert_eq!(read("600"), MaxAge::Seconds(600));
        assert_eq!(read("0"), MaxAge::Seconds(0));
        assert_eq!(read("99999999999999999999999"), MaxAge::Seconds(u64::MAX));
        for bad in ["", "-1", "10m", "1.5", "1, 1"] {
            assert_eq!(read(bad), MaxAge::Malformed(bad.to_owned()));
        }
    }

    #[test]
    fn vary_is_read_across_fields() {
        let covers = |fields| vary(&reply(fields)).covers("origin");
        assert!(covers(&[("Vary", "Accept-Encoding"), ("vary", "ORIGIN")]));
        assert!(covers(&[("Vary", "*")]));
        assert!(!covers(&[("Vary", "Accept-Encoding")]));
        assert!(!covers(&[]));
        assert!(!covers(&[("Vary", "Origin Accept")]));
    }
}
