//! `login`: the endpoint that wrong passwords are tried at.

use super::assertion::by_pointer;
use super::auth::secret;
use super::endpoint::{Reference, body};
use super::lines::lines;
use super::node::Node;
use super::request::{path, statuses};
use super::section::Section;
use super::vars::Vars;
use super::vocabulary;
use super::words::line;
use crate::model::{Body, Login, StatusSet};

/// Reads a login endpoint.
pub(super) fn login<'d>(
    node: Node<'d>,
    vars: &Vars,
    references: &mut Vec<Reference<'d>>,
) -> Option<Login> {
    let mut section = Section::open(node, &vocabulary::LOGIN)?;
    let path = section.require("post", "\"/api/login\"", path);
    let other = section.take("same_as");
    let sent = section
        .node()
        .value()
        .as_table()
        .is_some_and(|table| table.contains_key("send"));
    let body = body(&mut section);
    let status = section.read("status", statuses);
    let declared = Login {
        path: String::new(),
        body: body.clone().unwrap_or_else(usual_body),
        known_user: section.read("known_user", secret),
        status: status.unwrap_or_else(|| StatusSet::of(&Login::USUAL_STATUS)),
        uniform: section.read("uniform", Node::boolean).unwrap_or(true),
        json: by_pointer(&mut section),
        same_as: other.and_then(line),
        lines: lines(node),
    };
    section.close();
    if let (Some(name), Some(other)) = (&declared.same_as, other) {
        references.push((name.clone(), other));
    }
    if sent
        && body
            .is_some_and(|body| !body.text.contains("{user}") || !body.text.contains("{password}"))
    {
        return node.refuse(
            "the login's `send` has no place for user and password",
            "write {user} and {password} where they go",
        );
    }
    let path = path?.filled(vars)?;
    Some(Login { path, ..declared })
}

fn usual_body() -> Body {
    Body {
        media_type: "application/json".to_owned(),
        text: r#"{"email":"{user}","password":"{password}"}"#.to_owned(),
    }
}
