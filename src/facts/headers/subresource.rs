//! What a page takes from elsewhere: pinned or not, and in the clear or not.

use crate::wire::domain::is_same_site;
use crate::wire::html::{Load, LoadKind, Page};
use crate::wire::http::csp::Source;
use crate::wire::url::WebUrl;

/// A script or style sheet of another site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subresource {
    /// Its address as written.
    pub reference: String,
    /// Script or style sheet.
    pub kind: LoadKind,
    /// Whether it is pinned to its content.
    pub integrity: Integrity,
    /// Byte offset in the body.
    pub offset: usize,
}

/// The state of an `integrity` attribute (SRI §3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Integrity {
    /// None.
    Absent,
    /// There, but without one digest that browsers understand: they load anything.
    Unreadable,
    /// There, but without `crossorigin`: the browser may not see the content, and refuses it
    /// (SRI §3.3.4).
    WithoutCors,
    /// There and in force.
    Pinned,
}

/// Something asked for in the clear by a page that came over TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mixed {
    /// Its address as written.
    pub reference: String,
    /// As what.
    pub kind: LoadKind,
    /// Byte offset in the body.
    pub offset: usize,
}

/// Scripts and style sheets of other sites.
pub(super) fn foreign(page: &Page, own: &WebUrl) -> Vec<Subresource> {
    let base = page.base_url(own);
    let wanted = |load: &&Load| matches!(load.kind, LoadKind::Script | LoadKind::Style);
    page.loads
        .iter()
        .filter(wanted)
        .filter(|load| {
            base.join(&load.reference)
                .is_some_and(|url| is_foreign(&url, own))
        })
        .map(|load| Subresource {
            reference: load.reference.clone(),
            kind: load.kind,
            integrity: integrity(load),
            offset: load.at,
        })
        .collect()
}

/// What a page over TLS asks for in the clear; a loopback address never leaves the machine (Secure
/// Contexts §3.1).
pub(super) fn mixed(page: &Page, own: &WebUrl) -> Vec<Mixed> {
    if own.scheme != "https" {
        return Vec::new();
    }
    let base = page.base_url(own);
    let in_the_clear = |load: &&Load| {
        base.join(&load.reference)
            .is_some_and(|url| url.scheme == "http" && !is_loopback(&url.host))
    };
    page.loads
        .iter()
        .filter(in_the_clear)
        .map(|load| Mixed {
            reference: load.reference.clone(),
            kind: load.kind,
            offset: load.at,
        })
        .collect()
}

fn is_foreign(url: &WebUrl, own: &WebUrl) -> bool {
    !url.host.is_empty() && !is_same_site(&url.host, &own.host)
}

fn integrity(load: &Load) -> Integrity {
    let Some(value) = &load.integrity else {
        return Integrity::Absent;
    };
    let readable = value.split_ascii_whitespace().any(|token| {
        let digest = token.split('?').next().unwrap_or("");
        matches!(Source::parse(&format!("'{digest}'")), Source::Hash(..))
    });
    match (readable, load.crossorigin) {
        (false, _) => Integrity::Unreadable,
        (true, false) => Integrity::WithoutCors,
        (true, true) => Integrity::Pinned,
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|a| a.is_loopback())
}
