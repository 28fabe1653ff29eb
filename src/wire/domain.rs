//! Domains that somebody registered, by the Public Suffix List (<https://publicsuffix.org>): under
//! its names strangers register side by side. The list is that of the `psl` crate, and as old as it.

use std::net::IpAddr;

use psl::{Psl as _, Type};

/// The part of a host that was registered: one label in front of its public suffix. `None` for an
/// address, a single label and a top-level domain.
#[must_use]
pub fn registered(host: &str) -> Option<&str> {
    let host = name(host)?;
    psl::domain_str(host).or_else(|| registered_at_registry(host))
}

/// The same with suffixes of registries alone: `github.io` is then a domain like any other.
#[must_use]
pub fn registered_at_registry(host: &str) -> Option<&str> {
    let host = name(host)?;
    let mut suffix = psl::suffix_str(host)?;
    while kind(suffix) == Some(Type::Private) {
        let (_, parent) = suffix.split_once('.')?;
        suffix = psl::suffix_str(parent)?;
    }
    let before = host.strip_suffix(suffix)?.strip_suffix('.')?;
    let label = before.rfind('.').map_or(0, |dot| dot + 1);
    host.get(label..)
}

/// The hosting suffix `host` is registered under, such as `pages.dev`, on which anybody can have a
/// name: the list's private section.
#[must_use]
pub fn shared_suffix(host: &str) -> Option<&str> {
    let host = name(host)?;
    let suffix = psl::suffix_str(host).filter(|suffix| *suffix != host)?;
    (kind(suffix) == Some(Type::Private)).then_some(suffix)
}

/// Whether strangers register below it, so that browsers let no cookie be set for it. A single label
/// is one, listed or not (the list's own rule for what it does not name).
#[must_use]
pub fn is_public_suffix(host: &str) -> bool {
    name(host).is_some_and(|host| psl::suffix_str(host) == Some(host))
}

/// Whether two hosts are one site: the same one, or below one registered domain (HTML §7.1.1.1).
#[must_use]
pub fn is_same_site(one: &str, other: &str) -> bool {
    let site = |host| psl::domain_str(name(host)?);
    one == other || site(one).is_some_and(|ours| site(other) == Some(ours))
}

/// A host that is a name, in lower case, without the dot of the root.
fn name(host: &str) -> Option<&str> {
    let is_address = host.starts_with('[') || host.parse::<IpAddr>().is_ok();
    let host = host.strip_suffix('.').unwrap_or(host);
    (!is_address && !host.is_empty()).then_some(host)
}

fn kind(suffix: &str) -> Option<Type> {
    psl::List.find(suffix.rsplit('.').map(str::as_bytes)).typ
}

#[cfg(test)]
mod tests {
    use super::{
        is_public_suffix, is_same_site, registered, registered_at_registry, shared_suffix,
    };

    type Row = (
        &'static str,
        Option<&'static str>,
        Option<&'static str>,
        Option<&'static str>,
    );

    /// A host; what was registered, by the whole list and by its registries alone; the suffix that
    /// it shares with strangers.
    #[rustfmt::skip]
    const CASES: &[Row] = &[
        ("example.com",              Some("example.com"),        Some("example.com"),     None),
        ("app.example.com",          Some("example.com"),        Some("example.com"),     None),
        ("app.example.com.",         Some("example.com"),        Some("example.com"),     None),
        ("a.eu.example.co.uk",       Some("example.co.uk"),      Some("example.co.uk"),   None),
        ("app.ministry.go.jp",       Some("ministry.go.jp"),     Some("ministry.go.jp"),  None),
        ("shop.city.kawasaki.jp",    Some("city.kawasaki.jp"),   Some("city.kawasaki.jp"), None),
        ("a.b.c.kawasaki.jp",        Some("b.c.kawasaki.jp"),    Some("b.c.kawasaki.jp"), None),
        ("www.firm.ltd.uk",          Some("firm.ltd.uk"),        Some("firm.ltd.uk"),     None),
        ("sede.x.gob.mx",            Some("x.gob.mx"),           Some("x.gob.mx"),        None),
        ("x.app.pages.dev",          Some("app.pages.dev"),      Some("pages.dev"),       Some("pages.dev")),
        ("me.github.io",             Some("me.github.io"),       Some("github.io"),       Some("github.io")),
        ("github.io",                Some("github.io"),          Some("github.io"),       None),
        ("b.s3.amazonaws.com",       Some("b.s3.amazonaws.com"), Some("amazonaws.com"),   Some("s3.amazonaws.com")),
        ("mypages.dev",              Some("mypages.dev"),        Some("mypages.dev"),     None),
        ("shop.internal",            Some("shop.internal"),      Some("shop.internal"),   None), // not on the list
        ("co.uk",                    None,                       None,                    None),
        ("com",                      None,                       None,                    None),
        ("localhost",                None,                       None,                    None),
        ("10.0.0.1",                 None,                       None,                    None),
        ("[::1]",                    None,                       None,                    None),
        ("",                         None,                       None,                    None),
    ];

    #[test]
    fn what_was_registered() {
        for (host, whole, registries, shared) in CASES {
            assert_eq!(registered(host), *whole, "{host}");
            assert_eq!(registered_at_registry(host), *registries, "{host}");
            assert_eq!(shared_suffix(host), *shared, "{host}");
        }
    }

    #[test]
    fn strangers_register_below_a_public_suffix() {
        let public = [
            "com",
            "co.uk",
            "github.io",
            "go.jp",
            "localhost",
            "internal",
            "vercel.app",
        ];
        let owned = [
            "example.com",
            "city.kawasaki.jp",
            "a.github.io",
            "10.0.0.1",
            "",
        ];
        assert!(public.into_iter().all(is_public_suffix));
        assert!(!owned.into_iter().any(is_public_suffix));
    }

    #[test]
    fn a_site_is_one_registered_domain() {
        #[rustfmt::skip]
        let rows = [
            ("example.com",      "cdn.example.com",     true),
            ("a.example.com",    "b.example.com",       true),
            ("a.example.co.uk",  "b.other.co.uk",       false),
            ("a.github.io",      "b.github.io",         false),
            ("a.ministry.go.jp", "b.ministry.go.jp",    true),
            ("a.ministry.go.jp", "b.other.go.jp",       false),
            ("localhost",        "localhost",           true),
            ("10.0.0.1",         "10.0.0.2",            false),
        ];
        for (one, other, expected) in rows {
            assert_eq!(is_same_site(one, other), expected, "{one} {other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_host_is_taken(host in "[a-z.\\[\\]:0-9-]{0,30}") {
            for found in [registered(&host), registered_at_registry(&host), shared_suffix(&host)] {
                assert!(found.is_none_or(|found| host.contains(found)));
            }
            let _ = is_public_suffix(&host);
        }
    }
}
