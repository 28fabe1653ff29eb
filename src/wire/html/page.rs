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
    /// Whether `crossorigin` is there.
    pub crossorigin: bool,
    /// `nonce`, when the element may use it.
    pub nonce: Option<String>,
    /// Byte offset of the element's `<`.
    pub at: usize,
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
}

#[cfg(test)]
mod tests;
