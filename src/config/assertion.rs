//! What a value must be.

use std::collections::BTreeMap;

use serde_json::Value;

use super::node::Node;
use super::section::Section;
use super::vocabulary;
use super::words;
use crate::model::{Assertion, Length};
use crate::wire::json::Expect;

/// What is judged: JSON has types, a header field or a body is text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Json,
    Text,
}

/// A plain value means equals; a table names what it expects.
pub(super) fn assertion(node: Node<'_>, of: Of) -> Option<Assertion> {
    let declared = if node.value().is_table() {
        table(node)?
    } else {
        Assertion {
            equals: Some(node.json()?),
            ..Assertion::default()
        }
    };
    if of == Of::Text && !suits_text(&declared) {
        return node.refuse(
            "this is compared with text",
            "write texts, in quotes: \"no-store\"",
        );
    }
    Some(declared)
}

fn table(node: Node<'_>) -> Option<Assertion> {
    let mut section = Section::open(node, &vocabulary::ASSERTION)?;
    let declared = Assertion {
        equals: section.read("equals", Node::json),
        any: section.list("any", Node::json),
        kind: section.read("type", kind),
        min: section.read("min", number),
        max: section.read("max", number),
        alert: section.read("alert", number),
        matches: section.read("matches", pattern),
        contains: section.read("contains", Node::json),
        len: section.read("len", length),
        absent: section.read("absent", Node::boolean),
    };
    section.close();
    if declared.alert.is_some() && !alert_lies_beyond(&declared) {
        return node.refuse(
            "this alert lies beyond no bound",
            "write one bound and an alert beyond it: { max = 70, alert = 85 }, { min = 30, alert = 10 }",
        );
    }
    if declared == Assertion::default() {
        // Either empty, or everything in it was wrong and has been reported.
        let empty = node.members()?.is_empty();
        let help = "write what it must be: { type = \"string\" }, { min = 1 }, { absent = true }";
        return if empty {
            node.refuse("an assertion that expects nothing", help)
        } else {
            None
        };
    }
    Some(declared)
}

/// Whether there is one bound, and the alert is on its far side.
fn alert_lies_beyond(declared: &Assertion) -> bool {
    match (declared.min, declared.max, declared.alert) {
        (None, Some(max), Some(alert)) => alert > max,
        (Some(min), None, Some(alert)) => alert < min,
        _ => false,
    }
}

/// Whether every value in it is a text, as header fields and bodies are.
fn suits_text(declared: &Assertion) -> bool {
    let texts = declared.any.iter().flatten();
    let mut texts = texts.chain(&declared.equals).chain(&declared.contains);
    let typed = declared
        .kind
        .as_deref()
        .is_some_and(|kind| kind != "string");
    texts.all(Value::is_string) && !typed
}

fn kind(node: Node<'_>) -> Option<String> {
    const KINDS: [&str; 7] = [
        "null", "boolean", "integer", "number", "string", "array", "object",
    ];
    words::choice(node, &KINDS.map(|kind| (kind, kind))).map(str::to_owned)
}

/// A whole number, or bounds.
fn length(node: Node<'_>) -> Option<Length> {
    let whole = |node: Node<'_>| node.whole(0..=u64::MAX);
    if !node.value().is_table() {
        return whole(node).map(Length::Exactly);
    }
    let mut section = Section::open(node, &vocabulary::LENGTH)?;
    let (min, max) = (section.read("min", whole), section.read("max", whole));
    section.close();
    let crossed = min.zip(max).is_some_and(|(min, max)| min > max);
    if crossed || node.members()?.is_empty() {
        return node.refuse(
            "no length is between these bounds",
            "write a number, or { min = 1 }, { max = 50 }, { min = 1, max = 50 }",
        );
    }
    Some(Length::Between { min, max })
}

fn number(node: Node<'_>) -> Option<f64> {
    node.number()?.as_f64()
}

/// Checked with the very reader that will judge by it.
fn pattern(node: Node<'_>) -> Option<String> {
    let written = Assertion {
        matches: Some(node.text()?.to_owned()),
        ..Assertion::default()
    };
    match Expect::all_of(&written) {
        Ok(_) => written.matches,
        Err(_) => node.refuse(
            "this is no regular expression",
            "look for an open bracket or a stray backslash; '…' takes backslashes as they are",
        ),
    }
}

/// Assertions by JSON Pointer, those that only want something to be there included.
pub(super) fn by_pointer(section: &mut Section<'_>) -> BTreeMap<String, Assertion> {
    let mut found = BTreeMap::new();
    for pointer in section.list("exists", pointer).unwrap_or_default() {
        let there = Assertion {
            absent: Some(false),
            ..Assertion::default()
        };
        found.insert(pointer, there);
    }
    found.extend(section.read("json", pointers).unwrap_or_default());
    found
}

/// A table of assertions by JSON Pointer.
pub(super) fn pointers(node: Node<'_>) -> Option<BTreeMap<String, Assertion>> {
    let mut found = BTreeMap::new();
    for (key, span, value) in node.members()? {
        if let Some(mend) = pointer_fault(key) {
            let fault = node
                .record
                .error(span, format!("{key:?} is no JSON Pointer"));
            node.record.add(fault.help(mend));
        }
        if let Some(expected) = assertion(value, Of::Json) {
            found.insert(key.to_owned(), expected);
        }
    }
    Some(found)
}

/// An RFC 6901 JSON Pointer.
pub(super) fn pointer(node: Node<'_>) -> Option<String> {
    let text = node.text()?;
    match pointer_fault(text) {
        None => Some(text.to_owned()),
        Some(mend) => node.refuse(format!("{text:?} is no JSON Pointer"), mend),
    }
}

/// How to mend a text that is no JSON Pointer.
fn pointer_fault(text: &str) -> Option<String> {
    if !text.is_empty() && !text.starts_with('/') {
        return Some(format!(
            "a pointer starts with `/`: \"/{}\"",
            text.trim_start_matches("$.").replace('.', "/")
        ));
    }
    let escaped = |rest: &str| rest.starts_with('0') || rest.starts_with('1');
    let sound = text.split('~').skip(1).all(escaped);
    (!sound).then(|| "a `~` in a name is written `~0`, a `/` is written `~1`".to_owned())
}
