//! Which scripts run: the list that the policy is there for.

use super::{Draft, NONCE, Sources};
use crate::wire::html::{Inline, InlineKind, Load, LoadKind};
use crate::wire::http::csp::hash::digest_of;
use crate::wire::http::csp::page::{is_fetched, matters};
use crate::wire::http::csp::source::Algorithm;
use crate::wire::http::csp::{Delivery, Policies, Policy, reach};
use crate::wire::url::WebUrl;

/// Whether scripts of anybody come from what this source allows.
pub(super) fn serves_anybody(source: &str) -> bool {
    let list = [Policy::parse(
        &format!("script-src {source}"),
        Delivery::Header,
        0,
    )];
    let nowhere = WebUrl::parse("https://own.invalid/");
    nowhere.is_some_and(|own| !reach::bypasses(&Policies::new(&list, &own)).is_empty())
}

impl Draft<'_> {
    pub(super) fn scripts(&mut self) {
        let governed = self.kept.list("script-src").cloned();
        let is_new = governed.is_none();
        let by_nonce = is_new && self.starts_by_nonce();
        let mut list = match governed {
            Some(list) => list,
            None if by_nonce => Sources::from(["'strict-dynamic'".to_owned()]),
            None => Sources::from(["'self'".to_owned()]),
        };
        self.addresses_of_scripts(&mut list);
        // A link that does nothing is a violation when it is clicked all the same.
        let runs = |inline: &&Inline| inline.kind == InlineKind::ScriptUrl || matters(inline);
        let inlines = self.page.inlines.iter().filter(runs);
        let by_text: Vec<String> = inlines.flat_map(trusted).collect();
        if by_text.iter().any(|source| source.starts_with("'sha")) {
            let what = "a hash trusts inline code as it was in this response alone";
            self.notes.push(format!(
                "{what}: what changes, such as a token, needs a nonce or a data attribute"
            ));
        }
        list.extend(by_text);
        if is_new {
            self.compilers(&mut list, by_nonce);
        }
        self.lists.insert("script-src", list);
    }

    /// Whether every script of the markup carries a nonce, so that what they load may be trusted by
    /// them rather than by address. What they write into the markup would carry none.
    fn starts_by_nonce(&self) -> bool {
        let page = self.page;
        let mut loads = page
            .loads
            .iter()
            .filter(|load| load.kind == LoadKind::Script);
        let mut inlines = page
            .inlines
            .iter()
            .filter(|inline| inline.kind == InlineKind::Script);
        let writes = |inline: &Inline| inline.text.contains("document.write");
        !page.nonces.is_empty()
            && loads.all(|load| load.nonce.is_some())
            && inlines.all(|inline| inline.nonce.is_some() && !writes(inline))
    }

    fn addresses_of_scripts(&mut self, list: &mut Sources) {
        let page = self.page;
        let loads = page
            .loads
            .iter()
            .filter(|load| load.kind == LoadKind::Script);
        let (by_nonce, by_address): (Vec<&Load>, Vec<&Load>) =
            loads.partition(|load| load.nonce.is_some());
        list.extend(by_nonce.iter().map(|_| nonce()));
        let loads = by_address
            .into_iter()
            .map(|load| (load.reference.as_str(), load.module));
        let named = page.named.iter();
        let named = named
            .filter(|named| named.kind == LoadKind::Script)
            .map(|named| (named.reference.as_str(), named.module));
        for (reference, module) in loads.chain(named) {
            if let Some(url) = self.base.join(reference).filter(is_fetched) {
                list.extend(self.script_source(&url, module));
            }
        }
    }

    fn script_source(&mut self, url: &WebUrl, module: bool) -> Option<String> {
        let source = self.source(url);
        if source == "'self'" {
            return Some(source);
        }
        if source.ends_with(':') {
            let what = "blocks a script that no source can name but its whole scheme";
            self.notes.push(format!(
                "it {what} ({source}): move that one to a file of your own"
            ));
            return None;
        }
        if !serves_anybody(&source) {
            return Some(source);
        }
        // A comma or a semicolon would end the policy; the rest of a path needs no escape.
        let path = url.path.replace(';', "%3B").replace(',', "%2C");
        let exact = format!("{source}{path}");
        if module && !path.ends_with('/') {
            self.notes.push(format!(
                "{source} serves scripts of anybody, and stays allowed because a module from there \
                 may import others: serve that module yourself"
            ));
            return Some(source);
        }
        Some(exact)
    }

    /// What compiles text, and what nobody can tell from the markup.
    fn compilers(&mut self, list: &mut Sources, by_nonce: bool) {
        let page = self.page;
        if let Some(what) = page.compiles {
            list.insert("'unsafe-eval'".to_owned());
            self.notes
                .push(format!("'unsafe-eval' is in it because of {what}"));
        }
        let mut files = page
            .loads
            .iter()
            .filter(|load| load.kind == LoadKind::Script);
        if files.next().is_none() {
            return;
        }
        list.insert("'wasm-unsafe-eval'".to_owned());
        let compiled = "text that its scripts compile (eval) needs 'unsafe-eval'";
        if by_nonce && page.compiles.is_none() {
            self.notes.push(compiled.to_owned());
        } else if !by_nonce {
            let loaded = "hosts from which its scripts load further scripts are to be added";
            self.notes.push(match page.compiles {
                None => format!("{loaded}, and {compiled}"),
                Some(_) => loaded.to_owned(),
            });
        }
    }
}

fn nonce() -> String {
    format!("'nonce-{NONCE}'")
}

/// The sources by which this runs, if it is script.
fn trusted(inline: &Inline) -> Vec<String> {
    let digest = || format!("'sha256-{}'", digest_of(Algorithm::Sha256, &inline.text));
    match inline.kind {
        InlineKind::Script | InlineKind::SpeculationRules if inline.nonce.is_some() => {
            vec![nonce()]
        }
        InlineKind::Script | InlineKind::SpeculationRules => vec![digest()],
        InlineKind::Handler | InlineKind::ScriptUrl => {
            vec![digest(), "'unsafe-hashes'".to_owned()]
        }
        InlineKind::Style | InlineKind::StyleAttribute => Vec::new(),
    }
}
