//! Its default checks, in its order.

use super::bypass::{self, List};
use super::policy::{Csp, SCRIPT};
use super::syntax::{
    as_url, is_directive, is_hash, is_keyword, is_nonce, is_scheme, lacks_quotes, nonce,
    without_scheme,
};
use super::{
    DEPRECATED_DIRECTIVE, Finding, INVALID_KEYWORD, IP_SOURCE, Kind, MISSING_DIRECTIVES,
    MISSING_SEMICOLON, NONCE_CHARSET, NONCE_LENGTH, NoUrl, OBJECT_ALLOWLIST_BYPASS,
    PLAIN_URL_SCHEMES, PLAIN_WILDCARD, SCRIPT_ALLOWLIST_BYPASS, SCRIPT_UNSAFE_EVAL,
    SCRIPT_UNSAFE_HASHES, SCRIPT_UNSAFE_INLINE, SRC_HTTP, Severity, UNKNOWN_DIRECTIVE, finding,
};

/// Where an injected address becomes script.
const CAUSING_XSS: [&str; 5] = [
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "object-src",
    "base-uri",
];

/// All findings, or the value that makes it throw.
pub(super) fn all(csp: &Csp) -> Result<Vec<Finding>, NoUrl> {
    let mut found = keywords(csp);
    found.extend(each(csp, &CAUSING_XSS, PLAIN_URL_SCHEMES, |value| {
        matches!(value, "data:" | "http:" | "https:")
    }));
    found.extend(each(csp, &CAUSING_XSS, PLAIN_WILDCARD, |value| {
        without_scheme(value) == "*"
    }));
    found.extend(missing(csp));
    found.extend(script_allow_lists(csp)?);
    found.extend(object_allow_lists(csp)?);
    found.extend(addresses(csp)?);
    found.extend(everywhere(csp, nonces));
    found.extend(everywhere(csp, plain_http));
    found.extend(deprecated(csp));
    found.extend(unknown(csp));
    found.extend(everywhere(csp, semicolons));
    found.extend(everywhere(csp, invalid_keywords));
    Ok(found)
}

fn each(csp: &Csp, names: &[&str], kind: Kind, bad: impl Fn(&str) -> bool) -> Vec<Finding> {
    let directives = csp.speaking_each(names);
    let values = directives
        .iter()
        .flat_map(|name| csp.values(name).iter().map(move |value| (*name, value)));
    values
        .filter(|(_, value)| bad(value))
        .map(|(name, value)| finding(kind, Severity::High, name, Some(value)))
        .collect()
}

fn everywhere(csp: &Csp, check: impl Fn(&str, &str) -> Vec<Finding>) -> Vec<Finding> {
    let values = csp
        .directives
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    values
        .flat_map(|(name, value)| check(name, value))
        .collect()
}

fn keywords(csp: &Csp) -> Vec<Finding> {
    let directives = csp.speaking_each(&SCRIPT);
    let say = |name: &&str, kind, severity, value| {
        csp.says(name, value)
            .then(|| finding(kind, severity, name, Some(value)))
    };
    let inline = directives.iter().flat_map(|name| {
        [
            say(
                name,
                SCRIPT_UNSAFE_INLINE,
                Severity::High,
                "'unsafe-inline'",
            ),
            say(
                name,
                SCRIPT_UNSAFE_HASHES,
                Severity::MediumMaybe,
                "'unsafe-hashes'",
            ),
        ]
    });
    let eval = directives.iter().map(|name| {
        say(
            name,
            SCRIPT_UNSAFE_EVAL,
            Severity::MediumMaybe,
            "'unsafe-eval'",
        )
    });
    inline.chain(eval).flatten().collect()
}

fn missing(csp: &Csp) -> Vec<Finding> {
    let object = if csp.has("object-src") {
        "object-src"
    } else {
        "default-src"
    };
    let by_nonce = csp.has_nonces("script-src")
        || (csp.has_hashes("script-src") && csp.has_strict_dynamic("script-src"));
    let missing = [
        ("object-src", csp.values(object).is_empty()),
        (
            "script-src",
            !csp.has("script-src") && !csp.has("default-src"),
        ),
        ("base-uri", by_nonce && !csp.has("base-uri")),
    ];
    missing
        .into_iter()
        .filter(|(_, missing)| *missing)
        .map(|(name, _)| finding(MISSING_DIRECTIVES, Severity::High, name, None))
        .collect()
}

fn script_allow_lists(csp: &Csp) -> Result<Vec<Finding>, NoUrl> {
    let mut found = Vec::new();
    for name in csp.speaking_each(&["script-src", "script-src-elem"]) {
        if csp.says(name, "'none'") {
            continue;
        }
        for value in csp.values(name) {
            let severity = if value == "'self'" {
                Severity::MediumMaybe
            } else if value.starts_with('\'') || is_scheme(value) || !value.contains('.') {
                continue;
            } else {
                allow_list_severity(csp, name, value)?
            };
            found.push(finding(
                SCRIPT_ALLOWLIST_BYPASS,
                severity,
                name,
                Some(value),
            ));
        }
    }
    Ok(found)
}

fn allow_list_severity(csp: &Csp, name: &str, value: &str) -> Result<Severity, NoUrl> {
    let with_eval = csp.says(name, "'unsafe-eval'");
    let angular = bypass::allows(List::Angular, value, with_eval)?;
    let jsonp = bypass::allows(List::Jsonp, value, with_eval)?;
    Ok(if angular || jsonp {
        Severity::High
    } else {
        Severity::MediumMaybe
    })
}

fn object_allow_lists(csp: &Csp) -> Result<Vec<Finding>, NoUrl> {
    let flash = "application/x-shockwave-flash";
    if csp.has("plugin-types") && !csp.says("plugin-types", flash) {
        return Ok(Vec::new());
    }
    let name = csp.speaking("object-src");
    let mut found = Vec::new();
    for value in csp.values(name) {
        if value == "'none'" {
            return Ok(Vec::new());
        }
        let severity = if bypass::allows(List::Flash, value, true)? {
            Severity::High
        } else if name == "object-src" {
            Severity::MediumMaybe
        } else {
            continue;
        };
        found.push(finding(
            OBJECT_ALLOWLIST_BYPASS,
            severity,
            name,
            Some(value),
        ));
    }
    Ok(found)
}

/// It takes every value of every directive for an address, keywords and reporting groups too.
fn addresses(csp: &Csp) -> Result<Vec<Finding>, NoUrl> {
    let mut found = Vec::new();
    for (name, values) in &csp.directives {
        for value in values {
            let host = as_url(value)?.host;
            let v6 = host.starts_with('[') && host.ends_with(']');
            if v6 || host.parse::<std::net::Ipv4Addr>().is_ok() {
                found.push(finding(IP_SOURCE, Severity::Info, name, Some(value)));
            }
        }
    }
    Ok(found)
}

fn nonces(name: &str, value: &str) -> Vec<Finding> {
    let Some(written) = nonce(value) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if written.encode_utf16().count() < 8 {
        found.push(finding(NONCE_LENGTH, Severity::Medium, name, Some(value)));
    }
    if !is_nonce(value) {
        found.push(finding(NONCE_CHARSET, Severity::Info, name, Some(value)));
    }
    found
}

fn plain_http(name: &str, value: &str) -> Vec<Finding> {
    let plain = value.starts_with("http://");
    plain
        .then(|| finding(SRC_HTTP, Severity::Medium, name, Some(value)))
        .into_iter()
        .collect()
}

fn deprecated(csp: &Csp) -> Vec<Finding> {
    ["reflected-xss", "referrer", "disown-opener", "prefetch-src"]
        .into_iter()
        .filter(|name| csp.has(name))
        .map(|name| finding(DEPRECATED_DIRECTIVE, Severity::Info, name, None))
        .collect()
}

fn unknown(csp: &Csp) -> Vec<Finding> {
    csp.directives
        .iter()
        .filter(|(name, _)| !is_directive(name))
        .map(|(name, _)| finding(UNKNOWN_DIRECTIVE, Severity::Syntax, name, None))
        .collect()
}

fn semicolons(name: &str, value: &str) -> Vec<Finding> {
    is_directive(value)
        .then(|| finding(MISSING_SEMICOLON, Severity::Syntax, name, Some(value)))
        .into_iter()
        .collect()
}

fn invalid_keywords(name: &str, value: &str) -> Vec<Finding> {
    let valid = match name {
        "require-trusted-types-for" => value == "'script'",
        "trusted-types" => matches!(value, "'allow-duplicates'" | "'none'"),
        _ => is_keyword(value) || is_hash(value) || is_nonce(value),
    };
    (lacks_quotes(value) || (value.starts_with('\'') && !valid))
        .then(|| finding(INVALID_KEYWORD, Severity::Syntax, name, Some(value)))
        .into_iter()
        .collect()
}
