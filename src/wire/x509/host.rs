//! Does a certificate name this host? By alternative names only (RFC 9525 §6): the common name is
//! never looked at.

use super::alt_name::AltName;
use super::certificate::Certificate;
use crate::model::Host;

/// Why a certificate that seems to name a host does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// There are no alternative names, and the common name, which would fit, counts for nothing.
    CommonNameOnly,
    /// An address stands among the DNS names; clients want an iPAddress (RFC 9525 §6.5).
    AddressAsName,
    /// `*.example.org` does not hold `example.org`.
    StarWithoutLabel,
    /// `*.example.org` does not hold `a.b.example.org`.
    StarForTwoLabels,
    /// `*.org`: clients ask for two labels behind the star.
    StarTooWide,
    /// `w*.example.org`, `www.*.org`: a star has to be the whole first label.
    StarInPart,
}

/// Why it does not name the host, where an alternative name or the common name is close to it.
#[must_use]
pub fn mismatch(certificate: &Certificate, host: &Host) -> Option<Mismatch> {
    if names(certificate, host) {
        return None;
    }
    let wanted = host.bare();
    let mut dns = certificate.san.iter().filter_map(|name| match name {
        AltName::Dns(presented) => Some(presented.raw()),
        AltName::Ip(_) | AltName::Other(_) => None,
    });
    let near = dns.find_map(|presented| near(presented, host, &wanted));
    let common = || {
        let common = certificate.common_name.as_ref()?.raw();
        let fits = common.eq_ignore_ascii_case(&wanted) || dns_matches(common, &wanted);
        fits.then_some(Mismatch::CommonNameOnly)
    };
    near.or_else(common)
}

fn near(presented: &str, host: &Host, wanted: &str) -> Option<Mismatch> {
    if matches!(host, Host::Address(_)) {
        let same = presented
            .trim_matches(['[', ']'])
            .eq_ignore_ascii_case(wanted);
        return same.then_some(Mismatch::AddressAsName);
    }
    let presented = presented.to_ascii_lowercase();
    let wanted = wanted
        .strip_suffix('.')
        .unwrap_or(wanted)
        .to_ascii_lowercase();
    let Some(parent) = presented.strip_prefix("*.") else {
        return covers(&presented, &wanted).then_some(Mismatch::StarInPart);
    };
    if wanted == parent {
        return Some(Mismatch::StarWithoutLabel);
    }
    let before = wanted.strip_suffix(parent)?.strip_suffix('.')?;
    if parent.contains('*') {
        return None;
    }
    Some(if before.contains('.') {
        Mismatch::StarForTwoLabels
    } else {
        Mismatch::StarTooWide
    })
}

/// Would it fit if a star stood for any part of any label?
fn covers(presented: &str, wanted: &str) -> bool {
    let labels = presented.split('.').count() == wanted.split('.').count();
    let mut pairs = presented.split('.').zip(wanted.split('.'));
    presented.contains('*')
        && labels
        && pairs.all(|(pattern, label)| match pattern.split_once('*') {
            Some((start, end)) => {
                label.len() >= start.len() + end.len()
                    && label.starts_with(start)
                    && label.ends_with(end)
            }
            None => pattern == label,
        })
}

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
    use super::{Mismatch, dns_matches, near};
    use crate::model::Host;

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

    #[rustfmt::skip]
    const NEAR: &[(&str, &str, Option<Mismatch>)] = &[
        ("127.0.0.1",       "127.0.0.1",         Some(Mismatch::AddressAsName)),
        ("2001:db8::1",     "[2001:db8::1]",     Some(Mismatch::AddressAsName)),
        ("192.0.2.2",       "192.0.2.1",         None),
        ("*.example.org",   "example.org",       Some(Mismatch::StarWithoutLabel)),
        ("*.example.org",   "a.b.example.org",   Some(Mismatch::StarForTwoLabels)),
        ("*.example",       "shop.example",      Some(Mismatch::StarTooWide)),
        ("s*.example.org",  "shop.example.org",  Some(Mismatch::StarInPart)),
        ("*p.example.org",  "SHOP.example.org",  Some(Mismatch::StarInPart)),
        ("www.*.org",       "www.example.org",   Some(Mismatch::StarInPart)),
        ("s*.example.org",  "www.example.org",   None),
        ("*.example.net",   "www.example.org",   None),
        ("example.net",     "example.org",       None),
    ];

    #[test]
    fn a_near_miss_is_explained() {
        for (presented, wanted, expected) in NEAR {
            let host: Host = wanted.parse().expect("a host");
            assert_eq!(
                near(presented, &host, &host.bare()),
                *expected,
                "{presented} for {wanted}"
            );
        }
    }
}
