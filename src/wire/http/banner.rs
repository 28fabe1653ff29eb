//! Fields that name the software behind a site, and whether they tell its version.
//!
//! The names are those the OWASP Secure Headers project lists for removal, and a few that came
//! after; correlation ids and cache markers are not among them: they name nothing.

/// Fields whose whole purpose is to name software. `server` is told apart: a bare product there is
/// what RFC 9110 §10.2.4 intends.
const NAMES: &[&str] = &[
    "liferay-portal",
    "oraclecommercecloud-version",
    "pega-host",
    "powered-by",
    "product",
    "server",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-backend",
    "x-backend-server",
    "x-beserver",
    "x-calculatedbetarget",
    "x-cf-powered-by",
    "x-cms",
    "x-cocoon-version",
    "x-content-encoded-by",
    "x-debug-token",
    "x-debug-token-link",
    "x-diaginfo",
    "x-drupal-cache",
    "x-envoy-external-address",
    "x-envoy-internal",
    "x-envoy-original-dst-host",
    "x-feserver",
    "x-framework",
    "x-generated-by",
    "x-generator",
    "x-jitsi-release",
    "x-joomla-version",
    "x-kubernetes-pf-flowschema-ui",
    "x-kubernetes-pf-prioritylevel-uid",
    "x-mod-pagespeed",
    "x-nextjs-matched-path",
    "x-nextjs-page",
    "x-owa-version",
    "x-page-speed",
    "x-php-version",
    "x-powered-by",
    "x-powered-by-plesk",
    "x-powered-cms",
    "x-redirect-by",
    "x-runtime",
    "x-server-powered-by",
    "x-served-by",
    "x-sourcefiles",
    "x-turbo-charged-by",
    "x-umbraco-version",
    "x-varnish-backend",
    "x-varnish-server",
    "x-version",
    "x-oneagent-js-injection",
    "x-ruxit-js-agent",
    "x-dtagentid",
    "x-dtinjectedservlet",
];

/// How much a field gives away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Banner {
    /// A product, which a look at the site tells as well.
    Product,
    /// A product and its version, which is what lists of known holes are searched by.
    Version,
    /// A developer's aid: profiler links, source paths, back-end hosts.
    Debug,
}

/// What the field gives away; nothing for a field that names no software.
#[must_use]
pub fn read(name: &str, value: &str) -> Option<Banner> {
    const DEBUG: &[&str] = &[
        "x-debug-token",
        "x-debug-token-link",
        "x-sourcefiles",
        "x-envoy-original-dst-host",
        "x-diaginfo",
    ];
    let name = name.to_ascii_lowercase();
    let listed = NAMES.contains(&name.as_str());
    if value.is_empty() || !listed {
        return None;
    }
    if DEBUG.contains(&name.as_str()) {
        Some(Banner::Debug)
    } else if name.ends_with("-version") || has_version(value) {
        Some(Banner::Version)
    } else {
        Some(Banner::Product)
    }
}

/// Digits, a dot and digits: `nginx/1.22.1`, `PHP 8.2`, `Drupal 10.1`; a lone number is none, and
/// neither is an elapsed time (`X-Runtime: 0.012`).
fn has_version(value: &str) -> bool {
    let plain = value.trim().parse::<f64>().is_ok();
    let bytes = value.as_bytes();
    let dotted = bytes.windows(3).any(|three| {
        matches!(three, [before, b'.', after] if before.is_ascii_digit() && after.is_ascii_digit())
    });
    let major = value.split(['/', ' ']).nth(1).is_some_and(|word| {
        word.bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit())
    });
    !plain && (dotted || major)
}

#[cfg(test)]
mod tests {
    use super::{Banner, read};

    #[rustfmt::skip]
    const CASES: &[(&str, &str, Option<Banner>)] = &[
        ("Server",           "nginx/1.22.1",        Some(Banner::Version)),
        ("Server",           "nginx",               Some(Banner::Product)),
        ("Server",           "Apache/2",            Some(Banner::Version)),
        ("Server",           "cloudflare",          Some(Banner::Product)),
        ("Server",           "",                    None),
        ("X-Powered-By",     "Express",             Some(Banner::Product)),
        ("X-Powered-By",     "PHP/8.2.7",           Some(Banner::Version)),
        ("x-generator",      "Drupal 10",           Some(Banner::Version)),
        ("X-AspNet-Version", "4.0.30319",           Some(Banner::Version)),
        ("X-Debug-Token",    "ab12",                Some(Banner::Debug)),
        ("X-Runtime",        "0.0123",              Some(Banner::Product)),
        ("X-Request-Id",     "1.2.3",               None),
        ("Content-Type",     "text/html",           None),
    ];

    #[test]
    fn a_version_is_more_than_a_name() {
        for (name, value, expected) in CASES {
            assert_eq!(read(name, value), *expected, "{name}: {value}");
        }
    }
}
