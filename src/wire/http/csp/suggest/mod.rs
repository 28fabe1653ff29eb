//! A policy under which the page still works, and that stops injected script.
//!
//! It knows what the markup shows. What scripts and style sheets load once they run or apply, the
//! markup does not show: lists that only say where styles, images, fonts and data come from stay
//! wide then, and [`Suggestion::notes`] says so. The lists that decide which scripts run, where
//! forms go and what `<base>` may say never do.

mod kept;
mod resources;
mod scripts;

use std::collections::{BTreeMap, BTreeSet};

use self::kept::Kept;
use super::Policy;
use super::page::is_fetched;
use crate::wire::html::{LoadKind, Page};
use crate::wire::url::WebUrl;

/// What stands for the nonce that the server draws per response.
pub const NONCE: &str = "{RANDOM}";

/// Many servers and proxies take no longer field, or none much longer.
const LONGEST: usize = 4096;

/// The sources of one directive, as written; empty is `'none'`.
type Sources = BTreeSet<String>;

/// A policy to try, and what one has to know about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestion {
    /// As one field value. [`NONCE`] stands for a nonce drawn for each response.
    pub policy: String,
    /// What it leaves open and why, what it takes away, and what it cannot know: a clause each.
    pub notes: Vec<String>,
}

/// The suggested policy for a page at `own` that is served under the policies `current`.
///
/// What `current` allows stays allowed, but for what lets injected script run. Scripts are trusted
/// by nonce where the page already carries nonces, else by the hash of their text or by where they
/// come from.
#[must_use]
pub fn for_page(page: &Page, own: &WebUrl, current: &[Policy]) -> Suggestion {
    let kept = Kept::of(current, !page.nonces.is_empty());
    let mut draft = Draft {
        page,
        own,
        base: page.base_url(own),
        kept,
        lists: BTreeMap::new(),
        notes: Vec::new(),
    };
    draft.scripts();
    draft.resources();
    draft.base_uri();
    let policy = draft.written(current);
    let mut notes = draft.notes;
    notes.extend(draft.kept.removed_in_words());
    let mut said = BTreeSet::new();
    notes.retain(|note| said.insert(note.clone()));
    if policy.len() > LONGEST {
        notes.push(format!(
            "it has {} bytes, and many servers take no field that long: move inline code into files",
            policy.len()
        ));
    }
    Suggestion { policy, notes }
}

struct Draft<'a> {
    page: &'a Page,
    own: &'a WebUrl,
    base: WebUrl,
    kept: Kept,
    lists: BTreeMap<&'static str, Sources>,
    notes: Vec<String>,
}

/// In the order they are written.
const ORDER: [&str; 14] = [
    "default-src",
    "script-src",
    "style-src",
    "style-src-attr",
    "img-src",
    "font-src",
    "media-src",
    "connect-src",
    "frame-src",
    "worker-src",
    "manifest-src",
    "object-src",
    "base-uri",
    "form-action",
];

/// Directives that are no lists of sources of the page stay as they are.
const AS_THEY_ARE: [&str; 7] = [
    "frame-ancestors",
    "upgrade-insecure-requests",
    "sandbox",
    "trusted-types",
    "require-trusted-types-for",
    "report-to",
    "report-uri",
];

impl Draft<'_> {
    /// What the markup loads, sends to or names, each with the list it belongs to.
    fn addresses(&self) -> impl Iterator<Item = (&'static str, WebUrl)> {
        let loads = self.page.loads.iter();
        let loads = loads.map(|load| (load.kind, load.reference.as_str()));
        let named = self.page.named.iter();
        let named = named.map(|named| (named.kind, named.reference.as_str()));
        let each = loads.chain(named).filter_map(|(kind, reference)| {
            let url = self.base.join(reference).filter(is_fetched)?;
            Some(lists_of(kind).iter().map(move |name| (*name, url.clone())))
        });
        each.flatten()
    }

    /// A source for the address: the origin, or the scheme where there is none or none can be named.
    fn source(&self, url: &WebUrl) -> String {
        match url.origin() {
            Some(origin) if self.own.origin().as_ref() == Some(&origin) => "'self'".to_owned(),
            // No source matches an IPv6 address (CSP3 §6.7.2.10).
            Some(origin) if !url.host.starts_with('[') => origin,
            Some(_) | None => format!("{}:", url.scheme),
        }
    }

    fn base_uri(&mut self) {
        let of_page = self.page.base.as_deref();
        let source = match of_page.and_then(|href| self.own.join(href)) {
            Some(base) => base.origin().map(|_| self.source(&base)),
            None => None,
        };
        let mut list = self.kept.list("base-uri").cloned().unwrap_or_default();
        list.extend(source);
        self.lists.insert("base-uri", list);
    }

    fn written(&self, current: &[Policy]) -> String {
        let lists = ORDER.iter().filter_map(|name| {
            let list = self.lists.get(name)?;
            let sources: Vec<&str> = list.iter().map(String::as_str).collect();
            Some(match sources.as_slice() {
                [] => format!("{name} 'none'"),
                sources => format!("{name} {}", sources.join(" ")),
            })
        });
        let kept = AS_THEY_ARE.iter().filter_map(|name| said(current, name));
        let mut directives: Vec<String> = lists.chain(kept).collect();
        if said(current, "frame-ancestors").is_none() {
            directives.push("frame-ancestors 'self'".to_owned());
        }
        directives.join("; ")
    }
}

/// `-elem` lists are written as their common parent. What `<object>` and `<embed>` show as a document
/// is a frame as well.
fn lists_of(kind: LoadKind) -> &'static [&'static str] {
    match kind {
        LoadKind::Script => &["script-src"],
        LoadKind::Style => &["style-src"],
        LoadKind::Image => &["img-src"],
        LoadKind::Media => &["media-src"],
        LoadKind::Frame => &["frame-src"],
        LoadKind::Object => &["object-src", "frame-src"],
        LoadKind::Font => &["font-src"],
        LoadKind::Manifest => &["manifest-src"],
        LoadKind::Data => &["connect-src"],
        LoadKind::Form => &["form-action"],
    }
}

/// The first directive of that name, written out.
fn said(current: &[Policy], name: &str) -> Option<String> {
    let directive = current.iter().find_map(|policy| policy.directive(name))?;
    let values = directive.values.iter().map(|token| token.text.as_str());
    let words: Vec<&str> = std::iter::once(name).chain(values).collect();
    Some(words.join(" "))
}

#[cfg(test)]
mod tests;
