//! "Parse a serialized CSP" (CSP3 §2.2.1) and its list (§2.2.2), keeping byte offsets.

use std::collections::BTreeSet;

use super::name::{Grammar, ignored_in_meta, known};
use super::{Delivery, Directive, Fault, FaultKind, Policy, Source, Token, fault};

/// The policies of one field value, each with its byte offset: a comma separates (RFC 9110 §5.6.1).
#[must_use]
pub fn split_field(value: &str) -> Vec<(usize, &str)> {
    pieces(value, 0, ',')
        .filter(|(_, text)| !text.trim_matches(is_space).is_empty())
        .collect()
}

impl Policy {
    /// Reads one serialized policy. `offset` is where `text` begins in the field value, and is
    /// added to every position.
    #[must_use]
    pub fn parse(text: &str, delivery: Delivery, offset: usize) -> Self {
        let mut policy = Self {
            delivery,
            holds_from: 0,
            directives: Vec::new(),
            faults: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        for (at, piece) in pieces(text, offset, ';') {
            let tokens = tokens(piece, at);
            if let Some(odd) = tokens.iter().find(|token| !token.text.is_ascii()) {
                policy.faults.push(Fault::at(odd, FaultKind::NotAscii));
            } else if let Some((name, values)) = tokens.split_first() {
                policy.add(name, values, &mut seen);
            }
        }
        policy
    }

    fn add(&mut self, name: &Token, values: &[Token], seen: &mut BTreeSet<String>) {
        let lower = name.text.to_ascii_lowercase();
        if !seen.insert(lower.clone()) {
            self.faults.push(Fault::at(name, FaultKind::Duplicate));
            return;
        }
        if self.delivery == Delivery::Meta && ignored_in_meta(&lower) {
            self.faults.push(Fault::at(name, FaultKind::IgnoredInMeta));
            return;
        }
        let grammar = known(&lower).map_or(Grammar::Other, |(grammar, _)| grammar);
        let sources = match grammar {
            Grammar::Sources | Grammar::Ancestors => {
                values.iter().map(|v| Source::parse(&v.text)).collect()
            }
            Grammar::Other => Vec::new(),
        };
        let directive = Directive {
            name: lower,
            at: name.at,
            values: values.to_vec(),
            sources,
        };
        self.faults.extend(fault::of(name, &directive));
        self.directives.push(directive);
    }
}

/// ASCII white space of the Infra Standard.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

fn pieces(text: &str, offset: usize, separator: char) -> impl Iterator<Item = (usize, &str)> {
    let mut at = offset;
    text.split(separator).map(move |piece| {
        let start = at;
        at += piece.len() + 1;
        (start, piece)
    })
}

fn tokens(piece: &str, offset: usize) -> Vec<Token> {
    let mut at = offset;
    let mut out = Vec::new();
    for word in piece.split(is_space) {
        if !word.is_empty() {
            out.push(Token {
                text: word.to_owned(),
                at,
            });
        }
        at += word.len() + 1;
    }
    out
}
