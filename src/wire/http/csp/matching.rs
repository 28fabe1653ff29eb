//! "Does url match source list" (CSP3 §6.7.2.5 to §6.7.2.12).

use percent_encoding::percent_decode_str;

use super::Directive;
use super::source::{HostSource, Keyword, Port, Source};
use crate::wire::url::WebUrl;

/// Whether the directive lets `url` be fetched by a page of origin `own`, by its address alone:
/// nonces and hashes are not asked.
#[must_use]
pub fn by_address(directive: &Directive, url: &WebUrl, own: &WebUrl) -> bool {
    directive
        .sources
        .iter()
        .any(|source| source_matches(source, url, own))
}

/// Whether one expression matches the URL.
#[must_use]
pub fn source_matches(source: &Source, url: &WebUrl, own: &WebUrl) -> bool {
    match source {
        Source::Keyword(Keyword::SelfOrigin) => is_self(url, own),
        Source::Scheme(scheme) => scheme_part(scheme, &url.scheme),
        Source::Host(host) => host_source(host, url, own),
        Source::None
        | Source::Keyword(_)
        | Source::Nonce(_)
        | Source::Hash(..)
        | Source::Invalid(_) => false,
    }
}

/// `'self'`: the same origin, or its secure or socket twin (§6.7.2.8 step 4).
fn is_self(url: &WebUrl, own: &WebUrl) -> bool {
    if own.host.is_empty() || url.host != own.host {
        return false;
    }
    if url.origin() == own.origin() {
        return true;
    }
    let ports = url.port_or_default() == own.port_or_default()
        || (url.port.is_none() && own.port.is_none());
    let safer = matches!(url.scheme.as_str(), "https" | "wss");
    ports && (safer || (own.scheme == "http" && url.scheme == "ws"))
}

/// `scheme-part` match: a scheme also covers its secure and socket forms (§6.7.2.9).
fn scheme_part(wanted: &str, found: &str) -> bool {
    wanted == found
        || matches!(
            (wanted, found),
            ("http" | "wss", "https") | ("ws", "wss" | "http" | "https")
        )
}

fn host_source(source: &HostSource, url: &WebUrl, own: &WebUrl) -> bool {
    let network = matches!(url.scheme.as_str(), "http" | "https" | "ws" | "wss" | "ftp");
    if source.host == "*" && source.scheme.is_none() && source.port == Port::Default {
        // The lone asterisk covers the network, and never data:, blob: or filesystem:.
        return network || url.scheme == own.scheme;
    }
    let scheme = source.scheme.as_deref().unwrap_or(&own.scheme);
    network
        && scheme_part(scheme, &url.scheme)
        && host_part(&source.host, &url.host)
        && port_part(source, url)
        && path_part(&source.path, &url.path)
}

fn host_part(wanted: &str, found: &str) -> bool {
    match wanted.strip_prefix('*') {
        Some(suffix) => !found.is_empty() && found.ends_with(suffix),
        None => wanted == found,
    }
}

/// Port 80 also covers 443 when the scheme was upgraded (§6.7.2.11).
fn port_part(source: &HostSource, url: &WebUrl) -> bool {
    match source.port {
        Port::Any => true,
        Port::Default => url.port.is_none(),
        Port::Number(port) => {
            let found = url.port_or_default();
            found == Some(port) || (port == 80 && found == Some(443))
        }
    }
}

/// A path with `/` behind covers what is below it; any other is exact, escapes undone
/// (§6.7.2.12).
fn path_part(wanted: &str, found: &str) -> bool {
    match wanted {
        "" | "/" => true,
        folder if folder.ends_with('/') => unescaped(found).starts_with(&unescaped(folder)),
        exact => unescaped(exact) == unescaped(found),
    }
}

fn unescaped(path: &str) -> Vec<u8> {
    percent_decode_str(path).collect()
}
