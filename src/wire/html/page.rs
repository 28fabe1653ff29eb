//! What of a page matters to its security.

use crate::wire::url::WebUrl;

/// A page, read once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// `href` of the first `<base>` that has one.
    pub base: Option<String>,
    /// Every `<meta>`.
    pub metas: Vec<Meta>,
    /// What the markup makes a browser fetch or send to, in order.
    pub loads: Vec<Load>,
    /// What the markup makes a browser run or apply inline, in order.
    pub inlines: Vec<Inline>,
    /// Addresses that inline code names, and that may be loaded when it runs or applies.
    pub named: Vec<Named>,
    /// What in the markup needs text to be compiled to script (`eval` and its kin), if anything.
    pub compiles: Option<&'static str>,
    /// Nonces of scripts and styles, inline or not, in order.
    pub nonces: Vec<String>,
    /// Whether the text goes on behind the head.
    pub past_head: bool,
}

/// A `<meta>` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// `http-equiv` or else `name`, lower case.
    pub name: String,
    /// Whether it was `http-equiv`.
    pub http_equiv: bool,
    /// `content`, decoded.
    pub content: String,
    /// Whether it stands in `<head>`; a policy elsewhere is ignored (HTML §4.2.5.3).
    pub in_head: bool,
    /// Byte offset of its `<`.
    pub at: usize,
}

/// One reference to something elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// What it is loaded as.
    pub kind: LoadKind,
    /// The reference as written, decoded.
    pub reference: String,
    /// `integrity`, when it is there and not empty.
    pub integrity: Option<String>,
    /// Whether it is a module, which may import others.
    pub module: bool,
    /// Whether `crossorigin` is there.
    pub crossorigin: bool,
    /// `nonce`, when the element may use it.
    pub nonce: Option<String>,
    /// Byte offset of the element's `<`.
    pub at: usize,
}

/// An address in inline code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What it would be loaded as.
    pub kind: LoadKind,
    /// As written.
    pub reference: String,
    /// Whether it is a module, which may import others.
    pub module: bool,
}

impl Named {
    pub(super) fn new(kind: LoadKind, reference: &str) -> Self {
        Self {
            kind,
            reference: reference.to_owned(),
            module: false,
        }
    }

    pub(super) fn module(reference: &str) -> Self {
        Self {
            module: true,
            ..Self::new(LoadKind::Script, reference)
        }
    }
}

/// As what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoadKind {
    /// Scripts and module preloads.
    Script,
    /// Style sheets.
    Style,
    /// Images, posters, icons.
    Image,
    /// Audio, video, tracks.
    Media,
    /// Frames.
    Frame,
    /// Plugins: `<object>`, `<embed>`.
    Object,
    /// Preloaded fonts.
    Font,
    /// The application manifest.
    Manifest,
    /// What scripts will fetch, preloaded for them.
    Data,
    /// Where a form is sent; nothing is loaded.
    Form,
}

impl LoadKind {
    /// Whether what is loaded can change the page: mixed content that browsers block.
    #[must_use]
    pub fn is_active(self) -> bool {
        match self {
            Self::Script
            | Self::Style
            | Self::Frame
            | Self::Object
            | Self::Font
            | Self::Data
            | Self::Manifest => true,
            Self::Image | Self::Media | Self::Form => false,
        }
    }
}

/// Something that runs or applies from the markup itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// What it is.
    pub kind: InlineKind,
    /// The element, or element and attribute: `script`, `a onclick`.
    pub place: String,
    /// Its text, decoded as the browser hashes it.
    pub text: String,
    /// `nonce`, when the element may use it.
    pub nonce: Option<String>,
    /// Byte offset of the element's `<`.
    pub at: usize,
}

/// As what it is checked against a policy (CSP3 §6.7.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InlineKind {
    /// The text of a `<script>` that runs.
    Script,
    /// An event handler attribute.
    Handler,
    /// A `javascript:` URL.
    ScriptUrl,
    /// Speculation rules, which only tell what to load ahead.
    SpeculationRules,
    /// The text of a `<style>`.
    Style,
    /// A `style` attribute.
    StyleAttribute,
}

impl Page {
    /// The URL references are resolved against: `<base>` if it can be read, else the document's.
    #[must_use]
    pub fn base_url(&self, document: &WebUrl) -> WebUrl {
        let base = self.base.as_deref().and_then(|href| document.join(href));
        base.unwrap_or_else(|| document.clone())
    }

    /// Whether any script runs in it: what that loads, the markup does not show.
    #[must_use]
    pub fn runs_scripts(&self) -> bool {
        let runs = |kind: InlineKind| match kind {
            InlineKind::Script | InlineKind::Handler | InlineKind::ScriptUrl => true,
            InlineKind::Style | InlineKind::StyleAttribute | InlineKind::SpeculationRules => false,
        };
        self.loads.iter().any(|load| load.kind == LoadKind::Script)
            || self.inlines.iter().any(|inline| runs(inline.kind))
    }
}

#[cfg(test)]
mod tests;
