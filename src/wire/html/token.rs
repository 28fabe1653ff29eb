//! The tokenizer: start tags, end tags and text, in order.

use super::attributes;

/// One start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Lower case.
    pub name: String,
    /// Lower-case name and decoded value, in order; a repeated name is dropped, as browsers do.
    pub attributes: Vec<(String, String)>,
    /// Whether a name was repeated, which makes an element unfit for its nonce (CSP3 §6.7.3.1).
    pub repeated: bool,
    /// Byte offset of its `<`.
    pub at: usize,
}

impl Tag {
    /// The value of an attribute; empty for one without a value.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What the tokenizer emits; comments and declarations are skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// `<name …>`
    Start(Tag),
    /// `</name>`, lower case.
    End(String),
    /// Characters between tags, undecoded; of raw elements such as `<script>` all up to their end.
    Text(&'a str),
}

/// Iterates over the tokens of a text.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// With scripting, the content of `<noscript>` is text.
    scripting: bool,
    /// The raw element whose content comes next.
    raw: Option<String>,
}

impl<'a> Tokens<'a> {
    /// Reads `text` as a browser with scripting enabled does.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            scripting: true,
            raw: None,
        }
    }

    /// Reads `text` as a parser without scripting does: `<noscript>` holds elements.
    #[must_use]
    pub fn without_scripting(text: &'a str) -> Self {
        Self {
            scripting: false,
            ..Self::new(text)
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Everything up to the end tag of the raw element.
    fn raw_text(&mut self, name: &str) -> &'a str {
        let rest = self.rest();
        let end = match name {
            "plaintext" => rest.len(),
            "script" => script_end(rest),
            _ => end_tag(rest, name).unwrap_or(rest.len()),
        };
        self.at += end;
        rest.get(..end).unwrap_or(rest)
    }

    /// The token at a `<`, or nothing where markup without a token was skipped.
    fn markup(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let next = rest.as_bytes().get(1).copied();
        match next {
            Some(b'!' | b'?') => {
                self.at += declaration(rest);
                None
            }
            Some(b'/') => self.end_tag(rest),
            Some(letter) if letter.is_ascii_alphabetic() => self.start_tag(rest),
            _ => {
                self.at += 1;
                Some(Token::Text(rest.get(..1).unwrap_or("")))
            }
        }
    }

    fn end_tag(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let named = rest.as_bytes().get(2).is_some_and(u8::is_ascii_alphabetic);
        if !named {
            // "</" before anything but a letter opens a bogus comment.
            self.at += rest.find('>').map_or(rest.len(), |end| end + 1);
            return None;
        }
        let parsed = attributes::tag(rest, 2)?;
        self.at += parsed.length;
        Some(Token::End(parsed.name))
    }

    fn start_tag(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let parsed = attributes::tag(rest, 1)?;
        let at = self.at;
        self.at += parsed.length;
        if self.is_raw(&parsed.name) {
            self.raw = Some(parsed.name.clone());
        }
        Some(Token::Start(Tag {
            name: parsed.name,
            attributes: parsed.attributes,
            repeated: parsed.repeated,
            at,
        }))
    }

    fn is_raw(&self, name: &str) -> bool {
        match name {
            "script" | "style" | "textarea" | "title" | "iframe" | "noembed" | "noframes"
            | "xmp" | "plaintext" => true,
            "noscript" => self.scripting,
            _ => false,
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            return Some(Token::Text(self.raw_text(&name)));
        }
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            let text_end = rest.find('<').unwrap_or(rest.len());
            if text_end > 0 {
                self.at += text_end;
                return Some(Token::Text(rest.get(..text_end).unwrap_or(rest)));
            }
            let before = self.at;
            if let Some(token) = self.markup() {
                return Some(token);
            }
            if self.at == before {
                // A tag that the end of the text cuts off is no tag (§13.2.5.8, EOF).
                self.at = self.text.len();
            }
        }
    }
}

/// Length of a comment, doctype or bogus comment that `text` starts with.
fn declaration(text: &str) -> usize {
    let Some(comment) = text.strip_prefix("<!--") else {
        return text.find('>').map_or(text.len(), |end| end + 1);
    };
    // "<!-->" and "<!--->" are whole comments (§13.2.5.43).
    for abrupt in [">", "->"] {
        if comment.starts_with(abrupt) {
            return 4 + abrupt.len();
        }
    }
    let ends = ["-->", "--!>"];
    let end = ends
        .iter()
        .filter_map(|end| comment.find(end).map(|at| at + end.len()))
        .min();
    end.map_or(text.len(), |end| 4 + end)
}

/// Where `</name` followed by space, `/` or `>` begins.
fn end_tag(text: &str, name: &str) -> Option<usize> {
    text.match_indices("</").map(|(at, _)| at).find(|at| {
        let Some(tail) = text.get(at + 2..) else {
            return false;
        };
        let Some((head, behind)) = tail.split_at_checked(name.len()) else {
            return false;
        };
        let closed = behind.starts_with(['\t', '\n', '\x0c', '\r', ' ', '/', '>']);
        head.eq_ignore_ascii_case(name) && closed
    })
}

/// Where the content of a script ends: inside `<!-- <script>` its end tag does not count
/// (§13.2.5.26, "script data double escaped state").
fn script_end(text: &str) -> usize {
    let (mut escaped, mut double) = (false, false);
    for (at, _) in text.match_indices(['<', '-']) {
        let Some(tail) = text.get(at..) else { continue };
        if !escaped && tail.starts_with("<!--") {
            escaped = true;
        } else if escaped && tail.starts_with("-->") {
            (escaped, double) = (false, false);
        } else if end_tag(tail.get(..9).unwrap_or(tail), "script") == Some(0) {
            if !double {
                return at;
            }
            double = false;
        } else if escaped && opens_script(tail) {
            double = true;
        }
    }
    text.len()
}

fn opens_script(tail: &str) -> bool {
    tail.split_at_checked(7).is_some_and(|(head, behind)| {
        head.eq_ignore_ascii_case("<script")
            && behind.starts_with(['\t', '\n', '\x0c', '\r', ' ', '/', '>'])
    })
}
