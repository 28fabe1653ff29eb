//! A page held against the policies it came with: what of it would not work.

use super::allow::{Policies, governs_inline};
use crate::wire::html::{Inline, InlineKind, Load, LoadKind, Page};
use crate::wire::url::WebUrl;

/// One thing on the page that the policies stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// The directive that stops it.
    pub directive: &'static str,
    /// What it is: an address, or the place and the beginning of inline text.
    pub what: String,
    /// Byte offset in the body.
    pub at: usize,
}

/// The directive a load is checked against (CSP3 §6.8.1).
#[must_use]
pub const fn governs_load(kind: LoadKind) -> &'static str {
    match kind {
        LoadKind::Script => "script-src-elem",
        LoadKind::Style => "style-src-elem",
        LoadKind::Image => "img-src",
        LoadKind::Media => "media-src",
        LoadKind::Frame => "frame-src",
        LoadKind::Object => "object-src",
        LoadKind::Font => "font-src",
        LoadKind::Manifest => "manifest-src",
        LoadKind::Data => "connect-src",
        LoadKind::Form => "form-action",
    }
}

/// Everything of the page, in order, that some policy stops.
#[must_use]
pub fn blocked(page: &Page, policies: &Policies<'_>) -> Vec<Blocked> {
    let base = page.base_url(policies.own);
    let loads = page.loads.iter().filter_map(|load| {
        let url = base.join(&load.reference).filter(is_fetched)?;
        let stops = stops_load(&policies.holding_at(load.at), load, &url)?;
        Some(Blocked {
            directive: stops,
            what: load.reference.clone(),
            at: load.at,
        })
    });
    let inlines = page
        .inlines
        .iter()
        .filter(|inline| matters(inline))
        .filter_map(|inline| {
            Some(Blocked {
                directive: stops_inline(&policies.holding_at(inline.at), inline)?,
                what: excerpt(inline),
                at: inline.at,
            })
        });
    let mut all: Vec<Blocked> = loads.chain(inlines).collect();
    all.sort_by_key(|blocked| blocked.at);
    all
}

/// The directive that stops it, if one does. In a sandbox nothing is a matter of sources any more.
fn stops_load(policies: &Policies<'_>, load: &Load, url: &WebUrl) -> Option<&'static str> {
    let permission = match load.kind {
        LoadKind::Script => Some("allow-scripts"),
        LoadKind::Form => Some("allow-forms"),
        LoadKind::Style
        | LoadKind::Image
        | LoadKind::Media
        | LoadKind::Frame
        | LoadKind::Object
        | LoadKind::Font
        | LoadKind::Data
        | LoadKind::Manifest => None,
    };
    if permission.is_some_and(|permission| policies.sandboxes(permission)) {
        return Some("sandbox");
    }
    (!allows_load(policies, load, url)).then(|| governs_load(load.kind))
}

fn stops_inline(policies: &Policies<'_>, inline: &Inline) -> Option<&'static str> {
    let runs = match inline.kind {
        InlineKind::Script | InlineKind::Handler | InlineKind::ScriptUrl => true,
        InlineKind::Style | InlineKind::StyleAttribute | InlineKind::SpeculationRules => false,
    };
    if runs && policies.sandboxes("allow-scripts") {
        return Some("sandbox");
    }
    (!policies.allows_inline(inline)).then(|| governs_inline(inline.kind))
}

/// Empty inline text does nothing, nor do the links that were written to do nothing: nothing is
/// lost when they are stopped.
pub(super) fn matters(inline: &Inline) -> bool {
    let code = inline.text.trim();
    if inline.kind != InlineKind::ScriptUrl {
        return !code.is_empty();
    }
    let code = code.split_once(':').map_or("", |(_, code)| code);
    let code: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ';')
        .collect();
    !matches!(code.as_str(), "" | "void(0)" | "void0")
}

/// `about:blank` and its kin are made by the browser itself.
pub(super) fn is_fetched(url: &WebUrl) -> bool {
    url.scheme != "about"
}

pub(super) fn allows_load(policies: &Policies<'_>, load: &Load, url: &WebUrl) -> bool {
    // Only these two are let through by nonce; the nonce attribute means nothing elsewhere.
    let nonce = match load.kind {
        LoadKind::Script | LoadKind::Style => load.nonce.as_deref(),
        LoadKind::Image
        | LoadKind::Media
        | LoadKind::Frame
        | LoadKind::Object
        | LoadKind::Font
        | LoadKind::Data
        | LoadKind::Manifest
        | LoadKind::Form => None,
    };
    policies.allows_element(
        governs_load(load.kind),
        url,
        nonce,
        load.integrity.as_deref(),
    )
}

fn excerpt(inline: &Inline) -> String {
    let words: Vec<&str> = inline.text.split_ascii_whitespace().take(8).collect();
    let mut text: String = words.join(" ").chars().take(60).collect();
    if text.len() < inline.text.trim().len() {
        text.push('…');
    }
    match inline.kind {
        InlineKind::Script | InlineKind::Style | InlineKind::SpeculationRules => {
            format!("<{}> {text}", inline.place)
        }
        InlineKind::Handler | InlineKind::ScriptUrl | InlineKind::StyleAttribute => {
            format!("<{}=\"{text}\">", inline.place)
        }
    }
}
