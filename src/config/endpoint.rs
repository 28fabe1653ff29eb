//! `endpoint` and `rate`: what is asked, and what must come back.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use super::assertion::{Of, assertion, by_pointer, pointer};
use super::auth::{refuse_written_out, secret};
use super::lines::lines;
use super::node::Node;
use super::quantity::{duration, limit, size};
use super::request::{Path, is_token, media_type, method, path, statuses};
use super::section::Section;
use super::vars::Vars;
use super::vocabulary;
use super::words::line;
use crate::model::{Assertion, Body, Endpoint, Identity, Method, RateLimit};

/// A target's name somewhere, to be looked up when all are known.
pub(super) type Reference<'d> = (String, Node<'d>);

/// An endpoint; a text is short for GET of this path.
pub(super) fn endpoint<'d>(
    node: Node<'d>,
    vars: &Vars,
    references: &mut Vec<Reference<'d>>,
) -> Option<Endpoint> {
    if node.value().is_str() {
        let (method, path) = super::request::request(node)?;
        let mut endpoint = Endpoint::new(method, &path.filled(vars)?);
        endpoint.source = Some(node.record.source(node.span().start));
        return Some(endpoint);
    }
    let mut section = Section::open(node, &vocabulary::ENDPOINT)?;
    let request = asked(&mut section);
    let mut endpoint = expectations(&mut section);
    endpoint.mutating = section.read("mutating", Node::boolean);
    endpoint.send = body(&mut section);
    (endpoint.send_headers, endpoint.send_secrets) = section
        .read("send_headers", send_headers)
        .unwrap_or_default();
    if let Some(other) = section.take("same_as") {
        endpoint.same_as = line(other);
        references.extend(endpoint.same_as.clone().map(|name| (name, other)));
    }
    if let Some(equal) = section.take("equal") {
        endpoint.equal = equal.each(pointer).unwrap_or_default();
        if endpoint.same_as.is_none() {
            equal.refuse::<()>(
                "there is nothing for these values to equal",
                "add `same_as`, the target whose values they must be",
            );
        }
    }
    section.close();
    let (method, path) = request?;
    endpoint.path = path.filled(vars)?;
    endpoint.method = method;
    if endpoint.timed && !endpoint.only_reads() {
        return node.refuse(
            format!(
                "{} cannot be timed: it would be sent over and over",
                endpoint.label()
            ),
            "`timed` is for a GET or HEAD that changes nothing",
        );
    }
    endpoint.source = Some(node.record.source(node.span().start));
    endpoint.lines = lines(node);
    Some(endpoint)
}

fn expectations(section: &mut Section<'_>) -> Endpoint {
    Endpoint {
        protected: section.read("protected", Node::boolean).unwrap_or(false),
        shared: section.read("shared", Node::boolean),
        status: section.read("status", statuses),
        headers: section.read("headers", headers).unwrap_or_default(),
        json: by_pointer(section),
        body: section.read("body", |node| assertion(node, Of::Text)),
        bytes: section.read("bytes", size),
        max_bytes: section.read("max_bytes", size),
        max_time: section.read("max_time", duration),
        max_over_network: section.read("max_over_network", duration),
        timed: section.read("timed", Node::boolean).unwrap_or(false),
        documents: section.read("documents", Node::boolean).unwrap_or(false),
        note: section.read("note", line),
        cors: section.read("cors", Node::boolean).unwrap_or(true),
        ..Endpoint::new(Method::get(), "/")
    }
}

/// The one method and path of a table.
fn asked<'d>(section: &mut Section<'d>) -> Option<(Method, Path<'d>)> {
    let keys = ["get", "head", "options", "post", "put", "patch", "delete"];
    let named = keys.into_iter().filter_map(|key| {
        let node = section.take(key)?;
        Some((node, Method::of(&key.to_ascii_uppercase())))
    });
    let named: Vec<(Node<'d>, Method)> = named.collect();
    let (other, target) = (section.take("method"), section.take("path"));
    match (named.as_slice(), other, target) {
        ([(node, method)], None, None) => Some((method.clone(), path(*node)?)),
        ([], other, Some(target)) => {
            let method = other.map_or_else(|| Some(Method::get()), method);
            let path = path(target);
            Some((method?, path?))
        }
        ([], _, None) => section.node().refuse(
            "this asks for nothing",
            "add a method and its path: get = \"/health\"",
        ),
        ([(first, _), ..], _, _) => {
            let last = named.last().map_or(*first, |(node, _)| *node);
            last.refuse(
                "this asks for two things at once",
                "write one table for each request",
            )
        }
    }
}

/// `send` and `send_type`: a table goes as JSON.
pub(super) fn body(section: &mut Section<'_>) -> Option<Body> {
    let declared = section.read("send_type", media_type);
    let node = section.take("send")?;
    if node.value().is_str() {
        let media_type = declared.unwrap_or_else(|| "text/plain".to_owned());
        let text = node.text()?.to_owned();
        return Some(Body { media_type, text });
    }
    if !node.value().is_table() && !node.value().is_array() {
        return node.expected("a body", "a text, or a table that goes as JSON");
    }
    let json = node.json()?;
    if names_secret(&json) {
        return node.refuse(
            "secrets are not sent in bodies",
            "credentials go into header fields: see `auth` and `send_headers`",
        );
    }
    Some(Body {
        media_type: declared.unwrap_or_else(|| "application/json".to_owned()),
        text: json.to_string(),
    })
}

/// Whether somebody expects `{ env = "…" }` to be filled in.
fn names_secret(json: &Value) -> bool {
    match json {
        Value::Object(members) => {
            let sole =
                members.len() == 1 && (members.contains_key("env") || members.contains_key("file"));
            sole || members.values().any(names_secret)
        }
        Value::Array(items) => items.iter().any(names_secret),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Header fields that carry credentials, so that their values are secrets.
const CREDENTIALS: [&str; 6] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
];

pub(super) type Sent = (BTreeMap<String, String>, BTreeMap<String, Identity>);

pub(super) fn send_headers(node: Node<'_>) -> Option<Sent> {
    let mut sent = Sent::default();
    for (name, span, value) in node.members()? {
        if !names_field(node, name, span) {
            continue;
        }
        if value.value().is_table() {
            sent.1
                .extend(secret(value).map(|from| (name.to_owned(), from)));
        } else if CREDENTIALS.contains(&name.to_ascii_lowercase().as_str()) {
            refuse_written_out::<()>(value);
        } else {
            sent.0
                .extend(line(value).map(|text| (name.to_owned(), text)));
        }
    }
    Some(sent)
}

/// Whether it can be a header field's name (RFC 9110 §5.1); the fault is recorded.
fn names_field(node: Node<'_>, name: &str, span: Range<usize>) -> bool {
    let can = is_token(name);
    if !can {
        let fault = node
            .record
            .error(span, format!("{name:?} is no name of a header field"));
        node.record
            .add(fault.help("names have letters, digits and hyphens, no spaces"));
    }
    can
}

fn headers(node: Node<'_>) -> Option<BTreeMap<String, Assertion>> {
    let mut expected = BTreeMap::new();
    for (name, span, value) in node.members()? {
        names_field(node, name, span);
        expected.extend(assertion(value, Of::Text).map(|assertion| (name.to_owned(), assertion)));
    }
    Some(expected)
}

/// A declared limit on requests.
pub(super) fn rate(node: Node<'_>, vars: &Vars) -> Option<RateLimit> {
    let mut section = Section::open(node, &vocabulary::RATE)?;
    let request = asked(&mut section);
    let limit = section.require("limit", "\"60/min\"", limit);
    let retry_after = section.read("retry_after", Node::boolean).unwrap_or(false);
    section.close();
    let ((method, path), (requests, window)) = (request?, limit?);
    Some(RateLimit {
        method,
        path: path.filled(vars)?,
        requests,
        window,
        retry_after,
    })
}
