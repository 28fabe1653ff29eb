//! Does a certificate name this host? By alternative names only (RFC 9525 §6): the common name is
//! never looked at.

use super::certificate::{AltName, Certificate};
use crate::model::Host;

/// True if one of the certificate's alternative names is `host`: iPAddress for addresses, dNSName
/// for names, `*` for exactly one whole label (RFC 9525 §6.3).
#[must_use]
pub fn names(certificate: &Certificate, host: &Host) -> bool {
    certificate.san.iter().any(|name| match (name, host) {
        (AltName::Dns(presented), Host::Name(wanted)) => dns_matches(presented.raw(), wanted),
        (AltName::Ip(presented), Host::Address(wanted)) => presented == wanted,
        (AltName::Dns(_), Host::Address(_))
        | (AltName::Ip(_), Host::Name(_))
        | (AltName::Other(_), _) => false,
    })
}

fn dns_matches(presented: &str, wanted: &str) -> bool {
    let wanted = wanted.strip_suffix('.').unwrap_or(wanted);
    if let Some(parent) = presented.strip_prefix("*.") {
        // Clients ask for two labels behind the star: `*.com` would name half the world.
        let Some((label, rest)) = wanted.split_once('.') else {
            return false;
        };
        return !label.is_empty()
            && parent.contains('.')
            && is_plain(parent)
            && rest.eq_ignore_ascii_case(parent);
    }
    is_plain(presented) && presented.eq_ignore_ascii_case(wanted)
}

/// Labels of letters, digits, hyphens and underscores, none of them empty: no star, no NUL.
fn is_plain(name: &str) -> bool {
    name.split('.').all(|label| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::dns_matches;

    #[rustfmt::skip]
    const CASES: &[(&str, &str, bool)] = &[
        ("example.org",       "example.org",       true),
        ("EXAMPLE.org",       "example.ORG",       true),
        ("example.org",       "example.org.",      true),
        ("example.org",       "www.example.org",   false),
        ("*.example.org",     "www.example.org",   true),
        ("*.example.org",     "WWW.Example.Org",   true),
        ("*.example.org",     "example.org",       false),
        ("*.example.org",     "a.b.example.org",   false),
        ("*.example.org",     ".example.org",      false),
        ("w*.example.org",    "www.example.org",   false), // RFC 9525 §6.3: a whole label
        ("*w.example.org",    "www.example.org",   false),
        ("www.*.org",         "www.example.org",   false),
        ("*.*.org",           "www.example.org",   false),
        ("*",                 "localhost",         false),
        ("*.org",             "example.org",       false),
        ("*.xn--80ak6.test",  "a.xn--80ak6.test",  true),
        ("xn--*.test",        "xn--a.test",        false),
        ("example.org\0.evil", "example.org",      false),
        ("example.org.",      "example.org",       false),
        ("_svc.example.org",  "_svc.example.org",  true),
        ("",                  "",                  false),
    ];

    #[test]
    fn names_match_as_rfc_9525_says() {
        for (presented, wanted, expected) in CASES {
            assert_eq!(
                dns_matches(presented, wanted),
                *expected,
                "{presented} for {wanted}"
            );
        }
    }
}
