//! Where everything but scripts comes from, and where forms go.

use super::{Draft, NONCE, Sources};
use crate::wire::html::{InlineKind, LoadKind, Page};
use crate::wire::http::csp::hash::digest_of;
use crate::wire::http::csp::page::matters;
use crate::wire::http::csp::source::Algorithm;

const INLINE: &str = "'unsafe-inline'";

/// A list, what style sheets may need of it, and what scripts may. `{http}` and `{ws}` are the
/// schemes that a page of this scheme may use.
#[rustfmt::skip]
const UNSEEN: [(&str, &[&str], &[&str]); 8] = [
    ("style-src",    &["{http}"],          &["{http}", INLINE]),
    ("img-src",      &["{http}", "data:"], &["{http}", "data:", "blob:"]),
    ("font-src",     &["{http}", "data:"], &["{http}", "data:"]),
    ("media-src",    &[],                  &["{http}", "data:", "blob:"]),
    ("connect-src",  &[],                  &["{http}", "{ws}", "data:", "blob:"]),
    ("frame-src",    &[],                  &["{http}", "data:", "blob:"]),
    ("worker-src",   &[],                  &["blob:"]),
    ("manifest-src", &[],                  &[]),
];

impl Draft<'_> {
    pub(super) fn resources(&mut self) {
        let own = || Sources::from(["'self'".to_owned()]);
        let default = self.kept.list("default-src").cloned();
        let default = default.unwrap_or_else(own);
        let mut wide = Vec::new();
        for (name, by_sheets, by_scripts) in UNSEEN {
            let kept = self.kept.list(name).cloned();
            let list = kept.unwrap_or_else(|| {
                let unseen = self.unseen(by_sheets, by_scripts);
                if !unseen.is_empty() {
                    wide.push(name);
                }
                own().into_iter().chain(unseen).collect()
            });
            self.lists.insert(name, list);
        }
        for (name, otherwise) in [("object-src", Sources::new()), ("form-action", own())] {
            let kept = self.kept.list(name).cloned();
            self.lists.insert(name, kept.unwrap_or(otherwise));
        }
        let found: Vec<_> = self.addresses().collect();
        for (name, url) in found.iter().filter(|(name, _)| *name != "script-src") {
            let source = self.source(url);
            let list = self.lists.entry(name).or_default();
            if !list.contains(&format!("{}:", url.scheme)) {
                list.insert(source);
            }
        }
        self.inline_styles();
        // What the fallback says already.
        self.lists.retain(|name, list| {
            let is_said = matches!(
                *name,
                "img-src"
                    | "font-src"
                    | "media-src"
                    | "connect-src"
                    | "frame-src"
                    | "worker-src"
                    | "manifest-src"
            );
            !(is_said && *list == default)
        });
        self.lists.insert("default-src", default);
        if !wide.is_empty() {
            self.notes.push(format!(
                "{} stay open, because the markup does not show what {} load",
                wide.join(", "),
                who(self.page)
            ));
        }
    }

    /// What the page may need beyond what its markup shows.
    fn unseen(&self, by_sheets: &[&str], by_scripts: &[&str]) -> Sources {
        let (http, ws) = match self.own.scheme.as_str() {
            "https" => ("https:", "wss:"),
            _ => ("http:", "ws:"),
        };
        let sheets = by_sheets.iter().filter(|_| has_sheets(self.page));
        let scripts = by_scripts.iter().filter(|_| self.page.runs_scripts());
        let both = sheets.chain(scripts).filter(|source| {
            // A nonce tells which styles are meant; beside it, this would count for nothing.
            **source != INLINE || self.page.nonces.is_empty()
        });
        both.map(|source| match *source {
            "{http}" => http.to_owned(),
            "{ws}" => ws.to_owned(),
            other => other.to_owned(),
        })
        .collect()
    }

    fn inline_styles(&mut self) {
        let list = self.lists.entry("style-src").or_default();
        if list.contains(INLINE) {
            return;
        }
        let page = self.page;
        let inlines = page.inlines.iter().filter(|inline| matters(inline));
        let mut attributes = page.runs_scripts() && self.kept.list("style-src").is_none();
        for inline in inlines {
            match inline.kind {
                InlineKind::Style if inline.nonce.is_some() => {
                    list.insert(format!("'nonce-{NONCE}'"));
                }
                InlineKind::Style => {
                    let digest = digest_of(Algorithm::Sha256, &inline.text);
                    list.insert(format!("'sha256-{digest}'"));
                }
                InlineKind::StyleAttribute => attributes = true,
                InlineKind::Script
                | InlineKind::Handler
                | InlineKind::ScriptUrl
                | InlineKind::SpeculationRules => {}
            }
        }
        let nonced =
            |kind: LoadKind, nonce: &Option<String>| kind == LoadKind::Style && nonce.is_some();
        if page.loads.iter().any(|load| nonced(load.kind, &load.nonce)) {
            list.insert(format!("'nonce-{NONCE}'"));
        }
        let kept = self
            .kept
            .list("style-src-attr")
            .cloned()
            .unwrap_or_default();
        if attributes || kept.contains(INLINE) {
            // One attribute each would need its own hash, and they cannot load a style sheet.
            let all = Sources::from([INLINE.to_owned()]);
            self.lists.insert("style-src-attr", all);
        } else if !kept.is_subset(self.lists.entry("style-src").or_default()) {
            self.lists.insert("style-src-attr", kept);
        }
    }
}

/// Whether style sheets are files of their own.
fn has_sheets(page: &Page) -> bool {
    let mut loads = page.loads.iter();
    let mut named = page.named.iter();
    loads.any(|load| load.kind == LoadKind::Style)
        || named.any(|named| named.kind == LoadKind::Style)
}

fn who(page: &Page) -> &'static str {
    match (page.runs_scripts(), has_sheets(page)) {
        (true, true) => "scripts and style sheets",
        (true, false) => "scripts",
        (false, _) => "style sheets",
    }
}
