//! One file's code outside its tests: the items it declares, what it imports and what it names.

use std::collections::BTreeSet;
use std::iter::Peekable;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree, token_stream};

/// A path as written: `crate::wire::tls::Suite` is four names.
pub(crate) type Names = Vec<String>;

/// What a module declares and names. A file is a module, and so is `mod x { … }` inside one.
#[derive(Debug, Default)]
pub(crate) struct Code {
    /// Functions, types, constants, traits.
    pub(crate) items: Vec<String>,
    /// `mod x;`
    pub(crate) files: Vec<String>,
    /// `mod x { … }`
    pub(crate) inline: Vec<(String, Code)>,
    /// What a `use` brings in.
    pub(crate) uses: Vec<Import>,
    /// `use x::*;`
    pub(crate) globs: Vec<Names>,
    /// What its bodies, signatures and attributes name and write.
    pub(crate) bodies: Bodies,
}

/// What stands in code that is no `use`.
#[derive(Debug, Default)]
pub(crate) struct Bodies {
    /// Paths, of one name too.
    pub(crate) paths: BTreeSet<Names>,
    /// Literals, as written.
    pub(crate) literals: BTreeSet<String>,
}

/// One name of a `use`.
#[derive(Debug)]
pub(crate) struct Import {
    /// What it is called here.
    pub(crate) name: String,
    /// Where it comes from.
    pub(crate) path: Names,
    /// `pub use`, `pub(crate) use` …
    pub(crate) is_public: bool,
}

impl Code {
    /// Reads a file. Items behind `#[cfg(test)]` are left out, whatever stands behind them is not.
    ///
    /// # Panics
    /// If the text is not Rust.
    pub(crate) fn read(text: &str) -> Self {
        let mut code = Self::default();
        code.items_of(text.parse().expect("it compiles, so it has tokens"));
        code
    }

    fn items_of(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while tokens.peek().is_some() {
            let item = next_item(&mut tokens);
            if !item.is_test() {
                paths(item.attributes.iter().cloned().collect(), &mut self.bodies);
                self.item(item.tokens);
            }
        }
    }

    fn item(&mut self, tokens: Vec<TokenTree>) {
        let words: Vec<String> = tokens.iter().map(word).collect();
        let starts = words
            .windows(2)
            .position(|pair| starts_item(&pair[0], &pair[1]));
        let Some(at) = starts else {
            return paths(tokens.into_iter().collect(), &mut self.bodies);
        };
        let name = words[at + 1].clone();
        match words[at].as_str() {
            "use" => {
                let mut found = Vec::new();
                import(tokens.into_iter().skip(at + 1).collect(), &[], &mut found);
                self.import_all(found, words[0] == "pub");
            }
            "mod" => match tokens.into_iter().nth(at + 2) {
                Some(TokenTree::Group(body)) => {
                    let mut code = Self::default();
                    code.items_of(body.stream());
                    self.inline.push((name, code));
                }
                _ => self.files.push(name),
            },
            keyword => {
                if keyword != "impl" {
                    self.items.push(name);
                }
                paths(tokens.into_iter().collect(), &mut self.bodies);
            }
        }
    }

    fn import_all(&mut self, found: Vec<(String, Names)>, is_public: bool) {
        for (name, path) in found {
            if name == "*" {
                self.globs.push(path);
            } else {
                self.uses.push(Import {
                    name,
                    path,
                    is_public,
                });
            }
        }
    }
}

/// Whether an item begins with this word before that one: `const fn x` is the function's.
fn starts_item(word: &str, next: &str) -> bool {
    match word {
        "const" => next != "fn" && next != "unsafe",
        "fn" | "struct" | "enum" | "trait" | "type" | "static" | "mod" | "use" | "impl" => true,
        _ => false,
    }
}

struct Item {
    attributes: Vec<TokenTree>,
    tokens: Vec<TokenTree>,
}

impl Item {
    /// Behind `#[cfg(test)]`, and an item: an attribute of a field or a statement hides nothing.
    fn is_test(&self) -> bool {
        let is_test = |token: &TokenTree| token.to_string().replace(' ', "") == "[cfg(test)]";
        let words: Vec<String> = self.tokens.iter().map(word).collect();
        let starts = words.windows(2).any(|pair| starts_item(&pair[0], &pair[1]));
        starts && self.attributes.iter().any(is_test)
    }
}

/// The attributes, and all up to the item's end: its braces, or a semicolon.
fn next_item(tokens: &mut Peekable<token_stream::IntoIter>) -> Item {
    let mut attributes = Vec::new();
    while tokens.next_if(|token| is(token, '#')).is_some() {
        tokens.next_if(|token| is(token, '!'));
        attributes.extend(tokens.next());
    }
    let mut item = Item {
        attributes,
        tokens: Vec::new(),
    };
    let mut keyword = None;
    let mut last = String::new();
    for token in tokens {
        let next = word(&token);
        // The first one only: `'static` in a signature starts nothing.
        if keyword.is_none() && starts_item(&last, &next) {
            keyword = Some(last);
        }
        last = next;
        let to_semicolon = matches!(
            keyword.as_deref(),
            Some("use" | "const" | "static" | "type")
        );
        let braces =
            matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let end = is(&token, ';') || (braces && !to_semicolon);
        item.tokens.push(token);
        if end {
            break;
        }
    }
    item
}

/// The word that a token is, or nothing.
fn word(token: &TokenTree) -> String {
    match token {
        TokenTree::Ident(word) => word.to_string(),
        TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => String::new(),
    }
}

fn is(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

/// One `use` tree behind a prefix, as `(name here, path)`; the name of a glob is `*`.
fn import(tokens: Vec<TokenTree>, prefix: &[String], found: &mut Vec<(String, Names)>) {
    let mut path = prefix.to_vec();
    let mut name = None;
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "as" => name = tokens.next().map(|to| to.to_string()),
            TokenTree::Ident(word) if word == "self" && !prefix.is_empty() => {}
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Group(group) => return import_each(&group, &path, found),
            TokenTree::Punct(punct) if punct.as_char() == '*' => name = Some("*".to_owned()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    if let Some(last) = path.last() {
        found.push((name.unwrap_or_else(|| last.clone()), path));
    }
}

fn import_each(group: &Group, prefix: &[String], found: &mut Vec<(String, Names)>) {
    let tokens: Vec<_> = group.stream().into_iter().collect();
    for tree in tokens.split(|token| is(token, ',')) {
        if !tree.is_empty() {
            import(tree.to_vec(), prefix, found);
        }
    }
}

/// Every path, in bodies and macros too; items of tests are skipped.
fn paths(tokens: TokenStream, found: &mut Bodies) {
    let mut tokens = tokens.into_iter().peekable();
    let mut path = Names::new();
    let mut joined = false;
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct)
                if punct.as_char() == ':' && tokens.peek().is_some_and(|next| is(next, ':')) =>
            {
                tokens.next();
                joined = true;
                continue;
            }
            TokenTree::Ident(word) if joined && !path.is_empty() => path.push(word.to_string()),
            // `<T as Trait>::name` and `Vec::<u8>::new` name nothing after the bracket.
            TokenTree::Ident(_) if joined => {}
            TokenTree::Ident(word) => {
                keep(&mut path, found);
                path.push(word.to_string());
            }
            TokenTree::Group(group) if joined && !path.is_empty() => {
                let mut uses = Vec::new();
                import_each(group, &path, &mut uses);
                found.paths.extend(uses.into_iter().map(|(_, path)| path));
                path.clear();
            }
            TokenTree::Group(group) => {
                keep(&mut path, found);
                within(group, found);
            }
            TokenTree::Literal(literal) => {
                keep(&mut path, found);
                found.literals.insert(literal.to_string());
            }
            TokenTree::Punct(_) => keep(&mut path, found),
        }
        joined = false;
    }
    keep(&mut path, found);
}

/// A body: its items one by one, so that one behind `#[cfg(test)]` is left out here, too.
fn within(group: &Group, found: &mut Bodies) {
    let mut tokens = group.stream().into_iter().peekable();
    while tokens.peek().is_some() {
        let item = next_item(&mut tokens);
        if !item.is_test() {
            paths(item.attributes.iter().cloned().collect(), found);
            paths(item.tokens.into_iter().collect(), found);
        }
    }
}

fn keep(path: &mut Names, found: &mut Bodies) {
    if !path.is_empty() {
        found.paths.insert(std::mem::take(path));
    }
}
