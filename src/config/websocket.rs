//! `websocket`: the endpoint, who may connect, and how it turns others away.

use super::assertion::pointers;
use super::endpoint::{Sent, send_headers};
use super::node::Node;
use super::quantity::{duration, size};
use super::request::{is_token, origin, path, token};
use super::section::Section;
use super::vars::Vars;
use super::vocabulary::{self, Shape};
use super::words::choice;
use crate::model::{
    CorsContract, CorsExpectation, Echo, Reject, Target, WebSocketContract, WebSocketOrigins,
};

/// Where the credential goes in a path or a subprotocol.
const TOKEN: &str = "{token}";

/// Reads the endpoint of `target`, whose `cors` and `auth` stand already.
pub(super) fn websocket(node: Node<'_>, vars: &Vars, target: &Target) -> Option<WebSocketContract> {
    let mut section = Section::open(node, &vocabulary::WEBSOCKET)?;
    let path = section.require("path", "\"/ws\"", path);
    let public = section.read("public", Node::boolean);
    let public = public.unwrap_or(target.auth.is_none());
    let origins = match section.take("origins") {
        Some(node) => origins(node, target),
        None => Some(usual_origins(target, public)),
    };
    let (send_headers, send_secrets) = section
        .read("send_headers", handshake_fields)
        .unwrap_or_default();
    let declared = WebSocketContract {
        send_headers,
        send_secrets,
        path: String::new(),
        protocols: section
            .list("protocols", |node| protocol(node, target))
            .unwrap_or_default(),
        origins: WebSocketOrigins::Any,
        public,
        shared: false,
        first: section.read("first", |node| first(node, target)),
        reject: section.read("reject", reject).unwrap_or(Reject::Handshake),
        heartbeat: section.read("heartbeat", duration),
        idle: section.read("idle", duration),
        rtt_over_network: section.read("rtt_over_network", duration),
        max_message: section.read("max_message", size),
        echo: section.read("echo", echo),
        hold: section.read("hold", held),
        broadcast: section.read("broadcast", echo),
    };
    let shared = section.read("shared", Node::boolean);
    section.close();
    let (path, origins) = (path?, origins?);
    let mut protocols = declared.protocols.iter();
    let in_handshake =
        path.text.contains(TOKEN) || protocols.any(|protocol| protocol.contains(TOKEN));
    if declared.first.is_some() && in_handshake {
        return path.node.refuse(
            "the credential goes into the handshake and into the first message",
            "leave `{token}` out of `path` and `protocols`, or leave `first` out",
        );
    }
    if path.text.contains(TOKEN) && target.auth.is_none() {
        return refuse_token(path.node);
    }
    let path = path.filled_but(vars, &["token"])?;
    Some(WebSocketContract {
        shared: shared.unwrap_or(!names_an_object(&path)),
        path,
        origins,
        ..declared
    })
}

/// Whether a segment of the path is an identifier, and so the socket somebody's own: it holds a
/// digit and is no version.
fn names_an_object(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path.split('/').any(|segment| {
        let is_version = segment.strip_prefix('v').is_some_and(|rest| {
            rest.bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
        });
        !is_version && segment.bytes().any(|byte| byte.is_ascii_digit())
    })
}

fn refuse_token<T>(node: Node<'_>) -> Option<T> {
    node.refuse(
        "`{token}` has nothing to be filled in with",
        "add `auth = { scheme = \"bearer\", token = { env = \"NAME\" } }` to the target",
    )
}

/// A name, in which `{token}` is where the credential goes.
fn protocol(node: Node<'_>, target: &Target) -> Option<String> {
    let text = node.text()?;
    if text.contains(TOKEN) && target.auth.is_none() {
        return refuse_token(node);
    }
    // What the credential is made of is not for the file to say.
    if is_token(&text.replace(TOKEN, "t")) {
        return Some(text.to_owned());
    }
    token(node)
}

/// Those of `cors`; anybody, when a socket is public; otherwise the target's own pages only.
fn usual_origins(target: &Target, public: bool) -> WebSocketOrigins {
    match &target.cors {
        Some(cors) => origins_of(cors, target),
        None if public => WebSocketOrigins::Any,
        None => own_pages(target),
    }
}

fn origins(node: Node<'_>, target: &Target) -> Option<WebSocketOrigins> {
    if !node.value().is_str() {
        return node.each(origin).map(WebSocketOrigins::Only);
    }
    let any = choice(node, &[("any", true), ("cors", false)])?;
    match &target.cors {
        _ if any => Some(WebSocketOrigins::Any),
        Some(cors) => Some(origins_of(cors, target)),
        None => node.refuse(
            "the target declares no `cors`",
            "list the origins here, or add `cors`",
        ),
    }
}

/// Whoever may read across origins may connect; where nobody may, the target's own pages still do.
fn origins_of(cors: &CorsContract, target: &Target) -> WebSocketOrigins {
    match cors.expectation {
        CorsExpectation::Public => WebSocketOrigins::Any,
        CorsExpectation::AllowList if cors.origins.is_empty() => own_pages(target),
        CorsExpectation::AllowList => WebSocketOrigins::Only(cors.origins.clone()),
    }
}

fn own_pages(target: &Target) -> WebSocketOrigins {
    WebSocketOrigins::Only(vec![target.url.origin()])
}

/// `"handshake"`, or `"close:4401"` with a close code (RFC 6455 §7.4).
fn reject(node: Node<'_>) -> Option<Reject> {
    let text = node.text()?;
    let code = text
        .strip_prefix("close:")
        .and_then(|code| code.trim().parse().ok());
    match (text, code) {
        ("handshake", _) => Some(Reject::Handshake),
        (_, Some(code @ 1000..=4999)) => Some(Reject::Close(code)),
        _ => node.refuse(
            format!("{text:?} is no way to turn somebody away"),
            "write \"handshake\", or \"close:4401\" with a close code from 1000 to 4999",
        ),
    }
}

/// Fields for a gateway on the way; those of the handshake itself are not the file's.
fn handshake_fields(node: Node<'_>) -> Option<Sent> {
    const OWN: [&str; 4] = ["host", "upgrade", "connection", "origin"];
    let own = |name: &str| {
        let name = name.to_ascii_lowercase();
        OWN.contains(&name.as_str()) || name.starts_with("sec-websocket-")
    };
    if node.members()?.iter().any(|(name, ..)| own(name)) {
        return node.refuse(
            "the handshake sets one of these fields itself",
            "leave it out: `origins` and `protocols` say what it holds",
        );
    }
    send_headers(node)
}

/// More than these would be a load test.
fn held(node: Node<'_>) -> Option<u8> {
    node.whole(2..=50)
        .and_then(|count| u8::try_from(count).ok())
}

fn echo(node: Node<'_>) -> Option<Echo> {
    message(node, &vocabulary::ECHO, "'{\"type\":\"ping\"}'", |node| {
        node.text().map(str::to_owned)
    })
}

/// The message that brings the credential.
fn first(node: Node<'_>, target: &Target) -> Option<Echo> {
    message(
        node,
        &vocabulary::FIRST,
        "'{\"token\":\"{token}\"}'",
        |node| {
            let text = node.text()?;
            if !text.contains(TOKEN) {
                return node.refuse(
                    "the first message has no place for the credential",
                    "write `{token}` where it goes: '{\"token\":\"{token}\"}'",
                );
            }
            if target.auth.is_none() {
                return refuse_token(node);
            }
            Some(text.to_owned())
        },
    )
}

fn message(
    node: Node<'_>,
    shape: &'static Shape,
    example: &str,
    text: impl FnOnce(Node<'_>) -> Option<String>,
) -> Option<Echo> {
    let mut section = Section::open(node, shape)?;
    let send = section.require("send", example, text);
    let json = section.read("json", pointers).unwrap_or_default();
    section.close();
    Some(Echo { send: send?, json })
}
