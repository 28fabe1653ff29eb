//! Test: redirection.

use super::{Preload, Scan};

pub(super) fn test(scan: &Scan, preload: &Preload) -> &'static str {
    let Some(session) = &scan.http else {
        return "redirection-not-needed-no-http";
    };
    if !session.verified {
        return "redirection-invalid-cert";
    }
    let route: Vec<_> = session.hops.iter().map(|hop| &hop.url).collect();
    if route.iter().all(|url| preload.covers(&url.host)) {
        return "redirection-all-redirects-preloaded";
    }
    match route.as_slice() {
        [] | [_] => "redirection-missing",
        [.., last] if last.scheme != "https" => "redirection-not-to-https",
        [_, second, ..] if second.scheme == "http" => {
            "redirection-not-to-https-on-initial-redirection"
        }
        [first, second, ..] if first.host != second.host => "redirection-off-host-from-http",
        _ => "redirection-to-https",
    }
}
