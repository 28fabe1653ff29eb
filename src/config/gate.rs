//! `send_headers` of a target: what lets its requests through a gate in front of it.

use super::endpoint::{Sent, send_headers};
use super::node::Node;
use crate::model::{SchemeKind, Target};

/// The fields, and where they are declared.
#[derive(Clone)]
pub(super) struct Gate<'d> {
    node: Node<'d>,
    sent: Sent,
}

impl<'d> Gate<'d> {
    /// Reads the table; fields that a request sets itself are refused.
    pub(super) fn read(node: Node<'d>) -> Option<Self> {
        let members = node.members()?;
        if let Some((name, ..)) = members.iter().find(|(name, ..)| is_set_by_requests(name)) {
            return node.refuse(
                format!("each request sets {name} itself"),
                "leave it out: these fields are for a gate in front of the target",
            );
        }
        let sent = send_headers(node)?;
        Some(Self { node, sent })
    }

    /// Puts them into `target`, whose URL and scheme are known.
    pub(super) fn settle(self, target: &mut Target) {
        let (plain, secret) = self.sent;
        if !secret.is_empty() && !target.keeps_secrets() {
            self.node.refuse::<()>(
                format!("a secret would travel to {} in plain text", target.url.host),
                "write https://, or leave these fields out of this target",
            );
        }
        let taken = target.auth.as_ref().and_then(|scheme| match &scheme.kind {
            SchemeKind::Bearer | SchemeKind::Basic => Some("Authorization"),
            SchemeKind::ApiKey { header } => Some(header.as_str()),
            // Cookies of both go into one field (RFC 6265 §5.4).
            SchemeKind::Cookie { .. } => None,
        });
        let names = plain.keys().chain(secret.keys());
        for name in names.filter(|name| taken.is_some_and(|taken| taken.eq_ignore_ascii_case(name)))
        {
            self.node.refuse::<()>(
                format!("`auth` sends {name} as well, and a request has one"),
                "a gate that takes the same field as the service cannot be passed: use another way in",
            );
        }
        (target.send_headers, target.send_secrets) = (plain, secret);
    }
}

/// What frames a request, names its host, or is the very thing that is asked.
fn is_set_by_requests(name: &str) -> bool {
    const OWN: [&str; 9] = [
        "host",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
        "upgrade",
        "te",
        "origin",
        "user-agent",
    ];
    let name = name.to_ascii_lowercase();
    OWN.contains(&name.as_str())
        || name.starts_with("sec-websocket-")
        || name.starts_with("access-control-request-")
}
