//! Values that go into requests: methods, paths, names, media types, origins, statuses.

use super::node::Node;
use crate::model::{Method, StatusSet, Url};
use crate::wire::percent;

/// A number, or classes such as `"2xx"`, or a list of them.
pub(super) fn statuses(node: Node<'_>) -> Option<StatusSet> {
    let items = node
        .elements()
        .into_iter()
        .map(status)
        .collect::<Option<Vec<_>>>()?;
    if items.is_empty() {
        return node.refuse("no status would be right", "write at least one: [200]");
    }
    Some(StatusSet(items))
}

fn status(node: Node<'_>) -> Option<String> {
    if node.value().is_integer() {
        return node.whole(100..=599).map(|status| status.to_string());
    }
    if !node.value().is_str() {
        return node.expected("a status", "`200`, `[200, 204]` or \"2xx\"");
    }
    let text = node.text()?;
    let class = matches!(text.as_bytes(), [b'1'..=b'5', b'x', b'x']);
    let code = matches!(text.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9']);
    if class || code {
        return Some(text.to_owned());
    }
    node.refuse("no status", "write `200`, `[200, 204]` or \"2xx\"")
}

/// A token of RFC 9110 §5.6.2: what methods, field names and cookie names are made of.
pub(super) fn is_token(text: &str) -> bool {
    let mark = |b: u8| b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || mark(b))
}

/// A request method; they are case-sensitive, and the known ones are upper-case.
pub(super) fn method(node: Node<'_>) -> Option<Method> {
    read_method(node, node.text()?)
}

fn read_method(node: Node<'_>, text: &str) -> Option<Method> {
    const KNOWN: [&str; 8] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
    ];
    let upper = text.to_ascii_uppercase();
    if upper != text && KNOWN.contains(&upper.as_str()) {
        return node.refuse("methods are case-sensitive", format!("write \"{upper}\""));
    }
    if !is_token(text) {
        return node.refuse(
            format!("{text:?} is no method"),
            "write a method such as \"GET\"",
        );
    }
    Some(Method::of(text))
}

/// The name of a header field or a cookie.
pub(super) fn token(node: Node<'_>) -> Option<String> {
    let text = node.text()?;
    if is_token(text) {
        return Some(text.to_owned());
    }
    node.refuse(
        format!("{text:?} is no name"),
        "names have letters, digits and hyphens, no spaces",
    )
}

/// `type/subtype`, without parameters.
pub(super) fn media_type(node: Node<'_>) -> Option<String> {
    let text = node.text()?;
    let parts = text.split_once('/');
    if parts.is_some_and(|(major, minor)| is_token(major) && is_token(minor)) {
        return Some(text.to_ascii_lowercase());
    }
    node.refuse(
        format!("{text:?} is no media type"),
        "write type/subtype: \"application/json\"",
    )
}

/// A path as it goes onto the request line, variables not yet filled in.
pub(super) fn path(node: Node<'_>) -> Option<Path<'_>> {
    checked_path(node, node.text()?)
}

fn checked_path<'d>(node: Node<'d>, text: &'d str) -> Option<Path<'d>> {
    if !text.starts_with('/') {
        return node.refuse(
            format!("{text:?} is no path"),
            "a path starts with `/`: \"/health\"",
        );
    }
    // What `http::Uri` refuses to send, and what would end the request line.
    let refused =
        |c: char| c.is_control() || matches!(c, ' ' | '<' | '>' | '`' | '#') || !c.is_ascii();
    if let Some(c) = text.chars().find(|c| refused(*c)) {
        let encoded = percent::encode(&c.to_string());
        return node.refuse(
            format!("{c:?} cannot stand in a path"),
            format!("write it as {encoded}"),
        );
    }
    Some(Path { text, node })
}

/// `"POST /path"`; a path alone means GET.
pub(super) fn request(node: Node<'_>) -> Option<(Method, Path<'_>)> {
    let text = node.text()?;
    let Some((method, path)) = text.split_once(' ').filter(|_| !text.starts_with('/')) else {
        return Some((Method::get(), checked_path(node, text)?));
    };
    let method = read_method(node, method);
    let path = checked_path(node, path.trim_start());
    Some((method?, path?))
}

/// A path with its place, in which `{name}` is still to be filled in.
#[derive(Clone, Copy)]
pub(super) struct Path<'d> {
    pub(super) text: &'d str,
    pub(super) node: Node<'d>,
}

/// An origin as a browser serialises it (RFC 6454 §6.2): no path, no default port, lower case.
pub(super) fn origin(node: Node<'_>) -> Option<String> {
    let text = node.text()?;
    if let Ok(url) = text.parse::<Url>() {
        let origin = url.origin();
        if origin == text {
            return Some(origin);
        }
        return node.refuse(
            format!("{text:?} is no origin as browsers send it"),
            format!("write {origin:?}: no path, no default port, lower case"),
        );
    }
    // Applications in a shell of their own: `capacitor://localhost`, `chrome-extension://…`.
    let shell = text.split_once("://").is_some_and(|(scheme, host)| {
        let mark = |b: u8| matches!(b, b'-' | b'.' | b'+' | b':' | b'_');
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || mark(b));
        !matches!(scheme, "" | "http" | "https") && plain(scheme) && plain(host) && !host.is_empty()
    });
    if shell {
        return Some(text.to_owned());
    }
    let help = match text {
        "*" => "to let everybody read, write `public = true` instead".to_owned(),
        "null" => {
            "every sandboxed page has this origin: to let everybody read, write `public = true`"
                .to_owned()
        }
        _ => "an origin is a scheme, a host and perhaps a port: \"https://app.example\"".to_owned(),
    };
    node.refuse(format!("{text:?} is no origin"), help)
}
