//! `Set-Cookie`, read the way a browser reads it (RFC 6265bis §5.6), not the way a server ought to
//! write it (§4.1).
//!
//! Values are credentials. They are replaced by their [`Shape`] when captured ([`redact`]), and
//! the parser reads either form, so that nothing above this module ever holds a value.

mod date;
mod names;
mod shape;
mod storage;

pub use names::{Meaning, meaning};
pub use shape::{Shape, redact};
pub use storage::{Lifetime, Refusal};

use super::Fault;
use super::fault::{pieces, trimmed};
use crate::model::{Timestamp, Untrusted};

/// One cookie as a user agent understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Empty for a nameless cookie, which browsers do store.
    pub name: Untrusted,
    /// What the value looked like; the value itself is never kept.
    pub shape: Shape,
    /// `Expires`, if it was a date the algorithm of §5.1.1 can read.
    pub expires: Option<Timestamp>,
    /// `Max-Age` in seconds, zero or negative to delete. It wins over `Expires`.
    pub max_age: Option<i64>,
    /// `Domain` without its leading dot, in lower case; absent means this host only.
    pub domain: Option<Untrusted>,
    /// `Path` if it starts with a slash; anything else means the directory of the request.
    pub path: Option<Untrusted>,
    /// Sent over secure transports only.
    pub secure: bool,
    /// Hidden from scripts.
    pub http_only: bool,
    /// Which cross-site requests carry it.
    pub same_site: SameSite,
    /// Kept per top-level site (CHIPS).
    pub partitioned: bool,
    /// Attributes a browser knows but could not use as written.
    pub ignored: Vec<Fault>,
}

/// The `SameSite` attribute (§5.6.7): the last one counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// Not sent: browsers use `Lax`, some only after two minutes.
    #[default]
    Unset,
    /// A word no browser knows, which is treated as not sent.
    Unknown,
    /// Cross-site requests carry it; `Secure` is needed.
    None,
    /// Top-level navigations carry it.
    Lax,
    /// No cross-site request carries it.
    Strict,
}

/// Reads one `Set-Cookie` value.
///
/// # Errors
/// Where a browser ignores the whole field: a control character, nothing before the first `;`, or
/// more than 4096 bytes of name and value.
pub fn parse(value: &str) -> Result<Cookie, Fault> {
    if let Some(at) = value.bytes().position(is_forbidden) {
        return Err(Fault::new(at, "a control character voids the whole cookie"));
    }
    let mut parts = pieces(value, ';');
    let (name, content) = parts
        .next()
        .map_or(("", ""), |(pair, _)| name_and_value(pair));
    let shape = Shape::read(content);
    if shape.has_control {
        let why = "a control character in the value voids the whole cookie";
        return Err(Fault::new(name.len() + 1, why));
    }
    if name.is_empty() && shape.bytes == 0 {
        return Err(Fault::new(0, "a cookie needs a name or a value"));
    }
    if name.len() + shape.bytes > 4096 {
        return Err(Fault::new(0, "name and value together exceed 4096 bytes"));
    }
    let mut cookie = Cookie::new(name, shape);
    for (attribute, start) in parts {
        cookie.apply(attribute, start);
    }
    Ok(cookie)
}

/// §5.6 step 1: controls except the tab.
fn is_forbidden(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

/// §5.6 steps 3 and 4: without `=` the whole pair is the value.
fn name_and_value(pair: &str) -> (&str, &str) {
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    (trimmed(name, 0).0, trimmed(value, 0).0)
}

impl Cookie {
    fn new(name: &str, shape: Shape) -> Self {
        Self {
            name: name.into(),
            shape,
            expires: None,
            max_age: None,
            domain: None,
            path: None,
            secure: false,
            http_only: false,
            same_site: SameSite::Unset,
            partitioned: false,
            ignored: Vec::new(),
        }
    }

    /// One attribute: §5.6.1 to §5.6.7. Names a browser does not know are skipped without a note.
    fn apply(&mut self, attribute: &str, start: usize) {
        let (name, raw) = attribute.split_once('=').unwrap_or((attribute, ""));
        let (value, at) = trimmed(raw, start + attribute.len() - raw.len());
        if value.len() > 1024 {
            self.ignore(at, "an attribute value above 1024 bytes is ignored");
            return;
        }
        match trimmed(name, start).0.to_ascii_lowercase().as_str() {
            "expires" => self.set_expires(value, at),
            "max-age" => self.set_max_age(value, at),
            "domain" => self.set_domain(value, at),
            "path" => self.path = value.starts_with('/').then(|| value.into()),
            "secure" => self.secure = true,
            "httponly" => self.http_only = true,
            "partitioned" => self.partitioned = true,
            "samesite" => self.set_same_site(value, at),
            _ => {}
        }
    }

    fn ignore(&mut self, at: usize, why: &'static str) {
        self.ignored.push(Fault::new(at, why));
    }

    fn set_expires(&mut self, value: &str, at: usize) {
        match date::parse(value) {
            Some(moment) => self.expires = Some(moment),
            None => self.ignore(at, "Expires is not a date browsers can read"),
        }
    }

    /// §5.6.2: a sign and digits, nothing else; any number of digits.
    fn set_max_age(&mut self, value: &str, at: usize) {
        let digits = value.strip_prefix('-').unwrap_or(value);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.ignore(at, "Max-Age is digits, with a minus sign at most");
            return;
        }
        let limit = if value.starts_with('-') {
            i64::MIN
        } else {
            i64::MAX
        };
        self.max_age = Some(value.parse().unwrap_or(limit));
    }

    /// §5.6.3: an empty domain means this host only.
    fn set_domain(&mut self, value: &str, at: usize) {
        let domain = value.strip_prefix('.').unwrap_or(value);
        if domain.is_empty() {
            self.ignore(at, "Domain is empty: the cookie is for this host only");
        }
        self.domain = (!domain.is_empty()).then(|| domain.to_ascii_lowercase().into());
    }

    fn set_same_site(&mut self, value: &str, at: usize) {
        self.same_site = match value.to_ascii_lowercase().as_str() {
            "strict" => SameSite::Strict,
            "lax" => SameSite::Lax,
            "none" => SameSite::None,
            _ => {
                self.ignore(at, "SameSite is Strict, Lax or None");
                SameSite::Unknown
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Cookie, SameSite, parse};
    use crate::model::Untrusted;
    use proptest::prelude::*;

    fn read(value: &str) -> Cookie {
        parse(value).unwrap_or_else(|fault| panic!("{value}: {fault}"))
    }

    /// The value, then name, bytes of the value, Secure, HttpOnly, SameSite.
    #[rustfmt::skip]
    const CASES: &[(&str, &str, usize, bool, bool, SameSite)] = &[
        ("a=b",                                   "a", 1, false, false, SameSite::Unset),
        (" a = b ; Secure ; HttpOnly",            "a", 1, true,  true,  SameSite::Unset),
        ("a=b=c;secure;HTTPONLY;samesite=LAX",    "a", 3, true,  true,  SameSite::Lax),
        ("a=b; SameSite=Lax; SameSite=Strict",    "a", 1, false, false, SameSite::Strict),
        ("a=b; SameSite=Never",                   "a", 1, false, false, SameSite::Unknown),
        ("a=b; SameSite",                         "a", 1, false, false, SameSite::Unknown),
        ("a=b; SameSite=None; Secure",            "a", 1, true,  false, SameSite::None),
        ("nameless",                              "",  8, false, false, SameSite::Unset),
        ("=nameless",                             "",  8, false, false, SameSite::Unset),
        ("a=",                                    "a", 0, false, false, SameSite::Unset),
        ("a=\"q\"; Secure=false",                 "a", 3, true,  false, SameSite::Unset), // §5.6.5
        ("a=(43 chars, 240 bits); HttpOnly",      "a", 43, false, true, SameSite::Unset),
        ("a=(empty); HttpOnly",                   "a", 0, false, true,  SameSite::Unset),
        ("a=(jwt, 310 chars)",                    "a", 310, false, false, SameSite::Unset),
    ];

    #[test]
    fn cookies_are_read_as_browsers_read_them() {
        for (value, name, bytes, secure, http_only, same_site) in CASES {
            let cookie = read(value);
            assert_eq!(cookie.name.raw(), *name, "{value}");
            assert_eq!(cookie.shape.bytes, *bytes, "{value}");
            assert_eq!(cookie.secure, *secure, "{value}");
            assert_eq!(cookie.http_only, *http_only, "{value}");
            assert_eq!(cookie.same_site, *same_site, "{value}");
        }
    }

    /// What makes a browser ignore the field, and where.
    #[rustfmt::skip]
    const VOID: &[(&str, usize)] = &[
        ("",            0),
        ("=",           0),
        ("; Secure",    0),
        ("a=b\x01c",    3),
        ("a=b\x7f",     3),
        ("sid=(5 chars, 0 bits, control)", 4),
        ("sid=(4097 chars, 900 bits)",     0),
    ];

    #[test]
    fn a_void_cookie_says_where() {
        for (value, at) in VOID {
            assert_eq!(
                parse(value).map_err(|fault| fault.at),
                Err(*at),
                "{value:?}"
            );
        }
    }

    #[test]
    fn the_limit_is_4096_bytes_of_name_and_value() {
        assert!(parse(&format!("a={}", "x".repeat(4095))).is_ok());
        assert!(parse(&format!("a={}", "x".repeat(4096))).is_err());
    }

    /// The value, then the attributes a browser keeps of it, in words.
    #[rustfmt::skip]
    const ATTRIBUTES: &[(&str, &str)] = &[
        ("a=b; Max-Age=3600",                              "max-age 3600"),
        ("a=b; Max-Age=-1",                                "max-age -1"),
        ("a=b; Max-Age=99999999999999999999",              "max-age 9223372036854775807"),
        ("a=b; Max-Age=+1",                                "ignored at 13"),
        ("a=b; Max-Age=1.5",                               "ignored at 13"),
        ("a=b; Max-Age=",                                  "ignored at 13"),
        ("a=b; Expires=Wed, 09 Jun 2021 10:18:14 GMT",     "expires 2021-06-09"),
        ("a=b; Expires=soon",                              "ignored at 13"),
        ("a=b; Domain=.Example.COM",                       "domain example.com"),
        ("a=b; Domain=",                                   "ignored at 12"),
        ("a=b; Path=/x",                                   "path /x"),
        ("a=b; Path=/x; Path=y",                           ""),
        ("a=b; Colour=red; Partitioned",                   "partitioned"),
    ];

    fn kept(cookie: &Cookie) -> String {
        let text = |name: &str, value: &Option<Untrusted>| {
            value
                .as_ref()
                .map(|value| format!("{name} {}", value.raw()))
        };
        let words = [
            cookie.max_age.map(|seconds| format!("max-age {seconds}")),
            cookie.expires.map(|at| format!("expires {}", at.date())),
            text("domain", &cookie.domain),
            text("path", &cookie.path),
            cookie.partitioned.then(|| "partitioned".to_owned()),
        ];
        let ignored = cookie
            .ignored
            .iter()
            .map(|fault| format!("ignored at {}", fault.at));
        words
            .into_iter()
            .flatten()
            .chain(ignored)
            .collect::<Vec<_>>()
            .join(", ")
    }

    #[test]
    fn attributes_follow_their_own_sections() {
        for (value, expected) in ATTRIBUTES {
            assert_eq!(kept(&read(value)), *expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(value in "\\PC*|[a-zA-Z=; \\-,0-9]{0,80}") {
            if let Err(fault) = parse(&value) {
                prop_assert!(fault.at <= value.len());
            }
        }
    }
}
