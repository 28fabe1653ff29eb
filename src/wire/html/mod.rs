//! HTML, as far as a response's security depends on it: what a page loads, what it runs inline,
//! and what its `<meta>` elements claim.
//!
//! [`Tokens`] is the tokenizer of the HTML Standard (§13.2.5) without its error reports; there is
//! no tree. [`Page::read`] keeps what matters. Both are total: every text is some page.

mod attributes;
mod entity;
mod event;
mod input;
mod page;
mod prescan;
mod reader;
mod script;
mod style;
mod token;

pub use entity::reference as character_reference;
pub use page::{Inline, InlineKind, Load, LoadKind, Meta, Named, Page};
pub use prescan::declared_label;
pub use token::{Tag, Token, Tokens};

/// The text of the first `<title>`, its white space collapsed; `None` without one.
#[must_use]
pub fn title(text: &str) -> Option<String> {
    let is_title = |token: &Token<'_>| matches!(token, Token::Start(tag) if tag.name == "title");
    let mut tokens = Tokens::new(text)
        .skip_while(|token| !is_title(token))
        .skip(1);
    match tokens.next()? {
        Token::Text(title) => {
            let words: Vec<&str> = title.split_whitespace().collect();
            Some(entity::decoded(&words.join(" ")))
        }
        Token::Start(_) | Token::End(_) => None,
    }
}
