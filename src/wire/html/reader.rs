//! From tokens to what matters of a page.

use super::event::is_handler;
use super::input::normalized;
use super::page::{Inline, InlineKind, Load, LoadKind, Meta, Page};
use super::token::{Tag, Token, Tokens};
use super::{script, style};
use crate::wire::url::WebUrl;

impl Page {
    /// Reads a page as a browser with scripting does. Content of `<template>` is inert and left out.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self::read_within(text, 0)
    }

    /// `depth` counts the pages around it, each in the `srcdoc` of the next.
    fn read_within(text: &str, depth: usize) -> Self {
        let mut reader = Reader {
            depth,
            ..Reader::default()
        };
        for token in Tokens::new(text) {
            reader.token(token);
        }
        reader.finish()
    }
}

/// Pages in pages that are read; more is no page that anybody wrote.
const DEEPEST: usize = 3;

#[derive(Default)]
pub(super) struct Reader {
    page: Page,
    /// Past the head: HTML's "after head" or later.
    in_body: bool,
    templates: usize,
    /// The raw element whose text comes next, unless it does not run.
    open: Option<Inline>,
    /// Whether the next text belongs to a raw element.
    raw: bool,
    /// Whether the raw element is an import map.
    maps: bool,
    /// How many pages this one stands in.
    depth: usize,
}

impl Reader {
    pub(super) fn finish(self) -> Page {
        Page {
            past_head: self.in_body,
            ..self.page
        }
    }

    pub(super) fn token(&mut self, token: Token<'_>) {
        match token {
            Token::Start(tag) => self.start(&tag),
            Token::End(name) => self.end(&name),
            Token::Text(text) => self.text(text),
        }
    }

    fn end(&mut self, name: &str) {
        (self.raw, self.open) = (false, None);
        match name {
            "template" => self.templates = self.templates.saturating_sub(1),
            "head" | "body" | "html" | "br" => self.in_body = true,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(mut inline) = self.open.take() {
            inline.text = normalized(text).into_owned();
            self.names(&inline);
            self.page.inlines.push(inline);
        } else if !self.raw && self.templates == 0 && !text.trim_ascii().is_empty() {
            self.in_body = true;
        }
    }

    /// The addresses in inline code.
    fn names(&mut self, inline: &Inline) {
        let text = inline.text.as_str();
        let named = match inline.kind {
            InlineKind::Script if self.maps => script::mapped(text),
            InlineKind::Script => script::named(text),
            InlineKind::Style | InlineKind::StyleAttribute => style::named(text),
            InlineKind::Handler | InlineKind::ScriptUrl | InlineKind::SpeculationRules => {
                Vec::new()
            }
        };
        self.page.named.extend(named);
        let compiles = match inline.kind {
            InlineKind::Script | InlineKind::Handler | InlineKind::ScriptUrl => {
                script::compiled_by(text)
            }
            InlineKind::Style | InlineKind::StyleAttribute | InlineKind::SpeculationRules => None,
        };
        self.page.compiles = self.page.compiles.or(compiles);
    }

    fn start(&mut self, tag: &Tag) {
        self.raw = matches!(
            tag.name.as_str(),
            "script" | "style" | "title" | "noscript" | "noframes"
        );
        self.open = None;
        if !belongs_to_head(&tag.name) && self.templates == 0 {
            self.in_body = true;
        }
        if tag.name == "template" {
            self.templates += 1;
        }
        if self.templates == 0 {
            self.live(tag);
        }
    }

    fn live(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "base" if self.page.base.is_none() => {
                self.page.base = tag.attribute("href").map(str::to_owned);
            }
            "meta" => self.meta(tag),
            "script" => self.script(tag),
            "style" => {
                self.note_nonce(tag);
                self.open = Some(inline(InlineKind::Style, "style".to_owned(), tag));
            }
            "link" => self.link(tag),
            name => self.reference(name, tag),
        }
        self.attributes(tag);
        self.page.compiles = self.page.compiles.or_else(|| script::compiler(tag));
        if let Some(inner) = tag.attribute("srcdoc").filter(|_| tag.name == "iframe") {
            self.inner(inner, tag);
        }
    }

    /// The page in a `srcdoc` is held to the policies of the one it stands in, and its addresses are
    /// resolved as there (HTML §7.3.3, §4.8.5).
    fn inner(&mut self, text: &str, tag: &Tag) {
        if self.depth >= DEEPEST {
            return;
        }
        let mut inner = Page::read_within(text, self.depth + 1);
        for load in &mut inner.loads {
            load.at = tag.at;
        }
        for inline in &mut inner.inlines {
            inline.at = tag.at;
        }
        self.page.loads.append(&mut inner.loads);
        self.page.inlines.append(&mut inner.inlines);
        self.page.named.append(&mut inner.named);
        self.page.nonces.append(&mut inner.nonces);
        self.page.compiles = self.page.compiles.or(inner.compiles);
    }

    fn meta(&mut self, tag: &Tag) {
        let http_equiv = tag.attribute("http-equiv");
        let Some(name) = http_equiv.or_else(|| tag.attribute("name")) else {
            return;
        };
        self.page.metas.push(Meta {
            name: name.trim().to_ascii_lowercase(),
            http_equiv: http_equiv.is_some(),
            content: tag.attribute("content").unwrap_or("").to_owned(),
            in_head: !self.in_body,
            at: tag.at,
        });
    }

    fn script(&mut self, tag: &Tag) {
        let kind = tag.attribute("type").unwrap_or("").trim();
        if kind.eq_ignore_ascii_case("speculationrules") {
            let rules = inline(InlineKind::SpeculationRules, "script".to_owned(), tag);
            self.open = Some(rules);
            return;
        }
        if !runs(tag) {
            return;
        }
        self.maps = kind.eq_ignore_ascii_case("importmap");
        self.note_nonce(tag);
        match tag.attribute("src").or_else(|| linked(tag)) {
            Some(src) => self.load(LoadKind::Script, src, tag),
            None => self.open = Some(inline(InlineKind::Script, "script".to_owned(), tag)),
        }
    }

    fn link(&mut self, tag: &Tag) {
        self.candidates(tag.attribute("imagesrcset"), tag);
        let Some(href) = tag.attribute("href").filter(|href| !href.is_empty()) else {
            return;
        };
        let rel = tag.attribute("rel").unwrap_or("").to_ascii_lowercase();
        let is = |word: &str| rel.split_ascii_whitespace().any(|token| token == word);
        let kind = if is("stylesheet") {
            self.note_nonce(tag);
            LoadKind::Style
        } else if is("modulepreload") {
            LoadKind::Script
        } else if is("icon") || is("apple-touch-icon") {
            LoadKind::Image
        } else if is("manifest") {
            LoadKind::Manifest
        } else if is("preload") {
            match tag.attribute("as").unwrap_or("") {
                "script" => LoadKind::Script,
                "style" => LoadKind::Style,
                "font" => LoadKind::Font,
                "image" => LoadKind::Image,
                "audio" | "video" | "track" => LoadKind::Media,
                "fetch" => LoadKind::Data,
                _ => return,
            }
        } else {
            return;
        };
        self.load(kind, href, tag);
    }

    fn reference(&mut self, name: &str, tag: &Tag) {
        let (kind, attribute) = match name {
            "img" => (LoadKind::Image, "src"),
            "input" if is_image_button(tag) => (LoadKind::Image, "src"),
            "image" | "use" | "feimage" => {
                if let Some(reference) = linked(tag).filter(|text| !text.starts_with('#')) {
                    self.load(LoadKind::Image, reference, tag);
                }
                return;
            }
            "body" | "table" | "td" | "th" => (LoadKind::Image, "background"),
            "audio" | "video" | "source" | "track" => (LoadKind::Media, "src"),
            "iframe" | "frame" => (LoadKind::Frame, "src"),
            "object" => (LoadKind::Object, "data"),
            "embed" => (LoadKind::Object, "src"),
            "form" => (LoadKind::Form, "action"),
            "button" | "input" => (LoadKind::Form, "formaction"),
            _ => return,
        };
        if let Some(reference) = tag
            .attribute(attribute)
            .filter(|text| !text.trim().is_empty())
        {
            self.load(kind, reference, tag);
        }
        if let Some(poster) = tag.attribute("poster").filter(|_| name == "video") {
            self.load(LoadKind::Image, poster, tag);
        }
        self.candidates(tag.attribute("srcset"), tag);
    }

    fn candidates(&mut self, srcset: Option<&str>, tag: &Tag) {
        // A data: URL holds commas of its own, and loads nothing.
        let srcset = srcset.filter(|set| !set.contains("data:")).unwrap_or("");
        let candidates = srcset
            .split(',')
            .filter_map(|candidate| candidate.split_ascii_whitespace().next());
        for candidate in candidates {
            self.load(LoadKind::Image, candidate, tag);
        }
    }

    fn load(&mut self, kind: LoadKind, reference: &str, tag: &Tag) {
        if is_script_url(reference) {
            return;
        }
        self.page.loads.push(Load {
            kind,
            reference: reference.to_owned(),
            integrity: tag
                .attribute("integrity")
                .filter(|value| !value.trim().is_empty())
                .map(str::to_owned),
            module: is_module(tag),
            crossorigin: tag.attribute("crossorigin").is_some(),
            nonce: nonce(tag),
            at: tag.at,
        });
    }

    /// Handlers, style attributes and `javascript:` URLs, wherever they stand.
    fn attributes(&mut self, tag: &Tag) {
        for (name, value) in &tag.attributes {
            let kind = match name.as_str() {
                "style" => InlineKind::StyleAttribute,
                "href" | "src" | "action" | "formaction" | "data" | "xlink:href"
                    if is_script_url(value) =>
                {
                    InlineKind::ScriptUrl
                }
                _ if is_handler(name) => InlineKind::Handler,
                _ => continue,
            };
            let mut found = inline(kind, format!("{} {name}", tag.name), tag);
            found.nonce = None;
            value.clone_into(&mut found.text);
            self.names(&found);
            self.page.inlines.push(found);
        }
    }

    fn note_nonce(&mut self, tag: &Tag) {
        self.page.nonces.extend(nonce(tag));
    }
}

fn inline(kind: InlineKind, place: String, tag: &Tag) -> Inline {
    Inline {
        kind,
        place,
        text: String::new(),
        nonce: nonce(tag),
        at: tag.at,
    }
}

/// The nonce, unless the element could be one that swallowed another ("is element nonceable",
/// CSP3 §6.7.3.1).
fn nonce(tag: &Tag) -> Option<String> {
    let swallowed = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("<script") || text.contains("<style")
    };
    let odd = tag.repeated
        || (tag.name == "script"
            && tag
                .attributes
                .iter()
                .any(|(name, value)| swallowed(name) || swallowed(value)));
    tag.attribute("nonce")
        .filter(|nonce| !nonce.is_empty() && !odd)
        .map(str::to_owned)
}

/// "In head" insertion mode takes these; anything else begins the body (HTML §13.2.6.4.4).
fn belongs_to_head(name: &str) -> bool {
    matches!(
        name,
        "html"
            | "head"
            | "base"
            | "basefont"
            | "bgsound"
            | "link"
            | "meta"
            | "title"
            | "noscript"
            | "noframes"
            | "style"
            | "script"
            | "template"
    )
}

/// Whether a `<script>` runs, rather than carry data ("prepare the script element", HTML §4.12.1.1).
fn runs(tag: &Tag) -> bool {
    let declared = tag
        .attribute("type")
        .map(|kind| kind.trim().to_ascii_lowercase());
    match declared.as_deref() {
        None | Some("" | "module" | "importmap") => true,
        Some(kind) => {
            matches!(
                kind.split_once('/'),
                Some(
                    (
                        "text" | "application",
                        "javascript" | "ecmascript" | "x-javascript" | "x-ecmascript"
                    ) | ("text", "jscript" | "livescript")
                )
            ) || kind.starts_with("text/javascript1.")
        }
    }
}

fn is_module(tag: &Tag) -> bool {
    let is = |name: &str, word: &str| {
        let value = tag.attribute(name).unwrap_or("");
        value
            .split_ascii_whitespace()
            .any(|token| token.eq_ignore_ascii_case(word))
    };
    match tag.name.as_str() {
        "script" => is("type", "module"),
        "link" => is("rel", "modulepreload"),
        _ => false,
    }
}

/// `href`, or the older spelling that SVG keeps (SVG 2 §16.1.3).
fn linked(tag: &Tag) -> Option<&str> {
    tag.attribute("href")
        .or_else(|| tag.attribute("xlink:href"))
}

fn is_image_button(tag: &Tag) -> bool {
    tag.attribute("type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("image"))
}

fn is_script_url(text: &str) -> bool {
    WebUrl::parse(text).is_some_and(|url| url.scheme == "javascript")
}
