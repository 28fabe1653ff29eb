//! `Strict-Transport-Security` (RFC 6797 §6.1).

use super::Fault;
use super::fault::trimmed;
use super::field_list::{is_token, unquoted};
use crate::model::Seconds;

/// The promise of a host to be reached over TLS only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hsts {
    /// How long it is to be kept; zero withdraws it (§6.1.1).
    pub max_age: Seconds,
    /// Whether sub-domains are covered (§6.1.2).
    pub include_subdomains: bool,
    /// Asks for inclusion in the browsers' list: not part of the RFC, ignored by its grammar.
    pub preload: bool,
}

/// Reads one field value. Browsers process the first field of a response only (§8.1).
///
/// # Errors
/// Whatever makes a user agent ignore the whole field.
pub fn parse(value: &str) -> Result<Hsts, Fault> {
    let mut seen: Vec<String> = Vec::new();
    let (mut max_age, mut include_subdomains, mut preload) = (None, false, false);
    for (directive, at) in directives(value) {
        if directive.is_empty() {
            continue;
        }
        let (name, value) = name_and_value(directive, at)?;
        if seen.contains(&name) {
            return Err(Fault::new(at, "a directive may appear once only"));
        }
        match (name.as_str(), value) {
            ("max-age", value) => max_age = Some(seconds(value.as_deref(), at)?),
            ("includesubdomains", None) => include_subdomains = true,
            ("includesubdomains", Some(_)) => {
                return Err(Fault::new(at, "includeSubDomains takes no value"));
            }
            ("preload", _) => preload = true,
            _ => {}
        }
        seen.push(name);
    }
    let max_age = max_age.ok_or(Fault::new(value.len(), "max-age is missing"))?;
    Ok(Hsts {
        max_age,
        include_subdomains,
        preload,
    })
}

/// The directives between semicolons that stand outside of quotes, each with its byte offset.
fn directives(value: &str) -> Vec<(&str, usize)> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                parts.push(trimmed(value.get(start..at).unwrap_or_default(), start));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(trimmed(value.get(start..).unwrap_or_default(), start));
    parts
}

/// `token [ "=" ( token | quoted-string ) ]`, with optional spaces (§6.1 with RFC 2616 §2.1 implied
/// LWS). The name comes back in lower case.
fn name_and_value(directive: &str, at: usize) -> Result<(String, Option<String>), Fault> {
    let (name, value) = match directive.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (directive, None),
    };
    let (name, _) = trimmed(name, at);
    if !is_token(name) {
        return Err(Fault::new(
            at,
            "a directive is a token, with a value at most",
        ));
    }
    let Some(raw) = value else {
        return Ok((name.to_ascii_lowercase(), None));
    };
    let (text, start) = trimmed(raw, at + directive.len() - raw.len());
    let plain = is_token(text)
        .then(|| text.to_owned())
        .or_else(|| unquoted(text));
    let why = "a directive's value is a token or a quoted string";
    let value = plain.ok_or(Fault::new(start, why))?;
    Ok((name.to_ascii_lowercase(), Some(value)))
}

/// §6.1.1 delta-seconds; more than fits is as long as can be (RFC 9111 §1.2.2).
fn seconds(value: Option<&str>, at: usize) -> Result<Seconds, Fault> {
    let digits = value.unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::new(
            at,
            "max-age is a number of seconds, digits only",
        ));
    }
    Ok(Seconds(digits.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::{Hsts, parse};
    use crate::model::Seconds;
    use proptest::prelude::*;

    /// As sent, then max-age, includeSubDomains, preload.
    #[rustfmt::skip]
    const CASES: &[(&str, u64, bool, bool)] = &[
        ("max-age=31536000",                               31_536_000, false, false),
        ("MAX-AGE=31536000 ; IncludeSubDomains;",          31_536_000, true,  false),
        ("max-age = 31536000",                             31_536_000, false, false),
        ("max-age=\"31536000\"",                           31_536_000, false, false),
        ("max-age=63072000; includeSubDomains; preload",   63_072_000, true,  true),
        (";;max-age=1;;",                                  1,          false, false),
        ("max-age=1; shiny=\"a;b\"",                       1,          false, false),
        ("max-age=0",                                      0,          false, false),
        ("max-age=\"0\"",                                  0,          false, false),
        ("max-age=99999999999999999999",                   u64::MAX,   false, false),
    ];

    #[test]
    fn promises_are_read() {
        for (text, max_age, include_subdomains, preload) in CASES {
            let expected = Hsts {
                max_age: Seconds(*max_age),
                include_subdomains: *include_subdomains,
                preload: *preload,
            };
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    /// What user agents ignore, and the byte where it goes wrong.
    #[rustfmt::skip]
    const BROKEN: &[(&str, usize)] = &[
        ("",                                     0),
        ("includeSubDomains",                   17),
        ("max-age",                              0),
        ("max-age=",                             8),
        ("max-age=abc",                          0),
        ("max-age=31536000junk",                 0),
        ("max-age=-1",                           0),
        ("max-age=1.5",                          0),
        ("max-age='31536000'",                   0),
        ("max-age=1, max-age=2",                 8),
        ("max-age=1; max-age=2",                11),
        ("max-age=1; includeSubDomains=true",   11),
        ("max-age=1; x y",                      11),
        ("max-age=1; x=\"open",                 13),
        ("max-age: 31536000",                    0),
    ];

    #[test]
    fn a_fault_says_where() {
        for (text, at) in BROKEN {
            assert_eq!(parse(text).map_err(|fault| fault.at), Err(*at), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_faulted(text in "\\PC*|[maxge=;\", 0-9-]{0,40}") {
            if let Err(fault) = parse(&text) {
                prop_assert!(fault.at <= text.len());
            }
        }
    }
}
