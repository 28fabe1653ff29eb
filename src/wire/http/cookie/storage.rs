//! What a browser does with a cookie once it is read: store it, for how long, or refuse it
//! (RFC 6265bis §5.7).

use super::{Cookie, SameSite};
use crate::model::{Seconds, Timestamp, Untrusted};
use crate::wire::domain;

/// Why a browser refuses to store a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `Secure` set by an answer that came over plain http.
    SecureOverHttp,
    /// `__Secure-` or another prefix without `Secure`.
    PrefixNeedsSecure,
    /// `__Host-` with `Domain`.
    PrefixForbidsDomain,
    /// `__Host-` without `Path=/`.
    PrefixNeedsRootPath,
    /// `__Http-` or `__Host-Http-` without `HttpOnly`.
    PrefixNeedsHttpOnly,
    /// `SameSite=None` without `Secure`.
    NoneNeedsSecure,
    /// `Partitioned` without `Secure`.
    PartitionedNeedsSecure,
    /// `Domain` is neither this host nor a parent of it.
    ForeignDomain,
    /// `Domain` is a name under which strangers register.
    PublicSuffix,
}

impl Refusal {
    /// The rule that was broken, in words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::SecureOverHttp => "Secure cannot be set over plain http",
            Self::PrefixNeedsSecure => "the prefix of its name needs Secure",
            Self::PrefixForbidsDomain => "__Host- forbids Domain",
            Self::PrefixNeedsRootPath => "__Host- needs Path=/",
            Self::PrefixNeedsHttpOnly => "the prefix of its name needs HttpOnly",
            Self::NoneNeedsSecure => "SameSite=None needs Secure",
            Self::PartitionedNeedsSecure => "Partitioned needs Secure",
            Self::ForeignDomain => "Domain does not cover the host that set it",
            Self::PublicSuffix => "Domain is a public suffix, under which strangers register",
        }
    }
}

/// How long a cookie lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Until the browser is closed.
    Session,
    /// This long from when it was received, as asked for; browsers keep 400 days at most (§5.5).
    For(Seconds),
    /// Already over: the answer deletes the cookie.
    Expired,
}

impl Cookie {
    /// How long it lives when received `at`. `Max-Age` wins over `Expires` (§5.7 step 6).
    #[must_use]
    pub fn lifetime(&self, at: Timestamp) -> Lifetime {
        let seconds = match (self.max_age, self.expires) {
            (Some(seconds), _) => seconds,
            (None, Some(moment)) => moment.secs().saturating_sub(at.secs()),
            (None, None) => return Lifetime::Session,
        };
        match u64::try_from(seconds) {
            Ok(0) | Err(_) => Lifetime::Expired,
            Ok(seconds) => Lifetime::For(Seconds(seconds)),
        }
    }

    /// Why a browser would not store it when `host` sets it, over TLS or not.
    #[must_use]
    pub fn refusal(&self, host: &str, secure_transport: bool) -> Option<Refusal> {
        let checks = [
            (self.secure && !secure_transport, Refusal::SecureOverHttp),
            (
                self.same_site == SameSite::None && !self.secure,
                Refusal::NoneNeedsSecure,
            ),
            (
                self.partitioned && !self.secure,
                Refusal::PartitionedNeedsSecure,
            ),
            (!self.covers(host), Refusal::ForeignDomain),
            (self.is_too_wide(host), Refusal::PublicSuffix),
        ];
        self.broken_prefix()
            .or_else(|| checks.iter().find(|check| check.0).map(|check| check.1))
    }

    /// The first rule of its name's prefix that the cookie breaks (§5.7 steps 21 and 22); prefixes
    /// are matched without regard to case.
    fn broken_prefix(&self) -> Option<Refusal> {
        let name = self.name.raw().to_ascii_lowercase();
        let host = name.starts_with("__host-");
        let http = name.starts_with("__http-") || name.starts_with("__host-http-");
        let prefixed = host || http || name.starts_with("__secure-");
        let root = self.path.as_ref().is_some_and(|path| path.raw() == "/");
        let checks = [
            (prefixed && !self.secure, Refusal::PrefixNeedsSecure),
            (host && self.domain.is_some(), Refusal::PrefixForbidsDomain),
            (host && !root, Refusal::PrefixNeedsRootPath),
            (http && !self.http_only, Refusal::PrefixNeedsHttpOnly),
        ];
        checks.iter().find(|check| check.0).map(|check| check.1)
    }

    /// Whether it is sent to hosts below `Domain`, too. For the public suffix itself `Domain` means
    /// that host alone (§5.7 step 9).
    #[must_use]
    pub fn is_shared(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        let address = host.parse::<std::net::IpAddr>().is_ok();
        let domain = self.domain.as_ref().map(Untrusted::raw);
        domain.is_some_and(|domain| !address && !domain::is_public_suffix(domain))
    }

    /// A public suffix, other than the host itself (§5.7 step 9).
    fn is_too_wide(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let domain = self.domain.as_ref().map(Untrusted::raw);
        domain.is_some_and(|domain| domain != host && domain::is_public_suffix(domain))
    }

    /// §5.1.3 domain matching; an address matches only itself.
    fn covers(&self, host: &str) -> bool {
        let Some(domain) = &self.domain else {
            return true;
        };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if host == domain.raw() {
            return true;
        }
        let address = host.parse::<std::net::IpAddr>().is_ok();
        let parent = host
            .strip_suffix(domain.raw())
            .is_some_and(|rest| rest.ends_with('.'));
        parent && !address
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::{Lifetime, Refusal};
    use crate::model::{Seconds, Timestamp};

    /// The value as set by `app.example.com` over TLS, and what a browser answers.
    #[rustfmt::skip]
    const CASES: &[(&str, Option<Refusal>)] = &[
        ("a=b",                                             None),
        ("a=b; SameSite=None; Secure",                      None),
        ("a=b; SameSite=None",                              Some(Refusal::NoneNeedsSecure)),
        ("a=b; Partitioned",                                Some(Refusal::PartitionedNeedsSecure)),
        ("__Secure-a=b; Secure",                            None),
        ("__Secure-a=b",                                    Some(Refusal::PrefixNeedsSecure)),
        ("__secure-a=b",                                    Some(Refusal::PrefixNeedsSecure)),
        ("__Host-a=b; Secure; Path=/",                      None),
        ("__Host-a=b; Secure",                              Some(Refusal::PrefixNeedsRootPath)),
        ("__Host-a=b; Secure; Path=/x",                     Some(Refusal::PrefixNeedsRootPath)),
        ("__Host-a=b; Path=/",                              Some(Refusal::PrefixNeedsSecure)),
        ("__Host-a=b; Secure; Path=/; Domain=example.com",  Some(Refusal::PrefixForbidsDomain)),
        ("__Http-a=b; Secure",                              Some(Refusal::PrefixNeedsHttpOnly)),
        ("__Host-Http-a=b; Secure; Path=/; HttpOnly",       None),
        ("a=b; Domain=example.com",                         None),
        ("a=b; Domain=app.example.com",                     None),
        ("a=b; Domain=xample.com",                          Some(Refusal::ForeignDomain)),
        ("a=b; Domain=other.example.com",                   Some(Refusal::ForeignDomain)),
    ];

    #[test]
    fn browsers_store_or_refuse() {
        for (value, expected) in CASES {
            let cookie = parse(value).unwrap();
            assert_eq!(
                cookie.refusal("app.example.com", true),
                *expected,
                "{value}"
            );
        }
    }

    /// The host, `Domain`, whether it is refused, and whether others below get the cookie.
    #[rustfmt::skip]
    const SUFFIXES: &[(&str, &str, Option<Refusal>, bool)] = &[
        ("shop.example.com",   "com",                Some(Refusal::PublicSuffix),  false),
        ("shop.example.com",   ".com",               Some(Refusal::PublicSuffix),  false),
        ("shop.example.co.uk", "co.uk",              Some(Refusal::PublicSuffix),  false),
        ("shop.example.co.uk", "example.co.uk",      None,                         true),
        ("me.github.io",       "github.io",          Some(Refusal::PublicSuffix),  false),
        ("me.github.io",       "me.github.io",       None,                         true),
        ("github.io",          "github.io",          None,                         false), // that host alone
        ("a.ministry.go.jp",   "go.jp",              Some(Refusal::PublicSuffix),  false),
        ("a.ministry.go.jp",   "ministry.go.jp",     None,                         true),
        ("shop.intern",        "intern",             Some(Refusal::PublicSuffix),  false), // on no list
        ("localhost",          "localhost",          None,                         false),
        ("127.0.0.1",          "127.0.0.1",          None,                         false),
        ("shop.example.com",   "uk",                 Some(Refusal::ForeignDomain), false),
    ];

    #[test]
    fn nobody_sets_a_cookie_for_strangers() {
        for (host, domain, refused, shared) in SUFFIXES {
            let cookie = parse(&format!("a=b; Domain={domain}")).unwrap();
            assert_eq!(cookie.refusal(host, true), *refused, "{host} {domain}");
            assert_eq!(
                refused.is_none() && cookie.is_shared(host),
                *shared,
                "{host} {domain}"
            );
        }
    }

    #[test]
    fn plain_http_cannot_set_secure_cookies() {
        let cookie = parse("a=b; Secure").unwrap();
        assert_eq!(
            cookie.refusal("example.com", false),
            Some(Refusal::SecureOverHttp)
        );
    }

    #[test]
    fn an_address_has_no_parent() {
        let cookie = parse("a=b; Domain=0.0.1").unwrap();
        assert_eq!(
            cookie.refusal("127.0.0.1", true),
            Some(Refusal::ForeignDomain)
        );
    }

    /// Received at 2021-06-09T10:00:00Z.
    #[rustfmt::skip]
    const LIVES: &[(&str, Lifetime)] = &[
        ("a=b",                                                 Lifetime::Session),
        ("a=b; Max-Age=60",                                     Lifetime::For(Seconds(60))),
        ("a=b; Max-Age=0",                                      Lifetime::Expired),
        ("a=b; Max-Age=-5; Expires=Wed, 09 Jun 2031 10:00:00",  Lifetime::Expired),
        ("a=b; Expires=Wed, 09 Jun 2021 10:01:00 GMT",          Lifetime::For(Seconds(60))),
        ("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT",          Lifetime::Expired),
        ("a=b; Expires=soon",                                   Lifetime::Session),
    ];

    #[test]
    fn a_life_is_counted_from_when_it_was_received() {
        let at = Timestamp::parse("2021-06-09T10:00:00Z").unwrap();
        for (value, expected) in LIVES {
            assert_eq!(parse(value).unwrap().lifetime(at), *expected, "{value}");
        }
    }
}
